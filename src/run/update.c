/* One update, as data walks it. */
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void update_publish(run_t *run)
{
    work_t *work = &run->work;
    size_t bytes = work->layout.publish_bytes;
    if (!bytes) return;
    if (cluster_is_root(run->cluster))
        bytes = search_publish(work->search, work->message);
    else
        search_anticipate(work->search);
    if (work->layout.varies) cluster_broadcast(run->cluster, &bytes, sizeof bytes);
    cluster_broadcast(run->cluster, work->message, bytes);
    search_receive(work->search, work->message);
}

static void update_sample(run_t *run, const update_t *update)
{
    for (size_t i = 0; i < run->work.share.n; i++) {
        batch_t *batch = &run->work.batches[i];
        const size_t unit = run->work.share.first + i;
        batch->n = update_samples_of(update, unit);
        if (batch->n) search_sample(run->work.search, unit, run->updates, batch);
    }
}

static size_t update_cells(const run_t *run)
{
    const problem_t *problem = run->setting.problem;
    return space_cells(problem_space(problem), problem_layers(problem));
}

static void update_propose(run_t *run)
{
    uint16_t *proposed = run->work.proposed;
    for (size_t i = 0; i < run->work.share.n; i++) {
        const batch_t *batch = &run->work.batches[i];
        memcpy(proposed, batch->assignments, batch->n * update_cells(run) * sizeof *proposed);
        /* Packed without gaps: in an update that is cut short units differ in their samples. */
        proposed += batch->n * update_cells(run);
    }
    run->work.proposed_n = (size_t)(proposed - run->work.proposed);
}

static void update_take_agreed(run_t *run, const update_t *update)
{
    const size_t cells = update_cells(run);
    /* Units lie in order, without gaps: mine begin behind the samples of those before. */
    const uint16_t *agreed =
        run->work.agreed + update_samples_before(update, run->work.share.first) * cells;
    for (size_t i = 0; i < run->work.share.n; i++) {
        batch_t *batch = &run->work.batches[i];
        memcpy(batch->assignments, agreed, batch->n * cells * sizeof *agreed);
        agreed += batch->n * cells;
    }
}

/* What all units are about to have scored, units in order, without what was scored before: each
   rank sees all of it and comes to the same. A search learns of what it had proposed by what is
   remembered, which is all the same to it. */
static confx_status_t update_renew(run_t *run, const update_t *update)
{
    if (!run->scored) return status_ok();
    const void *all;
    size_t bytes;
    update_propose(run);
    TRY(cluster_merge(run->cluster, run->work.proposed,
                      run->work.proposed_n * sizeof *run->work.proposed, &all, &bytes));
    const size_t each = update_cells(run) * sizeof *run->work.agreed;
    assert(bytes == update->samples * each);
    memcpy(run->work.agreed, all, bytes);
    renewal_t renewal = stage_renewal(run);
    /* The search may say of an assignment that too much of it is doubtful; how it decides that has
       to be the same on all ranks. */
    renewal.doubt = search_doubt;
    renewal.of = run->work.search;
    scored_renew(run->scored, &renewal, bytes / each, run->work.agreed);
    update_take_agreed(run, update);
    return status_ok();
}

/* What a search can do by now with what is about to be scored is divided over the ranks; one rank
   alone does it when it learns of the scores. */
static confx_status_t update_prepare(run_t *run, const update_t *update)
{
    const void *all;
    size_t mine;
    size_t bytes;
    if (!run->scored || !run->work.layout.prepares || cluster_size(run->cluster) == 1)
        return status_ok();
    const void *part = search_prepare(run->work.search, run->work.agreed, update->samples, &mine);
    TRY(cluster_merge(run->cluster, part, mine, &all, &bytes));
    search_prepared(run->work.search, all, bytes);
    return status_ok();
}

/* Only after all units have sampled: a unit must not know what another one on its rank has just
   revealed, or the ranks would decide what is found. */
static confx_status_t update_score(run_t *run)
{
    confx_status_t status = status_ok();
    for (size_t i = 0; i < run->work.share.n; i++) {
        batch_t *batch = &run->work.batches[i];
        /* An axis that a layer does not use has its default in the log and in what is found. */
        for (size_t e = 0; e < batch->n; e++)
            problem_canonical(run->setting.problem, batch_assignment(batch, e));
        const assignments_t scored = batch_assignments(batch);
        if (status.code == CONFX_STATUS_OK) status = problem_score(run->setting.problem, batch);
        if (status.code == CONFX_STATUS_OK)
            status = memory_reveal(run->memory, run->setting.problem, &scored);
    }
    return status;
}

/* What any rank's samples revealed becomes known to all: the memory counts distinct evaluations,
   and remembering searches read it. */
