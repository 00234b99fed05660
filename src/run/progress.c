/* /progress: one row per update. */
#include "confx/try.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

/* How a column stands in a file. */
typedef struct {
    const char *path, *units, *long_name;
    bool counts; /* whole numbers */
} progress_column_words_t;

static const progress_column_words_t *progress_words(progress_column_t column)
{
#define PROGRESS_WORDS(name, units, counts, long_name)                                             \
    {"/progress/" #name, units, long_name, counts},
    static const progress_column_words_t words[] = {PROGRESS_LIST(PROGRESS_WORDS)};
#undef PROGRESS_WORDS
    return &words[column];
}

const char *progress_name(progress_column_t column)
{
    return progress_words(column)->path;
}

static const char *progress_units_of(const run_t *run, progress_column_t column)
{
    if (column == PROGRESS_best || column == PROGRESS_mean)
        return objective_units(run->job->objective);
    return progress_words(column)->units;
}

confx_status_t progress_reserve(progress_t *progress, size_t rows)
{
    if (rows <= progress->room) return status_ok();
    for (int column = 0; column < PROGRESS_COLUMNS; column++) {
        double *grown = realloc(progress->columns[column], rows * sizeof *grown);
        if (!grown)
            return status_fail(CONFX_STATUS_MEMORY, "no memory for the progress of %zu updates",
                               rows);
        /* A column that has grown is kept though a later one may fail: `room` rises only when all
           have. */
        progress->columns[column] = grown;
    }
    progress->room = rows;
    return status_ok();
}

confx_status_t progress_add(progress_t *progress, const double row[PROGRESS_COLUMNS])
{
    if (progress->n == progress->room) TRY(progress_reserve(progress, 2 * progress->n + 256));
    for (int column = 0; column < PROGRESS_COLUMNS; column++)
        progress->columns[column][progress->n] = row[column];
    progress->n++;
    return status_ok();
}

void progress_close(progress_t *progress)
{
    for (int column = 0; column < PROGRESS_COLUMNS; column++) free(progress->columns[column]);
    memset(progress, 0, sizeof *progress);
}

/* Counts are held as float64, which has all of them exactly, and stored as whole numbers. */
static void progress_show_counts(const run_t *run, progress_column_t column, datasets_t *datasets)
{
    const size_t n = run->root.progress.n;
    int64_t *counts = datasets_make(datasets, progress_name(column), ARRAY_I64, n, 0,
                                    progress_units_of(run, column));
    for (size_t i = 0; counts && i < n; i++)
        counts[i] = (int64_t)run->root.progress.columns[column][i];
}

void progress_show(run_t *run, datasets_t *datasets)
{
    for (progress_column_t column = 0; column < PROGRESS_COLUMNS; column++) {
        if (progress_words(column)->counts)
            progress_show_counts(run, column, datasets);
        else
            datasets_show(datasets, progress_name(column), ARRAY_F64, run->root.progress.n, 0,
                          run->root.progress.columns[column], progress_units_of(run, column));
        datasets_about(datasets, progress_words(column)->long_name, "update", NULL);
    }
}
