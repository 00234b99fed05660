/* What the limits of one of MAESTRO's hardware files mean to a search: nothing, and that is
   said. */
#include "app/app.h"
#include "confx/cost.h"
#include "confx/file.h"

#include <stdio.h>

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
