/* An explanation as text: levels and cases (explain_figures.c has the rest). */
#include "explain_text.h"
#include "confx/compose.h"
#include "confx/try.h"
#include "grid.h"

#include <assert.h>
#include <stdlib.h>

enum { WALKS_SHOWN = 10 };

static const char dim_letters[] = "CGKMNRSXY"; /* in the order of confx_dim_t */

/* ---- the point --------------------------------------------------------------------------------------------------- */

static void write_dims(const int64_t dim[CONFX_DIM_COUNT], FILE *out)
{
    static const confx_dim_t order[] = {CONFX_DIM_N, CONFX_DIM_G, CONFX_DIM_M, CONFX_DIM_K, CONFX_DIM_C,
                                        CONFX_DIM_Y, CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    const char *comma = "";
    /* In the order in which people write a layer, not in that of confx_dim_t. */
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (dim[order[i]] == 0) continue;
        out_print(out, "%s%c %lld", comma, dim_letters[order[i]], (long long)dim[order[i]]);
        comma = ", ";
    }
}

static void write_point(const explanation_t *explanation, FILE *out)
{
    const confx_layer_t *layer = explanation->layer;
    const confx_hardware_t *hardware = explanation->hardware;
    const confx_cost_fault_t fault = explanation->cost.fault;
    char limits[CONFX_COST_LIMITS_TEXT_MAX];
    out_print(out, "Layer      %s, %s: ", layer->name, confx_layer_type_name(layer->type));
    write_dims(layer->dim, out);
    out_print(out, "; stride %lld along Y, %lld along X\n", (long long)layer->stride_y, (long long)layer->stride_x);
    out_print(out, "Action     %lld PEs, buffer level %lld\n", (long long)explanation->pes,
              (long long)explanation->buffer);
    out_print(out,
              "Hardware   %s: NoC %.10g elements/cycle, latency %.10g cycles; off-chip %.10g elements/cycle; "
              "%.10g MACs/cycle a PE\n",
              hardware->name, hardware->noc_bandwidth, hardware->noc_latency, hardware->offchip_bandwidth,
              hardware->simd_lanes);
    out_print(out, "Verdict    %s%s\n", fault == CONFX_COST_VALID ? "" : "invalid: ", confx_cost_fault_text(fault));
    if (confx_cost_exceeded_text(&explanation->cost, hardware, limits)) out_print(out, "Limits     %s\n", limits);
}

/* ---- levels ------------------------------------------------------------------------------------------------------ */

static void add_map(const level_t *level, const map_t *map, grid_t *grid)
{
    const bool slides = map->dim == CONFX_DIM_X || map->dim == CONFX_DIM_Y;
    assert(map->size > 0 && map->offset > 0 && level->dim[map->dim] > 0);
    grid_add(grid, "%c %s", dim_letters[map->dim], map->spatial ? "spatial" : "temporal");
    grid_wholes(grid, (const int64_t[]){level->dim[map->dim], map->size, map->offset, map->input.mapped_edge}, 4);
    if (slides)
        grid_wholes(grid, (const int64_t[]){map->output.mapped, map->output.mapped_edge}, 2);
    else
        grid_words(grid, (const char *const[]){"", ""}, 2);
}

