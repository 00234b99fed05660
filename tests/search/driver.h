/* A stage driven in one process as the run room drives it over MPI: ranks hear of the others' news
   once an update. */
#ifndef TESTS_DRIVER_H
#define TESTS_DRIVER_H

#include "trace.h"

static inline void stage_publish(stage_t *stage)
{
    if (!stage->layout.publish_bytes) return;
    void *message = driver_memory(stage->layout.publish_bytes, 1);
    const size_t bytes = search_publish(stage->ranks[0].search, message);
    ck_assert(bytes == stage->layout.publish_bytes ||
              (stage->layout.varies && bytes < stage->layout.publish_bytes));
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        if (rank > 0) search_anticipate(stage->ranks[rank].search);
        search_receive(stage->ranks[rank].search, message);
    }
    free(message);
}

/* The last update of a stage may want fewer, of some units none. */
static inline void stage_sample(stage_t *stage)
{
    uint64_t left = stage->samples - stage->trace.n;
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        batch_t *batch = &stage->batches[unit];
        batch->n = left < stage->layout.samples ? left : stage->layout.samples;
        left -= batch->n;
        if (batch->n)
            search_sample(stage_rank_of(stage, unit)->search, unit,
                          stage->first_update + stage->updates, batch);
    }
}

/* As update.c has it: all units' assignments, in order, without what was scored. */
static inline void stage_renew(stage_t *stage)
{
    if (!stage->scored) return;
    const size_t cells = space_cells(problem_space(stage->problem), stage->layers);
    uint16_t *proposed =
        driver_memory(stage->layout.units * stage->layout.samples, cells * sizeof *proposed);
    const renewal_t renewal = {.part = search_traits(stage->algorithm).part,
                               .memory = stage->remembers_layers ? stage->ranks[0].memory : NULL,
                               .seed = stage->job->search.seed,
                               .update = stage->first_update + stage->updates,
                               .doubt = search_doubt,
                               .of = stage->ranks[0].search};
    size_t n = 0;
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        const batch_t *batch = &stage->batches[unit];
        memcpy(proposed + n * cells, batch->assignments, batch->n * cells * sizeof *proposed);
        n += batch->n;
    }
    scored_renew(stage->scored, &renewal, n, proposed);
    n = 0;
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        batch_t *batch = &stage->batches[unit];
        memcpy(batch->assignments, proposed + n * cells, batch->n * cells * sizeof *proposed);
        n += batch->n;
    }
    free(proposed);
}

static inline void stage_share_memories(stage_t *stage)
{
    const size_t bytes = memory_record_bytes(stage->ranks[0].memory);
    void *news[RANKS_MAX] = {NULL};
    size_t n[RANKS_MAX] = {0};
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        const void *own = memory_news(stage->ranks[rank].memory, &n[rank]);
        news[rank] = driver_memory(n[rank], bytes);
        if (n[rank] > 0) memcpy(news[rank], own, n[rank] * bytes);
    }
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        for (size_t from = 0; from < stage->ranks_n; from++)
            ck_assert_ok(memory_enter(stage->ranks[rank].memory, news[from], n[from]));
        memory_settle(stage->ranks[rank].memory);
    }
    for (size_t rank = 0; rank < stage->ranks_n; rank++) free(news[rank]);
}

static inline void stage_score(stage_t *stage)
{
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        batch_t *batch = &stage->batches[unit];
        const assignments_t scored = batch_assignments(batch);
        ck_assert_ok(problem_score(stage->problem, batch));
        ck_assert_ok(memory_reveal(stage_rank_of(stage, unit)->memory, stage->problem, &scored));
        stage_keep(stage, batch);
    }
    stage_share_memories(stage);
}

static inline batch_t stage_revealed(const stage_t *stage, size_t unit)
{
    batch_t view = stage->batches[unit];
    if (!stage->shows_layers) view.cost = NULL;
    return view;
}

/* Sums over all units, in their order: of moments here, of gradients below. */
static inline void stage_hear(stage_t *stage, double *sum)
{
    double *moments = driver_memory(stage->layout.moments, sizeof *moments);
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        const batch_t view = stage_revealed(stage, unit);
        stage->reports[unit] = (search_report_t){.entropy = NAN, .lowest = INFINITY};
        if (view.n == 0) continue;
        memset(moments, 0, stage->layout.moments * sizeof *moments);
        search_local_statistics(stage_rank_of(stage, unit)->search, unit, &view, moments,
                                &stage->reports[unit]);
        for (size_t i = 0; i < stage->layout.moments; i++) sum[i] += moments[i];
    }
    free(moments);
}

static inline void stage_descend(stage_t *stage, const double *moments, real_t *sum)
{
    const size_t n = stage->layout.gradient;
    real_t *gradient = driver_memory(n, sizeof *gradient);
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        const batch_t view = stage_revealed(stage, unit);
        if (!view.n) continue;
        memset(gradient, 0, n * sizeof *gradient);
        search_gradient(stage_rank_of(stage, unit)->search, unit, &view, moments, gradient);
        for (size_t i = 0; i < n; i++) sum[i] += gradient[i];
    }
    free(gradient);
}

static inline void stage_migrate(stage_t *stage)
{
    const size_t bytes = stage->layout.migrant_bytes, units = stage->layout.units;
    if (!bytes || !search_migrates(stage->ranks[0].search, stage->first_update + stage->updates))
        return;
    char *migrants = driver_memory(units, bytes);
    for (size_t unit = 0; unit < units; unit++)
        search_emigrate(stage_rank_of(stage, unit)->search, unit, migrants + unit * bytes);
    for (size_t unit = 0; unit < units; unit++)
        search_immigrate(stage_rank_of(stage, unit)->search, unit,
                         migrants + (unit + units - 1) % units * bytes);
    free(migrants);
}

static inline void stage_collect(stage_t *stage)
{
    for (size_t unit = 0; stage->layout.collects && unit < stage->layout.units; unit++) {
        const batch_t view = stage_revealed(stage, unit);
        if (view.n) search_collect(stage->ranks[0].search, unit, &view);
    }
}

/* What the units would have scored; then the rest of the update. */
static inline void stage_propose(stage_t *stage)
{
    stage_publish(stage);
    stage_sample(stage);
}

static inline void stage_conclude(stage_t *stage)
{
    double *moments = driver_memory(stage->layout.moments, sizeof *moments);
    real_t *gradient = driver_memory(stage->layout.gradient, sizeof *gradient);
    stage_renew(stage);
    stage_score(stage);
    stage_hear(stage, moments);
    stage_descend(stage, moments, gradient);
    stage_migrate(stage);
    stage_collect(stage);
    stage->summary = search_learn(stage->ranks[0].search, stage->layout.gradient ? gradient : NULL,
                                  stage->reports);
    stage->updates++;
    free(moments);
    free(gradient);
}

static inline void stage_update(stage_t *stage)
{
    stage_propose(stage);
    stage_conclude(stage);
}

static inline void stage_run(stage_t *stage)
{
    while (stage->trace.n < stage->samples) stage_update(stage);
}

#endif
