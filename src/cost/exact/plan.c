#include "cost/exact/plan.h"

#include "cost/language/tensor.h"

#include <assert.h>
#include <string.h>

/* ---- dimensions ------------------------------------------------------------------------------ */

enum {
    BIT_C = 1 << CONFX_DIM_C,
    BIT_G = 1 << CONFX_DIM_G,
    BIT_K = 1 << CONFX_DIM_K,
    BIT_M = 1 << CONFX_DIM_M,
    BIT_N = 1 << CONFX_DIM_N,
    BIT_R = 1 << CONFX_DIM_R,
    BIT_S = 1 << CONFX_DIM_S,
    BIT_X = 1 << CONFX_DIM_X,
    BIT_Y = 1 << CONFX_DIM_Y,
    WINDOW = BIT_R | BIT_S,
    PLANE = BIT_Y | BIT_X
};

/* Section 1: which dimensions index input, filter and output. */
static const uint32_t plan_indexes[CONFX_LAYER_TYPES][CONFX_TENSORS] = {
    [CONFX_LAYER_CONV] = {BIT_N | BIT_C | PLANE | WINDOW, BIT_K | BIT_C | WINDOW,
                          BIT_N | BIT_K | PLANE},
    [CONFX_LAYER_DSCONV] = {BIT_N | BIT_C | PLANE | WINDOW, BIT_C | BIT_K | WINDOW,
                            BIT_N | BIT_C | BIT_K | PLANE},
    [CONFX_LAYER_NGCONV] = {BIT_N | BIT_G | BIT_C | PLANE | WINDOW, BIT_G | BIT_K | BIT_C | WINDOW,
                            BIT_N | BIT_G | BIT_K | PLANE},
    [CONFX_LAYER_GEMM] = {BIT_M | BIT_K, BIT_K | BIT_N, BIT_M | BIT_N},
};

uint32_t plan_tensor_dims(confx_layer_type_t type, confx_tensor_t tensor)
{
    return plan_indexes[type][tensor];
}

static uint32_t plan_dims_of(confx_layer_type_t type)
{
    const uint32_t *indexes = plan_indexes[type];
    return indexes[CONFX_TENSOR_INPUT] | indexes[CONFX_TENSOR_FILTER] |
           indexes[CONFX_TENSOR_OUTPUT];
}

/* Batch, groups and multiplier that a layer does not have are 1; nothing else may be missing. */
static bool plan_may_lack(confx_layer_type_t type, int dim)
{
    return (dim == CONFX_DIM_N && type != CONFX_LAYER_GEMM) || dim == CONFX_DIM_G ||
           (dim == CONFX_DIM_K && type == CONFX_LAYER_DSCONV);
}

static void plan_measure_outputs(plan_t *plan, confx_dim_t dim, int64_t stride)
{
    const int64_t room = plan->dim[dim] - plan->dim[plan_window(dim)];
    plan->stride[dim] = stride > 1 ? stride : 1;
    plan->extent[dim] = room < 0 ? 0 : room / plan->stride[dim] + 1;
}

static confx_cost_fault_t plan_measure(plan_t *plan, const confx_layer_t *layer)
{
    const uint32_t dims = plan_dims_of(layer->type);
    double macs = 1, elements = 1;
    memset(plan->stride, 0, sizeof plan->stride);
    for (int i = 0; i < CONFX_DIM_COUNT; i++) {
        const bool has = dims >> i & 1;
        const int64_t size = !has                                                 ? 0
                             : layer->dim[i] < 1 && plan_may_lack(layer->type, i) ? 1
                                                                                  : layer->dim[i];
        if (has && size < 1) return CONFX_COST_DIMENSION;
        if (size > DATAFLOW_SIZE_MAX) return CONFX_COST_OVERFLOW;
        plan->dim[i] = plan->extent[i] = size;
        if (has) elements *= (double)size;
    }
    /* Of Y and X the layer gives rows of the input; MACs are counted by outputs. */
    if (dims & BIT_Y) {
        plan_measure_outputs(plan, CONFX_DIM_Y, layer->stride_y);
        plan_measure_outputs(plan, CONFX_DIM_X, layer->stride_x);
    }
    for (int i = 0; i < CONFX_DIM_COUNT; i++)
        if (dims >> i & 1) macs *= (double)plan->extent[i];
    /* A window that is larger than its input has no outputs. */
    if (macs < 1) return CONFX_COST_DIMENSION;
    if (!(elements < 0x1p60) || !(macs < 0x1p53)) return CONFX_COST_OVERFLOW;
    plan->macs = (int64_t)macs;
    return CONFX_COST_VALID;
}

/* ---- levels and loops ------------------------------------------------------------------------ */

