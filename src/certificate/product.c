/* The least product of two sums, by cuts. In the plane of the two sums every choice lies on or above each cut: a line
   weights . sums = value. What all cuts leave is convex, and the product, being quasi-concave, is least at one of its
   corners: a lower bound. The lowest corner is cut off by a further line until it is a choice itself. */
#include "confx/certificate.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A corner this close to a choice ends the search: far below what a report shows, far above the rounding of sums. */
static const double closeness = 1e-10;
static const double solved_closeness = 1e-9;
enum { SOLVES_MAX = 200 };

typedef struct {
    double weights[FACTORS];
    double value; /* no choice has less */
    bool met;     /* a choice is known that has it, up to rounding: */
    double sums[FACTORS];
} cut_t;

typedef struct {
    size_t after; /* between this cut and the next */
    double sums[FACTORS], product;
} corner_t;

typedef struct {
    const option_class_t *classes;
    const double *const *second;
    size_t classes_n, members, states_max;
    double budget;
    option_class_t *offered; /* undominated options, weighted; `point` is the index in the caller's class */
    option_t *store;
    cut_t cuts[SOLVES_MAX + 1]; /* from the first sum alone to the second alone, turning */
    size_t cuts_n, states;      /* states: the most of any solve */
    double best, need;          /* of the best choice; infinity: none */
    double best_sums[FACTORS];
    uint32_t *choice;
} product_t;

/* ---- what is offered --------------------------------------------------------------------------------------------- */

static double second_of(const product_t *self, size_t class, uint32_t option)
{
    return self->second[class][option];
}

static bool dominates(const product_t *self, size_t class, const option_t *one, const option_t *other)
{
    return one->need <= other->need && one->cost <= other->cost &&
           second_of(self, class, one->point) <= second_of(self, class, other->point);
}

static int by_need_then_cost(const void *one, const void *other)
{
    const option_t *a = one, *b = other;
    if (a->need != b->need) return a->need < b->need ? -1 : 1;
    if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
    return a->point < b->point ? -1 : a->point > b->point;
}

/* Whatever the weights, a dominated option is worth no more than the one that dominates it. Of equals in need and cost
   the later may be the better: what it makes superfluous stays, and does no harm. */
static size_t keep_undominated(const product_t *self, size_t class, option_t *options, size_t n)
{
    size_t kept = 0;
    qsort(options, n, sizeof *options, by_need_then_cost);
    for (size_t i = 0; i < n; i++) {
        bool dominated = false;
        for (size_t j = kept; j-- > 0 && !dominated;) dominated = dominates(self, class, &options[j], &options[i]);
        if (!dominated) options[kept++] = options[i];
    }
    return kept;
}

static void offer(product_t *self)
{
    option_t *next = self->store;
    for (size_t c = 0; c < self->classes_n; c++) {
        size_t n = 0;
        for (size_t i = 0; i < self->classes[c].n; i++) {
            const option_t *option = &self->classes[c].options[i];
            if (!isfinite(option->cost) || !isfinite(option->need) || !isfinite(self->second[c][i])) continue;
            next[n++] = (option_t){option->cost, option->need, (uint32_t)i};
        }
        n = keep_undominated(self, c, next, n);
        self->offered[c] = (option_class_t){n, next, self->classes[c].members};
        next += n;
    }
}

static bool never_negative(const product_t *self)
{
    for (size_t c = 0; c < self->classes_n; c++)
        for (size_t i = 0; i < self->offered[c].n; i++) {
            const option_t *option = &self->offered[c].options[i];
            if (self->classes[c].options[option->point].cost < 0 || second_of(self, c, option->point) < 0) return false;
        }
    return true;
}

static status_t product_open(product_t *self)
{
    size_t options_n = 0;
    for (size_t c = 0; c < self->classes_n; c++) {
        options_n += self->classes[c].n;
        self->members += self->classes[c].members;
    }
    self->best = INFINITY;
    self->need = NAN;
    self->offered = calloc(self->classes_n + 1, sizeof *self->offered);
    self->store = calloc(options_n + 1, sizeof *self->store);
    self->choice = calloc(self->members + 1, sizeof *self->choice);
    if (!self->offered || !self->store || !self->choice)
        return status_fail(STATUS_MEMORY, "no memory for a product over %zu options", options_n);
    offer(self);
    return status_ok();
}

static void product_close(product_t *self)
{
    free(self->offered);
    free(self->store);
    free(self->choice);
}

/* ---- a cut ------------------------------------------------------------------------------------------------------- */

static double weighted(const double weights[FACTORS], double first, double second)
{
    return weights[0] * first + weights[1] * second;
}

