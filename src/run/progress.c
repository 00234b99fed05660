/* /progress: one row per update. */
#include "confx/try.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

const char *progress_name(progress_column_t column)
{
#define PROGRESS_NAME(name, units) "/progress/" #name,
    static const char *const names[] = {PROGRESS_LIST(PROGRESS_NAME)};
#undef PROGRESS_NAME
    return names[column];
}

static const char *progress_units_of(const run_t *run, progress_column_t column)
{
#define PROGRESS_UNITS(name, units) units,
    static const char *const units[] = {PROGRESS_LIST(PROGRESS_UNITS)};
#undef PROGRESS_UNITS
    if (column == PROGRESS_best || column == PROGRESS_mean)
        return objective_units(run->job->objective);
    return units[column];
}

confx_status_t progress_reserve(progress_t *progress, size_t rows)
{
    if (rows <= progress->room) return status_ok();
    for (int column = 0; column < PROGRESS_COLUMNS; column++) {
        double *grown = realloc(progress->columns[column], rows * sizeof *grown);
        if (!grown)
            return status_fail(CONFX_STATUS_MEMORY, "no memory for the progress of %zu updates",
                               rows);
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

void progress_show(run_t *run, datasets_t *datasets)
{
    for (int column = 0; column < PROGRESS_COLUMNS; column++)
        datasets_show(datasets, progress_name((progress_column_t)column), ARRAY_F64,
                      run->progress.n, 0, run->progress.columns[column],
                      progress_units_of(run, (progress_column_t)column));
}
