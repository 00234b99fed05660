/* One update, as data walks it. */
#include "confx/try.h"
#include "run/steps.h"

#include <stdlib.h>
#include <string.h>

static void update_brief_ranks(run_t *run)
{
    work_t *work = &run->work;
    if (!work->layout.publish_bytes) return;
    if (cluster_is_root(run->cluster)) search_publish(work->search, work->message);
    cluster_broadcast(run->cluster, work->message, work->layout.publish_bytes);
    search_receive(work->search, work->message);
}

static void update_sample(run_t *run)
{
    for (size_t i = 0; i < run->work.share.n; i++) {
        batch_t *batch = &run->work.batches[i];
        const size_t unit = run->work.share.first + i;
        batch->n = stage_wanted(run, unit);
        if (batch->n) search_sample(run->work.search, unit, run->updates, batch);
    }
}

static void update_tell_one(const batch_t *batch, size_t episode, uint16_t *genes)
{
    const size_t at = episode * batch->layers;
    memcpy(genes, batch->pes + at, batch->layers * sizeof *genes);
    memcpy(genes + batch->layers, batch->buffer + at, batch->layers * sizeof *genes);
}

static void update_propose(run_t *run)
{
    uint16_t *genes = run->work.proposed;
    for (size_t i = 0; i < run->work.share.n; i++)
        for (size_t e = 0; e < run->work.batches[i].n;
             e++, genes += 2 * run->work.batches[i].layers)
            update_tell_one(&run->work.batches[i], e, genes);
    run->work.proposed_n = (size_t)(genes - run->work.proposed);
}

static void update_take_agreed(run_t *run)
{
    const size_t layers = problem_layers(run->setting.problem);
    const uint16_t *genes = run->work.agreed;
    for (size_t unit = 0; unit < run->work.share.first; unit++)
        genes += stage_wanted(run, unit) * 2 * layers;
    for (size_t i = 0; i < run->work.share.n; i++)
        for (size_t e = 0; e < run->work.batches[i].n; e++, genes += 2 * layers) {
            memcpy(run->work.batches[i].pes + e * layers, genes, layers * sizeof *genes);
            memcpy(run->work.batches[i].buffer + e * layers, genes + layers,
                   layers * sizeof *genes);
        }
}

/* What all units are about to have scored, units in order, without what was scored before: each
   rank sees all of it and comes to the same. A search learns of what it had proposed by what is
   remembered, which is all the same to it. */
static confx_status_t update_renew(run_t *run)
{
    if (!run->scored) return status_ok();
    const void *all;
    size_t bytes;
    update_propose(run);
    TRY(cluster_merge(run->cluster, run->work.proposed,
                      run->work.proposed_n * sizeof *run->work.proposed, &all, &bytes));
    memcpy(run->work.agreed, all, bytes);
    const size_t each = 2 * problem_layers(run->setting.problem) * sizeof *run->work.agreed;
    const renewal_t renewal = stage_renewal(run);
    scored_renew(run->scored, &renewal, bytes / each, run->work.agreed);
    update_take_agreed(run);
    return status_ok();
}

/* Only after all units have sampled: a unit must not know what another one on its rank has just
   revealed, or the ranks would decide what is found. */
static confx_status_t update_score(run_t *run)
{
    confx_status_t status = status_ok();
    for (size_t i = 0; i < run->work.share.n; i++) {
        problem_score(run->setting.problem, &run->work.batches[i]);
        if (status.code == CONFX_STATUS_OK)
            status = ledger_reveal(run->ledger, &run->work.batches[i], run->setting.problem);
    }
    return status;
}

/* What any rank's samples revealed becomes known to all: the ledger counts distinct evaluations,
   and remembering searches read it. */
static confx_status_t update_share_ledger(run_t *run)
{
    size_t n;
    const ledger_entry_t *news = ledger_news(run->ledger, &n);
    const void *all;
    size_t bytes;
    TRY(cluster_merge(run->cluster, news, n * sizeof *news, &all, &bytes));
    const confx_status_t status = ledger_enter(run->ledger, all, bytes / sizeof *news);
    ledger_settle(run->ledger);
    return status;
}

/* A batch as a search may see it, by the feedback. */
static batch_t update_revealed(const run_t *run, const batch_t *batch)
{
    batch_t view = *batch;
    if (!stage_shows_layers(run)) view.cost = NULL;
    return view;
}

static int64_t update_best_row(const batch_t *batch)
{
    int64_t best = -1;
    score_t least = {.objectives = {NAN}};
    for (size_t e = 0; e < batch->n; e++) {
        const score_t score = batch_score(batch, e);
        if (!batch->feasible[e] || score_compare(&score, &least) >= 0) continue;
        least = score;
        best = (int64_t)e;
    }
    return best;
}

