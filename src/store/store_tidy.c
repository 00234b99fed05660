#include "confx/file.h"
#include "confx/master.h"
#include "confx/try.h"

/* What only the owner of a directory writes, temporaries of a temporary among it, and what anybody
   may who looks at it or wants to own it. */
static const char *const tidy_own[] = {".h5", ".csv", ".yaml", "rows", ".tmp", NULL};
static const char *const tidy_others[] = {".svg", ".html", "owner", NULL};

static confx_status_t store_tidy_directory(const char *directory, const guard_t *guard)
{
    TRY(file_tidy(directory, tidy_own, 0, guard));
    return file_tidy(directory, tidy_others, FILE_TIDY_AGE, guard);
}

confx_status_t store_tidy(const char *run_dir, const guard_t *guard)
{
    char segments[FILE_PATH_MAX];
    bool has;
    TRY(file_join(run_dir, "segments", segments));
    TRY(store_tidy_directory(run_dir, guard));
    TRY(file_has_directory(segments, &has));
    return has ? store_tidy_directory(segments, guard) : status_ok();
}