static confx_status_t update_share_memory(run_t *run)
{
    size_t n;
    const size_t each = memory_record_bytes(run->memory);
    const void *news = memory_news(run->memory, &n);
    const void *all;
    size_t bytes;
    TRY(cluster_merge(run->cluster, news, n * each, &all, &bytes));
    const confx_status_t status = memory_enter(run->memory, all, bytes / each);
    memory_settle(run->memory);
    return status;
}

/* A batch as a search may see it, by the feedback. */
static batch_t update_revealed(const run_t *run, const batch_t *batch)
{
    batch_t view = *batch;
    if (!stage_shows_layers(run)) view.cost = view.limited = NULL;
    return view;
}

/* The scores reach the algorithm on the rank that has them, and the root with the reports. */
static void update_local_statistics(run_t *run)
{
    work_t *work = &run->work;
    memset(work->moments, 0, work->share.n * work->layout.moments * sizeof(double));
    for (size_t i = 0; i < work->share.n; i++) {
        search_report_t statistics = {.entropy = NAN, .lowest = INFINITY};
        const batch_t view = update_revealed(run, &work->batches[i]);
        double *moments = work->moments + i * work->layout.moments;
        /* A unit without samples, in an update that is cut short, reports that there is nothing:
           the gather is of all units, and its sizes are fixed. */
        if (view.n)
            search_local_statistics(work->search, work->share.first + i, &view, moments,
                                    &statistics);
        unit_report_pack(&work->report_layout, &view, &statistics,
                         work->reports_mine + i * work->report_bytes);
    }
    cluster_gather(run->cluster, work->layout.units, work->report_bytes, work->reports_mine,
                   work->reports_all);
}

static confx_status_t update_descend(run_t *run)
{
    work_t *work = &run->work;
    const size_t n = work->layout.gradient;
    const bool root = cluster_is_root(run->cluster);
    if (work->layout.moments) {
        /* Means and variances of all samples are known to every rank before the first gradient, as
           advantages are taken from them. */
        TRY(cluster_sum(run->cluster, work->layout.units, ARRAY_F64, work->layout.moments,
                        work->moments, root ? work->moment_sum : NULL));
        cluster_broadcast(run->cluster, work->moment_sum, work->layout.moments * sizeof(double));
    }
    if (!n) return status_ok();
    memset(work->gradients, 0, work->share.n * n * sizeof(real_t));
    for (size_t i = 0; i < work->share.n; i++) {
        const batch_t view = update_revealed(run, &work->batches[i]);
        if (view.n)
            search_gradient(work->search, work->share.first + i, &view, work->moment_sum,
                            work->gradients + i * n);
    }
    return cluster_sum(run->cluster, work->layout.units,
                       sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64, n, work->gradients,
                       root ? work->gradient_sum : NULL);
}

static void update_migrate(run_t *run)
{
    work_t *work = &run->work;
    const size_t bytes = work->layout.migrant_bytes;
    if (!bytes || !search_migrates(work->search, run->updates)) return;
    for (size_t i = 0; i < work->share.n; i++)
        /* All migrants are taken before any arrives: what leaves an island is of this update,
           whatever the order of islands on the rank. */
        search_emigrate(work->search, work->share.first + i, work->migrants + i * bytes);
    cluster_ring(run->cluster, work->layout.units, bytes, work->migrants, work->arrivals);
    for (size_t i = 0; i < work->share.n; i++)
        search_immigrate(work->search, work->share.first + i, work->arrivals + i * bytes);
}

/* ---- the root's part ------------------------------------------------------------------------- */

/* Of equal scores the first unit's stays: units come in order, whatever the ranks. */
static confx_status_t update_take_best(run_t *run, const unit_report_t *report)
{
    bool entered;
    if (report->best < 0) return status_ok();
    const score_t score = unit_report_score(&run->work.report_layout, report, (size_t)report->best);
    return archive_offer(run->archive, report->best_assignment, &score, &entered);
}

/* Shows the algorithm one unit's samples. */
static void update_collect(run_t *run, size_t unit, const unit_report_t *report, size_t n)
{
    problem_t *problem = run->setting.problem;
    batch_t view = run->work.collect;
    const size_t cells = n * view.layers;
    assert(report->assignments && n <= run->work.layout.samples);
    view.n = n;
    view.limited = NULL;
    memcpy(view.assignments, report->assignments, n * update_cells(run) * sizeof *view.assignments);
    for (size_t e = 0; e < n; e++) {
        view.scores[e] = unit_report_score(&run->work.report_layout, report, e);
        view.feasible[e] = report->feasible[e] > 0;
    }
    /* Needs follow from the assignments: they are computed anew, not sent. */
    for (size_t i = 0; i < cells; i++)
        view.need[i] =
            problem_layer_need(problem, batch_assignment(&view, i / view.layers), i % view.layers);
    if (report->cost)
        memcpy(view.cost, report->cost, cells * sizeof *view.cost);
    else
        view.cost = NULL;
    search_collect(run->work.search, unit, &view);
}

