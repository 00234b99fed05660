/* A sweep as one JSON object, named as in sweep.h5. What is not known is null. */
#include "confx/try.h"
#include "survey.h"

#include <jansson.h>
#include <math.h>

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* `own` into the list, which is freed and NULL when that fails. */
static void append(json_t **list, json_t *own)
{
    if (*list && json_array_append_new(*list, own) == 0) return;
    json_decref(*list);
    *list = NULL;
}

static json_t *sweep_json(const survey_t *survey)
{
    json_t *keys = json_array();
    for (size_t k = 0; keys && k < survey->keys_n; k++) append(&keys, json_string(survey->keys[k].name));
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "directory", survey->shown, "status", survey->state, "started",
                     survey->started, "written", survey->written, "searches", (json_int_t)survey->n, "keys", keys);
}

static json_t *search_json(const survey_t *survey, size_t i)
{
    json_t *object = json_object();
    int failed = 0;
#define SET(name) failed |= json_object_set_new(object, #name, json_string(texts_get(&survey->name, i)));
    SURVEY_TEXT_LIST(SET)
#undef SET
#define SET(name) failed |= json_object_set_new(object, #name, real(survey->name[i]));
    SURVEY_NUMBER_LIST(SET)
#undef SET
    failed |= json_object_set_new(object, "gap", real(survey_gap(survey, i)));
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

static json_t *values_json(const survey_t *survey, size_t search)
{
    json_t *object = json_object();
    int failed = 0;
    for (size_t k = 0; k < survey->keys_n; k++) {
        const survey_key_t *key = &survey->keys[k];
        if (survey_varies(key))
            failed |= json_object_set_new(object, key->name, json_string(texts_get(&key->words, search)));
    }
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

static json_t *setting_json(const survey_t *survey, const setting_row_t *row)
{
    json_t *searches = json_array();
    for (size_t i = 0; searches && i < row->n; i++)
        append(&searches, search_json(survey, survey->order[row->first + i]));
    return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "keys",
                     values_json(survey, survey->order[row->first]), "seeds", (json_int_t)row->n, "done",
                     (json_int_t)row->done, "best_median", real(row->best.median), "gap_median", real(row->gap.median),
                     "gap_worst", real(row->gap.worst), "feasible_fraction", real(row->feasible_fraction), "seconds",
                     real(row->seconds), "searches", searches);
}

confx_status_t survey_json(const survey_t *survey, FILE *out)
{
    json_t *settings = json_array();
    for (size_t i = 0; settings && i < survey->settings_n; i++)
        append(&settings, setting_json(survey, &survey->settings[i]));
    json_t *object = json_pack("{s:o, s:o}", "sweep", sweep_json(survey), "settings", settings);
    if (!object) return status_fail(CONFX_STATUS_MEMORY, "no memory for the report as JSON");
    const int failed = json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    json_decref(object);
    if (fputc('\n', out) == EOF || fflush(out) || ferror(out))
        return status_fail(CONFX_STATUS_IO, "the report cannot be written");
    return failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for the report as JSON") : status_ok();
}
