/* confx verify RUN_DIR */
#include "app/app.h"
#include "app/directory.h"
#include "app/option.h"
#include "confx/compose.h"
#include "confx/run_directory.h"
#include "confx/text.h"
#include "confx/try.h"

#include <stdio.h>

typedef struct {
    const char *directory;
} verify_options_t;

static error_t verify_parse(int key, char *argument, struct argp_state *state)
{
    verify_options_t *options = state->input;
    return option_argument(key, argument, state, "run directory", &options->directory);
}

static const struct argp argp = {
    NULL,
    verify_parse,
    "RUN_DIR",
    "Score every logged sample of a run anew from its actions, and the result, and "
    "compare bit by bit.\v"
    "Exit codes: 0 all agree, 2 bad input, such as a directory without a run, 4 one "
    "differs, or the file is damaged.",
    NULL,
    NULL,
    NULL};

static confx_status_t verify(void *context)
{
    const verify_options_t *options = context;
    const char *directory = options->directory;
    uint64_t rows;
    TRY(directory_expect_run(directory));
    TRY(app_tell_inputs(directory));
    TRY(run_verify(directory, &rows));
    out_print(stdout,
              "%s: all %llu logged samples and the result agree with their actions, bit for bit\n",
              text_shown(directory).text, (unsigned long long)rows);
    return status_ok();
}

static confx_status_t verify_run(app_t *app, app_words_t words)
{
    verify_options_t options = {.directory = NULL};
    return app_run_alone(app, words, &argp, &options, verify);
}

const command_t command_verify = {
    "verify", "recompute every logged result of a run from its actions", verify_run, false};
