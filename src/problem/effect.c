/* Does an axis have an effect at all under this hardware? The original's bandwidth makes buffers
   free. */
#include "confx/figures.h"
#include "problem/parts.h"

#include <math.h>

static double effect_relative(const problem_range_t *range)
{
    return range->most > range->least ? (range->most - range->least) / fabs(range->most) : 0;
}

/* Ranges over the levels of an axis: choices `stride` apart from `first` on. */
static effect_t effect_along(problem_t *problem, size_t distinct, uint64_t first, uint64_t stride,
                             size_t levels)
{
    problem_range_t objectives = {INFINITY, -INFINITY};
    problem_range_t needs = objectives;
    for (size_t level = 0; level < levels; level++) {
        const uint64_t point = space_choice_point(problem->space, first + level * stride);
        double objective;
        double need;
        /* An invalid level says nothing of what the axis changes. */
        if (!problem_look(problem, distinct, point, &objective, &need)) continue;
        problem_widen(&objectives, objective);
        problem_widen(&needs, need);
    }
    return (effect_t){effect_relative(&objectives), effect_relative(&needs)};
}

effect_t problem_axis_effect(problem_t *problem, size_t axis)
{
    const space_t *space = problem->space;
    const size_t levels = space_levels(space, axis);
    effect_t effect = {0, 0};
    uint64_t stride = 1;
    /* Choices count the last axis fastest, so that neighbouring levels of this axis lie as many
       choices apart as the axes behind it have combinations. */
    for (size_t behind = axis + 1; behind < space_axes(space); behind++)
        stride *= space_levels(space, behind);
    for (size_t distinct = 0; distinct < problem->workload->distinct_n; distinct++)
        for (uint64_t first = 0; first < space_choices(space); first++) {
            if (first / stride % levels != 0)
                continue; /* not where this axis has its first level */
            const effect_t one = effect_along(problem, distinct, first, stride, levels);
            effect.objective = fmax(effect.objective, one.objective);
            effect.need = fmax(effect.need, one.need);
        }
    return effect;
}
