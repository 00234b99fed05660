/* confx cancel SPOOL NAME... */
#include "app/app.h"
#include "confx/compose.h"
#include "confx/spool.h"
#include "confx/try.h"

#include <stdio.h>

typedef struct {
    const char *spool;
    char **names;
    int names_n;
} cancel_options_t;

static error_t cancel_parse(int key, char *argument, struct argp_state *state)
{
    cancel_options_t *options = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (options->spool)
            return ARGP_ERR_UNKNOWN; /* the names: all of them at once, by ARGP_KEY_ARGS */
        options->spool = argument;
        return 0;
    case ARGP_KEY_ARGS:
        options->names = state->argv + state->next;
        options->names_n = state->argc - state->next;
        return 0;
    case ARGP_KEY_END:
        if (options->names_n) return 0;
        argp_error(state, "a spool and the names of jobs are expected");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    NULL,
    cancel_parse,
    "SPOOL NAME...",
    "Cancel jobs in a spool: queued ones at once, running ones within a second or so. What a "
    "running one has found "
    "stays in SPOOL/cancelled/NAME/run. Names are those that `confx status' shows.\v"
    "Exit codes: 0 all are cancelled or being stopped, 2 bad input, such as a name that is not "
    "queued or running.",
    NULL,
    NULL,
    NULL};

static confx_status_t cancel(void *context)
{
    const cancel_options_t *options = context;
    for (int i = 0; i < options->names_n; i++) {
        bool running;
        TRY(spool_cancel(options->spool, options->names[i], &running));
        out_print(stdout, "%s: %s\n", options->names[i],
                  running ? "is being stopped" : "cancelled");
    }
    return status_ok();
}

static confx_status_t cancel_run(app_t *app, app_words_t words)
{
    cancel_options_t options = {.spool = NULL};
    return app_run_alone(app, words, &argp, &options, cancel);
}

const command_t command_cancel = {"cancel", "take jobs out of a spool, or stop them", cancel_run,
                                  false};
