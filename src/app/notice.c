/* A word on the files that a run has read, on what hardware does not say, on its limits, which mean
   nothing to a search, and on actions that no search may choose. */
#include "app/app.h"
#include "confx/accounting.h"
#include "confx/compose.h"
#include "confx/cost.h"
#include "confx/file.h"
#include "confx/hardware_file.h"
#include "confx/run_directory.h"
#include "confx/text.h"
#include "confx/try.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* A run.h5 that is not there or damaged is told by whoever needs more of it. */
confx_status_t app_tell_inputs(const char *run_dir)
{
    char notice[INPUTS_NOTICE_MAX];
    const confx_status_t status = run_inputs_notice(run_dir, notice);
    if (status.code == CONFX_STATUS_OK && notice[0])
        fprintf(stderr, "confx: %s\n", text_shown(notice).text);
    return status.code == CONFX_STATUS_IO || status.code == CONFX_STATUS_MEMORY ? status
                                                                                : status_ok();
}

/* A file that cannot be read is told by whoever needs it. */
void app_tell_hardware(const job_t *job)
{
    char path[FILE_PATH_MAX];
    confx_hardware_t hardware;
    if (job_find(job, JOB_HARDWARE, path).code != CONFX_STATUS_OK) return;
    if (confx_hardware_open(path, &hardware).code != CONFX_STATUS_OK) return;
    if (hardware_read_below(job->tree, JOB_HARDWARE_KEY, &hardware).code != CONFX_STATUS_OK) return;
    char absent[ACCOUNTING_TEXT_MAX] = "";
    /* A job that names its accounting decides what the profile leaves open. */
    if (!job->accounting) accounting_say_absent(&hardware, absent);
    if (absent[0]) fprintf(stderr, "confx: %s\n", absent);
    if (confx_hardware_is_limited(&hardware))
        fprintf(stderr,
                "confx: warning: %s: its limits do not limit a search: \"confx cost\" "
                "marks the layers of a design that exceed them\n",
                path);
}

void app_print_illegal(const problem_t *problem, const char *title)
{
    const uint64_t all = problem_layers(problem) * space_choices(problem_space(problem));
    const uint64_t illegal = problem_illegal(problem);
    if (illegal)
        out_print(stdout,
                  "%s%" PRIu64 " of %" PRIu64
                  " actions of the layers are illegal under this dataflow, and never sampled\n",
                  title, illegal, all);
}

/* A search that has not begun has a result of nothing but zeros, and one that found none, or is
   from before true MACs were told, has NaN. */
void departing_add(departing_t *departing, const run_result_t *result)
{
    if (isnan(result->layers)) return;
    departing->layers += result->layers;
    departing->departing += result->departing;
}

void departing_print(const departing_t *departing)
{
    if (departing->departing > 0)
        out_print(stdout,
                  "MACs       of %.0f layers of the designs found %.0f are counted other than they "
                  "are (accounting maestro)\n",
                  departing->layers, departing->departing);
}
