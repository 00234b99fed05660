#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"
#include "store/gather.h"
#include "store/image.h"
#include "store/list.h"
#include "store/put.h"
#include "store/scope.h"
#include "store/table.h"
#include "store/types.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char ACTIONS_MEAN[] =
    "PEs and buffer of each layer, as values; the rows of stage 0 choose among those of /actions";
static const char STAGES_MEAN[] = "0 policy, 1 islands";

/* ---- one column over all segments ------------------------------------------------------------ */

/* The rows of the column that the segment holds, in `space` (whole column); `source` is the
   segment's own dataset. */
static void master_map_segment(scope_t *scope, hid_t creation, hid_t space, const array_t *column,
                               const segment_t *segment)
{
    char file[sizeof segment->name + sizeof "segments/"];
    const hsize_t start[ARRAY_RANK_MAX] = {segment->start};
    const hsize_t stride[ARRAY_RANK_MAX] = {segment->count > 1 ? segment->stride : segment->block,
                                            column->dims[1], column->dims[2]};
    const hsize_t count[ARRAY_RANK_MAX] = {segment->count, 1, 1};
    const hsize_t block[ARRAY_RANK_MAX] = {segment->block, column->dims[1], column->dims[2]};
    /* A single run has no stride, but HDF5 wants one that is not smaller than the block. */
    assert(segment->count > 0 && segment->block > 0);
    shape_t source = shape_of(column);
    source.dims[0] = segment_rows(segment);
    const hid_t rows = H5Screate_simple(source.rank, source.dims, NULL);
    (void)snprintf(file, sizeof file, "segments/%s", segment->name);
    scope_check(scope, rows < 0 ? -1 : 0);
    scope_check(scope, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, stride, count, block));
    scope_check(scope, H5Pset_virtual(creation, space, file, strrchr(column->name, '/') + 1, rows));
    (void)H5Sclose(rows);
}

/* A segment that is missing must not pass for rows of zeros. All bits set are NaN, or the largest
   integer. */
static hid_t master_creation_virtual(scope_t *scope, hid_t type)
{
    unsigned char fill[sizeof(double)];
    memset(fill, 0xff, sizeof fill);
    const hid_t creation = scope_keep(scope, H5Pcreate(H5P_DATASET_CREATE));
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    scope_check(scope, H5Pset_fill_value(creation, type, fill));
    return creation;
}

