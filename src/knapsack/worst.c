/* The least of the largest sum of several groups of classes, by a search for the threshold. */
#include "confx/worst.h"
#include "confx/arena.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double worst_step = 1e-12; /* of a threshold: what is proven to be no better */
static const double worst_near = 1e-7;  /* bounds so near are not halved but tried to be closed */
enum { TRIES_MOST = 400 };

typedef struct {
    const worst_t *worst;
    knapsack_limits_t limits;
    option_class_t *turned; /* (classes_n) options whose cost is the need, and the other way round;
                               `point` is their number in the caller's class */
    option_t *store;
    uint32_t *choice,
        *best; /* (members) of the threshold at work, of the least one that is known */
    size_t members;
    double low, high; /* no choice is at `low` or below, `best` is at `high`; NaN: none is known */
    arena_t arena;
} worst_search_t;

/* What came of a threshold. */
typedef struct {
    bool known;    /* the least needs within it, and a choice that has them */
    bool possible; /* every group has some choice within it */
    double need;   /* of all groups; where it is not known a lower bound on it */
} worst_try_t;

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t worst_open(worst_search_t *self)
{
    const worst_t *worst = self->worst;
    size_t options_n = 0;
    for (size_t c = 0; c < worst->classes_n; c++) {
        options_n += worst->classes[c].n;
        self->members += worst->classes[c].members;
    }
    ARENA_TAKE(&self->arena, self->turned, worst->classes_n);
    ARENA_TAKE(&self->arena, self->store, options_n);
    ARENA_TAKE(&self->arena, self->choice, self->members);
    ARENA_TAKE(&self->arena, self->best, self->members);
    TRY(arena_status(&self->arena, "a choice among %zu options", options_n));
    option_t *option = self->store;
    for (size_t c = 0; c < worst->classes_n; c++) {
        const option_class_t *class = &worst->classes[c];
        self->turned[c] = (option_class_t){class->n, option, class->members};
        for (size_t i = 0; i < class->n; i++) {
            assert(!(class->options[i].cost < 0));
            /* Needs and costs change places: the knapsack minimises need within a budget of cost,
               the threshold. */
            *option++ = (option_t){class->options[i].need, class->options[i].cost, (uint32_t)i};
        }
    }
    return status_ok();
}

/* ---- one threshold --------------------------------------------------------------------------- */

/* The least needs within the threshold of each group, and the choices behind them. */
static confx_status_t worst_try(worst_search_t *self, double threshold, worst_try_t *found)
{
    const worst_t *worst = self->worst;
    const option_class_t *classes = self->turned;
    uint32_t *choice = self->choice;
    *found = (worst_try_t){.known = true, .possible = true};
    for (size_t g = 0; g < worst->groups_n && found->possible; g++) {
        knapsack_t least;
        TRY(knapsack_solve(classes, worst->groups[g], threshold, self->limits, &least));
        classes += worst->groups[g];
        /* Groups share nothing but the budget, so the least needs add up; one group that cannot
           reach the threshold is enough to rule it out. */
        found->possible = least.feasible;
        found->known = found->known && (least.solved || !least.feasible);
        found->need += least.solved ? least.optimum : least.lower_bound;
        if (least.solved) memcpy(choice, least.choice, least.choice_n * sizeof *choice);
        choice += least.choice_n;
        knapsack_close(&least);
    }
    return status_ok();
}

/* The sums of a choice, class by class: the largest of the groups' costs, and all needs. */
static double worst_sums(const worst_search_t *self, const uint32_t *choice, double *need)
{
    const worst_t *worst = self->worst;
    const option_class_t *class = worst->classes;
    double largest = 0;
    *need = 0;
    for (size_t g = 0; g < worst->groups_n; g++) {
        double cost = 0;
        for (size_t c = 0; c < worst->groups[g]; c++, class ++)
            for (size_t member = 0; member < class->members; member++) {
                const option_t *option = &class->options[*choice++];
                cost += option->cost;
                *need += option->need;
            }
        largest = fmax(largest, cost);
    }
    return largest;
}

/* Of a threshold that is known to be within reach: where its choice really lies. */
static void worst_take(worst_search_t *self)
{
    double need;
    memcpy(self->best, self->choice, self->members * sizeof *self->choice);
    self->high = worst_sums(self, self->best, &need);
}

/* ---- the search ------------------------------------------------------------------------------ */

/* Below what each group can reach with all of the budget nothing lies, and the least needs of all
   are where a choice is known to begin with. */
