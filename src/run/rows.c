/* Samples on their way to the log. Each rank keeps a stream of records per unit; at a commit the
   writer of each node collects its ranks' streams and writes them, in the order of (update, unit,
   sample), as one segment. */
#include "confx/array.h"
#include "confx/try.h"
#include "run/files.h"
#include "run/steps.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)MODEL_METRICS <= (int)SAMPLES_METRICS_MAX, "every metric has a column");

/* A record: the scored assignment, then all metrics of the model (M). */
static size_t rows_metrics_at(const run_t *run)
{
    return scored_assignment_bytes(run->setting.problem);
}

/* Is the total of a metric logged? Of a rate there is one only where the model scores whole
   networks. */
static bool rows_has_total(const model_t *model, size_t metric)
{
    return model->scores_networks || !model->metrics[metric].is_rate;
}

samples_shape_t rows_shape(const run_t *run)
{
    const problem_t *problem = run->setting.problem;
    const model_t *model = problem_model(problem);
    samples_shape_t shape = {.layers = problem_layers(problem),
                             .axes = space_axes(problem_space(problem)),
                             .constraints = problem_terms(problem)->constraints_n};
    for (size_t i = 0; i < model->metrics_n; i++)
        if (rows_has_total(model, i)) shape.metrics[shape.metrics_n++] = model->metrics[i].name;
    return shape;
}

confx_status_t rows_open(run_t *run)
{
    pending_t *pending = &run->log.pending;
    *pending = (pending_t){.first_row = run->samples, .first_update = run->updates};
    pending->record_bytes =
        rows_metrics_at(run) + problem_model(run->setting.problem)->metrics_n * sizeof(double);
    pending->streams = calloc(run->work.share.n + 1, sizeof *pending->streams);
    return pending->streams ? status_ok()
                            : status_fail(CONFX_STATUS_MEMORY, "no memory for the log");
}

void rows_close(run_t *run)
{
    for (size_t i = 0; run->log.pending.streams && i < run->work.share.n; i++)
        free(run->log.pending.streams[i]);
    free(run->log.pending.streams);
    run->log.pending.streams = NULL;
}

static confx_status_t rows_make_room(run_t *run)
{
    pending_t *pending = &run->log.pending;
    const size_t wanted = pending->records + run->work.layout.samples;
    if (wanted <= pending->room) return status_ok();
    /* All streams have the same room; it is raised only once all have it, so that after a failure
       the old room is true of each. */
    const size_t room = 2 * wanted;
    for (size_t i = 0; i < run->work.share.n; i++) {
        char *grown = realloc(pending->streams[i], room * pending->record_bytes);
        if (!grown)
            return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu samples not yet logged",
                               room);
        pending->streams[i] = grown;
    }
    pending->room = room;
    return status_ok();
}

static void rows_write_record(const run_t *run, const batch_t *batch, size_t e, char *bytes)
{
    const scored_assignment_t sample = batch_sample(batch, e);
    scored_assignment_pack(run->setting.problem, &sample, bytes);
    memcpy(bytes + rows_metrics_at(run), batch->metrics + e * batch->metrics_n,
           batch->metrics_n * sizeof *batch->metrics);
}

confx_status_t rows_keep(run_t *run, const update_t *update)
{
    pending_t *pending = &run->log.pending;
    /* A cut update stands alone in its segment, as the others have blocks of another size. */
    assert(!pending->updates || !(update_is_cut(update) || update_is_cut(&pending->update)));
    TRY(rows_make_room(run));
    for (size_t i = 0; i < run->work.share.n; i++)
        for (size_t e = 0; e < run->work.batches[i].n; e++)
            rows_write_record(run, &run->work.batches[i], e,
                              pending->streams[i] + (pending->records + e) * pending->record_bytes);
    pending->update = *update;
    pending->records += update->each;
    pending->updates++;
    return status_ok();
}

