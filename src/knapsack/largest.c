/* The least of the largest cost: a search for the threshold. */
#include "confx/several.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { LARGEST_NONE, LARGEST_SOME, LARGEST_UNKNOWN } largest_t;

/* The options up to a threshold, and what came of them. */
typedef struct {
    const several_t *several;
    knapsack_limits_t limits;
    double *costs; /* (costs_n) rising, each once */
    size_t costs_n;
    option_class_t *classes; /* (classes_n) within these: */
    option_t *options;
    double *needs_store, **needs; /* all but the first, or all of one budget */
    knapsack_t found;             /* of the least threshold that is known to fit */
} largest_search_t;

/* ---- memory ---------------------------------------------------------------------------------- */

static size_t largest_options(const several_t *several)
{
    size_t n = 0;
    for (size_t c = 0; c < several->classes_n; c++) n += several->classes[c].n;
    return n;
}

static void largest_close(largest_search_t *self)
{
    free(self->costs);
    free(self->classes);
    free(self->options);
    free(self->needs_store);
    free(self->needs);
}

static int largest_by_value(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

/* Thresholds are costs of options that can be chosen. */
static void largest_take_costs(largest_search_t *self)
{
    const several_t *several = self->several;
    size_t kept = 0;
    for (size_t c = 0; c < several->classes_n; c++)
        for (size_t i = 0; several->classes[c].members && i < several->classes[c].n; i++)
            /* The largest cost of a choice is the cost of one of its options, so that no other
               number need be tried as a threshold. */
            if (isfinite(several->classes[c].options[i].cost))
                self->costs[self->costs_n++] = several->classes[c].options[i].cost;
    qsort(self->costs, self->costs_n, sizeof *self->costs, largest_by_value);
    for (size_t i = 0; i < self->costs_n; i++)
        if (!kept || self->costs[i] > self->costs[kept - 1]) self->costs[kept++] = self->costs[i];
    self->costs_n = kept;
}

static confx_status_t largest_open(largest_search_t *self)
{
    const several_t *several = self->several;
    const size_t options_n = largest_options(several);
    self->costs = calloc(options_n + 1, sizeof *self->costs);
    self->classes = calloc(several->classes_n + 1, sizeof *self->classes);
    self->options = calloc(options_n + 1, sizeof *self->options);
    self->needs_store = calloc(options_n * several->budgets_n + 1, sizeof *self->needs_store);
    self->needs = calloc(several->classes_n + 1, sizeof *self->needs);
    if (!self->costs || !self->classes || !self->options || !self->needs_store || !self->needs)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a choice among %zu options",
                           options_n);
    /* The thresholds to try are the costs themselves: between two of them the same options are
       allowed. */
    largest_take_costs(self);
    return status_ok();
}

/* ---- one threshold --------------------------------------------------------------------------- */

/* The options up to the threshold, whose cost is their first need from here on: the first budget
   becomes what is to be least, and the others stay. False: a class has none. */
static bool largest_offer(largest_search_t *self, double threshold)
{
    const several_t *several = self->several;
    const size_t budgets_n = several->budgets_n;
    size_t n = 0, needs_n = 0;
    for (size_t c = 0; c < several->classes_n; c++) {
        const option_class_t *from = &several->classes[c];
        option_class_t *class = &self->classes[c];
        /* Options above the threshold cannot be chosen; of those below it the cost no longer
           matters, as any choice of them is within the threshold. */
        *class = (option_class_t){0, self->options + n, from->members};
        self->needs[c] = self->needs_store + needs_n;
        for (size_t i = 0; i < from->n; i++) {
            const double *needs = several->needs[c] + i * budgets_n;
            if (!(from->options[i].cost <= threshold) || !isfinite(needs[0])) continue;
            self->options[n++] = (option_t){needs[0], needs[0], from->options[i].point};
            for (size_t k = 1; k < budgets_n; k++) self->needs_store[needs_n++] = needs[k];
            class->n++;
        }
        if (from->members && !class->n) return false;
    }
    return true;
}

/* Of one budget the least needs together are all that matters. */
static confx_status_t largest_try_one(largest_search_t *self, largest_t *found)
{
    knapsack_t least;
    TRY(knapsack_solve(self->classes, self->several->classes_n, self->several->budgets[0],
                       self->limits, &least));
    *found = !least.feasible ? LARGEST_NONE : least.solved ? LARGEST_SOME : LARGEST_UNKNOWN;
    least.needs[0] = least.need;
    self->found = least;
    return status_ok();
}

/* The least of the first need within the other budgets is within the first one, or is not. */
static confx_status_t largest_try_several(largest_search_t *self, largest_t *found)
{
    const several_t *several = self->several;
    const several_t others = {.classes_n = several->classes_n,
                              .classes = self->classes,
                              .needs = (const double *const *)self->needs,
                              .budgets_n = several->budgets_n - 1,
                              .budgets = several->budgets + 1};
    TRY(several_solve(&others, self->limits, &self->found));
    /* A bound above the first budget proves that no choice fits; an optimum within it is one that
       does. Anything between proves neither. */
    if (!self->found.feasible || self->found.lower_bound > several->budgets[0])
        *found = LARGEST_NONE;
    else
        *found = self->found.solved && self->found.optimum <= several->budgets[0] ? LARGEST_SOME
                                                                                  : LARGEST_UNKNOWN;
    /* The solve knew the other budgets only: their needs move up behind that of the first, which
       was its cost. */
    memmove(self->found.needs + 1, self->found.needs,
            (KNAPSACK_BUDGETS - 1) * sizeof *self->found.needs);
    self->found.needs[0] = self->found.optimum;
    return status_ok();
}

