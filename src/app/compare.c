/* confx compare JOB.yaml */
#include "confx/compare.h"
#include "app/app.h"
#include "app/compare_plan.h"
#include "app/option.h"
#include "app/plan.h"
#include "app/sweep_screen.h"
#include "confx/certificate.h"
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/guess.h"
#include "confx/setting.h"
#include "confx/sweep.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_RESUME = 'r',
    KEY_OUTPUT = 'o',
    KEY_ALGORITHMS = 'a',
    KEY_SAMPLES = 'n',
    KEY_FEEDBACK = 'f',
    KEY_SEEDS = 256,
    KEY_JSON,
    KEY_ONLY
};
enum { SEEDS_DEFAULT = 5 };

typedef struct {
    compare_plan_option_t contest;
    const char *output;
    const char *only; /* the setting of a grid by its name; NULL: all of them */
    bool resume, json;
} compare_options_t;

static error_t compare_parse(int key, char *argument, struct argp_state *state)
{
    compare_options_t *options = state->input;
    char meant[GUESS_SAID_MAX];
    int64_t number = (int64_t)options->contest.seeds_n;
    error_t error = 0;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->contest.job;
        return 0;
    case KEY_RESUME:
        options->resume = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    case KEY_ONLY:
        options->only = argument;
        return 0;
    case KEY_ALGORITHMS:
        options->contest.algorithms = argument;
        return 0;
    case KEY_SAMPLES:
        options->contest.samples = argument;
        return option_whole(state, (option_whole_t){"--samples", 1, 1000000000}, argument, &number);
    case KEY_SEEDS:
        error = option_whole(state, (option_whole_t){"--seeds", 1, CONTEST_SEEDS_MAX}, argument,
                             &number);
        options->contest.seeds_n = (size_t)number;
        return error;
    case KEY_FEEDBACK:
        options->contest.feedback = argument;
        if (!strcmp(argument, "layer") || !strcmp(argument, "total")) return 0;
        argp_error(state, "--feedback: expected layer or total, found `%s'%s", argument,
                   option_meant(argument, (const char *const[]){"layer", "total", NULL}, meant));
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"algorithms", KEY_ALGORITHMS, "A,B,...", 0,
         "Algorithms as in search.algorithm, the first measured against the others (default: all "
         "that fit the "
         "feedback)",
         0},
        {"samples", KEY_SAMPLES, "N", 0, "Samples of each search (default: the job's)", 0},
        {"seeds", KEY_SEEDS, "S", 0,
         "Searches of each algorithm, with seeds from the job's on (default 5)", 0},
        {"feedback", KEY_FEEDBACK, "F", 0,
         "What a sample reveals, layer or total (default: the job's)", 0},
        {"output", KEY_OUTPUT, "DIR", 0,
         "Directory of the comparison (default: runs/compare/NAME for NAME.yaml)", 0},
        {"resume", KEY_RESUME, NULL, 0,
         "Go on with the comparison in that directory; start one if there is none. Algorithms, "
         "seeds and samples are "
         "those it had unless they are given, and may be more: only what is new is done",
         0},
        {"only", KEY_ONLY, "NAME", 0,
         "Of a sweep file the one setting of that name, such as dla_latency_area (`confx sweep "
         "--list' has them)",
         0},
        {"json", KEY_JSON, NULL, 0, "Print the table as JSON, with the figures of each search", 0},
        {0}},
    compare_parse,
    NULL,
    "Compare search algorithms on equal terms: the same job, the same number of samples, several "
    "seeds. Searches are "
    "dealt to groups of ranks; what they did is gathered in compare.csv, compare.h5 (curves) and "
    "compare.svg. With a "
    "sweep file, which has a base and a grid, each of its settings is compared in turn, in a "
    "directory DIR/SETTING.\v"
    "Exit codes: 0 all done, whether they found something feasible or not; 2 bad input; 6 no "
    "assignment fits the budget (of a sweep file: of the one setting that is compared); of the "
    "first "
    "that failed, when the others are done; 75 stopped by a signal, every search with a complete "
    "checkpoint (go on with --resume).",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    NULL,
    NULL};

/* ---- the yardstick --------------------------------------------------------------------------- */

typedef struct {
    char network[CONFX_LAYER_NAME_MAX];
    confx_accounting_t accounting;
    double budgets[JOB_BUDGETS_MAX], lower_bound, optimum, levels; /* as in comparison_plan_t */
} yardstick_t;

