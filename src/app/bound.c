/* confx bound JOB.yaml */
#include "app/app.h"
#include "app/directory.h"
#include "app/frontier.h"
#include "app/job_option.h"
#include "app/live.h"
#include "app/option.h"
#include "confx/certificate.h"
#include "confx/certified.h"
#include "confx/clock.h"
#include "confx/compose.h"
#include "confx/figures.h"
#include "confx/macs.h"
#include "confx/setting.h"
#include "confx/table_show.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY_JSON = 'j', KEY_OUTPUT = 'o', KEY_FRONTIER = 'f', KEY_SPACE = 256 };

typedef struct {
    job_option_t job;
    space_part_t space;
    bool json;
    const char *output; /* NULL: nothing is left */
    size_t frontier;    /* budgets of the frontier; 0: only the job's own */
    app_t *app;
} bound_options_t;

/* What is told while it works, and on what. */
typedef struct {
    live_t *live;
    char row[LIVE_PART_MAX]; /* of the frontier; "": the job's own budget */
} bound_screen_t;

/* ---- while it works -------------------------------------------------------------------------- */

static bool bound_tell(void *context, const char *what, size_t done, size_t all)
{
    const bound_screen_t *screen = context;
    live_line_t line = {.n = 0};
    /* The solver calls this thousands of times a second, so the parts are composed only when a line
       is due. False at the end asks the solver to stop, which it does with CONFX_STATUS_STOPPED. */
    if (live_is_due(screen->live, false)) {
        live_add(&line, 3, "bound");
        if (*screen->row) live_add(&line, 2, "%s", screen->row);
        live_add(&line, 4, "%s: %zu/%zu", what, done, all);
        live_show(screen->live, &line);
    }
    return !cluster_told();
}

static solve_watch_t bound_watch(bound_screen_t *screen)
{
    return (solve_watch_t){.context = screen, .tell = bound_tell};
}

/* ---- options --------------------------------------------------------------------------------- */

static error_t bound_parse_frontier(bound_options_t *options, const char *argument,
                                    struct argp_state *state)
{
    int64_t budgets = FRONTIER_BUDGETS_DEFAULT;
    if (argument && !text_to_integer(argument, 2, FRONTIER_BUDGETS_MOST, &budgets)) {
        argp_error(state, "--frontier: expected a whole number from 2 to %d, found `%s'",
                   FRONTIER_BUDGETS_MOST, argument);
        return EINVAL;
    }
    options->frontier = (size_t)budgets;
    return 0;
}

static error_t bound_parse(int key, char *argument, struct argp_state *state)
{
    bound_options_t *options = state->input;
    char meant[GUESS_SAID_MAX];
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->job;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_FRONTIER:
        return bound_parse_frontier(options, argument, state);
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    case KEY_SPACE:
        if (strcmp(argument, "levels") != 0 && strcmp(argument, "integers") != 0) {
            argp_error(
                state, "--space: expected levels or integers, found `%s'%s", argument,
                option_meant(argument, (const char *const[]){"levels", "integers", NULL}, meant));
            return EINVAL;
        }
        options->space = argument[0] == 'l' ? SPACE_LEVELS : SPACE_INTEGERS;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"space", KEY_SPACE, "SPACE", 0,
         "levels: the job's levels; integers: all up to the largest (default, unless the job says "
         "refine: false)",
         0},
        {"output", KEY_OUTPUT, "DIR", 0,
         "Leave the proven optimal design as a run directory, for `confx report', `verify' and "
         "`export': certified, not searched; with --frontier its files",
         0},
        {"frontier", KEY_FRONTIER, "N", OPTION_ARG_OPTIONAL,
         "The objective against the budget, exactly: solve within N budgets (default 40) and tell "
         "for which budgets each optimum holds; all steps where they are few. With --output DIR "
         "also frontier.csv, frontier.h5, with the design of each step, and frontier.svg",
         0},
        {"json", KEY_JSON, NULL, 0, "Print the certificate of the job's budget as JSON", 0},
        {0}},
    bound_parse,
    NULL,
    "Certify without searching: a proven lower bound on the objective, the exact optimum where it "
    "can be had, what the next unit and the next step of the budget are worth, and the frontier of "
    "optimum against budget.\v"
    "Exit codes: 0 done, 2 bad input, 5 out of memory, 6 no assignment fits the budget, 75 stopped "
    "by a signal.",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    NULL,
    NULL};

/* ---- what is printed ------------------------------------------------------------------------- */

