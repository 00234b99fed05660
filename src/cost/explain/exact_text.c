/* An explanation under the accounting exact as text (src/cost/EXACT.md). */
#include "cost/explain/exact_text.h"

#include "confx/compose.h"
#include "confx/text.h"
#include "confx/try.h"
#include "cost/exact/place.h"
#include "cost/explain/exact_figures.h"
#include "cost/explain/explain_common.h"
#include "cost/explain/text_table.h"

#include <assert.h>
#include <stdlib.h>

enum { STEPS_SHOWN = 27, LOOP_NAME_MAX = 64 };

/* ---- levels and loops ------------------------------------------------------------------------ */

/* Level and dimensions of a loop: "0 K", "1 Y+R". A level has but one loop of a dimension. */
static void exact_text_name(const plan_t *plan, int loop, char name[LOOP_NAME_MAX])
{
    const plan_loop_t *own = &plan->loops[loop];
    name[0] = 0;
    text_append(name, LOOP_NAME_MAX, "%d ", own->level);
    for (int m = 0; m < own->maps_n; m++)
        text_append(name, LOOP_NAME_MAX, "%s%c%s", m ? "+" : "",
                    confx_dim_letters()[own->maps[m].dim], own->maps[m].outward ? "'" : "");
}

/* A map, and what is dealt by it to the first units in the first steps. */
typedef struct {
    int loop, map;
    int64_t length, tiles, steps; /* steps: of the loop */
} exact_text_map_t;

typedef struct {
    const plan_t *plan;
    size_t maps_n;
    exact_text_map_t maps[PLAN_LOOPS_MAX];
} exact_text_maps_t;

static void exact_text_add_loop(exact_text_maps_t *maps, int loop, const region_t *parent)
{
    const plan_loop_t *own = &maps->plan->loops[loop];
    const size_t from = maps->maps_n;
    const int64_t units = own->spatial ? maps->plan->units[own->level] : 1;
    int64_t steps = 1;
    for (int m = 0; m < own->maps_n; m++) {
        const int64_t length = place_length(&own->maps[m], parent);
        const int64_t tiles = length > 0 ? plan_tiles(&own->maps[m], length) : 0;
        /* The spatial maps of a level go on together, as long as one of them has tiles. */
        if ((tiles + units - 1) / units > steps) steps = (tiles + units - 1) / units;
        maps->maps[maps->maps_n++] = (exact_text_map_t){loop, m, length, tiles, 0};
    }
    for (size_t i = from; i < maps->maps_n; i++) maps->maps[i].steps = steps;
}

/* The place of the first unit of a level, in its first step: the first tile of every map. */
static void exact_text_descend(const plan_t *plan, int level, region_t *place)
{
    const region_t parent = *place;
    /* Windows first, as rows and columns depend on them. */
    for (int windows = 1; windows >= 0; windows--) {
        for (int i = 0; i < plan->loops_n; i++) {
            const plan_loop_t *loop = &plan->loops[i];
            for (int m = 0; loop->level == level && m < loop->maps_n; m++) {
                const confx_dim_t dim = loop->maps[m].dim;
                const bool window = dim == CONFX_DIM_R || dim == CONFX_DIM_S;
                if (window == (windows == 1))
                    (void)place_narrow(plan, &loop->maps[m], 0, &parent, place);
            }
        }
    }
}

static void exact_text_map_row(const void *of, size_t i, table_row_t *row)
{
    const exact_text_maps_t *maps = of;
    const exact_text_map_t *map = &maps->maps[i];
    const plan_loop_t *loop = &maps->plan->loops[map->loop];
    const plan_map_t *own = &loop->maps[map->map];
    table_text(row, "%d %c%s %s", loop->level, confx_dim_letters()[own->dim],
               own->outward ? "'" : "", loop->spatial ? "spatial" : "temporal");
    table_whole(row, map->length);
    table_whole(row, own->size);
    table_whole(row, own->offset);
    table_whole(row, map->tiles);
    /* What belongs to the loop as a whole stands at its first map. */
    if (loop->spatial && map->map == 0)
        table_whole(row, maps->plan->units[loop->level]);
    else
        table_absent(row);
    if (map->map == 0)
        table_whole(row, map->steps);
    else
        table_absent(row);
}

