/* A sweep as one JSON object, named as in sweep.h5. What is not known is null. */
#include "confx/table_show.h"
#include "report/sweep/sweep_data.h"

/* ---- columns --------------------------------------------------------------------------------- */

#define TEXT(name)   {#name, .type = TABLE_TEXT},
#define NUMBER(name) {#name, .type = TABLE_REAL},
static const table_column_t search_columns[] = {
    SWEEP_REPORT_TEXT_LIST(TEXT) SWEEP_REPORT_NUMBER_LIST(NUMBER) NUMBER(budget) NUMBER(gap)};
#undef TEXT
#undef NUMBER

/* Searches of one setting. */
typedef struct {
    const sweep_report_t *survey;
    const setting_row_t *setting;
} searches_t;

static void sweep_json_search_row(const void *of, size_t i, table_row_t *row)
{
    const searches_t *searches = of;
    const sweep_report_t *survey = searches->survey;
    const size_t search = survey->order[searches->setting->first + i];
#define TEXT(name) table_text(row, "%s", texts_get(&survey->name, search));
    SWEEP_REPORT_TEXT_LIST(TEXT)
#undef TEXT
#define NUMBER(name) table_known(row, survey->name[search]);
    SWEEP_REPORT_NUMBER_LIST(NUMBER)
#undef NUMBER
    table_known(row, survey->budget[search]);
    table_known(row, sweep_report_gap(survey, search));
}

/* ---- objects --------------------------------------------------------------------------------- */

/* `own` into the list, which is freed and NULL when that fails. */
static void sweep_json_append(json_t **list, json_t *own)
{
    if (*list && json_array_append_new(*list, own) == 0) return;
    json_decref(*list);
    *list = NULL;
}

static json_t *sweep_json(const sweep_report_t *survey)
{
    json_t *keys = json_array();
    for (size_t k = 0; keys && k < survey->keys_n; k++)
        sweep_json_append(&keys, json_string(survey->keys[k].name));
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "directory", survey->shown, "status",
                     survey->state, "started", survey->started, "written", survey->written,
                     "searches", (json_int_t)survey->n, "keys", keys);
}

static json_t *sweep_json_values_json(const sweep_report_t *survey, size_t search)
{
    json_t *object = json_object();
    int failed = object == NULL;
    for (size_t k = 0; !failed && k < survey->keys_n; k++) {
        const sweep_report_key_t *key = &survey->keys[k];
        if (sweep_report_varies(key))
            failed =
                json_object_set_new(object, key->name, json_string(texts_get(&key->words, search)));
    }
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

static json_t *sweep_json_setting_json(const sweep_report_t *survey, const setting_row_t *row)
{
    const searches_t of = {survey, row};
    const table_t searches = TABLE(search_columns, row->n, &of, sweep_json_search_row);
    return json_pack(
        "{s:o, s:I, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "keys",
        sweep_json_values_json(survey, survey->order[row->first]), "seeds", (json_int_t)row->n,
        "done", (json_int_t)row->done, "budget", json_known(row->budget), "budget_units",
        sweep_report_budget_units(survey, survey->order[row->first]), "best_median",
        json_known(row->best.median), "gap_median", json_known(row->gap.median), "gap_worst",
        json_known(row->gap.worst), "feasible_fraction", json_known(row->feasible_fraction),
        "seconds", json_known(row->seconds), "searches", table_json(&searches));
}

confx_status_t sweep_report_json(const sweep_report_t *survey, FILE *out)
{
    json_t *settings = json_array();
    for (size_t i = 0; settings && i < survey->settings_n; i++)
        sweep_json_append(&settings, sweep_json_setting_json(survey, &survey->settings[i]));
    return json_print(json_pack("{s:o, s:o}", "sweep", sweep_json(survey), "settings", settings),
                      "the report", 2, out);
}
