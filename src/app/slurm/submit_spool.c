#include "app/slurm/submit_spool.h"
#include "confx/try.h"

#include "confx/run.h"
#include "confx/spool.h"

#include <stdio.h>

/* All that a search would refuse before its first sample is refused here: files, keys, values. */
static confx_status_t submit_spool_check(const job_t *job)
{
    setting_t setting;
    TRY(setting_open(job, &setting));
    setting_close(&setting);
    return status_ok();
}

confx_status_t submit_spool(const char *spool, const job_option_t *option, int priority)
{
    char name[SPOOL_NAME_MAX];
    job_t *job;
    TRY(job_option_open(option, &job));
    confx_status_t status = submit_spool_check(job);
    if (status.code == CONFX_STATUS_OK) status = spool_submit(spool, job, priority, name);
    job_close(job);
    if (status.code == CONFX_STATUS_OK) puts(name);
    return status;
}