typedef struct {
    double sum;
    uint64_t valid, feasible, n;
} tally_t;

static confx_status_t update_read_reports(run_t *run, const update_t *update, tally_t *tally)
{
    work_t *work = &run->work;
    confx_status_t status = status_ok();
    *tally = (tally_t){0, 0, 0, 0};
    for (size_t unit = 0; unit < work->layout.units; unit++) {
        const unit_report_t report =
            unit_report_unpack(&work->report_layout, work->reports_all + unit * work->report_bytes);
        const uint64_t n = update_samples_of(update, unit);
        assert(report.best < (int64_t)n);
        /* Units come in their order, which ranks have no part in: sums below have the same bits
           anywhere. */
        work->statistics[unit] = report.statistics;
        if (status.code == CONFX_STATUS_OK) status = update_take_best(run, &report);
        tally->n += n;
        if (n && work->layout.collects) update_collect(run, unit, &report, n);
        for (size_t e = 0; e < n; e++) {
            tally->feasible += report.feasible[e] > 0;
            const double objective =
                unit_report_score(&work->report_layout, &report, e).objectives[0];
            if (isnan(objective)) continue;
            tally->sum += objective;
            tally->valid++;
        }
    }
    assert(tally->n == update->samples && tally->feasible <= tally->n);
    return status;
}

static double update_seconds_so_far(const run_t *run)
{
    return run->root.seconds_before + clock_seconds() - run->root.started;
}

static confx_status_t update_note_progress(run_t *run, const tally_t *tally,
                                           const search_summary_t *summary)
{
    const double row[PROGRESS_COLUMNS] = {
        [PROGRESS_samples] = (double)run->samples,
        [PROGRESS_best] = run_best_objective(run),
        [PROGRESS_mean] = tally->valid ? tally->sum / (double)tally->valid : NAN,
        [PROGRESS_feasible_fraction] = (double)tally->feasible / (double)tally->n,
        [PROGRESS_entropy] = summary->entropy,
        [PROGRESS_gradient_norm] = summary->gradient_norm,
        [PROGRESS_seconds] = update_seconds_so_far(run),
        [PROGRESS_evaluations] = (double)memory_size(run->memory),
    };
    return progress_add(&run->root.progress, row);
}

static void update_report_progress(const run_t *run)
{
    if (!run->listener || !run->listener->progress) return;
    const double session = clock_seconds() - run->root.started;
    const double rate =
        /* This session's rate alone: earlier ones may have had another number of ranks. */
        session > 0 ? (double)(run->samples - run->root.samples_before) / session : 0;
    const run_progress_t progress = {
        .stage = algorithm_name(run->stages[run->stage].algorithm),
        .samples = run->samples,
        .samples_total = run->job->search.samples,
        .best = run_best_objective(run),
        .gap = certificate_gap(&run->root.certificate, run_best_objective(run)),
        .feasible_share = (double)run->root.feasible / (double)run->samples,
        .seconds = update_seconds_so_far(run),
        .samples_per_second = rate,
        .seconds_left = rate > 0 ? (double)(run->job->search.samples - run->samples) / rate : NAN,
    };
    run->listener->progress(run->listener->context, &progress);
}

/* The first of two failures of this rank, which goes on until all have met: others wait for it in
   what follows. */
static confx_status_t update_first_failure(confx_status_t one, confx_status_t other)
{
    return one.code == CONFX_STATUS_OK ? other : one;
}

static confx_status_t update_conclude(run_t *run, const update_t *update)
{
    const bool root = cluster_is_root(run->cluster);
    tally_t tally = {0, 0, 0, 0};
    search_summary_t summary = {NAN, NAN};
    confx_status_t status = status_ok();
    if (root) {
        status = update_read_reports(run, update, &tally);
        summary = search_learn(run->work.search, run->work.gradient_sum, run->work.statistics);
    }
    /* Counts move on together on all ranks, which plan the next update from them. */
    run->samples += update->samples;
    run->stage_samples += update->samples;
    run->updates++;
    run->stage_updates++;
    if (!root) return status_ok();
    run->root.feasible += tally.feasible;
    status = update_first_failure(status, update_note_progress(run, &tally, &summary));
    update_report_progress(run);
    return status;
}

confx_status_t update_run(run_t *run, const update_t *update)
{
    update_publish(run);
    /* All ranks hold the same parameters now: what a unit samples is its own, whatever its rank. */
    update_sample(run, update);
    TRY(update_renew(run, update));
    TRY(update_prepare(run, update));
    confx_status_t status = update_score(run);
    status = update_first_failure(status, update_share_memory(run));
    /* The memory is the same on all ranks again. Islands admit their children with the statistics:
       migrants are sent only behind that. */
    update_local_statistics(run);
    status = update_first_failure(status, update_descend(run));
    update_migrate(run);
    status = update_first_failure(status, rows_keep(run, update));
    return update_first_failure(status, update_conclude(run, update));
}
