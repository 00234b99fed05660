/* confx tidy DIR: what a run keeps for its readers and needs no more. */
#include "app/app.h"
#include "app/option.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/run_directory.h"
#include "confx/text.h"
#include "confx/try.h"

#include <stdio.h>

typedef struct {
    const char *directory;
    bool now;
} tidy_options_t;

enum { KEY_NOW = 256 };

static const struct argp_option arguments[] = {
    {"now", KEY_NOW, NULL, 0,
     "Remove those younger than an hour as well: no reader has the run open", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

static error_t tidy_parse(int key, char *argument, struct argp_state *state)
{
    tidy_options_t *options = state->input;
    switch (key) {
    case KEY_NOW:
        options->now = true;
        return 0;
    default:
        return option_argument(key, argument, state, "directory of a run or a sweep",
                               &options->directory);
    }
}

static const struct argp argp = {arguments,
                                 tidy_parse,
                                 "DIR",
                                 "Remove the segments of a run that nothing needs any more: all of "
                                 "a complete run, whose run.h5 holds its rows "
                                 "itself, and of another one those that were joined. For an hour "
                                 "they stay, for readers that have the run open. Of "
                                 "a sweep's directory each run is gone through.\v"
                                 "Exit codes: 0 done, 2 bad input, such as a directory without a "
                                 "run, or a run that is at work, 4 damaged file.",
                                 NULL,
                                 NULL,
                                 NULL};

static confx_status_t tidy_is_run(const char *directory, bool *is_run)
{
    char path[FILE_PATH_MAX];
    *is_run = false;
    TRY(file_join(directory, "run.h5", path));
    return file_has(path, is_run);
}

static confx_status_t tidy_run(const char *directory, bool now)
{
    run_tidied_t tidied;
    TRY(run_tidy(directory, now, &tidied));
    out_print(stdout, "%s: %llu segments removed, %llu bytes freed\n", text_shown(directory).text,
              (unsigned long long)tidied.files, (unsigned long long)tidied.bytes);
    if (tidied.kept_files)
        out_print(stdout,
                  "%s: %llu segments of %llu bytes stay until they are an hour old, for readers "
                  "that have the run open "
                  "(--now removes them)\n",
                  text_shown(directory).text, (unsigned long long)tidied.kept_files,
                  (unsigned long long)tidied.kept_bytes);
    return status_ok();
}

/* A sweep's runs. What is wrong with one run is no reason to leave the others as they are, and is
   told at the end. */
typedef struct {
    bool now;
    confx_status_t first; /* of the failures */
} tidy_runs_t;

static confx_status_t tidy_one_of_runs(void *context, const char *path, const char *name)
{
    tidy_runs_t *runs = context;
    bool is_run = false;
    (void)name;
    confx_status_t status = tidy_is_run(path, &is_run);
    if (status.code == CONFX_STATUS_OK && is_run) status = tidy_run(path, runs->now);
    /* A failure returned from here would end the walk, so it is only kept. */
    if (runs->first.code == CONFX_STATUS_OK) runs->first = status;
    return status_ok();
}

static confx_status_t tidy_runs(const char *directory, bool now)
{
    tidy_runs_t runs = {now, status_ok()};
    TRY(file_each(directory, tidy_one_of_runs, &runs));
    return runs.first;
}

static confx_status_t tidy(void *context)
{
    const tidy_options_t *options = context;
    char runs[FILE_PATH_MAX];
    bool is;
    TRY(tidy_is_run(options->directory, &is));
    if (is) return tidy_run(options->directory, options->now);
    TRY(file_join(options->directory, "runs", runs));
    TRY(file_has_directory(runs, &is));
    if (is) return tidy_runs(runs, options->now);
    return status_input(options->directory, 0, NULL,
                        "holds no run.h5, expected the output directory of a run or a sweep");
}

static confx_status_t tidy_command(app_t *app, app_words_t words)
{
    tidy_options_t options = {.directory = NULL};
    return app_run_alone(app, words, &argp, &options, tidy);
}

const command_t command_tidy = {"tidy", "free the disk of what a run keeps and needs no more",
                                tidy_command, false};
