/* sweep.h5 into memory. */
#include "report/sweep/sweep_data.h"
#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"
#include "report/sanitise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA = 2, WORD_MAX = 32 };

const char *texts_get(const texts_t *texts, size_t i)
{
    return texts->text + i * texts->width;
}

/* ---- datasets -------------------------------------------------------------------------------- */

static confx_status_t sweep_data_damaged(const char *name)
{
    return status_fail(CONFX_STATUS_DAMAGED,
                       "sweep.h5: %s has another shape than the other columns", name);
}

static void sweep_data_clean(texts_t *texts)
{
    for (size_t i = 0; i < texts->n; i++) {
        char *text = texts->text + i * texts->width;
        text[texts->width - 1] = 0;
        sanitise_clean(text);
    }
}

static confx_status_t sweep_data_read_texts(sweep_report_t *survey, store_t *store,
                                            const char *name, texts_t *texts)
{
    array_t array;
    TRY(store_describe(store, name, &array));
    if (array.type != ARRAY_TEXT || array.rank != 2 || array.dims[1] == 0)
        return sweep_data_damaged(name);
    *texts = (texts_t){array.dims[0], array.dims[1],
                       arena_take(&survey->arena, array.dims[0], array.dims[1])};
    TRY(arena_status(&survey->arena, "%s", name));
    array.data = texts->text;
    TRY(store_read(store, &array));
    sweep_data_clean(texts);
    return status_ok();
}

static confx_status_t sweep_data_read_column(sweep_report_t *survey, store_t *store,
                                             const char *name, texts_t *texts)
{
    TRY(sweep_data_read_texts(survey, store, name, texts));
    return texts->n == survey->n ? status_ok() : sweep_data_damaged(name);
}

static confx_status_t sweep_data_read_numbers(sweep_report_t *survey, store_t *store,
                                              const char *name, double **numbers)
{
    array_t array = {.name = name, .type = ARRAY_F64, .rank = 1, .dims = {survey->n}};
    ARENA_TAKE(&survey->arena, *numbers, survey->n);
    TRY(arena_status(&survey->arena, "%s", name));
    array.data = *numbers;
    return store_read(store, &array);
}

static confx_status_t sweep_data_read_budget(sweep_report_t *survey, store_t *store)
{
    bool has;
    TRY(store_has(store, "/budget_units", &has));
    if (has) TRY(sweep_data_read_column(survey, store, "/budget_units", &survey->budget_units));
    TRY(store_has(store, "/budget", &has));
    if (has) return sweep_data_read_numbers(survey, store, "/budget", &survey->budget);
    ARENA_TAKE(&survey->arena, survey->budget, survey->n);
    TRY(arena_status(&survey->arena, "/budget"));
    for (size_t i = 0; i < survey->n; i++) survey->budget[i] = NAN;
    return status_ok();
}

/* ---- keys ------------------------------------------------------------------------------------ */

static confx_status_t sweep_data_read_number_words(sweep_report_t *survey, store_t *store,
                                                   const char *name, texts_t *words)
{
    double *numbers;
    *words = (texts_t){survey->n, WORD_MAX, arena_take(&survey->arena, survey->n, WORD_MAX)};
    TRY(sweep_data_read_numbers(survey, store, name, &numbers));
    /* A setting that a search does not have is NaN in the file; its words stay empty, as they are
       in a column of texts. */
    for (size_t i = 0; i < survey->n; i++)
        if (!isnan(numbers[i]))
            (void)snprintf(words->text + i * WORD_MAX, WORD_MAX, "%.12g", numbers[i]);
    return status_ok();
}

static confx_status_t sweep_data_read_key(sweep_report_t *survey, store_t *store,
                                          sweep_report_key_t *key)
{
    array_t array;
    char name[FILE_PATH_MAX];
    (void)snprintf(name, sizeof name, "/settings/%s", key->name);
    TRY(store_describe(store, name, &array));
    return array.type == ARRAY_TEXT
               ? sweep_data_read_column(survey, store, name, &key->words)
               : sweep_data_read_number_words(survey, store, name, &key->words);
}

static confx_status_t sweep_data_read_keys(sweep_report_t *survey, store_t *store)
{
    TRY(sweep_data_read_texts(survey, store, "/keys", &survey->names));
    survey->keys_n = survey->names.n;
    ARENA_TAKE(&survey->arena, survey->keys, survey->keys_n);
    TRY(arena_status(&survey->arena, "the keys of a sweep"));
    for (size_t i = 0; i < survey->keys_n; i++) {
        survey->keys[i].name = texts_get(&survey->names, i);
        TRY(sweep_data_read_key(survey, store, &survey->keys[i]));
    }
    return status_ok();
}

