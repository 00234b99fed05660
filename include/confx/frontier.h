/* The objective against the budget, exactly: steps, on each of which the proven optimum is the same
   whatever the budget. */
#ifndef CONFX_FRONTIER_H
#define CONFX_FRONTIER_H

#include "confx/certificate.h"

/* For budgets from `from` (what the optimal design needs) up to `to` the optimum is `optimum`.
   Where it is closed `to` is the first budget at which it is less (infinite: there is none);
   otherwise it is the largest for which it was proven to be this one. Where the optimum was not
   proven within the solver's limits it is NaN, and so is `from`: at the budget `to` the bound
   stands alone. */
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

/* Solve within `budgets` limits (>= 2), evenly spaced in ratio between the least and the most that
   fractions refer to, or at which more is of no use. Where they have half as many optima or fewer,
   each step is followed down from its least budget to the next one, until all are known or so many
   solves are done twice again. CONFX_STATUS_STOPPED by the watch, owning nothing then. */
confx_status_t frontier_solve(problem_t *problem, space_part_t part, size_t budgets,
                              const solve_watch_t *watch, frontier_t *frontier);
void frontier_close(frontier_t *frontier);

#endif
