/* run.h5: the one file to open. Written anew at each commit. */
#include "confx/try.h"
#include "confx/version.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 64 };

static void run_file_show_workload(const run_t *run, shelf_t *shelf)
{
    const confx_workload_t *workload = &run->setting.workload;
    int64_t *rows = shelf_make(shelf, "/workload/layers", ARRAY_I64, workload->layers_n, LAYER_COLUMNS, NULL);
    char *names = shelf_make(shelf, "/workload/names", ARRAY_TEXT, workload->layers_n, CONFX_LAYER_NAME_MAX, NULL);
    for (size_t i = 0; rows && names && i < workload->layers_n; i++) {
        layer_row(&workload->layers[i], rows + i * LAYER_COLUMNS);
        memcpy(names + i * CONFX_LAYER_NAME_MAX, workload->layers[i].name, CONFX_LAYER_NAME_MAX);
    }
}

static void run_file_show_actions(const run_t *run, shelf_t *shelf)
{
    static const char *const names[ACTION_HEADS] = {"/actions/pe", "/actions/buffer"};
    for (size_t head = 0; head < ACTION_HEADS; head++) {
        const size_t n = problem_levels(run->setting.problem, head);
        int64_t *levels = shelf_make(shelf, names[head], ARRAY_I64, n, 0, head ? "K tile" : "PEs");
        for (size_t i = 0; levels && i < n; i++) levels[i] = problem_level_values(run->setting.problem, head)[i];
    }
}

/* Per-layer columns of /result, as the cost model gives them. */
#define RESULT_LIST(X)                                                                                                 \
    X("/result/runtime_cycles", runtime_cycles, "cycles")                                                              \
    X("/result/energy_nj", energy_nj, "nJ")                                                                            \
    X("/result/area_um2", area_um2, "um^2")                                                                            \
    X("/result/power_mw", power_mw, "mW")                                                                              \
    X("/result/l1_bytes", l1_bytes, "byte")                                                                            \
    X("/result/l2_bytes", l2_bytes, "byte")                                                                            \
    X("/result/macs", macs, "MAC")

static void run_file_show_result(const run_t *run, shelf_t *shelf)
{
    const size_t layers = problem_layers(run->setting.problem);
    const uint16_t *genes = run->best.genes;
    uint16_t *assignment = shelf_make(shelf, "/result/assignment", ARRAY_U16, layers, ACTION_HEADS, NULL);
#define RESULT_MAKE(path, field, units) double *field = shelf_make(shelf, path, ARRAY_F64, layers, 0, units);
    RESULT_LIST(RESULT_MAKE)
#undef RESULT_MAKE
    for (size_t layer = 0; !shelf->failed && layer < layers; layer++) {
        confx_cost_t cost;
        problem_explain(run->setting.problem, layer, genes[layer], genes[layers + layer], &cost);
        assignment[ACTION_HEADS * layer] = genes[layer];
        assignment[ACTION_HEADS * layer + 1] = genes[layers + layer];
#define RESULT_FILL(path, field, units) field[layer] = (double)cost.field;
        RESULT_LIST(RESULT_FILL)
#undef RESULT_FILL
    }
    shelf_real(shelf, "/result/objective", run->best.objective, objective_units(run->job->objective));
    shelf_real(shelf, "/result/constraint", run->best.constraint, constraint_units(run->job->budget.constraint));
}

/* How many assignments were scored, if that is all there are to find within the budget: it is looked for, since what a
   search knows of it is not in a checkpoint. */
static void run_file_show_exhaustion(const run_t *run, shelf_t *shelf)
{
    size_t n;
    if (!run->scored || run->stage + 1 < run->stages_n) return;
    const renewal_t renewal = stage_renewal(run);
    if (scored_leaves(run->scored, &renewal, 1)) return;
    (void)scored_list(run->scored, &n);
    shelf_real(shelf, "/result/exhausted", (double)n, "assignments");
}

/* What more of the budget is worth: the next unit of it, by the bound's slope, and the next step. */
static void run_file_master_show_worth(const run_t *run, shelf_t *shelf)
{
    const char *units = objective_units(run->job->objective);
    const char *need_units = constraint_units(run->job->budget.constraint);
    const knapsack_t *certificate = &run->certificate;
    char per[UNITS_MAX];
    (void)snprintf(per, sizeof per, "%s/%s", units, need_units);
    shelf_real(shelf, "/certificate/shadow_price", certificate->price, NULL);
    shelf_text_on(shelf, "/certificate/shadow_price", "units", per);
    char *next = shelf_make(shelf, "/certificate/next", ARRAY_TEXT, 1, NEXT_TEXT_MAX, NULL);
    if (next) (void)snprintf(next, NEXT_TEXT_MAX, "%s", next_text(certificate->next.found));
    if (certificate->next.found != NEXT_KNOWN) return;
    shelf_real(shelf, "/certificate/next_budget", certificate->next.budget, need_units);
    shelf_real(shelf, "/certificate/next_optimum", certificate->next.optimum, units);
}