static confx_status_t master_put_virtual(hid_t file, const char *path, const array_t *column,
                                         const master_t *master)
{
    scope_t scope = scope_begin(path, column->name, CONFX_STATUS_IO);
    const shape_t shape = shape_of(column);
    const hid_t type = scope_keep(&scope, type_on_disk(column->type));
    const hid_t space = scope_keep(&scope, H5Screate_simple(shape.rank, shape.dims, NULL));
    const hid_t creation = master_creation_virtual(&scope, type);
    /* Each segment adds its rows to the creation list; the dataset itself has no bytes. */
    for (size_t i = 0; scope_is_well(&scope) && i < master->segments_n; i++)
        master_map_segment(&scope, creation, space, column, &master->segments[i]);
    (void)scope_keep(
        &scope, H5Dcreate2(file, column->name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
    return scope_end(&scope);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* What a reader of a copy of this file alone has to know: HDF5 would show it fill values without a
   word. */
static const char ROWS_ELSEWHERE[] =
    "virtual: the rows are in segments/*.h5 beside this file, which alone shows fill "
    "values (NaN, 255, 65535); the run.h5 "
    "of a complete run holds them itself";

static confx_status_t master_put_column(const image_t *image, size_t i, const master_t *master)
{
    char name[64];
    array_t column = table_column(i, master->rows, master->layers, master->heads);
    (void)snprintf(name, sizeof name, "/trajectories/%s", column.name);
    column.name = name;
    if (master->rows == 0) return put_array(image->file, image->path, &column, false);
    TRY(put_groups(image->file, image->path, name));
    return master_put_virtual(image->file, image->path, &column, master);
}

static confx_status_t master_put_meanings(const image_t *image, const master_t *master)
{
    const attribute_t meanings[] = {
        {"/", "self_contained", .whole = true, .integer = master->self_contained},
        {"/trajectories", "rows", .text = master->self_contained ? NULL : ROWS_ELSEWHERE},
        {"/trajectories/stage", "meaning", .text = STAGES_MEAN},
        {"/trajectories/actions", "meaning", .text = ACTIONS_MEAN},
        {"/trajectories/objective", "units", .text = master->objective_units},
        {"/trajectories/constraint", "units", .text = master->constraint_units},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].text || meanings[i].whole)
            TRY(put_attribute(image->file, image->path, &meanings[i]));
    return status_ok();
}

/* Which files the rows are in: the virtual datasets name them, and this tells them from others of
   those names. */
static confx_status_t master_put_list(const image_t *image, const master_t *master)
{
    array_t arrays[SEGMENT_ARRAYS];
    confx_status_t status = status_ok();
    TRY(store_segments_pack(master->segments, master->segments_n, arrays));
    for (size_t i = 0; i < SEGMENT_ARRAYS; i++)
        TRY_OUT(put_array(image->file, image->path, &arrays[i], false));
out:
    store_segments_unpack(arrays);
    return status;
}

static confx_status_t master_put_owner(const image_t *image, const master_t *master)
{
    const attribute_t owner = {"/", "run_id", .text = master->run_id};
    return put_attribute(image->file, image->path, &owner);
}

/* The table where its rows are elsewhere. */
static confx_status_t master_put_view(const image_t *image, const master_t *master)
{
    for (size_t i = 0; i < TABLE_COLUMNS; i++) TRY(master_put_column(image, i, master));
    TRY(master_put_list(image, master));
    return master_put_owner(image, master);
}

static confx_status_t master_put_table(const image_t *image, const master_t *master)
{
    TRY(master_put_view(image, master));
    return master_put_meanings(image, master);
}

/* The rows themselves: read through virtual datasets, by which HDF5 knows their order, in a file of
   a moment. */
static confx_status_t master_put_rows_themselves(const char *run_dir, const image_t *image,
                                                 const master_t *master, const guard_t *guard)
{
    char rows[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    int descriptor;
    image_t view;
    store_t *store = NULL;
    confx_status_t status;
    TRY(file_join(run_dir, "rows", rows)); /* beside the segments: their names are relative */
    TRY(file_make_temporary(rows, path, &descriptor));
    (void)close(descriptor); /* the view takes its place */
    /* The view is a whole file, sealed and published under the temporary's name, so that it is read
       like any other: by the driver that tells a failed read from rows of fill values. */
    TRY_OUT(image_begin(path, &view));
    TRY_OUT(master_put_view(&view, master));
    TRY_OUT(image_publish(&view, guard));
    status = store_open(path, &store);
    /* Gone, but no user's file: the next owner of the directory has tidied it away. */
    if (status.code == CONFX_STATUS_INPUT) status.code = CONFX_STATUS_IO;
    if (status.code != CONFX_STATUS_OK) goto out;
    TRY_OUT(gather_rows(store, "/trajectories/", image, "/trajectories/", master->rows,
                        master->layers, master->heads));
    TRY_OUT(master_put_meanings(image, master));
    TRY_OUT(master_put_owner(image, master));
out:
    store_close(store);
    image_end(&view);
    file_discard(path);
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* The segments' rows are those of the table: each of them once. */
static confx_status_t master_check_cover(const char *path, const master_t *master)
{
    for (size_t i = 0; i < master->segments_n; i++) TRY(segment_check(&master->segments[i]));
    return list_check_cover(CONFX_STATUS_INPUT, path, master->segments, master->segments_n,
                            master->rows);
}

confx_status_t store_master_write(const char *run_dir, const master_t *master, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    image_t image;
    confx_status_t status;
    TRY(file_join(run_dir, "run.h5", path));
    /* This comes before anything is written: of rows that no segment holds HDF5 would show fill
       values. */
    TRY(master_check_cover(path, master));
    /* With all its rows it may have gigabytes, and is composed on disk; otherwise in memory. */
    const bool alone = master->self_contained;
    TRY_OUT(alone ? image_begin_on_disk(path, &image) : image_begin(path, &image));
    TRY_OUT(alone && master->rows ? master_put_rows_themselves(run_dir, &image, master, guard)
                                  : master_put_table(&image, master));
    for (size_t i = 0; i < master->arrays_n; i++)
        TRY_OUT(put_array(image.file, path, &master->arrays[i], alone));
    for (size_t i = 0; i < master->attributes_n; i++)
        TRY_OUT(put_attribute(image.file, path, &master->attributes[i]));
    TRY_OUT(image_publish(&image, guard));
out:
    image_end(&image);
    return status;
}
