/* sweep.csv and sweep.h5: a row per search. */
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/many.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/version.h"
#include "shelf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_SCHEMA = 2, WORD_MAX = 32, MESSAGE_MAX = CONFX_STATUS_MESSAGE_MAX };

typedef struct {
    const char *directory;
    const sweep_t *sweep;
    const many_search_t *searches;
    size_t n;
} table_t;

/* Columns that are numbers: X(name, value). NaN: there is none yet. */
#define NUMBER_LIST(X)                                                                                                 \
    X(best, best)                                                                                                      \
    X(constraint, constraint)                                                                                          \
    X(budget, budget)                                                                                                  \
    X(lower_bound, lower_bound)                                                                                        \
    X(optimum, optimum)                                                                                                \
    X(gap, gap)                                                                                                        \
    X(feasible_fraction, feasible_fraction)                                                                            \
    X(samples, samples)                                                                                                \
    X(seconds, seconds)

static bool has_result(const many_search_t *search)
{
    return search->result.status[0] != 0;
}

/* ---- sweep.csv ----------------------------------------------------------------------------------------------------
 */

static void print_number(FILE *out, double value)
{
    (void)fputc(',', out);
    if (!isnan(value)) out_print(out, "%.17g", value);
}

static void print_row(const table_t *table, size_t i, FILE *out)
{
    const many_search_t *search = &table->searches[i];
    const sweep_search_t *facts = &table->sweep->searches[i];
    char words[SWEEP_WORDS_MAX];
    fputs(facts->name, out);
    for (size_t key = 0; key < table->sweep->keys_n; key++) {
        sweep_words(facts, table->sweep->keys[key], words);
        text_to_cell(words);
        out_print(out, ",%s", words);
    }
    out_print(out, ",%s", many_state_name(search->state));
#define PRINT(name, field) print_number(out, has_result(search) ? (double)search->result.field : NAN);
    NUMBER_LIST(PRINT)
#undef PRINT
    out_print(out, ",%s,runs/%s\n", objective_units(facts->job->objective), facts->name);
}

static void print_csv(const table_t *table, FILE *out)
{
    fputs("search", out);
    for (size_t key = 0; key < table->sweep->keys_n; key++) out_print(out, ",%s", table->sweep->keys[key]);
    fputs(",status", out);
#define PRINT(name, field) fputs("," #name, out);
    NUMBER_LIST(PRINT)
#undef PRINT
    fputs(",units,path\n", out);
    for (size_t i = 0; i < table->n; i++) print_row(table, i, out);
}

static confx_status_t write_csv(const table_t *table, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    compose_t csv;
    TRY(file_join(table->directory, "sweep.csv", path));
    TRY(compose_begin(&csv));
    print_csv(table, csv.out);
    return compose_publish(&csv, path, guard);
}

/* ---- sweep.h5 -----------------------------------------------------------------------------------------------------
 */

static void show_texts(const table_t *table, shelf_t *shelf)
{
    char *names = shelf_make(shelf, "/search", ARRAY_TEXT, table->n, SWEEP_NAME_MAX, NULL);
    char *paths = shelf_make(shelf, "/path", ARRAY_TEXT, table->n, SWEEP_NAME_MAX + 8, NULL);
    char *states = shelf_make(shelf, "/status", ARRAY_TEXT, table->n, WORD_MAX, NULL);
    char *units = shelf_make(shelf, "/units", ARRAY_TEXT, table->n, WORD_MAX, NULL);
    char *messages = shelf_make(shelf, "/message", ARRAY_TEXT, table->n, MESSAGE_MAX, NULL);
    for (size_t i = 0; !shelf->failed && i < table->n; i++) {
        const sweep_search_t *facts = &table->sweep->searches[i];
        const many_search_t *search = &table->searches[i];
        (void)snprintf(names + i * SWEEP_NAME_MAX, SWEEP_NAME_MAX, "%s", facts->name);
        (void)snprintf(paths + i * (SWEEP_NAME_MAX + 8), SWEEP_NAME_MAX + 8, "runs/%s", facts->name);
        (void)snprintf(states + i * WORD_MAX, WORD_MAX, "%s", many_state_name(search->state));
        (void)snprintf(units + i * WORD_MAX, WORD_MAX, "%s", objective_units(facts->job->objective));
        (void)snprintf(messages + i * MESSAGE_MAX, MESSAGE_MAX, "%s", search->status.message);
    }
}

