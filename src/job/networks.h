/* The networks of a job: one name or a list, with weights. */
#ifndef JOB_NETWORKS_H
#define JOB_NETWORKS_H

#include "confx/job.h"

/* Fill network from what was read and from the tree. None is left to the caller to refuse. */
confx_status_t networks_read(job_t *job);
/* What the key networks means to others, once these are read. */
confx_status_t networks_check(const job_t *job);
void networks_close(job_t *job);

#endif
