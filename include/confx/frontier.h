/* The objective against the budget, exactly: steps, on each of which the proven optimum is the same
   whatever the budget. */
#ifndef CONFX_FRONTIER_H
#define CONFX_FRONTIER_H

#include "confx/certificate.h"

/* For budgets from `from` (what the optimal design needs) up to `to` the optimum is `optimum`. If
   the step is closed, `to` is the first budget at which the optimum is lower (infinite: there is no
   such budget); otherwise it is the largest budget for which `optimum` was proven. Where no optimum
   was proven within the solver's limits, `optimum` and `from` are NaN, and only the lower bound
   holds, at the budget `to`. */
typedef struct {
    double from, to;
    bool closed;
    double optimum, lower_bound, price; /* the last two at the largest budget it was solved for */
    uint16_t *assignment;               /* (L, A) the design; NULL: not proven */
} frontier_step_t;

typedef struct {
    size_t n, room;
    frontier_step_t *steps; /* rising budgets */
    bool complete; /* these are all the steps there are, and below the first nothing fits */
    size_t solves;
} frontier_t;

/* Why there is no frontier of a problem, a clause; NULL: there is one. */
const char *frontier_obstacle(const problem_t *problem);

/* Solve within `budgets` limits (>= 2). They are evenly spaced in ratio, from the least need that
   fractions refer to up to the largest, or to the budget beyond which more is of no use. If no more
   than half of them differ in their optimum, each step is then followed down from its least budget
   to the next step, until all steps are known or the number of solves has reached three times
   `budgets`. CONFX_STATUS_STOPPED by the watch, owning nothing then. */
confx_status_t frontier_solve(problem_t *problem, space_part_t part, size_t budgets,
                              const solve_watch_t *watch, frontier_t *frontier);
void frontier_close(frontier_t *frontier);

#endif