static bool write_level(const level_t *level, int depth, FILE *out)
{
    static const char *const heads[] = {"map", "of", "tile", "step", "edge tile", "outputs", "edge outputs"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    grid_t grid = grid_begin(COLUMNS);
    out_print(out, "\nLevel %d: %lld sub-clusters, %lld of them active in a spatial edge (sizes in elements)\n", depth,
              (long long)level->width, (long long)level->active_edge);
    grid_words(&grid, heads, COLUMNS);
    for (int i = 0; i < level->maps_n; i++) add_map(level, &level->maps[i], &grid);
    return grid_end(&grid, out);
}

/* ---- cases ------------------------------------------------------------------------------------------------------- */

static const char *bound_name(bound_t bound)
{
#define BOUND_TEXT(bound, text) text,
    static const char *const texts[] = {BOUND_LIST(BOUND_TEXT)};
#undef BOUND_TEXT
    assert(bound < BOUNDS);
    return texts[bound];
}

static void add_row(const row_t *row, const char *name, const char *bound, grid_t *grid)
{
    grid_add(grid, "%s", name);
    grid_wholes(grid,
                (const int64_t[]){row->occurrences, row->ingress[CONFX_TENSOR_INPUT], row->ingress[CONFX_TENSOR_FILTER],
                                  row->egress, row->macs, row->compute, row->fill, row->drain, row->delay},
                9);
    grid_add(grid, "%s", bound);
}

static void add_rows(const walk_t *walk, grid_t *grid)
{
    for (int i = 0; i < walk->rows_n; i++) {
        const row_t *row = &walk->rows[i];
        add_row(row, row->phases, row->valid ? bound_name(row->bound) : "no work: passed over", grid);
    }
    /* Cases beyond those that are kept one by one are shown as one sum; all together follow. */
    assert(walk->rows_n >= 0 && walk->rows_n <= TURNS_SHOWN);
    if (walk->cases > walk->rows_n) {
        char name[GRID_CELL_MAX];
        (void)snprintf(name, sizeof name, "%lld more, x times", (long long)walk->cases - walk->rows_n);
        add_row(&walk->rest, name, "", grid);
    }
    add_row(&walk->sum, "sum, x times", "", grid);
}

static bool write_walk(const explanation_t *explanation, const walk_t *walk, FILE *out)
{
    static const char *const heads[] = {"case",    "times",   "input",  "filter", "output",  "all PEs",
                                        "compute", "ingress", "egress", "delay",  "bound by"};
    static const char *const units[] = {"",       "",       "elements", "elements", "elements", "MACs",
                                        "cycles", "cycles", "cycles",   "cycles",   ""};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    const level_t *level = &explanation->levels.level[walk->depth];
    grid_t grid = grid_begin(COLUMNS);
    out_print(out, "\nCases of level %d over a tile of ", walk->depth);
    write_dims(walk->dim, out);
    fputs(" (a letter a map: ", out);
    for (int i = 0; i < level->maps_n; i++) fputc(dim_letters[level->maps[i].dim], out);
    fputs(")\n", out);
    grid_words(&grid, heads, COLUMNS);
    grid_words(&grid, units, COLUMNS);
    add_rows(walk, &grid);
    return grid_end(&grid, out);
}

static bool write_walks(const explanation_t *explanation, FILE *out)
{
    bool well = true;
    fputs("\nCases: I first step, i first step that is not full, S steady step, E edge; inner levels give the compute "
          "cycles of outer ones.\n",
          out);
    int shown = 0;
    for (const walk_t *walk = explanation->walks; walk && shown < WALKS_SHOWN; walk = walk->next, shown++)
        well &= write_walk(explanation, walk, out);
    if (explanation->walks_n > WALKS_SHOWN)
        out_print(out, "\n  %zu more tiles of inner levels\n", explanation->walks_n - WALKS_SHOWN);
    return well;
}

static void write_delay(const explanation_t *explanation, FILE *out)
{
    const walk_t *top = explanation->walks;
    assert(top->depth == 0);
    out_print(out, "\nDelay      %lld cycles", (long long)top->sum.delay);
    for (int bound = 0; bound < BOUNDS; bound++)
        if (top->bound_cycles[bound])
            out_print(out, "%s%lld of them bound by %s", bound ? ", " : "; ", (long long)top->bound_cycles[bound],
                      bound_name((bound_t)bound));
    out_print(out, ";\n           one fill of the L2 takes %lld cycles off the chip, on average %.6g PEs are active\n",
              (long long)top->offchip, top->active);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool write_all(const explanation_t *explanation, FILE *out)
{
    bool well = true;
    /* A point whose levels cannot be built is explained by its verdict; one whose cases MAESTRO refuses,
       by the cases up to there. Only a point with figures goes on to these. */
    write_point(explanation, out);
    if (!explanation->built) return true;
    for (int i = 0; i < explanation->levels.n; i++) well &= write_level(&explanation->levels.level[i], i, out);
    well &= write_walks(explanation, out);
    write_delay(explanation, out);
    if (explanation->fault != CONFX_COST_VALID) return well;
    if (!explanation_agrees(explanation))
        fputs("\nThe fast evaluation gives OTHER figures than the rules above: please report this point.\n", out);
    return explanation_figures(explanation, out) && well;
}

static confx_status_t write_text(const explanation_t *explanation, char **text)
{
    compose_t compose;
    TRY(compose_begin(&compose));
    const bool well = write_all(explanation, compose.out);
    TRY(compose_end(&compose, "an explanation"));
    if (well) {
        *text = compose.text;
        return status_ok();
    }
    free(compose.text);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for an explanation");
}

confx_status_t confx_cost_explain(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer, char **text)
{
    explanation_t explanation;
    *text = NULL;
    TRY(explanation_open(dataflow, layer, hardware, pes, buffer, &explanation));
    const confx_status_t status = write_text(&explanation, text);
    explanation_close(&explanation);
    return status;
}
