/* run.h5: the one file to open. Written anew at each commit. */
#include "confx/figures.h"
#include "confx/master.h"
#include "confx/try.h"
#include "confx/version.h"
#include "run/breakdown.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATASET_NAME_MAX = 64 };

/* ---- what lies along dimensions -------------------------------------------------------------- */

/* 0, 1, 2, ... */
static void run_file_show_numbers(datasets_t *datasets, const char *name, size_t n,
                                  const char *long_name)
{
    int64_t *numbers = datasets_make(datasets, name, ARRAY_I64, n, 0, NULL);
    for (size_t i = 0; numbers && i < n; i++) numbers[i] = (int64_t)i;
    datasets_about(datasets, long_name, name + 1, NULL);
}

/* The networks by name, and what each counts. */
static void run_file_show_network_scale(const confx_workload_t *workload, datasets_t *datasets)
{
    const size_t n = workload->networks_n;
    if (n == 0) return;
    char *names = datasets_make(datasets, "/network", ARRAY_TEXT, n, CONFX_LAYER_NAME_MAX, NULL);
    datasets_about(datasets, "network", "network", NULL);
    double *weights = datasets_make(datasets, "/network_weight", ARRAY_F64, n, 0, NULL);
    datasets_about(datasets, "what the network counts", "network", NULL);
    for (size_t i = 0; names && weights && i < n; i++) {
        memcpy(names + i * CONFX_LAYER_NAME_MAX, workload->networks[i].name, CONFX_LAYER_NAME_MAX);
        weights[i] = workload->networks[i].weight;
    }
}

static void run_file_show_scales(const run_t *run, datasets_t *datasets)
{
    const space_t *space = problem_space(run->setting.problem);
    const terms_t *terms = problem_terms(run->setting.problem);
    char *axes =
        datasets_make(datasets, "/axis", ARRAY_TEXT, space_axes(space), DATASET_NAME_MAX, NULL);
    for (size_t i = 0; axes && i < space_axes(space); i++)
        (void)snprintf(axes + i * DATASET_NAME_MAX, DATASET_NAME_MAX, "%s",
                       space_axis(space, i)->name);
    datasets_about(datasets, "axis of the space", "axis", NULL);
    char *constraints = datasets_make(datasets, "/constraint", ARRAY_TEXT, terms->constraints_n,
                                      DATASET_NAME_MAX, NULL);
    for (size_t i = 0; constraints && i < terms->constraints_n; i++)
        (void)snprintf(constraints + i * DATASET_NAME_MAX, DATASET_NAME_MAX, "%s",
                       terms->constraints[i].name);
    datasets_about(datasets, "what is limited", "constraint", NULL);
    run_file_show_network_scale(&run->setting.workload, datasets);
    run_file_show_numbers(datasets, "/layer", problem_layers(run->setting.problem),
                          "layer, in the network's order from 0 on");
    run_file_show_numbers(datasets, "/update", run->root.progress.n, "update, from 0 on");
}

/* ---- workload and space ---------------------------------------------------------------------- */

/* The numbers of layer_row, but the type, which is a word. */
static void run_file_show_shapes(const confx_workload_t *workload, datasets_t *datasets)
{
    static const struct {
        const char *name, *long_name;
        size_t column;
    } columns[] = {
        {"/workload/K", "output channels", 0},        {"/workload/C", "input channels", 1},
        {"/workload/Y", "rows of the input", 2},      {"/workload/X", "columns of the input", 3},
        {"/workload/R", "rows of the filter", 4},     {"/workload/S", "columns of the filter", 5},
        {"/workload/stride_y", "stride along Y", 6},  {"/workload/stride_x", "stride along X", 7},
        {"/workload/groups", "groups of channels", 9}};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        int64_t *values =
            datasets_make(datasets, columns[c].name, ARRAY_I64, workload->layers_n, 0, NULL);
        for (size_t i = 0; values && i < workload->layers_n; i++) {
            int64_t row[LAYER_COLUMNS];
            layer_row(&workload->layers[i], row);
            values[i] = row[columns[c].column];
        }
        datasets_about(datasets, columns[c].long_name, "layer", NULL);
    }
}