/* Levels in a line; their maps are measured on the way. */
static void exact_text_write_levels(const exact_trace_t *trace, exact_text_maps_t *maps, FILE *out)
{
    const plan_t *plan = &trace->plan;
    int64_t pes = 1;
    region_t place;
    place_whole(plan, &place);
    fputs("\nLevels    ", out);
    for (int level = 0; level < plan->levels_n; level++) {
        out_print(out, "%s %d: %lld %s", level ? "," : "", level, (long long)plan->units[level],
                  plan->units[level] == 1 ? "unit" : "units");
        for (int i = 0; i < plan->loops_n; i++)
            if (plan->loops[i].level == level) exact_text_add_loop(maps, i, &place);
        /* A level's tiles are what the next one deals out. */
        exact_text_descend(plan, level, &place);
        pes *= plan->units[level];
    }
    assert(pes <= trace->point.pes);
    fputs("; those of a level lie in each unit of the level before, the last are PEs", out);
    if (pes < trace->point.pes)
        out_print(out, "; %lld of %lld PEs are left over", (long long)(trace->point.pes - pes),
                  (long long)trace->point.pes);
}

static void exact_text_write_loops(const exact_trace_t *trace, FILE *out)
{
    static const table_column_t columns[] = {TABLE_WORDS("level and map"), TABLE_COUNT("of"),
                                             TABLE_COUNT("tile"),          TABLE_COUNT("offset"),
                                             TABLE_COUNT("tiles"),         TABLE_COUNT("units"),
                                             TABLE_COUNT("steps")};
    exact_text_maps_t maps = {.plan = &trace->plan};
    exact_text_write_levels(trace, &maps, out);
    fputs("\nLoops, the first one outermost (in elements, Y and X of the input, Y' and X' of the "
          "output; as the first units have them in their first steps)\n",
          out);
    const table_t table = TABLE(columns, maps.maps_n, &maps, exact_text_map_row);
    text_table(&table, out);
}

/* ---- what moves ------------------------------------------------------------------------------ */

typedef struct {
    const plan_t *plan;
    const exact_flow_t *flow;
    size_t rows_n;
    int rows[PLAN_LOOPS_MAX + 2]; /* loops; loops_n: behind the last step */
    int64_t times[PLAN_LOOPS_MAX + 2];
} exact_text_moves_t;

static void exact_text_moved_cells(int64_t times, const joint_moved_t *moved, table_row_t *row)
{
    table_whole(row, times);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) table_whole(row, moved->read[tensor]);
    table_whole(row, moved->finished);
    table_whole(row, moved->written - moved->finished);
}

static void exact_text_moves_row(const void *of, size_t i, table_row_t *row)
{
    const exact_text_moves_t *moves = of;
    const exact_flow_t *flow = moves->flow;
    if (i < moves->rows_n) {
        char name[LOOP_NAME_MAX];
        const int loop = moves->rows[i];
        if (loop >= 0 && loop < moves->plan->loops_n) exact_text_name(moves->plan, loop, name);
        table_text(row, "%s",
                   loop < 0                       ? "before the first step"
                   : loop == moves->plan->loops_n ? "behind the last step"
                                                  : name);
        exact_text_moved_cells(moves->times[i], &flow->moved[loop + 1], row);
        return;
    }
    /* The row below the last loop has the sums of those above. */
    joint_moved_t sum = {.written = 0};
    int64_t times = 0;
    for (size_t r = 0; r < moves->rows_n; r++) {
        const joint_moved_t *moved = &flow->moved[moves->rows[r] + 1];
        times += moves->times[r];
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
            sum.read[tensor] += moved->read[tensor];
        sum.written += moved->written;
        sum.finished += moved->finished;
    }
    table_text(row, "together");
    exact_text_moved_cells(times, &sum, row);
}

/* How often a loop moves: it does so behind each of these steps. */
static int64_t exact_text_times(const exact_flow_t *flow, int loop)
{
    int64_t times = 0;
    for (size_t i = 0; i < flow->steps_n; i++)
        if (flow->steps[i].from == loop) times += flow->steps[i].steps;
    return times;
}

