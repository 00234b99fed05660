/* One option for each of many classes within one budget, costs and needs adding up: the
   multiple-choice knapsack problem (H. Kellerer, U. Pferschy, D. Pisinger, Knapsack Problems,
   Springer 2004, chapter 11), its least product of two sums, and the next step of its budget. Pure
   mathematics: options go in, a choice and what is proven of it come out. */
#ifndef CONFX_KNAPSACK_H
#define CONFX_KNAPSACK_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who is told how far a solve has come: of `what`, `done` of `all`, at most a few thousand times a
   second. Its answer false ends the solve with CONFX_STATUS_STOPPED, owning nothing. */
typedef struct {
    void *context;
    bool (*tell)(void *context, const char *what, size_t done, size_t all);
    const char *what;
} solve_watch_t;

enum {
    KNAPSACK_SUMS = 2 /* whose product may be the least */,
    KNAPSACK_BUDGETS = 4 /* several.h */
};

typedef struct {
    double cost, need; /* need >= 0; cost of any sign. Not finite: it cannot be chosen */
    uint32_t point;    /* the caller's name for it */
} option_t;

typedef struct {
    size_t n;
    const option_t
        *options; /* one of these is chosen for each of the `members` identical classes */
    size_t members;
} option_class_t;

/* The next step of the budget: the nearest larger one at which the optimum improves, by more than
   the rounding of its sum. Numbers are NaN unless it is known. */
typedef enum {
    NEXT_UNKNOWN, /* it could not be had within the limits */
    NEXT_NONE,    /* proven: no budget improves on the optimum */
    NEXT_KNOWN,
    NEXT_UNASKED /* nobody works it out for such a problem */
} next_found_t;

typedef struct {
    next_found_t found;
    double budget;  /* the least that any better choice needs */
    double optimum; /* within it */
} next_t;

typedef struct {
    bool feasible;      /* some choice fits the budget */
    double lower_bound; /* on the optimum, proven; infinity if nothing fits */
    double price;   /* by how much the relaxation's optimum falls when the budget grows by one unit
                       (>= 0). 0 only where no larger budget improves on the optimum */
    bool solved;    /* the optimum was proven within the limit on states */
    double optimum; /* of the choice, summed class by class; NaN if !solved */
    double need;    /* of the choice, summed likewise; NaN if !solved */
    double known;   /* of the best choice at hand: the optimum if solved; NaN: none */
    double slack;   /* by how much rounding may put bound and optimum off */
    uint32_t *choice; /* (sum of members) points, classes in order; owned, freed by knapsack_close;
                         NULL if !solved */
    size_t choice_n;
    size_t states; /* largest number of partial choices alive at once */
    double needs[KNAPSACK_BUDGETS], prices[KNAPSACK_BUDGETS]; /* of several budgets alone */
    next_t next; /* of knapsack_next and product_next */
} knapsack_t;
typedef struct {
    size_t states_max;          /* partial choices that may be alive at once */
    const solve_watch_t *watch; /* NULL: nobody */
} knapsack_limits_t;

static inline knapsack_limits_t knapsack_limits(size_t states_max)
{
    return (knapsack_limits_t){states_max, NULL};
}

/* The bound is the Lagrangian's at its best price, which is the optimum of the linear relaxation:
   over the options that fit beside the least needs of the others, less the rounding; the optimum
   itself where the two agree. The optimum comes from dynamic programming over undominated partial
   choices, pruned by that bound. More of them than the limits alive: solved is false and
   lower_bound stands. A choice fits when its need, summed class by class, is at most budget. Of
   choices of equal cost the one that needs least is the optimum. Costs whose sums are exact in a
   double, such as cycles, give the exact optimum; of others it is proven up to the rounding of
   their sum. Fails for want of memory only, owning nothing then. */
confx_status_t knapsack_solve(const option_class_t *classes, size_t classes_n, double budget,
                              knapsack_limits_t limits, knapsack_t *knapsack);
void knapsack_close(knapsack_t *knapsack);

/* The next step beyond the budget that `knapsack` was solved within, by a second problem with needs
   and costs changed over: the least need of a better choice, and among those of that need the least
   cost. Unknown if `knapsack` is not solved. Fails for want of memory only. */
confx_status_t knapsack_next(const option_class_t *classes, size_t classes_n,
                             knapsack_limits_t limits, const knapsack_t *knapsack, next_t *next);

/* The least product of two sums that fits: (sum of cost) x (sum of second), second[c][i] being that
   of option i of class c. Both must be >= 0, or there is no bound: NaN. Sums of any choice lie
   above lines, one for each pair of weights, found by knapsack_solve on the weighted costs; the
   product is least at a corner between two of these, and lines are added until such a corner is a
   choice (Y. P. Aneja, K. P. K. Nair, Bicriteria transportation problem, Management Science 25,
   1979; the product is quasi-concave). Fields as above, but solved means: the choice at hand is
   within 1e-9 of the bound, as a fraction; and price is that of the sums, weighted as they count at
   that choice: it may be 0 where a quite different pair of sums would be better. */
confx_status_t product_solve(const option_class_t *classes, const double *const *second,
                             size_t classes_n, double budget, knapsack_limits_t limits,
                             knapsack_t *knapsack);

/* As knapsack_next, for products lower by more than 1e-9 of the optimum. */
confx_status_t product_next(const option_class_t *classes, const double *const *second,
                            size_t classes_n, knapsack_limits_t limits, const knapsack_t *knapsack,
                            next_t *next);
/* In run.h5 and JSON: "known", or "none" or "unknown" with the reason. */
enum { NEXT_TEXT_MAX = 80 };
const char *next_text(next_found_t found);
#define NEXT_TEXT_SEVERAL "unknown: of several budgets there is no one next step"

#endif
