/* The list of segments, as checkpoints and a run.h5 that does not stand alone hold it, and whether
   the rows of its segments make up the table. */
#include "store/list.h"
#include "confx/try.h"
#include "store/open.h"
#include "store/segment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char names_name[] = "/segments/names";
static const char rows_name[] = "/segments/rows";
static const char checksums_name[] = "/segments/checksums";

enum { START, STRIDE, COUNT, BLOCK, PLACE }; /* a row of /segments/rows */

/* Far beyond what the run room leaves of the longest run. */
enum { SEGMENTS_MOST = 1 << 16 };

/* ---- into a file ----------------------------------------------------------------------------- */

confx_status_t store_segments_pack(const segment_t *segments, size_t n,
                                   array_t arrays[SEGMENT_ARRAYS])
{
    const size_t width = sizeof segments->name;
    arrays[0] = (array_t){.name = names_name, .type = ARRAY_TEXT, .rank = 2, .dims = {n, width}};
    arrays[1] = (array_t){.name = rows_name, .type = ARRAY_I64, .rank = 2, .dims = {n, PLACE}};
    arrays[2] = (array_t){.name = checksums_name, .type = ARRAY_I64, .rank = 1, .dims = {n}};
    /* One more of each, so that an empty list is not taken for a lack of memory. */
    char *names = arrays[0].data = calloc(n + 1, width);
    int64_t *rows = arrays[1].data = calloc(n + 1, PLACE * sizeof *rows);
    int64_t *checksums = arrays[2].data = calloc(n + 1, sizeof *checksums);
    if (!names || !rows || !checksums) {
        store_segments_unpack(arrays);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a list of %zu segments", n);
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(names + i * width, segments[i].name, width);
        rows[i * PLACE + START] = (int64_t)segments[i].start;
        rows[i * PLACE + STRIDE] = (int64_t)segments[i].stride;
        rows[i * PLACE + COUNT] = (int64_t)segments[i].count;
        rows[i * PLACE + BLOCK] = (int64_t)segments[i].block;
        checksums[i] = segments[i].checksum;
    }
    return status_ok();
}

void store_segments_unpack(array_t arrays[SEGMENT_ARRAYS])
{
    for (size_t i = 0; i < SEGMENT_ARRAYS; i++) {
        free(arrays[i].data);
        arrays[i].data = NULL;
    }
}

/* ---- out of a file --------------------------------------------------------------------------- */

static confx_status_t list_take(store_t *store, const array_t arrays[SEGMENT_ARRAYS],
                                segment_t *segments, size_t n)
{
    const char *names = arrays[0].data;
    const int64_t *rows = arrays[1].data;
    const int64_t *checksums = arrays[2].data;
    const size_t width = sizeof segments->name;
    assert(names && rows && checksums);
    for (size_t i = 0; i < n; i++) {
        memcpy(segments[i].name, names + i * width, width);
        segments[i].start = (uint64_t)rows[i * PLACE + START];
        segments[i].stride = (uint64_t)rows[i * PLACE + STRIDE];
        segments[i].count = (uint64_t)rows[i * PLACE + COUNT];
        segments[i].block = (uint64_t)rows[i * PLACE + BLOCK];
        segments[i].checksum = checksums[i];
        /* Numbers of a file are not trusted: sums of them are taken later on, and names become
           paths. */
        confx_status_t status = segment_check(&segments[i]);
        if (status.code != CONFX_STATUS_OK)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %s", store->path, status.message);
        if (checksums[i] != SEGMENT_UNKNOWN && (checksums[i] < 0 || checksums[i] > UINT32_MAX))
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %s: no checksum of a file: %lld",
                               store->path, segments[i].name, (long long)checksums[i]);
    }
    return status_ok();
}

/* Those of schema 2 list no checksums: they are not known. */
static confx_status_t list_read(store_t *store, const array_t arrays[SEGMENT_ARRAYS], size_t n)
{
    int64_t *checksums = arrays[2].data;
    assert(checksums);
    TRY(store_read(store, &arrays[0]));
    TRY(store_read(store, &arrays[1]));
    for (size_t i = 0; i < n; i++) checksums[i] = SEGMENT_UNKNOWN;
    bool has;
    TRY(store_has(store, checksums_name, &has));
    return has ? store_read(store, &arrays[2]) : status_ok();
}

/* Of schema 3 on, checksums must be there. */
static confx_status_t list_check_schema(store_t *store)
{
    int64_t schema = 0;
    bool has;
    TRY(store_has(store, checksums_name, &has));
    if (has) return status_ok();
    TRY(store_read_integer(store, "/", "schema", &schema));
    if (schema < SCHEMA_WITH_IDS) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: %s is missing", store->path, checksums_name);
}