static confx_status_t compare_solve(problem_t *problem, space_part_t space, double *lower_bound,
                                    double *optimum)
{
    knapsack_t certificate;
    /* A problem that no assignment can satisfy still gives a certificate, with an infinite bound,
       which has to be closed like any other; its verdict is therefore kept until after that. */
    TRY(certificate_solve(problem, space, NULL, &certificate));
    const confx_status_t status = certificate_feasible(problem, space, &certificate);
    *lower_bound = certificate.lower_bound;
    *optimum = certificate.solved ? certificate.optimum : NAN;
    knapsack_close(&certificate);
    return status;
}

/* One for all: over all integers as soon as any of them acts on these. */
static confx_status_t compare_solve_all(const compare_plan_t *contest, problem_t *problem,
                                        yardstick_t *yardstick)
{
    double bound;
    /* The integers contain the levels, so a bound over the integers holds for algorithms of both
       kinds. Only where both kinds take part is the optimum over the levels needed as well: it is
       the best that the algorithms restricted to them can reach. */
    yardstick->levels = NAN;
    TRY(compare_solve(problem, contest->any_integers ? SPACE_INTEGERS : SPACE_LEVELS,
                      &yardstick->lower_bound, &yardstick->optimum));
    if (!contest->any_integers || !contest->any_levels) return status_ok();
    return compare_solve(problem, SPACE_LEVELS, &bound, &yardstick->levels);
}

static confx_status_t compare_measure(const compare_plan_t *contest, yardstick_t *yardstick)
{
    setting_t setting;
    assert(contest->jobs); /* made by compare_plan_open */
    app_tell_hardware(contest->base);
    /* All searches have the same network, hardware and budget, so the first stands for all. Its
       kept texts are read where it has begun already: a comparison that is resumed has to be
       measured on what its searches are really about, even if a file has changed since. */
    TRY(setting_open_kept(contest->jobs[0], &setting));
    (void)snprintf(yardstick->network, sizeof yardstick->network, "%s", setting.workload.name);
    yardstick->accounting = setting.hardware.accounting;
    const terms_t *terms = problem_terms(setting.problem);
    for (size_t i = 0; i < terms->constraints_n; i++)
        yardstick->budgets[i] = terms->constraints[i].limit;
    const confx_status_t status = compare_solve_all(contest, setting.problem, yardstick);
    setting_close(&setting);
    return status;
}

/* ---- the outcome ----------------------------------------------------------------------------- */

typedef struct {
    const compare_options_t *options;
    const char *directory;
    const compare_plan_t *contest;
    yardstick_t yardstick;
    scheduler_search_t *searches; /* (algorithms, seeds) */
    size_t searches_n;
    sweep_screen_t screen;
    scheduler_owned_t owned;
} match_t;

static confx_status_t compare_show(void *context, const scheduler_search_t *searches, size_t n,
                                   const scheduler_facts_t *facts)
{
    match_t *match = context;
    (void)searches;
    sweep_screen_show(&match->screen, n, facts);
    return status_ok();
}

static void compare_print_end(const app_t *app, const match_t *match)
{
    const int ranks = cluster_size(app->cluster);
    fputc('\n', stdout);
    sweep_screen_print_macs(match->searches, match->searches_n);
    sweep_screen_print_others(match->searches, match->searches_n);
    out_print(stdout, "Time       %.1f s on %d %s\n", clock_seconds() - match->screen.facts.begun,
              ranks, ranks == 1 ? "rank" : "ranks");
    out_print(stdout, "Files      %s: compare.csv compare.h5 compare.svg runs\n",
              text_shown(match->directory).text);
}

/* The picture comes last: without gnuplot all else is there. */
static confx_status_t compare_publish(const app_t *app, const match_t *match)
{
    const compare_plan_t *contest = match->contest;
    comparison_plan_t plan = {.jobs = (const job_t *const *)contest->jobs,
                              .algorithms_n = contest->algorithms_n,
                              .seeds_n = contest->seeds_n,
                              .integers = contest->integers,
                              .told = contest->told,
                              .network = match->yardstick.network,
                              .accounting = confx_accounting_name(match->yardstick.accounting),
                              .over_integers = contest->any_integers,
                              .lower_bound = match->yardstick.lower_bound,
                              .optimum = match->yardstick.optimum,
                              .levels = match->yardstick.levels};
    comparison_t *comparison;
    confx_status_t status;
    confx_status_t printed;
    memcpy(plan.budgets, match->yardstick.budgets, sizeof plan.budgets);
    TRY(comparison_open(&plan, &comparison));
    TRY_OUT(comparison_write(comparison, match->directory, match->owned.guard));
    printed = match->options->json ? comparison_json(comparison, stdout)
                                   : comparison_print(comparison, stdout);
    TRY_OUT(comparison_plot(comparison, match->directory, match->owned.guard));
    TRY_OUT(printed); /* all files are there, wherever the words went */
    if (!match->options->json) compare_print_end(app, match);
out:
    comparison_close(comparison);
    return status;
}

