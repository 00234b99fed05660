#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"
#include "gather.h"
#include "image.h"
#include "put.h"
#include "table.h"

#include <string.h>

/* ---- the table and its pieces ------------------------------------------------------------------------------------ */

array_t table_column(size_t column, size_t n, size_t layers, size_t heads)
{
#define TABLE_COLUMN(column_name, column_type, wide)                                                                   \
    {.name = #column_name, .type = (column_type), .rank = (wide) ? 3 : 1},
    static const array_t columns[] = {TABLE_LIST(TABLE_COLUMN)};
#undef TABLE_COLUMN
    array_t array = columns[column];
    array.dims[0] = n;
    if (array.rank == 3) {
        array.dims[1] = layers;
        array.dims[2] = heads;
    }
    return array;
}

size_t segment_rows(const segment_t *segment)
{
    return segment->count * segment->block;
}

confx_status_t segment_check(const segment_t *segment)
{
    const char *name = segment->name;
    /* HDF5 reads % in the names of virtual sources as a pattern. */
    const bool plain = name[0] && memchr(name, 0, sizeof segment->name) && !strpbrk(name, "/%");
    if (!plain) return status_fail(CONFX_STATUS_INPUT, "a segment's name is not a plain file name: %.*s", 63, name);
    const bool apart = segment->count <= 1 || segment->stride >= segment->block;
    if (segment_rows(segment) > 0 && apart) return status_ok();
    return status_fail(CONFX_STATUS_INPUT, "%s: a segment without rows, or with rows that overlap", name);
}

/* ---- one file ---------------------------------------------------------------------------------------------------- */

confx_status_t segment_path(const char *run_dir, const segment_t *segment, char *path)
{
    char directory[FILE_PATH_MAX];
    TRY(segment_check(segment));
    TRY(file_join(run_dir, "segments", directory));
    TRY(file_join(directory, segment->name, path));
    return status_ok();
}

static confx_status_t put_columns(const image_t *image, size_t n, const rows_t *rows)
{
    const void *const data[TABLE_COLUMNS] = {rows->stage,     rows->update,     rows->episode, rows->actions,
                                             rows->objective, rows->constraint, rows->feasible};
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        array_t column = table_column(i, n, rows->layers, rows->heads);
        column.data = (void *)data[i];
        TRY(put_array(image->file, image->path, &column, true));
    }
    return status_ok();
}

/* Where the rows belong: what tells this segment from another one under its name. */
static confx_status_t put_place(const image_t *image, const segment_t *segment)
{
    const attribute_t place[] = {{"/", "start", .whole = true, .integer = (int64_t)segment->start},
                                 {"/", "stride", .whole = true, .integer = (int64_t)segment->stride},
                                 {"/", "count", .whole = true, .integer = (int64_t)segment->count},
                                 {"/", "block", .whole = true, .integer = (int64_t)segment->block}};
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) TRY(put_attribute(image->file, image->path, &place[i]));
    return status_ok();
}

confx_status_t store_segments_make(const char *run_dir)
{
    char directory[FILE_PATH_MAX];
    TRY(file_join(run_dir, "segments", directory));
    return file_make_directory(directory);
}

confx_status_t store_segment_write(const char *run_dir, const segment_t *segment, const rows_t *rows,
                                   const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    image_t image;
    confx_status_t status;
    TRY(segment_path(run_dir, segment, path));
    TRY_OUT(image_begin(path, &image));
    TRY_OUT(put_columns(&image, segment_rows(segment), rows));
    TRY_OUT(put_place(&image, segment));
    TRY_OUT(image_publish(&image, guard));
out:
    image_end(&image);
    return status;
}

/* ---- back from a run.h5 that holds its rows itself ----------------------------------------------------------------
 */

confx_status_t store_segment_regain(const char *run_dir, uint64_t rows, size_t layers, size_t heads, segment_t *segment,
                                    const guard_t *guard)
{
    char master[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    image_t image = {.file = H5I_INVALID_HID};
    confx_status_t status;
    segment->start = 0;
    segment->stride = rows;
    segment->count = 1;
    segment->block = rows;
    TRY(segment_path(run_dir, segment, path));
    TRY(file_join(run_dir, "run.h5", master));
    TRY_OUT(store_open(master, &store));
    if (!store_is_self_contained(store))
        TRY_OUT(status_fail(CONFX_STATUS_DAMAGED, "%s: does not hold its rows itself", master));
    TRY_OUT(image_begin_on_disk(path, &image));
    TRY_OUT(gather_rows(store, "/trajectories/", &image, "", rows, layers, heads));
    TRY_OUT(put_place(&image, segment));
    TRY_OUT(image_publish(&image, guard));
out:
    image_end(&image);
    store_close(store);
    return status;
}

/* ---- verifying --------------------------------------------------------------------------------------------------- */

static confx_status_t check_place(store_t *store, const char *path, const segment_t *segment)
{
    const char *const names[] = {"start", "stride", "count", "block"};
    const uint64_t expected[] = {segment->start, segment->stride, segment->count, segment->block};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t found = 0;
        TRY(store_read_integer(store, "/", names[i], &found));
        if (found != (int64_t)expected[i])
            return status_fail(CONFX_STATUS_DAMAGED, "%s: holds other rows: %s %lld, expected %lld", path, names[i],
                               (long long)found, (long long)expected[i]);
    }
    return status_ok();
}

static confx_status_t check_columns(store_t *store, const char *path, size_t n, size_t layers, size_t heads)
{
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        const array_t expected = table_column(i, n, layers, heads);
        array_t found;
        TRY(store_describe(store, expected.name, &found));
        const bool same = found.type == expected.type && found.rank == expected.rank &&
                          memcmp(found.dims, expected.dims, sizeof found.dims) == 0;
        if (!same) return status_fail(CONFX_STATUS_DAMAGED, "%s: %s: has another type or shape", path, expected.name);
    }
    return status_ok();
}

confx_status_t store_segment_verify(const char *run_dir, const segment_t *segment, size_t layers, size_t heads)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    TRY(segment_path(run_dir, segment, path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_INPUT)
        status.code = CONFX_STATUS_DAMAGED; /* it was there once, and no user named it */
    if (status.code != CONFX_STATUS_OK) return status_frame(status, __func__, __LINE__);
    TRY_OUT(check_place(store, path, segment));
    TRY_OUT(check_columns(store, path, segment_rows(segment), layers, heads));
out:
    store_close(store);
    return status;
}
