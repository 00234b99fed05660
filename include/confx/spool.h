/* A spool: a directory of jobs that services do (confx serve). Everything is a directory and a
   rename, which are atomic on local and network file systems alike; there is no port, no daemon, no
   lock.

       tmp/NAME/                       a job that is being submitted
       queue/NAME/                     a job that waits; names sort by priority, then by time
       running/SERVICE/NAME/           a job that a service is at work on
       done/, failed/, cancelled/      jobs that are over, each with the reason in outcome.json
       cancel/NAME                     a mark: this running job is to be cancelled
       services/SERVICE                a service's last sign of life
       token                           random digits that only services of this spool know

   The directory of a job holds job.yaml and, in directories called like its keys (workload,
   dataflow, ..., policies), copies of the files that it names. Once a service has begun it, it also
   holds the run directory `run` and the file `mark`.

   A service takes a job by renaming it from queue to running/SERVICE: when two services try, one
   succeeds. A service that gives no sign of life for its lease counts as dead. Another one then
   moves its jobs back into the queue, from where they go on from their last checkpoint. If the
   service was only suspended, it finds its jobs gone, and what it still writes reaches no job.
   Clocks of nodes are not compared. What dead services leave behind is taken away by later ones.

   A spool is one user's. Its directories are made for nobody else to read or write, whatever the
   umask; those that belong to another user, or that others may write to, are refused (spool_check),
   also while a service is at work. In the queue what belongs to another user is left where it is
   and told (spool_ignored).

   Names stay in the spool: a job's files are taken along when it is submitted, a service looks them
   up in the job's directory alone and writes nowhere else. What lies in the queue it takes into its
   own keeping first: a copy of the plain files, made without following links (spool_adopt.c). A run
   directory that no service of this spool has made is refused; a mark, which holds the spool's
   token, tells those that a service has.

   The mark also counts how often the job was begun without an end. When SPOOL_TRIES_MAX services
   were lost with it at work, one after the other, without a sample more than before, it fails.
   Functions are local. */
#ifndef CONFX_SPOOL_H
#define CONFX_SPOOL_H

#include "confx/job.h"
#include "confx/run_directory.h"

#define SPOOL_STATE_LIST(X)                                                                        \
    X(SPOOL_QUEUED, "queue")                                                                       \
    X(SPOOL_RUNNING, "running")                                                                    \
    X(SPOOL_DONE, "done")                                                                          \
    X(SPOOL_FAILED, "failed")                                                                      \
    X(SPOOL_CANCELLED, "cancelled")
#define SPOOL_ENUM(state, directory) state,
typedef enum { SPOOL_STATE_LIST(SPOOL_ENUM) SPOOL_STATES } spool_state_t;
#undef SPOOL_ENUM

enum { SPOOL_NAME_MAX = 128, SPOOL_PRIORITY_MAX = 99, SPOOL_PRIORITY = 50, SPOOL_TRIES_MAX = 3 };

/* Make the directories; those that are there are fine. CONFX_STATUS_INPUT for a directory that
   holds something else, and as spool_check. */
confx_status_t spool_make(const char *directory);

/* CONFX_STATUS_INPUT, with the way out, unless the spool's directories, as far as they are there,
   are this user's and nobody else may write to them. */
confx_status_t spool_check(const char *directory);

/* ---- putting in ------------------------------------------------------------------------------ */

/* Queue a job with all files it names; higher priorities first. `job` loses its output.
   CONFX_STATUS_INPUT when a file cannot be found, CONFX_STATUS_IO; then nothing is queued. */
confx_status_t spool_submit(const char *directory, job_t *job, int priority,
                            char name[SPOOL_NAME_MAX]);

/* A queued job is cancelled at once, a running one soon (*running). CONFX_STATUS_INPUT: there is no
   such job. */
confx_status_t spool_cancel(const char *directory, const char *name, bool *running);

/* ---- a service ------------------------------------------------------------------------------- */

typedef struct spool spool_t;

/* Become a service. lease: seconds without a sign of life after which it counts as dead. */
confx_status_t spool_open(const char *directory, double lease_seconds, spool_t **spool);
void spool_close(spool_t *spool); /* its jobs must have been put somewhere; NULL is fine */

/* Give a sign of life when one is due, take up the jobs of the dead, notice marks. To be called
   several times within a lease. CONFX_STATUS_STOPPED: this service was taken for dead. */
confx_status_t spool_beat(spool_t *spool);

/* Take the first job of the queue; false: there is none. The queue is listed at most for a fiftieth
   of the time. */
bool spool_claim(spool_t *spool, char name[SPOOL_NAME_MAX]);
size_t spool_queued(const spool_t *spool); /* as far as is known */

/* How many services were lost with a claimed job at work since it last came further; 0 for most.
   More than 0: it may take the service down, and others would be suspected with it that are at work
   at that time. */
unsigned spool_losses(const spool_t *spool, const char *name);

/* Take a claimed job into the service's keeping, count that it is begun, and open it, its output in
   its own directory. CONFX_STATUS_INPUT: it is bad, or was begun too often; CONFX_STATUS_IO,
   CONFX_STATUS_MEMORY: the spool is. */
confx_status_t spool_job(const spool_t *spool, const char *name, job_t **job);
/* A claimed job that was not opened, back into the queue as it was. */
confx_status_t spool_unclaim(const spool_t *spool, const char *name);
bool spool_is_cancelled(const spool_t *spool, const char *name);

/* Put a claimed job where it belongs now. outcome: why, and what it leaves (NULL: nothing), for
   outcome.json. A job that is no longer this service's is forgotten. */
confx_status_t spool_put(spool_t *spool, const char *name, spool_state_t state,
                         const confx_status_t *outcome, const run_result_t *result);

#endif
