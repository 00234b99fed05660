/* A sweep as one JSON object, named as in sweep.h5. What is not known is null. */
#include "confx/table_show.h"
#include "report/sweep/sweep_data.h"

/* ---- columns --------------------------------------------------------------------------------- */

#define TEXT(name)   {#name, .type = TABLE_TEXT},
#define NUMBER(name) {#name, .type = TABLE_REAL},
static const table_column_t search_columns[] = {SWEEP_REPORT_TEXT_LIST(TEXT)
                                                    SWEEP_REPORT_NUMBER_LIST(NUMBER) NUMBER(gap)};
static const table_column_t setting_columns[] = {{"seeds", .type = TABLE_WHOLE},
                                                 {"done", .type = TABLE_WHOLE},
                                                 NUMBER(best_median) NUMBER(gap_median)
                                                     NUMBER(gap_worst) NUMBER(feasible_fraction)
                                                         NUMBER(seconds)};
#undef TEXT
#undef NUMBER

/* Searches of one setting; or the setting itself. */
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
    table_known(row, sweep_report_gap(survey, search));
}

static void sweep_json_setting_row(const void *of, size_t i, table_row_t *row)
{
    const sweep_report_t *survey = of;
    const setting_row_t *setting = &survey->settings[i];
    table_whole(row, (int64_t)setting->n);
    table_whole(row, (int64_t)setting->done);
    table_known(row, setting->best.median);
    table_known(row, setting->gap.median);
    table_known(row, setting->gap.worst);
    table_known(row, setting->feasible_fraction);
    table_known(row, setting->seconds);
}

/* ---- objects --------------------------------------------------------------------------------- */

static json_t *sweep_json(const sweep_report_t *survey)
{
    json_t *keys = json_array();
    for (size_t k = 0; keys && k < survey->keys_n; k++) {
        if (json_array_append_new(keys, json_string(survey->keys[k].name)) == 0) continue;
        json_decref(keys);
        return NULL;
    }
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

/* What tells the setting from others comes first, its searches last. */
static json_t *sweep_json_setting_json(const sweep_report_t *survey, const setting_row_t *setting,
                                       json_t *figures)
{
    const searches_t of = {survey, setting};
    const table_t searches = {.columns = search_columns,
                              .columns_n = sizeof search_columns / sizeof *search_columns,
                              .rows_n = setting->n,
                              .of = &of,
                              .row = sweep_json_search_row};
    json_t *object =
        json_pack("{s:o}", "keys", sweep_json_values_json(survey, survey->order[setting->first]));
    if (object && json_object_update(object, figures) == 0 &&
        json_object_set_new(object, "searches", table_json(&searches)) == 0)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *sweep_json_settings_json(const sweep_report_t *survey)
{
    const table_t settings = {.columns = setting_columns,
                              .columns_n = sizeof setting_columns / sizeof *setting_columns,
                              .rows_n = survey->settings_n,
                              .of = survey,
                              .row = sweep_json_setting_row};
    json_t *list = table_json(&settings);
    for (size_t i = 0; list && i < survey->settings_n; i++) {
        json_t *whole =
            sweep_json_setting_json(survey, &survey->settings[i], json_array_get(list, i));
        if (json_array_set_new(list, i, whole) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

confx_status_t sweep_report_json(const sweep_report_t *survey, FILE *out)
{
    return json_print(json_pack("{s:o, s:o}", "sweep", sweep_json(survey), "settings",
                                sweep_json_settings_json(survey)),
                      "the report", 2, out);
}