/* The innermost levels' products first divide the PEs; what is left over is level 0 (2.1). */
static confx_cost_fault_t plan_deal_units(plan_t *plan, const confx_dataflow_t *dataflow,
                                          int64_t pes, int64_t buffer)
{
    int64_t cluster = 1;
    plan->levels_n = dataflow->stages_n;
    assert(plan->levels_n >= 1 && plan->levels_n <= CONFX_DATAFLOW_LEVELS_MAX);
    if (pes > DATAFLOW_SIZE_MAX || buffer > DATAFLOW_SIZE_MAX) return CONFX_COST_OVERFLOW;
    for (int level = 1; level < plan->levels_n; level++) {
        const int64_t n = measure_resolve(dataflow->stages[level].cluster, plan->dim, pes, buffer);
        if (n < 1) return CONFX_COST_SIZE;
        /* cluster x n <= pes, without a product that could overflow. */
        if (n > pes / cluster) return CONFX_COST_FEW_PES;
        cluster *= n;
        plan->units[level] = n;
    }
    if (pes < 1) return CONFX_COST_FEW_PES;
    plan->units[0] = pes / cluster;
    return CONFX_COST_VALID;
}

static plan_loop_t *plan_append(plan_t *plan, int level, bool spatial)
{
    assert(plan->loops_n < PLAN_LOOPS_MAX);
    plan_loop_t *loop = &plan->loops[plan->loops_n++];
    loop->level = level;
    loop->spatial = spatial;
    loop->maps_n = 0;
    loop->maps = &plan->maps[plan->maps_n];
    return loop;
}

/* Maps of a loop stand behind each other: no other loop is appended before they are all there. */
static void plan_add_map(plan_t *plan, plan_loop_t *loop, const plan_map_t *map)
{
    assert(plan->maps_n < PLAN_LOOPS_MAX && loop->maps + loop->maps_n == &plan->maps[plan->maps_n]);
    plan->maps[plan->maps_n++] = *map;
    loop->maps_n++;
}

/* Section 2.6: batch and groups that no level maps are the outermost loops. */
static void plan_add_implicit(plan_t *plan, const confx_dataflow_t *dataflow)
{
    static const confx_dim_t dims[] = {CONFX_DIM_N, CONFX_DIM_G};
    uint32_t mapped = 0;
    for (int i = 0; i < dataflow->stages_n; i++)
        for (int j = 0; j < dataflow->stages[i].directives_n; j++)
            mapped |= dim_bit(dataflow->stages[i].directives[j].dim);
    if (plan->layer->type == CONFX_LAYER_GEMM) return;
    for (int i = 0; i < 2; i++) {
        /* One element at a time, whatever the tiles of the mapped dimensions are. */
        if (plan->dim[dims[i]] == 0 || mapped & dim_bit(dims[i])) continue;
        plan_add_map(plan, plan_append(plan, 0, false),
                     &(plan_map_t){.dim = dims[i], .size = 1, .offset = 1});
    }
}

/* Section 3.3: a map of rows whose tiles step by outputs is one of outputs. `cut`: bits of the
   filter's dimensions that some map at this level or above it cuts. */
static void plan_turn_outward(const plan_t *plan, plan_map_t *map, uint32_t cut)
{
    if (!(dim_bit(map->dim) & PLANE) || map->outward) return;
    const confx_dim_t window = plan_window(map->dim);
    const int64_t over = map->size - plan->dim[window];
    if (cut & dim_bit(window) || map->offset != over + 1) return;
    map->outward = true;
    map->size = map->offset = over / plan->stride[map->dim] + 1;
}

static confx_cost_fault_t plan_resolve_map(const plan_t *plan, const directive_t *directive,
                                           int64_t pes, int64_t buffer, plan_map_t *map)
{
    if (plan->dim[directive->dim] == 0)
        return plan->layer->dim[directive->dim] > 0 ? CONFX_COST_UNUSED : CONFX_COST_DIMENSION;
    *map = (plan_map_t){.dim = directive->dim,
                        .outward = directive->outward,
                        .size = measure_resolve(directive->size, plan->dim, pes, buffer),
                        .offset = measure_resolve(directive->offset, plan->dim, pes, buffer)};
    return map->size < 1 || map->offset < 1 ? CONFX_COST_SIZE : CONFX_COST_VALID;
}

/* Bits of R and S that a map of this level cuts. */
static uint32_t plan_cut(const plan_t *plan, const plan_map_t *maps, int maps_n)
{
    uint32_t cut = 0;
    for (int i = 0; i < maps_n; i++)
        if (maps[i].size < plan->dim[maps[i].dim]) cut |= dim_bit(maps[i].dim) & WINDOW;
    return cut;
}

/* The level's loops, the spatial maps together at the place of the first of them (2.4). */
static void plan_add_loops(plan_t *plan, const dataflow_level_t *stage, int level,
                           const plan_map_t *maps)
{
    bool spatial = false;
    for (int i = 0; i < stage->directives_n; i++) {
        if (!stage->directives[i].spatial) {
            plan_add_map(plan, plan_append(plan, level, false), &maps[i]);
            continue;
        }
        if (spatial) continue;
        plan_loop_t *loop = plan_append(plan, level, true);
        for (int j = i; j < stage->directives_n; j++)
            if (stage->directives[j].spatial) plan_add_map(plan, loop, &maps[j]);
        spatial = true;
    }
    /* Without a spatial map all units of the level do the same; units of all levels are PEs. */
    if (!spatial) plan->copies *= plan->units[level];
}

