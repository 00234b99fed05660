/* Axes that all layers share. */
#include "search/common/shared.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static uint16_t *shared_action(const problem_t *problem, uint16_t *assignment, size_t layer)
{
    return assignment + layer * space_axes(problem_space(problem));
}

size_t shared_axis(const space_t *space, rng_t *rng)
{
    const size_t shared = space_shared(space), axes = space_axes(space);
    const bool both =
        space_own_choices(space) > 1 && space_choices(space) > space_own_choices(space);
    /* A value of the network moves every layer, and so is changed less often: in one draw of
       three. */
    const bool own = both ? rng_below(rng, 3) > 0 : space_own_choices(space) > 1;
    const size_t first = own ? shared : 0;
    const size_t n = own ? axes - shared : shared;
    const size_t drawn = rng_below(rng, n);
    for (size_t i = 0; i < n; i++)
        if (space_levels(space, first + (drawn + i) % n) > 1) return first + (drawn + i) % n;
    return first + drawn;
}

void shared_put(const problem_t *problem, const uint16_t *action, uint16_t *assignment)
{
    uint16_t values[SPACE_AXES];
    memcpy(values, action, shared_axes(problem) * sizeof *values);
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        memcpy(shared_action(problem, assignment, layer), values,
               shared_axes(problem) * sizeof *values);
}

/* ---- into the limits ------------------------------------------------------------------------- */

/* Levels of the shared axes, by number from `start` on, until one is found that all layers can
   have: a problem that has none is not opened. */
static void shared_any(problem_t *problem, uint64_t start, uint16_t *action)
{
    const space_t *space = problem_space(problem);
    const uint64_t own = space_own_choices(space);
    const uint64_t n = space_choices(space) / own;
    for (uint64_t i = 0; i < n; i++) {
        uint16_t found[SPACE_AXES];
        space_action(space, space_choice_point(space, (start + i) % n * own), found);
        if (!problem_shares(problem, found)) continue;
        memcpy(action, found, shared_axes(problem) * sizeof *action);
        return;
    }
    assert(false);
}

/* One shared axis down: to the level below, or among all integers by up to about a quarter. False:
   it is at its least already, or has no order. */
static bool shared_axis_down(const space_t *space, rng_t *rng, space_part_t part, size_t axis,
                             uint16_t *index)
{
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL || *index == 0) return false;
    if (part == SPACE_INTEGERS) {
        const size_t most = rng ? rng_below(rng, (size_t)(*index + 4) / 4) : 0;
        *index = (uint16_t)(*index - 1 - most);
        return true;
    }
    size_t level = space_level(space, axis, *index);
    /* An index between two levels goes to the one below it. */
    if (space_level_index(space, axis, level) == *index) {
        if (level == 0) return false;
        level--;
    }
    *index = space_level_index(space, axis, level);
    return true;
}

/* Down along random shared axes, or in turn, until all layers can have the values. */
static void shared_down(problem_t *problem, rng_t *rng, space_part_t part, uint16_t *action)
{
    const space_t *space = problem_space(problem);
    const size_t shared = shared_axes(problem);
    const uint64_t n = space_choices(space) / space_own_choices(space);
    size_t in_vain = 0;
    for (size_t turn = 0; in_vain < 4 * shared && !problem_shares(problem, action); turn++) {
        const size_t axis = rng ? rng_below(rng, shared) : turn % shared;
        in_vain = shared_axis_down(space, rng, part, axis, &action[axis]) ? 0 : in_vain + 1;
    }
    if (in_vain == 4 * shared) shared_any(problem, rng ? rng_below(rng, (size_t)n) : 0, action);
}

/* An own choice beside the shared values that the layer has: one of a few random ones, or else the
   first from somewhere on that fits. */
static void shared_choose(problem_t *problem, rng_t *rng, uint16_t *assignment, size_t layer)
{
    enum { TRIES = 16 };
    const space_t *space = problem_space(problem);
    const size_t distinct = problem_distinct_of(problem, layer);
    const uint64_t n = space_own_choices(space);
    const uint64_t start = rng ? rng_below(rng, (size_t)n) : 0;
    for (uint64_t i = 0; i < TRIES + n; i++) {
        const uint64_t own = rng && i < TRIES ? rng_below(rng, (size_t)n) : (start + i) % n;
        const uint64_t point =
            space_own_point(space, shared_action(problem, assignment, layer), own);
        if (!problem_fits_layer(problem, distinct, point)) continue;
        problem_put(problem, assignment, layer, point);
        return;
    }
    assert(false); /* all layers can have the shared values */
}

