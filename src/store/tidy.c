#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"

static confx_status_t tidy_directory(const char *directory, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    char **names = NULL;
    size_t names_n = 0;
    confx_status_t status = status_ok();
    TRY(file_list(directory, &names, &names_n));
    for (size_t i = 0; i < names_n; i++) {
        if (!file_is_temporary(names[i])) continue;
        TRY_OUT(file_join(directory, names[i], path));
        TRY_OUT(guard_ask(guard));
        TRY_OUT(file_remove(path));
    }
out:
    file_names_close(names, names_n);
    return status;
}

confx_status_t store_tidy(const char *run_dir, const guard_t *guard)
{
    char segments[FILE_PATH_MAX];
    TRY(file_join(run_dir, "segments", segments));
    TRY(tidy_directory(run_dir, guard));
    bool has;
    TRY(file_has_directory(segments, &has));
    return has ? tidy_directory(segments, guard) : status_ok();
}
