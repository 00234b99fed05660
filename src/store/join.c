#include "confx/file.h"
#include "confx/segments.h"
#include "confx/try.h"
#include "store/segment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- the rows of all parts in memory --------------------------------------------------------- */

/* The part's rows behind the first `at` rows. */
static confx_status_t join_read_columns(const char *run_dir, const segment_t *part, size_t at,
                                        const samples_t *rows)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    confx_status_t status = status_ok();
    TRY(segment_path(run_dir, part, path));
    TRY(store_open(path, &store));
    for (size_t i = 0; i < samples_columns(rows->shape); i++) {
        const array_t row = samples_column(rows->shape, i, 1);
        char *to = (char *)rows->columns[i] + at * array_bytes(&row);
        TRY_OUT(store_read_rows(store, row.name, row.type, 0, segment_rows(part), to));
    }
out:
    store_close(store);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

static confx_status_t join_plan_joined(const segment_t *parts, size_t parts_n, segment_t *joined)
{
    if (parts_n == 0)
        return status_fail(CONFX_STATUS_INPUT, "%s: joined of no segments", joined->name);
    uint64_t count = parts[0].count;
    for (size_t i = 1; i < parts_n; i++) {
        if (!segment_follows(&parts[i - 1], &parts[i]))
            return status_fail(CONFX_STATUS_INPUT,
                               "%s: its runs do not go on where those of %s end", parts[i].name,
                               parts[i - 1].name);
        count += parts[i].count;
    }
    /* The runs of all parts lie one stride apart, so one hyperslab describes them together. */
    joined->start = parts[0].start;
    joined->stride = parts[0].stride;
    joined->block = parts[0].block;
    joined->count = count;
    return segment_check(joined);
}

confx_status_t store_segment_join(const char *run_dir, const char *run_id, const segment_t *parts,
                                  size_t parts_n, const samples_shape_t *shape, segment_t *joined,
                                  const guard_t *guard)
{
    bool foreign;
    samples_t rows;
    size_t at = 0;
    confx_status_t status;
    TRY(join_plan_joined(parts, parts_n, joined));
    TRY_OUT(samples_open(shape, segment_rows(joined), &rows));
    for (size_t i = 0; i < parts_n; i++) {
        /* A part is checked against its own seal and the list before a row of it is taken. */
        segment_t part = parts[i];
        TRY_OUT(store_segment_verify(run_dir, run_id, &part, shape, &foreign));
        TRY_OUT(join_read_columns(run_dir, &parts[i], at, &rows));
        at += segment_rows(&parts[i]);
    }
    assert(at == segment_rows(joined));
    TRY_OUT(store_segment_write(run_dir, run_id, joined, &rows, guard));
out:
    samples_close(&rows);
    return status;
}
