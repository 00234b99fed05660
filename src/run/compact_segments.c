/* Few segments, however long the run: readers open every one of them, and stock tools stop at the
   limit on open files (at 1,000 segments they see fill values and no error). The files of those
   joined stay, for readers of a run.h5 that names them (tidy.c). A name says which rows are in a
   file, so that none is ever given to other rows. */
#include "confx/try.h"
#include "run/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS_MOST = 256, JOINED_ROWS = 1 << 16 };

/* The segments that go on where segment `first` ends, itself included, moved to `parts` and emptied
   in their place. */
static size_t compact_segments_take_chain(segment_t *segments, size_t n, size_t first,
                                          segment_t *parts)
{
    size_t parts_n = 0;
    uint64_t rows = 0;
    for (size_t i = first; i < n; i++) {
        if (!segments[i].block || (parts_n && !segment_follows(&parts[parts_n - 1], &segments[i])))
            continue;
        rows += segment_rows(&segments[i]);
        if (parts_n && rows > JOINED_ROWS) break;
        parts[parts_n++] = segments[i];
        segments[i].block = 0;
    }
    return parts_n;
}

static confx_status_t compact_segments_join_chain(run_t *run, const segment_t *parts,
                                                  size_t parts_n, segment_t *joined)
{
    *joined = parts[0];
    if (parts_n == 1) return status_ok();
    uint64_t rows = 0;
    for (size_t i = 0; i < parts_n; i++) rows += segment_rows(&parts[i]);
    (void)snprintf(joined->name, sizeof joined->name, "rows%012llu_%llux%llu.h5",
                   (unsigned long long)parts[0].start, (unsigned long long)(rows / parts[0].block),
                   (unsigned long long)parts[0].block);
    const samples_shape_t shape = rows_shape(run);
    return store_segment_join(run->job->output, run->id, parts, parts_n, &shape, joined,
                              run->guard);
}

static confx_status_t compact_segments_join_all(run_t *run, segment_t *parts)
{
    size_t kept = 0;
    for (size_t i = 0; i < run->log.segments_n; i++) {
        if (!run->log.segments[i].block) continue;
        const size_t parts_n =
            compact_segments_take_chain(run->log.segments, run->log.segments_n, i, parts);
        TRY(compact_segments_join_chain(run, parts, parts_n, &run->log.segments[kept++]));
    }
    run->log.segments_n = kept;
    return status_ok();
}

confx_status_t compact_segments(run_t *run)
{
    if (run->log.segments_n <= SEGMENTS_MOST) return status_ok();
    segment_t *parts = malloc(run->log.segments_n * sizeof *parts);
    if (!parts)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu segments", run->log.segments_n);
    const confx_status_t status = compact_segments_join_all(run, parts);
    free(parts);
    return status;
}
