/* confx run JOB.yaml */
#include "app/app.h"
#include "app/directory.h"
#include "app/job_option.h"
#include "app/option.h"
#include "app/screen.h"
#include "app/shell.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/report.h"
#include "confx/try.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_RESUME = 'r', KEY_OUTPUT = 'o', KEY_INIT = 'i', KEY_PRINT = 'p' };

typedef struct {
    job_option_t job;
    bool resume, print;
    const char *output, *init;
} run_options_t;

static error_t run_parse(int key, char *argument, struct argp_state *state)
{
    run_options_t *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->job;
        return 0;
    case KEY_RESUME:
        options->resume = true;
        return 0;
    case KEY_PRINT:
        options->print = true;
        return 0;
    case KEY_INIT:
        options->init = argument;
        return 0;
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *run_help(int key, const char *text, void *input)
{
    (void)input;
    return option_help(key, text, "Keys of JOB.yaml, with their defaults:", job_print_keys);
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"output", KEY_OUTPUT, "DIR", 0, "Run directory, instead of the job's `output'", 0},
        {"init", KEY_INIT, "FILE.h5", 0,
         "Start from the policy in another run's run.h5, instead of the job's `search.init'", 0},
        {"resume", KEY_RESUME, NULL, 0,
         "Go on with the run in the run directory; start one if there is none", 0},
        {"print-job", KEY_PRINT, NULL, 0,
         "Print the job with every key and what it may be, and search nothing", 0},
        {0}},
    run_parse,
    NULL,
    "Search for the best assignment of PEs and buffers to layers, log every sample, and certify "
    "the result.\v"
    "Exit codes: 0 done, 2 bad input, 3 input or output failed, 4 damaged file, 5 out of memory, 6 "
    "no feasible "
    "assignment, 75 stopped by a signal with a complete checkpoint (go on with --resume). The "
    "signals are Ctrl-C "
    "(SIGINT), SIGTERM, SIGHUP (ignored under nohup), SIGUSR1, SIGUSR2 and SIGXCPU.\n\n"
    "Under mpirun (Open MPI) exit codes are those of the ranks, but of Ctrl-C, SIGTERM or SIGHUP "
    "to mpirun itself its "
    "own "
    "is 1, and after a second it kills: there, stop with SIGUSR1 (kill -USR1 to mpirun, which "
    "hands it on and ends "
    "with 75), "
    "or give mpirun more time by --mca odls_base_sigkill_timeout 30.",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    run_help,
    NULL};

/* The job as the user has given it, for another command. */
static void run_print_job_words(const job_option_t *option)
{
    fputc(' ', stdout);
    shell_word(option->path, stdout);
    for (size_t i = 0; i < option->sets_n; i++) {
        fputs(" --set ", stdout);
        shell_word(option->sets[i], stdout);
    }
}

/* The certificate has a better design than the one found: what it is worth, and how to get it. */
static void run_print_optimum(const job_t *job, const job_option_t *option,
                              const report_optimum_t *optimum)
{
    char directory[FILE_PATH_MAX + 16];
    size_t length = strlen(job->output);
    /* Beside the run and not within it, whatever slashes its name ends with. */
    while (length > 1 && job->output[length - 1] == '/') length--;
    (void)snprintf(directory, sizeof directory, "%.*s_optimum", (int)length, job->output);
    out_print(stdout,
              "Optimum    the certificate's design is better: %.9g %s; what was found is %.3g %% "
              "above it. To have it:\n           confx bound",
              optimum->optimum, objective_units(job->objective), 100 * optimum->gap);
    run_print_job_words(option);
    if (optimum->levels) fputs(" --space levels", stdout);
    fputs(" --output ", stdout);
    shell_word(directory, stdout);
    fputc('\n', stdout);
}

static confx_status_t run_show_result(const job_t *job, const job_option_t *option)
{
    report_t *report;
    TRY(report_open(job->output, &report));
    const confx_status_t status = report_print(report, stdout);
    const report_optimum_t optimum = report_optimum(report);
    report_close(report);
    if (status.code == CONFX_STATUS_OK && optimum.better) run_print_optimum(job, option, &optimum);
    if (status.code == CONFX_STATUS_OK) return status;
    return status_fail(status.code, "the search is complete, and in %s; %s", job->output,
                       status.message);
}

/* A stopped one tells how it goes on, and no table: `confx report' has that. */
static confx_status_t run_with_screen(app_t *app, const job_t *job, const run_options_t *options)
{
    TRY(app_root_only(app,
                      app->root ? directory_expect_room(job->output, DIRECTORY_RUN) : status_ok()));
    screen_t screen = screen_begin(app);
    const run_listener_t listener = screen_listener(&screen);
    app->resumable = true;
    const confx_status_t status = run_search(app->cluster, job, options->resume, &listener);
    screen_end(&screen);
    if (status.code != CONFX_STATUS_OK) return status;
    return app_root_only(app, app->root ? run_show_result(job, &options->job) : status_ok());
}

/* The job with --output and --init laid upon it. */
static confx_status_t run_open_job(run_options_t *options, job_t **job)
{
    char output[JOB_PATH_SET_MAX];
    char init[JOB_PATH_SET_MAX];
    job_option_t with = options->job;
    /* The two assignments point to this function's own memory, and the job copies what it takes.
       There is room for both: job_option_parse leaves two places free. */
    if (options->output) {
        TRY(job_option_path("--output", "output", options->output, output));
        with.sets[with.sets_n++] = output;
    }
    if (options->init) {
        TRY(job_option_path("--init", "search.init", options->init, init));
        with.sets[with.sets_n++] = init;
    }
    return job_option_open(&with, job);
}

static confx_status_t run_print(const job_t *job)
{
    char *text;
    TRY(job_explain(job, &text));
    (void)fputs(text, stdout);
    free(text);
    return status_ok();
}

static confx_status_t run(app_t *app, app_words_t words)
{
    run_options_t options = {.resume = false};
    bool help;
    job_t *job = NULL;
    TRY(app_parse(app, words, &argp, &options, &help));
    if (help) return status_ok();
    TRY(cluster_agree(app->cluster, run_open_job(&options, &job)));
    assert(job);
    /* A notice would stand before the job's text, which somebody may be about to redirect to a
       file. */
    if (app->root && !options.print) app_tell_hardware(job);
    const confx_status_t status = options.print
                                      ? app_root_only(app, app->root ? run_print(job) : status_ok())
                                      : run_with_screen(app, job, &options);
    job_close(job);
    return status;
}

const command_t command_run = {"run", "search for the best assignment: one job over all ranks", run,
                               true};
