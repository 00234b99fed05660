/* One search over the ranks: from a job to a run directory. */
#ifndef CONFX_RUN_H
#define CONFX_RUN_H

#include "confx/certificate.h"
#include "confx/cluster.h"
#include "confx/problem.h"
#include "confx/search.h"
#include "confx/store.h"

/* ---- what a job's names stand for ------------------------------------------------------------ */

/* The files that a job names, and the profile below a hardware file of MAESTRO's. */
typedef enum {
    INPUT_WORKLOAD,
    INPUT_DATAFLOW,
    INPUT_DEPTHWISE,
    INPUT_HARDWARE,
    INPUT_PROFILE,
    INPUTS
} input_role_t;

typedef struct {
    char *file;   /* its path; NULL: there is no such input */
    char *text;   /* all of it, as it was read */
    bool changed; /* the text is one that a run has kept, and there is another one in the file by
                     now */
} input_t;

typedef struct {
    confx_workload_t workload;
    confx_hardware_t hardware;
    confx_dataflow_t *dataflow, *depthwise;
    problem_t *problem;
    input_t inputs[INPUTS]; /* what all this was made of */
} setting_t;

/* Read all that the job names and open its problem. */
confx_status_t setting_open(const job_t *job, setting_t *setting);
/* The same for a run that goes on: the texts that the run in the job's output keeps, if there is
   one that keeps them. */
confx_status_t setting_open_kept(const job_t *job, setting_t *setting);
void setting_close(setting_t *setting);

/* The job that a run has logged in run.h5 (at `path`), and its setting, of the texts kept there.
   Runs of schema 1 keep none; the files that they name are looked up where the run found them,
   beside the job file: by the logged way there from the run directory (a project may move as a
   whole), by the logged path (a run directory may move alone), then beside run.h5. The caller
   closes both. */
confx_status_t setting_open_logged(store_t *store, const char *path, job_t **job,
                                   setting_t *setting);

/* One line that says which of the files a run has read hold another text by now; empty when none
   does, and for a run that keeps no texts. Files that are gone have not changed.
   CONFX_STATUS_INPUT: there is no run.h5; CONFX_STATUS_DAMAGED. Local. */
enum { INPUTS_NOTICE_MAX = 1024 };
confx_status_t run_inputs_notice(const char *run_dir, char notice[INPUTS_NOTICE_MAX]);

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

/* ---- what a run directory says --------------------------------------------------------------- */

/* As far as the last commit. */
typedef struct {
    char status[16]; /* "running", "stopped", "complete", "infeasible" */
    uint64_t samples, samples_total;
    double best, constraint; /* NaN: nothing feasible yet */
    double budget, lower_bound;
    double optimum;           /* NaN: not solved */
    double gap;               /* of best to the lower bound */
    double feasible_fraction; /* of the samples; NaN: none yet */
    double seconds;           /* of searching, all sessions */
} run_result_t;

/* From run.h5. CONFX_STATUS_INPUT: there is none; CONFX_STATUS_DAMAGED. Local. */
confx_status_t run_result_read(const char *run_dir, run_result_t *result);

/* ---- verifying ------------------------------------------------------------------------------- */

/* Score every logged sample of a run directory anew from its actions, and the result.
   CONFX_STATUS_DAMAGED names the first row that differs in a bit; *rows: how many were compared. */
confx_status_t run_verify(const char *run_dir, uint64_t *rows);

/* ---- tidying --------------------------------------------------------------------------------- */

/* Segments, and their bytes. */
typedef struct {
    uint64_t files, bytes; /* removed */
    uint64_t kept_files,
        kept_bytes; /* needed no more, but younger than an hour: somebody may be reading them */
} run_tidied_t;

/* Remove the segments of a run directory that neither run.h5 nor a checkpoint needs: of a complete
   run all, of another one those joined into others. `now`: not only those that have been so for an
   hour. CONFX_STATUS_INPUT: there is no run, or another process owns the directory (owner.h). */
confx_status_t run_tidy(const char *run_dir, bool now, run_tidied_t *tidied);

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
