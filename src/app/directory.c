#include "directory.h"
#include "confx/try.h"

#include "confx/file.h"

#include <stdio.h>
#include <string.h>

static const char *const directory_names[] = {"nothing", "a run", "a sweep", "a comparison"};

static bool directory_holds(const char *path, const char *name)
{
    char file[FILE_PATH_MAX];
    return file_join(path, name, file).code == CONFX_STATUS_OK && file_exists(file);
}

/* By the first words of its plan (contest.c, job/sweep.c); a user may have a file of that name as well. */
static directory_kind_t directory_kind_of_plan(const char *path)
{
    static const char comparison[] = "# compared:";
    static const char sweep[] = "--- # ";
    char begin[sizeof comparison] = "";
    char plan[FILE_PATH_MAX];
    FILE *file = file_join(path, "plan.yaml", plan).code == CONFX_STATUS_OK ? fopen(plan, "rb") : NULL;
    if (!file) return DIRECTORY_OTHER;
    (void)fread(begin, 1, sizeof begin - 1, file);
    (void)fclose(file);
    if (!strncmp(begin, comparison, sizeof comparison - 1)) return DIRECTORY_COMPARISON;
    return strncmp(begin, sweep, sizeof sweep - 1) ? DIRECTORY_OTHER : DIRECTORY_SWEEP;
}

directory_kind_t directory_kind(const char *path)
{
    if (directory_holds(path, "run.h5") || directory_holds(path, "checkpoint.h5")) return DIRECTORY_RUN;
    return directory_kind_of_plan(path);
}

confx_status_t directory_expect_run(const char *path)
{
    const directory_kind_t kind = directory_kind(path);
    if (kind != DIRECTORY_SWEEP && kind != DIRECTORY_COMPARISON) return status_ok();
    return status_input(path, 0, NULL, "is the directory of %s, expected that of a run; those of it are in %.150s/runs",
                        directory_names[kind], path);
}

confx_status_t directory_expect_room(const char *path, directory_kind_t kind)
{
    const directory_kind_t found = directory_kind(path);
    if (found == DIRECTORY_OTHER || found == kind) return status_ok();
    return status_input(NULL, 0, "output", "%.150s already holds %s, expected a directory for %s; choose another", path,
                        directory_names[found], directory_names[kind]);
}
