/* What a stage has sampled: kept, and held against another. */
#ifndef TESTS_TRACE_H
#define TESTS_TRACE_H

#include "stage.h"

static inline void stage_keep(stage_t *stage, const batch_t *batch)
{
    batch_t *trace = &stage->trace;
    const size_t cells = batch->layers * batch->axes;
    memcpy(batch_assignment(trace, trace->n), batch->assignments,
           batch->n * cells * sizeof *batch->assignments);
    for (size_t e = 0; e < batch->n; e++, trace->n++) {
        const double objective = batch->scores[e].objectives[0];
        const bool first = stage->best == SIZE_MAX;
        trace->scores[trace->n] = batch->scores[e];
        trace->feasible[trace->n] = batch->feasible[e];
        if (batch->feasible[e] && (first || objective < trace->scores[stage->best].objectives[0]))
            stage->best = trace->n;
    }
}

static inline bool same_score(const score_t *one, const score_t *other)
{
    bool same = true;
    for (size_t i = 0; i < TERMS_MAX; i++)
        same = same && same_number(one->objectives[i], other->objectives[i]) &&
               same_number(one->constraints[i], other->constraints[i]);
    return same;
}

/* The number of the first sample in which two traces differ, in any bit; SIZE_MAX: in none. */
static inline size_t stage_difference(const stage_t *one, const stage_t *other)
{
    const batch_t *a = &one->trace;
    const batch_t *b = &other->trace;
    const space_t *space = problem_space(one->problem);
    for (size_t i = 0; i < a->n || i < b->n; i++)
        if (i >= a->n || i >= b->n ||
            !space_equal(space, one->layers, batch_assignment(a, i), batch_assignment(b, i)) ||
            !same_score(&a->scores[i], &b->scores[i]) || a->feasible[i] != b->feasible[i])
            return i;
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
