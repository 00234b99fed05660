/* A commit: segments first, then the checkpoint that stands on them, then run.h5 over both. Each is
   whole or absent, and on the disk before the next one begins, so that each stands only on what is
   there (src/DECISIONS.md, "How a commit is made"). */
#include "confx/file.h"
#include "confx/search_state.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

/* ---- the checkpoint -------------------------------------------------------------------------- */

/* The memory of the arrays must outlive the shelf. */
static void commit_show_segments(const run_t *run, array_t arrays[SEGMENT_ARRAYS],
                                 datasets_t *datasets)
{
    datasets->failed |=
        store_segments_pack(run->log.segments, run->log.segments_n, arrays).code != CONFX_STATUS_OK;
    for (size_t i = 0; !datasets->failed && i < SEGMENT_ARRAYS; i++)
        datasets_show_array(datasets, &arrays[i]);
}

static void commit_show_memory(const run_t *run, datasets_t *datasets)
{
    const size_t n = memory_size(run->memory);
    const size_t width = memory_values(run->memory);
    const size_t bytes = memory_record_bytes(run->memory);
    int64_t *keys = datasets_make(datasets, "/memory/keys", ARRAY_I64, n, 0, NULL);
    double *values = datasets_make(datasets, "/memory/values", ARRAY_F64, n, width, NULL);
    char *records = malloc(n * bytes + 1);
    datasets->failed |= !records;
    if (keys && values && records) {
        memory_list(run->memory, records);
        for (size_t i = 0; i < n; i++) {
            /* A record is its key and then its values. In the file they are two datasets, which
               other programs can read. */
            keys[i] = (int64_t)memory_key(run->memory, records, i);
            memcpy(values + i * width, records + i * bytes + sizeof(uint64_t),
                   width * sizeof *values);
        }
    }
    free(records);
}

static void commit_show_scored(const run_t *run, datasets_t *datasets)
{
    size_t n = 0;
    const uint64_t *keys = run->scored ? scored_list(run->scored, &n) : NULL;
    int64_t *copies = datasets_make(datasets, "/scored/keys", ARRAY_I64, n, 0, NULL);
    if (copies && keys) memcpy(copies, keys, n * sizeof *keys);
}

static void commit_show_counters(run_t *run, datasets_t *datasets)
{
    int64_t *counters = datasets_make(datasets, "/run/counters", ARRAY_I64, RUN_COUNTERS, 0, NULL);
    double *needs = datasets_make(datasets, "/run/needs", ARRAY_F64, RUN_NEEDS, 0, NULL);
    datasets_real(datasets, "/run/seconds",
                  run->root.seconds_before + clock_seconds() - run->root.started, "s");
    int64_t *legs = datasets_make(datasets, "/run/legs", ARRAY_I64, run->legs_n, 2, NULL);
    for (size_t i = 0; legs && i < run->legs_n; i++) {
        legs[2 * i] = (int64_t)run->legs[i].samples;
        legs[2 * i + 1] = (int64_t)run->legs[i].updates;
    }
    /* A failure for want of memory stays with the datasets and is told when they are written. */
    if (!counters || !needs) return;
    run_needs(run, needs);
    const int64_t values[RUN_COUNTERS] = {[COUNTER_STAGE] = (int64_t)run->stage,
                                          [COUNTER_UPDATES] = (int64_t)run->updates,
                                          [COUNTER_SAMPLES] = (int64_t)run->samples,
                                          [COUNTER_STAGE_UPDATES] = (int64_t)run->stage_updates,
                                          [COUNTER_STAGE_SAMPLES] = (int64_t)run->stage_samples,
                                          [COUNTER_FEASIBLE] = (int64_t)run->root.feasible};
    memcpy(counters, values, sizeof values);
}

static void commit_show_search(run_t *run, datasets_t *datasets, void *unit_states)
{
    array_t arrays[SEARCH_ARRAYS_MAX];
    const size_t n = search_arrays(run->work.search, arrays);
    for (size_t i = 0; i < n; i++) datasets_show_array(datasets, &arrays[i]);
    if (run->work.layout.state_bytes)
        datasets_show(datasets, "/units/state", ARRAY_U8, run->work.layout.units,
                      run->work.layout.state_bytes, unit_states, NULL);
}

