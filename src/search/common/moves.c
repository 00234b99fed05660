#include "search/common/moves.h"

#include <assert.h>

void moves_copy(const problem_t *problem, uint16_t *to, const uint16_t *from)
{
    space_copy(problem_space(problem), problem_layers(problem), to, from);
}

void moves_canonical(const problem_t *problem, uint16_t *assignment)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        problem_put(problem, assignment, layer,
                    space_canonical(problem_space(problem), problem_distinct_of(problem, layer),
                                    problem_point(problem, assignment, layer)));
}

double moves_weight(problem_t *problem, const uint16_t *assignment)
{
    const need_t needs = problem_assignment_needs(problem, assignment);
    return terms_weight(problem_terms(problem), &needs);
}

size_t moves_other_axis(const space_t *space, rng_t *rng)
{
    const size_t axes = space_axes(space);
    if (axes < 3) return axes - 1;
    return 1 + rng_below(rng, axes - 1);
}

/* ---- one action for all ---------------------------------------------------------------------- */

need_t moves_uniform_needs(problem_t *problem, uint64_t point)
{
    need_t sum = {{0}, 0};
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const need_t need = problem_needs(problem, problem_distinct_of(problem, layer), point);
        need_add(&sum, &need);
    }
    return sum;
}

bool moves_widest(problem_t *problem, uint64_t *choice)
{
    const space_t *space = problem_space(problem);
    const terms_t *terms = problem_terms(problem);
    double most = -1;
    for (uint64_t i = 0; i < space_choices(space); i++) {
        const need_t needs = moves_uniform_needs(problem, space_choice_point(space, i));
        const double weight = terms_weight(terms, &needs);
        if (!terms_fits(terms, &needs) || weight < most) continue;
        most = weight;
        *choice = i;
    }
    return most >= 0;
}

/* ---- at random ------------------------------------------------------------------------------- */

static uint64_t moves_level_point(const space_t *space, rng_t *rng)
{
    uint16_t action[SPACE_AXES];
    for (size_t axis = 0; axis < space_axes(space); axis++)
        action[axis] = space_level_index(space, axis, rng_below(rng, space_levels(space, axis)));
    return space_point(space, action);
}

static void moves_start_least(const problem_t *problem, uint16_t *assignment)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        problem_put(problem, assignment, layer,
                    problem_least_point(problem, problem_distinct_of(problem, layer)));
}

/* Every layer starts at its least; then each, from a random layer on, draws levels until some
   fit. */