void shared_settle(problem_t *problem, rng_t *rng, space_part_t part, uint16_t *assignment)
{
    uint16_t action[SPACE_AXES];
    memcpy(action, assignment, shared_axes(problem) * sizeof *action);
    shared_down(problem, rng, part, action);
    shared_put(problem, action, assignment);
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        if (!problem_fits_layer(problem, problem_distinct_of(problem, layer),
                                problem_point(problem, assignment, layer)))
            shared_choose(problem, rng, assignment, layer);
}

void shared_random(problem_t *problem, rng_t *rng, uint16_t *assignment)
{
    enum { TRIES = 64 };
    const space_t *space = problem_space(problem);
    const size_t n = (size_t)(space_choices(space) / space_own_choices(space));
    uint16_t action[SPACE_AXES];
    /* Drawn again while they do not fit, so that all that fit are as likely: a way down would end
       where the limits are. */
    for (int try = 0; try < TRIES; try++) {
        const uint64_t choice = rng_below(rng, n) * space_own_choices(space);
        space_action(space, space_choice_point(space, choice), action);
        if (problem_shares(problem, action)) break;
    }
    /* Where hardly any values fit, the first that do from a random one on are taken. */
    if (!problem_shares(problem, action)) shared_any(problem, rng_below(rng, n), action);
    shared_put(problem, action, assignment);
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        shared_choose(problem, rng, assignment, layer);
}

bool shared_fits_half(problem_t *problem, uint64_t point)
{
    uint16_t action[SPACE_AXES];
    size_t fitting = 0;
    space_action(problem_space(problem), point, action);
    if (!problem_shares(problem, action)) return false;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        fitting += problem_fits_layer(problem, problem_distinct_of(problem, layer), point);
    return 2 * fitting >= problem_layers(problem);
}

/* ---- by what is believed --------------------------------------------------------------------- */

/* A layer's own choice of least cost beside these shared values. */
typedef struct {
    uint64_t point;
    double cost; /* infinite: nothing is believed of any */
} shared_choice_t;

static shared_choice_t shared_cheapest(problem_t *problem, const cost_view_t *view,
                                       const uint16_t *action, size_t distinct)
{
    const space_t *space = problem_space(problem);
    shared_choice_t best = {0, INFINITY};
    for (uint64_t own = 0; own < space_own_choices(space); own++) {
        const uint64_t point = space_own_point(space, action, own);
        const double cost = cost_view_cost(view, distinct, point);
        /* The cost first, as it is a look into a table; whether a point fits may take an
           evaluation. */
        if (cost < best.cost && problem_fits_layer(problem, distinct, point))
            best = (shared_choice_t){point, cost};
    }
    return best;
}

void shared_fill(problem_t *problem, const cost_view_t *view, const bool *exploring,
                 uint16_t *assignment)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        const uint64_t point = problem_point(problem, assignment, layer);
        if (exploring && exploring[layer]) continue;
        const shared_choice_t best =
            shared_cheapest(problem, view, shared_action(problem, assignment, layer), distinct);
        /* Of equals the layer keeps what it has. */
        if (best.cost < cost_view_cost(view, distinct, point))
            problem_put(problem, assignment, layer, best.point);
    }
}

/* What layers cost together when each has its best own choice beside these shared values; some
   number from `most` on where it is no less than that, or where nothing is believed of one. */
static double shared_cost(problem_t *problem, const cost_view_t *view, const uint16_t *action,
                          double most)
{
    double sum = 0;
    for (size_t layer = 0; layer < problem_layers(problem) && sum < most; layer++)
        sum += shared_cheapest(problem, view, action, problem_distinct_of(problem, layer)).cost;
    return sum;
}

bool shared_best(problem_t *problem, const cost_view_t *view, uint16_t *assignment)
{
    const table_axes_t *axes = view->axes;
    const size_t layers = problem_layers(problem);
    size_t own = 1;
    double least = INFINITY;
    uint16_t best[SPACE_AXES] = {0};
    assert(!view->memory);
    /* The shared axes are the first digits of a cell's number. */
    for (size_t axis = shared_axes(problem); axis < space_axes(axes->space); axis++)
        own *= axes->n[axis];
    for (size_t cell = 0; view->table && cell < axes->cells; cell += own) {
        uint16_t action[SPACE_AXES];
        space_action(axes->space, table_axes_point(axes, cell), action);
        const double cost = shared_cost(problem, view, action, least);
        if (!(cost < least)) continue;
        least = cost;
        memcpy(best, action, sizeof best);
    }
    if (isinf(least)) return false;
    for (size_t layer = 0; layer < layers; layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        problem_put(problem, assignment, layer,
                    shared_cheapest(problem, view, best, distinct).point);
    }
    return true;
}
