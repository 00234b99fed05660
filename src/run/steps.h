/* What is done to a search in progress, from inside the run room: one file per part of it. What it
   leaves in its directory is in files.h, the whole in run_search.c. */
#ifndef RUN_STEPS_H
#define RUN_STEPS_H

#include "confx/datasets.h"
#include "run/state.h"

/* counters.c: how far the run of a checkpoint is, read and checked; CONFX_STATUS_DAMAGED for what
   cannot be. */
confx_status_t counters_refuse(const run_t *run, const char *what);
confx_status_t counters_read(run_t *run, store_t *store);
/* A dataset of that type, (rows, columns), or (rows) where columns is 0, into data. */
confx_status_t counters_read_array(store_t *store, const char *name, array_type_t type, size_t rows,
                                   size_t columns, void *data);
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
space_part_t stage_space(const job_t *job, algorithm_t algorithm);
bool stage_shows_layers(const run_t *run); /* per-layer costs, to the algorithm at work */
void stage_take_policy(
    run_t *run); /* root: what the policy at work has learned, if there is one, into root.learned */

/* warm_start.c; root: the policy that the job starts from, for the stage just opened; its checksum,
   to a file and back. */
confx_status_t warm_start_load(run_t *run);
void warm_start_show(const run_t *run, datasets_t *datasets);
confx_status_t warm_start_read(run_t *run, store_t *store);

/* update.c: one update, as planned; collective. */
confx_status_t update_run(run_t *run, const update_t *update);

/* What the checkpoint's /run/counters hold, in this order. */
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
/* The present leg has ended and is committed: every session that comes to this point goes on with
   the next leg from the checkpoint of that commit. */
confx_status_t resume_next_leg(run_t *run);
/* After resume_load; collective. Makes the directory agree with the run: afterwards checkpoint.h5
   and run.h5 are those that the run goes on from, and segments that nobody needs are gone. */
confx_status_t resume_settle(run_t *run);
/* Root: is run.h5 of the same commit as the checkpoint just read? */
confx_status_t resume_is_told(const run_t *run, bool *current);

#endif