/* Of several networks, or of one that counts by a weight. */
static void run_file_show_networks(const confx_workload_t *workload, datasets_t *datasets)
{
    const size_t n = workload->layers_n;
    if (workload->networks_n == 0) return;
    char *names =
        datasets_make(datasets, "/workload/network", ARRAY_TEXT, n, CONFX_LAYER_NAME_MAX, NULL);
    datasets_about(datasets, "network that the layer belongs to", "layer", NULL);
    double *weights = datasets_make(datasets, "/workload/weight", ARRAY_F64, n, 0, NULL);
    datasets_about(datasets, "what the layer counts in the objective: the weight of its network",
                   "layer", NULL);
    for (size_t i = 0; names && weights && i < n; i++) {
        memcpy(names + i * CONFX_LAYER_NAME_MAX,
               workload->networks[confx_workload_network_of(workload, i)].name,
               CONFX_LAYER_NAME_MAX);
        weights[i] = confx_workload_weight_of(workload, i);
    }
}

static void run_file_show_workload(const run_t *run, datasets_t *datasets)
{
    enum { TYPE_MAX = 16 };
    const confx_workload_t *workload = &run->setting.workload;
    const size_t n = workload->layers_n;
    run_file_show_shapes(workload, datasets);
    run_file_show_networks(workload, datasets);
    char *types = datasets_make(datasets, "/workload/type", ARRAY_TEXT, n, TYPE_MAX, NULL);
    datasets_about(datasets, "kind of layer", "layer", NULL);
    int64_t *repeat = datasets_make(datasets, "/workload/repeat", ARRAY_I64, n, 0, NULL);
    datasets_about(datasets, "times that the layer stands there in a row", "layer", NULL);
    char *names =
        datasets_make(datasets, "/workload/name", ARRAY_TEXT, n, CONFX_LAYER_NAME_MAX, NULL);
    datasets_about(datasets, "name of the layer", "layer", NULL);
    for (size_t i = 0; types && repeat && names && i < n; i++) {
        const confx_layer_t *layer = &workload->layers[i];
        (void)snprintf(types + i * TYPE_MAX, TYPE_MAX, "%s", confx_layer_type_name(layer->type));
        repeat[i] = 1; /* workloads are written out layer by layer */
        memcpy(names + i * CONFX_LAYER_NAME_MAX, layer->name, CONFX_LAYER_NAME_MAX);
    }
}

