/* The dataflows of a job, one or those that its space lists. */
#ifndef CONFX_JOB_DATAFLOW_H
#define CONFX_JOB_DATAFLOW_H

#include "confx/job.h"

/* How many dataflows layers may have (JOB_DATAFLOW), or depthwise layers (JOB_DATAFLOW_DEPTHWISE):
   the one that the job names, or those that its space lists; each by its number, and where its file
   lies (as job_find). */
size_t job_dataflows(const job_t *job, job_data_t data);
const char *job_dataflow(const job_t *job, job_data_t data, size_t i);
confx_status_t job_find_dataflow(const job_t *job, job_data_t data, size_t i, char *path);

#endif
