#include "search/reinforce/guide.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/shared.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* Deviations added to a cost that is to be relied on: of many guesses the least is too low by
   several, so that in effect only what was seen is relied on, unless nothing of a kind was. */
static const double reliance = 10;
static const double loss = 0.3; /* of the whole cost, where an action to learn of is invalid */

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t guide_take(guide_t *self)
{
    problem_t *problem = self->setup.problem;
    TRY(surrogate_open(problem, &self->surrogate));
    const size_t cells = self->surrogate.axes.cells;
    TRY(repair_open(problem, cells, &self->repair));
    ARENA_TAKE(&self->arena, self->table, problem_distinct(problem) * cells);
    if (terms_has_known(problem_terms(problem)))
        ARENA_TAKE(&self->arena, self->known, problem_distinct(problem) * cells);
    ARENA_TAKE(&self->arena, self->costs, problem_layers(problem) * cells);
    return arena_status(&self->arena, "guessed costs of %zu layers", problem_layers(problem));
}

confx_status_t guide_open(const search_setup_t *setup, guide_t *guide)
{
    *guide = (guide_t){.setup = *setup};
    if (!setup->memory || !surrogate_affords(setup->problem)) return status_ok();
    guide->open = true;
    const confx_status_t status = guide_take(guide);
    if (status.code != CONFX_STATUS_OK) guide_close(guide);
    return status;
}

void guide_close(guide_t *guide)
{
    surrogate_close(&guide->surrogate);
    repair_close(&guide->repair);
    arena_close(&guide->arena);
    *guide = (guide_t){.open = false};
}

bool guide_is_due(guide_turn_t turn, uint64_t before, uint64_t each)
{
    enum { ROUND = 8 };
    /* Counted from behind the last such turn. */
    const uint64_t place = (before + ROUND - 1 - (uint64_t)turn) % ROUND;
    return place + each >= ROUND;
}

/* ---- before an update ------------------------------------------------------------------------ */

cost_view_t guide_view(const guide_t *guide)
{
    return (cost_view_t){.table = guide->table, .axes = &guide->surrogate.axes};
}

/* What the layers would cost if each had its best: about what is lost with a sample that has one
   invalid action. */
static double guide_whole(const guide_t *self)
{
    const surrogate_t *surrogate = &self->surrogate;
    const size_t cells = surrogate->axes.cells;
    const problem_t *problem = self->setup.problem;
    double whole = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const double *mean = surrogate->mean + problem_distinct_of(problem, layer) * cells;
        double least = INFINITY;
        for (size_t cell = 0; cell < cells; cell++) least = fmin(least, mean[cell]);
        whole += isinf(least) ? 0 : exp(least);
    }
    return whole;
}

/* Nobody needs to guess what is known beforehand: it is added to the guesses. */
static void guide_weigh(guide_t *self)
{
    const table_axes_t *axes = &self->surrogate.axes;
    for (size_t i = 0; self->known && self->weights && i < self->surrogate.distinct * axes->cells;
         i++)
        self->known[i] =
            self->weights->rate * problem_known(self->setup.problem, i / axes->cells,
                                                table_axes_point(axes, i % axes->cells));
}

static double guide_known(const guide_t *self, size_t i)
{
    return self->known ? self->known[i] : 0;
}

void guide_inform(guide_t *self, const weights_t *weights)
{
    /* The surrogate learns what must be sampled alone. What is known beforehand is added to its
       guesses where these are used. */
    weights_t learned = {.known = false};
    if (weights) learned = *weights;
    learned.known = false;
    self->weights = weights;
    guide_weigh(self);
    problem_t *problem = self->setup.problem;
    surrogate_t *surrogate = &self->surrogate;
    const size_t all = surrogate->distinct * surrogate->axes.cells;
    assert(self->open);
    surrogate_learn(surrogate, self->setup.memory, weights ? &learned : NULL);
    self->whole = guide_whole(self);
    for (size_t i = 0; i < all; i++)
        /* Shares of a maximum may be beyond what a float has: the largest ones are all alike. */
        self->table[i] = (float)fmin(exp(surrogate->mean[i] + reliance * surrogate->deviation[i]) +
                                         self->whole * surrogate->risk[i] + guide_known(self, i),
                                     FLT_MAX);
    self->repair.cost_view = guide_view(self);
    tradeoff_build(&self->repair.tradeoff, problem, &self->repair.cost_view);
    const double floor =
        1e-4 * tradeoff_least_cost(&self->repair.tradeoff) / problem_budget(problem);
    self->multiplier = fmax(tradeoff_multiplier(&self->repair.tradeoff, problem), floor);
}

/* ---- an assignment --------------------------------------------------------------------------- */

/* The costs that an assignment goes by. Layers of one kind doubt each for itself, so that a sample
   shows several actions of the kind. */
static void guide_draw(guide_t *self, rng_t *rng, double boldness)
{
    const surrogate_t *surrogate = &self->surrogate;
    const size_t cells = surrogate->axes.cells;
    const problem_t *problem = self->setup.problem;
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const size_t from = problem_distinct_of(problem, layer) * cells;
        double *costs = self->costs + layer * cells;
        for (size_t cell = 0; cell < cells; cell++) {
            const double deviation = surrogate->deviation[from + cell];
            if (boldness < 0 || deviation <= 0)
                costs[cell] = (double)self->table[from + cell];
            else
                costs[cell] = exp(surrogate->mean[from + cell] -
                                  2 * boldness * rng_uniform(rng) * deviation) +
                              loss * self->whole * surrogate->risk[from + cell] +
                              guide_known(self, from + cell);
        }
    }
}

