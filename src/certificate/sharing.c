/* One array for all layers. Under given values of the shared axes the layers are a problem like any
   other, of the points that have these values: a block of points, as shared axes come first. So the
   optimum is the best of those of all blocks, and the bound the least of theirs. */
#include "certificate/sharing.h"
#include "confx/figures.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool sharing_is_direct(const problem_t *problem)
{
    const terms_t *terms = problem_terms(problem);
    for (size_t i = 0; i < terms->constraints_n; i++)
        if (terms->constraints[i].aggregate != AGGREGATE_MAX) return false;
    return terms->objectives[0].aggregate == AGGREGATE_SUM && terms->constraints_n > 0;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static uint64_t sharing_block_size(const sharing_t *self)
{
    const space_t *space = problem_space(self->problem);
    return self->part == SPACE_LEVELS ? space_own_choices(space) : space_own_points(space);
}

static uint64_t sharing_blocks(const sharing_t *self)
{
    const space_t *space = problem_space(self->problem);
    const uint64_t all = self->part == SPACE_LEVELS ? space_choices(space) : space_points(space);
    return all / sharing_block_size(self);
}

static offer_part_t sharing_block(const sharing_t *self, uint64_t block)
{
    const uint64_t n = sharing_block_size(self);
    return (offer_part_t){self->part, block * n, n};
}

static uint64_t sharing_point(const sharing_t *self, uint64_t block, uint64_t i)
{
    const uint64_t n = sharing_block_size(self);
    const uint64_t number = block * n + i;
    assert(i < n);
    return self->part == SPACE_LEVELS ? space_choice_point(problem_space(self->problem), number)
                                      : number;
}

/* Of many points, the index of the first axis from which on no layer gains by more, whatever its
   other values: a block with more costs the same, and needs no less. */
static size_t sharing_enough(const sharing_t *self)
{
    enum { EVERY_POINT_MOST = 4096 };
    problem_t *problem = self->problem;
    const space_t *space = problem_space(problem);
    const size_t most = space_range(space, 0) - 1;
    const uint64_t rests = space_points(space) / (most + 1);
    size_t enough = 0;
    if (self->part == SPACE_LEVELS || space_points(space) <= EVERY_POINT_MOST) return most;
    for (size_t distinct = 0; distinct < problem_distinct(problem); distinct++)
        for (uint64_t rest = 0; rest < rests && enough < most; rest++) {
            /* One array serves all layers, so that it has to be enough for the one that can use
               most. */
            const size_t its = problem_enough(problem, distinct, rest);
            enough = its > enough ? its : enough;
        }
    return enough < most ? enough : most;
}

static bool sharing_passes(const sharing_t *self, uint64_t block, size_t enough)
{
    uint16_t action[SPACE_AXES];
    space_action(problem_space(self->problem), sharing_point(self, block, 0), action);
    return action[0] > enough;
}

static confx_status_t sharing_tell(const sharing_t *self, const char *what, uint64_t block)
{
    const solve_watch_t *watch = self->watch;
    if (!watch || watch->tell(watch->context, what, (size_t)block, (size_t)sharing_blocks(self)))
        return status_ok();
    return status_fail(CONFX_STATUS_STOPPED, "stopped while arrays were gone through");
}

/* ---- chosen one by one ----------------------------------------------------------------------- */

/* Of a kind of layer beside some shared values the point of least cost, and of equals of least need
   of the first constraint; cost infinite: none is within the limits. */
typedef struct {
    double cost, need;
    uint64_t point;
} sharing_choice_t;

/* What an option costs, and its need of the first constraint. False: it is none. */
static bool sharing_option(const sharing_t *self, size_t distinct, uint64_t point,
                           sharing_choice_t *option)
{
    double factors[FACTORS], values[TERMS_MAX], weight;
    if (space_canonical(problem_space(self->problem), distinct, point) != point) return false;
    if (!problem_factors(self->problem, distinct, point, factors, &weight)) return false;
    if (!problem_constraints(self->problem, distinct, point, values)) return false;
    *option = (sharing_choice_t){factors[0], values[0], point};
    return true;
}

static sharing_choice_t sharing_cheapest(const sharing_t *self, size_t distinct, uint64_t block)
{
    sharing_choice_t best = {.cost = INFINITY};
    for (uint64_t i = 0; i < sharing_block_size(self); i++) {
        sharing_choice_t option;
        double needs[TERMS_MAX];
        if (!sharing_option(self, distinct, sharing_point(self, block, i), &option)) continue;
        if (!offer_need(self->problem, distinct, option.point, &self->sums, needs)) continue;
        /* With a limit on maxima alone nothing that one layer takes is missing to another: the
           cheapest point within the limit is the best for each layer by itself. */
        if (option.cost < best.cost || (option.cost == best.cost && option.need < best.need))
            best = option;
    }
    return best;
}

/* The best design of a block; its cost, class by class, and the largest need. */
static sharing_choice_t sharing_choose(const sharing_t *self, uint64_t block, uint32_t *choice)
{
    sharing_choice_t sum = {.need = -INFINITY};
    size_t member = 0;
    for (size_t d = 0; d < problem_distinct(self->problem) && !isinf(sum.cost); d++) {
        const sharing_choice_t best = sharing_cheapest(self, d, block);
        for (size_t i = offer_layers_like(self->problem, d); i > 0; i--) {
            /* Member by member, as the choice lists them. An infinite cost ends the block: some
               layer has no point within the limits there. */
            sum.cost += best.cost;
            choice[member++] = (uint32_t)best.point;
        }
        sum.need = fmax(sum.need, best.need);
    }
    return sum;
}

static confx_status_t sharing_solve_direct(const sharing_t *self, size_t enough,
                                           knapsack_t *knapsack)
{
    const size_t layers = problem_layers(self->problem);
    uint32_t *choice = calloc(2 * layers, sizeof *choice);
    confx_status_t status = status_ok();
    sharing_choice_t best = {.cost = INFINITY, .need = INFINITY};
    if (!choice) return status_fail(CONFX_STATUS_MEMORY, "no memory for a design");
    for (uint64_t block = 0; block < sharing_blocks(self); block++) {
        TRY_OUT(sharing_tell(self, "arrays", block));
        if (sharing_passes(self, block, enough)) continue;
        /* The second half of `choice` is scratch. Of blocks that cost the same the one that needs
           less is taken, and of these the first. */
        const sharing_choice_t its = sharing_choose(self, block, choice + layers);
        if (its.cost > best.cost || (its.cost == best.cost && its.need >= best.need)) continue;
        best = its;
        memcpy(choice, choice + layers, layers * sizeof *choice);
    }
    *knapsack = (knapsack_t){.feasible = isfinite(best.cost),
                             .lower_bound = best.cost,
                             .price = NAN,
                             .solved = isfinite(best.cost),
                             .optimum = isfinite(best.cost) ? best.cost : NAN,
                             .need = isfinite(best.cost) ? best.need : NAN,
                             .known = isfinite(best.cost) ? best.cost : NAN,
                             .next = {NEXT_UNKNOWN, NAN, NAN}};
    if (knapsack->solved) {
        knapsack->choice = choice;
        knapsack->choice_n = layers;
        return status_ok();
    }
out:
    free(choice);
    return status;
}

/* ---- the next step of a single limit --------------------------------------------------------- */

/* What options of a block need and cost, of all kinds of layers, by rising need. */
typedef struct {
    double need, cost;
    size_t distinct;
} sharing_step_t;

static int sharing_by_need(const void *a, const void *b)
{
    const sharing_step_t *one = a;
    const sharing_step_t *other = b;
    if (one->need != other->need) return one->need < other->need ? -1 : 1;
    return (one->distinct > other->distinct) - (one->distinct < other->distinct);
}

static double sharing_sum(const sharing_t *self, const double *costs)
{
    double sum = 0;
    for (size_t d = 0; d < problem_distinct(self->problem); d++)
        for (size_t i = offer_layers_like(self->problem, d); i > 0; i--) sum += costs[d];
    return sum;
}

/* The least limit below `most` at which the block's best design costs less than `optimum`; `most`:
   there is none. costs (D) and steps (D, block) are overwritten. */
static double sharing_block_next(const sharing_t *self, uint64_t block, double optimum, double most,
                                 double *costs, sharing_step_t *steps)
{
    const size_t distinct = problem_distinct(self->problem);
    size_t n = 0;
    for (size_t d = 0; d < distinct; d++) {
        costs[d] = INFINITY;
        for (uint64_t i = 0; i < sharing_block_size(self); i++) {
            sharing_choice_t option;
            if (!sharing_option(self, d, sharing_point(self, block, i), &option)) continue;
            if (option.need < most) steps[n++] = (sharing_step_t){option.need, option.cost, d};
        }
    }
    /* With a rising limit ever more options of the block come within it. The best design under each
       limit has the cheapest option so far of every kind, so one pass finds the limit at which
       their sum first is below the optimum. */
    qsort(steps, n, sizeof *steps, sharing_by_need);
    for (size_t i = 0; i < n; i++) {
        double *cost = &costs[steps[i].distinct];
        if (!(steps[i].cost < *cost)) continue;
        *cost = steps[i].cost;
        if (sharing_sum(self, costs) < optimum) return steps[i].need;
    }
    return most;
}

static confx_status_t sharing_next(const sharing_t *self, size_t enough, knapsack_t *knapsack)
{
    static const double rounding = 1e-12; /* of a sum: less of an improvement is none */
    const size_t distinct = problem_distinct(self->problem);
    const double below = knapsack->optimum - rounding * fabs(knapsack->optimum);
    confx_status_t status;
    double next = INFINITY;
    double *costs = calloc(distinct, sizeof *costs);
    sharing_step_t *steps = calloc(distinct * (size_t)sharing_block_size(self), sizeof *steps);
    if (!costs || !steps) {
        status = status_fail(CONFX_STATUS_MEMORY, "no memory for the next step");
        goto out;
    }
    for (uint64_t block = 0; block < sharing_blocks(self); block++) {
        TRY_OUT(sharing_tell(self, "next step", block));
        if (!sharing_passes(self, block, enough))
            /* A block is of interest only where it needs less than the best step of the blocks
               before it. */
            next = sharing_block_next(self, block, below, next, costs, steps);
    }
    status = status_ok();
    knapsack->next = (next_t){NEXT_NONE, NAN, NAN};
    if (isinf(next)) knapsack->price = 0;
    if (isfinite(next)) {
        /* What the optimum is at that limit takes one more pass over all blocks. */
        sharing_t then = *self;
        knapsack_t at = {.choice = NULL};
        then.sums.terms[0].limit = next;
        status = sharing_solve_direct(&then, enough, &at);
        knapsack->next = (next_t){NEXT_KNOWN, next, at.optimum};
        knapsack_close(&at);
    }
out:
    free(costs);
    free(steps);
    return status;
}

/* ---- any other problem ----------------------------------------------------------------------- */

/* What is known of all blocks so far. */
typedef struct {
    knapsack_t best;
    double open; /* the least bound of those that were not solved */
} sharing_all_t;

/* One more block: the better of two optima, and what is proven of both together. */
static void sharing_take(sharing_all_t *all, knapsack_t *at)
{
    const knapsack_t before = all->best, its = *at;
    knapsack_t *best = &all->best;
    /* A block that was not solved might hold anything down to its bound. */
    if (!its.solved) all->open = fmin(all->open, its.lower_bound);
    if (its.solved && !(before.choice && before.optimum <= its.optimum)) {
        *best = its;
        free(before.choice);
    } else {
        knapsack_close(at);
    }
    /* Of a block that was solved the bound is as good as its optimum, up to the rounding. */
    const double bound =
        its.solved ? fmax(its.lower_bound, its.optimum - its.slack) : its.lower_bound;
    best->feasible = before.feasible || its.feasible;
    best->lower_bound = fmin(before.lower_bound, bound);
    best->known = isnan(its.known) || before.known <= its.known ? before.known : its.known;
    best->states = before.states > its.states ? before.states : its.states;
}

/* An optimum that some block, unsolved, might better is none. */
static void sharing_judge(sharing_all_t *all)
{
    knapsack_t *best = &all->best;
    best->price = NAN;
    best->next = (next_t){NEXT_UNASKED, NAN, NAN};
    /* The best of the blocks that were solved is the optimum of all only if no other block can be
       below it. */
    best->solved = best->choice && !(all->open < best->optimum);
    if (best->solved) return;
    free(best->choice);
    best->choice = NULL;
    best->choice_n = 0;
    best->optimum = best->need = NAN;
}

static confx_status_t sharing_solve_blocks(const sharing_t *self, size_t enough,
                                           knapsack_t *knapsack)
{
    confx_status_t status = status_ok();
    /* The best of all arrays: its bound is the least of theirs, and an optimum counts if no bound
       of another array lies below it. */
    sharing_all_t all = {{.lower_bound = INFINITY, .optimum = NAN, .need = NAN, .known = NAN},
                         INFINITY};
    for (uint64_t block = 0; block < sharing_blocks(self); block++) {
        knapsack_t at = {.choice = NULL};
        offer_t offer;
        if (sharing_passes(self, block, enough)) continue;
        status = sharing_tell(self, "arrays", block);
        if (status.code != CONFX_STATUS_OK) break;
        status = offer_open(self->problem, sharing_block(self, block), &self->sums, NULL, &offer);
        if (status.code == CONFX_STATUS_OK)
            status = offer_solve(self->problem, &offer, knapsack_limits(self->states_max), &at);
        arena_close(&offer.arena);
        if (status.code != CONFX_STATUS_OK) break;
        sharing_take(&all, &at);
    }
    if (status.code != CONFX_STATUS_OK)
        knapsack_close(&all.best);
    else
        sharing_judge(&all);
    *knapsack = all.best;
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* What the choice needs of every constraint. */
static void sharing_tell_needs(const sharing_t *self, knapsack_t *knapsack)
{
    const terms_t *terms = problem_terms(self->problem);
    size_t member = 0;
    totals_t totals;
    score_t score;
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) knapsack->needs[i] = knapsack->prices[i] = NAN;
    if (!knapsack->choice) return;
    terms_begin(terms, &totals);
    for (size_t d = 0; d < problem_distinct(self->problem); d++)
        for (size_t i = offer_layers_like(self->problem, d); i > 0; i--) {
            double metrics[MODEL_METRICS];
            (void)problem_metrics(self->problem, d, knapsack->choice[member++], metrics);
            /* Needs are told as a score would tell them, by the same additions. */
            terms_add(terms, &totals, problem_membership(self->problem, d), metrics);
        }
    terms_end(terms, &totals, &score);
    for (size_t i = 0; i < terms->constraints_n; i++) knapsack->needs[i] = score.constraints[i];
}

confx_status_t sharing_solve(const sharing_t *self, knapsack_t *knapsack)
{
    const size_t enough = sharing_enough(self);
    if (!sharing_is_direct(self->problem)) {
        TRY(sharing_solve_blocks(self, enough, knapsack));
        sharing_tell_needs(self, knapsack);
        return status_ok();
    }
    TRY(sharing_solve_direct(self, enough, knapsack));
    sharing_tell_needs(self, knapsack);
    if (!knapsack->solved || problem_terms(self->problem)->constraints_n > 1) return status_ok();
    const confx_status_t status = sharing_next(self, enough, knapsack);
    if (knapsack->next.found == NEXT_NONE) knapsack->prices[0] = knapsack->price;
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}