static void weigh(product_t *self, const double weights[FACTORS])
{
    option_t *option = self->store;
    for (size_t c = 0; c < self->classes_n; c++)
        for (size_t i = 0; i < self->offered[c].n; i++, option++)
            option->cost =
                weighted(weights, self->classes[c].options[option->point].cost, second_of(self, c, option->point));
}

/* The sums of a choice, class by class; it is kept if its product is the least so far. */
static void take_choice(product_t *self, const knapsack_t *knapsack, double sums[FACTORS])
{
    sums[0] = sums[1] = 0;
    for (size_t c = 0, i = 0; c < self->classes_n; c++)
        for (size_t member = 0; member < self->classes[c].members; member++, i++) {
            sums[0] += self->classes[c].options[knapsack->choice[i]].cost;
            sums[1] += second_of(self, c, knapsack->choice[i]);
        }
    if (!(sums[0] * sums[1] < self->best)) return;
    self->best = sums[0] * sums[1];
    self->need = knapsack->need;
    memcpy(self->best_sums, sums, sizeof self->best_sums);
    for (size_t c = 0, i = 0; c < self->classes_n; c++)
        for (size_t member = 0; member < self->classes[c].members; member++, i++)
            self->choice[i] = self->classes[c].options[knapsack->choice[i]].point;
}

/* The least that any choice has under these weights, less the rounding of weights and sums. *fits: some choice does. */
static status_t find_cut(product_t *self, const double weights[FACTORS], cut_t *cut, bool *fits)
{
    const double rounding = ((double)self->members + 10) * 2 * DBL_EPSILON;
    knapsack_t knapsack;
    weigh(self, weights);
    TRY(knapsack_solve(self->offered, self->classes_n, self->budget, self->states_max, &knapsack));
    *fits = knapsack.feasible;
    *cut = (cut_t){.weights = {weights[0], weights[1]}, .met = knapsack.solved, .value = knapsack.lower_bound};
    if (cut->met) {
        cut->value = fmax(cut->value, knapsack.optimum - 2 * knapsack.slack);
        take_choice(self, &knapsack, cut->sums);
    }
    cut->value = fmax(cut->value * (1 - rounding), 0);
    self->states = knapsack.states > self->states ? knapsack.states : self->states;
    knapsack_close(&knapsack);
    return status_ok();
}

/* Positive: `to` is turned further towards the second sum. */
static double turn(const double from[FACTORS], const double to[FACTORS])
{
    return from[0] * to[1] - from[1] * to[0];
}

/* ---- corners ----------------------------------------------------------------------------------------------------- */

static corner_t corner_of(const product_t *self, size_t i, size_t j)
{
    const cut_t *one = &self->cuts[i], *next = &self->cuts[j];
    const double across = turn(one->weights, next->weights);
    const double first = (one->value * next->weights[1] - next->value * one->weights[1]) / across;
    const double second = (one->weights[0] * next->value - next->weights[0] * one->value) / across;
    corner_t corner = {.after = i, .sums = {fmax(first, 0), fmax(second, 0)}};
    corner.product = corner.sums[0] * corner.sums[1];
    return corner;
}

static corner_t lowest_corner(const product_t *self)
{
    corner_t lowest = corner_of(self, 0, 1);
    for (size_t i = 1; i + 1 < self->cuts_n; i++) {
        const corner_t corner = corner_of(self, i, i + 1);
        if (corner.product < lowest.product) lowest = corner;
    }
    return lowest;
}

/* Weights under which the choices on both sides of the corner are equal: a line through both, unless one lies below. */
static bool aim_between(const product_t *self, const corner_t *corner, double weights[FACTORS])
{
    const cut_t *one = &self->cuts[corner->after], *next = one + 1;
    if (!one->met || !next->met) return false;
    weights[0] = one->sums[1] - next->sums[1];
    weights[1] = next->sums[0] - one->sums[0];
    return weights[0] >= 0 && weights[1] >= 0 && turn(one->weights, weights) > 0 && turn(weights, next->weights) > 0;
}

/* Weights under which the corner lies lowest among all sums of its product: between its cuts' if it is the lowest. */
static bool aim_along(const product_t *self, const corner_t *corner, double weights[FACTORS])
{
    const cut_t *one = &self->cuts[corner->after], *next = one + 1;
    weights[0] = corner->sums[1];
    weights[1] = corner->sums[0];
    return turn(one->weights, weights) > 0 && turn(weights, next->weights) > 0;
}

static void drop(product_t *self, size_t i)
{
    memmove(&self->cuts[i], &self->cuts[i + 1], (self->cuts_n - i - 1) * sizeof *self->cuts);
    self->cuts_n--;
}

