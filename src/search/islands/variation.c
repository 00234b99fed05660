/* Children of the preset `default`. With a memory a child re-picks actions by what was seen at a
   multiplier near the budget's, explores others, is repaired and filled by what was seen. Where
   totals are remembered it does the same by its island's draw from the posterior, which explores by
   itself. With neither it is a plain crossover and mutation, kept within the budget. */
#include "search/common/moves.h"
#include "search/common/shared.h"
#include "search/islands/islands.h"

#include <math.h>
#include <string.h>

/* Members are sorted, so the lower of two random ranks is the better of two random members. */
static const uint16_t *variation_tournament(const island_t *island, rng_t *rng)
{
    const size_t one = rng_below(rng, island->n);
    const size_t other = rng_below(rng, island->n);
    return island->members[one < other ? one : other].assignment;
}

static uint16_t *variation_action(const islands_t *self, uint16_t *assignment, size_t layer)
{
    return assignment + layer * moves_axes(self->setup.problem);
}

static void variation_cross(const islands_t *self, rng_t *rng, uint16_t *child,
                            const uint16_t *other)
{
    const size_t axes = moves_axes(self->setup.problem);
    const size_t shared = shared_axes(self->setup.problem);
    /* What layers share is of one parent. */
    if (shared && rng_below(rng, 2)) shared_put(self->setup.problem, other, child);
    /* Beside the shared values each layer has its own axes of one parent or the other. */
    for (size_t layer = 0; shared && layer < problem_layers(self->setup.problem); layer++)
        if (rng_below(rng, 2))
            memcpy(child + layer * axes + shared, other + layer * axes + shared,
                   (axes - shared) * sizeof *child);
    if (shared) return;
    for (size_t layer = 0; layer < problem_layers(self->setup.problem); layer++)
        if (rng_below(rng, 2))
            memcpy(child + layer * axes, other + layer * axes, axes * sizeof *child);
}

/* The value nearest to a number, as an index into a range of all integers from 1 on. */
static uint16_t variation_within(double value, size_t range)
{
    return (uint16_t)(fmax(1, fmin(round(value), (double)range)) - 1);
}

/* Geometric step up or down: 1 with chance 1/2, 2 with 1/4, ... */
static double variation_geometric_step(rng_t *rng)
{
    double step = 1;
    while (rng_below(rng, 2)) step += 1;
    return rng_below(rng, 2) ? step : -step;
}

static uint16_t variation_anywhere(const space_t *space, rng_t *rng, size_t axis)
{
    return (uint16_t)rng_below(rng, space_range(space, axis));
}

/* Of an axis with an order: a few steps, a factor, anywhere, or as it is. Places in the range are
   counted from 1 on, so that a factor means the same where these are the values. */
static uint16_t variation_mutated(const space_t *space, rng_t *rng, size_t axis, uint16_t index)
{
    const size_t range = space_range(space, axis);
    const double place = index + 1;
    const double kind = rng_uniform(rng);
    if (kind < 0.40) return variation_within(place + variation_geometric_step(rng), range);
    if (kind < 0.65) return variation_within(place * exp(0.35 * rng_normal(rng)), range);
    if (kind < 0.85) return variation_anywhere(space, rng, axis);
    return index;
}

/* The first axis, along which designs differ most, is stepped along; each of the others goes
   anywhere with chance 1/2. */
static void variation_change(const space_t *space, rng_t *rng, uint16_t *action)
{
    const bool ordered = space_axis(space, 0)->kind == AXIS_ORDINAL;
    if (ordered) action[0] = variation_mutated(space, rng, 0, action[0]);
    for (size_t axis = ordered; axis < space_axes(space); axis++)
        if (rng_below(rng, 2)) action[axis] = variation_anywhere(space, rng, axis);
}

/* What is illegal is drawn again; where all tries are, the action stays as it is. */
static void variation_mutate(const islands_t *self, rng_t *rng, uint16_t *assignment, size_t layer)
{
    enum { TRIES = 8 };
    problem_t *problem = self->setup.problem;
    const uint64_t before = problem_point(problem, assignment, layer);
    for (int i = 0; i < TRIES; i++) {
        /* Each try begins from the action before, so that several tries move it no further than
           one. */
        variation_change(problem_space(problem), rng, variation_action(self, assignment, layer));
        if (moves_is_legal(problem, assignment, layer)) return;
        problem_put(problem, assignment, layer, before);
    }
}

/* ---- with memory ----------------------------------------------------------------------------- */

