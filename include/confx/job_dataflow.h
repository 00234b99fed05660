/* The dataflows of a job, one or those that its space lists. */
#ifndef CONFX_JOB_DATAFLOW_H
#define CONFX_JOB_DATAFLOW_H

#include "confx/job.h"

/* The dataflows that layers may have (JOB_DATAFLOW), or depthwise ones (JOB_DATAFLOW_DEPTHWISE):
   the one of the job, or those of its space, by number; job_find_dataflow is job_find of one. */
size_t job_dataflows(const job_t *job, job_data_t data);
const char *job_dataflow(const job_t *job, job_data_t data, size_t i);
confx_status_t job_find_dataflow(const job_t *job, job_data_t data, size_t i, char *path);

#endif
