/* What a stage has sampled: kept, and held against another. */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include "stage.h"

static inline void stage_keep(stage_t *stage, const batch_t *batch)
{
    batch_t *trace = &stage->trace;
    const size_t layers = stage->layers;
    memcpy(trace->pes + trace->n * layers, batch->pes, batch->n * layers * sizeof *batch->pes);
    memcpy(trace->buffer + trace->n * layers, batch->buffer,
           batch->n * layers * sizeof *batch->buffer);
    for (size_t e = 0; e < batch->n; e++, trace->n++) {
        trace->objective[trace->n] = batch->objective[e];
        trace->constraint[trace->n] = batch->constraint[e];
        trace->feasible[trace->n] = batch->feasible[e];
        const bool first = stage->best == SIZE_MAX;
        if (batch->feasible[e] && (first || batch->objective[e] < trace->objective[stage->best]))
            stage->best = trace->n;
    }
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
            memcmp(a->buffer + at, b->buffer + at, bytes) != 0 ||
            !same_number(a->objective[i], b->objective[i]) ||
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
    ck_assert_msg(same_number(one->summary.gradient_norm, other->summary.gradient_norm),
                  "%s: gradients differ", what);
    ck_assert_msg(same_number(one->summary.entropy, other->summary.entropy), "%s: entropies differ",
                  what);
}

#endif