static void variation_pick(islands_t *self, uint16_t *assignment, size_t layer, double multiplier)
{
    const problem_t *problem = self->setup.problem;
    const vertex_t *vertex =
        tradeoff_pick(&self->repair.tradeoff, problem_distinct_of(problem, layer), multiplier);
    if (vertex) problem_put(problem, assignment, layer, vertex->point);
}

static bool variation_unseen(const islands_t *self, const uint16_t *assignment, size_t layer)
{
    const problem_t *problem = self->setup.problem;
    return !memory_seen(self->setup.memory, problem_distinct_of(problem, layer),
                        problem_point(problem, assignment, layer));
}

/* The layer's best at a multiplier, with another value of an axis behind the first: a pair that is
   good together is seldom found by changing both. */
static void variation_turn_aside(islands_t *self, rng_t *rng, uint16_t *assignment, size_t layer,
                                 double multiplier)
{
    const space_t *space = problem_space(self->setup.problem);
    variation_pick(self, assignment, layer, multiplier);
    const uint64_t picked = problem_point(self->setup.problem, assignment, layer);
    const size_t axis = moves_other_axis(space, rng);
    variation_action(self, assignment, layer)[axis] = variation_anywhere(space, rng, axis);
    if (!moves_is_legal(self->setup.problem, assignment, layer))
        problem_put(self->setup.problem, assignment, layer, picked);
}

/* Near the best of a dataflow, or of what else has no order: values with an order are changed, and
   what a layer does not use is of no account. */
static void variation_turn_over(islands_t *self, rng_t *rng, uint16_t *assignment, size_t layer)
{
    problem_t *problem = self->setup.problem;
    const space_t *space = problem_space(problem);
    const size_t distinct = problem_distinct_of(problem, layer);
    const uint64_t before = problem_point(problem, assignment, layer);
    uint16_t *action = variation_action(self, assignment, layer);
    const double multiplier = self->multiplier * exp(0.5 * rng_normal(rng));
    bool stepped = false;
    /* The multiplier in units of this kind's cost, whose value differs where the worst network
       counts. */
    categories_draw(&self->categories, rng, distinct,
                    multiplier / self->repair.tradeoff.value[distinct], action);
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) continue;
        if (!space_uses(space, distinct, action, axis)) continue;
        /* The first such axis always moves by a step; each of the others goes anywhere with chance
           1/2. */
        if (stepped ? rng_below(rng, 2) : 1)
            action[axis] = stepped ? variation_anywhere(space, rng, axis)
                                   : variation_mutated(space, rng, axis, action[axis]);
        stepped = true;
    }
    if (!moves_is_legal(problem, assignment, layer))
        problem_put(problem, assignment, layer, before);
}

/* Try something unseen, near the layer's action or near what another multiplier would pick; the
   action stays where all that is tried has been seen. */
static void variation_explore(islands_t *self, rng_t *rng, uint16_t *assignment, size_t layer)
{
    enum { TRIES = 8 };
    static const double elsewhere = 0.4;
    static const double over = 0.6; /* of a space that has names to choose from */
    const uint64_t before = problem_point(self->setup.problem, assignment, layer);
    const bool turns = self->categories.n > 0 && rng_uniform(rng) < over;
    const double multiplier =
        rng_uniform(rng) < elsewhere ? self->multiplier * exp(rng_normal(rng)) : NAN;
    for (int i = 0; i < TRIES; i++) {
        if (turns)
            variation_turn_over(self, rng, assignment, layer);
        else if (isnan(multiplier))
            variation_mutate(self, rng, assignment, layer);
        else
            variation_turn_aside(self, rng, assignment, layer, multiplier);
        self->repair.exploring[layer] = variation_unseen(self, assignment, layer);
        if (self->repair.exploring[layer]) return;
        problem_put(self->setup.problem, assignment, layer, before);
    }
}

/* Cost and the worth of the need of a layer's action; 0 where nothing at all was seen, so that all
   layers count the same. */
static double variation_worth(const islands_t *self, const uint16_t *assignment, size_t layer)
{
    problem_t *problem = self->setup.problem;
    const size_t distinct = problem_distinct_of(problem, layer);
    const uint64_t point = problem_point(problem, assignment, layer);
    const double need = problem_need(problem, distinct, point);
    const double cost = repair_cost(&self->repair, distinct, point, need);
    return isinf(cost) ? 0 : self->repair.tradeoff.value[distinct] * cost + self->multiplier * need;
}

