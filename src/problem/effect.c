/* Does an action have an effect at all under this hardware? The original's bandwidth makes buffers
   free. */
#include "problem/parts.h"

#include <math.h>

typedef struct {
    double least, most;
} effect_range_t;

static void effect_widen(effect_range_t *range, double value)
{
    range->least = fmin(range->least, value);
    range->most = fmax(range->most, value);
}

static double effect_relative(const effect_range_t *range)
{
    return range->most > range->least ? (range->most - range->least) / fabs(range->most) : 0;
}

/* Ranges over the levels of `head`, the other head at level `other`. */
static effect_t effect_along(problem_t *problem, size_t distinct, size_t head, size_t other)
{
    effect_range_t objectives = {INFINITY, -INFINITY};
    effect_range_t needs = objectives;
    for (size_t level = 0; level < problem->levels_n[head]; level++) {
        const uint32_t pes = problem->levels[0][head == 0 ? level : other];
        const uint32_t buffer = problem->levels[1][head == 0 ? other : level];
        double objective;
        double need;
        if (!problem_look(problem, distinct, problem_point(problem, pes, buffer), &objective,
                          &need))
            continue;
        effect_widen(&objectives, objective);
        effect_widen(&needs, need);
    }
    return (effect_t){effect_relative(&objectives), effect_relative(&needs)};
}

effect_t problem_head_effect(problem_t *problem, size_t head)
{
    effect_t effect = {0, 0};
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++)
        for (size_t other = 0; other < problem->levels_n[1 - head]; other++) {
            const effect_t one = effect_along(problem, distinct, head, other);
            effect.objective = fmax(effect.objective, one.objective);
            effect.need = fmax(effect.need, one.need);
        }
    return effect;
}
