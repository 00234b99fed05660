/* Segments that nothing stands on any more, and when they may go. A reader may have run.h5 open as
   it was some commits ago, and opens segments only when it reads: one that is taken away under it
   turns into fill values. So no running search removes any; whoever owns the directory next does,
   an hour later. */
#include "confx/file.h"
#include "confx/run_directory.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* ---- removing -------------------------------------------------------------------------------- */

/* What lies at the path: of what is not there *found is false. */
static confx_status_t run_tidy_look(const char *path, struct stat *facts, bool *found)
{
    *found = lstat(path, facts) == 0;
    if (*found || errno == ENOENT || errno == ENOTDIR) return status_ok();
    return status_fail(errno == ENOMEM ? CONFX_STATUS_MEMORY : CONFX_STATUS_IO,
                       "%s: cannot be looked at: %s", path, strerror(errno));
}

/* Seconds since it was written. */
static double run_tidy_age(const struct stat *facts)
{
    return difftime(time(NULL), facts->st_mtime);
}

static bool run_tidy_is_needed(const needed_t *needed, const char *name)
{
    for (size_t i = 0; i < needed->n; i++)
        if (!strcmp(needed->names[i], name)) return true;
    return false;
}

typedef struct {
    const needed_t *needed;
    bool now; /* whatever their age */
    bool old; /* run.h5 as it is now has been there for an hour, so no reader has one that names
                 other segments */
    const guard_t *guard;
    run_tidied_t *tidied;
} tidy_walk_t;

static confx_status_t run_tidy_one(void *context, const char *path, const char *name)
{
    const tidy_walk_t *walk = context;
    run_tidied_t *tidied = walk->tidied;
    struct stat facts;
    bool found;
    if (run_tidy_is_needed(walk->needed, name)) return status_ok();
    TRY(run_tidy_look(path, &facts, &found));
    if (!found || !S_ISREG(facts.st_mode)) return status_ok();
    const bool goes = walk->now || (walk->old && run_tidy_age(&facts) >= FILE_TIDY_AGE);
    /* The guard is asked before each removal, so that nothing is taken from who has taken over
       meanwhile. */
    if (goes) TRY(guard_ask(walk->guard));
    if (goes) TRY(file_remove(path));
    *(goes ? &tidied->files : &tidied->kept_files) += 1;
    *(goes ? &tidied->bytes : &tidied->kept_bytes) += (uint64_t)facts.st_size;
    return status_ok();
}

confx_status_t run_tidy_segments(const char *run_dir, const needed_t *needed, bool now,
                                 const guard_t *guard, run_tidied_t *tidied)
{
    char master[FILE_PATH_MAX], directory[FILE_PATH_MAX];
    struct stat facts;
    bool found;
    TRY(file_join(run_dir, "run.h5", master));
    TRY(file_join(run_dir, "segments", directory));
    TRY(file_has_directory(directory, &found));
    if (!found) return status_ok();
    TRY(run_tidy_look(master, &facts, &found));
    tidy_walk_t walk = {needed, now, !found || run_tidy_age(&facts) >= FILE_TIDY_AGE, guard,
                        tidied};
    return file_each(directory, run_tidy_one, &walk);
}

/* ---- what is needed -------------------------------------------------------------------------- */

static void run_tidy_needed_close(needed_t *needed)
{
    free(needed->names);
    *needed = (needed_t){.n = 0};
}

static confx_status_t run_tidy_needed_make_room(needed_t *needed, size_t n)
{
    segment_name_t *grown = realloc(needed->names, (needed->n + n + 1) * sizeof *grown);
    if (!grown)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the names of %zu segments", n);
    needed->names = grown;
    return status_ok();
}

static confx_status_t run_tidy_needed_add(needed_t *needed, const char *name)
{
    TRY(run_tidy_needed_make_room(needed, 1));
    (void)snprintf(needed->names[needed->n++], sizeof *needed->names, "%s", name);
    return status_ok();
}

