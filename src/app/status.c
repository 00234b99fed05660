/* confx status SPOOL */
#include "app/app.h"
#include "app/option.h"
#include "confx/compose.h"
#include "confx/file.h"
#include "confx/spool_list.h"
#include "confx/table_show.h"
#include "confx/text.h"
#include "confx/try.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_JSON = 'j', SHOWN = 10 };

typedef struct {
    const char *directory;
    bool json;
} status_options_t;

static error_t status_parse(int key, char *argument, struct argp_state *state)
{
    status_options_t *options = state->input;
    switch (key) {
    case KEY_JSON:
        options->json = true;
        return 0;
    default:
        return option_argument(key, argument, state, "spool directory", &options->directory);
    }
}

static const struct argp argp = {
    (const struct argp_option[]){{"json", KEY_JSON, NULL, 0, "Print all jobs as JSON", 0}, {0}},
    status_parse,
    "SPOOL",
    "Show what is in a spool: queued, running (as far as the last commit), done, failed and "
    "cancelled jobs; of those "
    "over the last 10, of failed ones with the reason.\v"
    "Exit codes: 0 done, 2 bad input, such as a directory that is no spool.",
    NULL,
    NULL,
    NULL};

typedef struct {
    spool_entry_t *entries;
    size_t n;
} jobs_t;

typedef struct {
    spool_ignored_t *list;
    size_t n;
} ignored_t;

