/* One search over the ranks: from a job to a run directory. */
#ifndef CONFX_RUN_H
#define CONFX_RUN_H

#include "confx/certificate.h"
#include "confx/cluster.h"
#include "confx/search.h"
#include "confx/setting.h"

/* ---- the search ------------------------------------------------------------------------------ */

/* What is being solved, told once before the first sample. */
typedef struct {
    const job_t *job;
    const setting_t *setting;
    const knapsack_t *certificate; /* over the space searched; root only */
    space_part_t space;
    uint64_t resumed_samples; /* found in the run directory; 0: a new run */
} run_facts_t;

/* Where the search stands, told after every update. */
typedef struct {
    const char *stage; /* "policy", "islands", "random" */
    uint64_t samples, samples_total;
    double best;           /* NaN: nothing feasible yet */
    double gap;            /* of best to the certificate's bound */
    double feasible_share; /* of all samples */
    double seconds;        /* of searching, earlier sessions of the run included */
    double samples_per_second, seconds_left; /* of this session */
} run_progress_t;

/* Called on the root only; any may be NULL. */
typedef struct {
    void *context;
    void (*facts)(void *context, const run_facts_t *facts);
    void (*progress)(void *context, const run_progress_t *progress);
    void (*notice)(void *context, const char *text); /* something a user should know: one line */
    bool (*stop)(void *context); /* after every update; true: stop as after a signal */
} run_listener_t;

/* Search, log and certify. Collective; the same status on every rank. A used directory is
   CONFX_STATUS_INPUT unless `resume`, and then the run goes on from its last checkpoint (a finished
   one is left as it is), with the inputs that it keeps. The run owns its directory from before
   anything is read of it to the end (owner.h): one that another process has is CONFX_STATUS_INPUT,
   and one that is lost meanwhile CONFX_STATUS_IO. CONFX_STATUS_STOPPED after a signal, with
   everything committed; CONFX_STATUS_INFEASIBLE when no sample was feasible. */
confx_status_t run_search(cluster_t *cluster, const job_t *job, bool resume,
                          const run_listener_t *listener);

/* Open the problem of a job, and tell how much work its search is, in no unit: what is begun first
   of many. A budget that nothing fits is no bad input: 0, and the search will say so when its turn
   comes. Local. */
confx_status_t run_work(const job_t *job, double *work);

/* ---- measuring ------------------------------------------------------------------------------- */

/* Updates of the policy stage alone, nothing logged, for about `seconds`: what `confx bench policy`
   times. Collective; the figures are those of all ranks together, on the root. */
typedef struct {
    uint64_t samples;
    double seconds;
    search_work_t work; /* of one sample */
} run_speed_t;
confx_status_t run_policy_speed(cluster_t *cluster, const job_t *job, double seconds,
                                run_speed_t *speed);

#endif