/* Before the first step, whenever a loop moves, and behind the last step. */
static void exact_text_write_moves(const plan_t *plan, const exact_flow_t *flow, FILE *out)
{
    static const table_column_t columns[] = {TABLE_WORDS("loop that moves"),
                                             TABLE_COUNT("times"),
                                             {"input", .unit = "read", .type = TABLE_WHOLE},
                                             {"filter", .unit = "read", .type = TABLE_WHOLE},
                                             {"sums", .unit = "read back", .type = TABLE_WHOLE},
                                             {"outputs", .unit = "written", .type = TABLE_WHOLE},
                                             {"sums", .unit = "written", .type = TABLE_WHOLE}};
    exact_text_moves_t moves = {.plan = plan, .flow = flow};
    for (int loop = JOINT_OUTSIDE; loop <= plan->loops_n; loop++) {
        const bool outside = loop == JOINT_OUTSIDE || loop == plan->loops_n;
        const int64_t times = outside ? 1 : exact_text_times(flow, loop);
        if (times == 0) continue; /* a loop of one step */
        moves.times[moves.rows_n] = times;
        moves.rows[moves.rows_n++] = loop;
    }
    const table_t table = TABLE(columns, moves.rows_n + 1, &moves, exact_text_moves_row);
    text_table(&table, out);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const char *const exact_text_bounds[CONFX_BOUNDS] = {
    [CONFX_BOUND_COMPUTE] = "compute",
    [CONFX_BOUND_INGRESS] = "ingress",
    [CONFX_BOUND_EGRESS] = "egress",
};

typedef struct {
    const plan_t *plan;
    const exact_flow_t *flow;
    size_t shown;
} exact_text_steps_t;

static void exact_text_put_loop(const plan_t *plan, int loop, const char *outside, table_row_t *row)
{
    char name[LOOP_NAME_MAX];
    if (loop != JOINT_OUTSIDE) exact_text_name(plan, loop, name);
    table_text(row, "%s", loop == JOINT_OUTSIDE ? outside : name);
}

/* Those that take most; the rest of them, where there is one, and all of them as a sum. */
static void exact_text_steps_row(const void *of, size_t i, table_row_t *row)
{
    const exact_text_steps_t *steps = of;
    const exact_flow_t *flow = steps->flow;
    if (i < steps->shown) {
        const joint_steps_t *own = &flow->steps[i];
        exact_text_put_loop(steps->plan, own->to, "first", row);
        exact_text_put_loop(steps->plan, own->from, "last", row);
        table_whole(row, own->steps);
        table_whole(row, own->compute);
        table_whole(row, own->ingress);
        table_whole(row, own->egress);
        table_text(row, "%s", exact_text_bounds[own->bound]);
        table_whole(row, own->steps * exact_trace_delay(own));
        return;
    }
    /* Steps are sorted by what they take of the cycles, so that those not shown one by one are the
       least. */
    const bool rest = i == steps->shown && flow->steps_n > steps->shown;
    int64_t n = 0, cycles = 0;
    for (size_t s = rest ? steps->shown : 0; s < flow->steps_n; s++) {
        n += flow->steps[s].steps;
        cycles += flow->steps[s].steps * exact_trace_delay(&flow->steps[s]);
    }
    if (rest)
        table_text(row, "%zu more", flow->steps_n - steps->shown);
    else
        table_text(row, "together");
    table_absent(row);
    table_whole(row, n);
    for (int column = 0; column < 4; column++) table_absent(row);
    table_whole(row, cycles);
}

static void exact_text_write_steps(const plan_t *plan, const exact_flow_t *flow, FILE *out)
{
    static const table_column_t columns[] = {
        TABLE_WORDS("moved before"),
        TABLE_WORDS("moves behind"),
        TABLE_COUNT("steps"),
        {"compute", .unit = "cycles", .type = TABLE_WHOLE},
        {"ingress", .unit = "cycles", .type = TABLE_WHOLE},
        {"egress", .unit = "cycles", .type = TABLE_WHOLE},
        TABLE_WORDS("bound by"),
        {"all of them", .unit = "cycles", .type = TABLE_WHOLE}};
    const exact_text_steps_t steps = {plan, flow,
                                      flow->steps_n < STEPS_SHOWN ? flow->steps_n : STEPS_SHOWN};
    const table_t table = TABLE(columns, steps.shown + (flow->steps_n > steps.shown) + 1, &steps,
                                exact_text_steps_row);
    text_table(&table, out);
}

static void exact_text_write_flows(const exact_trace_t *trace, FILE *out)
{
    const confx_cost_exact_t *own = &trace->cost.exact;
    fputs("\nElements that move between the L2 and the PEs, by the loop whose move causes it\n",
          out);
    exact_text_write_moves(&trace->plan, &trace->noc, out);
    fputs("\nSteps that are alike (compute of the step, ingress of the step behind it, egress of "
          "the step before it: the longest counts)\n",
          out);
    exact_text_write_steps(&trace->plan, &trace->noc, out);
    out_print(out,
              "\nNoC        %lld cycles: %lld of ingress before the first step, %lld of egress "
              "behind the last one, the rest in the steps;\n           all in all %lld go to "
              "compute, %lld to ingress, %lld to egress\n",
              (long long)own->noc_cycles, (long long)trace->noc.first, (long long)trace->noc.last,
              (long long)own->bound_cycles[CONFX_BOUND_COMPUTE],
              (long long)own->bound_cycles[CONFX_BOUND_INGRESS],
              (long long)own->bound_cycles[CONFX_BOUND_EGRESS]);
    fputs("\nElements that move off-chip, by the loop of level 0 whose move causes it\n", out);
    exact_text_write_moves(&trace->plan, &trace->offchip, out);
    fputs("\nOutermost steps that are alike (compute: of all steps in it)\n", out);
    exact_text_write_steps(&trace->plan, &trace->offchip, out);
    out_print(out,
              "\nOff-chip   %lld cycles: %lld before the first outermost step, %lld behind the "
              "last one, the rest in the steps\n",
              (long long)own->offchip_cycles, (long long)trace->offchip.first,
              (long long)trace->offchip.last);
    out_print(out, "\nDelay      %lld cycles, the larger of NoC and off-chip: most go to %s\n",
              (long long)trace->cost.runtime_cycles, confx_cost_bound_text(own));
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void exact_text_write_witness(const exact_trace_t *trace, FILE *out)
{
    const evaluation_point_t *point = &trace->point;
    confx_cost_witness_t witness;
    char text[CONFX_COST_WITNESS_TEXT_MAX];
    if (!confx_cost_witness(point->dataflow, point->layer, point->hardware, point->pes,
                            point->buffer, &witness))
        return;
    confx_cost_witness_text(&witness, point->layer, text);
    out_print(out, "Witness    %s\n", text);
}

static void exact_text_write_all(const exact_trace_t *trace, FILE *out)
{
    const confx_hardware_t *hardware = trace->point.hardware;
    explain_common_point(&trace->point, out);
    out_print(out, "Accounting exact: %s, %s; a sum has %lld %s\n",
              hardware->multicast ? "one read of the L2 serves all PEs (multicast)"
                                  : "each PE reads the L2 for itself (no multicast)",
              hardware->reduction ? "the network adds sums (reduction)"
                                  : "each PE writes its own sums (no reduction)",
              (long long)hardware->psum_bytes, hardware->psum_bytes == 1 ? "byte" : "bytes");
    explain_common_verdict(&trace->point, &trace->cost, out);
    if (trace->cost.fault == CONFX_COST_ILLEGAL) exact_text_write_witness(trace, out);
    /* A point that is refused has levels and loops, at most. */
    if (trace->planned) exact_text_write_loops(trace, out);
    if (trace->cost.fault != CONFX_COST_VALID) return;
    exact_text_write_flows(trace, out);
    exact_figures(trace, out);
}

static confx_status_t exact_text_write(const exact_trace_t *trace, char **text)
{
    compose_t compose;
    TRY(compose_begin(&compose));
    exact_text_write_all(trace, compose.out);
    TRY(compose_end(&compose, "an explanation"));
    *text = compose.text;
    return status_ok();
}

confx_status_t explain_exact(const evaluation_point_t *point, char **text)
{
    exact_trace_t trace;
    *text = NULL;
    TRY(exact_trace_open(point, &trace));
    const confx_status_t status = exact_text_write(&trace, text);
    exact_trace_close(&trace);
    return status;
}
