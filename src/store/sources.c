#include "store/sources.h"
#include "confx/try.h"

#include "confx/file.h"
#include "store/list.h"
#include "store/open.h"
#include "store/scope.h"
#include "store/segment.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FILES_BESIDE = 64 }; /* descriptors left to the rest of the program */

/* HDF5 keeps every source open until the virtual dataset is closed. */
static confx_status_t sources_make_room_for(const char *path, size_t files)
{
    struct rlimit limit;
    scope_t scope = scope_begin(path, "", CONFX_STATUS_IO);
    scope_expect_memory(&scope, files);
    TRY(scope_end(&scope));
    const rlim_t needed = (rlim_t)files + FILES_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return status_ok();
    limit.rlim_cur = needed;
    if (needed <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0) return status_ok();
    return status_fail(CONFX_STATUS_IO,
                       "%s: stands on %zu segments, more than files may be open (raise ulimit -n)",
                       path, files);
}

/* One told for all: a copy of run.h5 went without them. */
static confx_status_t sources_check_copy(const char *path)
{
    char segments[FILE_PATH_MAX];
    TRY(file_beside(path, "segments", segments));
    bool has;
    TRY(file_has_directory(segments, &has));
    if (has) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: is a copy without its rows: they are in segments/ beside the original, "
                       "as the run was not "
                       "complete; copy the whole directory, or run.h5 once the run is",
                       path);
}

/* ---- what the datasets show ------------------------------------------------------------------ */

/* The i-th piece of a virtual column: which rows of it are those of which segment. */
static confx_status_t sources_read_piece(const char *path, hid_t creation, size_t i,
                                         segment_t *segment)
{
    static const char directory[] = "segments/";
    char name[FILE_PATH_MAX] = "";
    hsize_t slab[4][H5S_MAX_RANK] = {{0}};
    const bool named = H5Pget_virtual_filename(creation, i, name, sizeof name) >= 0 &&
                       !strncmp(name, directory, strlen(directory)) &&
                       strlen(name) < strlen(directory) + sizeof segment->name;
    const hid_t space = H5Pget_virtual_vspace(creation, i);
    const bool mapped =
        space >= 0 && H5Sget_regular_hyperslab(space, slab[0], slab[1], slab[2], slab[3]) >= 0;
    if (space >= 0) (void)H5Sclose(space);
    if (!named || !mapped)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: its rows %zu are not those of a segment",
                           path, i);
    *segment = (segment_t){.start = slab[0][0],
                           .stride = slab[1][0],
                           .count = slab[2][0],
                           .block = slab[3][0],
                           .checksum = SEGMENT_UNKNOWN};
    /* The name was cleared, and is shorter than its room: it ends with a NUL. */
    memcpy(segment->name, name + strlen(directory), strlen(name) - strlen(directory));
    return status_ok();
}

/* Does the column show of each segment the rows it should, and nothing else? */
static confx_status_t sources_check_column(store_t *store, const char *name,
                                           const segment_t *segments, size_t n)
{
    segment_t shown;
    hsize_t dims[H5S_MAX_RANK] = {0};
    size_t pieces = 0;
    assert(segments);
    scope_t scope = scope_begin(store->path, name, CONFX_STATUS_DAMAGED);
    const hid_t set = scope_keep(&scope, H5Dopen2(store->file, name, H5P_DEFAULT));
    const hid_t creation = scope_keep(&scope, H5Dget_create_plist(set));
    if (scope_is_well(&scope) && H5Pget_layout(creation) != H5D_VIRTUAL)
        scope_fail(&scope, "holds rows itself");
    if (scope_is_well(&scope)) scope_check(&scope, H5Pget_virtual_count(creation, &pieces));
    if (scope_is_well(&scope) && pieces != n)
        scope_fail(&scope, "shows %zu segments, expected %zu", pieces, n);
    const hid_t space = scope_keep(&scope, H5Dget_space(set));
    scope_check(&scope, H5Sget_simple_extent_dims(space, dims, NULL));
    /* Of a row that is in no segment HDF5 shows a fill value. */
    if (scope_is_well(&scope))
        scope.status = list_check_cover(CONFX_STATUS_DAMAGED, store->path, segments, n, dims[0]);
    for (size_t i = 0; scope_is_well(&scope) && i < n; i++) {
        scope.status = sources_read_piece(store->path, creation, i, &shown);
        if (scope_is_well(&scope) &&
            (strcmp(shown.name, segments[i].name) != 0 || !segment_same_rows(&shown, &segments[i])))
            scope_fail(&scope, "shows other rows of %s than the file lists", segments[i].name);
    }
    return reader_judge(&store->reader, scope_end(&scope));
}

