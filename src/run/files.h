/* What a search leaves in its directory, from inside the run room: one file per part of it. */
#ifndef RUN_FILES_H
#define RUN_FILES_H

#include "confx/compose.h"
#include "confx/datasets.h"
#include "confx/file.h"
#include "confx/run_directory.h"
#include "run/state.h"

/* run_identity.c; root: do checkpoints and run.h5 of the directory belong to one run?
   CONFX_STATUS_DAMAGED names two that do not, and nothing has been touched: the user knows which of
   them is in the wrong place. */
confx_status_t run_identity_check(const run_t *run);

/* rows.c */
samples_shape_t rows_shape(const run_t *run); /* of what is logged */
confx_status_t rows_open(run_t *run);
void rows_close(run_t *run);
confx_status_t rows_keep(run_t *run, const update_t *update); /* the batches of an update */
confx_status_t
rows_commit(run_t *run); /* what is pending, as segments; collective. A cut update alone */
/* The same by one rank that has all units; local. */
confx_status_t rows_commit_alone(run_t *run);
/* The coming update is a cut one, and something is pending. */
bool rows_must_commit(const run_t *run, const update_t *update);
/* certified.c: that a run is a certificate's design, as run.h5 tells it. */
void certified_show(const run_t *run, datasets_t *datasets);

/* compact_segments.c; root: many small segments into few large ones, whose files stay. */
confx_status_t compact_segments(run_t *run);

/* segments.c; root: those of the checkpoint just read, verified; again from run.h5 where they are
   gone or damaged and it holds the rows itself (log.regained). Not where one of them belongs to
   another run (log.foreign): nothing is written over that. */
confx_status_t segments_check(run_t *run);

/* run_tidy.c: names of segments that must stay; and away with the others, once run.h5 and they are
   an hour old, or now. */
typedef char segment_name_t[sizeof((segment_t *)0)->name];
typedef struct {
    segment_name_t *names;
    size_t n;
} needed_t;
confx_status_t run_tidy_segments(const char *run_dir, const needed_t *needed, bool now,
                                 const guard_t *guard, run_tidied_t *tidied);
/* Root, of a run that goes on: away with old segments that neither run.h5 nor one of its two
   checkpoints names. None goes where one of them cannot be read. */
confx_status_t run_tidy_resumed(const run_t *run);

/* commit.c; collective. status_word: "running", "stopped", "complete", "infeasible". */
confx_status_t commit(run_t *run, const char *status_word);
/* assignment_csv.c: assignment.csv; root. assignment: (L, A). compose: the caller owes
   compose_end. */
#define TABLE_FILE "assignment.csv"
confx_status_t assignment_write(const run_t *run);
confx_status_t assignment_compose(const setting_t *setting, const uint16_t *assignment,
                                  compose_t *table);
/* job_location.c: where the job file lies, as run.h5 tells it; the texts stay in `places`. */
typedef struct {
    char directory[FILE_PATH_MAX], way[FILE_PATH_MAX];
} places_t;
void job_location_show(const run_t *run, places_t *places, datasets_t *datasets);
/* run_file.c: run.h5; root. Self-contained with the last word of a run, "complete" or
   "infeasible". */
bool run_file_is_last(const char *status_word);
confx_status_t run_file_write(run_t *run, const char *status_word);

/* Beside RUN_CHECKPOINT (confx/store.h). */
#define RUN_CHECKPOINT_DAMAGED                                                                     \
    "checkpoint.damaged.h5" /* laid aside when a run goes on from the previous one */

#endif
