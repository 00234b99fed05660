#include "sources.h"
#include "confx/try.h"

#include "confx/file.h"
#include "scope.h"
#include "seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FILES_BESIDE = 64 }; /* descriptors left to the rest of the program */

/* HDF5 keeps every source open until the virtual dataset is closed. */
static confx_status_t make_room_for(const char *path, size_t files)
{
    struct rlimit limit;
    const rlim_t needed = (rlim_t)files + FILES_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return status_ok();
    limit.rlim_cur = needed;
    if (needed <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0) return status_ok();
    return status_fail(CONFX_STATUS_IO, "%s: stands on %zu segments, more than files may be open (raise ulimit -n)",
                       path, files);
}

/* Relative names are meant from the directory of the file that names them. */
static confx_status_t check_source(const char *path, const char *name)
{
    char directory[FILE_PATH_MAX] = "";
    char source[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash) (void)snprintf(directory, sizeof directory, "%.*s", (int)(slash + 1 - path), path);
    TRY(file_join(directory, name, source));
    confx_status_t status = seal_check(source);
    if (status.code == CONFX_STATUS_INPUT) status.code = CONFX_STATUS_DAMAGED; /* the user did not name it */
    return status;
}

/* One told for all: a copy of run.h5 went without them. */
static confx_status_t check_copy(const char *path)
{
    char inside[FILE_PATH_MAX];
    char segments[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');
    (void)snprintf(inside, sizeof inside, "%.*s", slash ? (int)(slash + 1 - path) : 0, path);
    TRY(file_join(inside, "segments", segments));
    bool has;
    TRY(file_has_directory(segments, &has));
    if (has) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: is a copy without its rows: they are in segments/ beside the original, as the run was not "
                       "complete; copy the whole directory, or run.h5 once the run is",
                       path);
}

static confx_status_t check_sources(const char *path, hid_t creation, size_t sources)
{
    char name[FILE_PATH_MAX];
    TRY(make_room_for(path, sources));
    if (sources) TRY(check_copy(path));
    for (size_t i = 0; i < sources; i++) {
        if (H5Pget_virtual_filename(creation, i, name, sizeof name) < 0)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: segment %zu has no name", path, i);
        TRY(check_source(path, name));
    }
    return status_ok();
}

confx_status_t sources_check(const char *path, hid_t set, bool *is_virtual)
{
    size_t sources = 0;
    scope_t scope = scope_begin(path, "", CONFX_STATUS_DAMAGED);
    const hid_t creation = scope_keep(&scope, H5Dget_create_plist(set));
    *is_virtual = scope_is_well(&scope) && H5Pget_layout(creation) == H5D_VIRTUAL;
    if (*is_virtual) scope_check(&scope, H5Pget_virtual_count(creation, &sources));
    if (scope_is_well(&scope)) scope.status = check_sources(path, creation, sources);
    return scope_end(&scope);
}

/* ---- their names ---------------------------------------------------------------------------------------------------
 */

static confx_status_t list_sources(const char *path, hid_t creation, size_t n, char **names)
{
    char name[FILE_PATH_MAX];
    for (size_t i = 0; i < n; i++) {
        if (H5Pget_virtual_filename(creation, i, name, sizeof name) < 0)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: segment %zu has no name", path, i);
        const char *slash = strrchr(name, '/');
        names[i] = strdup(slash ? slash + 1 : name);
        if (!names[i]) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for the names of its segments", path);
    }
    return status_ok();
}

confx_status_t sources_list(const char *path, hid_t set, char ***names, size_t *names_n)
{
    size_t n = 0;
    *names = NULL;
    *names_n = 0;
    scope_t scope = scope_begin(path, "", CONFX_STATUS_DAMAGED);
    const hid_t creation = scope_keep(&scope, H5Dget_create_plist(set));
    const bool is_virtual = scope_is_well(&scope) && H5Pget_layout(creation) == H5D_VIRTUAL;
    if (is_virtual) scope_check(&scope, H5Pget_virtual_count(creation, &n));
    if (scope_is_well(&scope)) {
        *names = calloc(n + 1, sizeof **names);
        *names_n = *names ? n : 0;
        scope.status = *names ? list_sources(path, creation, n, *names)
                              : status_fail(CONFX_STATUS_MEMORY, "%s: no memory for the names of its segments", path);
    }
    const confx_status_t status = scope_end(&scope);
    if (status.code != CONFX_STATUS_OK) {
        file_names_close(*names, *names_n);
        *names = NULL;
        *names_n = 0;
    }
    return status;
}