static confx_status_t compare_conclude(const app_t *app, match_t *match, confx_status_t status)
{
    /* Nothing is published after a stop: curves of unequal length cannot be compared. Every search
       has its checkpoint, and the table is made when a resumed comparison is complete. */
    if (status.code == CONFX_STATUS_STOPPED)
        return status_fail(CONFX_STATUS_STOPPED,
                           "stopped by a signal with %zu of %zu searches done",
                           sweep_screen_done(&match->screen.facts), match->searches_n);
    if (status.code != CONFX_STATUS_OK) return status;
    TRY(compare_publish(app, match));
    return scheduler_verdict(match->searches, match->searches_n);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t compare_take_directory(app_t *app, match_t *match)
{
    const scheduler_place_t place = {.kind = DIRECTORY_COMPARISON,
                                     .what = "comparison",
                                     .file = match->options->contest.job.path,
                                     .directory = match->directory,
                                     .text = match->contest->text,
                                     .resume = match->options->resume,
                                     .context = match->contest,
                                     .grows = plan_contest_grows};
    /* The yardstick comes before the directory: an infeasible budget or a file that cannot be read
       is then reported before anything is written. */
    TRY(app_root_only(app, app->root ? compare_measure(match->contest, &match->yardstick)
                                     : status_ok()));
    return scheduler_take_directory(app, &place, &match->owned);
}

static confx_status_t compare_play(app_t *app, match_t *match)
{
    for (size_t i = 0; i < match->searches_n; i++) match->searches[i].job = match->contest->jobs[i];
    TRY(scheduler_check(app->cluster, match->searches, match->searches_n));
    TRY(compare_take_directory(app, match));
    const scheduler_listener_t listener = {
        .context = match, .show = compare_show, .guard = match->owned.guard};
    app->resumable = true;
    match->screen = sweep_screen_begin(app, "compare");
    const confx_status_t status = scheduler_run_list(
        app->cluster, match->searches, match->searches_n, 1, match->options->resume, &listener);
    sweep_screen_end(&match->screen);
    return app_root_only(app, app->root ? compare_conclude(app, match, status) : status);
}

static confx_status_t compare_open_match(const compare_options_t *options, compare_plan_t *contest,
                                         match_t *match)
{
    TRY(compare_plan_open(&options->contest, contest));
    match->searches_n = contest->algorithms_n * contest->seeds_n;
    match->searches = calloc(match->searches_n, sizeof *match->searches);
    if (match->searches) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu searches", match->searches_n);
}

/* One comparison, in a directory of its own. The options are a copy: what a plan has kept is filled
   in. */
static confx_status_t compare_job(app_t *app, compare_options_t options, const char *directory)
{
    plan_kept_t kept;
    compare_plan_t contest = {.base = NULL};
    options.contest.directory = directory;
    match_t match = {.options = &options, .directory = directory, .contest = &contest};
    /* The kept options point into `kept`, which lives here for as long as the comparison. They come
       before the default number of seeds, so that a resumed comparison keeps its own number. */
    confx_status_t status =
        options.resume ? plan_contest_options(directory, &options.contest, &kept) : status_ok();
    if (!options.contest.seeds_n) options.contest.seeds_n = SEEDS_DEFAULT;
    if (status.code == CONFX_STATUS_OK) status = compare_open_match(&options, &contest, &match);
    /* Each rank has read the plan and opened the jobs for itself. The collective calls below need
       all ranks or none, so the first failure of any becomes that of all. What is released after
       them is empty where a step was not reached. */
    status = cluster_agree(app->cluster, status);
    if (status.code == CONFX_STATUS_OK) status = compare_play(app, &match);
    scheduler_leave_directory(&match.owned);
    free(match.searches);
    compare_plan_close(&contest);
    return status;
}

/* ---- the settings of a grid ------------------------------------------------------------------ */

/* A key that tells settings apart cannot be the same for all of them. */
static confx_status_t compare_check_sets(const job_option_t *job, const sweep_t *grid)
{
    for (size_t i = 0; i < job->sets_n; i++)
        for (size_t k = 0; k < grid->keys_n; k++) {
            const size_t length = strlen(grid->keys[k]);
            if (strncmp(job->sets[i], grid->keys[k], length) == 0 && job->sets[i][length] == '=')
                return status_input(NULL, 0, "--set",
                                    "%s is on the grid of %s; choose a setting by --only",
                                    grid->keys[k], job->path);
        }
    return status_ok();
}

static confx_status_t compare_check_only(const char *only, const char *path, const sweep_t *grid)
{
    char meant[GUESS_SAID_MAX];
    if (!only) return status_ok();
    if (!grid) return status_input(path, 0, "--only", "this is a job, and not a grid of settings");
    guess_t guess = guess_begin(only);
    for (size_t i = 0; i < grid->searches_n; i++) {
        if (strcmp(grid->searches[i].name, only) == 0) return status_ok();
        guess_offer(&guess, grid->searches[i].name);
    }
    return status_input(path, 0, "--only",
                        "no such setting: %s%s; `confx sweep --list' has their names", only,
                        guess_say(&guess, meant));
}

/* *grid: NULL if the file is a job. The caller closes, after a failure too. */
static confx_status_t compare_open_grid(const compare_options_t *options, const char *directory,
                                        sweep_t **grid)
{
    const char *path = options->contest.job.path;
    char *text;
    bool is_grid;
    *grid = NULL;
    TRY(file_check_name(path));
    TRY(file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL));
    const confx_status_t status = job_is_sweep(text, path, &is_grid);
    free(text);
    if (status.code == CONFX_STATUS_OK && is_grid) TRY(sweep_open(path, directory, grid));
    TRY(compare_check_only(options->only, path, *grid));
    return *grid ? compare_check_sets(&options->contest.job, *grid) : status_ok();
}

