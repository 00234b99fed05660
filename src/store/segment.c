#include "store/segment.h"
#include "confx/file.h"
#include "confx/segments.h"
#include "confx/try.h"
#include "store/gather.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/open.h"
#include "store/put.h"
#include "store/seal.h"

#include <string.h>

/* ---- which rows ------------------------------------------------------------------------------ */

size_t segment_rows(const segment_t *segment)
{
    return segment->count * segment->block;
}

bool segment_follows(const segment_t *last, const segment_t *next)
{
    return next->stride == last->stride && next->block == last->block &&
           next->start == last->start + last->count * last->stride;
}

/* Has it rows, do they lie apart, and is the last of them one that can be? Not one of the numbers
   is trusted: no product or sum here or behind this check overflows. */
static bool segment_fits(const segment_t *segment)
{
    const uint64_t most = (uint64_t)1 << 48;
    if (segment->block < 1 || segment->count < 1) return false;
    if (segment->start > most || segment->block > most || segment->stride > most) return false;
    /* By divisions, as the products may not be representable. */
    if (segment->count > most / segment->block) return false;
    if (segment->count == 1) return true;
    return segment->stride >= segment->block && segment->count <= most / segment->stride;
}

confx_status_t segment_check(const segment_t *segment)
{
    const char *name = segment->name;
    /* HDF5 reads % in the names of virtual sources as a pattern; a dot in front is for "." and
       "..". */
    const bool plain =
        name[0] && name[0] != '.' && memchr(name, 0, sizeof segment->name) && !strpbrk(name, "/%");
    if (!plain)
        return status_fail(CONFX_STATUS_INPUT, "a segment's name is not a plain file name: %.*s",
                           63, name);
    if (segment_fits(segment)) return status_ok();
    return status_fail(CONFX_STATUS_INPUT, "%s: a segment without rows, or with rows that overlap",
                       name);
}

/* ---- one file -------------------------------------------------------------------------------- */

confx_status_t segment_path(const char *run_dir, const segment_t *segment, char *path)
{
    char directory[FILE_PATH_MAX];
    TRY(segment_check(segment));
    TRY(file_join(run_dir, "segments", directory));
    TRY(file_join(directory, segment->name, path));
    return status_ok();
}

static confx_status_t segment_put_columns(const image_t *image, size_t n, const samples_t *rows)
{
    for (size_t i = 0; i < samples_columns(rows->shape); i++) {
        array_t column = samples_column(rows->shape, i, n);
        column.data = rows->columns[i];
        TRY(put_array(image->file, image->path, &column, true));
    }
    return status_ok();
}

/* Whose they are and where the rows belong: what tells this segment from another one under its
   name. */
static confx_status_t segment_put_place(const image_t *image, const char *run_id,
                                        const segment_t *segment)
{
    const attribute_t place[] = {
        {"/", "start", .whole = true, .integer = (int64_t)segment->start},
        {"/", "stride", .whole = true, .integer = (int64_t)segment->stride},
        {"/", "count", .whole = true, .integer = (int64_t)segment->count},
        {"/", "block", .whole = true, .integer = (int64_t)segment->block}};
    const attribute_t owner = {"/", "run_id", .text = run_id};
    for (size_t i = 0; i < sizeof place / sizeof *place; i++)
        TRY(put_attribute(image->file, image->path, &place[i]));
    return put_attribute(image->file, image->path, &owner);
}

confx_status_t store_segments_make(const char *run_dir)
{
    char directory[FILE_PATH_MAX];
    TRY(file_join(run_dir, "segments", directory));
    TRY(file_make_directory(run_dir));
    return file_make_own_directory(directory); /* a link is refused here */
}

confx_status_t store_segment_write(const char *run_dir, const char *run_id, segment_t *segment,
                                   const samples_t *rows, const guard_t *guard)
{
    char path[FILE_PATH_MAX];
    image_t image;
    confx_status_t status;
    TRY(segment_path(run_dir, segment, path));
    TRY_OUT(image_begin(path, &image));
    TRY_OUT(segment_put_columns(&image, segment_rows(segment), rows));
    TRY_OUT(segment_put_place(&image, run_id, segment));
    TRY_OUT(image_publish(&image, guard));
    segment->checksum = image.checksum;
out:
    image_end(&image);
    return status;
}

/* ---- back from a run.h5 that holds its rows itself ------------------------------------------- */

confx_status_t store_segment_regain(const char *run_dir, const char *run_id, uint64_t rows,
                                    const samples_shape_t *shape, segment_t *segment,
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
    bool alone;
    TRY(file_join(run_dir, "run.h5", master));
    TRY_OUT(store_open(master, &store));
    TRY_OUT(store_check_run_id(store, run_id, "the checkpoint"));
    TRY_OUT(store_is_self_contained(store, &alone));
    if (!alone)
        TRY_OUT(status_fail(CONFX_STATUS_DAMAGED, "%s: does not hold its rows itself", master));
    TRY_OUT(image_begin_on_disk(path, &image));
    TRY_OUT(gather_rows(store, "/trajectories/", &image, "", rows, shape));
    TRY_OUT(segment_put_place(&image, run_id, segment));
    TRY_OUT(image_publish(&image, guard));
    segment->checksum = image.checksum;
out:
    image_end(&image);
    store_close(store);
    return status;
}

