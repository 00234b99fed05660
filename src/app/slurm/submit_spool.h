/* confx submit --spool SPOOL JOB.yaml */
#ifndef APP_SUBMIT_SPOOL_H
#define APP_SUBMIT_SPOOL_H

#include "app/app.h"
#include "app/job_option.h"

/* Check the job, put it into the spool with all files it names, and print its name there. Root
   only. priority: 0 to SPOOL_PRIORITY_MAX. */
confx_status_t submit_spool(const char *spool, const job_option_t *option, int priority);

#endif