bool rows_must_commit(const run_t *run, const update_t *update)
{
    return run->log.pending.updates && update_is_cut(update);
}

/* ---- a segment ------------------------------------------------------------------------------- */

/* Where a sample comes from. */
typedef struct {
    uint64_t update;
    size_t unit;
} rows_origin_t;

/* Row `at` of the columns, from a record. */
static void rows_fill_row(const run_t *run, const rows_origin_t *origin, const char *bytes,
                          size_t at, const samples_t *samples)
{
    const problem_t *problem = run->setting.problem;
    const space_t *space = problem_space(problem);
    const model_t *model = problem_model(problem);
    const samples_shape_t *shape = samples->shape;
    const size_t cells = shape->layers * shape->axes;
    const scored_assignment_t sample = scored_assignment_unpack(problem, bytes);
    const double *metrics = (const double *)(const void *)(bytes + rows_metrics_at(run));
    void *const *columns = samples->columns;
    uint16_t *values = (uint16_t *)columns[SAMPLES_assignment] + at * cells;
    double *constraints = (double *)columns[SAMPLES_constraints] + at * shape->constraints;
    ((uint8_t *)columns[SAMPLES_stage])[at] = (uint8_t)run->stage;
    ((uint8_t *)columns[SAMPLES_space])[at] =
        (uint8_t)(run->certified ? run->space
                                 : stage_space(run->job, run->stages[run->stage].algorithm));
    ((uint32_t *)columns[SAMPLES_update])[at] = (uint32_t)origin->update;
    ((uint32_t *)columns[SAMPLES_unit])[at] = (uint32_t)origin->unit;
    for (size_t cell = 0; cell < cells; cell++) {
        const uint32_t value = space_value(space, cell % shape->axes, sample.assignment[cell]);
        assert(value <= UINT16_MAX);
        values[cell] = (uint16_t)value;
    }
    ((double *)columns[SAMPLES_objective])[at] = sample.score.objectives[0];
    memcpy(constraints, sample.score.constraints, shape->constraints * sizeof *constraints);
    /* Whether it is feasible follows from the score. */
    ((uint8_t *)columns[SAMPLES_feasible])[at] =
        terms_feasible(problem_terms(problem), &sample.score);
    for (size_t i = 0, column = SAMPLES_METRICS; i < model->metrics_n; i++)
        if (rows_has_total(model, i)) ((double *)columns[column++])[at] = metrics[i];
}

/* streams: those of the node's units, one after the other. */
static void rows_fill(const run_t *run, share_t share, const char *streams,
                      const samples_t *samples)
{
    const pending_t *pending = &run->log.pending;
    const size_t each = run->work.layout.samples;
    size_t at = 0;
    /* Streams come unit by unit, and rows are logged update by update: this is where they change
       over. */
    for (uint64_t update = 0; update < pending->updates; update++)
        for (size_t i = 0; i < share.n; i++) {
            const rows_origin_t origin = {pending->first_update + update, share.first + i};
            for (size_t e = 0; e < update_samples_of(&pending->update, origin.unit); e++) {
                const size_t record = i * pending->records + update * each + e;
                rows_fill_row(run, &origin, streams + record * pending->record_bytes, at++,
                              samples);
            }
        }
}

static segment_t rows_segment_of(const run_t *run, share_t share)
{
    const pending_t *pending = &run->log.pending;
    const uint64_t each = run->work.layout.samples;
    segment_t segment = {.start = pending->first_row + share.first * each,
                         .stride = run->work.layout.units * each,
                         .count = pending->updates};
    /* The node's rows of one update stand in a row, and those of the next one lie all units'
       samples behind them: one hyperslab tells where all of them belong. */
    segment.block = update_samples_before(&pending->update, share.first + share.n) -
                    update_samples_before(&pending->update, share.first);
    /* The name says which rows: after a resume on other nodes they may be others of the same
       update. */
    (void)snprintf(segment.name, sizeof segment.name, "update%08llu_node%04d_%llu_%llux%llu.h5",
                   (unsigned long long)pending->first_update, cluster_node(run->cluster),
                   (unsigned long long)segment.start, (unsigned long long)segment.count,
                   (unsigned long long)segment.block);
    return segment;
}

