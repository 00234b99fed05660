/* Job files: everything that decides a search, with a default for each key but the workload. */
#ifndef CONFX_JOB_H
#define CONFX_JOB_H

#include "confx/job_budget.h"
#include "confx/job_networks.h"
#include "confx/job_space.h"
#include "confx/status.h"
#include "confx/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
    algorithm_t algorithm;
    preset_t preset;
    uint64_t samples;        /* scored assignments in all */
    uint64_t policy_samples; /* of these, for the policy stage; 0: the preset decides */
    uint64_t seed;
    feedback_t feedback; /* as written; job_feedback says what holds */
    bool memory; /* may what samples revealed be remembered: per-layer costs, or else totals */
    uint32_t blocks, episodes;  /* per update; 0: the preset decides */
    uint32_t islands, children; /* per generation; 0: the preset decides */
    char *init; /* run.h5 or checkpoint.h5 whose policy is the start; NULL: a random one */
} job_search_t;

typedef struct {
    double commit_seconds; /* least time between two commits of log and checkpoint */
} job_log_t;

typedef struct job {
    char *workload; /* of several "mobilenet_v2 x 3, resnet18", for people */
    networks_t networks;
    job_network_t network[JOB_NETWORKS_MAX];
    size_t network_n; /* at least 1 */
    char *hardware;   /* the profile; keys that are laid upon it stand in the tree alone */
    char *accounting; /* NULL: that of the hardware profile */
    char *dataflow, *dataflow_depthwise; /* of several "dla, rs", for people (job_dataflow.h) */
    deployment_t deployment;
    objective_t objective;
    job_budget_t budget;                   /* the first one, or the only one */
    job_budget_t budgets[JOB_BUDGETS_MAX]; /* all of them: the first shares what it points to */
    size_t budgets_n;
    job_actions_t actions;
    job_space_t space;
    job_search_t search;
    job_log_t log;
    char *output;      /* run directory; runs/NAME for NAME.yaml that names none */
    char *text;        /* the job as resolved, with every key: itself a job file, and in the log */
    char *file;        /* that it was read from; names are looked up beside it */
    struct yaml *tree; /* the keys with their places, for messages */
} job_t;

/* Read a job file upon the defaults, then the --set assignments in order ("search.seed=3"), then
   check every value. CONFX_STATUS_INPUT names file (or --set), line and key. Of keys that stand for
   each other (the budget's name, fraction and limit; dataflow and space.dataflow) the one given
   last holds. The caller closes. */
confx_status_t job_open(const char *path, const char *const *sets, size_t sets_n, job_t **job);
/* The same as job_open from text already read; `file` names it in messages. Pure. */
confx_status_t job_parse(const char *text, const char *file, const char *const *sets, size_t sets_n,
                         job_t **job);
/* The same with a tree of keys in place of --set, whose places the messages name. */
confx_status_t job_parse_over(const char *text, const char *file, const struct yaml *over,
                              job_t **job);
void job_close(job_t *job);

/* Is this the text of a sweep file (a top level with base or grid), which the functions above
   refuse with the command that takes it? CONFX_STATUS_INPUT: it is no YAML. Pure. */
confx_status_t job_is_sweep(const char *text, const char *file, bool *sweep);

/* The keys of a job file for people: each with its default, what it is and what it may be.
   job_explain: the job's text with the same behind each line, keys that it leaves out as comments;
   itself a job file. The caller frees *text. */
void job_print_keys(FILE *out);
confx_status_t job_explain(const job_t *job, char **text);
/* Does a path of keys begin with one that job files have? */
bool job_knows(const char *key);

/* Where the file lies that a key names (FILE_PATH_MAX), by file_find beside the job file.
   CONFX_STATUS_INPUT names file, line and key, and the names at hand. */
typedef enum {
    JOB_WORKLOAD,
    JOB_DATAFLOW,
    JOB_DATAFLOW_DEPTHWISE,
    JOB_HARDWARE,
    JOB_BUDGET_DATAFLOW, /* only of a job with budget.of */
    JOB_DATA_KINDS
} job_data_t;
confx_status_t job_find(const job_t *job, job_data_t data, char *path);
/* Of a network by number, where JOB_WORKLOAD is the first one. */
confx_status_t job_find_network(const job_t *job, size_t i, char *path);
/* Names are looked up beside that file from now on: of a job from a log. CONFX_STATUS_MEMORY. */
confx_status_t job_move(job_t *job, const char *file);
/* Where search.init lies: beside the job file, else as seen from the working directory. */
confx_status_t job_find_init(const job_t *job, char *path);

/* What a job says of its hardware: the path in its tree, a name, or a mapping of `base` and keys of
   a profile. */
#define JOB_HARDWARE_KEY "hardware"

/* What scoring a sample reveals: search.feedback, with these exceptions, all to FEEDBACK_TOTAL.
   First, an objective that is a product of two sums which both must be sampled: no layer has a cost
   of its own. Second, any other product, or a limit on something that must be sampled: costs of
   layers are shown only to reinforce and islands of the preset default, if they remember and the
   deployment is a pipeline, as other algorithms would not know what to do with them. _of: the same
   for another algorithm. _reason: why there is an exception, as a clause without its subject; NULL
   where there is none. */
feedback_t job_feedback(const job_t *job);
feedback_t job_feedback_of(const job_t *job, algorithm_t algorithm);
const char *job_feedback_reason(const job_t *job, const char **subject);

#endif
