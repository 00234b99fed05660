/* Back into a run from its last checkpoint, on any number of ranks. Every rank reads the
   checkpoint; the root also verifies the segments it stands on and clears away those that came
   after it, which will be made again. */
#include "confx/arena.h"
#include "confx/figures.h"
#include "confx/file.h"
#include "confx/job_words.h"
#include "confx/master.h"
#include "confx/search_state.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- is there a run -------------------------------------------------------------------------- */

static confx_status_t resume_has(const run_t *run, const char *name, bool *has)
{
    char path[FILE_PATH_MAX];
    *has = false;
    TRY(file_join(run->job->output, name, path));
    return file_has(path, has);
}

/* Is there a file to write into where the directory should be? */
static confx_status_t resume_check_directory(const char *output)
{
    file_kind_t kind;
    TRY(file_look(output, &kind));
    if (kind == FILE_ABSENT || kind == FILE_DIRECTORY) return status_ok();
    return status_input(NULL, 0, "output", "%s is a file, expected a directory", output);
}

/* A certificate's design has no checkpoint, and nothing to go on with. */
static confx_status_t resume_refuse_certified(const run_t *run)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    bool certified;
    TRY(file_join(run->job->output, "run.h5", path));
    /* Of one that cannot be read the caller says that there is no checkpoint, which is as true. */
    confx_status_t status = store_open(path, &store);
    if (status.code != CONFX_STATUS_OK) return status_ok();
    status = store_is_certified(store, &certified);
    store_close(store);
    TRY(status);
    if (!certified) return status_ok();
    return status_input(NULL, 0, "--resume",
                        "%s holds a proven optimum, which was not searched: there is nothing to go "
                        "on with",
                        run->job->output);
}

confx_status_t resume_check(run_t *run, bool resume, bool *found)
{
    bool master;
    bool previous;
    TRY(resume_check_directory(run->job->output));
    TRY(resume_has(run, RUN_CHECKPOINT, found));
    TRY(resume_has(run, RUN_CHECKPOINT_PREVIOUS, &previous));
    TRY(resume_has(run, "run.h5", &master));
    *found = *found || previous;
    const bool used = *found || master;
    if (used && resume && !*found) TRY(resume_refuse_certified(run));
    /* Nothing is written over that somebody may still want: without --resume a directory with a
       run is refused, and with it one whose run has nothing to go on from. */
    if (used && !resume)
        return status_input(
            NULL, 0, "output",
            "%s already holds a run; go on with it by --resume, or choose another directory",
            run->job->output);
    if (used && !*found)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: holds run.h5 but no checkpoint to go on from",
                           run->job->output);
    return status_ok();
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The job must be the one the run was started with; where it writes, and how often, may change, and
   samples grow. */
static confx_status_t resume_compare_jobs(const job_t *before, const job_t *job)
{
    job_difference_t difference;
    if (job_differ(before, job, &difference))
        return status_input(
            NULL, 0, "--resume",
            "the run in %s was started with another job: its %s is %s, that of this one is %s",
            job->output, difference.key, difference.one, difference.other);
    if (before->search.samples <= job->search.samples) return status_ok();
    return status_input(
        NULL, 0, "--resume",
        "the search.samples of the run in %s are %llu, those of this job %llu: they may only grow",
        job->output, (unsigned long long)before->search.samples,
        (unsigned long long)job->search.samples);
}

static confx_status_t resume_same_job(store_t *store, const job_t *job, uint64_t *samples_before)
{
    char *text;
    job_t *before;
    TRY(store_read_text(store, "/", "job", &text));
    confx_status_t status = job_parse(text, job->output, NULL, 0, &before);
    free(text);
    TRY(status);
    status = resume_compare_jobs(before, job);
    *samples_before = before->search.samples;
    job_close(before);
    return status;
}

/* ---- legs ------------------------------------------------------------------------------------ */