static confx_status_t commit_write_checkpoint(run_t *run, const char *status_word,
                                              void *unit_states)
{
    char path[FILE_PATH_MAX];
    char previous[FILE_PATH_MAX];
    array_t segments[SEGMENT_ARRAYS] = {{.data = NULL}};
    datasets_t datasets;
    confx_status_t status;
    datasets_begin(&datasets);
    commit_show_counters(run, &datasets);
    best_show(run, &datasets);
    commit_show_search(run, &datasets, unit_states);
    stage_take_policy(run);
    policy_file_show(&run->root.learned, !search_policy(run->work.search),
                     &datasets); /* else the search shows its own */
    commit_show_memory(run, &datasets);
    commit_show_scored(run, &datasets);
    commit_show_segments(run, segments, &datasets);
    progress_show(run, &datasets);
    datasets_integer(&datasets, "schema", RUN_SCHEMA);
    datasets_text(&datasets, "run_id", run->id);
    datasets_text(&datasets, "job", run->job->text);
    warm_start_show(run, &datasets);
    inputs_show(run->setting.inputs, run->job->output, &datasets);
    datasets_text(&datasets, "started", run->root.begun);
    datasets_text(&datasets, "status", status_word);
    TRY_OUT(datasets_status(&datasets));
    TRY_OUT(file_join(run->job->output, RUN_CHECKPOINT, path));
    TRY_OUT(file_join(run->job->output, RUN_CHECKPOINT_PREVIOUS, previous));
    TRY_OUT(store_replace(path, previous, datasets.arrays, datasets.arrays_n, datasets.attributes,
                          datasets.attributes_n, run->guard));
out:
    datasets_end(&datasets);
    store_segments_unpack(segments);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void commit_save_units(const run_t *run, char *mine)
{
    for (size_t i = 0; i < run->work.share.n; i++)
        search_save_unit(run->work.search, run->work.share.first + i,
                         mine + i * run->work.layout.state_bytes);
}

/* The segments of all nodes are on the disk by now. A kill or a failure before the checkpoint
   leaves the run as it was at the last commit, and files that nothing names; one behind it a run
   that resumes from here, which writes run.h5 anew (resume_mend). */
static confx_status_t commit_write_root(run_t *run, const char *status_word, void *unit_states)
{
    const bool found = !isnan(run_best_objective(run));
    TRY(compact_segments(run));
    /* What "complete" promises is there before anything says so: nobody comes back to a finished
       run for the rest. */
    if (run_file_is_last(status_word) && found) TRY(assignment_write(run));
    TRY(commit_write_checkpoint(run, status_word, unit_states));
    TRY(run_file_write(run, status_word));
    run->root.committed = clock_seconds();
    return status_ok();
}

confx_status_t commit(run_t *run, const char *status_word)
{
    const bool root = cluster_is_root(run->cluster);
    const size_t bytes = run->work.layout.state_bytes;
    char *mine = calloc(run->work.share.n * bytes + 1, 1);
    char *all = calloc(root ? run->work.layout.units * bytes + 1 : 1, 1);
    confx_status_t status =
        mine && all ? status_ok() : status_fail(CONFX_STATUS_MEMORY, "no memory for a checkpoint");
    /* Of a directory that is another's by now, or gone, not even temporaries are made. */
    if (root && status.code == CONFX_STATUS_OK) status = guard_ask(run->guard);
    TRY_OUT(cluster_agree(run->cluster, status));
    TRY_OUT(rows_commit(run));
    /* States of units are taken behind the samples' way to the disk, of which no rank changes any
       more: the root gets those of all ranks, in the order of units. */
    commit_save_units(run, mine);
    if (bytes) cluster_gather(run->cluster, run->work.layout.units, bytes, mine, all);
    /* The other ranks wait for the root in the agreement. Nobody goes on to new samples before the
       checkpoint stands, or all end with its failure. */
    status = root ? commit_write_root(run, status_word, all) : status_ok();
    TRY_OUT(cluster_agree(run->cluster, status));
out:
    free(mine);
    free(all);
    return status;
}
