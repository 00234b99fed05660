/* The proof beside a result: a lower bound, the exact optimum where it can be had, and the budget's
   shadow price, by the knapsack room on the costs of every point. There is one where the problem
   allows it, else the reason why there is none. No search sees this room. */
#ifndef CONFX_CERTIFICATE_H
#define CONFX_CERTIFICATE_H

#include "confx/knapsack.h"
#include "confx/problem.h"

/* Why there is no certificate of a problem, a clause: its costs and needs do not make a knapsack
   problem, or its points cannot all be evaluated. NULL: there is one. Evaluates nothing. */
const char *certificate_obstacle(const problem_t *problem);

/* Bound, optimum and next step of `problem` over a part of its space, among all assignments that
   fit. Every point is evaluated. The options of a class are the points that a layer may be given:
   not those that are invalid or exceed a limit on a maximum, nor, where an axis has thousands of
   values, those beyond what is enough for the layer (problem_enough). Classes are the distinct
   layers in their order, the members of a class the layers that are alike. watch may be NULL. Where
   there is an obstacle nothing is evaluated and nothing is known: all numbers are NaN, and
   something may well fit. */
confx_status_t certificate_solve(problem_t *problem, space_part_t part, const solve_watch_t *watch,
                                 knapsack_t *knapsack);

/* The choice of a certificate that is solved as an assignment (L, A). */
void certificate_put(const problem_t *problem, const knapsack_t *knapsack, uint16_t *assignment);

/* CONFX_STATUS_INFEASIBLE if no valid assignment of that part fits, with the message that all
   commands give. */
confx_status_t certificate_feasible(const problem_t *problem, space_part_t part,
                                    const knapsack_t *knapsack);

/* The same within another budget, without the next step: the frontier of objective against budget,
   point by point. */
confx_status_t certificate_solve_within(problem_t *problem, space_part_t part, double budget,
                                        const solve_watch_t *watch, knapsack_t *knapsack);

/* (found - best) / |best|, where best is the optimum if it was solved and else the bound: an upper
   limit on how far a result is above the best, as a fraction. 0 where it is below by rounding
   alone. */
double certificate_gap(const knapsack_t *knapsack, double found);

#endif
