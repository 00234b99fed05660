/* The proven optimum as a run directory. A run is filled with one update of one sample, which is
   the certificate's choice, and left the way a search leaves it at its end; but there is no
   checkpoint, as there is nothing to go on with. */
#include "confx/certified.h"
#include "confx/file.h"
#include "confx/master.h"
#include "confx/run_directory.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/inputs.h"
#include "run/steps.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

void certified_show(const run_t *run, datasets_t *datasets)
{
    if (run->certified) datasets_text(datasets, STORE_ORIGIN, STORE_ORIGIN_CERTIFICATE);
}

/* ---- the sample ------------------------------------------------------------------------------ */

/* Scored as any sample is. The solver added up layer by layer of a kind; in the network's order the
   sum may be another one in its last bits, and no more. */
static confx_status_t certified_score(run_t *run, batch_t *batch)
{
    const double nothing = 1e-9;
    const knapsack_t *certificate = &run->root.certificate;
    certificate_put(run->setting.problem, certificate, batch->assignments);
    batch->n = 1;
    TRY(problem_score(run->setting.problem, batch));
    const double off = fabs(batch->scores[0].objectives[0] - certificate->optimum);
    if (batch->feasible[0] && off <= nothing * fabs(certificate->optimum)) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "the design of the certificate scores %.17g, and its optimum is %.17g",
                       batch->scores[0].objectives[0], certificate->optimum);
}

static confx_status_t certified_reveal(run_t *run, const batch_t *batch)
{
    const assignments_t scored = batch_assignments(batch);
    size_t n;
    TRY(memory_reveal(run->memory, run->setting.problem, &scored));
    const void *news = memory_news(run->memory, &n);
    TRY(memory_enter(run->memory, news, n));
    memory_settle(run->memory);
    return status_ok();
}

static confx_status_t certified_note(run_t *run, const batch_t *batch, double seconds)
{
    const double row[PROGRESS_COLUMNS] = {
        [PROGRESS_samples] = 1,
        [PROGRESS_best] = batch->scores[0].objectives[0],
        [PROGRESS_mean] = batch->scores[0].objectives[0],
        [PROGRESS_feasible_fraction] = 1,
        [PROGRESS_entropy] = NAN,
        [PROGRESS_gradient_norm] = NAN,
        [PROGRESS_seconds] = seconds,
        [PROGRESS_evaluations] = (double)memory_size(run->memory),
    };
    return progress_add(&run->root.progress, row);
}

/* The one update: into the log, the archive, and the progress. */
static confx_status_t certified_sample(run_t *run, double seconds)
{
    const update_t update = {1, 1, 1};
    batch_t *batch = run->work.batches;
    bool entered;
    TRY(certified_score(run, batch));
    TRY(certified_reveal(run, batch));
    TRY(archive_offer(run->archive, batch->assignments, &batch->scores[0], &entered));
    assert(entered);
    TRY(rows_keep(run, &update));
    run->samples = run->updates = 1;
    run->root.feasible = 1;
    return certified_note(run, batch, seconds);
}

/* ---- the directory --------------------------------------------------------------------------- */

static confx_status_t certified_check(const certified_t *certified)
{
    const char *obstacle = certificate_obstacle(certified->setting->problem);
    if (obstacle)
        return status_input(NULL, 0, "--output", "there is no certificate of this job: %s",
                            obstacle);
    TRY(certificate_feasible(certified->setting->problem, certified->space,
                             certified->certificate));
    if (certified->certificate->solved) return status_ok();
    return status_input(NULL, 0, "--output",
                        "the optimum is not proven within the limit on partial assignments, so "
                        "that there is no design to leave");
}

/* What the file of a run names comes before it: rows, then the table, then run.h5. */
static confx_status_t certified_write(run_t *run, double seconds)
{
    run_tidied_t tidied = {.files = 0};
    const needed_t none = {.n = 0};
    bool found;
    TRY(resume_check(run, false, &found));
    TRY(store_segments_make(run->job->output));
    TRY(owner_take(run->job->output, &(owner_options_t){.lease = 0}, &run->root.owner));
    run->guard = owner_guard(run->root.owner);
    TRY(resume_check(run, false, &found));
    TRY(store_tidy(run->job->output, run->guard));
    TRY(store_make_run_id(run->id));
    TRY(certified_sample(run, seconds));
    TRY(rows_commit_alone(run));
    TRY(assignment_write(run));
    TRY(run_file_write(run, "complete"));
    /* run.h5 holds the row itself, and nobody reads the directory yet. */
    return run_tidy_segments(run->job->output, &none, true, run->guard, &tidied);
}

confx_status_t run_certified(const certified_t *certified)
{
    batch_t batch = {.n = 0};
    run_t run = {.cluster = certified->cluster,
                 .job = certified->job,
                 .setting = *certified->setting,
                 .space = certified->space,
                 .certified = true,
                 .legs_n = 1,
                 .stages_n = 1,
                 .stages = {{certified->job->search.algorithm, 1, 1}},
                 .root = {.certificate = *certified->certificate}};
    confx_status_t status;
    TRY(certified_check(certified));
    clock_iso(run.root.begun);
    run.work.layout.units = run.work.layout.samples = 1;
    run.work.share = (share_t){0, 1};
    run.work.batches = &batch;
    TRY_OUT(memory_open(run.setting.problem, &run.memory));
    TRY_OUT(best_open(&run));
    TRY_OUT(batch_open(run.setting.problem, 1, &batch));
    TRY_OUT(rows_open(&run));
    TRY_OUT(certified_write(&run, certified->seconds));
out:
    /* Setting and certificate stay the caller's. */
    rows_close(&run);
    batch_close(&batch);
    progress_close(&run.root.progress);
    memory_close(run.memory);
    archive_close(run.archive);
    free(run.log.segments);
    owner_close(run.root.owner);
    return status;
}
