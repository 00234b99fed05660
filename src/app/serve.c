/* confx serve SPOOL */
#include "app/app.h"
#include "app/live.h"
#include "app/option.h"
#include "confx/array.h"
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/scheduler.h"
#include "confx/spool_list.h"
#include "confx/text.h"
#include "confx/try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_RANKS = 'r', KEY_IDLE = 'i', KEY_LEASE = 'l' };

typedef struct {
    const char *directory;
    int64_t ranks;
    double idle, lease; /* seconds; idle: infinity for ever */
} serve_options_t;

static error_t serve_take_seconds(struct argp_state *state, const char *option,
                                  const char *argument, double *seconds)
{
    double value;
    if (text_to_real(argument, &value) && value > 0) {
        *seconds = value;
        return 0;
    }
    argp_error(state, "%s: expected a number of seconds above 0, found `%s'", option, argument);
    return EINVAL;
}

static error_t serve_parse(int key, char *argument, struct argp_state *state)
{
    serve_options_t *options = state->input;
    switch (key) {
    case KEY_RANKS:
        return option_whole(state, (option_whole_t){"--ranks-per-search", 1, 65535}, argument,
                            &options->ranks);
    case KEY_IDLE:
        return serve_take_seconds(state, "--idle", argument, &options->idle);
    case KEY_LEASE:
        return serve_take_seconds(state, "--lease", argument, &options->lease);
    default:
        return option_argument(key, argument, state, "spool directory", &options->directory);
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"ranks-per-search", KEY_RANKS, "N", 0,
         "Ranks of a group, which does one search at a time (default 1)", 0},
        {"idle", KEY_IDLE, "SECONDS", 0,
         "Leave when there was nothing to do for so long (default: stay)", 0},
        {"lease", KEY_LEASE, "SECONDS", 0,
         "Without a sign of life for so long this service counts as dead, and others take up its "
         "jobs (default 60). An "
         "update "
         "of a search on the root must be well below",
         0},
        {0}},
    serve_parse,
    "SPOOL",
    "Do the jobs in a spool, by priority and then in order, on groups of ranks; any number of "
    "services may share one. "
    "On SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 or SIGXCPU running searches stop with a "
    "checkpoint and go back into "
    "the queue, where any "
    "service "
    "takes them up again.\v"
    "Exit codes: 0 idle for long enough, or stopped by a signal with nothing left in the queue; 75 "
    "stopped with jobs "
    "left; 2 bad input; 3 the spool cannot be used any more. Failed jobs are told, and do not "
    "count.",
    NULL,
    NULL,
    NULL};

/* ---- the desk: what the root knows of the jobs at work --------------------------------------- */

typedef struct {
    uint64_t id;
    char name[SPOOL_NAME_MAX];
    bool cancelled;
    scheduler_progress_t progress;
} at_work_t;

typedef struct {
    spool_t *spool;
    const serve_options_t *options;
    at_work_t *jobs; /* (room), jobs_n at work */
    size_t jobs_n, room;
    uint64_t id; /* of the last one */
    job_t *job;  /* of the last task */
    char
        held[SPOOL_NAME_MAX]; /* claimed, and to be done alone: it waits for the others; "": none */
    bool alone;               /* the one at work is to be alone */
    size_t done, failed, cancelled;
    departing_t departing; /* of the designs that were found */
    double busy;           /* clock when there was something to do */
    live_t *live;
    bool lost;             /* taken for dead */
    confx_status_t status; /* why it cannot go on */
} desk_t;

static at_work_t *serve_find(desk_t *desk, uint64_t id)
{
    for (size_t i = 0; i < desk->jobs_n; i++)
        if (desk->jobs[i].id == id) return &desk->jobs[i];
    return NULL;
}

static void serve_keep_status(desk_t *desk, confx_status_t status)
{
    if (desk->status.code == CONFX_STATUS_OK) desk->status = status;
}

static void serve_say(desk_t *desk, const char *name, const char *what, const char *message)
{
    live_clear(desk->live);
    fprintf(stderr, "confx: %s: %s%s%s\n", name, what, *message ? ": " : "",
            text_shown(message).text);
}

static void serve_put(desk_t *desk, const char *name, spool_state_t state,
                      const confx_status_t *outcome, const run_result_t *result)
{
    desk->done += state == SPOOL_DONE;
    desk->failed += state == SPOOL_FAILED;
    desk->cancelled += state == SPOOL_CANCELLED;
    if (result && state == SPOOL_DONE) departing_add(&desk->departing, result);
    if (state == SPOOL_FAILED) serve_say(desk, name, "failed", outcome->message);
    if (state == SPOOL_CANCELLED) serve_say(desk, name, "cancelled", "");
    serve_keep_status(desk, spool_put(desk->spool, name, state, outcome, result));
}

