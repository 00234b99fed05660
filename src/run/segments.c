/* The segments that a checkpoint stands on, when a run is resumed. */
#include "confx/file.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static confx_status_t segments_verify(run_t *run)
{
    const samples_shape_t shape = rows_shape(run);
    for (size_t i = 0; i < run->log.segments_n; i++)
        TRY(store_segment_verify(run->job->output, run->id, &run->log.segments[i], &shape,
                                 &run->log.foreign));
    return status_ok();
}

/* Rows that the run.h5 of the directory holds itself; 0 when it does not, is of another run, not
   there or damaged. */
static confx_status_t segments_held(const run_t *run, uint64_t *rows)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    int64_t samples = 0;
    bool alone = false;
    *rows = 0;
    TRY(file_join(run->job->output, "run.h5", path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_OK) status = store_check_run_id(store, run->id, RUN_CHECKPOINT);
    if (status.code == CONFX_STATUS_OK) status = store_is_self_contained(store, &alone);
    if (status.code == CONFX_STATUS_OK && alone)
        status = store_read_integer(store, "/", "samples", &samples);
    store_close(store);
    /* What is missing or damaged has no rows to give, which is an answer; what cannot be read just
       now is a failure, as the rows may be there. */
    if (status.code == CONFX_STATUS_OK && samples > 0) *rows = (uint64_t)samples;
    const bool none = status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED;
    return none ? status_ok() : status;
}

/* A finished run's segments may have been tidied away, and it goes on all the same: one segment of
   its rows. */
static confx_status_t segments_regain(run_t *run)
{
    segment_t segment = {.start = 0};
    const unsigned long long rows = run->samples;
    (void)snprintf(segment.name, sizeof segment.name, "rows%012llu_%llux%llu.h5", 0ULL, 1ULL, rows);
    const samples_shape_t shape = rows_shape(run);
    TRY(store_segment_regain(run->job->output, run->id, run->samples, &shape, &segment,
                             run->guard));
    /* The list of what was there is given up: its files are gone, and one segment holds all of
       their rows. */
    segment_t *one = realloc(run->log.segments, sizeof *one);
    if (!one) return status_fail(CONFX_STATUS_MEMORY, "no memory for a segment");
    *one = segment;
    run->log.segments = one;
    run->log.segments_n = 1;
    run->log.segments_room = 1;
    run->log.regained = true;
    return status_ok();
}

confx_status_t segments_check(run_t *run)
{
    uint64_t rows;
    bool told = false;
    /* Three things may hold the rows: segments as the checkpoint lists them, run.h5 itself, or
       both. */
    TRY(segments_held(run, &rows));
    const bool held = run->samples > 0 && rows >= run->samples;
    /* A finished run whose run.h5 stands alone needs none, unless that has to be written again. */
    if (run->done && held && !run->fell_back) TRY(resume_is_told(run, &told));
    if (told) return status_ok();
    const confx_status_t status = segments_verify(run);
    return status.code == CONFX_STATUS_DAMAGED && held && !run->log.foreign ? segments_regain(run)
                                                                            : status;
}