confx_status_t store_read_segments(store_t *store, segment_t **segments, size_t *n)
{
    array_t found;
    array_t arrays[SEGMENT_ARRAYS] = {{.name = NULL}};
    confx_status_t status;
    *segments = NULL;
    *n = 0;
    TRY(list_check_schema(store));
    TRY(store_describe(store, rows_name, &found));
    const size_t listed = found.dims[0];
    /* A damaged file may list any number, so it is checked before memory is asked for it. */
    if (listed > SEGMENTS_MOST)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: %s lists %zu segments, expected %d at most",
                           store->path, rows_name, listed, SEGMENTS_MOST);
    segment_t *fresh = calloc(listed + 1, sizeof *fresh);
    if (!fresh) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu segments", listed);
    /* The blank list is packed to have arrays of the right shapes, into which the file is read. */
    TRY_OUT(store_segments_pack(fresh, listed, arrays));
    TRY_OUT(list_read(store, arrays, listed));
    TRY_OUT(list_take(store, arrays, fresh, listed));
    *segments = fresh;
    *n = listed;
    fresh = NULL;
out:
    store_segments_unpack(arrays);
    free(fresh);
    return status;
}

confx_status_t open_read_list(store_t *store, segment_t **segments, size_t *n, bool *listed)
{
    int64_t schema = 0;
    *segments = NULL;
    *n = 0;
    TRY(store_has(store, rows_name, listed));
    if (*listed) return store_read_segments(store, segments, n);
    TRY(store_read_integer(store, "/", "schema", &schema));
    if (schema < SCHEMA_WITH_IDS) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: %s is missing", store->path, rows_name);
}

/* ---- the table they make up ------------------------------------------------------------------ */

/* Behind the last row; segment_check has seen to it that this overflows nowhere. */
static uint64_t list_end(const segment_t *segment)
{
    return segment->start + (segment->count - 1) * segment->stride + segment->block;
}

/* Has one of the runs of `segment` a row among first .. end-1? Only the last run that begins before
   `end` can: those before it end before it begins, and it ends behind them. */
static bool list_reaches(const segment_t *segment, uint64_t first, uint64_t end)
{
    if (end <= segment->start) return false;
    const uint64_t stride = segment->count > 1 ? segment->stride : UINT64_MAX;
    uint64_t run = (end - 1 - segment->start) / stride;
    if (run >= segment->count) run = segment->count - 1;
    return segment->start + run * segment->stride + segment->block > first;
}

/* Two segments of which neither lies behind the other are those of two writers, interleaved with
   one stride: then the places of their runs within it tell. Of different strides this program makes
   none. */
static bool list_overlaps(const segment_t *one, const segment_t *other)
{
    if (list_end(one) <= other->start || list_end(other) <= one->start) return false;
    if (one->count == 1) return list_reaches(other, one->start, list_end(one));
    if (other->count == 1) return list_reaches(one, other->start, list_end(other));
    if (one->stride != other->stride) return true;
    /* Both repeat themselves with one period: so it is enough to look at where the second begins
       within the first one's period, and whether it reaches into the next. */
    const bool earlier = one->start <= other->start;
    const segment_t *first = earlier ? one : other;
    const segment_t *second = earlier ? other : one;
    const uint64_t apart = (second->start - first->start) % one->stride;
    return apart < first->block || one->stride - apart < second->block;
}

static int list_by_start(const void *one, const void *other)
{
    const segment_t *a = one;
    const segment_t *b = other;
    return (a->start > b->start) - (a->start < b->start);
}

/* order: by their starts, so that of a long run only the writers of one time are held against each
   other. */
static confx_status_t list_check_apart(confx_status_code_t code, const char *path,
                                       const segment_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && order[k].start < list_end(&order[i]); k++)
            if (list_overlaps(&order[i], &order[k]))
                return status_fail(code, "%s: rows of %s are also those of %s", path, order[i].name,
                                   order[k].name);
    return status_ok();
}

confx_status_t list_check_cover(confx_status_code_t code, const char *path,
                                const segment_t *segments, size_t n, uint64_t rows)
{
    uint64_t covered = 0;
    for (size_t i = 0; i < n; i++) {
        if (list_end(&segments[i]) > rows)
            return status_fail(code, "%s: %s reaches row %llu of %llu", path, segments[i].name,
                               (unsigned long long)list_end(&segments[i]),
                               (unsigned long long)rows);
        covered += segment_rows(&segments[i]);
        /* Stopped as soon as it is too large, the sum does not overflow. */
        if (covered > rows) break;
    }
    if (covered != rows)
        return status_fail(code, "%s: its segments hold %llu rows of %llu", path,
                           (unsigned long long)covered, (unsigned long long)rows);
    /* As many rows as there are, none beyond the end, none twice: then none is missing. */
    segment_t *order = calloc(n + 1, sizeof *order);
    if (!order) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %zu segments", path, n);
    if (n) memcpy(order, segments, n * sizeof *order);
    qsort(order, n, sizeof *order, list_by_start);
    const confx_status_t status = list_check_apart(code, path, order, n);
    free(order);
    return status;
}

confx_status_t store_check_cover(store_t *store, const segment_t *segments, size_t n, uint64_t rows)
{
    return list_check_cover(CONFX_STATUS_DAMAGED, store->path, segments, n, rows);
}
