/* A bound on the least of the largest sum of several groups within several budgets: of weights of
   the groups that sum to 1 the weighted sum of a choice is no more than the largest of its sums, so
   that the least weighted sum is a bound. The best weights are climbed to by what the choices
   behind these sums say: a group whose sum is above the others counts more. */
#include "confx/arena.h"
#include "confx/try.h"
#include "confx/worst.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 40 };
static const double worst_bound_rounding = 1e-12; /* of products with weights, and their sums */

typedef struct {
    const several_t *several;
    const size_t *groups;
    size_t groups_n;
    knapsack_limits_t limits;
    option_class_t *weighed; /* (classes_n) options with weighted costs */
    option_t *store;
    arena_t arena;
    knapsack_t best; /* the best bound; its choice is that of the least known largest sum */
} worst_bound_t;

/* Weights, and by how much the sum of each group is above what they make of all, as a share of the
   largest: the direction in which the bound rises. */
typedef struct {
    double weights[WORST_GROUPS], slope[WORST_GROUPS];
    double bound;
    bool known; /* slopes */
} worst_weights_t;

static confx_status_t worst_bound_open(worst_bound_t *self)
{
    const several_t *several = self->several;
    size_t options_n = 0;
    for (size_t c = 0; c < several->classes_n; c++) options_n += several->classes[c].n;
    ARENA_TAKE(&self->arena, self->weighed, several->classes_n);
    ARENA_TAKE(&self->arena, self->store, options_n);
    return arena_status(&self->arena, "a choice among %zu options", options_n);
}

static void worst_bound_weigh(worst_bound_t *self, const double *weights)
{
    option_t *option = self->store;
    size_t c = 0;
    for (size_t g = 0; g < self->groups_n; g++)
        for (size_t i = 0; i < self->groups[g]; i++, c++) {
            const option_class_t *class = &self->several->classes[c];
            /* Costs times weights of their groups add up to no more than the largest group's sum,
               as the weights add up to 1: the least of that is a lower bound. */
            self->weighed[c] = (option_class_t){class->n, option, class->members};
            for (size_t k = 0; k < class->n; k++, option++) {
                *option = class->options[k];
                option->cost *= weights[g];
            }
        }
}

static double worst_bound_cost(const option_class_t *class, uint32_t point)
{
    size_t i = 0;
    while (class->options[i].point != point) i++;
    assert(i < class->n);
    return class->options[i].cost;
}

/* The sums of the groups under a choice; the largest of them. */
static double worst_bound_sums(const worst_bound_t *self, const uint32_t *choice,
                               double sums[WORST_GROUPS])
{
    const option_class_t *class = self->several->classes;
    double largest = 0;
    for (size_t g = 0; g < self->groups_n; g++) {
        sums[g] = 0;
        for (size_t i = 0; i < self->groups[g]; i++, class ++)
            for (size_t member = 0; member < class->members; member++)
                sums[g] += worst_bound_cost(class, *choice++);
        largest = fmax(largest, sums[g]);
    }
    return largest;
}

/* Prices are those of the best bound, the choice that of the least largest sum. */
static void worst_bound_keep(worst_bound_t *self, knapsack_t *found, double bound, double largest)
{
    knapsack_t *best = &self->best;
    /* Bound and choice may come from different weights: each is kept where it was best. */
    if (bound > best->lower_bound || !best->feasible) {
        best->lower_bound = bound;
        best->price = found->price;
        memcpy(best->prices, found->prices, sizeof best->prices);
    }
    best->feasible = true;
    if (!found->choice || largest >= best->known) return;
    free(best->choice);
    best->choice = found->choice;
    best->choice_n = found->choice_n;
    found->choice = NULL;
    best->known = largest;
    best->need = found->need;
    memcpy(best->needs, found->needs, sizeof best->needs);
}