/* Cycles are told as a time as well where the hardware has a clock. */
static void bound_print_time(const char *label, double value, const char *units, double clock_ghz)
{
    if (!(clock_ghz > 0) || !isfinite(value) || strcmp(units, "cycles") != 0) return;
    out_print(stdout, "%s%.6g ms at %g GHz\n", label, value / clock_ghz / 1e6, clock_ghz);
}

/* 13 digits of a budget: that many, read again, are within what rounding may add to a sum. */
static void bound_print_next(const job_t *job, double budget, const knapsack_t *certificate)
{
    const next_t *next = &certificate->next;
    const char *units = objective_units(job->objective);
    const char *need_units = constraint_units(job->budget.constraint);
    const double saved = certificate->optimum - next->optimum;
    switch (next->found) {
    case NEXT_KNOWN:
        out_print(stdout,
                  "Next step     at %.13g %s (%.3g %% more) the optimum falls by %.6g %s (%.3g %%) "
                  "to %.12g %s\n",
                  next->budget, need_units, 100 * (next->budget / budget - 1), saved, units,
                  100 * saved / fabs(certificate->optimum), next->optimum, units);
        break;
    case NEXT_NONE:
        puts("Next step     none: the budget does not bind, no larger one improves on the optimum");
        break;
    case NEXT_UNKNOWN:
        puts("Next step     not found within the limit on partial assignments");
        break;
    case NEXT_UNASKED:
        puts("Next step     not told of one array but for a sum within a limit on it");
        break;
    }
}

/* "5.2 cycles less for one more um^2 of area", "for one more PE": units of many lose their s. */
static void bound_print_price(double price, const char *units, constraint_t constraint)
{
    const char *of = constraint_units(constraint);
    const size_t length = strlen(of);
    const bool many = length > 1 && of[length - 1] == 's';
    const bool counted = !strcmp(constraint_name(constraint), "pe");
    out_print(stdout,
              "Shadow price  %.6g %s less for one more %.*s%s%s, as the relaxation has it\n", price,
              units, (int)(length - many), of, counted ? "" : " of ",
              counted ? "" : constraint_name(constraint));
}

static void bound_print_certificate(const job_t *job, const setting_t *setting,
                                    const knapsack_t *certificate)
{
    const problem_t *problem = setting->problem;
    const char *units = objective_units(job->objective);
    const char *obstacle = certificate_obstacle(problem);
    for (size_t i = 0; i < job->budgets_n; i++)
        out_print(stdout, "%s %.9g %s of %s\n", i ? "             " : "Budget       ",
                  problem_terms(problem)->constraints[i].limit,
                  constraint_units(job->budgets[i].constraint),
                  constraint_name(job->budgets[i].constraint));
    app_print_illegal(problem, "Illegal       ");
    if (obstacle) {
        out_print(stdout, "Certificate   none: %s\n", obstacle);
        return;
    }
    if (isnan(certificate->lower_bound))
        puts("Lower bound   none can be had for this objective");
    else
        out_print(stdout, "Lower bound   %.12g %s\n", certificate->lower_bound, units);
    if (certificate->solved) {
        out_print(stdout, "Optimum       %.12g %s, proven; it needs", certificate->optimum, units);
        for (size_t i = 0; i < job->budgets_n; i++)
            out_print(stdout, "%s %.9g %s", i ? "," : "", certificate->needs[i],
                      constraint_units(job->budgets[i].constraint));
        putchar('\n');
    } else
        puts("Optimum       not proven within the limit on partial assignments; the bound stands");
    bound_print_time("Time          ", certificate->solved ? certificate->optimum : NAN, units,
                     setting->hardware.clock_ghz);
    if (!certificate->solved && isfinite(certificate->known))
        out_print(stdout, "Best known    %.12g %s, at most %.3g %% above the optimum\n",
                  certificate->known, units,
                  100 * certificate_gap(certificate, certificate->known));
    for (size_t i = 0; i < job->budgets_n; i++)
        if (!isnan(certificate->prices[i]))
            bound_print_price(certificate->prices[i], units, job->budgets[i].constraint);
    if (job->budgets_n > 1)
        puts("Next step     not told: of several budgets there is no one next step");
    else
        bound_print_next(job, problem_terms(problem)->constraints[0].limit, certificate);
}

