/* The figures as one JSON object, named as in run.h5. What is not known is null. */
#include "confx/macs.h"
#include "confx/table_show.h"
#include "report/run_data.h"

static const char *json_deployment_word(deployment_t deployment)
{
#define WORD(constant, word) word,
    static const char *const words[] = {DEPLOYMENT_LIST(WORD)};
#undef WORD
    return words[deployment];
}

static json_t *json_task_json(const report_t *report)
{
    const job_t *job = report->job;
    const job_budget_t *budget = &job->budget;
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:I}", "network",
        report->network, "workload", job->workload, "hardware", job->hardware, "dataflow",
        job->dataflow, "dataflow_depthwise", job->dataflow_depthwise, "deployment",
        json_deployment_word(job->deployment), "objective", objective_name(job->objective),
        "objective_units", objective_units(job->objective), "constraint",
        constraint_name(budget->constraint), "constraint_units",
        constraint_units(budget->constraint), "budget", json_known(report->budget),
        "budget_fraction", json_known(job_budget_fraction(budget)), "algorithm",
        algorithm_name(job->search.algorithm), "preset", preset_name(job->search.preset),
        "samples_wanted", (json_int_t)job->search.samples);
}

static json_t *json_run_json(const report_t *report)
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
        failed |=
            json_object_set_new(run, names[stage], json_integer((json_int_t)report->staged[stage]));
    }
    failed |= json_object_set_new(run, "feasible_fraction", json_known(report_feasible(report)));
    failed |= json_object_set_new(run, "seconds", json_known(report_seconds(report)));
    if (!failed) return run;
    json_decref(run);
    return NULL;
}

static const table_column_t layer_columns[] = {
    TABLE_WORDS("layer"),    TABLE_WORDS("type"),     TABLE_COUNT("K"),  TABLE_COUNT("C"),
    TABLE_COUNT("Y"),        TABLE_COUNT("X"),        TABLE_COUNT("R"),  TABLE_COUNT("S"),
    TABLE_COUNT("stride_y"), TABLE_COUNT("stride_x"), TABLE_COUNT("pe"), TABLE_COUNT("buf"),
#define COST(name) TABLE_FIGURE(#name, NULL),
    REPORT_COST_LIST(COST)
#undef COST
};

static void json_layer_row(const void *of, size_t i, table_row_t *row)
{
    const report_t *report = of;
    table_text(row, "%s", report_layer_name(report, i));
    table_text(row, "%s", report_layer_type(report, i));
    for (size_t column = 0; column < SHAPE_TYPE; column++)
        table_whole(row, report->shapes[i * SHAPE_COLUMNS + column]);
    table_whole(row, report->assignment[i * HEADS + HEAD_PE]);
    table_whole(row, report->assignment[i * HEADS + HEAD_BUFFER]);
#define COST(name) table_real(row, report->name[i]);
    REPORT_COST_LIST(COST)
#undef COST
}

/* null when no sample was feasible */
static json_t *json_result_json(const report_t *report)
{
    if (!report->found) return json_null();
    const table_t layers = TABLE(layer_columns, report->layers_n, report, json_layer_row);
    const macs_tally_t macs = report_macs(report);
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:o}", "objective", json_known(report->objective),
                     "constraint", json_known(report->constraint), "macs", json_known(macs.needed),
                     "macs_counted", json_known(macs.counted), "macs_layers_departing",
                     (json_int_t)macs.departing_n, "layers", table_json(&layers));
}

static json_t *json_certificate_json(const report_t *report)
{
    json_t *next = report_next(report) == NEXT_UNTOLD ? json_null() : json_string(report->next);
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "space", report->certificate_space,
        "lower_bound", json_known(report->lower_bound), "optimum", json_known(report->optimum),
        "need", json_known(report->optimum_need), "gap", json_known(report->gap), "shadow_price",
        json_known(report->shadow_price), "next", next, "next_budget",
        json_known(report->next_budget), "next_optimum", json_known(report->next_optimum),
        "optimal", report_optimal(report) && !report_larger(report));
}

confx_status_t report_json(const report_t *report, FILE *out)
{
    return json_print(json_pack("{s:o, s:o, s:o, s:o}", "run", json_run_json(report), "task",
                                json_task_json(report), "result", json_result_json(report),
                                "certificate", json_certificate_json(report)),
                      "the report", 2, out);
}
