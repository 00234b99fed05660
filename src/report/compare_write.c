/* compare.csv, compare.h5 and compare.svg. */
#include "compare_files.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/try.h"
#include "gnuplot.h"
#include "scratch.h"

#include <stdlib.h>

static confx_status_t write_csv(const comparison_t *comparison, const char *path, const guard_t *guard)
{
    compose_t csv;
    TRY(compose_begin(&csv));
    comparison_print_csv(comparison, csv.out);
    return compose_publish(&csv, path, guard);
}

confx_status_t comparison_write(const comparison_t *comparison, const char *directory, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    TRY(file_join(directory, "compare.csv", path));
    TRY(write_csv(comparison, path, guard));
    TRY(file_join(directory, "compare.h5", path));
    return comparison_store(comparison, path, guard);
}

static confx_status_t draw(const comparison_t *comparison, char **picture, size_t *length)
{
    FILE *script;
    TRY(scratch_open(&script));
    confx_status_t status = comparison_script(comparison, script);
    if (status.code == CONFX_STATUS_OK) status = gnuplot_draw(script, picture, length);
    (void)fclose(script);
    return status;
}

confx_status_t comparison_plot(const comparison_t *comparison, const char *directory, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    char *picture = NULL;
    size_t length = 0;
    TRY(file_join(directory, "compare.svg", path));
    confx_status_t status = draw(comparison, &picture, &length);
    if (status.code == CONFX_STATUS_OK) status = file_write(path, picture, length, guard);
    free(picture);
    return status;
}
