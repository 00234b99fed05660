/* The figures as one JSON object, named as in run.h5. What is not known is null. */
#include "confx/macs.h"
#include "confx/table_show.h"
#include "confx/text.h"
#include "report/run/listing.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *json_deployment_word(deployment_t deployment)
{
#define WORD(constant, word) word,
    static const char *const words[] = {DEPLOYMENT_LIST(WORD)};
#undef WORD
    return words[deployment];
}

/* The keys that the job lays upon the profile, with their values: numbers where they are numbers.
   NULL: there are none. */
static json_t *json_hardware_keys(const report_t *report)
{
    char pairs[JOB_VALUE_MAX];
    char *rest = NULL;
    json_t *keys = NULL;
    (void)snprintf(pairs, sizeof pairs, "%s", report->hardware);
    /* The words are the profile's name and then KEY=VALUE for each key. */
    for (char *pair = strtok_r(pairs, " ", &rest); pair; pair = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(pair, '=');
        double number;
        if (pair == pairs || !value) continue;
        *value++ = 0;
        if (!keys) keys = json_object();
        (void)json_object_set_new(
            keys, pair, text_to_real(value, &number) ? json_real(number) : json_string(value));
    }
    return keys;
}

/* Each of several; NULL: there is but one, of which the keys beside this tell. */
static json_t *json_budgets(const report_t *report)
{
    const job_t *job = report->job;
    json_t *list = job->budgets_n > 1 ? json_array() : NULL;
    for (size_t i = 0; list && i < job->budgets_n; i++) {
        const job_budget_t *budget = &job->budgets[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:s*}", "constraint",
                            constraint_name(budget->constraint), "units",
                            constraint_units(budget->constraint), "budget",
                            json_known(report->limits[i].budget), "fraction",
                            json_known(job_budget_fraction(budget)), "platform", budget->platform));
    }
    return list;
}

static json_t *json_task_json(const report_t *report)
{
    const job_t *job = report->job;
    const job_budget_t *budget = &job->budget;
    return json_pack(
        "{s:s, s:s, s:s, s:o*, s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s*, s:o*, s:s, "
        "s:s, s:I}",
        "network", report->network, "workload", job->workload, "hardware", job->hardware,
        "hardware_keys", json_hardware_keys(report), "accounting", report->accounting, "dataflow",
        job->dataflow, "dataflow_depthwise", job->dataflow_depthwise, "deployment",
        json_deployment_word(job->deployment), "objective", objective_name(job->objective),
        "objective_units", objective_units(job->objective), "constraint",
        constraint_name(budget->constraint), "constraint_units",
        constraint_units(budget->constraint), "budget", json_known(report->budget),
        "budget_fraction", json_known(job_budget_fraction(budget)), "budget_of", budget->of,
        "budgets", json_budgets(report), "algorithm", algorithm_name(job->search.algorithm),
        "preset", preset_name(job->search.preset), "samples_wanted",
        (json_int_t)job->search.samples);
}

/* The algorithms in the order in which they ran, and how many samples each drew. */
static json_t *json_stages_json(const report_t *report)
{
    json_t *stages = json_array();
    for (size_t stage = 0; stage < report_stages(report); stage++)
        if (json_array_append_new(stages,
                                  json_pack("{s:s, s:I}", "stage", report_stage(report, stage),
                                            "samples", (json_int_t)report->staged[stage]))) {
            json_decref(stages);
            return NULL;
        }
    return stages;
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
    if (report->certified)
        failed |= json_object_set_new(run, "origin", json_string(report_stage(report, 0)));
    failed |= json_object_set_new(run, "stages", json_stages_json(report));
    failed |= json_object_set_new(run, "feasible_fraction", json_known(report_feasible(report)));
    failed |= json_object_set_new(run, "seconds", json_known(report_seconds(report)));
    /* jansson reports a failed string or number by failing to set it; the object is then of no
       use. */
    if (!failed) return run;
    json_decref(run);
    return NULL;
}

enum { LAYER_COLUMNS_MAX = 64 };

/* A row for each layer, named as in run.h5; the axes are those of the run. */
static size_t json_layer_columns(const report_t *report, table_column_t columns[LAYER_COLUMNS_MAX])
{
    static const table_column_t shape[] = {
        TABLE_WORDS("name"),     TABLE_WORDS("type"),    TABLE_COUNT("K"), TABLE_COUNT("C"),
        TABLE_COUNT("Y"),        TABLE_COUNT("X"),       TABLE_COUNT("R"), TABLE_COUNT("S"),
        TABLE_COUNT("stride_y"), TABLE_COUNT("stride_x")};
#define COST(name) TABLE_FIGURE(#name, NULL),
    static const table_column_t costs[] = {REPORT_COST_LIST(COST) REPORT_USE_LIST(COST)
                                               REPORT_PART_LIST(COST) TABLE_WORDS("bound"),
                                           TABLE_WORDS("bound_in_words")};
#undef COST
    size_t n = 0;
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) columns[n++] = shape[i];
    for (size_t axis = 0; axis < report->axes_n; axis++)
        columns[n++] = (table_column_t){
            report->axes[axis].name, .type = report->axes[axis].words ? TABLE_TEXT : TABLE_WHOLE};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) columns[n++] = costs[i];
    assert(n <= LAYER_COLUMNS_MAX);
    return n;
}