/* ---- the rest -------------------------------------------------------------------------------- */

static confx_status_t sweep_data_read_word(store_t *store, const char *name, char **text)
{
    TRY(store_read_text(store, "/", name, text));
    sanitise_clean(*text);
    return status_ok();
}

static confx_status_t sweep_data_check_schema(const char *path, store_t *store)
{
    int64_t schema;
    TRY(store_read_integer(store, "/", "schema", &schema));
    if (schema == SCHEMA) return status_ok();
    return status_input(path, 0, "schema",
                        "expected %d, found %lld: written by another version of confx; confx sweep "
                        "--resume writes it "
                        "anew",
                        SCHEMA, (long long)schema);
}

/* The plan is a document for each search, behind a line that begins with "---". */
static confx_status_t sweep_data_read_common(sweep_report_t *survey)
{
    char path[FILE_PATH_MAX];
    char *text;
    TRY(file_join(survey->directory, "plan.yaml", path));
    TRY(file_load(path, FILE_OURS, FILE_TABLE_MOST, &text, NULL));
    /* The text begins with such a line itself, which no line's end precedes, so the first one found
       belongs to the second search, and the text is ended before it. */
    char *second = *text ? strstr(text + 1, "\n---") : NULL;
    if (second) second[1] = 0;
    const confx_status_t status = job_parse(text, path, NULL, 0, &survey->common);
    free(text);
    return status;
}

static confx_status_t sweep_data_read_all(sweep_report_t *survey, const char *path, store_t *store)
{
    TRY(sweep_data_check_schema(path, store));
    TRY(sweep_data_read_word(store, "status", &survey->state));
    TRY(sweep_data_read_word(store, "started", &survey->started));
    TRY(sweep_data_read_word(store, "written", &survey->written));
    /* The names of the searches say how many rows there are; every other column must have as
       many. */
    TRY(store_rows(store, "/search", &survey->n));
#define READ(name) TRY(sweep_data_read_column(survey, store, "/" #name, &survey->name));
    SWEEP_REPORT_TEXT_LIST(READ)
#undef READ
#define READ(name) TRY(sweep_data_read_numbers(survey, store, "/" #name, &survey->name));
    SWEEP_REPORT_NUMBER_LIST(READ)
#undef READ
    TRY(sweep_data_read_budget(survey, store));
    TRY(sweep_data_read_keys(survey, store));
    return sweep_data_read_common(survey);
}

static sweep_report_t *sweep_data_survey_new(const char *directory)
{
    sweep_report_t *survey = calloc(1, sizeof *survey);
    if (!survey) return NULL;
    survey->directory = strdup(directory);
    survey->shown = strdup(directory);
    if (survey->directory && survey->shown) {
        sanitise_clean(survey->shown);
        return survey;
    }
    sweep_report_close(survey);
    return NULL;
}

static confx_status_t sweep_data_fill(sweep_report_t *survey, const char *path)
{
    store_t *store;
    TRY(store_open(path, &store));
    const confx_status_t status = sweep_data_read_all(survey, path, store);
    store_close(store);
    return status.code == CONFX_STATUS_OK ? sweep_report_group(survey) : status;
}

confx_status_t sweep_report_open(const char *directory, sweep_report_t **survey)
{
    char path[FILE_PATH_MAX];
    *survey = NULL;
    TRY(file_join(directory, "sweep.h5", path));
    sweep_report_t *fresh = sweep_data_survey_new(directory);
    if (!fresh) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a report", path);
    const confx_status_t status = sweep_data_fill(fresh, path);
    if (status.code == CONFX_STATUS_OK)
        *survey = fresh;
    else
        sweep_report_close(fresh);
    return status;
}

confx_status_t sweep_report_is_sweep(const char *directory, bool *is_sweep)
{
    char path[FILE_PATH_MAX];
    *is_sweep = false;
    TRY(file_join(directory, "sweep.h5", path));
    return file_has(path, is_sweep);
}

void sweep_report_close(sweep_report_t *survey)
{
    if (!survey) return;
    free(survey->directory);
    free(survey->shown);
    free(survey->state);
    free(survey->started);
    free(survey->written);
    job_close(survey->common);
    arena_close(&survey->arena);
    free(survey);
}