/* Of the optimum; of the least assignment where it is not known. */
static void bound_print_macs(const problem_t *problem, const knapsack_t *certificate)
{
    const confx_workload_t *workload = problem_workload(problem);
    macs_tally_t tally = {.n = 0};
    char text[256];
    size_t chosen = 0;
    /* The certificate lists its choice by distinct layers in their order, and within each by the
       layers that are like it. The two loops go through the layers in the same order, so that
       `chosen` counts up by one for every layer. */
    for (size_t distinct = 0; distinct < workload->distinct_n; distinct++)
        for (size_t layer = 0; layer < workload->layers_n; layer++) {
            uint16_t action[SPACE_AXES];
            confx_cost_t cost;
            if (workload->distinct_of[layer] != distinct) continue;
            const uint64_t point = certificate->choice ? certificate->choice[chosen++]
                                                       : problem_least_point(problem, distinct);
            space_action(problem_space(problem), point, action);
            problem_explain(problem, layer, action, &cost);
            if (cost.fault == CONFX_COST_VALID)
                macs_tally_add(&tally, &workload->layers[layer], (double)cost.macs);
        }
    if (macs_tally_say(&tally, "layers", text, sizeof text))
        out_print(stdout, "MACs          %s\n", text);
}

/* The optimum within other budgets: what more or less of it would buy. */
typedef struct {
    double fraction, budget;
    bool feasible;
    double lower_bound, optimum, price;
} bound_point_t;

static void bound_row(const void *of, size_t i, table_row_t *row)
{
    const bound_point_t *point = (const bound_point_t *)of + i;
    table_real(row, point->fraction);
    table_real(row, point->budget);
    if (!point->feasible) {
        table_text(row, "nothing fits");
        table_absent(row);
        table_absent(row);
        return;
    }
    table_known(row, point->lower_bound);
    table_known(row, point->optimum);
    table_known(row, point->price);
}

static confx_status_t bound_print_frontier(problem_t *problem, space_part_t space,
                                           bound_screen_t *screen)
{
    static const double fractions[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1};
    enum { FRACTIONS = sizeof fractions / sizeof *fractions };
    static const table_column_t columns[] = {{"Fraction", .type = TABLE_REAL, .digits = 6},
                                             {"Budget", .type = TABLE_REAL, .digits = 6},
                                             {"Lower bound", .type = TABLE_REAL, .digits = 10},
                                             {"Optimum", .type = TABLE_REAL, .digits = 10},
                                             {"Shadow price", .type = TABLE_REAL, .digits = 6}};
    const double least = problem_need_least(problem);
    const double most = problem_need_most(problem);
    const solve_watch_t watch = bound_watch(screen);
    bound_point_t points[FRACTIONS];
    (void)fflush(stdout);
    for (size_t i = 0; i < FRACTIONS; i++) {
        knapsack_t at;
        const double budget = least + fractions[i] * (most - least);
        (void)snprintf(screen->row, sizeof screen->row, "frontier %zu/%d", i + 1, FRACTIONS);
        /* A failed or stopped solve owns nothing, so an early return leaks nothing. A budget in
           which nothing fits is not a failure but a row of the table. */
        TRY(certificate_solve_within(problem, space, budget, &watch, &at));
        points[i] = (bound_point_t){fractions[i],   budget,     at.feasible,
                                    at.lower_bound, at.optimum, at.price};
        knapsack_close(&at);
    }
    const table_t table = TABLE(columns, FRACTIONS, points, bound_row);
    live_clear(screen->live);
    putchar('\n');
    return table_print(&table, (table_look_t){.width = 0}, stdout);
}

/* A number of each budget. */
static json_t *bound_list(const double *values, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) (void)json_array_append_new(list, json_known(values[i]));
    return list;
}

static confx_status_t bound_print_json(const job_t *job, const problem_t *problem,
                                       const knapsack_t *certificate)
{
    const double known = certificate->known;
    const double gap = (known - certificate->lower_bound) / fabs(known);
    const char *units = objective_units(job->objective);
    const terms_t *terms = problem_terms(problem);
    char need_units[JOB_UNITS_MAX];
    double limits[TERMS_MAX] = {0};
    job_budget_units(job, need_units);
    for (size_t i = 0; i < terms->constraints_n; i++) limits[i] = terms->constraints[i].limit;
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o*, s:s, s:o, s:o, s:s, s:s, s:s*}", "lower_bound",
        json_known(certificate->lower_bound), "optimum", json_known(certificate->optimum),
        "constraints", bound_list(certificate->needs, job->budgets_n), "best_known",
        json_known(known), "gap", json_known(gap), "multipliers",
        bound_list(certificate->prices, job->budgets_n), "budget", json_known(limits[0]), "budgets",
        job->budgets_n > 1 ? bound_list(limits, job->budgets_n) : NULL, "next",
        job->budgets_n > 1 ? NEXT_TEXT_SEVERAL : next_text(certificate->next.found), "next_budget",
        json_known(certificate->next.budget), "next_optimum", json_known(certificate->next.optimum),
        "objective_units", units, "constraint_units", need_units, "reason",
        certificate_obstacle(problem));
    return json_print(object, "the certificate", 1, stdout);
}

