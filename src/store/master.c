#include "confx/master.h"
#include "confx/file.h"
#include "confx/try.h"
#include "store/gather.h"
#include "store/image.h"
#include "store/list.h"
#include "store/put.h"
#include "store/scales.h"
#include "store/scope.h"
#include "store/segment.h"
#include "store/types.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MOST = 128 };

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
   integer; a boolean has no third value, and what was not sampled is not feasible. */
static hid_t master_creation_virtual(scope_t *scope, hid_t type)
{
    unsigned char fill[sizeof(double)];
    memset(fill, H5Tget_class(type) == H5T_ENUM ? 0 : 0xff, sizeof fill);
    const hid_t creation = scope_keep(scope, H5Pcreate(H5P_DATASET_CREATE));
    scope_check(scope, H5Pset_obj_track_times(creation, false));
    scope_check(scope, H5Pset_fill_value(creation, type, fill));
    return creation;
}

/* ---- the table ------------------------------------------------------------------------------- */

/* What a reader of a copy of this file alone has to know: HDF5 would show it fill values without a
   word. */
static const char ROWS_ELSEWHERE[] =
    "virtual: the rows are in segments/*.h5 beside this file, which alone shows fill "
    "values (NaN, 255, 65535); the run.h5 "
    "of a complete run holds them itself";

static confx_status_t master_put_text(const image_t *image, const char *object, const char *name,
                                      const char *text)
{
    if (!text) return status_ok();
    return put_attribute(image->file, image->path,
                         &(attribute_t){.path = object, .name = name, .text = text});
}

static const char *master_units(const master_t *master, size_t column)
{
    if (column == SAMPLES_objective) return master->objective_units;
    if (column == SAMPLES_constraints) return master->constraint_units;
    return column < SAMPLES_METRICS ? "1" : master->metric_units[column - SAMPLES_METRICS];
}

/* What the numbers of a column stand for, as the climate and forecast conventions have it. */
static confx_status_t master_put_flags(const image_t *image, const char *object, const char *words)
{
    static const int64_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};
    size_t n = words != NULL;
    if (!words) return status_ok();
    for (const char *c = words; *c; c++) n += *c == ' ';
    assert(n <= sizeof values / sizeof *values);
    TRY(master_put_text(image, object, "flag_meanings", words));
    const attribute_t flags = {object, "flag_values", .integers = values, .integers_n = n};
    return put_attribute(image->file, image->path, &flags);
}

/* What is said of the table, not of one column. */
static confx_status_t master_put_meanings(const image_t *image, const master_t *master)
{
    const attribute_t alone = {"/", "self_contained", .truth = true,
                               .integer = master->self_contained};
    TRY(put_attribute(image->file, image->path, &alone));
    TRY(master_put_text(image, "/trajectories", "rows",
                        master->self_contained ? NULL : ROWS_ELSEWHERE));
    TRY(master_put_flags(image, "/trajectories/stage", master->stages));
    return master_put_flags(image, "/trajectories/space", "levels integers");
}

/* ---- descriptions and scales ----------------------------------------------------------------- */

static const char *const master_scales[ARRAY_RANK_MAX] = {"sample", "layer", "axis"};
static const char *const master_limit_scales[ARRAY_RANK_MAX] = {"sample", "constraint"};

/* The scale of each dimension of a column. */
static const char *const *master_column_scales(const array_t *column)
{
    return column->rank == 2 ? master_limit_scales : master_scales;
}

/* Every dataset that some other one has a dimension along becomes a scale, before any is
   attached. */
static confx_status_t master_make_scales(const image_t *image, const master_t *master)
{
    for (size_t i = 0; i < samples_columns(&master->shape); i++) {
        const array_t column = samples_column(&master->shape, i, master->rows);
        const char *const *scales = master_column_scales(&column);
        for (size_t dim = 0; dim < ARRAY_RANK_MAX && dim < column.rank; dim++)
            if (scales[dim])
                TRY(scales_make(image->file, image->path, scales[dim], column.dims[dim]));
    }
    for (size_t i = 0; master->descriptions && i < master->arrays_n; i++)
        for (size_t dim = 0; dim < ARRAY_RANK_MAX; dim++)
            if (master->descriptions[i].scales[dim])
                TRY(scales_make(image->file, image->path, master->descriptions[i].scales[dim],
                                master->arrays[i].dims[dim]));
    return status_ok();
}

