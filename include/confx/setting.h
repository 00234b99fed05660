/* What a job's names stand for: the files it names, read, and the problem that they make. */
#ifndef CONFX_SETTING_H
#define CONFX_SETTING_H

#include "confx/problem.h"
#include "confx/store.h"

/* The files that a job names, those that its hardware file stands on (of a profile its base and the
   base of that, of a hardware file of MAESTRO's the profile maestro), and the second to the last
   dataflow of a job whose space lists several, and likewise of its networks. */
enum { INPUT_PROFILES = 5, INPUT_MORE_MAX = JOB_DATAFLOWS_MAX - 1 };
typedef enum {
    INPUT_WORKLOAD,
    INPUT_DATAFLOW,
    INPUT_DEPTHWISE,
    INPUT_HARDWARE,
    INPUT_PROFILE,                                 /* nearest to the hardware file first */
    INPUT_BUDGET = INPUT_PROFILE + INPUT_PROFILES, /* of a job with budget.of */
    INPUT_MORE_DATAFLOWS,
    INPUT_MORE_DEPTHWISE = INPUT_MORE_DATAFLOWS + INPUT_MORE_MAX,
    INPUT_MORE_WORKLOADS = INPUT_MORE_DEPTHWISE + INPUT_MORE_MAX,
    INPUTS = INPUT_MORE_WORKLOADS + JOB_NETWORKS_MAX - 1
} input_role_t;

enum { SETTING_ACCOUNTING_MAX = 16 };
typedef struct {
    char *file; /* its path; NULL: there is no such input */
    char *text; /* all of it, as it was read */
    /* Of the hardware: the accounting that all this is scored by; empty before that is decided. */
    char accounting[SETTING_ACCOUNTING_MAX];
    bool changed; /* the text is one that a run has kept, and there is another one in the file by
                     now */
} input_t;

typedef struct {
    confx_workload_t workload;
    confx_hardware_t hardware;
    /* Those of the job, by number (job_dataflows); depthwise layers use the others. */
    confx_dataflow_t *dataflows[JOB_DATAFLOWS_MAX], *depthwises[JOB_DATAFLOWS_MAX];
    confx_dataflow_t *budget_of; /* NULL: fractions of the budget are of the job's own range */
    problem_t *problem;
    input_t inputs[INPUTS]; /* what all this was made of */
} setting_t;

/* Read all that the job names and open its problem. Its accounting is that of the job, else of the
   profile. */
confx_status_t setting_open(const job_t *job, setting_t *setting);
/* The same for a run that goes on: the texts that the run in the job's output keeps, if there is
   one that keeps them. CONFX_STATUS_INPUT where it goes by another accounting than the job. */
confx_status_t setting_open_kept(const job_t *job, setting_t *setting);
void setting_close(setting_t *setting);

/* The job that a run has logged in run.h5 (at `path`), and its setting, of the texts kept there.
   Runs of schema 1 keep none; the files that they name are looked up where the run found them,
   beside the job file: by the logged way there from the run directory (a project may move as a
   whole), by the logged path (a run directory may move alone), then beside run.h5. The accounting
   is the logged one; of a log that has none, from before there were two, it is maestro. The caller
   closes both. */
confx_status_t setting_open_logged(store_t *store, const char *path, job_t **job,
                                   setting_t *setting);

#endif