/* The design as a run directory. */
static confx_status_t bound_leave(const certified_t *certified, bool json)
{
    TRY(run_certified(certified));
    if (!json)
        out_print(stdout,
                  "Design        certified, in %s: confx report, verify and export read it\n",
                  text_shown(certified->job->output).text);
    return status_ok();
}

static confx_status_t bound_certify_problem(const bound_options_t *options, const job_t *job,
                                            const setting_t *setting, bound_screen_t *screen)
{
    problem_t *problem = setting->problem;
    knapsack_t certificate;
    const solve_watch_t watch = bound_watch(screen);
    const double begun = clock_seconds();
    TRY(certificate_solve(problem, options->space, &watch, &certificate));
    live_clear(screen->live);
    confx_status_t status = certificate_feasible(problem, options->space, &certificate);
    if (status.code == CONFX_STATUS_OK && options->json)
        status = bound_print_json(job, problem, &certificate);
    if (status.code == CONFX_STATUS_OK && !options->json) {
        bound_print_certificate(job, setting, &certificate);
        bound_print_macs(problem, &certificate);
    }
    if (status.code == CONFX_STATUS_OK && options->output)
        status = bound_leave(&(certified_t){.cluster = options->app->cluster,
                                            .job = job,
                                            .setting = setting,
                                            .certificate = &certificate,
                                            .space = options->space,
                                            .seconds = clock_seconds() - begun},
                             options->json);
    knapsack_close(&certificate);
    /* The frontier is along one budget. */
    if (status.code == CONFX_STATUS_OK && !options->json && !certificate_obstacle(problem) &&
        job->budgets_n == 1 && isfinite(problem_need_least(problem)))
        status = bound_print_frontier(problem, options->space, screen);
    return status;
}

static confx_status_t bound_show_frontier(const bound_options_t *options, const job_t *job,
                                          const setting_t *setting, bound_screen_t *screen)
{
    const solve_watch_t watch = bound_watch(screen);
    (void)snprintf(screen->row, sizeof screen->row, "frontier");
    return frontier_show(&(frontier_view_t){.job = job,
                                            .setting = setting,
                                            .space = options->space,
                                            .budgets = options->frontier,
                                            .watch = &watch,
                                            .live = screen->live,
                                            .output = options->output ? job->output : NULL,
                                            .json = options->json});
}

/* The job with --output laid upon it, whose directory has to be free. */
static confx_status_t bound_open_job(const bound_options_t *options, job_t **job)
{
    char output[JOB_PATH_SET_MAX];
    job_option_t with = options->job;
    if (!options->output) return job_option_open(&with, job);
    TRY(job_option_path("--output", "output", options->output, output));
    with.sets[with.sets_n++] = output;
    TRY(job_option_open(&with, job));
    /* A run directory holds one design; the files of a frontier may stand beside anything. */
    confx_status_t status = directory_expect_no_file((*job)->output);
    if (status.code == CONFX_STATUS_OK && !options->frontier)
        status = directory_expect_no_run((*job)->output);
    if (status.code == CONFX_STATUS_OK) return status;
    job_close(*job);
    *job = NULL;
    return status;
}

static confx_status_t bound_certify(void *context)
{
    bound_options_t options = *(const bound_options_t *)context;
    job_t *job = NULL;
    setting_t setting = {.problem = NULL};
    TRY(bound_open_job(&options, &job));
    assert(job);
    /* Without refining there are no integers but the levels. */
    if (!job->space.refine) options.space = SPACE_LEVELS;
    app_tell_hardware(job);
    /* The line is open only while something is worked out, and is taken away before anything is
       printed: what is left on the screen is the result. */
    confx_status_t status = setting_open(job, &setting);
    if (status.code == CONFX_STATUS_OK) {
        bound_screen_t screen = {.live = live_open()};
        status = options.frontier ? bound_show_frontier(&options, job, &setting, &screen)
                                  : bound_certify_problem(&options, job, &setting, &screen);
        live_clear(screen.live);
        live_close(screen.live);
        setting_close(&setting);
    }
    if (status.code == CONFX_STATUS_STOPPED)
        status =
            status_fail(CONFX_STATUS_STOPPED, "stopped by a signal before the bound was complete");
    job_close(job);
    return status;
}

static confx_status_t bound_run(app_t *app, app_words_t words)
{
    bound_options_t options = {.space = SPACE_INTEGERS, .app = app};
    cluster_end_with_readers();
    return app_run_alone(app, words, &argp, &options, bound_certify);
}

const command_t command_bound = {
    "bound", "certificate of a job without searching: bound, optimum, shadow price", bound_run,
    true};
