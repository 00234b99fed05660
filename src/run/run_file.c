/* run.h5: the one file to open. Written anew at each commit. */
#include "confx/figures.h"
#include "confx/try.h"
#include "confx/version.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 64 };

static void run_file_show_workload(const run_t *run, datasets_t *datasets)
{
    const confx_workload_t *workload = &run->setting.workload;
    int64_t *rows = datasets_make(datasets, "/workload/layers", ARRAY_I64, workload->layers_n,
                                  LAYER_COLUMNS, NULL);
    char *names = datasets_make(datasets, "/workload/names", ARRAY_TEXT, workload->layers_n,
                                CONFX_LAYER_NAME_MAX, NULL);
    for (size_t i = 0; rows && names && i < workload->layers_n; i++) {
        layer_row(&workload->layers[i], rows + i * LAYER_COLUMNS);
        memcpy(names + i * CONFX_LAYER_NAME_MAX, workload->layers[i].name, CONFX_LAYER_NAME_MAX);
    }
}

static void run_file_show_actions(const run_t *run, datasets_t *datasets)
{
    static const char *const names[] = {"/actions/pe", "/actions/buffer"};
    static const char *const units[] = {"PEs", "K tile"};
    const space_t *space = problem_space(run->setting.problem);
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        const size_t n = space_levels(space, axis);
        int64_t *levels = datasets_make(datasets, names[axis], ARRAY_I64, n, 0, units[axis]);
        for (size_t i = 0; levels && i < n; i++)
            levels[i] = space_value(space, axis, space_level_index(space, axis, i));
    }
}

/* Per-layer columns of /result, as the cost model gives them. */
#define RESULT_LIST(X)                                                                             \
    X("/result/runtime_cycles", runtime_cycles, "cycles")                                          \
    X("/result/energy_nj", energy_nj, "nJ")                                                        \
    X("/result/area_um2", area_um2, "um^2")                                                        \
    X("/result/power_mw", power_mw, "mW")                                                          \
    X("/result/l1_bytes", l1_bytes, "byte")                                                        \
    X("/result/l2_bytes", l2_bytes, "byte")                                                        \
    X("/result/macs", macs, "MAC")

static void run_file_show_result(const run_t *run, datasets_t *datasets)
{
    const size_t layers = problem_layers(run->setting.problem);
    const space_t *space = problem_space(run->setting.problem);
    const size_t axes = space_axes(space);
    const scored_assignment_t best = run_best(run);
    uint16_t *values = datasets_make(datasets, "/result/assignment", ARRAY_U16, layers, axes, NULL);
#define RESULT_MAKE(path, field, units)                                                            \
    double *field = datasets_make(datasets, path, ARRAY_F64, layers, 0, units);
    RESULT_LIST(RESULT_MAKE)
#undef RESULT_MAKE
    for (size_t layer = 0; !datasets->failed && layer < layers; layer++) {
        confx_cost_t cost;
        const uint16_t *action = best.assignment + layer * axes;
        problem_explain(run->setting.problem, layer, action, &cost);
        for (size_t axis = 0; axis < axes; axis++)
            values[layer * axes + axis] = (uint16_t)space_value(space, axis, action[axis]);
#define RESULT_FILL(path, field, units) field[layer] = (double)cost.field;
        RESULT_LIST(RESULT_FILL)
#undef RESULT_FILL
    }
    datasets_real(datasets, "/result/objective", best.score.objectives[0],
                  objective_units(run->job->objective));
    datasets_real(datasets, "/result/constraint", best.score.constraints[0],
                  constraint_units(run->job->budget.constraint));
}

/* How many assignments were scored, if that is all there are to find within the budget: it is
   looked for, since what a search knows of it is not in a checkpoint. */
static void run_file_show_exhaustion(const run_t *run, datasets_t *datasets)
{
    size_t n;
    if (!run->scored || run->stage + 1 < run->stages_n) return;
    const renewal_t renewal = stage_renewal(run);
    if (scored_leaves(run->scored, &renewal, 1)) return;
    (void)scored_list(run->scored, &n);
    datasets_real(datasets, "/result/exhausted", (double)n, "assignments");
}

/* What more of the budget is worth: the next unit of it, by the bound's slope, and the next
   step. */
static void run_file_master_show_worth(const run_t *run, datasets_t *datasets)
{
    const char *units = objective_units(run->job->objective);
    const char *need_units = constraint_units(run->job->budget.constraint);
    const knapsack_t *certificate = &run->certificate;
    char per[UNITS_MAX];
    (void)snprintf(per, sizeof per, "%s/%s", units, need_units);
    datasets_real(datasets, "/certificate/shadow_price", certificate->price, NULL);
    datasets_text_on(datasets, "/certificate/shadow_price", "units", per);
    char *next = datasets_make(datasets, "/certificate/next", ARRAY_TEXT, 1, NEXT_TEXT_MAX, NULL);
    if (next) (void)snprintf(next, NEXT_TEXT_MAX, "%s", next_text(certificate->next.found));
    if (certificate->next.found != NEXT_KNOWN) return;
    datasets_real(datasets, "/certificate/next_budget", certificate->next.budget, need_units);
    datasets_real(datasets, "/certificate/next_optimum", certificate->next.optimum, units);
}