static confx_status_t master_describe_column(hid_t set, const char *path, const array_t *column,
                                             size_t i, const master_t *master)
{
    char total[NAME_MOST];
    (void)snprintf(total, sizeof total, "%s, summed over the layers",
                   samples_column(&master->shape, i, 0).name);
    TRY(put_words(set, path, master_units(master, i),
                  i < SAMPLES_METRICS ? samples_long_name(i) : total));
    const char *const *scales = master_column_scales(column);
    for (size_t dim = 0; dim < ARRAY_RANK_MAX && dim < column->rank; dim++)
        if (scales[dim]) TRY(scales_attach(set, path, column->name, dim, scales[dim]));
    return status_ok();
}

static confx_status_t master_describe_array(const image_t *image, const array_t *array,
                                            const description_t *said)
{
    scope_t scope = scope_begin(image->path, array->name, CONFX_STATUS_IO);
    const hid_t set = scope_keep(&scope, H5Dopen2(image->file, array->name, H5P_DEFAULT));
    if (scope_is_well(&scope))
        scope.status = put_words(set, image->path, array->units ? NULL : "1", said->long_name);
    for (size_t dim = 0; scope_is_well(&scope) && dim < ARRAY_RANK_MAX; dim++)
        if (said->scales[dim] && strcmp(said->scales[dim], array->name + 1) != 0)
            scope.status = scales_attach(set, image->path, array->name, dim, said->scales[dim]);
    return scope_end(&scope);
}

static confx_status_t master_put_arrays(const image_t *image, const master_t *master)
{
    static const description_t nothing = {.long_name = NULL};
    for (size_t i = 0; i < master->arrays_n; i++)
        TRY(put_array(image->file, image->path, &master->arrays[i], master->self_contained));
    TRY(master_make_scales(image, master));
    for (size_t i = 0; i < master->arrays_n; i++)
        TRY(master_describe_array(image, &master->arrays[i],
                                  master->descriptions ? &master->descriptions[i] : &nothing));
    return status_ok();
}

/* ---- columns --------------------------------------------------------------------------------- */