/* That no assignment fits a setting's budget is known before anything is written, and is all that
   its comparison has to say. */
static void compare_tell_infeasible(const compare_options_t *options, const char *name,
                                    const confx_status_t *status)
{
    out_print(options->json ? stderr : stdout, "%-10s %s: %s\n",
              scheduler_state_name(SCHEDULER_INFEASIBLE), name, status->message);
}

/* One setting after the other, each of which has all ranks. A failure ends the row; a budget that
   nothing fits is what came out of that setting, unless it is the only one. */
static confx_status_t compare_grid(app_t *app, const compare_options_t *options,
                                   const char *directory, const sweep_t *grid)
{
    for (size_t i = 0; i < grid->searches_n; i++) {
        const sweep_search_t *search = &grid->searches[i];
        char place[FILE_PATH_MAX];
        compare_options_t own = *options;
        /* A setting is a job of its own: its text is that of the search that the sweep file has
           made of it, with the file it came from for messages. */
        if (options->only && strcmp(options->only, search->name) != 0) continue;
        TRY(file_join(directory, search->name, place));
        own.contest.job.path = search->job->file;
        own.contest.text = search->job->text;
        if (app->root && !options->json)
            out_print(stdout, "%sSetting    %s\n", i && !options->only ? "\n" : "", search->name);
        const confx_status_t status = compare_job(app, own, place);
        if (status.code != CONFX_STATUS_INFEASIBLE || options->only || grid->searches_n == 1)
            TRY(status);
        else if (app->root)
            compare_tell_infeasible(options, search->name, &status);
    }
    return status_ok();
}

static confx_status_t compare_run(app_t *app, app_words_t words)
{
    /* 0 seeds stand for "not given", so that a comparison that is resumed keeps the number it
       had. */
    compare_options_t options = {.contest = {.seeds_n = 0}};
    char directory[FILE_PATH_MAX];
    sweep_t *grid = NULL;
    bool help;
    TRY(app_parse(app, words, &argp, &options, &help));
    if (help) return status_ok();
    TRY(option_directory(options.output, "runs/compare", options.contest.job.path, directory));
    confx_status_t status =
        cluster_agree(app->cluster, compare_open_grid(&options, directory, &grid));
    if (status.code == CONFX_STATUS_OK)
        status = grid ? compare_grid(app, &options, directory, grid)
                      : compare_job(app, options, directory);
    sweep_close(grid);
    return status;
}

const command_t command_compare = {"compare", "search algorithms side by side on one job",
                                   compare_run, true};
