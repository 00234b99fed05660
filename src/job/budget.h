/* The budgets of a job: one mapping or a list of them, limits with units, platforms. */
#ifndef JOB_BUDGET_H
#define JOB_BUDGET_H

#include "confx/job.h"

/* Refuse what a layer must not lay upon the budget below it; drop what it replaces. */
confx_status_t budget_lay(struct yaml *tree, const struct yaml *over);

/* Fill budgets and budget from what was read and from the tree, which has its platforms written out
   as limits afterwards: so its text needs no file of them. */
confx_status_t budget_read(job_t *job, const char *file);
void budget_close(job_t *job);

#endif