/* ---- what the engine asks -------------------------------------------------------------------- */

static bool serve_reserve(desk_t *desk)
{
    at_work_t *grown = array_grown(desk->jobs, &desk->room, desk->jobs_n + 1, sizeof *grown);
    if (grown) desk->jobs = grown;
    return grown != NULL;
}

/* A job with which services were lost is done alone. Otherwise those at work beside it would be
   counted as lost with it every time, and fail for its sake. It is held back until the others are
   over; meanwhile nothing else is claimed. */
static bool serve_claim(desk_t *desk, char name[SPOOL_NAME_MAX])
{
    if (desk->alone && desk->jobs_n > 0) return false;
    desk->alone = false;
    if (desk->held[0])
        (void)snprintf(name, SPOOL_NAME_MAX, "%s", desk->held);
    else if (!spool_claim(desk->spool, name))
        return false;
    /* The name is taken out of `held` before its losses are counted: it either begins now, since
       nothing else is at work, or goes back into `held` until the others are over. */
    desk->held[0] = 0;
    desk->alone = spool_losses(desk->spool, name) > 0;
    if (!desk->alone || desk->jobs_n == 0) return true;
    (void)snprintf(desk->held, sizeof desk->held, "%s", name);
    return false;
}

/* Claim one that can be done; those that cannot are put where they belong on the way. Where it is
   the spool that fails, the job goes back, and the service ends. */
static bool serve_open_next(desk_t *desk, char name[SPOOL_NAME_MAX])
{
    while (desk->status.code == CONFX_STATUS_OK && serve_claim(desk, name)) {
        const confx_status_t cancelled = status_fail(CONFX_STATUS_STOPPED, "cancelled");
        job_close(desk->job);
        desk->job = NULL;
        desk->busy = clock_seconds();
        if (spool_is_cancelled(desk->spool, name)) {
            serve_put(desk, name, SPOOL_CANCELLED, &cancelled, NULL);
            continue;
        }
        const confx_status_t status = spool_job(desk->spool, name, &desk->job);
        if (status.code == CONFX_STATUS_OK) return true;
        /* A job that cannot be opened has failed for good, unless the reason is the spool or the
           memory of this service: then the job may be sound, and is left for another service. */
        const bool spool_fails =
            status.code == CONFX_STATUS_IO || status.code == CONFX_STATUS_MEMORY;
        if (spool_fails) serve_keep_status(desk, status);
        serve_put(desk, name, spool_fails ? SPOOL_QUEUED : SPOOL_FAILED, &status, NULL);
    }
    return false;
}

static scheduler_next_t serve_give(void *context, scheduler_task_t *task)
{
    desk_t *desk = context;
    char name[SPOOL_NAME_MAX];
    if (desk->status.code != CONFX_STATUS_OK) return SCHEDULER_END;
    /* A place for the job is reserved before one is claimed: a claimed job that cannot be noted
       would be lost to all services until this one ends. The task points to the desk's job, which
       stays open until the next claim. */
    if (serve_reserve(desk) && serve_open_next(desk, name)) {
        at_work_t *job = &desk->jobs[desk->jobs_n++];
        *job = (at_work_t){.id = ++desk->id, .progress = {.best = NAN, .gap = NAN}};
        (void)snprintf(job->name, sizeof job->name, "%s", name);
        *task = (scheduler_task_t){job->id, desk->job->text, desk->job->file, true};
        return SCHEDULER_TASK;
    }
    const bool idle =
        desk->jobs_n == 0 && !desk->held[0] && clock_seconds() - desk->busy > desk->options->idle;
    return idle ? SCHEDULER_END : SCHEDULER_LATER;
}

static void serve_hear_progress(void *context, uint64_t id, const scheduler_progress_t *progress)
{
    at_work_t *job = serve_find(context, id);
    if (job) job->progress = *progress;
}

static bool serve_is_unwanted(void *context, uint64_t id)
{
    desk_t *desk = context;
    at_work_t *job = serve_find(desk, id);
    if (job && spool_is_cancelled(desk->spool, job->name)) job->cancelled = true;
    return job && job->cancelled;
}