/* A layer explores with a chance of `mean`, half of it the same for all and half by its share of
   the whole worth: where one layer dominates, most of what there is to find is with it, and one in
   fifty looks would go there. */
static void variation_explore_some(islands_t *self, rng_t *rng, uint16_t *assignment, double mean)
{
    static const double most =
        0.5; /* always exploring, a layer would never be seen with what is known to be good */
    const size_t layers = problem_layers(self->setup.problem);
    double *worth = self->repair.need; /* scratch until the repair fills it */
    double whole = 0;
    for (size_t layer = 0; layer < layers; layer++) {
        worth[layer] = variation_worth(self, assignment, layer);
        whole += worth[layer];
    }
    for (size_t layer = 0; layer < layers; layer++) {
        const double share = whole > 0 ? worth[layer] / whole * (double)layers : 1;
        const double chance = fmin(mean * (0.5 + 0.5 * share), fmax(most, mean));
        if (rng_uniform(rng) < chance) variation_explore(self, rng, assignment, layer);
    }
}

static void variation_breed_remembering(islands_t *self, rng_t *rng, size_t child,
                                        uint16_t *assignment)
{
    static const double repick[] = {0, 0.2, 0.6, 1};
    static const double zeal[] = {0.3, 1, 3};
    const size_t layers = problem_layers(self->setup.problem);
    /* One child in four goes by the weights of the generation and explores nothing: what is known
       to be good is combined as it is. */
    if (child % 4) islands_stray(self, rng);
    const double multiplier = self->multiplier * exp(0.15 * rng_normal(rng));
    const double picking = repick[rng_below(rng, 4)];
    for (size_t layer = 0; layer < layers; layer++)
        /* Between none and all of the parents' actions are replaced by the best that was seen. */
        if (rng_uniform(rng) < picking) variation_pick(self, assignment, layer, multiplier);
    if (child % 4 && !self->thompson.infers)
        variation_explore_some(self, rng, assignment, 0.15 * zeal[rng_below(rng, 3)]);
    islands_settle(self);
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
}

/* ---- one array for all layers ---------------------------------------------------------------- */

/* Along the first axis as always, and along the others by steps as well as anywhere: the array is
   one choice, in which each axis matters to all layers. */
static void variation_change_shared(const islands_t *self, rng_t *rng, uint16_t *assignment)
{
    const space_t *space = problem_space(self->setup.problem);
    const size_t shared = shared_axes(self->setup.problem);
    uint16_t action[SPACE_AXES];
    memcpy(action, assignment, shared * sizeof *action);
    const size_t chosen = rng_below(rng, shared + 1); /* one of them, or all */
    for (size_t axis = 0; axis < shared; axis++) {
        if (chosen < shared && axis != chosen) continue;
        action[axis] = space_axis(space, axis)->kind == AXIS_ORDINAL
                           ? variation_mutated(space, rng, axis, action[axis])
                           : variation_anywhere(space, rng, axis);
    }
    shared_put(self->setup.problem, action, assignment);
}

/* Other values of a layer's own axes beside what it shares; with a memory ones that nobody has
   seen, if there are any. */
static void variation_change_own(islands_t *self, rng_t *rng, uint16_t *assignment, size_t layer)
{
    enum { TRIES = 8 };
    problem_t *problem = self->setup.problem;
    const space_t *space = problem_space(problem);
    const uint64_t before = problem_point(problem, assignment, layer);
    for (int i = 0; i < TRIES; i++) {
        const uint64_t own = rng_below(rng, (size_t)space_own_choices(space));
        const uint64_t point =
            space_own_point(space, variation_action(self, assignment, layer), own);
        problem_put(problem, assignment, layer, point);
        self->repair.exploring[layer] =
            problem_fits_layer(problem, problem_distinct_of(problem, layer), point) &&
            (!self->setup.memory || variation_unseen(self, assignment, layer));
        if (self->repair.exploring[layer]) return;
        problem_put(problem, assignment, layer, before);
    }
}

/* A limit that must be sampled is kept by layers that cost more than they could: then only some
   take what is best for themselves. */
static void variation_hold_some(islands_t *self, rng_t *rng)
{
    static const double holding[] = {0, 0.2, 0.6, 1};
    const terms_t *terms = problem_terms(self->setup.problem);
    const double chance = holding[rng_below(rng, 4)];
    bool sampled = false;
    for (size_t i = 0; i < terms->constraints_n; i++)
        sampled = sampled || !terms->constraints[i].is_static;
    for (size_t layer = 0; sampled && layer < problem_layers(self->setup.problem); layer++)
        /* What explores keeps what it has when the others are filled. */
        if (rng_uniform(rng) < chance) self->repair.exploring[layer] = true;
}

