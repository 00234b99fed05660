#include "app/directory.h"
#include "confx/try.h"

#include "confx/file.h"

#include <string.h>
#include <unistd.h>

static const char *const directory_names[] = {"nothing", "a run", "a sweep", "a comparison"};

static confx_status_t directory_holds(const char *path, const char *name, bool *holds)
{
    char file[FILE_PATH_MAX];
    TRY(file_join(path, name, file));
    return file_has(file, holds);
}

/* By the first words of its plan (compare_plan.c, sweep_file.c); a user may have a file of that
   name as well, or something else that is none. */
static confx_status_t directory_kind_of_plan(const char *path, directory_kind_t *kind)
{
    static const char comparison[] = "# compared:";
    static const char sweep[] = "--- # ";
    char begin[sizeof comparison] = "";
    char plan[FILE_PATH_MAX];
    int file;
    size_t found;
    TRY(file_join(path, "plan.yaml", plan));
    /* A plan that is missing, or a directory or link of that name, means that nothing of ours is
       here, and *kind stays as it was. Other failures of the system are passed on. A file that is
       shorter than a mark leaves NULs at the end of `begin` and equals neither. */
    confx_status_t status = file_open(plan, FILE_OURS, FILE_ANY_LENGTH, &file);
    if (status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED)
        return status_ok();
    TRY(status);
    status = file_read_at(file, plan, begin, sizeof begin - 1, 0, &found);
    (void)close(file);
    TRY(status);
    if (!strncmp(begin, comparison, sizeof comparison - 1)) *kind = DIRECTORY_COMPARISON;
    if (!strncmp(begin, sweep, sizeof sweep - 1)) *kind = DIRECTORY_SWEEP;
    return status_ok();
}

static confx_status_t directory_find_kind(const char *path, directory_kind_t *kind)
{
    bool master = false;
    bool checkpoint = false;
    *kind = DIRECTORY_OTHER;
    /* A run that was killed after its first checkpoint has no run.h5 yet, so either file makes it a
       run. Both are looked for before the plan, as a run may hold a file of the user's called
       plan.yaml. */
    TRY(directory_holds(path, "run.h5", &master));
    TRY(directory_holds(path, "checkpoint.h5", &checkpoint));
    if (!master && !checkpoint) return directory_kind_of_plan(path, kind);
    *kind = DIRECTORY_RUN;
    return status_ok();
}

confx_status_t directory_expect_run(const char *path)
{
    directory_kind_t kind;
    TRY(directory_find_kind(path, &kind));
    if (kind != DIRECTORY_SWEEP && kind != DIRECTORY_COMPARISON) return status_ok();
    return status_input(
        path, 0, NULL,
        "is the directory of %s, expected that of a run; those of it are in %.150s/runs",
        directory_names[kind], path);
}

confx_status_t directory_expect_room(const char *path, directory_kind_t kind)
{
    directory_kind_t found;
    TRY(directory_find_kind(path, &found));
    if (found == DIRECTORY_OTHER || found == kind) return status_ok();
    return status_input(NULL, 0, "output",
                        "%.150s already holds %s, expected a directory for %s; choose another",
                        path, directory_names[found], directory_names[kind]);
}

confx_status_t directory_expect_no_file(const char *path)
{
    file_kind_t kind;
    TRY(file_look(path, &kind));
    if (kind == FILE_ABSENT || kind == FILE_DIRECTORY) return status_ok();
    return status_input(NULL, 0, "--output", "%.150s is a file, expected a directory", path);
}

confx_status_t directory_expect_no_run(const char *path)
{
    directory_kind_t found;
    TRY(directory_find_kind(path, &found));
    if (found != DIRECTORY_RUN) return directory_expect_room(path, DIRECTORY_RUN);
    return status_input(NULL, 0, "output", "%.150s already holds %s; choose another directory",
                        path, directory_names[found]);
}