/* Each layer's best at a multiplier, and what they need together. */
static double guide_pick(guide_t *self, double multiplier, uint16_t *assignment)
{
    const surrogate_t *surrogate = &self->surrogate;
    const size_t cells = surrogate->axes.cells;
    const problem_t *problem = self->setup.problem;
    double sum = 0;
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const double *costs = self->costs + layer * cells;
        const double *need = surrogate->need + problem_distinct_of(problem, layer) * cells;
        const double counts = self->repair.tradeoff.value[problem_distinct_of(problem, layer)];
        size_t best = cells;
        double least = INFINITY;
        for (size_t cell = 0; cell < cells; cell++) {
            const double value = counts * costs[cell] + multiplier * need[cell];
            if (!(value < least)) continue;
            least = value;
            best = cell;
        }
        /* Where all was found invalid, or costs too much to be a number, any design will do. */
        const uint64_t point =
            best < cells ? table_axes_point(&surrogate->axes, best)
                         : problem_least_point(problem, problem_distinct_of(problem, layer));
        sum += best < cells ? need[best] : 0;
        problem_put(problem, assignment, layer, point);
    }
    return sum;
}

/* The least multiplier, to a few digits, at which all layers together need no more than the budget.
   That grows as the multiplier falls (Everett 1963). */
static void guide_pick_within(guide_t *self, uint16_t *assignment)
{
    enum { WIDENINGS = 60, HALVINGS = 18 };
    const double budget = problem_budget(self->setup.problem);
    if (guide_pick(self, 0, assignment) <= budget) return;
    double high = self->multiplier;
    for (int i = 0; i < WIDENINGS && guide_pick(self, high, assignment) > budget; i++) high *= 4;
    double low = high / 4;
    for (int i = 0; i < WIDENINGS && guide_pick(self, low, assignment) <= budget; i++) low /= 4;
    high = 4 * low;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = sqrt(low * high);
        if (guide_pick(self, middle, assignment) <= budget)
            high = middle;
        else
            low = middle;
    }
    (void)guide_pick(self, high, assignment);
}

/* The cell of least cost of a layer among those with the same shared values, which lie side by
   side; the first where there is none. */
static size_t guide_least_cell(const guide_t *self, size_t layer, size_t first, size_t own)
{
    const double *costs = self->costs + layer * self->surrogate.axes.cells;
    const problem_t *problem = self->setup.problem;
    const double *need =
        self->surrogate.need + problem_distinct_of(problem, layer) * self->surrogate.axes.cells;
    const double most = problem_budget(problem); /* beyond a maximum a layer weighs more */
    size_t best = first;
    for (size_t cell = first; cell < first + own; cell++)
        if (need[cell] <= most && (need[best] > most || costs[cell] < costs[best])) best = cell;
    return best;
}

/* The shared values with which the layers, each by its own best beside them, cost least. */
static void guide_pick_shared(guide_t *self, rng_t *rng, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    const table_axes_t *axes = &self->surrogate.axes;
    const size_t own = (size_t)space_own_choices(problem_space(problem));
    const size_t layers = problem_layers(problem);
    double least = INFINITY;
    size_t best = 0;
    for (size_t first = 0; first < axes->cells; first += own) {
        uint16_t action[SPACE_AXES];
        double sum = 0;
        for (size_t layer = 0; layer < layers && sum < least; layer++)
            sum += self->costs[layer * axes->cells + guide_least_cell(self, layer, first, own)];
        space_action(axes->space, table_axes_point(axes, first), action);
        /* The sum stops growing where it is no less than the best, so that most blocks cost
           little. */
        if (!(sum < least) || !problem_shares(problem, action)) continue;
        least = sum;
        best = first;
    }
    for (size_t layer = 0; layer < layers; layer++)
        problem_put(problem, assignment, layer,
                    table_axes_point(axes, guide_least_cell(self, layer, best, own)));
    shared_settle(problem, rng, SPACE_LEVELS, assignment);
}

void guide_propose(guide_t *self, rng_t *rng, double boldness, uint16_t *assignment)
{
    const problem_t *problem = self->setup.problem;
    const surrogate_t *surrogate = &self->surrogate;
    guide_draw(self, rng, boldness);
    if (shared_axes(problem)) {
        guide_pick_shared(self, rng, assignment);
        return;
    }
    guide_pick_within(self, assignment);
    /* What was taken to learn of it stays; the others use what is left. Of several limits the one
       number that stands for them may leave one exceeded. */
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const uint32_t cell =
            table_axes_find(&surrogate->axes, problem_point(problem, assignment, layer));
        assert(cell != TABLE_NO_CELL);
        self->repair.exploring[layer] =
            boldness >= 0 &&
            surrogate->deviation[problem_distinct_of(problem, layer) * surrogate->axes.cells +
                                 cell] > 0;
    }
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
}
