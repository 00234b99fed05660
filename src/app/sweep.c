/* confx sweep SWEEP.yaml */
#include "app/app.h"
#include "app/option.h"
#include "app/plan.h"
#include "app/sweep_screen.h"
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/scheduler.h"
#include "confx/text.h"
#include "confx/try.h"
#include "confx/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_RESUME = 'r', KEY_OUTPUT = 'o', KEY_LIST = 'l' };

typedef struct {
    const char *path, *output;
    bool resume, list;
} sweep_options_t;

static error_t sweep_parse(int key, char *argument, struct argp_state *state)
{
    sweep_options_t *options = state->input;
    switch (key) {
    case KEY_RESUME:
        options->resume = true;
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    default:
        return option_argument(key, argument, state, "sweep file", &options->path);
    }
}

static char *sweep_help(int key, const char *text, void *input)
{
    (void)input;
    return option_help(key, text,
                       "Keys of SWEEP.yaml, of which `base' is needed, and `grid' or `include':",
                       sweep_print_keys);
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"output", KEY_OUTPUT, "DIR", 0,
         "Directory of the sweep (default: runs/NAME for NAME.yaml)", 0},
        {"resume", KEY_RESUME, NULL, 0,
         "Go on with the sweep in that directory; start one if there is none. The file may name "
         "more searches by now, "
         "and more samples: only what is new is done",
         0},
        {"list", KEY_LIST, NULL, 0, "Print the names of the searches, and search nothing", 0},
        {0}},
    sweep_parse,
    "SWEEP.yaml",
    "Do many searches, dealt to groups of ranks, and gather a row of each in sweep.csv and "
    "sweep.h5.\v"
    "Exit codes: 0 all done, whether they found something feasible or not; 2 bad input; of the "
    "first "
    "that failed, when the others are done; 75 stopped by a signal, every search with a complete "
    "checkpoint (go on with --resume).",
    NULL,
    sweep_help,
    NULL};

/* ---- while it runs --------------------------------------------------------------------------- */

typedef struct {
    const char *directory;
    const guard_t *guard; /* of the directory; root */
    const sweep_t *sweep;
    char started[CLOCK_ISO_MAX];
    sweep_screen_t screen;
    double next_table; /* clock */
} watch_t;

/* Writing takes at most a twentieth of the time. */
static confx_status_t sweep_write_table(watch_t *watch, const scheduler_search_t *searches,
                                        const char *status_word)
{
    const double before = clock_seconds();
    TRY(sweep_table_write(watch->directory, watch->sweep, searches, watch->started, status_word,
                          watch->guard));
    const double after = clock_seconds();
    watch->next_table = after + fmax(2, 20 * (after - before));
    return status_ok();
}

static confx_status_t sweep_show(void *context, const scheduler_search_t *searches, size_t n,
                                 const scheduler_facts_t *facts)
{
    watch_t *watch = context;
    sweep_screen_show(&watch->screen, n, facts);
    return clock_seconds() < watch->next_table ? status_ok()
                                               : sweep_write_table(watch, searches, "running");
}

/* ---- at the end ------------------------------------------------------------------------------ */

static confx_status_t sweep_print_gaps(const watch_t *watch, const scheduler_search_t *searches)
{
    const sweep_t *sweep = watch->sweep;
    scheduler_gaps_t gaps;
    TRY(scheduler_gaps(searches, sweep->searches_n, &gaps));
    if (gaps.n == 0) return status_ok();
    const size_t without = watch->screen.facts.counts[SCHEDULER_COMPLETE] - gaps.n;
    out_print(stdout, "Gap        to the proven bound: median %.4f %%, worst %.4f %% (%s)",
              100 * gaps.median, 100 * searches[gaps.worst].result.gap,
              sweep->searches[gaps.worst].name);
    if (without) out_print(stdout, "; of %zu there is none", without);
    fputc('\n', stdout);
    return status_ok();
}

static confx_status_t sweep_print_summary(const app_t *app, const watch_t *watch,
                                          const scheduler_search_t *searches)
{
    const size_t *counts = watch->screen.facts.counts;
    out_print(stdout,
              "Sweep      %zu searches: %zu complete, %zu infeasible, %zu failed, %zu not done\n",
              watch->sweep->searches_n, counts[SCHEDULER_COMPLETE], counts[SCHEDULER_INFEASIBLE],
              counts[SCHEDULER_FAILED], counts[SCHEDULER_STOPPED] + counts[SCHEDULER_WAITING]);
    TRY(sweep_print_gaps(watch, searches));
    /* Results whose counts of MACs are not the true ones are pointed out before the times. */
    sweep_screen_print_macs(searches, watch->sweep->searches_n);
    sweep_screen_print_others(searches, watch->sweep->searches_n);
    out_print(stdout, "Time       %.1f s on %d %s", clock_seconds() - watch->screen.facts.begun,
              cluster_size(app->cluster), cluster_size(app->cluster) == 1 ? "rank" : "ranks");
    if (!isnan(watch->screen.facts.busy_share))
        out_print(stdout, ", %.1f %% of it searching", 100 * watch->screen.facts.busy_share);
    out_print(stdout, "\nFiles      %s: sweep.csv sweep.h5 runs\n",
              text_shown(watch->directory).text);
    return status_ok();
}

