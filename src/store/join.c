#include "confx/file.h"
#include "confx/store.h"
#include "confx/try.h"
#include "store/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- the rows of all parts in memory --------------------------------------------------------- */

static void join_close_columns(array_t columns[TABLE_COLUMNS])
{
    for (size_t i = 0; i < TABLE_COLUMNS; i++) free(columns[i].data);
}

static confx_status_t join_open_columns(size_t n, size_t layers, size_t heads,
                                        array_t columns[TABLE_COLUMNS])
{
    bool complete = true;
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        columns[i] = table_column(i, n, layers, heads);
        /* A column without memory is noted and the others are still made, so that all can be
           freed. */
        columns[i].data = malloc(array_bytes(&columns[i]));
        complete = complete && columns[i].data;
    }
    if (complete) return status_ok();
    join_close_columns(columns);
    return status_fail(CONFX_STATUS_MEMORY, "no memory to join segments of %zu rows", n);
}

/* The part's rows behind the first `at` rows. */
static confx_status_t join_read_columns(const char *run_dir, const segment_t *part, size_t at,
                                        const array_t columns[TABLE_COLUMNS])
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    confx_status_t status = status_ok();
    TRY(segment_path(run_dir, part, path));
    TRY(store_open(path, &store));
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        const size_t row_bytes = array_bytes(&columns[i]) / columns[i].dims[0];
        assert(at + segment_rows(part) <= columns[i].dims[0]);
        char *rows = (char *)columns[i].data + at * row_bytes;
        TRY_OUT(
            store_read_rows(store, columns[i].name, columns[i].type, 0, segment_rows(part), rows));
    }
out:
    store_close(store);
    return status;
}

static rows_t join_rows_of(const array_t columns[TABLE_COLUMNS])
{
    return (rows_t){.layers = columns[TABLE_actions].dims[1],
                    .heads = columns[TABLE_actions].dims[2],
                    .stage = columns[TABLE_stage].data,
                    .update = columns[TABLE_update].data,
                    .episode = columns[TABLE_episode].data,
                    .actions = columns[TABLE_actions].data,
                    .objective = columns[TABLE_objective].data,
                    .constraint = columns[TABLE_constraint].data,
                    .feasible = columns[TABLE_feasible].data};
}

/* ---- joining --------------------------------------------------------------------------------- */

static bool join_follows(const segment_t *next, const segment_t *last)
{
    return next->stride == last->stride && next->block == last->block &&
           next->start == last->start + last->count * last->stride;
}

static confx_status_t join_plan_joined(const segment_t *parts, size_t parts_n, segment_t *joined)
{
    if (parts_n == 0)
        return status_fail(CONFX_STATUS_INPUT, "%s: joined of no segments", joined->name);
    uint64_t count = parts[0].count;
    for (size_t i = 1; i < parts_n; i++) {
        if (!join_follows(&parts[i], &parts[i - 1]))
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
                                  size_t parts_n, size_t layers, size_t heads, segment_t *joined,
                                  const guard_t *guard)
{
    bool foreign;
    array_t columns[TABLE_COLUMNS];
    size_t at = 0;
    confx_status_t status;
    TRY(join_plan_joined(parts, parts_n, joined));
    TRY(join_open_columns(segment_rows(joined), layers, heads, columns));
    for (size_t i = 0; i < parts_n; i++) {
        /* A part is checked against its own seal and the list before a row of it is taken. */
        segment_t part = parts[i];
        TRY_OUT(store_segment_verify(run_dir, run_id, &part, layers, heads, &foreign));
        TRY_OUT(join_read_columns(run_dir, &parts[i], at, columns));
        at += segment_rows(&parts[i]);
    }
    assert(at == segment_rows(joined));
    const rows_t rows = join_rows_of(columns);
    TRY_OUT(store_segment_write(run_dir, run_id, joined, &rows, guard));
out:
    join_close_columns(columns);
    return status;
}
