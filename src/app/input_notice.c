/* A word on the files that a run has read. */
#include "app/app.h"
#include "confx/run.h"
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