static void json_layer_row(const void *of, size_t i, table_row_t *row)
{
    const report_t *report = of;
    table_text(row, "%s", report_layer_name(report, i));
    table_text(row, "%s", report_layer_type(report, i));
    for (size_t column = 0; column < SHAPE_TYPE; column++)
        table_whole(row, report->shapes[i * SHAPE_COLUMNS + column]);
    listing_action(report, i, report->axes_n, row);
#define COST(name) table_real(row, report->name[i]);
    REPORT_COST_LIST(COST)
#undef COST
#define FIGURE(name) table_known(row, report->name ? report->name[i] : NAN);
    REPORT_USE_LIST(FIGURE)
    REPORT_PART_LIST(FIGURE)
#undef FIGURE
    if (report->bounds) {
        table_text(row, "%s", report_bound_word(report->bounds[i]));
        table_text(row, "%s", report_bound_plain(report->bounds[i]));
    } else {
        table_known(row, NAN);
        table_known(row, NAN);
    }
}

typedef enum { JSON_BUDGET, JSON_USED, JSON_OPTIMUM, JSON_MULTIPLIER } json_limit_t;

/* A number of each budget. */
static json_t *json_limits(const report_t *report, json_limit_t which)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->job->budgets_n; i++) {
        const double values[] = {[JSON_BUDGET] = report->limits[i].budget,
                                 [JSON_USED] = report->limits[i].used,
                                 [JSON_OPTIMUM] = report->limits[i].optimum,
                                 [JSON_MULTIPLIER] = report->limits[i].multiplier};
        if (!json_array_append_new(list, json_known(values[which]))) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* Of several networks; NULL: there is one. */
static json_t *json_networks(const report_t *report)
{
    if (report->networks_n == 0) return NULL;
    json_t *list = json_array();
    for (size_t i = 0; list && i < report->networks_n; i++) {
        json_t *network =
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "name", report_network(report, i), "weight",
                      json_known(report->of_network.weight[i]), "objective",
                      json_known(report->of_network.objective[i]), "latency",
                      json_known(report->of_network.latency[i]), "energy",
                      json_known(report->of_network.energy[i]), "area",
                      json_known(report->of_network.area[i]));
        if (!json_array_append_new(list, network)) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* null when no sample was feasible */
static json_t *json_result_json(const report_t *report)
{
    if (!report->found) return json_null();
    table_column_t columns[LAYER_COLUMNS_MAX];
    const table_t layers = {.columns = columns,
                            .columns_n = json_layer_columns(report, columns),
                            .rows_n = report->layers_n,
                            .of = report,
                            .row = json_layer_row};
    const macs_tally_t macs = report_macs(report);
    return json_pack("{s:o, s:o*, s:o*, s:o, s:o, s:o, s:I, s:o}", "objective",
                     json_known(report->objective), "networks", json_networks(report), "clock_ghz",
                     isnan(report->clock_ghz) ? NULL : json_real(report->clock_ghz), "constraints",
                     json_limits(report, JSON_USED), "macs", json_known(macs.needed),
                     "macs_counted", json_known(macs.counted), "macs_layers_departing",
                     (json_int_t)macs.departing_n, "layers", table_json(&layers));
}

static json_t *json_certificate_json(const report_t *report)
{
    json_t *next = report_next(report) == NEXT_UNTOLD ? json_null() : json_string(report->next);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s*}", "space",
                     report->certificate_space, "lower_bound", json_known(report->lower_bound),
                     "optimum", json_known(report->optimum), "constraints",
                     json_limits(report, JSON_OPTIMUM), "gap", json_known(report->gap),
                     "multipliers", json_limits(report, JSON_MULTIPLIER), "next", next,
                     "next_budget", json_known(report->next_budget), "next_optimum",
                     json_known(report->next_optimum), "optimal",
                     report_optimal(report) && !report_larger(report), "reason",
                     report->reason[0] ? report->reason : NULL);
}

confx_status_t report_json(const report_t *report, FILE *out)
{
    return json_print(json_pack("{s:o, s:o, s:o, s:o}", "run", json_run_json(report), "task",
                                json_task_json(report), "result", json_result_json(report),
                                "certificate", json_certificate_json(report)),
                      "the report", 2, out);
}