/* Bytes of the genes of all, in whole float64s: costs lie behind them. */
static size_t update_genes_bytes(size_t cells)
{
    return (2 * cells * sizeof(uint16_t) + 7) / 8 * 8;
}

static void update_tell_all(const batch_t *batch, size_t episodes, uint16_t *genes)
{
    const size_t room = episodes * batch->layers;
    const size_t cells = batch->n * batch->layers;
    memcpy(genes, batch->pes, cells * sizeof *genes);
    memcpy(genes + room, batch->buffer, cells * sizeof *genes);
    if (batch->cost)
        memcpy((char *)genes + update_genes_bytes(room), batch->cost, cells * sizeof *batch->cost);
}

static void update_tell(const run_t *run, const batch_t *batch, const search_report_t *report,
                        char *told)
{
    const size_t episodes = run->work.layout.samples;
    const told_t head = {*report, update_best_row(batch)};
    memcpy(told, &head, sizeof head);
    double *scores = (double *)(void *)(told + sizeof head);
    memcpy(scores, batch->objective, batch->n * sizeof *scores);
    memcpy(scores + episodes, batch->constraint, batch->n * sizeof *scores);
    for (size_t e = 0; e < batch->n; e++) scores[2 * episodes + e] = batch->feasible[e];
    uint16_t *genes = (uint16_t *)(void *)(scores + 3 * episodes);
    if (run->work.layout.collects)
        update_tell_all(batch, episodes, genes);
    else if (head.best >= 0)
        update_tell_one(batch, (size_t)head.best, genes);
}

static void update_hear_and_tell(run_t *run)
{
    work_t *work = &run->work;
    memset(work->moments, 0, work->share.n * work->layout.moments * sizeof(double));
    for (size_t i = 0; i < work->share.n; i++) {
        search_report_t report = {.entropy = NAN, .lowest = INFINITY};
        const batch_t view = update_revealed(run, &work->batches[i]);
        double *moments = work->moments + i * work->layout.moments;
        if (view.n)
            search_local_statistics(work->search, work->share.first + i, &view, moments, &report);
        update_tell(run, &view, &report, work->told + i * work->told_bytes);
    }
    cluster_gather(run->cluster, work->layout.units, work->told_bytes, work->told, work->all_told);
}

