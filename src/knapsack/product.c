/* The least product of two sums, by cuts. In the plane of the two sums every choice lies on or
   above each cut: a line weights . sums = value. What all cuts leave is convex, and the product,
   being quasi-concave, is least at one of its corners: a lower bound. The lowest corner is cut off
   by a further line until it is a choice itself. */
#include "confx/try.h"
#include "knapsack/pareto.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A corner this close to a choice ends the search: far below what a report shows, far above the
   rounding of sums. */
static const double closeness = 1e-10;
static const double solved_closeness = 1e-9;
enum { SOLVES_MAX = 200 };

typedef struct {
    double weights[KNAPSACK_SUMS];
    double value; /* no choice has less */
    bool met;     /* a choice is known that has it, up to rounding: */
    double sums[KNAPSACK_SUMS];
} cut_t;

typedef struct {
    size_t after; /* between this cut and the next */
    double sums[KNAPSACK_SUMS], product;
} product_corner_t;

typedef struct {
    pareto_t pareto;
    double budget;
    knapsack_limits_t limits;
    cut_t cuts[SOLVES_MAX + 1]; /* from the first sum alone to the second alone, turning */
    size_t cuts_n, states;      /* states: the most of any solve */
    double best;                /* product of the best choice; infinity: none */
    sums_t best_sums;
    uint32_t *choice; /* (members) its indices */
} product_product_t;

static confx_status_t product_open(product_product_t *self, const option_class_t *classes,
                                   const double *const *second, size_t classes_n)
{
    self->best = INFINITY;
    TRY(pareto_open(classes, second, classes_n, &self->pareto));
    self->choice = calloc(self->pareto.members + 1, sizeof *self->choice);
    return self->choice ? status_ok()
                        : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices",
                                      self->pareto.members);
}

static void product_close(product_product_t *self)
{
    pareto_close(&self->pareto);
    free(self->choice);
}

/* ---- a cut ----------------------------------------------------------------------------------- */

static double product_weighted(const double weights[KNAPSACK_SUMS], double first, double second)
{
    return weights[0] * first + weights[1] * second;
}

static void product_weigh(product_product_t *self, const double weights[KNAPSACK_SUMS])
{
    const pareto_t *pareto = &self->pareto;
    option_t *option = pareto->store;
    for (size_t c = 0; c < pareto->classes_n; c++)
        for (size_t i = 0; i < pareto->offered[c].n; i++, option++)
            option->cost = product_weighted(weights, pareto_first(pareto, c, option->point),
                                            pareto_second(pareto, c, option->point));
}

/* The sums of a choice; it is kept if its product is the least so far, or no greater and its need
   less. */
static sums_t product_take_choice(product_product_t *self, const uint32_t *choice)
{
    const sums_t sums = pareto_sums(&self->pareto, choice);
    const double product = sums.first * sums.second;
    if (product < self->best || (product == self->best && sums.need < self->best_sums.need)) {
        self->best = product;
        self->best_sums = sums;
        memcpy(self->choice, choice, self->pareto.members * sizeof *choice);
    }
    return sums;
}

/* Of sums of positive costs, as a fraction. */
static double product_rounding(const product_product_t *self)
{
    return ((double)self->pareto.members + 10) * 2 * DBL_EPSILON;
}

/* The least that any choice has under these weights, less the rounding of weights and sums. *fits:
   some choice does. */
static confx_status_t product_find_cut(product_product_t *self, const double weights[KNAPSACK_SUMS],
                                       cut_t *cut, bool *fits)
{
    const double rounding = product_rounding(self);
    knapsack_t knapsack;
    /* The offered options take the weighted sum for their cost, so that the least of a knapsack is
       where a line of these weights first meets a choice. */
    product_weigh(self, weights);
    TRY(knapsack_solve(self->pareto.offered, self->pareto.classes_n, self->budget, self->limits,
                       &knapsack));
    *fits = knapsack.feasible;
    *cut = (cut_t){
        .weights = {weights[0], weights[1]}, .met = knapsack.solved, .value = knapsack.lower_bound};
    if (cut->met) {
        /* A proven optimum is a tighter bound than that of the relaxation, up to the rounding of
           its sum. */
        cut->value = fmax(cut->value, knapsack.optimum - 2 * knapsack.slack);
        const sums_t sums = product_take_choice(self, knapsack.choice);
        cut->sums[0] = sums.first;
        cut->sums[1] = sums.second;
    }
    cut->value = fmax(cut->value * (1 - rounding), 0);
    self->states = knapsack.states > self->states ? knapsack.states : self->states;
    knapsack_close(&knapsack);
    return status_ok();
}