static confx_status_t resume_read_logged_legs(run_t *run, store_t *store, uint64_t samples_before)
{
    /* Checkpoints from before runs could be extended have no list: there is one leg, of the job's
       samples. */
    int64_t legs[LEGS_MAX][2] = {{(int64_t)samples_before, 0}};
    size_t n = 1;
    bool has;
    TRY(store_has(store, "/run/legs", &has));
    if (has) {
        TRY(store_rows(store, "/run/legs", &n));
        if (n < 1 || n > LEGS_MAX)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: %zu legs of a run", run->job->output, n);
        TRY(counters_read_array(store, "/run/legs", ARRAY_I64, n, 2, legs));
    }
    for (size_t i = 0; i < n; i++)
        run->legs[i] = (leg_t){(uint64_t)legs[i][0], (uint64_t)legs[i][1]};
    run->legs_n = n;
    if (run->legs[n - 1].samples == samples_before) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: its last leg has %llu samples, its job %llu",
                       run->job->output, (unsigned long long)run->legs[n - 1].samples,
                       (unsigned long long)samples_before);
}

/* A job of more samples is one more leg. Which is at work follows from the samples taken. */
static confx_status_t resume_read_legs(run_t *run, store_t *store, uint64_t samples_before)
{
    const uint64_t wanted = run->job->search.samples;
    TRY(resume_read_logged_legs(run, store, samples_before));
    if (wanted > run->legs[run->legs_n - 1].samples) {
        if (run->legs_n == LEGS_MAX)
            return status_input(NULL, 0, "--resume",
                                "the run in %s was extended %d times, no more is possible",
                                run->job->output, LEGS_MAX - 1);
        run->legs[run->legs_n++] = (leg_t){.samples = wanted};
        run->extended = true;
    }
    run->leg = 0;
    /* A leg whose samples are all taken is over. Where it has just ended, its updates are known
       only now. */
    while (run->leg + 1 < run->legs_n && run->samples >= run->legs[run->leg].samples) run->leg++;
    if (run->leg && run->samples == run->legs[run->leg - 1].samples)
        run->legs[run->leg - 1].updates = run->updates;
    TRY(counters_check_legs(run));
    run->stages_n = stages_plan(run, run->stages);
    if (run->stage >= run->stages_n)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: stage %zu of %zu", run->job->output,
                           run->stage, run->stages_n);
    if (run->stage > 0) stage_inherit(run);
    return counters_check_stage(run);
}

/* At the beginning of an extension, whose search has more room than the checkpoint's had. */
static bool resume_begins_leg(const run_t *run)
{
    return run->leg && run->samples == run->legs[run->leg - 1].samples;
}

/* What a run remembers: n keys, and (n, width) values. */
typedef struct {
    size_t n, width;
    int64_t *keys;
    double *values;
    arena_t arena;
} resume_memory_t;

/* Records as a memory has them, one after the other: the key, then its values. */
static confx_status_t resume_enter_memory(run_t *run, resume_memory_t *from)
{
    const problem_t *problem = run->setting.problem;
    const size_t bytes = memory_record_bytes(run->memory);
    const uint64_t most = problem_distinct(problem) * space_points(problem_space(problem));
    char *record;
    ARENA_TAKE(&from->arena, record, bytes);
    TRY(arena_status(&from->arena, "what a run remembers"));
    for (size_t i = 0; i < from->n; i++) {
        const uint64_t key = (uint64_t)from->keys[i];
        if (!problem_model(problem)->scores_networks && key >= most)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: no such point in the memory: %lld",
                               run->job->output, (long long)from->keys[i]);
        memcpy(record, &key, sizeof key);
        memcpy(record + sizeof key, from->values + i * from->width,
               from->width * sizeof *from->values);
        /* Checkpoints list records by their keys: they may get other numbers than they had. */
        TRY(memory_enter(run->memory, record, 1));
    }
    memory_settle(run->memory);
    return status_ok();
}

/* What cannot be told, such as the range of a budget that must be sampled, is NaN before and now.
 */
static bool resume_is_alike(double before, double now)
{
    return before == now || (isnan(before) && isnan(now));
}