/* What run.h5 lists; of one that lists nothing, what the column shows. The caller frees. */
static confx_status_t sources_find(store_t *store, hid_t creation, size_t pieces,
                                   segment_t **segments, size_t *n)
{
    bool listed;
    TRY(open_read_list(store, segments, n, &listed));
    if (listed) return status_ok();
    *segments = calloc(pieces + 1, sizeof **segments);
    if (!*segments)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %zu segments", store->path,
                           pieces);
    *n = pieces;
    for (size_t i = 0; i < pieces; i++) {
        TRY(sources_read_piece(store->path, creation, i, &(*segments)[i]));
        const confx_status_t status = segment_check(&(*segments)[i]);
        if (status.code != CONFX_STATUS_OK)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %s", store->path, status.message);
    }
    return status_ok();
}

/* ---- the files ------------------------------------------------------------------------------- */

static confx_status_t sources_check_files(store_t *store, const segment_t *segments, size_t n)
{
    char id[RUN_ID_MAX];
    char directory[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    bool foreign;
    TRY(store_read_run_id(store, id));
    /* Relative names are meant from the directory of the file that names them. */
    TRY(file_beside(store->path, "", directory));
    for (size_t i = 0; i < n; i++) {
        TRY(segment_path(directory, &segments[i], path));
        TRY(segment_check_file(path, id, &segments[i], &foreign));
    }
    return status_ok();
}

/* All columns of the table, whatever the schema calls them. */
static confx_status_t sources_check_columns(store_t *store, const segment_t *segments, size_t n)
{
    enum { NAME_MOST = 256 };
    static const char group_name[] = "/trajectories";
    char part[NAME_MOST], name[NAME_MOST + sizeof group_name];
    H5G_info_t facts = {.nlinks = 0};
    scope_t scope = scope_begin(store->path, group_name, CONFX_STATUS_DAMAGED);
    const hid_t group = scope_keep(&scope, H5Gopen2(store->file, group_name, H5P_DEFAULT));
    scope_check(&scope, H5Gget_info(group, &facts));
    for (hsize_t i = 0; scope_is_well(&scope) && i < facts.nlinks; i++) {
        const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, part,
                                                  sizeof part, H5P_DEFAULT);
        scope_check(&scope, length < 0 ? -1 : 0);
        (void)snprintf(name, sizeof name, "%s/%s", group_name, length < 0 ? "" : part);
        if (scope_is_well(&scope)) scope.status = sources_check_column(store, name, segments, n);
    }
    return reader_judge(&store->reader, scope_end(&scope));
}

static confx_status_t sources_check_all(store_t *store, hid_t creation, size_t pieces)
{
    segment_t *segments = NULL;
    size_t n = 0;
    confx_status_t status;
    TRY(sources_make_room_for(store->path, pieces));
    if (pieces) TRY(sources_check_copy(store->path));
    /* Columns are held against the list, and files too: so a column cannot show rows of a file that
       nobody has checked. */
    TRY_OUT(sources_find(store, creation, pieces, &segments, &n));
    TRY_OUT(sources_check_columns(store, segments, n));
    TRY_OUT(sources_check_files(store, segments, n));
out:
    free(segments);
    return status;
}

confx_status_t sources_check(store_t *store, hid_t set, bool *is_virtual)
{
    size_t pieces = 0;
    scope_t scope = scope_begin(store->path, "", CONFX_STATUS_DAMAGED);
    const hid_t creation = scope_keep(&scope, H5Dget_create_plist(set));
    *is_virtual = scope_is_well(&scope) && H5Pget_layout(creation) == H5D_VIRTUAL;
    if (*is_virtual) scope_check(&scope, H5Pget_virtual_count(creation, &pieces));
    if (scope_is_well(&scope) && *is_virtual)
        scope.status = sources_check_all(store, creation, pieces);
    return reader_judge(&store->reader, scope_end(&scope));
}

/* ---- their names ----------------------------------------------------------------------------- */

static confx_status_t sources_list_sources(const char *path, hid_t creation, size_t n, char **names)
{
    char name[FILE_PATH_MAX];
    for (size_t i = 0; i < n; i++) {
        if (H5Pget_virtual_filename(creation, i, name, sizeof name) < 0)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: segment %zu has no name", path, i);
        names[i] = strdup(file_basename(name));
        if (!names[i])
            return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for the names of its segments",
                               path);
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
        scope.status = *names ? sources_list_sources(path, creation, n, *names)
                              : status_fail(CONFX_STATUS_MEMORY,
                                            "%s: no memory for the names of its segments", path);
    }
    const confx_status_t status = scope_end(&scope);
    if (status.code != CONFX_STATUS_OK) {
        file_names_close(*names, *names_n);
        *names = NULL;
        *names_n = 0;
    }
    return status;
}