/* Positive: `to` is turned further towards the second sum. */
static double product_turn(const double from[KNAPSACK_SUMS], const double to[KNAPSACK_SUMS])
{
    return from[0] * to[1] - from[1] * to[0];
}

/* ---- corners --------------------------------------------------------------------------------- */

static product_corner_t product_corner_of(const product_product_t *self, size_t i, size_t j)
{
    const cut_t *one = &self->cuts[i], *next = &self->cuts[j];
    /* Cramer's rule for the two lines. Cuts turn from the first sum to the second, so that `across`
       is positive. */
    const double across = product_turn(one->weights, next->weights);
    const double first = (one->value * next->weights[1] - next->value * one->weights[1]) / across;
    const double second = (one->weights[0] * next->value - next->weights[0] * one->value) / across;
    product_corner_t corner = {.after = i, .sums = {fmax(first, 0), fmax(second, 0)}};
    corner.product = corner.sums[0] * corner.sums[1];
    return corner;
}

static product_corner_t product_lowest_corner(const product_product_t *self)
{
    product_corner_t lowest = product_corner_of(self, 0, 1);
    for (size_t i = 1; i + 1 < self->cuts_n; i++) {
        /* Cuts stand by their inclination, so that the corners of what they leave are those of
           neighbours. */
        const product_corner_t corner = product_corner_of(self, i, i + 1);
        if (corner.product < lowest.product) lowest = corner;
    }
    return lowest;
}

/* Weights under which the choices on both sides of the corner are equal: a line through both,
   unless one lies below. */
static bool product_aim_between(const product_product_t *self, const product_corner_t *corner,
                                double weights[KNAPSACK_SUMS])
{
    const cut_t *one = &self->cuts[corner->after], *next = one + 1;
    if (!one->met || !next->met) return false;
    weights[0] = one->sums[1] - next->sums[1];
    weights[1] = next->sums[0] - one->sums[0];
    return weights[0] >= 0 && weights[1] >= 0 && product_turn(one->weights, weights) > 0 &&
           product_turn(weights, next->weights) > 0;
}

/* Weights under which the corner lies lowest among all sums of its product: between its cuts' if it
   is the lowest. */
static bool product_aim_along(const product_product_t *self, const product_corner_t *corner,
                              double weights[KNAPSACK_SUMS])
{
    const cut_t *one = &self->cuts[corner->after], *next = one + 1;
    weights[0] = corner->sums[1];
    weights[1] = corner->sums[0];
    return product_turn(one->weights, weights) > 0 && product_turn(weights, next->weights) > 0;
}

static void product_drop(product_product_t *self, size_t i)
{
    memmove(&self->cuts[i], &self->cuts[i + 1], (self->cuts_n - i - 1) * sizeof *self->cuts);
    self->cuts_n--;
}

/* Does the corner between its neighbours lie above the cut anyway? Then corners with it are none:
   cuts through one choice may differ by little more than rounding, and meet anywhere. */
static bool product_is_idle(const product_product_t *self, size_t i)
{
    if (i == 0 || i + 1 >= self->cuts_n) return false;
    const product_corner_t corner = product_corner_of(self, i - 1, i + 1);
    return product_weighted(self->cuts[i].weights, corner.sums[0], corner.sums[1]) >=
           self->cuts[i].value;
}

static void product_insert(product_product_t *self, size_t i, const cut_t *cut)
{
    memmove(&self->cuts[i + 1], &self->cuts[i], (self->cuts_n - i) * sizeof *cut);
    self->cuts[i] = *cut;
    self->cuts_n++;
    /* Beside the new cut others may have become idle, first those behind it and then those before;
       the first and the last cut never are. */
    while (product_is_idle(self, i + 1)) product_drop(self, i + 1);
    for (; product_is_idle(self, i - 1); i--) product_drop(self, i - 1);
}