/* What the values of an axis count; NULL: nothing. */
static const char *run_file_axis_units(const char *axis)
{
    static const char *const units[][2] = {{"pe", "PEs"}, {"buffer", "K tile"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(units[i][0], axis)) return units[i][1];
    return NULL;
}

static void run_file_show_axis(const space_t *space, size_t axis, datasets_t *datasets)
{
    const space_axis_t *of = space_axis(space, axis);
    const size_t n = space_levels(space, axis);
    const char *path = datasets_name(datasets, "/space/%s", of->name);
    if (!path) return;
    if (of->words) {
        char *words = datasets_make(datasets, path, ARRAY_TEXT, n, DATASET_NAME_MAX, NULL);
        for (size_t i = 0; words && i < n; i++)
            (void)snprintf(words + i * DATASET_NAME_MAX, DATASET_NAME_MAX, "%s", of->words[i]);
    } else {
        int64_t *levels =
            datasets_make(datasets, path, ARRAY_I64, n, 0, run_file_axis_units(of->name));
        for (size_t i = 0; levels && i < n; i++)
            levels[i] = space_value(space, axis, space_level_index(space, axis, i));
    }
    datasets_about(datasets,
                   of->words ? "names of the values, which are their numbers from 0 on"
                             : "levels that a policy chooses from",
                   path + 1, NULL);
    datasets_text_on(datasets, path, "scope", of->scope == AXIS_LAYER ? "layer" : "network");
    datasets_text_on(datasets, path, "range",
                     of->refined ? "all integers from 1 to the largest level" : "the levels");
}

static void run_file_show_space(const run_t *run, datasets_t *datasets)
{
    const space_t *space = problem_space(run->setting.problem);
    for (size_t axis = 0; axis < space_axes(space); axis++)
        run_file_show_axis(space, axis, datasets);
}

/* ---- the result ------------------------------------------------------------------------------ */

/* Values of an assignment (L, A), at `name`. */
static uint16_t *run_file_show_assignment(const run_t *run, const char *name, const char *long_name,
                                          datasets_t *datasets)
{
    uint16_t *values =
        datasets_make(datasets, name, ARRAY_U16, problem_layers(run->setting.problem),
                      space_axes(problem_space(run->setting.problem)), NULL);
    datasets_about(datasets, long_name, "layer", "axis");
    return values;
}

static void run_file_put_action(const run_t *run, size_t layer, const uint16_t *action,
                                uint16_t *values)
{
    const space_t *space = problem_space(run->setting.problem);
    const size_t axes = space_axes(space);
    for (size_t axis = 0; axis < axes; axis++)
        values[layer * axes + axis] = (uint16_t)space_value(space, axis, action[axis]);
}

/* Which axes each layer uses under its action, where any may be of no use to a layer. */
static void run_file_show_use(const run_t *run, const uint16_t *assignment, datasets_t *datasets)
{
    const problem_t *problem = run->setting.problem;
    const space_t *space = problem_space(problem);
    const size_t axes = space_axes(space);
    if (!space_has_unused(space)) return;
    uint8_t *used =
        datasets_make(datasets, "/result/used", ARRAY_BOOL, problem_layers(problem), axes, NULL);
    datasets_about(datasets, "does the layer use the axis: elsewhere the value is the default",
                   "layer", "axis");
    for (size_t i = 0; used && i < problem_layers(problem) * axes; i++)
        used[i] = space_uses(space, problem_distinct_of(problem, i / axes),
                             assignment + i / axes * axes, i % axes);
}

/* One number per constraint; units: of all of them, with commas, or what is told instead. */
static void run_file_show_limits(const run_t *run, const char *name, const double *values,
                                 const char *units, const char *long_name, datasets_t *datasets)
{
    const size_t n = problem_terms(run->setting.problem)->constraints_n;
    double *copies = datasets_make(datasets, name, ARRAY_F64, n, 0, units);
    for (size_t i = 0; copies && i < n; i++) copies[i] = values[i];
    datasets_about(datasets, long_name, "constraint", NULL);
}

/* The model's metrics of each layer under its action. */
static void run_file_show_metrics(const run_t *run, const uint16_t *assignment,
                                  datasets_t *datasets)
{
    problem_t *problem = run->setting.problem;
    const model_t *model = problem_model(problem);
    const size_t layers = problem_layers(problem);
    double *columns[MODEL_METRICS];
    for (size_t i = 0; i < model->metrics_n; i++) {
        const metric_t *metric = &model->metrics[i];
        /* Without memory the datasets have failed, and the loop below does not begin: no column is
           NULL there. */
        columns[i] = datasets_make(datasets, datasets_name(datasets, "/result/%s", metric->name),
                                   ARRAY_F64, layers, 0, *metric->unit ? metric->unit : NULL);
        datasets_about(datasets, "of each layer, as the model has it", "layer", NULL);
    }
    for (size_t layer = 0; !datasets->failed && layer < layers; layer++) {
        double metrics[MODEL_METRICS];
        (void)problem_metrics(problem, problem_distinct_of(problem, layer),
                              problem_point(problem, assignment, layer), metrics);
        for (size_t i = 0; i < model->metrics_n; i++) columns[i][layer] = metrics[i];
    }
}

/* Of several networks what each comes to under the assignment. Rates do not add up. */
static void run_file_show_networks_result(const run_t *run, const uint16_t *assignment,
                                          datasets_t *datasets)
{
    problem_t *problem = run->setting.problem;
    const model_t *model = problem_model(problem);
    const confx_workload_t *workload = &run->setting.workload;
    const size_t n = workload->networks_n;
    double *columns[MODEL_METRICS] = {NULL};
    if (n == 0) return;
    double *objectives = datasets_make(datasets, "/result/networks/objective", ARRAY_F64, n, 0,
                                       objective_units(run->job->objective));
    datasets_about(datasets, "of the network's layers alone, by its weight", "network", NULL);
    for (size_t i = 0; i < model->metrics_n; i++) {
        const metric_t *metric = &model->metrics[i];
        if (metric->is_rate) continue;
        columns[i] =
            datasets_make(datasets, datasets_name(datasets, "/result/networks/%s", metric->name),
                          ARRAY_F64, n, 0, *metric->unit ? metric->unit : NULL);
        datasets_about(datasets, "of the network's layers together, without its weight", "network",
                       NULL);
    }
    for (size_t network = 0; !datasets->failed && network < n; network++) {
        double metrics[MODEL_METRICS];
        score_t score;
        /* Scored by itself, so that a reader sees which network decides where the worst one
           counts. */
        problem_network(problem, assignment, network, metrics, &score);
        objectives[network] = score.objectives[0];
        for (size_t i = 0; i < model->metrics_n; i++)
            if (columns[i]) columns[i][network] = metrics[i];
    }
}

static void run_file_show_result(const run_t *run, datasets_t *datasets)
{
    const problem_t *problem = run->setting.problem;
    const scored_assignment_t best = run_best(run);
    const size_t axes = space_axes(problem_space(problem));
    uint16_t *values = run_file_show_assignment(
        run, "/result/assignment", "best assignment: value of each layer on each axis", datasets);
    for (size_t layer = 0; values && layer < problem_layers(problem); layer++)
        run_file_put_action(run, layer, best.assignment + layer * axes, values);
    run_file_show_use(run, best.assignment, datasets);
    /* A model of whole networks tells nothing of single layers. */
    if (!problem_model(problem)->scores_networks) {
        run_file_show_metrics(run, best.assignment, datasets);
        run_file_show_networks_result(run, best.assignment, datasets);
        breakdown_show(&run->setting, best.assignment, datasets);
    }
    datasets_real(datasets, "/result/objective", best.score.objectives[0],
                  objective_units(run->job->objective));
    datasets_about(datasets, "objective of the best assignment", NULL, NULL);
    char units[JOB_UNITS_MAX];
    job_budget_units(run->job, units);
    run_file_show_limits(run, "/result/constraints", best.score.constraints,
                         datasets_name(datasets, "%s", units),
                         "what the best assignment takes of each constraint", datasets);
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
    datasets_count(datasets, "/result/exhausted", (int64_t)n, "assignments");
    datasets_about(datasets, "assignments scored, which are all there are within the budget", NULL,
                   NULL);
}

/* ---- the certificate ------------------------------------------------------------------------- */

/* A number of it, where there is one. */
static void run_file_show_number(datasets_t *datasets, const char *name, double value,
                                 const char *units, const char *long_name)
{
    datasets_real(datasets, name, value, units);
    datasets_about(datasets, long_name, NULL, NULL);
}

/* What more of the budget is worth: the next unit of it, by the bound's slope, and the next
   step. */
static void run_file_show_worth(const run_t *run, datasets_t *datasets)
{
    const char *units = objective_units(run->job->objective);
    const char *limit_units = constraint_units(run->job->budget.constraint);
    const knapsack_t *certificate = &run->root.certificate;
    const char *per = datasets_name(datasets, "%s/%s", units,
                                    run->job->budgets_n > 1 ? "unit of the limit" : limit_units);
    run_file_show_limits(run, "/certificate/multipliers", certificate->prices, per,
                         "what the bound falls by for one more unit of each limit", datasets);
    datasets_line(datasets, "/certificate/next",
                  run->job->budgets_n > 1 ? NEXT_TEXT_SEVERAL : next_text(certificate->next.found));
    datasets_about(datasets, "is there a larger budget at which the optimum falls", NULL, NULL);
    if (certificate->next.found != NEXT_KNOWN) return;
    run_file_show_number(datasets, "/certificate/next_budget", certificate->next.budget,
                         limit_units, "the least such budget");
    run_file_show_number(datasets, "/certificate/next_optimum", certificate->next.optimum, units,
                         "optimum within that budget");
}

static void run_file_show_optimum(const run_t *run, datasets_t *datasets)
{
    const problem_t *problem = run->setting.problem;
    const size_t axes = space_axes(problem_space(problem));
    uint16_t *values = run_file_show_assignment(
        run, "/certificate/assignment", "an optimal assignment: value of each layer on each axis",
        datasets);
    if (!values) return;
    /* Indices at first, which give way to the values that they stand for. */
    certificate_put(problem, &run->root.certificate, values);
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        run_file_put_action(run, layer, values + layer * axes, values);
}

static void run_file_show_certificate(const run_t *run, datasets_t *datasets)
{
    const char *units = objective_units(run->job->objective);
    const knapsack_t *certificate = &run->root.certificate;
    const char *obstacle = certificate_obstacle(run->setting.problem);
    char limit_units[JOB_UNITS_MAX];
    job_budget_units(run->job, limit_units);
    if (obstacle) {
        datasets_line(datasets, "/certificate/reason", obstacle);
        datasets_about(datasets, "why there is no certificate", NULL, NULL);
        return;
    }
    run_file_show_number(datasets, "/certificate/lower_bound", certificate->lower_bound, units,
                         "no assignment has a lower objective");
    if (certificate->solved) {
        run_file_show_number(datasets, "/certificate/optimum", certificate->optimum, units,
                             "least objective of an assignment within the budget, proven");
        run_file_show_limits(run, "/certificate/constraints", certificate->needs,
                             datasets_name(datasets, "%s", limit_units),
                             "what the optimal assignment takes of each constraint", datasets);
        run_file_show_optimum(run, datasets);
    } else if (isfinite(certificate->known)) {
        run_file_show_number(datasets, "/certificate/best_known", certificate->known, units,
                             "objective of the best assignment that the proof came by");
    }
    run_file_show_number(datasets, "/certificate/gap",
                         certificate_gap(certificate, run_best_objective(run)), "1",
                         "result above the optimum, else above the bound, as a fraction");
    run_file_show_worth(run, datasets);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Where the hardware has a clock, by which readers tell cycles as a time. */
static void run_file_show_clock(const run_t *run, datasets_t *datasets)
{
    const double clock_ghz = run->setting.hardware.clock_ghz;
    if (!(clock_ghz > 0)) return;
    run_file_show_number(datasets, "/clock_ghz", clock_ghz, "GHz", "clock of the hardware");
}

/* How many samples it had, and after which update, each time it was extended. */
static void run_file_show_extensions(const run_t *run, datasets_t *datasets)
{
    if (!run->leg) return;
    int64_t *samples =
        datasets_make(datasets, "/extended/samples", ARRAY_I64, run->leg, 0, "samples");
    datasets_about(datasets, "samples of the run when it was extended", "extended/extension", NULL);
    int64_t *updates =
        datasets_make(datasets, "/extended/updates", ARRAY_I64, run->leg, 0, "updates");
    datasets_about(datasets, "updates of the run when it was extended", "extended/extension", NULL);
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
    job_location_show(run, places, datasets);
    datasets_integer(datasets, "seed", (int64_t)run->job->search.seed);
    datasets_text(datasets, "started", run->root.begun);
    datasets_text(datasets, "ended", ended); /* of a running search: when this state was written */
    datasets_integer(datasets, "ranks", cluster_size(run->cluster));
    datasets_text(datasets, "status", status_word);
    datasets_text(datasets, "network", run->setting.workload.name);
    datasets_text(datasets, "objective", objective_name(run->job->objective));
    char constraints[JOB_UNITS_MAX];
    job_budget_names(run->job, constraints);
    datasets_text(datasets, "constraint", datasets_name(datasets, "%s", constraints));
    datasets_text(datasets, "accounting", confx_accounting_name(run->setting.hardware.accounting));
    datasets_text(datasets, "certificate_space",
                  run->space == SPACE_LEVELS ? "levels" : "integers");
    certified_show(run, datasets);
    warm_start_show(run, datasets);
    datasets_integer(datasets, "samples", (int64_t)run->samples);
    datasets_integer(datasets, "distinct_evaluations", (int64_t)memory_size(run->memory));
}

bool run_file_is_last(const char *status_word)
{
    return !strcmp(status_word, "complete") || !strcmp(status_word, "infeasible");
}

/* The algorithms of the list of stages, a blank between them. */
static const char *run_file_stages(const run_t *run, datasets_t *datasets)
{
    const char *names = "";
    if (run->certified) return STORE_ORIGIN_CERTIFICATE;
    for (size_t i = 0; names && i < run->stages_n; i++)
        names = datasets_name(datasets, "%s%s%s", names, i ? " " : "",
                              algorithm_name(run->stages[i].algorithm));
    return names;
}

static void run_file_show(run_t *run, datasets_t *datasets)
{
    const problem_t *problem = run->setting.problem;
    const terms_t *terms = problem_terms(problem);
    double limits[TERMS_MAX] = {0};
    char units[JOB_UNITS_MAX];
    for (size_t i = 0; i < terms->constraints_n; i++) limits[i] = terms->constraints[i].limit;
    job_budget_units(run->job, units);
    run_file_show_scales(run, datasets);
    run_file_show_workload(run, datasets);
    inputs_show(run->setting.inputs, run->job->output, datasets);
    run_file_show_space(run, datasets);
    run_file_show_clock(run, datasets);
    run_file_show_extensions(run, datasets);
    /* As it is at this commit: the file and the checkpoint have the same parameters. */
    stage_take_policy(run);
    policy_file_show(&run->root.learned, true, datasets);
    progress_show(run, datasets);
    run_file_show_certificate(run, datasets);
    if (!isnan(run_best_objective(run))) run_file_show_result(run, datasets);
    run_file_show_exhaustion(run, datasets);
    run_file_show_limits(run, "/result/budget", limits, datasets_name(datasets, "%s", units),
                         "most that an assignment may take of each constraint", datasets);
}

static void run_file_describe_columns(const run_t *run, master_t *master)
{
    const model_t *model = problem_model(run->setting.problem);
    master->shape = rows_shape(run);
    for (size_t column = 0; column < master->shape.metrics_n; column++) {
        const size_t metric = model_metric(model, master->shape.metrics[column]);
        const char *unit = model->metrics[metric].unit;
        master->metric_units[column] = *unit ? unit : "1";
    }
}

confx_status_t run_file_write(run_t *run, const char *status_word)
{
    char ended[CLOCK_ISO_MAX];
    places_t places;
    datasets_t datasets;
    confx_status_t status;
    char units[JOB_UNITS_MAX];
    job_budget_units(run->job, units);
    datasets_begin(&datasets);
    run_file_show_attributes(run, &datasets, status_word, ended, &places);
    run_file_show(run, &datasets);
    const char *stages = run_file_stages(run, &datasets);
    TRY_OUT(datasets_status(&datasets));
    master_t master = {.run_id = run->id,
                       .arrays = datasets.arrays,
                       .descriptions = datasets.descriptions,
                       .arrays_n = datasets.arrays_n,
                       .attributes = datasets.attributes,
                       .attributes_n = datasets.attributes_n,
                       .segments = run->log.segments,
                       .segments_n = run->log.segments_n,
                       .self_contained = run_file_is_last(status_word),
                       .rows = run->samples,
                       .objective_units = objective_units(run->job->objective),
                       .constraint_units = units,
                       .stages = stages};
    run_file_describe_columns(run, &master);
    TRY_OUT(store_master_write(run->job->output, &master, run->guard));
out:
    datasets_end(&datasets);
    return status;
}