static confx_status_t worst_begin(worst_search_t *self, bool *feasible)
{
    const worst_t *worst = self->worst;
    const option_class_t *classes = worst->classes;
    worst_try_t found;
    double most = 0;
    self->low = 0;
    self->high = NAN;
    for (size_t g = 0; g < worst->groups_n; g++) {
        knapsack_t alone;
        TRY(knapsack_solve(classes, worst->groups[g], worst->budget, self->limits, &alone));
        classes += worst->groups[g];
        self->low = fmax(self->low, alone.lower_bound);
        knapsack_close(&alone);
    }
    *feasible = isfinite(self->low);
    /* A threshold that forbids nothing: no group's costs can exceed the sum of the largest of all
       classes. */
    for (size_t c = 0; *feasible && c < worst->classes_n; c++) {
        double largest = 0;
        for (size_t i = 0; i < worst->classes[c].n; i++)
            if (isfinite(worst->classes[c].options[i].cost))
                largest = fmax(largest, worst->classes[c].options[i].cost);
        most += largest * (double)worst->classes[c].members;
    }
    if (!*feasible) return status_ok();
    TRY(worst_try(self, most * (1 + worst_near), &found));
    *feasible = found.possible && found.need <= worst->budget;
    if (*feasible && found.known) worst_take(self);
    return status_ok();
}

/* Half way between the bounds; where these are near each other, the least step below the choice at
   hand: if no choice reaches that, the one at hand is the optimum. */
static double worst_next_threshold(const worst_search_t *self)
{
    const double closing = self->high * (1 - worst_step);
    if (self->high - self->low <= worst_near * self->high) return closing;
    return fmin(self->low + (self->high - self->low) / 2, closing);
}

/* *last: of the highest threshold that is proven to be beyond reach. */
static confx_status_t worst_halve(worst_search_t *self, bool *solved, worst_try_t *last)
{
    *solved = false;
    for (int i = 0; i < TRIES_MOST && !*solved && self->high > 0; i++) {
        const double threshold = worst_next_threshold(self);
        worst_try_t found;
        TRY(worst_try(self, threshold, &found));
        const bool beyond = !found.possible || found.need > self->worst->budget;
        if (!beyond && !found.known) return status_ok();
        if (beyond) {
            self->low = fmax(self->low, threshold);
            *last = found;
            *solved = threshold >= self->high * (1 - worst_step);
        } else {
            worst_take(self);
        }
    }
    if (self->high != 0) return status_ok();
    /* Nothing costs less than nothing, whatever the budget. */
    *solved = true;
    last->possible = false;
    return status_ok();
}

/* ---- what is told ---------------------------------------------------------------------------- */

static confx_status_t worst_tell(const worst_search_t *self, bool solved, const worst_try_t *last,
                                 knapsack_t *knapsack)
{
    double need = NAN;
    knapsack->feasible = true;
    knapsack->known = self->high;
    knapsack->lower_bound = self->low;
    knapsack->slack = worst_step * self->low;
    if (!solved) return status_ok();
    knapsack->choice = calloc(self->members + 1, sizeof *knapsack->choice);
    if (!knapsack->choice)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a choice of %zu", self->members);
    knapsack->choice_n = self->members;
    knapsack->solved = true;
    knapsack->optimum = knapsack->lower_bound = worst_sums(self, self->best, &need);
    knapsack->need = knapsack->needs[0] = need;
    /* Indices into the caller's classes become the caller's points. */
    size_t at = 0;
    for (size_t c = 0; c < self->worst->classes_n; c++)
        for (size_t member = 0; member < self->worst->classes[c].members; member++, at++)
            knapsack->choice[at] = self->worst->classes[c].options[self->best[at]].point;
    /* The last try was just below the optimum. If no choice reaches that whatever it needs, no
       budget helps; else what it needs is the least budget that does. */
    if (!last->possible)
        knapsack->next.found = NEXT_NONE;
    else if (last->known)
        knapsack->next = (next_t){NEXT_KNOWN, last->need, NAN};
    return status_ok();
}

confx_status_t worst_solve(const worst_t *worst, knapsack_limits_t limits, knapsack_t *knapsack)
{
    worst_search_t self = {.worst = worst, .limits = limits};
    worst_try_t last = {.known = false};
    bool feasible = false, solved = false;
    confx_status_t status;
    assert(worst->groups_n >= 1 && worst->groups_n <= WORST_GROUPS);
    *knapsack = (knapsack_t){.lower_bound = INFINITY,
                             .price = NAN,
                             .optimum = NAN,
                             .need = NAN,
                             .known = NAN,
                             .next = {NEXT_UNKNOWN, NAN, NAN}};
    for (size_t i = 0; i < KNAPSACK_BUDGETS; i++) knapsack->needs[i] = knapsack->prices[i] = NAN;
    TRY_OUT(worst_open(&self));
    TRY_OUT(worst_begin(&self, &feasible));
    if (!feasible) goto out;
    TRY_OUT(worst_halve(&self, &solved, &last));
    TRY_OUT(worst_tell(&self, solved, &last, knapsack));
out:
    arena_close(&self.arena);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}
