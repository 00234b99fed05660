/* Many searches over groups of ranks. The root gives a search to each group that is free, and is
   told how the searches get on. As the root's own group searches as well, the root answers only
   between its updates; a group whose search is nearly over therefore gets its next search in
   advance. A search has the same result whichever group does it. Groups are consecutive ranks, and
   as equal in size as possible; where there are too few ranks there is one group. */
#ifndef CONFX_SCHEDULER_H
#define CONFX_SCHEDULER_H

#include "confx/cluster.h"
#include "confx/guard.h"
#include "confx/run_directory.h"
#include "confx/sweep.h"

typedef struct {
    uint64_t id;      /* the source's own */
    const char *text; /* the job as resolved (job_t.text), output included */
    const char *file; /* beside which its names are looked up (job_t.file) */
    bool resume;
} scheduler_task_t;

/* Where a search stands: a few times a second. */
typedef struct {
    uint64_t samples, samples_total;
    double best, gap, seconds_left;
} scheduler_progress_t;

typedef enum { SCHEDULER_TASK, SCHEDULER_LATER, SCHEDULER_END } scheduler_next_t;

/* Called on the root only, between its own updates: each should take milliseconds. */
typedef struct {
    void *context;
    /* What a free group does next: *task (alive until the next call), nothing at the moment, or
       nothing ever again. */
    scheduler_next_t (*next)(void *context, scheduler_task_t *task);
    void (*began)(void *context, uint64_t id); /* given before, it is at work now; may be NULL */
    void (*progress)(void *context, uint64_t id, const scheduler_progress_t *progress);
    /* A search is over. status: OK, complete; STOPPED, it goes on some other time; else it failed.
       result: what it leaves; NULL: that cannot be read. seconds: that its group spent. */
    void (*ended)(void *context, uint64_t id, const confx_status_t *status,
                  const run_result_t *result, double seconds);
    bool (*unwanted)(void *context, uint64_t id); /* true: stop it, with a commit; may be NULL */
    bool (*tick)(void *context); /* now and then; false: stop everything; may be NULL */
    /* On every rank: of the directory of all searches, asked before each begins; may be NULL */
    const guard_t *guard;
} scheduler_source_t;

size_t scheduler_groups(const cluster_t *cluster, size_t ranks_per_search); /* local */

/* Work until the source says SCHEDULER_END and all searches are over. Collective.
   CONFX_STATUS_STOPPED, on all ranks, when a signal came to any rank or a tick said so: then all
   running searches have stopped with a commit. Failures of searches are told to the source alone.
   */
confx_status_t scheduler_run(cluster_t *cluster, size_t ranks_per_search,
                             const scheduler_source_t *source);

/* ---- from a list ----------------------------------------------------------------------------- */

typedef enum {
    SCHEDULER_WAITING,
    SCHEDULER_RUNNING,
    SCHEDULER_COMPLETE,
    SCHEDULER_INFEASIBLE,
    SCHEDULER_FAILED,
    SCHEDULER_STOPPED
} scheduler_state_t;
const char *scheduler_state_name(scheduler_state_t state); /* "waiting", ... */

typedef struct {
    const job_t *job; /* with an output of its own; alive as long as the list */
    double work;      /* expected, in no unit: the most first. scheduler_check sets it */
    /* set by scheduler_run_list, on the root: */
    scheduler_state_t state;
    confx_status_t status; /* why it failed */
    run_result_t result;   /* all 0 until there is one */
    double share;          /* of its samples that are done */
} scheduler_search_t;

typedef struct {
    double begun;                         /* clock_seconds at the start */
    size_t counts[SCHEDULER_STOPPED + 1]; /* of searches by state */
    double seconds_left;                  /* NaN: not known yet */
    double busy_share; /* of the groups' time until the last search ended, spent on searches */
} scheduler_facts_t;

typedef struct {
    void *context;
    /* Root, now and then and at the end. A failure stops everything. */
    confx_status_t (*show)(void *context, const scheduler_search_t *searches, size_t n,
                           const scheduler_facts_t *facts);
    const guard_t *guard; /* as a source has it; a "no" of it is the failure of the list */
} scheduler_listener_t;

/* Open the problem of every job, before anything starts, and tell the work. Collective, dealt over
   all ranks; the first failure of the list is everybody's. */
confx_status_t scheduler_check(cluster_t *cluster, scheduler_search_t *searches, size_t n);

/* Do all searches of the list (equal on all ranks). Those complete or infeasible in their
   directories are not done again when `resume`; half-done ones go on. CONFX_STATUS_STOPPED; else
   CONFX_STATUS_OK, failed searches or not, or what the listener failed of. Collective. */
confx_status_t scheduler_run_list(cluster_t *cluster, scheduler_search_t *searches, size_t n,
                                  size_t ranks_per_search, bool resume,
                                  const scheduler_listener_t *listener);

/* Gaps of the complete searches that have one. CONFX_STATUS_MEMORY. */
typedef struct {
    size_t n, worst; /* how many; the search with the largest */
    double median;   /* NaN: n is 0 */
} scheduler_gaps_t;
confx_status_t scheduler_gaps(const scheduler_search_t *searches, size_t n, scheduler_gaps_t *gaps);

/* Of a whole list: a search that found nothing feasible was done like any other. Where searches
   failed, the code of the first and how many. */
confx_status_t scheduler_verdict(const scheduler_search_t *searches, size_t n);

/* DIRECTORY/sweep.csv and sweep.h5, a row per search; status_word: "running", "stopped", "done". */
confx_status_t sweep_table_write(const char *directory, const sweep_t *sweep,
                                 const scheduler_search_t *searches, const char *started,
                                 const char *status_word, const guard_t *guard);

#endif