static confx_status_t update_descend(run_t *run)
{
    work_t *work = &run->work;
    const size_t n = work->layout.gradient;
    const bool root = cluster_is_root(run->cluster);
    if (work->layout.moments) {
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
        search_emigrate(work->search, work->share.first + i, work->migrants + i * bytes);
    cluster_ring(run->cluster, work->layout.units, bytes, work->migrants, work->arrivals);
    for (size_t i = 0; i < work->share.n; i++)
        search_immigrate(work->search, work->share.first + i, work->arrivals + i * bytes);
}

/* ---- the root's part ------------------------------------------------------------------------- */

static void update_take_best(run_t *run, const told_t *head, const double *scores)
{
    if (head->best < 0) return;
    const size_t episodes = run->work.layout.samples;
    const score_t score = {{scores[head->best]}, {scores[episodes + (size_t)head->best]}};
    const score_t before = {{run->best.objective}, {run->best.constraint}};
    if (score_compare(&score, &before) >= 0) return;
    run->best.objective = score.objectives[0];
    run->best.constraint = score.constraints[0];
    const uint16_t *genes = (const uint16_t *)(const void *)(scores + 3 * episodes);
    const size_t layers = problem_layers(run->setting.problem);
    const bool all = run->work.layout.collects;
    const uint16_t *pes = genes + (all ? (size_t)head->best * layers : 0);
    memcpy(run->best.genes, pes, layers * sizeof *genes);
    memcpy(run->best.genes + layers, pes + (all ? episodes : 1) * layers, layers * sizeof *genes);
}

/* One unit's samples before the algorithm's eyes. */
static void update_collect(run_t *run, size_t unit, const char *told, size_t n)
{
    batch_t view = run->work.collect;
    const size_t episodes = run->work.layout.samples;
    const size_t cells = n * view.layers;
    const double *scores = (const double *)(const void *)(told + sizeof(told_t));
    const uint16_t *genes = (const uint16_t *)(const void *)(scores + 3 * episodes);
    view.n = n;
    memcpy(view.pes, genes, cells * sizeof *genes);
    memcpy(view.buffer, genes + episodes * view.layers, cells * sizeof *genes);
    memcpy(view.objective, scores, n * sizeof *scores);
    memcpy(view.constraint, scores + episodes, n * sizeof *scores);
    for (size_t e = 0; e < n; e++) view.feasible[e] = scores[2 * episodes + e] > 0;
    for (size_t i = 0; i < cells; i++)
        view.need[i] = problem_need(
            run->setting.problem, problem_distinct_of(run->setting.problem, i % view.layers),
            problem_point(run->setting.problem, view.pes[i], view.buffer[i]));
    if (stage_shows_layers(run))
        memcpy(view.cost, (const char *)genes + update_genes_bytes(episodes * view.layers),
               cells * sizeof *view.cost);
    else
        view.cost = NULL;
    search_collect(run->work.search, unit, &view);
}

typedef struct {
    double sum;
    uint64_t valid, feasible, n;
} tally_t;

static tally_t update_listen(run_t *run)
{
    work_t *work = &run->work;
    tally_t tally = {0, 0, 0, 0};
    for (size_t unit = 0; unit < work->layout.units; unit++) {
        const char *told = work->all_told + unit * work->told_bytes;
        told_t head;
        memcpy(&head, told, sizeof head);
        const double *scores = (const double *)(const void *)(told + sizeof head);
        work->reports[unit] = head.report;
        update_take_best(run, &head, scores);
        const uint64_t n = stage_wanted(run, unit);
        tally.n += n;
        if (n && work->layout.collects) update_collect(run, unit, told, n);
        for (size_t e = 0; e < n; e++) {
            tally.feasible += scores[2 * work->layout.samples + e] > 0;
            if (isnan(scores[e])) continue;
            tally.sum += scores[e];
            tally.valid++;
        }
    }
    return tally;
}

static double update_seconds_so_far(const run_t *run)
{
    return run->seconds_before + clock_seconds() - run->started;
}

static confx_status_t update_note_progress(run_t *run, const tally_t *tally,
                                           const search_summary_t *summary)
{
    const double row[PROGRESS_COLUMNS] = {
        [PROGRESS_samples] = (double)run->samples,
        [PROGRESS_best] = run->best.objective,
        [PROGRESS_mean] = tally->valid ? tally->sum / (double)tally->valid : NAN,
        [PROGRESS_feasible_fraction] = (double)tally->feasible / (double)tally->n,
        [PROGRESS_entropy] = summary->entropy,
        [PROGRESS_gradient_norm] = summary->gradient_norm,
        [PROGRESS_seconds] = update_seconds_so_far(run),
        [PROGRESS_evaluations] = (double)ledger_size(run->ledger),
    };
    return progress_add(&run->progress, row);
}

static void update_report_progress(const run_t *run)
{
    if (!run->listener || !run->listener->progress) return;
    const double session = clock_seconds() - run->started;
    const double rate = session > 0 ? (double)(run->samples - run->samples_before) / session : 0;
    const run_progress_t progress = {
        .stage = stage_name(run->stages[run->stage].algorithm),
        .samples = run->samples,
        .samples_total = run->job->search.samples,
        .best = run->best.objective,
        .gap = certificate_gap(&run->certificate, run->best.objective),
        .feasible_share = (double)run->feasible / (double)run->samples,
        .seconds = update_seconds_so_far(run),
        .samples_per_second = rate,
        .seconds_left = rate > 0 ? (double)(run->job->search.samples - run->samples) / rate : NAN,
    };
    run->listener->progress(run->listener->context, &progress);
}

/* The samples of the update are counted after the root has read them: stage_wanted looks at the
   count. */
static confx_status_t update_conclude(run_t *run)
{
    const bool root = cluster_is_root(run->cluster);
    tally_t tally = {0, 0, 0, 0};
    search_summary_t summary = {NAN, NAN};
    if (root) {
        tally = update_listen(run);
        summary = search_learn(run->work.search, run->work.gradient_sum, run->work.reports);
    }
    uint64_t samples = 0;
    for (size_t unit = 0; unit < run->work.layout.units; unit++) samples += stage_wanted(run, unit);
    run->samples += samples;
    run->stage_samples += samples;
    run->updates++;
    run->stage_updates++;
    if (!root) return status_ok();
    run->feasible += tally.feasible;
    const confx_status_t status = update_note_progress(run, &tally, &summary);
    update_report_progress(run);
    return status;
}

/* The first of two failures of this rank, which goes on until all have met: others wait for it in
   what follows. */
static confx_status_t update_first_failure(confx_status_t one, confx_status_t other)
{
    return one.code == CONFX_STATUS_OK ? other : one;
}

confx_status_t update_run(run_t *run)
{
    update_brief_ranks(run);
    update_sample(run);
    TRY(update_renew(run));
    confx_status_t status = update_score(run);
    status = update_first_failure(status, update_share_ledger(run));
    update_hear_and_tell(run);
    status = update_first_failure(status, update_descend(run));
    update_migrate(run);
    status = update_first_failure(status, rows_keep(run));
    return update_first_failure(status, update_conclude(run));
}