static spool_state_t serve_state_after(const desk_t *desk, const at_work_t *job,
                                       const confx_status_t *status)
{
    /* Of a lost service the jobs are others' already, and spool_put forgets them. A stop that
       nobody asked for by a mark came from a signal, so the job goes back into the queue. */
    if (desk->lost) return SPOOL_QUEUED;
    if (status->code == CONFX_STATUS_OK) return SPOOL_DONE;
    if (status->code != CONFX_STATUS_STOPPED) return SPOOL_FAILED;
    return job->cancelled ? SPOOL_CANCELLED : SPOOL_QUEUED;
}

static void serve_hear_end(void *context, uint64_t id, const confx_status_t *status,
                           const run_result_t *result, double seconds)
{
    (void)seconds;
    desk_t *desk = context;
    at_work_t *job = serve_find(desk, id);
    if (!job) return;
    /* The name is used before the last entry is moved into this one's place; the order of the
       entries has no meaning. A job that ends counts as work, so the idle time begins now. */
    serve_put(desk, job->name, serve_state_after(desk, job, status), status, result);
    *job = desk->jobs[--desk->jobs_n];
    desk->busy = clock_seconds();
}

static void serve_print_line(desk_t *desk)
{
    live_line_t line = {.n = 0};
    if (!live_is_due(desk->live, false)) return;
    live_add(&line, 1, "serve");
    live_add(&line, 6, "%zu queued", spool_queued(desk->spool));
    live_add(&line, 5, "%zu running", desk->jobs_n);
    live_add(&line, 4, "%zu done", desk->done);
    live_add(&line, 3, "%zu failed", desk->failed);
    live_add(&line, 2, "%zu cancelled", desk->cancelled);
    live_show(desk->live, &line);
}

static bool serve_tick(void *context)
{
    desk_t *desk = context;
    const confx_status_t status = spool_beat(desk->spool);
    /* CONFX_STATUS_STOPPED would be taken for a signal at the end, with its exit code; being taken
       for dead is a failure of the spool. False makes the scheduler stop all searches with a
       commit. */
    if (status.code == CONFX_STATUS_STOPPED) desk->lost = true;
    if (status.code != CONFX_STATUS_OK)
        serve_keep_status(desk, status_fail(CONFX_STATUS_IO, "%s", status.message));
    serve_print_line(desk);
    return desk->status.code == CONFX_STATUS_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool serve_is_queue_empty(const char *directory)
{
    spool_entry_t *entries;
    size_t n = 1;
    (void)spool_list(directory, SPOOL_QUEUED, 0, &entries, &n);
    free(entries);
    return n == 0;
}

static confx_status_t serve_conclude(desk_t *desk, confx_status_t status)
{
    live_close(desk->live);
    desk->live = NULL;
    /* A job that was held back has not begun and is still claimed: without this it would wait until
       the lease of this service has run out. */
    if (desk->held[0]) serve_keep_status(desk, spool_unclaim(desk->spool, desk->held));
    out_print(stdout, "Served     %zu done, %zu failed, %zu cancelled\n", desk->done, desk->failed,
              desk->cancelled);
    departing_print(&desk->departing);
    if (desk->status.code != CONFX_STATUS_OK) return desk->status;
    if (status.code != CONFX_STATUS_STOPPED) return status;
    if (serve_is_queue_empty(desk->options->directory)) return status_ok();
    return status_fail(CONFX_STATUS_STOPPED, "stopped by a signal; what is left is in the queue");
}

static confx_status_t serve(app_t *app, const serve_options_t *options)
{
    desk_t desk = {.options = options, .busy = clock_seconds()};
    const scheduler_source_t source = {.context = &desk,
                                       .next = serve_give,
                                       .progress = serve_hear_progress,
                                       .ended = serve_hear_end,
                                       .unwanted = serve_is_unwanted,
                                       .tick = serve_tick};
    confx_status_t status;
    TRY_OUT(app_root_only(app, app->root
                                   ? spool_open(options->directory, options->lease, &desk.spool)
                                   : status_ok()));
    /* The line is opened only now: a spool that is refused leaves nothing on the screen but its
       message. */
    if (app->root) desk.live = live_open();
    status = scheduler_run(app->cluster, (size_t)options->ranks, &source);
    status = app_root_only(app, app->root ? serve_conclude(&desk, status) : status);
out:
    spool_close(desk.spool);
    job_close(desk.job);
    free(desk.jobs);
    return status;
}

static confx_status_t serve_run(app_t *app, app_words_t words)
{
    serve_options_t options = {.ranks = 1, .idle = INFINITY, .lease = 60};
    bool help;
    TRY(app_parse(app, words, &argp, &options, &help));
    return help ? status_ok() : serve(app, &options);
}

const command_t command_serve = {"serve", "do the jobs in a spool, for as long as there are any",
                                 serve_run, true};
