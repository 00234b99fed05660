/* The program: one file per subcommand, each parses its options, calls down and prints. */
#ifndef APP_APP_H
#define APP_APP_H

#include "confx/cluster.h"
#include "confx/job.h"
#include "confx/problem.h"
#include "confx/run_directory.h"
#include "confx/status.h"

#include <argp.h>
#include <stdbool.h>

typedef struct {
    cluster_t *cluster;
    bool root;          /* the one rank that prints */
    char *const *words; /* the command line as it was given */
    int words_n;
    bool resumable; /* if it is stopped, the same command with --resume goes on */
} app_t;

/* Of a subcommand: its name, then options and arguments, which argp may put into another order. */
typedef struct {
    int n;
    char **of;
} app_words_t;

typedef struct {
    const char *name;
    const char *summary;
    confx_status_t (*run)(app_t *app, app_words_t words);
    bool listens; /* told by a signal, it ends by itself, with a checkpoint if it leaves any; others
                     just end */
} command_t;

extern const command_t command_run, command_cost, command_bound, command_report, command_bench,
    command_verify, command_export, command_sweep, command_serve, command_submit, command_status,
    command_cancel, command_compare, command_tidy;

/* Parse by argp with --help added; *help: it was asked for and shown, there is nothing else to do.
   A bad option is CONFX_STATUS_INPUT, already told by the root. */
confx_status_t app_parse(const app_t *app, app_words_t words, const struct argp *argp,
                         void *options, bool *help);

/* A command that is done by the root alone: parse as app_parse does, then act on the options. */
confx_status_t app_run_alone(app_t *app, app_words_t words, const struct argp *argp, void *options,
                             confx_status_t (*act)(void *options));

/* To standard error, in one line, which files that a run has read hold another text by now; nothing
   if none does. */
confx_status_t app_tell_inputs(const char *run_dir);

/* To standard error, a line each: that the job's hardware has limits, which bind no search; and
   that neither the job nor its profile names an accounting, which is exact then. */
void app_tell_hardware(const job_t *job);
/* A line on how many actions of the layers are illegal, behind `title`; nothing if none is. */
void app_print_illegal(const problem_t *problem, const char *title);

/* Layers of designs found, and those whose counted MACs are not the true ones. */
typedef struct {
    double layers, departing;
} departing_t;
void departing_add(departing_t *departing, const run_result_t *result); /* that says so */
void departing_print(const departing_t *departing); /* one line; nothing where none departs */

/* What only one rank can do (printing a table): `status` of the root becomes everybody's. */
confx_status_t app_root_only(app_t *app, confx_status_t status);

#endif