/* *found, and the choice, which is the caller's to close, where there is one. */
static confx_status_t largest_try(largest_search_t *self, double threshold, largest_t *found)
{
    self->found = (knapsack_t){0};
    *found = LARGEST_NONE;
    if (!largest_offer(self, threshold)) return status_ok();
    if (self->several->budgets_n == 1) return largest_try_one(self, found);
    return largest_try_several(self, found);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* The number of the least threshold of which `counts` is found, or costs_n; *choice is that of the
   last one that has some. */
static confx_status_t largest_find(largest_search_t *self, largest_t counts, size_t low,
                                   size_t *place, knapsack_t *choice)
{
    size_t high = self->costs_n;
    /* All thresholds below `low` do not count, `high` does, or there is none. */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        largest_t found;
        TRY(largest_try(self, self->costs[middle], &found));
        if (found == LARGEST_SOME || found == counts) {
            high = middle;
            knapsack_close(choice);
            *choice = self->found;
        } else {
            low = middle + 1;
            knapsack_close(&self->found);
        }
    }
    *place = low;
    return status_ok();
}

/* A choice is what was found at the least threshold that certainly fits; what is proven ends at the
   first one that may. */
static confx_status_t largest_solve(largest_search_t *self, knapsack_t *knapsack)
{
    size_t maybe = 0, surely = 0;
    knapsack_t choice = {0};
    confx_status_t status = largest_find(self, LARGEST_UNKNOWN, 0, &maybe, &choice);
    knapsack_close(&choice);
    if (status.code != CONFX_STATUS_OK) return status;
    choice = (knapsack_t){0};
    /* A threshold that certainly fits cannot lie below the first that may, so the second search
       begins there. */
    status = largest_find(self, LARGEST_SOME, maybe, &surely, &choice);
    *knapsack = choice;
    if (status.code != CONFX_STATUS_OK) return status;
    /* Where both thresholds are the same one nothing is left in doubt, and the choice is the
       optimum. */
    knapsack->feasible = maybe < self->costs_n;
    knapsack->lower_bound = knapsack->feasible ? self->costs[maybe] : INFINITY;
    knapsack->known = surely < self->costs_n ? self->costs[surely] : NAN;
    knapsack->solved = knapsack->feasible && maybe == surely;
    knapsack->optimum = knapsack->solved ? knapsack->known : NAN;
    knapsack->slack = 0;
    knapsack->price = NAN;
    knapsack->next = (next_t){NEXT_UNKNOWN, NAN, NAN};
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++) knapsack->prices[k] = NAN;
    knapsack->need = knapsack->solved ? knapsack->needs[0] : NAN;
    if (knapsack->solved) return status;
    free(knapsack->choice);
    knapsack->choice = NULL;
    knapsack->choice_n = 0;
    return status;
}

confx_status_t several_least_largest(const several_t *several, knapsack_limits_t limits,
                                     knapsack_t *knapsack)
{
    largest_search_t self = {.several = several, .limits = limits};
    *knapsack = (knapsack_t){0};
    assert(several->budgets_n >= 1 && several->budgets_n <= KNAPSACK_BUDGETS);
    confx_status_t status = largest_open(&self);
    if (status.code == CONFX_STATUS_OK) status = largest_solve(&self, knapsack);
    largest_close(&self);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

/* ---- the next step --------------------------------------------------------------------------- */

/* The least needs of the options below the optimum are the next budget; the threshold within it is
   the next optimum. */
static confx_status_t largest_find_next(largest_search_t *self, double optimum, next_t *next)
{
    size_t below = 0, place = 0;
    knapsack_t choice = {0};
    while (below < self->costs_n && self->costs[below] < optimum) below++;
    next->found = NEXT_NONE;
    if (below == 0 || !largest_offer(self, self->costs[below - 1])) return status_ok();
    /* What is below the optimum fits no budget less than the sum of its least needs, class by
       class, and within that sum one choice of them does. */
    double budget = 0;
    for (size_t c = 0; c < self->several->classes_n; c++) {
        double least = INFINITY;
        for (size_t i = 0; i < self->classes[c].n; i++)
            least = fmin(least, self->classes[c].options[i].need);
        for (size_t i = 0; i < self->classes[c].members; i++) budget += least;
    }
    const double budgets[] = {budget};
    const several_t *several = self->several;
    several_t within = *several;
    /* Within that budget other choices may be lower still, so the least threshold is looked for
       anew. */
    within.budgets = budgets;
    self->several = &within;
    const confx_status_t status = largest_find(self, LARGEST_SOME, 0, &place, &choice);
    self->several = several;
    knapsack_close(&choice);
    TRY(status);
    assert(place < self->costs_n);
    *next = (next_t){NEXT_KNOWN, budget, self->costs[place]};
    return status_ok();
}

confx_status_t several_next_largest(const several_t *several, const knapsack_t *knapsack,
                                    next_t *next)
{
    largest_search_t self = {.several = several, .limits = knapsack_limits(1)};
    *next = (next_t){NEXT_UNKNOWN, NAN, NAN};
    if (!knapsack->solved || several->budgets_n != 1) return status_ok();
    confx_status_t status = largest_open(&self);
    if (status.code == CONFX_STATUS_OK) status = largest_find_next(&self, knapsack->optimum, next);
    largest_close(&self);
    return status;
}
