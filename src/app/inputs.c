/* A word on the files that a run has read. */
#include "app.h"
#include "confx/run.h"
#include "confx/text.h"

#include <stdio.h>

/* A run.h5 that cannot be read is told by whoever needs more of it. */
void app_tell_inputs(const char *run_dir)
{
    char notice[INPUTS_NOTICE_MAX];
    if (run_inputs_notice(run_dir, notice).code == CONFX_STATUS_OK && notice[0])
        fprintf(stderr, "confx: %s\n", text_shown(notice).text);
}