static bool resume_still_costs(run_t *run, uint64_t key, double cost)
{
    const uint64_t points = space_points(problem_space(run->setting.problem));
    const double now = problem_share(run->setting.problem, (size_t)(key / points), key % points);
    return resume_is_alike(cost, now);
}

/* Runs that keep no inputs name files, and these may have changed since: then what is remembered is
   of another problem. So may the program. */
static confx_status_t resume_same_problem(run_t *run, store_t *store, const resume_memory_t *was)
{
    const model_t *model = problem_model(run->setting.problem);
    double before[RUN_NEEDS];
    double now[RUN_NEEDS];
    TRY(counters_read_array(store, "/run/needs", ARRAY_F64, RUN_NEEDS, 0, before));
    run_needs(run, now);
    bool same = true;
    for (size_t i = 0; i < RUN_NEEDS; i++) same = same && resume_is_alike(before[i], now[i]);
    /* What an expensive model has told is not asked for again. */
    for (size_t i = 0; model_is_cheap(model) && !model->scores_networks && same && i < was->n; i++)
        /* Every point that is remembered is evaluated anew: a cheap model takes a microsecond, and
           a single cost that differs is enough to refuse. */
        same = resume_still_costs(run, (uint64_t)was->keys[i], was->values[i * was->width]);
    if (same) return status_ok();
    return status_input(NULL, 0, "--resume",
                        "the run in %s was started with another workload, dataflow or hardware "
                        "file, or by a program "
                        "with another cost model: it no longer gives what the run remembers",
                        run->job->output);
}

static confx_status_t resume_read_points(run_t *run, store_t *store, resume_memory_t *memory)
{
    memory->width = memory_values(run->memory);
    TRY(store_rows(store, "/memory/keys", &memory->n));
    ARENA_TAKE(&memory->arena, memory->keys, memory->n);
    ARENA_TAKE(&memory->arena, memory->values, memory->n * memory->width);
    TRY(arena_status(&memory->arena, "%zu points", memory->n));
    TRY(counters_read_array(store, "/memory/keys", ARRAY_I64, memory->n, 0, memory->keys));
    TRY(counters_read_array(store, "/memory/values", ARRAY_F64, memory->n, memory->width,
                            memory->values));
    TRY(resume_enter_memory(run, memory));
    /* All ranks have read the same file and would find the same: the root checks it, for all. */
    if (!cluster_is_root(run->cluster)) return status_ok();
    TRY(resume_same_problem(run, store, memory));
    return best_check(run); /* of this problem, that is now known */
}

static confx_status_t resume_read_memory(run_t *run, store_t *store)
{
    resume_memory_t memory = {.n = 0};
    const confx_status_t status = resume_read_points(run, store, &memory);
    arena_close(&memory.arena);
    return status;
}

static confx_status_t resume_read_scored(run_t *run, store_t *store)
{
    size_t n = 0;
    if (!run->scored) return status_ok();
    TRY(store_rows(store, "/scored/keys", &n));
    if (n > run->samples)
        return status_fail(CONFX_STATUS_DAMAGED, "%s: %zu assignments were scored in %llu samples",
                           run->job->output, n, (unsigned long long)run->samples);
    uint64_t *keys = calloc(n + 1, sizeof *keys);
    if (!keys) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu assignments", n);
    const confx_status_t status = counters_read_array(store, "/scored/keys", ARRAY_I64, n, 0, keys);
    if (status.code == CONFX_STATUS_OK) scored_enter(run->scored, keys, n);
    free(keys);
    return status;
}

static confx_status_t resume_read_progress(run_t *run, store_t *store)
{
    size_t n = 0;
    TRY(store_rows(store, progress_name(PROGRESS_samples), &n));
    TRY(progress_reserve(&run->root.progress, n + 1));
    for (int column = 0; column < PROGRESS_COLUMNS; column++)
        TRY(store_read_rows(store, progress_name((progress_column_t)column), ARRAY_F64, 0, n,
                            run->root.progress.columns[column]));
    run->root.progress.n = n;
    return status_ok();
}

