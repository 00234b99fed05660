/* One option for each of many classes within several budgets at once: the multiple-choice knapsack
   problem with several constraints. Pure mathematics, beside knapsack.h.

       bound     Lagrangian: one price for each budget, at their best by the ellipsoid method with
                 deep cuts (N. Z. Shor; R. G. Bland, D. Goldfarb, M. J. Todd, The Ellipsoid Method:
                 A Survey, Operations Research 29, 1981)
       optimum   branch and bound, breadth first: partial choices class by class

   A partial choice is continued only if its bound is below the cost of the best choice at hand, and
   if no other one dominates it in cost and all needs. Where more are alive than the limits allow,
   those of the lowest bounds are continued, and the lowest bound of the others is what is proven in
   the end: so there is always a bound, and most times a choice near it. What is left open is split
   into parts that have prices and a search of their own, the part of the lowest bound first. */
#ifndef CONFX_SEVERAL_H
#define CONFX_SEVERAL_H

#include "confx/knapsack.h"

typedef struct {
    size_t classes_n;
    const option_class_t *classes; /* (classes_n) costs; the need of an option is not looked at */
    const double *const *needs;    /* (classes_n) of (options, budgets_n), each >= 0 */
    size_t budgets_n;              /* 1 .. KNAPSACK_BUDGETS */
    const double *budgets;         /* (budgets_n) */
} several_t;

/* The least sum of costs. A choice fits when its needs, summed class by class, are at most the
   budgets. Fields as of knapsack_solve, `needs` and `prices` of each budget, `need` and `price` of
   the first; `known` is the best choice at hand, and solved means that no other one is lower by
   more than rounding. There is no next step: it is left unknown. Fails for want of memory, or when
   it is told to stop, owning nothing then. */
confx_status_t several_solve(const several_t *several, knapsack_limits_t limits,
                             knapsack_t *knapsack);

/* The least of the largest cost, by a search for a threshold: among the options whose costs are at
   most the threshold there must be a choice that fits. With one budget that is tried with the least
   needs; with several, with the least sum of first needs within the other budgets. Of the choices
   below the threshold it gives one whose first need is least. Bounds are exact: costs are compared
   and never added. Prices are NaN. */
confx_status_t several_least_largest(const several_t *several, knapsack_limits_t limits,
                                     knapsack_t *knapsack);

/* The next step for the largest cost within one budget. */
confx_status_t several_next_largest(const several_t *several, const knapsack_t *knapsack,
                                    next_t *next);

#endif