static void run_file_show_certificate(const run_t *run, shelf_t *shelf)
{
    const char *units = objective_units(run->job->objective);
    const knapsack_t *certificate = &run->certificate;
    shelf_real(shelf, "/certificate/lower_bound", certificate->lower_bound, units);
    if (certificate->solved) {
        shelf_real(shelf, "/certificate/optimum", certificate->optimum, units);
        shelf_real(shelf, "/certificate/need", certificate->need, constraint_units(run->job->budget.constraint));
    }
    if (!certificate->solved && isfinite(certificate->known))
        shelf_real(shelf, "/certificate/best_known", certificate->known, units);
    shelf_real(shelf, "/certificate/gap", certificate_gap(certificate, run->best.objective), "1");
    run_file_master_show_worth(run, shelf);
}

/* How many samples it had, and after which update, each time it was extended. */
static void run_file_show_extensions(const run_t *run, shelf_t *shelf)
{
    if (!run->leg) return;
    int64_t *samples = shelf_make(shelf, "/extended/samples", ARRAY_I64, run->leg, 0, "samples");
    int64_t *updates = shelf_make(shelf, "/extended/updates", ARRAY_I64, run->leg, 0, "updates");
    for (size_t i = 0; samples && updates && i < run->leg; i++) {
        samples[i] = (int64_t)run->legs[i].samples;
        updates[i] = (int64_t)run->legs[i].updates;
    }
}

static void run_file_show_attributes(const run_t *run, shelf_t *shelf, const char *status_word,
                                     char ended[CLOCK_ISO_MAX], places_t *places)
{
    clock_iso(ended);
    shelf_integer(shelf, "schema", RUN_SCHEMA);
    shelf_text(shelf, "program_version", CONFX_VERSION);
    shelf_text(shelf, "job", run->job->text);
    logged_show(run, places, shelf);
    shelf_integer(shelf, "seed", (int64_t)run->job->search.seed);
    shelf_text(shelf, "started", run->begun);
    shelf_text(shelf, "ended", ended); /* of a running search: when this state was written */
    shelf_integer(shelf, "ranks", cluster_size(run->cluster));
    shelf_text(shelf, "status", status_word);
    shelf_text(shelf, "network", run->setting.workload.name);
    shelf_text(shelf, "objective", objective_name(run->job->objective));
    shelf_text(shelf, "constraint", constraint_name(run->job->budget.constraint));
    shelf_text(shelf, "certificate_space", run->space == SPACE_LEVELS ? "levels" : "integers");
    init_show(run, shelf);
    shelf_integer(shelf, "samples", (int64_t)run->samples);
    shelf_integer(shelf, "distinct_evaluations", (int64_t)ledger_size(run->ledger));
}

bool master_is_last(const char *status_word)
{
    return !strcmp(status_word, "complete") || !strcmp(status_word, "infeasible");
}

confx_status_t master_write(run_t *run, const char *status_word)
{
    char ended[CLOCK_ISO_MAX];
    places_t places;
    shelf_t shelf;
    confx_status_t status;
    shelf_begin(&shelf);
    run_file_show_attributes(run, &shelf, status_word, ended, &places);
    run_file_show_workload(run, &shelf);
    inputs_show(run->setting.inputs, run->job->output, &shelf);
    run_file_show_actions(run, &shelf);
    run_file_show_extensions(run, &shelf);
    stage_take_policy(run);
    learned_show(&run->learned, true, &shelf);
    progress_show(run, &shelf);
    run_file_show_certificate(run, &shelf);
    if (!isnan(run->best.objective)) run_file_show_result(run, &shelf);
    run_file_show_exhaustion(run, &shelf);
    shelf_real(&shelf, "/result/budget", problem_budget(run->setting.problem),
               constraint_units(run->job->budget.constraint));
    TRY_OUT(shelf_status(&shelf));
    const master_t master = {.run_id = run->id,
                             .arrays = shelf.arrays,
                             .arrays_n = shelf.arrays_n,
                             .attributes = shelf.attributes,
                             .attributes_n = shelf.attributes_n,
                             .segments = run->segments,
                             .segments_n = run->segments_n,
                             .self_contained = master_is_last(status_word),
                             .rows = run->samples,
                             .layers = problem_layers(run->setting.problem),
                             .heads = ACTION_HEADS,
                             .objective_units = objective_units(run->job->objective),
                             .constraint_units = constraint_units(run->job->budget.constraint)};
    TRY_OUT(store_master_write(run->job->output, &master, run->guard));
out:
    shelf_end(&shelf);
    return status;
}
