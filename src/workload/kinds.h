/* Which layers of a workload are distinct. */
#ifndef WORKLOAD_KINDS_H
#define WORKLOAD_KINDS_H

#include "confx/workload.h"

/* Fill distinct_n, distinct_of and first_of, which have room for every layer. groups (L): layers
   that are alike are of one kind only within a group; NULL: all are one. False: no memory. */
bool workload_number_kinds(confx_workload_t *workload, const double *groups);

#endif
