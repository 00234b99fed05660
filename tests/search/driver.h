/* A stage driven in one process as the run room drives it over MPI: ranks hear of the others' news
   once an update. */
#ifndef TESTS_DRIVER_H
#define TESTS_DRIVER_H

#include "trace.h"

static inline void stage_publish(stage_t *stage)
{
    if (!stage->layout.publish_bytes) return;
    void *message = driver_memory(stage->layout.publish_bytes, 1);
    search_publish(stage->ranks[0].search, message);
    for (size_t rank = 0; rank < stage->ranks_n; rank++)
        search_receive(stage->ranks[rank].search, message);
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
    const size_t layers = stage->layers;
    uint16_t *genes =
        driver_memory(stage->layout.units * stage->layout.samples, 2 * layers * sizeof *genes);
    const renewal_t renewal = {.integers = search_traits(stage->algorithm).integers,
                               .ledger = stage->remembers_layers ? stage->ranks[0].ledger : NULL,
                               .seed = stage->setting->job->search.seed,
                               .update = stage->first_update + stage->updates};
    size_t n = 0;
    for (size_t unit = 0; unit < stage->layout.units; unit++)
        for (size_t e = 0; e < stage->batches[unit].n; e++, n++) {
            memcpy(genes + 2 * n * layers, stage->batches[unit].pes + e * layers,
                   layers * sizeof *genes);
            memcpy(genes + (2 * n + 1) * layers, stage->batches[unit].buffer + e * layers,
                   layers * sizeof *genes);
        }
    scored_renew(stage->scored, &renewal, n, genes);
    n = 0;
    for (size_t unit = 0; unit < stage->layout.units; unit++)
        for (size_t e = 0; e < stage->batches[unit].n; e++, n++) {
            memcpy(stage->batches[unit].pes + e * layers, genes + 2 * n * layers,
                   layers * sizeof *genes);
            memcpy(stage->batches[unit].buffer + e * layers, genes + (2 * n + 1) * layers,
                   layers * sizeof *genes);
        }
    free(genes);
}

static inline void stage_share_ledgers(stage_t *stage)
{
    ledger_entry_t *news[RANKS_MAX];
    size_t n[RANKS_MAX];
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        const ledger_entry_t *own = ledger_news(stage->ranks[rank].ledger, &n[rank]);
        news[rank] = malloc((n[rank] + 1) * sizeof *own);
        ck_assert_ptr_nonnull(news[rank]);
        if (n[rank] > 0) memcpy(news[rank], own, n[rank] * sizeof *own);
    }
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        for (size_t from = 0; from < stage->ranks_n; from++)
            ck_assert_ok(ledger_enter(stage->ranks[rank].ledger, news[from], n[from]));
        ledger_settle(stage->ranks[rank].ledger);
    }
    for (size_t rank = 0; rank < stage->ranks_n; rank++) free(news[rank]);
}

static inline void stage_score(stage_t *stage)
{
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        problem_score(stage->setting->problem, &stage->batches[unit]);
        ledger_reveal(stage_rank_of(stage, unit)->ledger, &stage->batches[unit],
                      stage->setting->problem);
        stage_keep(stage, &stage->batches[unit]);
    }
    stage_share_ledgers(stage);
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
