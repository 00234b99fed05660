/* One option for each of many classes within one budget, classes in groups: the least of the
   largest group's sum of costs. Pure mathematics, beside knapsack.h. Groups share nothing but the
   budget, so that a threshold can be reached just if the least needs of each group by itself,
   within the threshold, are within the budget together: a knapsack for each, needs and costs
   changed over. The least threshold is found by halving. */
#ifndef CONFX_WORST_H
#define CONFX_WORST_H

#include "confx/several.h"

enum { WORST_GROUPS = 8 };

typedef struct {
    size_t classes_n;
    const option_class_t *classes; /* (classes_n) costs >= 0; groups one after the other */
    size_t groups_n;               /* 1 .. WORST_GROUPS */
    const size_t *groups;          /* (groups_n) classes of each */
    double budget;
} worst_t;

/* Fields as of knapsack_solve. Solved means: it is proven that no choice is lower than the optimum
   by more than 1e-12 of it; so the optimum is exact for costs whose sums are exact in a double and
   below 10^12, such as cycles. Of the choices with that optimum it is one of the least need. There
   is no price: NaN. Where a knapsack reaches its limit on states, the bound is what was proven by
   then. The next step is known where all knapsacks were solved: its budget is the least that any
   better choice needs. Fails for want of memory, or when it is told to stop, owning nothing then.
   */
confx_status_t worst_solve(const worst_t *worst, knapsack_limits_t limits, knapsack_t *knapsack);

/* The same within several budgets, where the groups cannot be solved one by one. Gives a lower
   bound by weights of the groups (Lagrangian), and `known`, the best choice that was found, which
   is the optimum only where it meets the bound; prices are those of the bound. groups (groups_n) as
   above. Fails as above. */
confx_status_t worst_bound(const several_t *several, const size_t *groups, size_t groups_n,
                           knapsack_limits_t limits, knapsack_t *knapsack);

#endif
