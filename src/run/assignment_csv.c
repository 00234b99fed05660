/* assignment.csv: the best design, a row per layer in the network's order, with its costs. */
#include "confx/compose.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/table.h"
#include "confx/text.h"
#include "confx/try.h"
#include "run/steps.h"

static const table_column_t assignment_columns[] = {
    TABLE_WORDS("layer"),
    TABLE_WORDS("type"),
    TABLE_COUNT("K"),
    TABLE_COUNT("C"),
    TABLE_COUNT("Y"),
    TABLE_COUNT("X"),
    TABLE_COUNT("R"),
    TABLE_COUNT("S"),
    TABLE_WORDS("dataflow"),
    TABLE_COUNT("pe"),
    TABLE_COUNT("buf"),
    {"runtime_cycles", .unit = "cycles", .type = TABLE_WHOLE},
    TABLE_FIGURE("energy_nj", "nJ"),
    TABLE_FIGURE("area_um2", "um^2"),
    TABLE_FIGURE("power_mw", "mW"),
    {"l1_bytes", .unit = "bytes", .type = TABLE_WHOLE},
    {"l2_bytes", .unit = "bytes", .type = TABLE_WHOLE},
    TABLE_COUNT("macs"),
    TABLE_FIGURE("macs_per_cycle", NULL),
    {"valid", .type = TABLE_TRUTH}};

typedef struct {
    const job_t *job;
    const setting_t *setting;
    const uint16_t *assignment;
} design_t;

static void assignment_csv_costs(const confx_cost_t *cost, table_row_t *row)
{
    table_whole(row, cost->runtime_cycles);
    table_real(row, cost->energy_nj);
    table_real(row, cost->area_um2);
    table_real(row, cost->power_mw);
    table_whole(row, cost->l1_bytes);
    table_whole(row, cost->l2_bytes);
    table_whole(row, cost->macs);
    table_real(row, cost->macs_per_cycle);
    table_whole(row, cost->fault == CONFX_COST_VALID);
}

static void assignment_csv_layer(const void *of, size_t i, table_row_t *row)
{
    static const confx_dim_t dims[] = {CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                       CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    const design_t *design = of;
    const problem_t *problem = design->setting->problem;
    const confx_layer_t *layer = &design->setting->workload.layers[i];
    const space_t *space = problem_space(problem);
    const uint16_t *action = design->assignment + i * space_axes(space);
    const bool depthwise = layer->type == CONFX_LAYER_DSCONV;
    confx_cost_t cost;
    problem_explain(problem, i, action, &cost);
    table_text(row, "%s", layer->name);
    table_text(row, "%s", confx_layer_type_name(layer->type));
    for (size_t dim = 0; dim < sizeof dims / sizeof *dims; dim++)
        table_whole(row, layer->dim[dims[dim]]);
    table_text(
        row, "%s",
        text_shown(depthwise ? design->job->dataflow_depthwise : design->job->dataflow).text);
    for (size_t axis = 0; axis < space_axes(space); axis++)
        table_whole(row, space_value(space, axis, action[axis]));
    assignment_csv_costs(&cost, row);
}

confx_status_t assignment_compose(const job_t *job, const setting_t *setting,
                                  const uint16_t *assignment, compose_t *text)
{
    const design_t design = {job, setting, assignment};
    const table_t table =
        TABLE(assignment_columns, problem_layers(setting->problem), &design, assignment_csv_layer);
    TRY(compose_begin(text));
    table_csv(&table, text->out);
    return status_ok();
}

confx_status_t assignment_write(const run_t *run)
{
    char path[FILE_PATH_MAX];
    compose_t text;
    TRY(file_join(run->job->output, TABLE_FILE, path));
    TRY(assignment_compose(run->job, &run->setting, run_best(run).assignment, &text));
    return compose_publish(&text, path, run->guard);
}