/* Half of the children, all of them where layers have nothing of their own, are of another array.
   Of those of the same one some show all layers' costs of other own choices at once, as each can be
   chosen for itself afterwards. */
static void variation_breed_shared(islands_t *self, rng_t *rng, uint16_t *assignment)
{
    static const double chances[] = {0.05, 0.3, 1};
    problem_t *problem = self->setup.problem;
    const size_t layers = problem_layers(problem);
    const bool owns = space_own_choices(problem_space(problem)) > 1;
    const bool changes = !owns || rng_below(rng, 2);
    const double chance = chances[rng_below(rng, 3)];
    if (changes) variation_change_shared(self, rng, assignment);
    shared_settle(problem, rng, SPACE_INTEGERS, assignment);
    for (size_t layer = 0; owns && !changes && !self->thompson.infers && layer < layers; layer++)
        if (rng_uniform(rng) < chance) variation_change_own(self, rng, assignment, layer);
    variation_hold_some(self, rng);
    shared_fill(problem, &self->repair.cost_view, self->repair.exploring, assignment);
}

/* ---- with a draw ----------------------------------------------------------------------------- */

/* Each layer's best at the budget's multiplier is within the limits, or nearly, and what is left is
   spent: the best of the linear relaxation, as in a knapsack. */
void variation_follow(islands_t *self, uint16_t *assignment)
{
    const problem_t *problem = self->setup.problem;
    const size_t layers = problem_layers(problem);
    memset(self->repair.exploring, 0, layers * sizeof *self->repair.exploring);
    if (shared_axes(problem) &&
        shared_best(self->setup.problem, &self->repair.cost_view, assignment))
        return;
    for (size_t layer = 0; layer < layers; layer++) {
        problem_put(problem, assignment, layer,
                    problem_least_point(problem, problem_distinct_of(problem, layer)));
        variation_pick(self, assignment, layer, self->multiplier);
    }
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
}

void variation_try(islands_t *self, rng_t *rng, uint16_t *assignment)
{
    islands_stray(self, rng);
    variation_follow(self, assignment);
    variation_explore_some(self, rng, assignment, 0.15);
    islands_settle(self);
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
}

/* ---- without --------------------------------------------------------------------------------- */

/* Steps of levels, which reach further, and what they take from the layers that have most or from
   any: half of the children where a limit must be sampled, as steps of the integers alone come down
   to it slowly. */
static void variation_change_levels(islands_t *self, rng_t *rng, size_t changes,
                                    uint16_t *assignment)
{
    static const double near = 0.5;
    problem_t *problem = self->setup.problem;
    for (size_t i = 0; i < changes; i++)
        moves_change(problem, rng, near, assignment, rng_below(rng, problem_layers(problem)));
    moves_reduce(problem, rng, assignment);
}

static void variation_breed_plain(islands_t *self, rng_t *rng, uint16_t *assignment)
{
    const size_t layers = problem_layers(self->setup.problem);
    const size_t changes = 1 + rng_below(rng, 3);
    if (terms_has_learned(problem_terms(self->setup.problem)) && rng_below(rng, 2)) {
        variation_change_levels(self, rng, changes, assignment);
        return;
    }
    for (size_t i = 0; i < changes; i++)
        variation_mutate(self, rng, assignment, rng_below(rng, layers));
    repair_shrink(&self->repair, rng, assignment);
}

static void variation_breed(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                            uint16_t *assignment)
{
    moves_copy(self->setup.problem, assignment, variation_tournament(island, rng));
    if (rng_below(rng, 4) == 0)
        variation_cross(self, rng, assignment, variation_tournament(island, rng));
    memset(self->repair.exploring, 0,
           problem_layers(self->setup.problem) * sizeof *self->repair.exploring);
    if (shared_axes(self->setup.problem))
        variation_breed_shared(self, rng, assignment);
    else if (islands_believe(self))
        variation_breed_remembering(self, rng, child, assignment);
    else
        variation_breed_plain(self, rng, assignment);
}

const variation_t variation_default = {.islands = 4,
                                       .children = 4,
                                       .drawn = 1,
                                       .population = 10,
                                       .migration_interval = 5,
                                       .make_child = variation_breed};