static confx_cost_fault_t plan_add_level(plan_t *plan, const dataflow_level_t *stage, int level,
                                         int64_t pes, int64_t buffer, uint32_t *cut)
{
    plan_map_t maps[CONFX_DIM_COUNT];
    uint32_t mapped = 0;
    for (int i = 0; i < stage->directives_n; i++) {
        const uint32_t bit = dim_bit(stage->directives[i].dim);
        /* Y and Y' are one dimension to the parser as well. */
        if (mapped & bit) return CONFX_COST_TWICE;
        mapped |= bit;
        const confx_cost_fault_t fault =
            plan_resolve_map(plan, &stage->directives[i], pes, buffer, &maps[i]);
        if (fault != CONFX_COST_VALID) return fault;
    }
    /* What the level cuts is known from all of its directives before the first map is turned: their
       order within a level says nothing about windows. */
    *cut |= plan_cut(plan, maps, stage->directives_n);
    for (int i = 0; i < stage->directives_n; i++) plan_turn_outward(plan, &maps[i], *cut);
    plan_add_loops(plan, stage, level, maps);
    return CONFX_COST_VALID;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static uint32_t plan_dims_of_loop(const plan_loop_t *loop)
{
    uint32_t dims = 0;
    for (int i = 0; i < loop->maps_n; i++) dims |= dim_bit(loop->maps[i].dim);
    return dims;
}

/* Sets of dimensions that have one of `dims` become one. */
static void plan_join(uint32_t sets[CONFX_DIM_COUNT], uint32_t dims)
{
    uint32_t joined = dims;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (sets[dim] & dims) joined |= sets[dim];
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (joined >> dim & 1) sets[dim] = joined;
}

static void plan_group_loops(plan_t *plan, const int of_dim[CONFX_DIM_COUNT])
{
    for (int i = 0; i < plan->groups_n; i++)
        plan->groups[i].loops_n = plan->groups[i].outermost_n = 0;
    for (int i = 0; i < plan->loops_n; i++) {
        plan_loop_t *loop = &plan->loops[i];
        loop->group = of_dim[loop->maps[0].dim];
        if (loop->group == PLAN_NO_GROUP) continue;
        plan_group_t *group = &plan->groups[loop->group];
        group->loops[group->loops_n++] = (uint8_t)i;
        group->outermost_n += loop->level == 0;
    }
}

static void plan_group_dims(plan_t *plan)
{
    uint32_t sets[CONFX_DIM_COUNT]; /* of each dimension the set that it is in */
    int of_dim[CONFX_DIM_COUNT];
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) of_dim[dim] = PLAN_NO_GROUP;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        sets[dim] = plan->dim[dim] > 0 ? dim_bit((confx_dim_t)dim) : 0;
    if (plan->dim[CONFX_DIM_Y] > 0) {
        sets[CONFX_DIM_Y] = sets[CONFX_DIM_R] = BIT_Y | BIT_R;
        sets[CONFX_DIM_X] = sets[CONFX_DIM_S] = BIT_X | BIT_S;
    }
    for (int i = 0; i < plan->loops_n; i++)
        /* Dimensions that one loop deals together cannot be counted apart, nor can an output and
           the window that its rows come from. All others are independent, and each set of them is a
           group. */
        if (plan->loops[i].maps_n > 1) plan_join(sets, plan_dims_of_loop(&plan->loops[i]));
    plan->groups_n = 0;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        /* One element of one dimension changes no product; but some group there is to be. */
        const bool one = plan->extent[dim] == 1 && sets[dim] == dim_bit((confx_dim_t)dim) &&
                         plan->dim[CONFX_DIM_Y] > 0;
        if (sets[dim] == 0 || one) continue;
        const int least = __builtin_ctz(sets[dim]);
        /* A set is numbered at its first dimension; the others find that number there. */
        if (least == dim) {
            assert(plan->groups_n < PLAN_GROUPS_MAX);
            plan->groups[plan->groups_n].dims = sets[dim];
            of_dim[dim] = plan->groups_n++;
        } else {
            of_dim[dim] = of_dim[least];
        }
    }
    plan_group_loops(plan, of_dim);
}

confx_cost_fault_t plan_fill(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                             int64_t pes, int64_t buffer, plan_t *plan)
{
    uint32_t cut = 0;
    if (layer->type == CONFX_LAYER_TRCONV) return CONFX_COST_TRANSPOSED;
    plan->layer = layer;
    plan->copies = 1;
    plan->loops_n = plan->maps_n = 0;
    confx_cost_fault_t fault = plan_measure(plan, layer);
    if (fault == CONFX_COST_VALID) fault = plan_deal_units(plan, dataflow, pes, buffer);
    if (fault != CONFX_COST_VALID) return fault;
    plan_add_implicit(plan, dataflow);
    for (int level = 0; level < plan->levels_n; level++) {
        /* From the outermost level on: what one maps to a unit is the region that the next one
           divides. */
        fault = plan_add_level(plan, &dataflow->stages[level], level, pes, buffer, &cut);
        if (fault != CONFX_COST_VALID) return fault;
    }
    plan_group_dims(plan);
    return CONFX_COST_VALID;
}