static double status_seconds_left(const run_result_t *result)
{
    if (!result->samples) return NAN;
    return result->seconds / (double)result->samples *
           (double)(result->samples_total - result->samples);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* A job without a result has no figures, one that is not running no service, one that has not
   failed no message. */
static const table_column_t status_columns[] = {TABLE_WORDS("name"),
                                                TABLE_COUNT("priority"),
                                                TABLE_WORDS("service"),
                                                TABLE_WORDS("message"),
                                                TABLE_COUNT("samples"),
                                                TABLE_COUNT("samples_total"),
                                                TABLE_FIGURE("best", NULL),
                                                TABLE_FIGURE("lower_bound", NULL),
                                                TABLE_FIGURE("gap", NULL),
                                                TABLE_FIGURE("seconds", NULL),
                                                TABLE_FIGURE("seconds_left", NULL)};
enum { STATUS_COLUMNS = sizeof status_columns / sizeof *status_columns, STATUS_RESULT = 7 };

typedef struct {
    const jobs_t *jobs;
    spool_state_t state;
} status_list_t;

static void status_text(bool there, const char *text, table_row_t *row)
{
    if (there)
        table_text(row, "%s", text);
    else
        table_absent(row);
}

static void status_row(const void *of, size_t i, table_row_t *row)
{
    const status_list_t *list = of;
    const spool_entry_t *entry = &list->jobs->entries[i];
    const run_result_t *result = &entry->result;
    table_text(row, "%s", entry->name);
    table_whole(row, spool_priority(entry->name));
    status_text(list->state == SPOOL_RUNNING, entry->service, row);
    status_text(list->state == SPOOL_FAILED, text_shown(entry->message).text, row);
    for (size_t c = 0; !result->status[0] && c < STATUS_RESULT; c++) table_absent(row);
    if (!result->status[0]) return;
    table_whole(row, (int64_t)result->samples);
    table_whole(row, (int64_t)result->samples_total);
    table_known(row, result->best);
    table_known(row, result->lower_bound);
    table_known(row, result->gap);
    table_known(row, result->seconds);
    if (list->state == SPOOL_RUNNING)
        table_known(row, status_seconds_left(result));
    else
        table_absent(row);
}

static json_t *status_list(const jobs_t *jobs, spool_state_t state)
{
    const status_list_t list = {jobs, state};
    const table_t table = {.columns = status_columns,
                           .columns_n = STATUS_COLUMNS,
                           .rows_n = jobs->n,
                           .of = &list,
                           .row = status_row};
    return table_json(&table);
}

/* Without memory for any of it the whole is NULL: a list must not pass for all there is. */
static json_t *status_json(const jobs_t jobs[SPOOL_STATES], const ignored_t *ignored)
{
    static const char *const names[] = {"queued", "running", "done", "failed", "cancelled"};
    json_t *told = json_object();
    json_t *others = json_array();
    int failed = !told || !others;
    for (int state = 0; !failed && state < SPOOL_STATES; state++)
        failed = json_object_set_new(told, names[state],
                                     status_list(&jobs[state], (spool_state_t)state));
    /* A name of another encoding has no place in JSON as it is. */
    for (size_t i = 0; !failed && i < ignored->n; i++)
        failed = json_array_append_new(others, json_string(text_shown(ignored->list[i].name).text));
    /* This call takes a reference of its own, other than the calls above, which take over ours. So
       `others` is released here whether or not it has found its place. */
    if (!failed) failed = json_object_set(told, "ignored", others);
    json_decref(others);
    if (!failed) return told;
    json_decref(told);
    return NULL;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void status_print_result(const run_result_t *result)
{
    if (!result->status[0]) return;
    out_print(stdout, "  %llu/%llu samples", (unsigned long long)result->samples,
              (unsigned long long)result->samples_total);
    if (isfinite(result->best))
        out_print(stdout, "  best %.8g  gap %.3f %%", result->best, 100 * result->gap);
}

static void status_print_running(const jobs_t *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) {
        const spool_entry_t *entry = &jobs->entries[i];
        const double left = status_seconds_left(&entry->result);
        out_print(stdout, "running    %s", entry->name);
        status_print_result(&entry->result);
        if (isfinite(left)) out_print(stdout, "  %.0f s left", left);
        out_print(stdout, "  by %s\n", entry->service);
    }
}

static void status_print_last(const jobs_t *jobs, const char *word)
{
    const size_t first = jobs->n > SHOWN ? jobs->n - SHOWN : 0;
    if (first) out_print(stdout, "%-10s ... and %zu before\n", word, first);
    for (size_t i = first; i < jobs->n; i++) {
        out_print(stdout, "%-10s %s", word, jobs->entries[i].name);
        status_print_result(&jobs->entries[i].result);
        if (jobs->entries[i].message[0])
            out_print(stdout, "  %s", text_shown(jobs->entries[i].message).text);
        putchar('\n');
    }
}

static void status_print_ignored(const ignored_t *ignored)
{
    for (size_t i = 0; i < ignored->n && i < SHOWN; i++)
        out_print(stdout, "ignored    queue/%s  %s\n", text_shown(ignored->list[i].name).text,
                  ignored->list[i].why);
    if (ignored->n > SHOWN) out_print(stdout, "ignored    ... and %zu more\n", ignored->n - SHOWN);
}

static confx_status_t status_print_text(const jobs_t jobs[SPOOL_STATES], const ignored_t *ignored)
{
    const jobs_t *queued = &jobs[SPOOL_QUEUED];
    out_print(stdout, "Jobs       %zu queued, %zu running, %zu done, %zu failed, %zu cancelled\n",
              queued->n, jobs[SPOOL_RUNNING].n, jobs[SPOOL_DONE].n, jobs[SPOOL_FAILED].n,
              jobs[SPOOL_CANCELLED].n);
    status_print_running(&jobs[SPOOL_RUNNING]);
    for (size_t i = 0; i < queued->n && i < SHOWN; i++)
        out_print(stdout, "queued     %s\n", queued->entries[i].name);
    if (queued->n > SHOWN) out_print(stdout, "queued     ... and %zu more\n", queued->n - SHOWN);
    status_print_last(&jobs[SPOOL_DONE], "done");
    status_print_last(&jobs[SPOOL_FAILED], "failed");
    status_print_last(&jobs[SPOOL_CANCELLED], "cancelled");
    status_print_ignored(ignored);
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t status_check_spool(const char *directory)
{
    char queue[FILE_PATH_MAX];
    TRY(file_join(directory, "queue", queue));
    bool has;
    TRY(file_has_directory(queue, &has));
    if (has) return status_ok();
    return status_input(
        directory, 0, NULL,
        "expected a spool (a directory made by `confx serve' or `confx submit --spool')");
}

/* In the order jobs move on while one looks: one may be seen twice, none is missed. */
static confx_status_t status_read_all(const status_options_t *options, jobs_t jobs[SPOOL_STATES])
{
    TRY(status_check_spool(options->directory));
    for (int state = 0; state < SPOOL_STATES; state++) {
        const bool all = options->json ? state != SPOOL_QUEUED : state == SPOOL_RUNNING;
        const size_t details = all ? SIZE_MAX : state == SPOOL_QUEUED ? 0 : SHOWN;
        TRY(spool_list(options->directory, (spool_state_t)state, details, &jobs[state].entries,
                       &jobs[state].n));
    }
    return status_ok();
}

static confx_status_t status_show(void *context)
{
    const status_options_t *options = context;
    jobs_t jobs[SPOOL_STATES] = {{NULL, 0}};
    ignored_t ignored = {NULL, 0};
    confx_status_t status = status_read_all(options, jobs);
    if (status.code == CONFX_STATUS_OK)
        status = spool_ignored(options->directory, &ignored.list, &ignored.n);
    if (status.code == CONFX_STATUS_OK)
        status = options->json ? json_print(status_json(jobs, &ignored), "the table", 2, stdout)
                               : status_print_text(jobs, &ignored);
    spool_ignored_close(ignored.list, ignored.n);
    for (int state = 0; state < SPOOL_STATES; state++) free(jobs[state].entries);
    return status;
}

static confx_status_t status_run(app_t *app, app_words_t words)
{
    status_options_t options = {.directory = NULL};
    return app_run_alone(app, words, &argp, &options, status_show);
}

const command_t command_status = {"status", "queued, running, done and failed jobs of a spool",
                                  status_run, false};