/* Those a checkpoint goes on from, unless run.h5 holds all its rows itself. */
static confx_status_t run_tidy_needed_by_store(store_t *store, uint64_t held, needed_t *needed)
{
    int64_t counters[RUN_COUNTERS];
    segment_t *segments;
    size_t n;
    confx_status_t status = status_ok();
    TRY(store_read_rows(store, "/run/counters", ARRAY_I64, 0, RUN_COUNTERS, counters));
    /* Rows that run.h5 holds can be had from there, if the run goes on from this checkpoint. */
    if (counters[COUNTER_SAMPLES] >= 0 && (uint64_t)counters[COUNTER_SAMPLES] <= held)
        return status_ok();
    TRY(store_read_segments(store, &segments, &n));
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
        status = run_tidy_needed_add(needed, segments[i].name);
    free(segments);
    return status;
}

/* Of another run than run.h5, it tells nothing of what may go. */
static confx_status_t run_tidy_needed_by_checkpoint(const char *run_dir, const char *name,
                                                    const char *id, uint64_t held, needed_t *needed)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    bool has;
    TRY(file_join(run_dir, name, path));
    TRY(file_has(path, &has));
    if (!has) return status_ok();
    TRY(store_open(path, &store));
    confx_status_t status = store_check_run_id(store, id, "run.h5");
    if (status.code == CONFX_STATUS_OK) status = run_tidy_needed_by_store(store, held, needed);
    store_close(store);
    return status;
}

static confx_status_t run_tidy_needed_by_master(store_t *store, needed_t *needed)
{
    char **names;
    size_t n;
    confx_status_t status = status_ok();
    TRY(store_sources(store, &names, &n));
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
        status = run_tidy_needed_add(needed, names[i]);
    file_names_close(names, n);
    return status;
}

static confx_status_t run_tidy_needed_find(const char *run_dir, store_t *store, needed_t *needed)
{
    int64_t held = 0;
    char id[RUN_ID_MAX];
    bool alone;
    TRY(store_read_run_id(store, id));
    TRY(store_is_self_contained(store, &alone));
    /* A run.h5 that holds its rows needs no segment; any other needs all that it names. What the
       two checkpoints go on from is needed besides. */
    if (alone)
        TRY(store_read_integer(store, "/", "samples", &held));
    else
        TRY(run_tidy_needed_by_master(store, needed));
    TRY(run_tidy_needed_by_checkpoint(run_dir, RUN_CHECKPOINT, id, (uint64_t)held, needed));
    return run_tidy_needed_by_checkpoint(run_dir, RUN_CHECKPOINT_PREVIOUS, id, (uint64_t)held,
                                         needed);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t run_tidy_store(const char *run_dir, store_t *store, bool now,
                                     const guard_t *guard, run_tidied_t *tidied)
{
    needed_t needed = {.n = 0};
    confx_status_t status;
    TRY_OUT(run_tidy_needed_find(run_dir, store, &needed));
    TRY_OUT(run_tidy_segments(run_dir, &needed, now, guard, tidied));
out:
    run_tidy_needed_close(&needed);
    return status;
}

/* The directory is taken first: so nobody is at work in it, on whatever node, and what is read here
   stays as it is. */
confx_status_t run_tidy(const char *run_dir, bool now, run_tidied_t *tidied)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    owner_t *owner = NULL;
    confx_status_t status;
    *tidied = (run_tidied_t){.files = 0};
    TRY(file_join(run_dir, "run.h5", path));
    TRY(file_reach(path));
    TRY(owner_take(run_dir, &(owner_options_t){.bare = true},
                   &owner)); /* a full disk is why one tidies */
    TRY_OUT(store_open_run(path, &store));
    TRY_OUT(run_tidy_store(run_dir, store, now, owner_guard(owner), tidied));
out:
    store_close(store);
    owner_close(owner);
    return status;
}

confx_status_t run_tidy_resumed(const run_t *run)
{
    char path[FILE_PATH_MAX];
    store_t *store;
    run_tidied_t tidied = {.files = 0};
    needed_t needed = {.n = 0};
    TRY(file_join(run->job->output, "run.h5", path));
    TRY(store_open(path, &store));
    confx_status_t status = run_tidy_needed_find(run->job->output, store, &needed);
    const bool known = status.code == CONFX_STATUS_OK;
    /* Where it cannot be told what is needed nothing is removed, and the run goes on: that costs
       room, but no rows. */
    status = known ? run_tidy_segments(run->job->output, &needed, false, run->guard, &tidied)
                   : status_ok();
    run_tidy_needed_close(&needed);
    store_close(store);
    return status;
}
