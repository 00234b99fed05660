/* confx run JOB.yaml */
#include "app.h"
#include "confx/report.h"
#include "job_option.h"
#include "screen.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { JOB_OUTPUT_SET_MAX = 4200, KEY_RESUME = 'r', KEY_OUTPUT = 'o', KEY_PRINT = 'p' };

typedef struct {
    job_option_t job;
    bool resume, print;
    const char *output;
} run_options_t;

static error_t parse(int key, char *argument, struct argp_state *state)
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
    case KEY_OUTPUT:
        options->output = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){
        {"output", KEY_OUTPUT, "DIR", 0, "Run directory, instead of the job's `output'", 0},
        {"resume", KEY_RESUME, NULL, 0, "Go on with the run in the run directory; start one if there is none", 0},
        {"print-job", KEY_PRINT, NULL, 0, "Print the job with every key, and search nothing", 0},
        {0}},
    parse,
    NULL,
    "Search for the best assignment of PEs and buffers to layers, log every sample, and certify the result.\v"
    "Exit codes: 0 done, 2 bad input, 3 input or output failed, 4 damaged file, 5 out of memory, 6 no feasible "
    "assignment, 75 stopped by a signal with a complete checkpoint (go on with --resume).",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    NULL,
    NULL};

static status_t show_result(const job_t *job)
{
    report_t *report;
    TRY(report_open(job->output, &report));
    const status_t status = report_print(report, stdout);
    report_close(report);
    return status;
}

static status_t search(app_t *app, const job_t *job, const run_options_t *options)
{
    screen_t screen = screen_begin(cluster_size(app->cluster));
    const run_listener_t listener = screen_listener(&screen);
    cluster_listen();
    const status_t status = run_search(app->cluster, job, options->resume, &listener);
    screen_end(&screen);
    if (status.code != STATUS_OK && status.code != STATUS_STOPPED) return status;
    const status_t shown = app_root_only(app, app->root ? show_result(job) : status_ok());
    return shown.code == STATUS_OK ? status : shown;
}

/* The job with --output laid upon it: as a quoted text, whatever letters YAML would read otherwise. */
static status_t open_job(run_options_t *options, job_t **job)
{
    char set[JOB_OUTPUT_SET_MAX];
    if (!options->output) return job_option_open(&options->job, job);
    json_t *directory = json_string(options->output);
    char *quoted = directory ? json_dumps(directory, JSON_ENCODE_ANY) : NULL;
    const int length = snprintf(set, sizeof set, "output=%s", quoted ? quoted : "");
    json_decref(directory);
    free(quoted);
    if (!quoted || length >= (int)sizeof set)
        return status_input(NULL, 0, "--output", "expected a path in UTF-8 of less than %d letters",
                            JOB_OUTPUT_SET_MAX);
    options->job.sets[options->job.sets_n++] = set;
    const status_t status = job_option_open(&options->job, job);
    options->job.sets[--options->job.sets_n] = NULL; /* `set` ends here */
    return status;
}

static status_t run(app_t *app, int argc, char **argv)
{
    run_options_t options = {.resume = false};
    bool help;
    job_t *job = NULL;
    TRY(app_parse(app, &argp, argc, argv, &options, &help));
    if (help) return status_ok();
    TRY(cluster_agree(app->cluster, open_job(&options, &job)));
    status_t status = status_ok();
    if (!options.print)
        status = search(app, job, &options);
    else if (app->root)
        (void)fputs(job->text, stdout);
    job_close(job);
    return status;
}

const command_t command_run = {"run", "search for the best assignment: one job over all ranks", run};