/* Names of the keys in /settings, in the order of the sweep file. */
static void show_keys(const table_t *table, shelf_t *shelf)
{
    size_t width = 1;
    for (size_t key = 0; key < table->sweep->keys_n; key++) {
        const size_t length = strlen(table->sweep->keys[key]);
        if (length >= width) width = length + 1;
    }
    char *keys = shelf_make(shelf, "/keys", ARRAY_TEXT, table->sweep->keys_n, width, NULL);
    for (size_t key = 0; keys && key < table->sweep->keys_n; key++)
        (void)snprintf(keys + key * width, width, "%s", table->sweep->keys[key]);
}

static void show_numbers(const table_t *table, shelf_t *shelf)
{
#define SHOW(name, field)                                                                                              \
    double *name = shelf_make(shelf, "/" #name, ARRAY_F64, table->n, 0, NULL);                                         \
    for (size_t i = 0; name && i < table->n; i++)                                                                      \
        name[i] = has_result(&table->searches[i]) ? (double)table->searches[i].result.field : NAN;
    NUMBER_LIST(SHOW)
#undef SHOW
}

/* Are all values of a key numbers, or not there? *width: of the longest, its NUL included. */
static bool are_numbers(const table_t *table, const char *key, size_t *width)
{
    char words[SWEEP_WORDS_MAX];
    double value;
    bool numbers = true;
    *width = 1;
    for (size_t i = 0; i < table->n; i++) {
        sweep_words(&table->sweep->searches[i], key, words);
        numbers = numbers && (!words[0] || text_to_real(words, &value));
        if (strlen(words) >= *width) *width = strlen(words) + 1;
    }
    return numbers;
}

/* A key's values as numbers (NaN: none) where all of them are, as texts otherwise. */
static void show_setting(const table_t *table, const char *key, char *name, shelf_t *shelf)
{
    char words[SWEEP_WORDS_MAX];
    size_t width;
    (void)snprintf(name, SWEEP_WORDS_MAX, "/settings/%s", key);
    const bool numbers = are_numbers(table, key, &width);
    double *reals = numbers ? shelf_make(shelf, name, ARRAY_F64, table->n, 0, NULL) : NULL;
    char *texts = numbers ? NULL : shelf_make(shelf, name, ARRAY_TEXT, table->n, width, NULL);
    for (size_t i = 0; (reals || texts) && i < table->n; i++) {
        sweep_words(&table->sweep->searches[i], key, words);
        if (reals && !text_to_real(words, &reals[i])) reals[i] = NAN;
        if (texts) (void)snprintf(texts + i * width, width, "%s", words);
    }
}

static confx_status_t write_h5(const table_t *table, const char *started, const char *status_word, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    char now[CLOCK_ISO_MAX];
    shelf_t shelf;
    confx_status_t status;
    shelf_begin(&shelf);
    char(*names)[SWEEP_WORDS_MAX] = calloc(table->sweep->keys_n + 1, sizeof *names);
    if (!names) TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "no memory for sweep.h5"));
    clock_iso(now);
    show_keys(table, &shelf);
    show_texts(table, &shelf);
    show_numbers(table, &shelf);
    for (size_t key = 0; key < table->sweep->keys_n; key++)
        show_setting(table, table->sweep->keys[key], names[key], &shelf);
    shelf_integer(&shelf, "schema", TABLE_SCHEMA);
    shelf_text(&shelf, "program_version", CONFX_VERSION);
    shelf_text(&shelf, "started", started);
    shelf_text(&shelf, "written", now);
    shelf_text(&shelf, "status", status_word);
    TRY_OUT(shelf_status(&shelf));
    TRY_OUT(file_join(table->directory, "sweep.h5", path));
    TRY_OUT(store_write(path, shelf.arrays, shelf.arrays_n, shelf.attributes, shelf.attributes_n, guard));
out:
    shelf_end(&shelf);
    free(names);
    return status;
}

confx_status_t many_write_table(const char *directory, const sweep_t *sweep, const many_search_t *searches,
                                const char *started, const char *status_word, const guard_t *guard)
{
    const table_t table = {directory, sweep, searches, sweep->searches_n};
    TRY(write_csv(&table, guard));
    return write_h5(&table, started, status_word, guard);
}