static confx_status_t worst_bound_at(worst_bound_t *self, worst_weights_t *at, bool *feasible)
{
    several_t weighed = *self->several;
    knapsack_t found;
    double sums[WORST_GROUPS] = {0};
    worst_bound_weigh(self, at->weights);
    weighed.classes = self->weighed;
    TRY(several_solve(&weighed, self->limits, &found));
    *feasible = found.feasible;
    at->known = found.choice != NULL;
    at->bound = found.lower_bound * (1 - worst_bound_rounding);
    const double largest = at->known ? worst_bound_sums(self, found.choice, sums) : INFINITY;
    double mean = 0;
    for (size_t g = 0; g < self->groups_n; g++) mean += at->weights[g] * sums[g];
    for (size_t g = 0; g < self->groups_n; g++)
        /* The sums of the choice are a subgradient of the bound. Taken from their weighted mean it
           points along weights that still add up to 1. */
        at->slope[g] = largest > 0 ? (sums[g] - mean) / largest : 0;
    if (*feasible) worst_bound_keep(self, &found, at->bound, largest);
    knapsack_close(&found);
    return status_ok();
}

static worst_weights_t worst_bound_step(const worst_bound_t *self, const worst_weights_t *from,
                                        double step)
{
    worst_weights_t to = *from;
    double sum = 0;
    for (size_t g = 0; g < self->groups_n; g++) {
        /* Weights are multiplied, not added to: they stay positive, and need only be divided by
           their sum to be weights again. */
        to.weights[g] = from->weights[g] * exp(step * from->slope[g]);
        sum += to.weights[g];
    }
    for (size_t g = 0; g < self->groups_n; g++) to.weights[g] /= sum;
    return to;
}

/* Longer steps as long as the bound rises, shorter ones from the best place where it does not. */
static confx_status_t worst_bound_climb(worst_bound_t *self)
{
    worst_weights_t best = {.known = false};
    bool feasible = false;
    double step = 4;
    for (size_t g = 0; g < self->groups_n; g++) best.weights[g] = 1 / (double)self->groups_n;
    TRY(worst_bound_at(self, &best, &feasible));
    for (int i = 0; i < ROUNDS && feasible && best.known && step > 1e-9; i++) {
        worst_weights_t next = worst_bound_step(self, &best, step);
        TRY(worst_bound_at(self, &next, &feasible));
        /* A bound that is piecewise linear has no length of step that is right everywhere: it grows
           while steps help and shrinks where they overshoot. */
        const bool rises = next.known && next.bound > best.bound;
        if (rises) best = next;
        step *= rises ? 1.5 : 0.4;
    }
    return status_ok();
}

confx_status_t worst_bound(const several_t *several, const size_t *groups, size_t groups_n,
                           knapsack_limits_t limits, knapsack_t *knapsack)
{
    worst_bound_t self = {
        .several = several, .groups = groups, .groups_n = groups_n, .limits = limits};
    confx_status_t status;
    assert(groups_n >= 1 && groups_n <= WORST_GROUPS);
    self.best = (knapsack_t){.lower_bound = INFINITY,
                             .price = NAN,
                             .optimum = NAN,
                             .need = NAN,
                             .known = INFINITY,
                             .next = {NEXT_UNKNOWN, NAN, NAN}};
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) self.best.prices[i] = self.best.needs[i] = NAN;
    TRY_OUT(worst_bound_open(&self));
    TRY_OUT(worst_bound_climb(&self));
    knapsack_t *best = &self.best;
    /* A choice whose largest sum comes down to the bound, up to rounding, is proven to be the
       optimum. */
    best->slack = 2 * worst_bound_rounding * best->lower_bound;
    if (isinf(best->known)) best->known = NAN;
    best->solved = best->feasible && best->known <= best->lower_bound + best->slack;
    if (best->solved) best->optimum = best->known;
    if (best->solved || !best->choice) goto out;
    /* What is not proven is no choice that others may go by. */
    free(best->choice);
    best->choice = NULL;
    best->choice_n = 0;
    best->need = NAN;
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) best->needs[i] = NAN;
out:
    arena_close(&self.arena);
    if (status.code != CONFX_STATUS_OK) knapsack_close(&self.best);
    *knapsack = self.best;
    return status;
}
