/* A word on the files that a run has read, and on limits of one of MAESTRO's hardware files, which
   mean nothing to a search. */
#include "app/app.h"
#include "confx/cost.h"
#include "confx/file.h"
#include "confx/find.h"
#include "confx/run_directory.h"
#include "confx/text.h"
#include "confx/try.h"

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
void app_tell_limits(const job_t *job)
{
    char path[FILE_PATH_MAX];
    confx_hardware_t hardware;
    if (file_find("hw", job->hardware, ".yaml", job->file, path).code != CONFX_STATUS_OK) return;
    if (confx_hardware_open(path, &hardware).code != CONFX_STATUS_OK ||
        !confx_hardware_is_limited(&hardware))
        return;
    fprintf(stderr,
            "confx: warning: %s: l1_size_cstr, l2_size_cstr and offchip_bw_cstr do not limit a "
            "search: \"confx cost\" "
            "marks the layers of a design that exceed them\n",
            path);
}