/* Cut the corner off. *done: it would not come off. */
static confx_status_t product_cut_off(product_product_t *self, const product_corner_t *corner,
                                      bool *done)
{
    bool (*const aims[])(const product_product_t *, const product_corner_t *,
                         double *) = {product_aim_between, product_aim_along};
    *done = true;
    for (size_t i = 0; i < sizeof aims / sizeof *aims && *done; i++) {
        double weights[KNAPSACK_SUMS];
        bool fits;
        cut_t cut;
        if (!aims[i](self, corner, weights)) continue;
        TRY(product_find_cut(self, weights, &cut, &fits));
        /* A line that passes through the corner or above it cuts nothing off: then the other aim is
           tried. */
        *done = !(cut.value > product_weighted(weights, corner->sums[0], corner->sums[1]));
        if (!*done) product_insert(self, corner->after + 1, &cut);
    }
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t product_begin(product_product_t *self, bool *fits)
{
    /* The least of either sum alone: an upright and a level line, between which all other cuts
       turn. */
    TRY(product_find_cut(self, (const double[KNAPSACK_SUMS]){1, 0}, &self->cuts[0], fits));
    if (!*fits) return status_ok();
    TRY(product_find_cut(self, (const double[KNAPSACK_SUMS]){0, 1}, &self->cuts[1], fits));
    self->cuts_n = 2;
    return status_ok();
}

/* *bound: no choice has a lower product. */
static confx_status_t product_tighten(product_product_t *self, double *bound)
{
    bool done = false;
    product_corner_t lowest = product_lowest_corner(self);
    /* The first two cuts are there. A round adds one cut at most, so that there is room for the
       cuts of all rounds. */
    for (size_t solves = 2;
         !done && solves < SOLVES_MAX && lowest.product < self->best * (1 - closeness); solves++) {
        TRY(product_cut_off(self, &lowest, &done));
        lowest = product_lowest_corner(self);
    }
    const double rounding =
        1e-12; /* of the corner itself, from cuts that may be all but parallel */
    *bound = fmin(lowest.product * (1 - rounding), self->best);
    return status_ok();
}

/* What the product falls by for each unit of budget more: the price of the sums, weighted as they
   count at the choice. The relaxation knows it; no states are spent. */
static confx_status_t product_find_price(product_product_t *self, double *price)
{
    knapsack_t knapsack;
    product_weigh(self,
                  (const double[KNAPSACK_SUMS]){self->best_sums.second, self->best_sums.first});
    TRY(knapsack_solve(self->pareto.offered, self->pareto.classes_n, self->budget,
                       knapsack_limits(0), &knapsack));
    *price = knapsack.price;
    knapsack_close(&knapsack);
    return status_ok();
}

/* Where a cut meets the hyperbola of the best product, at the left or at the right. Between the two
   it runs above: what lies below the hyperbola near the corner of two cuts is right of the first
   one's and left of the second one's. A cut that runs below it all along parts what is left of its
   middle from what is right of it. */
static double product_crossing(const product_product_t *self, const cut_t *cut, bool right)
{
    const double under =
        cut->value * cut->value - 4 * cut->weights[0] * cut->weights[1] * self->best;
    const double sum = cut->value + sqrt(fmax(under, 0));
    return right ? sum / (2 * cut->weights[0]) : 2 * cut->weights[1] * self->best / sum;
}

/* Of choices of the same product the one that needs least. Others of that product lie where the
   cuts leave room below its hyperbola, at the lowest corners: slivers, which take a solve or two.
   What cannot be settled within the limits leaves the choice at hand. */
static confx_status_t product_shrink_need(product_product_t *self)
{
    const double hair = 1e-7; /* a root of what all but cancels is no better */
    range_t ranges[SOLVES_MAX];
    size_t n = 0;
    least_found_t found;
    if (!(self->best > 0)) return status_ok();
    /* Where a corner lies below the hyperbola of the best product, its two cuts leave a sliver
       between their crossings with the hyperbola. Only there can another choice of this product
       be. */
    for (size_t i = 0; i + 1 < self->cuts_n; i++) {
        if (!(product_corner_of(self, i, i + 1).product <= self->best)) continue;
        const double from = product_crossing(self, &self->cuts[i], true),
                     to = product_crossing(self, &self->cuts[i + 1], false);
        ranges[n++] = (range_t){from * (1 - hair), to * (1 + hair)};
    }
    if (n == 0) return status_ok();
    uint32_t *choice = calloc(self->pareto.members + 1, sizeof *choice);
    if (!choice)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", self->pareto.members);
    const confx_status_t status =
        pareto_least(&self->pareto, self->best * (1 + product_rounding(self)), ranges, n,
                     self->best_sums.need, self->limits, &found, choice);
    if (status.code == CONFX_STATUS_OK && found == LEAST_KNOWN) {
        memcpy(self->choice, choice, self->pareto.members * sizeof *choice);
        self->best_sums = pareto_sums(&self->pareto, choice);
        self->best = self->best_sums.first * self->best_sums.second;
    }
    free(choice);
    return status;
}

static confx_status_t product_put_best(product_product_t *self, double bound, knapsack_t *knapsack)
{
    knapsack->lower_bound = bound;
    knapsack->states = self->states;
    if (!isfinite(self->best)) return status_ok();
    /* From here on a choice is known. It is called the optimum only if the bound has come up to it;
       the price is told in either case, as the choice at hand has one. */
    knapsack->solved = bound >= self->best * (1 - solved_closeness);
    if (knapsack->solved) TRY(product_shrink_need(self));
    knapsack->known = self->best;
    TRY(product_find_price(self, &knapsack->price));
    if (!knapsack->solved) return status_ok();
    knapsack->optimum = self->best;
    knapsack->need = self->best_sums.need;
    knapsack->choice = self->choice;
    knapsack->choice_n = self->pareto.members;
    /* Need and price are found from the indices of the choice, so they become points only now. */
    pareto_name(&self->pareto, knapsack->choice, knapsack->choice);
    self->choice = NULL; /* handed over */
    return status_ok();
}

static confx_status_t product_solve_classes(product_product_t *self, const option_class_t *classes,
                                            const double *const *second, size_t classes_n,
                                            knapsack_t *knapsack)
{
    double bound = NAN;
    *knapsack = (knapsack_t){.lower_bound = INFINITY,
                             .optimum = NAN,
                             .need = NAN,
                             .known = NAN,
                             .next = {NEXT_UNKNOWN, NAN, NAN}};
    TRY(product_open(self, classes, second, classes_n));
    TRY(product_begin(self, &knapsack->feasible));
    if (!knapsack->feasible) return status_ok();
    if (pareto_positive(&self->pareto)) {
        TRY(product_tighten(self, &bound));
        return product_put_best(self, bound, knapsack);
    }
    /* Where a sum may be negative a product is not quasi-concave, and nothing can be said by
       cuts. */
    knapsack->lower_bound = NAN;
    return status_ok();
}

confx_status_t product_solve(const option_class_t *classes, const double *const *second,
                             size_t classes_n, double budget, knapsack_limits_t limits,
                             knapsack_t *knapsack)
{
    product_product_t self = {.limits = limits, .budget = budget};
    const confx_status_t status =
        product_solve_classes(&self, classes, second, classes_n, knapsack);
    product_close(&self);
    if (status.code != CONFX_STATUS_OK) knapsack_close(knapsack);
    return status;
}

/* The least need of a product that is lower by more than what an optimum is proven to. */
static confx_status_t product_find_next(const pareto_t *pareto, double optimum,
                                        knapsack_limits_t limits, next_t *next)
{
    least_found_t found;
    uint32_t *choice = calloc(pareto->members + 1, sizeof *choice);
    if (!choice)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", pareto->members);
    const confx_status_t status = pareto_least(pareto, optimum * (1 - solved_closeness), NULL, 0,
                                               INFINITY, limits, &found, choice);
    if (status.code == CONFX_STATUS_OK && found == LEAST_KNOWN) {
        const sums_t sums = pareto_sums(pareto, choice);
        *next = (next_t){NEXT_KNOWN, sums.need, sums.first * sums.second};
    }
    if (status.code == CONFX_STATUS_OK && found == LEAST_NONE) next->found = NEXT_NONE;
    free(choice);
    return status;
}

confx_status_t product_next(const option_class_t *classes, const double *const *second,
                            size_t classes_n, knapsack_limits_t limits, const knapsack_t *knapsack,
                            next_t *next)
{
    pareto_t pareto;
    *next = (next_t){NEXT_UNKNOWN, NAN, NAN};
    if (!knapsack->solved) return status_ok();
    next->found = NEXT_NONE;
    if (!(knapsack->optimum > 0)) return status_ok(); /* there is nothing lower */
    next->found = NEXT_UNKNOWN;
    confx_status_t status = pareto_open(classes, second, classes_n, &pareto);
    if (status.code == CONFX_STATUS_OK)
        status = product_find_next(&pareto, knapsack->optimum, limits, next);
    pareto_close(&pareto);
    return status;
}
