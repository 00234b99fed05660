/* The design that a certificate has proven to be the best, as a run directory: nothing is searched.
   Report, verify and export take it as they take a run. */
#ifndef CONFX_CERTIFIED_H
#define CONFX_CERTIFIED_H

#include "confx/certificate.h"
#include "confx/cluster.h"
#include "confx/setting.h"

typedef struct {
    cluster_t *cluster; /* of this rank; nothing is collective */
    const job_t *job;
    const setting_t *setting; /* of the job */
    const knapsack_t *certificate;
    space_part_t space; /* that it is of */
    double seconds;     /* that the proof took */
} certified_t;

/* Write run.h5 and assignment.csv into the job's output: the optimal design is its only sample and
   its result. Local. CONFX_STATUS_INPUT where the directory holds a run, and where there is no
   proven optimum, with the reason. */
confx_status_t run_certified(const certified_t *certified);

#endif