/* They must hold each row of the run once, or what goes on from here would leave a table with
   holes. */
static confx_status_t resume_read_segments(run_t *run, store_t *store)
{
    TRY(store_read_segments(store, &run->log.segments, &run->log.segments_n));
    run->log.segments_room = run->log.segments_n;
    return store_check_cover(store, run->log.segments, run->log.segments_n, run->samples);
}

/* What a policy had learned in a stage before this one. */
static confx_status_t resume_read_learned(run_t *run, store_t *store)
{
    bool is = false;
    if (search_policy(run->work.search) || !cluster_is_root(run->cluster)) return status_ok();
    TRY(policy_file_is_in(store, &is));
    return is ? policy_file_read(store, &run->root.learned) : status_ok();
}

/* Where an extension begins, memories of samples may have more rows than they had: the new ones are
   empty. */
static confx_status_t resume_read_state(store_t *store, const array_t *array, bool grows)
{
    array_t found;
    if (!grows) return store_read(store, array);
    TRY(store_describe(store, array->name, &found));
    const bool fits =
        found.rank == array->rank && found.type == array->type && found.dims[0] < array->dims[0];
    for (size_t i = 1; fits && i < array->rank; i++)
        if (found.dims[i] != array->dims[i]) return store_read(store, array); /* which tells it */
    if (!fits) return store_read(store, array);
    return store_read_rows(store, array->name, array->type, 0, found.dims[0], array->data);
}

/* The algorithm's own state, into the memory it works on. */
static confx_status_t resume_read_search(run_t *run, store_t *store)
{
    TRY(resume_read_learned(run, store));
    array_t arrays[SEARCH_ARRAYS_MAX];
    const size_t n = search_arrays(run->work.search, arrays);
    for (size_t i = 0; i < n; i++)
        TRY(resume_read_state(store, &arrays[i], resume_begins_leg(run)));
    /* The arrays have been read into the search's own memory. It looks at them before it uses any:
       the checksum says only that they are what was written. */
    const char *unsound = search_check(run->work.search);
    if (unsound)
        return status_fail(CONFX_STATUS_DAMAGED,
                           "%s: %s: holds what this search never leaves there", run->job->output,
                           unsound);
    const search_layout_t *layout = &run->work.layout;
    const share_t share = run->work.share;
    if (!layout->state_bytes || !share.n) return status_ok();
    char *states = malloc(share.n * layout->state_bytes);
    if (!states)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the state of %zu islands", share.n);
    confx_status_t status =
        store_read_rows(store, "/units/state", ARRAY_U8, share.first, share.n, states);
    for (size_t i = 0; status.code == CONFX_STATUS_OK && i < share.n; i++)
        if (!search_load_unit(run->work.search, share.first + i, states + i * layout->state_bytes))
            status = status_fail(CONFX_STATUS_DAMAGED,
                                 "%s: /units/state: unit %zu is in no state of this search",
                                 run->job->output, share.first + i);
    free(states);
    return status;
}

