/* sweep.csv and sweep.h5: a row per search. */
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/master.h"
#include "confx/scheduler.h"
#include "confx/store.h"
#include "confx/table_store.h"
#include "confx/try.h"
#include "confx/version.h"

#include <math.h>
#include <string.h>

enum { SCHEDULER_TABLE_SCHEMA = 2 };

/* Columns that are numbers: X(name). NaN: there is none yet. */
#define NUMBER_LIST(X)                                                                             \
    X(best)                                                                                        \
    X(constraint)                                                                                  \
    X(budget)                                                                                      \
    X(lower_bound)                                                                                 \
    X(optimum)                                                                                     \
    X(gap)                                                                                         \
    X(feasible_fraction)                                                                           \
    X(samples)                                                                                     \
    X(seconds)

/* The search and its settings, what became of it, and what its own directory says. */
#define NUMBER(name) {#name, .type = TABLE_REAL},
static const table_column_t scheduler_table_last[] = {
    TABLE_WORDS("status"),       NUMBER_LIST(NUMBER) TABLE_WORDS("units"),
    TABLE_WORDS("budget_units"), TABLE_WORDS("accounting"),
    TABLE_WORDS("path"),         {"message", .type = TABLE_TEXT, .without = TABLE_NOT_CSV}};
#undef NUMBER
enum {
    SCHEDULER_TABLE_LAST = sizeof scheduler_table_last / sizeof *scheduler_table_last,
    SCHEDULER_TABLE_COLUMNS = 1 + 2 * SWEEP_KEYS_MAX + SCHEDULER_TABLE_LAST
};

/* A key that is called as a column of every sweep has a name of its own in sweep.csv, where both
   would stand side by side; NULL: it is not called so. */
static const char *sweep_table_csv_name(const char *key)
{
    if (!strcmp(key, "budget")) return "settings.budget";
    if (!strcmp(key, "accounting")) return "settings.accounting";
    return NULL;
}

typedef struct {
    const sweep_t *sweep;
    const scheduler_search_t *searches;
    table_column_t columns[SCHEDULER_TABLE_COLUMNS];
} scheduler_table_t;

static void sweep_table_many_table_row(const void *of, size_t i, table_row_t *row)
{
    const scheduler_table_t *many = of;
    const scheduler_search_t *search = &many->searches[i];
    const sweep_search_t *facts = &many->sweep->searches[i];
    const bool known = search->result.status[0] != 0;
    char words[SWEEP_WORDS_MAX];
    /* Cells come in the order of the columns that sweep_table_many_table_open lists: the name, the
       settings, then those that every sweep has. */
    table_text(row, "%s", facts->name);
    for (size_t key = 0; key < many->sweep->keys_n; key++) {
        sweep_words(facts, many->sweep->keys[key], words);
        table_text(row, "%s", words);
        if (sweep_table_csv_name(many->sweep->keys[key])) table_text(row, "%s", words);
    }
    table_text(row, "%s", scheduler_state_name(search->state));
#define NUMBER(name) table_known(row, known ? (double)search->result.name : NAN);
    NUMBER_LIST(NUMBER)
#undef NUMBER
    table_text(row, "%s", objective_units(facts->job->objective));
    table_text(row, "%s", constraint_units(facts->job->budget.constraint));
    table_text(row, "%s", search->result.accounting);
    table_text(row, "runs/%s", facts->name);
    table_text(row, "%s", search->status.message);
}

/* Settings that are numbers in all searches are numbers in sweep.h5 as well: fields. */
static table_t sweep_table_many_table_open(scheduler_table_t *many)
{
    size_t n = 0;
    many->columns[n++] = (table_column_t)TABLE_WORDS("search");
    for (size_t key = 0; key < many->sweep->keys_n; key++) {
        const char *in_csv = sweep_table_csv_name(many->sweep->keys[key]);
        many->columns[n++] =
            (table_column_t){many->sweep->keys[key], .type = TABLE_FIELD, .group = "/settings",
                             .without = in_csv ? TABLE_NOT_CSV : 0};
        if (in_csv)
            many->columns[n++] = (table_column_t){in_csv, .type = TABLE_TEXT,
                                                  .without = TABLE_NOT_STORED | TABLE_NOT_JSON};
    }
    memcpy(&many->columns[n], scheduler_table_last, sizeof scheduler_table_last);
    return (table_t){.columns = many->columns,
                     .columns_n = n + SCHEDULER_TABLE_LAST,
                     .rows_n = many->sweep->searches_n,
                     .of = many,
                     .row = sweep_table_many_table_row};
}

static void sweep_table_many_table_key(const void *of, size_t i, table_row_t *row)
{
    const sweep_t *sweep = of;
    table_text(row, "%s", sweep->keys[i]);
}

/* ---- files ----------------------------------------------------------------------------------- */

static confx_status_t sweep_table_many_table_csv(const table_t *table, const char *directory,
                                                 const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    compose_t csv;
    TRY(file_join(directory, "sweep.csv", path));
    TRY(compose_begin(&csv));
    table_csv(table, csv.out);
    return compose_publish(&csv, path, guard);
}

/* Names of the keys, in the order of the sweep file, stand in /keys. */
static confx_status_t sweep_table_many_table_arrays(const table_t *table, const sweep_t *sweep,
                                                    table_arrays_t *arrays)
{
    static const table_column_t column = TABLE_WORDS("keys");
    const table_t keys = {.columns = &column,
                          .columns_n = 1,
                          .rows_n = sweep->keys_n,
                          .of = sweep,
                          .row = sweep_table_many_table_key};
    TRY(table_store(&keys, "", 0, arrays));
    return table_store(table, "", 0, arrays);
}

static confx_status_t sweep_table_many_table_h5(const table_t *table, const sweep_t *sweep,
                                                const char *path, const attribute_t *attributes,
                                                size_t attributes_n, const guard_t *guard)
{
    table_arrays_t arrays = {.n = 0};
    confx_status_t status = sweep_table_many_table_arrays(table, sweep, &arrays);
    if (status.code == CONFX_STATUS_OK)
        status = store_write(path, arrays.arrays, arrays.n, attributes, attributes_n, guard);
    table_store_end(&arrays);
    return status;
}

confx_status_t sweep_table_write(const char *directory, const sweep_t *sweep,
                                 const scheduler_search_t *searches, const char *started,
                                 const char *status_word, const guard_t *guard)
{
    scheduler_table_t many = {.sweep = sweep, .searches = searches};
    const table_t table = sweep_table_many_table_open(&many);
    char now[CLOCK_ISO_MAX];
    char id[RUN_ID_MAX];
    char path[FILE_PATH_MAX];
    const attribute_t attributes[] = {
        {.path = "/", .name = "schema", .whole = true, .integer = SCHEDULER_TABLE_SCHEMA},
        {.path = "/", .name = "program_version", .text = CONFX_VERSION},
        {.path = "/", .name = "run_id", .text = id},
        {.path = "/", .name = "started", .text = started},
        {.path = "/", .name = "written", .text = now},
        {.path = "/", .name = "status", .text = status_word}};
    /* The attributes point to `now` and `id`, which are filled here, before anything reads them. */
    clock_iso(now);
    TRY(file_join(directory, "sweep.h5", path));
    TRY(store_keep_run_id(path, id));
    TRY(sweep_table_many_table_csv(&table, directory, guard));
    return sweep_table_many_table_h5(&table, sweep, path, attributes,
                                     sizeof attributes / sizeof *attributes, guard);
}