void moves_random(problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    enum { TRIES = 8 };
    const size_t layers = problem_layers(problem);
    moves_start_least(problem, assignment);
    need_t sum = problem_assignment_needs(problem, assignment);
    /* A random first layer keeps those at the front of the network from taking the budget each
       time. */
    const size_t start = rng_below(rng, layers);
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (start + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t here =
            problem_needs(problem, distinct, problem_point(problem, assignment, layer));
        for (int try = 0; try < TRIES; try++) {
            const uint64_t point = moves_level_point(problem_space(problem), rng);
            const need_t there = problem_needs(problem, distinct, point);
            const need_t changed = need_change(&sum, &here, &there);
            if (!terms_fits(problem_terms(problem), &changed)) continue;
            problem_put(problem, assignment, layer, point);
            sum = changed;
            break;
        }
    }
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* Another of `n` levels. */
static size_t moves_other_level(rng_t *rng, double near, size_t level, size_t n)
{
    if (rng_uniform(rng) >= near) {
        const size_t other = rng_below(rng, n - 1);
        return other < level ? other : other + 1;
    }
    if (level == 0) return 1;
    if (level == n - 1) return level - 1;
    return rng_below(rng, 2) ? level + 1 : level - 1;
}

/* A random axis, or behind it the first one that has another level. */
static size_t moves_axis(const space_t *space, rng_t *rng)
{
    const size_t axes = space_axes(space);
    const size_t drawn = rng_below(rng, axes);
    for (size_t i = 0; i < axes; i++)
        if (space_levels(space, (drawn + i) % axes) > 1) return (drawn + i) % axes;
    return drawn;
}

bool moves_is_legal(problem_t *problem, const uint16_t *assignment, size_t layer)
{
    return problem_is_legal(problem, problem_distinct_of(problem, layer),
                            problem_point(problem, assignment, layer));
}

/* From a legal choice to another one where a step along one axis does not lead to any: otherwise
   choices that differ from all legal ones in two axes would never be reached. */
static void moves_jump(problem_t *problem, rng_t *rng, uint16_t *assignment, size_t layer,
                       uint64_t before)
{
    enum { TRIES = 8 };
    for (int try = 0; try < TRIES; try++) {
        problem_put(problem, assignment, layer, moves_level_point(problem_space(problem), rng));
        if (moves_is_legal(problem, assignment, layer)) return;
    }
    problem_put(problem, assignment, layer, before);
}

void moves_change(problem_t *problem, rng_t *rng, double near, uint16_t *assignment, size_t layer)
{
    const space_t *space = problem_space(problem);
    const size_t axis = moves_axis(space, rng);
    const size_t n = space_levels(space, axis);
    if (n < 2) return;
    const uint64_t before = problem_point(problem, assignment, layer);
    uint16_t *index = &assignment[layer * space_axes(space) + axis];
    const bool ordered = space_axis(space, axis)->kind == AXIS_ORDINAL;
    const size_t level = space_level(space, axis, *index);
    *index = space_level_index(space, axis, moves_other_level(rng, ordered ? near : 0, level, n));
    if (!moves_is_legal(problem, assignment, layer))
        moves_jump(problem, rng, assignment, layer, before);
}

void moves_neighbour(problem_t *problem, rng_t *rng, double near, size_t changes,
                     uint16_t *assignment, uint16_t *scratch)
{
    enum { TRIES = 64 };
    /* Changes are made on a copy, so that the assignment stays as it was where no try fits. */
    for (int try = 0; try < TRIES; try++) {
        moves_copy(problem, scratch, assignment);
        for (size_t i = 0; i < changes; i++)
            moves_change(problem, rng, near, scratch, rng_below(rng, problem_layers(problem)));
        if (!problem_fits(problem, scratch)) continue;
        moves_copy(problem, assignment, scratch);
        return;
    }
}

/* One axis of a layer down to the next legal level, of an axis without order to any, unless the
   layer then needs no less. Whether it was changed. */
static bool moves_step_down(problem_t *problem, rng_t *rng, uint16_t *assignment, size_t layer)
{
    const space_t *space = problem_space(problem);
    const size_t axis = rng_below(rng, space_axes(space));
    uint16_t *index = &assignment[layer * space_axes(space) + axis];
    const uint16_t before = *index;
    const double need = problem_layer_need(problem, assignment, layer);
    size_t level = space_level(space, axis, before);
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL)
        *index = space_level_index(space, axis, rng_below(rng, space_levels(space, axis)));
    else
        while (level > 0) {
            *index = space_level_index(space, axis, --level);
            if (moves_is_legal(problem, assignment, layer)) break;
        }
    /* An illegal action needs infinitely much, so that it is undone here. */
    if (problem_layer_need(problem, assignment, layer) < need) return true;
    *index = before;
    return false;
}

void moves_shrink(problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    const space_t *space = problem_space(problem);
    const terms_t *terms = problem_terms(problem);
    const size_t layers = problem_layers(problem);
    size_t levels = 0;
    for (size_t axis = 0; axis < space_axes(space); axis++) levels += space_levels(space, axis);
    need_t sum = problem_assignment_needs(problem, assignment);
    /* A drawn layer may have nothing to give, so the tries are limited, and the assignment may
       exceed a limit even at the end. */
    for (size_t i = 0; i < 8 * layers * levels && !terms_fits(terms, &sum); i++) {
        const size_t layer = rng_below(rng, layers);
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t before =
            problem_needs(problem, distinct, problem_point(problem, assignment, layer));
        if (!moves_step_down(problem, rng, assignment, layer)) continue;
        const need_t after =
            problem_needs(problem, distinct, problem_point(problem, assignment, layer));
        sum = need_change(&sum, &before, &after);
    }
}