/* ---- verifying ------------------------------------------------------------------------------- */

/* Runs without gaps are one run, and of one run the stride does not matter: HDF5 does not tell them
   apart either. */
static segment_t segment_plain(const segment_t *segment)
{
    segment_t plain = *segment;
    if (plain.count > 1 && plain.stride == plain.block) {
        plain.block *= plain.count;
        plain.count = 1;
    }
    if (plain.count == 1) plain.stride = plain.block;
    return plain;
}

bool segment_same_rows(const segment_t *one, const segment_t *other)
{
    const segment_t a = segment_plain(one);
    const segment_t b = segment_plain(other);
    return a.start == b.start && a.stride == b.stride && a.count == b.count && a.block == b.block;
}

static confx_status_t segment_check_place(store_t *store, const char *path,
                                          const segment_t *segment)
{
    segment_t borne = {.name = ""};
    uint64_t *const parts[] = {&borne.start, &borne.stride, &borne.count, &borne.block};
    const char *const names[] = {"start", "stride", "count", "block"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t number = 0;
        TRY(store_read_integer(store, "/", names[i], &number));
        *parts[i] = (uint64_t)number;
    }
    if (segment_fits(&borne) && segment_same_rows(&borne, segment)) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: holds other rows: start %llu, stride %llu, count %llu, block %llu, "
                       "expected %llu, %llu, %llu, %llu",
                       path, (unsigned long long)borne.start, (unsigned long long)borne.stride,
                       (unsigned long long)borne.count, (unsigned long long)borne.block,
                       (unsigned long long)segment->start, (unsigned long long)segment->stride,
                       (unsigned long long)segment->count, (unsigned long long)segment->block);
}

static confx_status_t segment_check_columns(store_t *store, const char *path, size_t n,
                                            const samples_shape_t *shape)
{
    for (size_t i = 0; i < samples_columns(shape); i++) {
        const array_t expected = samples_column(shape, i, n);
        array_t found;
        TRY(store_describe(store, expected.name, &found));
        const bool same = found.type == expected.type && found.rank == expected.rank &&
                          memcmp(found.dims, expected.dims, sizeof found.dims) == 0;
        if (!same)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %s: has another type or shape", path,
                               expected.name);
    }
    return status_ok();
}

/* One of another run is told by its id. Else the checksum decides: a file of this run under the
   name of another of its files, or one that was written anew. */
static confx_status_t segment_check_owner(store_t *store, const char *run_id,
                                          const segment_t *segment, bool *foreign)
{
    char found[RUN_ID_MAX];
    TRY(identity_read(store, found));
    *foreign = found[0] && strcmp(found, run_id) != 0;
    if (*foreign)
        return status_fail(CONFX_STATUS_DAMAGED,
                           "%s: belongs to run %s, expected a segment of run %s", store->path,
                           found, run_id);
    if (segment->checksum == SEGMENT_UNKNOWN || segment->checksum == store->checksum)
        return status_ok();
    return status_fail(
        CONFX_STATUS_DAMAGED,
        "%s: is another segment than the one of that name: its checksum is %08llx, expected %08llx",
        store->path, (unsigned long long)store->checksum, (unsigned long long)segment->checksum);
}

confx_status_t segment_check_file(const char *path, const char *run_id, const segment_t *segment,
                                  bool *foreign)
{
    store_t *store = NULL;
    uint32_t checksum = 0;
    *foreign = false;
    /* Most files are the right ones: their bytes tell, and HDF5 need not open them. */
    confx_status_t status = seal_check(path, &checksum);
    if (status.code == CONFX_STATUS_INPUT)
        status.code = CONFX_STATUS_DAMAGED; /* the user did not name it */
    if (status.code != CONFX_STATUS_OK || segment->checksum == checksum) return status;
    /* The list has another checksum, or none: the file itself has to say whose it is and which rows
       it holds. */
    TRY(store_open(path, &store));
    TRY_OUT(segment_check_owner(store, run_id, segment, foreign));
    TRY_OUT(segment_check_place(store, path, segment));
out:
    store_close(store);
    return status;
}

confx_status_t store_segment_verify(const char *run_dir, const char *run_id, segment_t *segment,
                                    const samples_shape_t *shape, bool *foreign)
{
    char path[FILE_PATH_MAX];
    bool has;
    store_t *store = NULL;
    *foreign = false;
    TRY(file_join(run_dir, "segments", path));
    TRY(file_has_directory(path, &has)); /* a link is refused here */
    TRY(segment_path(run_dir, segment, path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_INPUT)
        status.code = CONFX_STATUS_DAMAGED; /* it was there once, and no user named it */
    if (status.code != CONFX_STATUS_OK) return status_frame(status, __func__, __LINE__);
    TRY_OUT(segment_check_owner(store, run_id, segment, foreign));
    TRY_OUT(segment_check_place(store, path, segment));
    TRY_OUT(segment_check_columns(store, path, segment_rows(segment), shape));
    segment->checksum = store->checksum;
out:
    store_close(store);
    return status;
}
