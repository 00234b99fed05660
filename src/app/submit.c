/* confx submit [--spool SPOOL] JOB.yaml */
#include "confx/spool.h"
#include "confx/text.h"
#include "submit_spool.h"

enum { KEY_SPOOL = 'S', KEY_PRIORITY = 'P' };

typedef struct {
    job_option_t job;
    const char *spool;
    int priority;
} submit_options_t;

static error_t take_priority(struct argp_state *state, const char *argument, int *priority)
{
    int64_t value;
    if (!text_to_integer(argument, 0, SPOOL_PRIORITY_MAX, &value)) {
        argp_error(state, "--priority: expected a whole number from 0 to %d, found `%s'", SPOOL_PRIORITY_MAX, argument);
        return EINVAL;
    }
    *priority = (int)value;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    submit_options_t *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->job;
        return 0;
    case KEY_SPOOL:
        options->spool = argument;
        return 0;
    case KEY_PRIORITY:
        return take_priority(state, argument, &options->priority);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    (const struct argp_option[]){{"spool", KEY_SPOOL, "SPOOL", 0, "Put the job into this spool, for `confx serve'", 0},
                                 {"priority", KEY_PRIORITY, "N", 0, "0 to 99, the highest first (50); with --spool", 0},
                                 {0}},
    parse,
    NULL,
    "Hand in a job. Into a spool: prints the name it has there. The files that the job names go along.",
    (const struct argp_child[]){{&job_option_argp, 0, NULL, 0}, {0}},
    NULL,
    NULL};

static status_t submit(const submit_options_t *options)
{
    if (options->spool) return submit_spool(options->spool, &options->job, options->priority);
    return status_input(NULL, 0, "submit", "expected --spool SPOOL; for SLURM see slurm/");
}

static status_t run(app_t *app, int argc, char **argv)
{
    submit_options_t options = {.priority = SPOOL_PRIORITY};
    bool help;
    TRY(app_parse(app, &argp, argc, argv, &options, &help));
    if (help) return status_ok();
    return app_root_only(app, app->root ? submit(&options) : status_ok());
}

const command_t command_submit = {"submit", "hand in a job, to a spool", run};
