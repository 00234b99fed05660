/* One update of a driven stage; the second half of driver.h. */
#ifndef TESTS_UPDATE_H
#define TESTS_UPDATE_H

static inline void stage_brief(stage_t *stage)
{
    if (!stage->layout.brief_bytes) return;
    void *brief = driver_memory(stage->layout.brief_bytes, 1);
    search_brief(stage->ranks[0].search, brief);
    for (size_t rank = 0; rank < stage->ranks_n; rank++) search_take_brief(stage->ranks[rank].search, brief);
    free(brief);
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
            search_sample(stage_rank_of(stage, unit)->search, unit, stage->first_update + stage->updates, batch);
    }
}

static inline void stage_share_ledgers(stage_t *stage)
{
    const ledger_entry_t *news[RANKS_MAX];
    size_t n[RANKS_MAX];
    for (size_t rank = 0; rank < stage->ranks_n; rank++) news[rank] = ledger_news(stage->ranks[rank].ledger, &n[rank]);
    for (size_t rank = 0; rank < stage->ranks_n; rank++) {
        for (size_t from = 0; from < stage->ranks_n; from++)
            ledger_enter(stage->ranks[rank].ledger, news[from], n[from]);
        ledger_settle(stage->ranks[rank].ledger);
    }
}

static inline void stage_keep(stage_t *stage, const batch_t *batch)
{
    batch_t *trace = &stage->trace;
    const size_t layers = stage->layers;
    memcpy(trace->pes + trace->n * layers, batch->pes, batch->n * layers * sizeof *batch->pes);
    memcpy(trace->buffer + trace->n * layers, batch->buffer, batch->n * layers * sizeof *batch->buffer);
    for (size_t e = 0; e < batch->n; e++, trace->n++) {
        trace->objective[trace->n] = batch->objective[e];
        trace->constraint[trace->n] = batch->constraint[e];
        trace->feasible[trace->n] = batch->feasible[e];
        const bool first = stage->best == SIZE_MAX;
        if (batch->feasible[e] && (first || batch->objective[e] < trace->objective[stage->best]))
            stage->best = trace->n;
    }
}

static inline void stage_score(stage_t *stage)
{
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        problem_score(stage->setting->problem, &stage->batches[unit]);
        ledger_reveal(stage_rank_of(stage, unit)->ledger, &stage->batches[unit], stage->setting->problem);
        stage_keep(stage, &stage->batches[unit]);
    }
    stage_share_ledgers(stage);
}

static inline batch_t stage_revealed(const stage_t *stage, size_t unit)
{
    batch_t view = stage->batches[unit];
    if (stage->setting->job->search.feedback == FEEDBACK_TOTAL) view.cost = NULL;
    return view;
}

/* Moments of all units, in their order. */
static inline void stage_hear(stage_t *stage, double *sum)
{
    double *moments = driver_memory(stage->layout.moments, sizeof *moments);
    for (size_t unit = 0; unit < stage->layout.units; unit++) {
        const batch_t view = stage_revealed(stage, unit);
        stage->reports[unit] = (search_report_t){.entropy = NAN, .lowest = INFINITY};
        if (!view.n) continue;
        memset(moments, 0, stage->layout.moments * sizeof *moments);
        search_hear(stage_rank_of(stage, unit)->search, unit, &view, moments, &stage->reports[unit]);
        for (size_t i = 0; i < stage->layout.moments; i++) sum[i] += moments[i];
    }
    free(moments);
}

/* Gradients of all units, in their order. */
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
    const size_t bytes = stage->layout.migrant_bytes;
    const size_t units = stage->layout.units;
    if (!bytes || !search_migrates(stage->ranks[0].search, stage->first_update + stage->updates)) return;
    char *migrants = driver_memory(units, bytes);
    for (size_t unit = 0; unit < units; unit++)
        search_emigrate(stage_rank_of(stage, unit)->search, unit, migrants + unit * bytes);
    for (size_t unit = 0; unit < units; unit++)
        search_immigrate(stage_rank_of(stage, unit)->search, unit, migrants + (unit + units - 1) % units * bytes);
    free(migrants);
}

static inline void stage_update(stage_t *stage)
{
    double *moments = driver_memory(stage->layout.moments, sizeof *moments);
    real_t *gradient = driver_memory(stage->layout.gradient, sizeof *gradient);
    stage_brief(stage);
    stage_sample(stage);
    stage_score(stage);
    stage_hear(stage, moments);
    stage_descend(stage, moments, gradient);
    stage_migrate(stage);
    stage->summary = search_learn(stage->ranks[0].search, stage->layout.gradient ? gradient : NULL, stage->reports);
    stage->updates++;
    free(moments);
    free(gradient);
}

static inline void stage_run(stage_t *stage)
{
    while (stage->trace.n < stage->samples) stage_update(stage);
}

/* The number of the first sample in which two traces differ, in any bit; SIZE_MAX: in none. */
static inline size_t stage_difference(const stage_t *one, const stage_t *other)
{
    const batch_t *a = &one->trace;
    const batch_t *b = &other->trace;
    const size_t bytes = one->layers * sizeof *a->pes;
    for (size_t i = 0; i < a->n || i < b->n; i++) {
        const size_t at = i * one->layers;
        if (i >= a->n || i >= b->n || memcmp(a->pes + at, b->pes + at, bytes) != 0 ||
            memcmp(a->buffer + at, b->buffer + at, bytes) != 0 || !same_number(a->objective[i], b->objective[i]) ||
            !same_number(a->constraint[i], b->constraint[i]) || a->feasible[i] != b->feasible[i])
            return i;
    }
    return SIZE_MAX;
}

/* Learning was the same too, not only what came of it. */
static inline void stage_assert_same(const stage_t *one, const stage_t *other, const char *what)
{
    const size_t at = stage_difference(one, other);
    ck_assert_msg(at == SIZE_MAX, "%s: sample %zu of %zu differs", what, at, one->trace.n);
    ck_assert_msg(same_number(one->summary.gradient_norm, other->summary.gradient_norm), "%s: gradients differ", what);
    ck_assert_msg(same_number(one->summary.entropy, other->summary.entropy), "%s: entropies differ", what);
}

#endif
