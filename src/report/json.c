/* The figures as one JSON object, named as in run.h5. What is not known is null. */
#include "confx/macs.h"
#include "confx/try.h"
#include "facts.h"

#include <jansson.h>
#include <math.h>

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static const char *deployment_word(deployment_t deployment)
{
#define WORD(constant, word) word,
    static const char *const words[] = {DEPLOYMENT_LIST(WORD)};
#undef WORD
    return words[deployment];
}

static json_t *task_json(const report_t *report)
{
    const job_t *job = report->job;
    const job_budget_t *budget = &job->budget;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:I}", "network",
                     report->network, "workload", job->workload, "hardware", job->hardware, "dataflow", job->dataflow,
                     "dataflow_depthwise", job->dataflow_depthwise, "deployment", deployment_word(job->deployment),
                     "objective", objective_name(job->objective), "objective_units", objective_units(job->objective),
                     "constraint", constraint_name(budget->constraint), "constraint_units",
                     constraint_units(budget->constraint), "budget", real(report->budget), "budget_fraction",
                     real(job_budget_fraction(budget)), "algorithm", algorithm_name(job->search.algorithm), "preset",
                     preset_name(job->search.preset), "samples_wanted", (json_int_t)job->search.samples);
}

static json_t *run_json(const report_t *report)
{
    json_t *run = json_object();
    int failed = json_object_set_new(run, "run_dir", json_string(report->shown_dir));
#define SET_TEXT(name) failed |= json_object_set_new(run, #name, json_string(report->name));
    REPORT_TEXT_LIST(SET_TEXT)
#undef SET_TEXT
#define SET_COUNT(name) failed |= json_object_set_new(run, #name, json_integer(report->name));
    REPORT_COUNT_LIST(SET_COUNT)
#undef SET_COUNT
    for (size_t stage = 0; stage < STAGES; stage++) {
        static const char *const names[STAGES] = {"policy_samples", "islands_samples"};
        failed |= json_object_set_new(run, names[stage], json_integer((json_int_t)report->staged[stage]));
    }
    failed |= json_object_set_new(run, "feasible_fraction", real(report_feasible(report)));
    failed |= json_object_set_new(run, "seconds", real(report_seconds(report)));
    if (!failed) return run;
    json_decref(run);
    return NULL;
}

static json_t *layer_json(const report_t *report, size_t i)
{
    static const char *const shape_names[SHAPE_TYPE] = {"K", "C", "Y", "X", "R", "S", "stride_y", "stride_x"};
    json_t *layer =
        json_pack("{s:s, s:s}", "layer", report_layer_name(report, i), "type", report_layer_type(report, i));
    int failed = 0;
    for (size_t column = 0; column < SHAPE_TYPE; column++)
        failed |=
            json_object_set_new(layer, shape_names[column], json_integer(report->shapes[i * SHAPE_COLUMNS + column]));
    failed |= json_object_set_new(layer, "pe", json_integer(report->assignment[i * HEADS + HEAD_PE]));
    failed |= json_object_set_new(layer, "buf", json_integer(report->assignment[i * HEADS + HEAD_BUFFER]));
#define SET_COST(name) failed |= json_object_set_new(layer, #name, real(report->name[i]));
    REPORT_COST_LIST(SET_COST)
#undef SET_COST
    if (!failed) return layer;
    json_decref(layer);
    return NULL;
}

/* null when no sample was feasible */
static json_t *result_json(const report_t *report)
{
    if (!report->found) return json_null();
    json_t *layers = json_array();
    for (size_t i = 0; i < report->layers_n; i++)
        if (json_array_append_new(layers, layer_json(report, i))) {
            json_decref(layers);
            return NULL;
        }
    const macs_tally_t macs = report_macs(report);
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:o}", "objective", real(report->objective), "constraint",
                     real(report->constraint), "macs", real(macs.needed), "macs_counted", real(macs.counted),
                     "macs_layers_departing", (json_int_t)macs.departing_n, "layers", layers);
}

static json_t *certificate_json(const report_t *report)
{
    json_t *next = report_next(report) == NEXT_UNTOLD ? json_null() : json_string(report->next);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "space", report->certificate_space,
                     "lower_bound", real(report->lower_bound), "optimum", real(report->optimum), "need",
                     real(report->optimum_need), "gap", real(report->gap), "shadow_price", real(report->shadow_price),
                     "next", next, "next_budget", real(report->next_budget), "next_optimum", real(report->next_optimum),
                     "optimal", report_optimal(report) && !report_larger(report));
}

static confx_status_t no_memory(void)
{
    return status_fail(CONFX_STATUS_MEMORY, "no memory for the report as JSON");
}

confx_status_t report_json(const report_t *report, FILE *out)
{
    json_t *object = json_pack("{s:o, s:o, s:o, s:o}", "run", run_json(report), "task", task_json(report), "result",
                               result_json(report), "certificate", certificate_json(report));
    if (!object) return no_memory();
    const int failed = json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(object);
    if (fputc('\n', out) == EOF || fflush(out) || ferror(out))
        return status_fail(CONFX_STATUS_IO, "the report cannot be written");
    return failed ? no_memory() : status_ok();
}