static confx_status_t resume_read_text(store_t *store, const char *name, char *out, size_t room)
{
    char *text;
    TRY(store_read_text(store, "/", name, &text));
    (void)snprintf(out, room, "%s", text);
    free(text);
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Segments of an older schema have other columns than those that would come behind them. */
static confx_status_t resume_check_schema(const run_t *run, store_t *store)
{
    int64_t schema;
    TRY(store_read_integer(store, "/", "schema", &schema));
    if (schema == RUN_SCHEMA) return status_ok();
    return status_input(NULL, 0, "--resume",
                        "the run in %s is of schema %lld, this program goes on with schema %d "
                        "only: resume it with the confx that began it, or start anew in another "
                        "directory (--init %s/run.h5 takes its policy along)",
                        run->job->output, (long long)schema, RUN_SCHEMA, run->job->output);
}

static confx_status_t resume_read_before_stage(run_t *run, store_t *store)
{
    TRY(resume_check_schema(run, store));
    uint64_t samples_before = 0;
    TRY(store_read_run_id(store, run->id));
    TRY(resume_same_job(store, run->job, &samples_before));
    TRY(warm_start_read(run, store));
    TRY(counters_read(run, store));
    TRY(resume_read_legs(run, store, samples_before));
    TRY(resume_read_memory(run, store));
    TRY(resume_read_scored(run, store));
    TRY(resume_read_progress(run, store));
    TRY(counters_check_progress(run));
    TRY(resume_read_segments(run, store));
    TRY(resume_read_text(store, "started", run->root.begun, sizeof run->root.begun));
    TRY(resume_read_text(store, "status", run->found, sizeof run->found));
    /* A finished run whose job now asks for more samples is not done. */
    run->done = run_file_is_last(run->found) && run->samples == run->job->search.samples;
    return cluster_is_root(run->cluster) ? segments_check(run) : status_ok();
}

static confx_status_t resume_load_from(run_t *run, const char *name)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    TRY(file_join(run->job->output, name, path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_OK) status = resume_read_before_stage(run, store);
    /* All ranks have read the same file and agree on what came of it, so that they open the stage
       together, or none of them does. */
    status = cluster_agree(run->cluster, status);
    if (status.code == CONFX_STATUS_OK) status = stage_open(run);
    if (status.code == CONFX_STATUS_OK)
        status = cluster_agree(run->cluster, resume_read_search(run, store));
    store_close(store);
    return status;
}

/* Forget all that a checkpoint brings. */
static confx_status_t resume_start_over(run_t *run)
{
    stage_close(run);
    policy_file_close(&run->root.learned);
    free(run->log.segments);
    run->log.segments = NULL;
    run->log.segments_n = 0;
    run->log.segments_room = 0;
    run->root.progress.n = 0;
    memory_close(run->memory);
    run->memory = NULL;
    scored_close(run->scored);
    run->scored = NULL;
    /* Of what is gone on from, the best may be a worse one. */
    TRY(cluster_agree(run->cluster, best_open(run)));
    TRY(cluster_agree(run->cluster, memory_open(run->setting.problem, &run->memory)));
    return cluster_agree(run->cluster, stage_open_scored(run));
}

static void resume_notice(const run_t *run, const char *text)
{
    if (cluster_is_root(run->cluster) && run->listener && run->listener->notice)
        run->listener->notice(run->listener->context, text);
}

/* Is the checkpoint before the newest one to be gone on from? Only where the newest one is damaged
   or not there: one that cannot be read just now, or asks for another program, may be whole. The
   root looks, for all. */
static confx_status_t resume_falls_back(const run_t *run, confx_status_code_t code, bool *falls)
{
    bool newest = true;
    bool previous = false;
    confx_status_t status = status_ok();
    *falls = false;
    if (code != CONFX_STATUS_DAMAGED && code != CONFX_STATUS_INPUT) return status_ok();
    if (cluster_is_root(run->cluster)) {
        status = resume_has(run, RUN_CHECKPOINT, &newest);
        if (status.code == CONFX_STATUS_OK)
            status = resume_has(run, RUN_CHECKPOINT_PREVIOUS, &previous);
        *falls = previous && (code == CONFX_STATUS_DAMAGED || !newest);
    }
    TRY(cluster_agree(run->cluster, status));
    cluster_broadcast(run->cluster, falls, sizeof *falls);
    return status_ok();
}

/* Where a file system has no hard links, a kill in the midst of a commit leaves only the previous
   checkpoint; a damaged newest one is passed over too, and one that stands on damaged segments.
   Both are of one run: run_identity_check has seen to it. */
confx_status_t resume_load(run_t *run)
{
    bool falls;
    const confx_status_t status = resume_load_from(run, RUN_CHECKPOINT);
    TRY(resume_falls_back(run, status.code, &falls));
    /* The search may have to write a segment of that name again, and what lies there may be all
       that another run has of its rows: it is for the user to take it away, and then it is a lost
       segment. */
    cluster_broadcast(run->cluster, &run->log.foreign, sizeof run->log.foreign);
    if (!falls || run->log.foreign) return status;
    resume_notice(run, status.message);
    resume_notice(run, "going on from the checkpoint before it");
    TRY(resume_start_over(run));
    run->fell_back = true;
    return resume_load_from(run, RUN_CHECKPOINT_PREVIOUS);
}

/* One that is damaged or not there does not tell; one that cannot be read is a failure. */
confx_status_t resume_is_told(const run_t *run, bool *current)
{
    char path[FILE_PATH_MAX];
    char status_word[sizeof run->found] = "";
    int64_t samples = -1;
    bool alone = false;
    store_t *store;
    *current = false;
    TRY(file_join(run->job->output, "run.h5", path));
    confx_status_t status = store_open(path, &store);
    if (status.code == CONFX_STATUS_OK)
        status = resume_read_text(store, "status", status_word, sizeof status_word);
    if (status.code == CONFX_STATUS_OK)
        status = store_read_integer(store, "/", "samples", &samples);
    if (status.code == CONFX_STATUS_OK) status = store_is_self_contained(store, &alone);
    store_close(store);
    const bool other = status.code == CONFX_STATUS_INPUT || status.code == CONFX_STATUS_DAMAGED;
    if (!other) TRY(status);
    /* It is the checkpoint's if it says the same status and samples, and holds its rows itself
       exactly if the run has ended. */
    *current = !other && alone == run_file_is_last(run->found) &&
               !strcmp(status_word, run->found) && samples == (int64_t)run->samples;
    return status_ok();
}

static confx_status_t resume_mend(run_t *run)
{
    bool told;
    TRY(resume_is_told(run, &told));
    return told ? status_ok() : run_file_write(run, run->found);
}

/* Out of the way, or the next commit would keep it in place of the good one before it. */
static confx_status_t resume_lay_aside(const run_t *run)
{
    char path[FILE_PATH_MAX];
    char aside[FILE_PATH_MAX];
    TRY(file_join(run->job->output, RUN_CHECKPOINT, path));
    TRY(file_join(run->job->output, RUN_CHECKPOINT_DAMAGED, aside));
    TRY(guard_ask(run->guard));
    if (rename(path, aside) == 0 || errno == ENOENT) return status_ok();
    return status_fail(CONFX_STATUS_IO, "%s: cannot be renamed to " RUN_CHECKPOINT_DAMAGED ": %s",
                       path, strerror(errno));
}

/* What the directory says becomes what the run goes on from, before the first new row. It is so
   already where nothing was passed over: then at most run.h5 is older than the checkpoint, by a
   kill between the two. Otherwise a commit says it. Until that has put run.h5 in place, the one of
   before stands, and all segments that it names, though they may be of a checkpoint that is
   damaged; only behind it are segments of these names written again, or any taken away. So no
   reader ever sees a row that is not there, or another one. A kill at any point of this leads here
   again. */
confx_status_t resume_settle(run_t *run)
{
    const bool root = cluster_is_root(run->cluster);
    if (run->fell_back)
        TRY(cluster_agree(run->cluster, root ? resume_lay_aside(run) : status_ok()));
    /* Segments made again of run.h5's rows are in no checkpoint yet, and that run.h5 must not go
       before they are. */
    const bool anew =
        cluster_any(run->cluster, run->extended || run->fell_back || run->log.regained);
    if (anew)
        TRY(commit(run, run->done ? run->found : "running"));
    else
        TRY(cluster_agree(run->cluster, root ? resume_mend(run) : status_ok()));
    return cluster_agree(run->cluster, root ? run_tidy_resumed(run) : status_ok());
}

confx_status_t resume_next_leg(run_t *run)
{
    const uint64_t samples_before =
        run->root.samples_before; /* of this session: speed is told by it */
    const double started = run->root.started;
    const double seconds_before = run->root.seconds_before;
    TRY(resume_start_over(run));
    TRY(resume_load_from(run, RUN_CHECKPOINT));
    run->root.samples_before = samples_before;
    run->root.started = started;
    run->root.seconds_before = seconds_before;
    return status_ok();
}