static confx_status_t rows_write_segment(const run_t *run, share_t share, const char *streams,
                                         segment_t *segment)
{
    const samples_shape_t shape = rows_shape(run);
    samples_t samples;
    confx_status_t status;
    TRY_OUT(samples_open(&shape, segment->block * segment->count, &samples));
    rows_fill(run, share, streams, &samples);
    TRY_OUT(store_segment_write(run->job->output, run->id, segment, &samples, run->guard));
out:
    samples_close(&samples);
    return status;
}

static char *rows_my_streams(const run_t *run)
{
    const size_t bytes = run->log.pending.records * run->log.pending.record_bytes;
    char *streams = malloc(run->work.share.n * bytes + 1);
    for (size_t i = 0; streams && i < run->work.share.n; i++)
        memcpy(streams + i * bytes, run->log.pending.streams[i], bytes);
    return streams;
}

static confx_status_t rows_add_segments(run_t *run, const segment_t *segments, size_t n)
{
    segment_t *grown = array_grown(run->log.segments, &run->log.segments_room,
                                   run->log.segments_n + n, sizeof *grown);
    if (!grown)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu segments",
                           run->log.segments_n + n);
    run->log.segments = grown;
    memcpy(run->log.segments + run->log.segments_n, segments, n * sizeof *segments);
    run->log.segments_n += n;
    return status_ok();
}

static void rows_begin_pending(run_t *run)
{
    run->log.pending.first_row = run->samples;
    run->log.pending.first_update = run->updates;
    run->log.pending.records = 0;
    run->log.pending.updates = 0;
}

confx_status_t rows_commit_alone(run_t *run)
{
    char *streams = rows_my_streams(run);
    segment_t segment = rows_segment_of(run, run->work.share);
    assert(run->work.share.n == run->work.layout.units);
    if (!streams) return status_fail(CONFX_STATUS_MEMORY, "no memory for a segment");
    const confx_status_t status = rows_write_segment(run, run->work.share, streams, &segment);
    free(streams);
    TRY(status);
    TRY(rows_add_segments(run, &segment, 1));
    rows_begin_pending(run);
    return status_ok();
}

confx_status_t rows_commit(run_t *run)
{
    pending_t *pending = &run->log.pending;
    if (!pending->updates) return status_ok();
    const share_t share = cluster_share_of_node(run->cluster, run->work.layout.units);
    const size_t bytes = pending->records * pending->record_bytes;
    const bool writer = cluster_is_writer(run->cluster) && share.n;
    char *mine = rows_my_streams(run);
    char *node = writer ? malloc(share.n * bytes) : NULL;
    const bool memory = mine && (node || !writer);
    confx_status_t status =
        memory ? status_ok() : status_fail(CONFX_STATUS_MEMORY, "no memory for a segment");
    status = cluster_agree(run->cluster, status);
    if (status.code != CONFX_STATUS_OK) goto out;
    cluster_gather_node(run->cluster, run->work.layout.units, bytes, mine, node);
    segment_t segment = rows_segment_of(run, share);
    const bool writes = writer && segment.block;
    if (writes) status = rows_write_segment(run, share, node, &segment);
    TRY_OUT(cluster_agree(run->cluster, status));
    const void *all;
    size_t all_bytes;
    /* All segments of this commit are on the disk. Every rank learns of all of them, in the order
       of ranks, so that the root can list them and all begin the next ones at the same row. */
    TRY_OUT(cluster_merge(run->cluster, &segment, writes ? sizeof segment : 0, &all, &all_bytes));
    TRY_OUT(rows_add_segments(run, all, all_bytes / sizeof segment));
    rows_begin_pending(run);
out:
    free(mine);
    free(node);
    return status;
}