static void run_file_show_certificate(const run_t *run, datasets_t *datasets)
{
    const char *units = objective_units(run->job->objective);
    const knapsack_t *certificate = &run->certificate;
    datasets_real(datasets, "/certificate/lower_bound", certificate->lower_bound, units);
    if (certificate->solved) {
        datasets_real(datasets, "/certificate/optimum", certificate->optimum, units);
        datasets_real(datasets, "/certificate/need", certificate->need,
                      constraint_units(run->job->budget.constraint));
    }
    if (!certificate->solved && isfinite(certificate->known))
        datasets_real(datasets, "/certificate/best_known", certificate->known, units);
    datasets_real(datasets, "/certificate/gap",
                  certificate_gap(certificate, run_best_objective(run)), "1");
    run_file_master_show_worth(run, datasets);
}

/* How many samples it had, and after which update, each time it was extended. */
static void run_file_show_extensions(const run_t *run, datasets_t *datasets)
{
    if (!run->leg) return;
    int64_t *samples =
        datasets_make(datasets, "/extended/samples", ARRAY_I64, run->leg, 0, "samples");
    int64_t *updates =
        datasets_make(datasets, "/extended/updates", ARRAY_I64, run->leg, 0, "updates");
    for (size_t i = 0; samples && updates && i < run->leg; i++) {
        samples[i] = (int64_t)run->legs[i].samples;
        updates[i] = (int64_t)run->legs[i].updates;
    }
}

static void run_file_show_attributes(const run_t *run, datasets_t *datasets,
                                     const char *status_word, char ended[CLOCK_ISO_MAX],
                                     places_t *places)
{
    clock_iso(ended);
    datasets_integer(datasets, "schema", RUN_SCHEMA);
    datasets_text(datasets, "program_version", CONFX_VERSION);
    datasets_text(datasets, "job", run->job->text);
    logged_show(run, places, datasets);
    datasets_integer(datasets, "seed", (int64_t)run->job->search.seed);
    datasets_text(datasets, "started", run->begun);
    datasets_text(datasets, "ended", ended); /* of a running search: when this state was written */
    datasets_integer(datasets, "ranks", cluster_size(run->cluster));
    datasets_text(datasets, "status", status_word);
    datasets_text(datasets, "network", run->setting.workload.name);
    datasets_text(datasets, "objective", objective_name(run->job->objective));
    datasets_text(datasets, "constraint", constraint_name(run->job->budget.constraint));
    datasets_text(datasets, "certificate_space",
                  run->space == SPACE_LEVELS ? "levels" : "integers");
    init_show(run, datasets);
    datasets_integer(datasets, "samples", (int64_t)run->samples);
    datasets_integer(datasets, "distinct_evaluations", (int64_t)memory_size(run->memory));
}

bool master_is_last(const char *status_word)
{
    return !strcmp(status_word, "complete") || !strcmp(status_word, "infeasible");
}

confx_status_t master_write(run_t *run, const char *status_word)
{
    char ended[CLOCK_ISO_MAX];
    places_t places;
    datasets_t datasets;
    confx_status_t status;
    datasets_begin(&datasets);
    run_file_show_attributes(run, &datasets, status_word, ended, &places);
    run_file_show_workload(run, &datasets);
    inputs_show(run->setting.inputs, run->job->output, &datasets);
    run_file_show_actions(run, &datasets);
    run_file_show_extensions(run, &datasets);
    stage_take_policy(run);
    policy_file_show(&run->learned, true, &datasets);
    progress_show(run, &datasets);
    run_file_show_certificate(run, &datasets);
    if (!isnan(run_best_objective(run))) run_file_show_result(run, &datasets);
    run_file_show_exhaustion(run, &datasets);
    datasets_real(&datasets, "/result/budget", problem_budget(run->setting.problem),
                  constraint_units(run->job->budget.constraint));
    TRY_OUT(datasets_status(&datasets));
    const master_t master = {.run_id = run->id,
                             .arrays = datasets.arrays,
                             .arrays_n = datasets.arrays_n,
                             .attributes = datasets.attributes,
                             .attributes_n = datasets.attributes_n,
                             .segments = run->segments,
                             .segments_n = run->segments_n,
                             .self_contained = master_is_last(status_word),
                             .rows = run->samples,
                             .layers = problem_layers(run->setting.problem),
                             .heads = space_axes(problem_space(run->setting.problem)),
                             .objective_units = objective_units(run->job->objective),
                             .constraint_units = constraint_units(run->job->budget.constraint)};
    TRY_OUT(store_master_write(run->job->output, &master, run->guard));
out:
    datasets_end(&datasets);
    return status;
}