static confx_status_t master_put_virtual(hid_t file, const char *path, const array_t *column,
                                         const master_t *master, hid_t *made)
{
    scope_t scope = scope_begin(path, column->name, CONFX_STATUS_IO);
    const shape_t shape = shape_of(column);
    const hid_t type = scope_keep(&scope, type_on_disk(column->type));
    const hid_t space = scope_keep(&scope, H5Screate_simple(shape.rank, shape.dims, NULL));
    const hid_t creation = master_creation_virtual(&scope, type);
    /* Each segment adds its rows to the creation list; the dataset itself has no bytes. */
    for (size_t i = 0; scope_is_well(&scope) && i < master->segments_n; i++)
        master_map_segment(&scope, creation, space, column, &master->segments[i]);
    /* The dataset stays open for what is said of it: each opening of a virtual one costs a copy of
       its list of segments. */
    *made = H5Dcreate2(file, column->name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    scope_check(&scope, *made < 0 ? -1 : 0);
    return scope_end(&scope);
}

/* An empty table has columns without rows, a copied one those that are there by now; else they are
   made over the segments. */
static confx_status_t master_open_column(const image_t *image, const array_t *column,
                                         const master_t *master, bool copied, hid_t *set)
{
    scope_t scope = scope_begin(image->path, column->name, CONFX_STATUS_IO);
    *set = H5I_INVALID_HID;
    if (master->rows && !copied) {
        TRY(put_groups(image->file, image->path, column->name));
        return master_put_virtual(image->file, image->path, column, master, set);
    }
    if (!copied) TRY(put_array(image->file, image->path, column, false));
    *set = H5Dopen2(image->file, column->name, H5P_DEFAULT);
    scope_check(&scope, *set < 0 ? -1 : 0);
    return scope_end(&scope);
}

static confx_status_t master_put_columns(const image_t *image, const master_t *master, bool copied)
{
    char name[NAME_MOST];
    for (size_t i = 0; i < samples_columns(&master->shape); i++) {
        array_t column = samples_column(&master->shape, i, master->rows);
        hid_t set = H5I_INVALID_HID;
        confx_status_t status;
        (void)snprintf(name, sizeof name, "/trajectories/%s", column.name);
        column.name = name;
        TRY_OUT(master_open_column(image, &column, master, copied, &set));
        TRY_OUT(master_describe_column(set, image->path, &column, i, master));
    out:
        if (set >= 0) (void)H5Dclose(set);
        TRY(status);
    }
    return status_ok();
}

/* Which files the rows are in: the virtual datasets name them, and this tells them from others of
   those names. */
static confx_status_t master_put_list(const image_t *image, const master_t *master)
{
    static const description_t about[SEGMENT_ARRAYS] = {
        {"file below segments/", {"segments/segment"}},
        {"rows of it: start, stride, count, block", {"segments/segment", "segments/number"}},
        {"CRC-32 of its seal; -1: not known", {"segments/segment"}}};
    array_t arrays[SEGMENT_ARRAYS];
    confx_status_t status = status_ok();
    static const char *const scales[ARRAY_RANK_MAX] = {"segments/segment", "segments/number"};
    TRY(store_segments_pack(master->segments, master->segments_n, arrays));
    for (size_t i = 0; i < SEGMENT_ARRAYS; i++) {
        const size_t dims = arrays[i].rank - (arrays[i].type == ARRAY_TEXT);
        TRY_OUT(put_array(image->file, image->path, &arrays[i], false));
        for (size_t dim = 0; dim < ARRAY_RANK_MAX && dim < dims; dim++)
            if (scales[dim])
                TRY_OUT(scales_make(image->file, image->path, scales[dim], arrays[i].dims[dim]));
        TRY_OUT(master_describe_array(image, &arrays[i], &about[i]));
    }
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
static confx_status_t master_put_table(const image_t *image, const master_t *master)
{
    TRY(master_put_columns(image, master, false));
    TRY(master_put_list(image, master));
    TRY(master_put_owner(image, master));
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
    master_t bare = *master; /* nothing but the table */
    bare.descriptions = NULL;
    bare.arrays_n = 0;
    confx_status_t status;
    TRY(file_join(run_dir, "rows", rows)); /* beside the segments: their names are relative */
    TRY(file_make_temporary(rows, path, &descriptor));
    (void)close(descriptor); /* the view takes its place */
    /* The view is a whole file, sealed and published under the temporary's name, so that it is read
       like any other: by the driver that tells a failed read from rows of fill values. */
    TRY_OUT(image_begin(path, &view));
    TRY_OUT(master_make_scales(&view, &bare));
    TRY_OUT(master_put_columns(&view, &bare, false));
    TRY_OUT(master_put_list(&view, &bare));
    TRY_OUT(master_put_owner(&view, &bare));
    TRY_OUT(image_publish(&view, guard));
    status = store_open(path, &store);
    /* Gone, but no user's file: the next owner of the directory has tidied it away. */
    if (status.code == CONFX_STATUS_INPUT) status.code = CONFX_STATUS_IO;
    if (status.code != CONFX_STATUS_OK) goto out;
    TRY_OUT(gather_rows(store, "/trajectories/", image, "/trajectories/", master->rows,
                        &master->shape));
    TRY_OUT(master_put_columns(image, master, true));
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
    /* Scales first, as columns lie along them. */
    TRY_OUT(master_put_arrays(&image, master));
    TRY_OUT(alone && master->rows ? master_put_rows_themselves(run_dir, &image, master, guard)
                                  : master_put_table(&image, master));
    for (size_t i = 0; i < master->attributes_n; i++)
        TRY_OUT(put_attribute(image.file, path, &master->attributes[i]));
    TRY_OUT(image_publish(&image, guard));
out:
    image_end(&image);
    return status;
}
