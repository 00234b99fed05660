/* Samples on their way to the log. Each rank keeps a stream of records per unit; at a commit the
   writer of each node collects its ranks' streams and writes them, in the order of (update, unit,
   sample), as one segment. */
#include "confx/try.h"
#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

confx_status_t rows_open(run_t *run)
{
    pending_t *pending = &run->pending;
    *pending = (pending_t){.first_row = run->samples, .first_update = run->updates};
    pending->record_bytes = scored_assignment_bytes(run->setting.problem);
    pending->streams = calloc(run->work.share.n + 1, sizeof *pending->streams);
    return pending->streams ? status_ok()
                            : status_fail(CONFX_STATUS_MEMORY, "no memory for the log");
}

void rows_close(run_t *run)
{
    for (size_t i = 0; run->pending.streams && i < run->work.share.n; i++)
        free(run->pending.streams[i]);
    free(run->pending.streams);
    run->pending.streams = NULL;
}

static confx_status_t rows_make_room(run_t *run)
{
    pending_t *pending = &run->pending;
    const size_t wanted = pending->records + run->work.layout.samples;
    if (wanted <= pending->room) return status_ok();
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

confx_status_t rows_keep(run_t *run, const update_t *update)
{
    pending_t *pending = &run->pending;
    /* A cut update stands alone in its segment, as the others have blocks of another size. */
    assert(!pending->updates || !(update_is_cut(update) || update_is_cut(&pending->update)));
    TRY(rows_make_room(run));
    for (size_t i = 0; i < run->work.share.n; i++)
        for (size_t e = 0; e < run->work.batches[i].n; e++) {
            const scored_assignment_t sample = batch_sample(&run->work.batches[i], e);
            scored_assignment_pack(run->setting.problem, &sample,
                                   pending->streams[i] +
                                       (pending->records + e) * pending->record_bytes);
        }
    pending->update = *update;
    pending->records += update->each;
    pending->updates++;
    return status_ok();
}

bool rows_must_commit(const run_t *run, const update_t *update)
{
    return run->pending.updates && update_is_cut(update);
}

/* ---- a segment ------------------------------------------------------------------------------- */

/* Columns of rows_t in memory of our own. */
typedef struct {
    size_t n;
    uint8_t *stage, *feasible;
    uint32_t *update, *episode;
    uint16_t *actions;
    double *objective, *constraint;
} rows_table_t;

static confx_status_t rows_table_open(size_t room, size_t cells, rows_table_t *table)
{
    *table = (rows_table_t){.n = 0};
    table->stage = malloc(room + 1);
    table->feasible = malloc(room + 1);
    table->update = malloc((room + 1) * sizeof(uint32_t));
    table->episode = malloc((room + 1) * sizeof(uint32_t));
    table->actions = malloc((room + 1) * cells * sizeof(uint16_t));
    table->objective = malloc((room + 1) * sizeof(double));
    table->constraint = malloc((room + 1) * sizeof(double));
    if (table->stage && table->feasible && table->update && table->episode && table->actions &&
        table->objective && table->constraint)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a segment of %zu rows", room);
}

static void rows_table_close(rows_table_t *table)
{
    free(table->stage);
    free(table->feasible);
    free(table->update);
    free(table->episode);
    free(table->actions);
    free(table->objective);
    free(table->constraint);
}

static void rows_add_row(const run_t *run, uint64_t update, uint64_t episode, const char *bytes,
                         rows_table_t *table)
{
    const problem_t *problem = run->setting.problem;
    const space_t *space = problem_space(problem);
    const size_t cells = space_cells(space, problem_layers(problem));
    const scored_assignment_t sample = scored_assignment_unpack(problem, bytes);
    uint16_t *actions = table->actions + table->n * cells;
    for (size_t cell = 0; cell < cells; cell++)
        actions[cell] =
            (uint16_t)space_value(space, cell % space_axes(space), sample.assignment[cell]);
    table->stage[table->n] = (uint8_t)stage_space(run->stages[run->stage].algorithm);
    table->update[table->n] = (uint32_t)update;
    table->episode[table->n] = (uint32_t)episode;
    table->objective[table->n] = sample.score.objectives[0];
    table->constraint[table->n] = sample.score.constraints[0];
    /* Whether it is feasible follows from the score. */
    table->feasible[table->n] = terms_feasible(problem_terms(problem), &sample.score);
    table->n++;
}

/* streams: those of the node's units, one after the other. */
static void rows_fill_table(const run_t *run, share_t share, const char *streams,
                            rows_table_t *table)
{
    const pending_t *pending = &run->pending;
    const size_t each = run->work.layout.samples;
    for (uint64_t update = 0; update < pending->updates; update++)
        for (size_t i = 0; i < share.n; i++) {
            const size_t unit = share.first + i;
            for (size_t e = 0; e < update_samples_of(&pending->update, unit); e++) {
                const size_t record = i * pending->records + update * each + e;
                rows_add_row(run, pending->first_update + update, unit * each + e,
                             streams + record * pending->record_bytes, table);
            }
        }
}

static segment_t rows_segment_of(const run_t *run, share_t share)
{
    const pending_t *pending = &run->pending;
    const uint64_t each = run->work.layout.samples;
    segment_t segment = {.start = pending->first_row + share.first * each,
                         .stride = run->work.layout.units * each,
                         .count = pending->updates};
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
    const size_t layers = problem_layers(run->setting.problem);
    const size_t axes = space_axes(problem_space(run->setting.problem));
    rows_table_t table;
    confx_status_t status;
    TRY_OUT(rows_table_open(segment->block * segment->count, layers * axes, &table));
    rows_fill_table(run, share, streams, &table);
    const rows_t rows = {.layers = layers,
                         .heads = axes,
                         .stage = table.stage,
                         .update = table.update,
                         .episode = table.episode,
                         .actions = table.actions,
                         .objective = table.objective,
                         .constraint = table.constraint,
                         .feasible = table.feasible};
    TRY_OUT(store_segment_write(run->job->output, run->id, segment, &rows, run->guard));
out:
    rows_table_close(&table);
    return status;
}

static char *rows_my_streams(const run_t *run)
{
    const size_t bytes = run->pending.records * run->pending.record_bytes;
    char *streams = malloc(run->work.share.n * bytes + 1);
    for (size_t i = 0; streams && i < run->work.share.n; i++)
        memcpy(streams + i * bytes, run->pending.streams[i], bytes);
    return streams;
}

static confx_status_t rows_add_segments(run_t *run, const segment_t *segments, size_t n)
{
    if (run->segments_n + n > run->segments_room) {
        const size_t room = 2 * (run->segments_n + n);
        segment_t *grown = realloc(run->segments, room * sizeof *grown);
        if (!grown) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu segments", room);
        run->segments = grown;
        run->segments_room = room;
    }
    memcpy(run->segments + run->segments_n, segments, n * sizeof *segments);
    run->segments_n += n;
    return status_ok();
}

confx_status_t rows_commit(run_t *run)
{
    pending_t *pending = &run->pending;
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
    TRY_OUT(cluster_merge(run->cluster, &segment, writes ? sizeof segment : 0, &all, &all_bytes));
    TRY_OUT(rows_add_segments(run, all, all_bytes / sizeof segment));
    pending->first_row = run->samples;
    pending->first_update = run->updates;
    pending->records = 0;
    pending->updates = 0;
out:
    free(mine);
    free(node);
    return status;
}
