/* assignment.csv: the best design, a row per layer in the network's order, with its costs. */
#include "confx/compose.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/table.h"
#include "confx/text.h"
#include "confx/try.h"
#include "run/breakdown.h"
#include "run/files.h"
#include "run/steps.h"

/* Named as in run.h5; those of the axes stand between these. */
static const table_column_t assignment_csv_shape[] = {
    TABLE_WORDS("name"), TABLE_WORDS("type"), TABLE_COUNT("K"),
    TABLE_COUNT("C"),    TABLE_COUNT("Y"),    TABLE_COUNT("X"),
    TABLE_COUNT("R"),    TABLE_COUNT("S"),    TABLE_WORDS("dataflow")};
/* In front of these, of several networks. */
static const table_column_t assignment_csv_network[] = {TABLE_WORDS("network"),
                                                        TABLE_FIGURE("weight", NULL)};
static const table_column_t assignment_csv_figures[] = {
    {"latency", .unit = "cycles", .type = TABLE_WHOLE},
    TABLE_FIGURE("energy", "nJ"),
    TABLE_FIGURE("area", "um^2"),
    TABLE_FIGURE("power", "mW"),
    {"l1", .unit = "bytes", .type = TABLE_WHOLE},
    {"l2", .unit = "bytes", .type = TABLE_WHOLE},
    TABLE_COUNT("macs"),
    TABLE_FIGURE("macs_per_cycle", NULL),
#define BREAKDOWN_COLUMN(figure, name, unit_, long_name) {name, .unit = unit_, .type = TABLE_REAL},
    BREAKDOWN_LIST(BREAKDOWN_COLUMN) BREAKDOWN_PART_LIST(BREAKDOWN_COLUMN)
#undef BREAKDOWN_COLUMN
        TABLE_WORDS("bound"),
    {"valid", .type = TABLE_TRUTH}};
enum {
    SHAPE_N = sizeof assignment_csv_shape / sizeof *assignment_csv_shape,
    FIGURES_N = sizeof assignment_csv_figures / sizeof *assignment_csv_figures,
    NETWORK_N = sizeof assignment_csv_network / sizeof *assignment_csv_network,
    COLUMNS_MOST = NETWORK_N + SHAPE_N + SPACE_AXES + FIGURES_N
};

/* A layer's dataflow has a column of its own, chosen or not. */
static size_t assignment_csv_columns(const problem_t *problem, table_column_t columns[COLUMNS_MOST])
{
    const size_t networks_n = problem_workload(problem)->networks_n;
    const space_t *space = problem_space(problem);
    size_t n = 0;
    for (size_t i = 0; networks_n && i < NETWORK_N; i++) columns[n++] = assignment_csv_network[i];
    for (size_t i = 0; i < SHAPE_N; i++) columns[n++] = assignment_csv_shape[i];
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        const space_axis_t *of = space_axis(space, axis);
        if (problem_names_dataflow(problem, axis)) continue;
        columns[n++] = (table_column_t){of->name, .type = of->words ? TABLE_TEXT : TABLE_WHOLE};
    }
    for (size_t i = 0; i < FIGURES_N; i++) columns[n++] = assignment_csv_figures[i];
    return n;
}

typedef struct {
    const setting_t *setting;
    const uint16_t *assignment;
} design_t;

/* The layer's action on each axis; empty where it does not use one. */
static void assignment_csv_action(const design_t *design, size_t layer, const uint16_t *action,
                                  table_row_t *row)
{
    const problem_t *problem = design->setting->problem;
    const space_t *space = problem_space(problem);
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        const char *word = space_word(space, axis, action[axis]);
        if (problem_names_dataflow(problem, axis)) continue;
        if (!space_uses(space, problem_distinct_of(problem, layer), action, axis))
            table_absent(row);
        else if (word)
            table_text(row, "%s", word);
        else
            table_whole(row, space_value(space, axis, action[axis]));
    }
}

static void assignment_csv_costs(const confx_cost_t *cost, const breakdown_t *breakdown,
                                 table_row_t *row)
{
    table_whole(row, cost->runtime_cycles);
    table_real(row, cost->energy_nj);
    table_real(row, cost->area_um2);
    table_real(row, cost->power_mw);
    table_whole(row, cost->l1_bytes);
    table_whole(row, cost->l2_bytes);
    table_whole(row, cost->macs);
    table_real(row, cost->macs_per_cycle);
    for (int i = 0; i < BREAKDOWN_FIGURES; i++) table_known(row, breakdown->figures[i]);
    table_text(row, "%s", breakdown->bound);
    table_whole(row, cost->fault == CONFX_COST_VALID);
}

static void assignment_csv_layer(const void *of, size_t i, table_row_t *row)
{
    static const confx_dim_t dims[] = {CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                       CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    const design_t *design = of;
    const problem_t *problem = design->setting->problem;
    const confx_workload_t *workload = &design->setting->workload;
    const confx_layer_t *layer = &workload->layers[i];
    const uint16_t *action = design->assignment + i * space_axes(problem_space(problem));
    confx_cost_t cost;
    breakdown_t breakdown;
    /* One evaluation gives all figures of the row, so that they belong together. */
    breakdown_make(design->setting, design->assignment, i, &cost, &breakdown);
    if (workload->networks_n) {
        table_text(row, "%s", workload->networks[confx_workload_network_of(workload, i)].name);
        table_real(row, confx_workload_weight_of(workload, i));
    }
    table_text(row, "%s", layer->name);
    table_text(row, "%s", confx_layer_type_name(layer->type));
    for (size_t dim = 0; dim < sizeof dims / sizeof *dims; dim++)
        table_whole(row, layer->dim[dims[dim]]);
    table_text(row, "%s", text_shown(problem_dataflow_name(problem, i, action)).text);
    assignment_csv_action(design, i, action, row);
    assignment_csv_costs(&cost, &breakdown, row);
}

confx_status_t assignment_compose(const setting_t *setting, const uint16_t *assignment,
                                  compose_t *text)
{
    const design_t design = {setting, assignment};
    table_column_t columns[COLUMNS_MOST];
    const table_t table = {.columns = columns,
                           .columns_n = assignment_csv_columns(setting->problem, columns),
                           .rows_n = problem_layers(setting->problem),
                           .of = &design,
                           .row = assignment_csv_layer};
    TRY(compose_begin(text));
    table_csv(&table, text->out);
    return status_ok();
}

confx_status_t assignment_write(const run_t *run)
{
    char path[FILE_PATH_MAX];
    compose_t text;
    TRY(file_join(run->job->output, TABLE_FILE, path));
    TRY(assignment_compose(&run->setting, run_best(run).assignment, &text));
    return compose_publish(&text, path, run->guard);
}