static confx_status_t sweep_conclude(const app_t *app, watch_t *watch,
                                     const scheduler_search_t *searches, confx_status_t status)
{
    const bool stopped = status.code == CONFX_STATUS_STOPPED;
    if (status.code != CONFX_STATUS_OK && !stopped) return status;
    TRY(sweep_write_table(watch, searches, stopped ? "stopped" : "done"));
    if (stopped)
        return status_fail(CONFX_STATUS_STOPPED,
                           "stopped by a signal with %zu of %zu searches done",
                           sweep_screen_done(&watch->screen.facts), watch->sweep->searches_n);
    TRY(sweep_print_summary(app, watch, searches));
    return scheduler_verdict(searches, watch->sweep->searches_n);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Of each hardware file once, and once more where a job says the accounting. */
static void sweep_tell_hardware(const sweep_t *sweep)
{
    for (size_t i = 0; i < sweep->searches_n; i++) {
        const job_t *job = sweep->searches[i].job;
        bool told = false;
        for (size_t j = 0; j < i && !told; j++)
            told = yaml_same(sweep->searches[j].job->tree, job->tree, JOB_HARDWARE_KEY) &&
                   !sweep->searches[j].job->accounting == !job->accounting;
        if (!told) app_tell_hardware(job);
    }
}

static confx_status_t sweep_run_all(app_t *app, const sweep_options_t *options,
                                    const char *directory, const sweep_t *sweep,
                                    scheduler_search_t *searches)
{
    watch_t watch = {.directory = directory, .sweep = sweep};
    const scheduler_place_t place = {.kind = DIRECTORY_SWEEP,
                                     .what = "sweep",
                                     .file = options->path,
                                     .directory = directory,
                                     .text = sweep->text,
                                     .resume = options->resume,
                                     .context = sweep,
                                     .grows = plan_sweep_grows};
    scheduler_listener_t listener = {.context = &watch, .show = sweep_show};
    scheduler_owned_t owned = {.owner = NULL};
    confx_status_t status;
    clock_iso(watch.started);
    for (size_t i = 0; i < sweep->searches_n; i++) searches[i].job = sweep->searches[i].job;
    TRY(scheduler_check(app->cluster, searches, sweep->searches_n));
    /* Jobs are checked before the directory is taken, so that a bad one leaves nothing behind. The
       guard is known only now: it has to be asked before each search begins and before each table
       is put in place. */
    TRY_OUT(scheduler_take_directory(app, &place, &owned));
    watch.guard = owned.guard;
    listener.guard = owned.guard;
    if (app->root) sweep_tell_hardware(sweep);
    app->resumable = true;
    watch.screen = sweep_screen_begin(app, "sweep");
    status = scheduler_run_list(app->cluster, searches, sweep->searches_n, sweep->ranks_per_search,
                                options->resume, &listener);
    sweep_screen_end(&watch.screen);
    status = app_root_only(app, app->root ? sweep_conclude(app, &watch, searches, status) : status);
out:
    scheduler_leave_directory(&owned);
    return status;
}

static confx_status_t sweep_run_sweep(app_t *app, const sweep_options_t *options)
{
    char directory[FILE_PATH_MAX];
    sweep_t *sweep = NULL;
    scheduler_search_t *searches = NULL;
    confx_status_t status;
    TRY(option_directory(options->output, "runs", options->path, directory));
    TRY(cluster_agree(app->cluster, sweep_open(options->path, directory, &sweep)));
    if (options->list) {
        for (size_t i = 0; app->root && i < sweep->searches_n; i++) puts(sweep->searches[i].name);
        sweep_close(sweep);
        return status_ok();
    }
    /* Each rank has read the file for itself and keeps its own list; the states of the searches are
       known at the root alone. */
    searches = calloc(sweep->searches_n, sizeof *searches);
    status = searches ? status_ok()
                      : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu searches",
                                    sweep->searches_n);
    status = cluster_agree(app->cluster, status);
    if (searches && status.code == CONFX_STATUS_OK)
        status = sweep_run_all(app, options, directory, sweep, searches);
    free(searches);
    sweep_close(sweep);
    return status;
}

static confx_status_t sweep_run(app_t *app, app_words_t words)
{
    sweep_options_t options = {.path = NULL};
    bool help;
    TRY(app_parse(app, words, &argp, &options, &help));
    return help ? status_ok() : sweep_run_sweep(app, &options);
}

const command_t command_sweep = {"sweep", "many searches over groups of ranks, from a sweep file",
                                 sweep_run, true};
