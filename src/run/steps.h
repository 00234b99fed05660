/* What is done to a search in progress, from inside the run room. One file per part of it:
       stage.c  the algorithm at work and its buffers      update.c   one update, as data walks it
       rows.c  samples on their way to the log  commit.c  segments, checkpoint, run.h5 (master.c,
                                                          join.c)
       resume.c back from a checkpoint                     init.c     a policy to start from
       inputs.c the texts it stands on (inputs.h)
       search.c the whole */
#ifndef RUN_STEPS_H
#define RUN_STEPS_H

#include "confx/compose.h"
#include "confx/run_directory.h"
#include "run/state.h"

/* identity.c: a new id; and, root: do checkpoints and run.h5 of the directory belong to one run?
   CONFX_STATUS_DAMAGED names two that do not, and nothing has been touched: the user knows which of
   them is in the wrong place. */
confx_status_t identity_make(char id[RUN_ID_MAX]);
confx_status_t identity_check(const run_t *run);

/* counters.c: how far the run of a checkpoint is, read and checked; CONFX_STATUS_DAMAGED for what
   cannot be. */
confx_status_t counters_refuse(const run_t *run, const char *what);
confx_status_t counters_read(run_t *run, store_t *store);
confx_status_t counters_check_legs(const run_t *run);
confx_status_t counters_check_stage(const run_t *run);
confx_status_t counters_check_progress(const run_t *run);

/* best.c: the best assignment; none: NULL, and its objective NaN. Share: collective. Check: each
   scored anew; root, once the problem is known to be the run's. */
confx_status_t best_open(run_t *run); /* an empty archive in the place of one that there is */
scored_assignment_t run_best(const run_t *run);
double run_best_objective(const run_t *run);
confx_status_t best_share(run_t *run);
void best_show(const run_t *run, datasets_t *datasets);
confx_status_t best_read(run_t *run, store_t *store);
confx_status_t best_check(const run_t *run);

/* progress.c: the table, and its way into a file. */
confx_status_t progress_add(progress_t *progress, const double row[PROGRESS_COLUMNS]);
confx_status_t progress_reserve(progress_t *progress, size_t rows);
void progress_close(progress_t *progress);
void progress_show(run_t *run, datasets_t *datasets);
const char *progress_name(progress_column_t column); /* "/progress/best" */

/* stage.c */
size_t stages_plan(const run_t *run, stage_t stages[STAGES_MAX]);
confx_status_t
stage_open_scored(run_t *run); /* what was scored, where the job's algorithm is not to repeat it */
renewal_t stage_renewal(const run_t *run);
bool stage_is_done(const run_t *run);
void stage_inherit(
    run_t *run); /* a stage behind another has what that one left of the job's samples */
confx_status_t stage_open(run_t *run);
void stage_close(run_t *run);
update_t stage_plan_update(const run_t *run); /* the coming update of a stage that is not done */
/* The part of the space that an algorithm acts on. */
space_part_t stage_space(algorithm_t algorithm);
bool stage_shows_layers(const run_t *run); /* per-layer costs, to the algorithm at work */
void stage_take_policy(
    run_t *run); /* root: what the policy at work has learned, if there is one, into run->learned */

/* init.c; root: the policy that the job starts from, for the stage just opened; its checksum, to a
   file and back. */
confx_status_t init_load(run_t *run);
void init_show(const run_t *run, datasets_t *datasets);
confx_status_t init_read(run_t *run, store_t *store);

/* update.c: one update, as planned; collective. */
confx_status_t update_run(run_t *run, const update_t *update);

/* rows.c */
samples_shape_t rows_shape(const run_t *run); /* of what is logged */
confx_status_t rows_open(run_t *run);
void rows_close(run_t *run);
confx_status_t rows_keep(run_t *run, const update_t *update); /* the batches of an update */
confx_status_t
rows_commit(run_t *run); /* what is pending, as segments; collective. A cut update alone */
/* The coming update is a cut one, and something is pending. */
bool rows_must_commit(const run_t *run, const update_t *update);

/* join.c; root: many small segments into few large ones, whose files stay. */
confx_status_t join_segments(run_t *run);

/* segments.c; root: those of the checkpoint just read, verified; again from run.h5 where they are
   gone or damaged and it holds the rows itself (run->regained). Not where one of them belongs to
   another run (run->foreign): nothing is written over that. */
confx_status_t segments_check(run_t *run);

/* tidy.c: names of segments that must stay; and away with the others, once run.h5 and they are an
   hour old, or now. */
typedef char segment_name_t[sizeof((segment_t *)0)->name];
typedef struct {
    segment_name_t *names;
    size_t n;
} needed_t;
void needed_close(needed_t *needed);
confx_status_t tidy_segments(const char *run_dir, const needed_t *needed, bool now,
                             const guard_t *guard, run_tidied_t *tidied);
/* Root, of a run that goes on: away with old segments that neither run.h5 nor one of its two
   checkpoints names. None goes where one of them cannot be read. */
confx_status_t tidy_resumed(const run_t *run);

/* commit.c; collective. status_word: "running", "stopped", "complete", "infeasible". */
confx_status_t commit(run_t *run, const char *status_word);
/* assignment_csv.c: assignment.csv; root. assignment: (L, A). compose: the caller owes
   compose_end. */
#define TABLE_FILE "assignment.csv"
confx_status_t assignment_write(const run_t *run);
confx_status_t assignment_compose(const job_t *job, const setting_t *setting,
                                  const uint16_t *assignment, compose_t *table);
/* logged.c: where the job file lies, as run.h5 tells it; the texts stay in `places`. */
typedef struct {
    char directory[FILE_PATH_MAX], way[FILE_PATH_MAX];
} places_t;
void logged_show(const run_t *run, places_t *places, datasets_t *datasets);
/* master.c: run.h5; root. Self-contained with the last word of a run, "complete" or
   "infeasible". */
bool master_is_last(const char *status_word);
confx_status_t master_write(run_t *run, const char *status_word);

/* Files of a run directory (RUN_CHECKPOINT: confx/store.h), and what the checkpoint's /run/counters
   hold, in this order. */
#define RUN_CHECKPOINT_DAMAGED                                                                     \
    "checkpoint.damaged.h5" /* laid aside when a run goes on from the previous one */
enum {
    COUNTER_STAGE,
    COUNTER_UPDATES,
    COUNTER_SAMPLES,
    COUNTER_STAGE_UPDATES,
    COUNTER_STAGE_SAMPLES,
    COUNTER_FEASIBLE,
    RUN_COUNTERS
};

/* Budget, least and most need of the problem: they tell a changed one when resuming. */
enum { RUN_NEEDS = 3 };
static inline void run_needs(const run_t *run, double needs[RUN_NEEDS])
{
    needs[0] = problem_budget(run->setting.problem);
    needs[1] = problem_need_least(run->setting.problem);
    needs[2] = problem_need_most(run->setting.problem);
}

/* resume.c: is there a run in the directory, and back into it. */
confx_status_t resume_check(run_t *run, bool resume, bool *found);
confx_status_t resume_load(run_t *run);
/* The leg at work is over, and committed: into the next one, from that checkpoint, whoever comes
   that far. */
confx_status_t resume_next_leg(run_t *run);
/* Behind resume_load; collective. Directory and run are of one mind then: checkpoint.h5 and run.h5
   are those that the run goes on from, and segments that nobody needs are gone. */
confx_status_t resume_settle(run_t *run);
/* Root: does run.h5 belong to the checkpoint just read? */
confx_status_t resume_is_told(const run_t *run, bool *current);

#endif