/* Does the corner between its neighbours lie above the cut anyway? Then corners with it are none: cuts through one
   choice may differ by little more than rounding, and meet anywhere. */
static bool is_idle(const product_t *self, size_t i)
{
    if (i == 0 || i + 1 >= self->cuts_n) return false;
    const corner_t corner = corner_of(self, i - 1, i + 1);
    return weighted(self->cuts[i].weights, corner.sums[0], corner.sums[1]) >= self->cuts[i].value;
}

static void insert(product_t *self, size_t i, const cut_t *cut)
{
    memmove(&self->cuts[i + 1], &self->cuts[i], (self->cuts_n - i) * sizeof *cut);
    self->cuts[i] = *cut;
    self->cuts_n++;
    while (is_idle(self, i + 1)) drop(self, i + 1);
    for (; is_idle(self, i - 1); i--) drop(self, i - 1);
}

/* Cut the corner off. *done: it would not come off. */
static status_t cut_off(product_t *self, const corner_t *corner, bool *done)
{
    bool (*const aims[])(const product_t *, const corner_t *, double *) = {aim_between, aim_along};
    *done = true;
    for (size_t i = 0; i < sizeof aims / sizeof *aims && *done; i++) {
        double weights[FACTORS];
        bool fits;
        cut_t cut;
        if (!aims[i](self, corner, weights)) continue;
        TRY(find_cut(self, weights, &cut, &fits));
        *done = !(cut.value > weighted(weights, corner->sums[0], corner->sums[1]));
        if (!*done) insert(self, corner->after + 1, &cut);
    }
    return status_ok();
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static status_t begin(product_t *self, bool *fits)
{
    TRY(find_cut(self, (const double[FACTORS]){1, 0}, &self->cuts[0], fits));
    if (!*fits) return status_ok();
    TRY(find_cut(self, (const double[FACTORS]){0, 1}, &self->cuts[1], fits));
    self->cuts_n = 2;
    return status_ok();
}

/* *bound: no choice has a lower product. */
static status_t tighten(product_t *self, double *bound)
{
    bool done = false;
    corner_t lowest = lowest_corner(self);
    for (size_t solves = 2; !done && solves < SOLVES_MAX && lowest.product < self->best * (1 - closeness); solves++) {
        TRY(cut_off(self, &lowest, &done));
        lowest = lowest_corner(self);
    }
    const double rounding = 1e-12; /* of the corner itself, from cuts that may be all but parallel */
    *bound = fmin(lowest.product * (1 - rounding), self->best);
    return status_ok();
}

/* What the product falls by for each unit of budget more: the price of the sums, weighted as they count at the choice.
   The relaxation knows it; no states are spent. */
static status_t find_price(product_t *self, double *price)
{
    knapsack_t knapsack;
    weigh(self, (const double[FACTORS]){self->best_sums[1], self->best_sums[0]});
    TRY(knapsack_solve(self->offered, self->classes_n, self->budget, 0, &knapsack));
    *price = knapsack.price;
    knapsack_close(&knapsack);
    return status_ok();
}

static status_t put_best(product_t *self, double bound, knapsack_t *knapsack)
{
    knapsack->lower_bound = bound;
    knapsack->states = self->states;
    if (!isfinite(self->best)) return status_ok();
    knapsack->known = self->best;
    TRY(find_price(self, &knapsack->price));
    knapsack->solved = bound >= self->best * (1 - solved_closeness);
    if (!knapsack->solved) return status_ok();
    knapsack->optimum = self->best;
    knapsack->need = self->need;
    knapsack->choice = self->choice;
    knapsack->choice_n = self->members;
    self->choice = NULL; /* handed over */
    return status_ok();
}

static status_t solve(product_t *self, knapsack_t *knapsack)
{
    double bound = NAN;
    *knapsack = (knapsack_t){.lower_bound = INFINITY, .optimum = NAN, .need = NAN, .known = NAN};
    TRY(product_open(self));
    TRY(begin(self, &knapsack->feasible));
    if (!knapsack->feasible) return status_ok();
    if (never_negative(self)) {
        TRY(tighten(self, &bound));
        return put_best(self, bound, knapsack);
    }
    knapsack->lower_bound = NAN;
    return status_ok();
}

status_t product_solve(const option_class_t *classes, const double *const *second, size_t classes_n, double budget,
                       size_t states_max, knapsack_t *knapsack)
{
    product_t self = {
        .classes = classes, .second = second, .classes_n = classes_n, .states_max = states_max, .budget = budget};
    const status_t status = solve(&self, knapsack);
    product_close(&self);
    if (status.code != STATUS_OK) knapsack_close(knapsack);
    return status;
}
