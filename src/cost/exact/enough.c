/* Why more PEs may change nothing. Their number enters a plan as a size or an offset, as the size
   of a cluster, and as what clusters leave to level 0; counts follow from the plan alone.

   A map whose size is that of its whole dimension has one tile, whatever its size and offset
   become. Where a level has a unit for each tile of each of its spatial maps, their loop has one
   step, and further units are idle: they hold nothing and take no part in any count. Without a
   spatial map further units do everything twice, which is refused. */
#include "cost/exact/exact.h"
#include "cost/language/tensor.h"

static bool enough_is_of_pes(measure_t measure)
{
    return measure.kind == MEASURE_PES;
}

static bool enough_grows(const directive_t *directive)
{
    return enough_is_of_pes(directive->size) || enough_is_of_pes(directive->offset);
}

static uint32_t enough_growing(const dataflow_level_t *stage)
{
    uint32_t growing = 0;
    for (int i = 0; i < stage->directives_n; i++)
        if (enough_grows(&stage->directives[i])) growing |= dim_bit(stage->directives[i].dim);
    return growing;
}

/* Rows whose size or offset grows are read as outputs at some number of PEs (section 3.3), and as
   rows at others: nothing is claimed of them. */
static bool enough_rows_grow(const dataflow_level_t *stage)
{
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *directive = &stage->directives[i];
        const bool axis = directive->dim == CONFX_DIM_Y || directive->dim == CONFX_DIM_X;
        if (axis && !directive->outward && enough_grows(directive)) return true;
    }
    return false;
}

/* An inner level follows the PEs by its Cluster directive. Then that cluster is all PEs of any
   valid point, and level 0 keeps its one unit. */
static bool enough_level_grows(const confx_dataflow_t *dataflow, int level)
{
    bool inner = false;
    for (int i = 1; i < dataflow->stages_n; i++)
        inner = inner || enough_is_of_pes(dataflow->stages[i].cluster);
    return level == 0 ? !inner : enough_is_of_pes(dataflow->stages[level].cluster);
}

/* What no interval of the map's dimension exceeds that its tiles are dealt from: `length` is that
   of outputs, and of plain dimensions. */
static int64_t enough_most(const plan_t *plan, const plan_map_t *map,
                           const int64_t length[CONFX_DIM_COUNT])
{
    const bool rows = (map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X) && !map->outward;
    return rows ? plan->dim[map->dim] : length[map->dim];
}

static bool enough_loop(const plan_t *plan, const plan_loop_t *loop, bool wider, uint32_t growing,
                        const int64_t length[CONFX_DIM_COUNT])
{
    for (int i = 0; i < loop->maps_n; i++) {
        const plan_map_t *map = &loop->maps[i];
        const int64_t most = enough_most(plan, map, length);
        const bool grows = growing & dim_bit(map->dim);
        if (grows && map->size < most) return false;
        if (loop->spatial && wider && plan->units[loop->level] < plan_tiles(map, most))
            return false;
    }
    return true;
}

/* Inside of these maps intervals are no longer than their tiles. */
static void enough_narrow(const plan_loop_t *loop, int64_t length[CONFX_DIM_COUNT])
{
    for (int i = 0; i < loop->maps_n; i++) {
        const plan_map_t *map = &loop->maps[i];
        const bool rows = (map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X) && !map->outward;
        if (!rows && map->size < length[map->dim]) length[map->dim] = map->size;
    }
}

bool exact_saturated(const confx_dataflow_t *dataflow, const confx_layer_t *layer, int64_t pes,
                     int64_t buffer)
{
    plan_t plan;
    int64_t length[CONFX_DIM_COUNT];
    /* From the outermost level on: `length` is what an interval of each dimension has at most,
       before any map of the level has narrowed it. All loops of a level are looked at before it is
       narrowed, as they deal from the same parent. */
    if (plan_fill(dataflow, layer, pes, buffer, &plan) != CONFX_COST_VALID) return false;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) length[dim] = plan.extent[dim];
    for (int level = 0; level < plan.levels_n; level++) {
        const bool wider = enough_level_grows(dataflow, level);
        const uint32_t growing = enough_growing(&dataflow->stages[level]);
        if (enough_rows_grow(&dataflow->stages[level])) return false;
        for (int i = 0; i < plan.loops_n; i++)
            if (plan.loops[i].level == level &&
                !enough_loop(&plan, &plan.loops[i], wider, growing, length))
                return false;
        for (int i = 0; i < plan.loops_n; i++)
            if (plan.loops[i].level == level) enough_narrow(&plan.loops[i], length);
    }
    return true;
}
