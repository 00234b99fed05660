/* The proof beside a result: a lower bound, the exact optimum where it can be had, and the budget's shadow price. One
   action per layer within one budget, costs and needs adding up, is a multiple-choice knapsack problem (MCKP):
   H. Kellerer, U. Pferschy, D. Pisinger, Knapsack Problems, Springer 2004, chapter 11. The search never sees this room. */
#ifndef CONFX_CERTIFICATE_H
#define CONFX_CERTIFICATE_H

#include "confx/problem.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the knapsack problem by itself --------------------------------------------------------------------------------- */

typedef struct {
    double cost, need; /* need >= 0; cost of any sign */
    uint32_t point;    /* the caller's name for it */
} option_t;

typedef struct {
    size_t n;
    const option_t *options; /* one of these is chosen for each of the `members` identical classes */
    size_t members;
} option_class_t;

typedef struct {
    bool feasible;      /* some choice fits the budget */
    double lower_bound; /* on the optimum, from the Lagrangian: proven, least slack over all prices */
    double price;       /* of the budget at that bound: cost saved per unit of need (>= 0) */
    bool solved;        /* the optimum was proven within the limit on states */
    double optimum;
    double need;        /* of the optimal choice */
    uint32_t *choice;   /* (sum of members) points, classes in order; owned, freed by knapsack_close; NULL if !solved */
    size_t choice_n;
    size_t states;      /* largest number of partial choices alive at once */
} knapsack_t;

/* Solve by the Lagrangian bound, then dynamic programming over undominated partial choices, pruned by bound and
   incumbent. More than states_max partial choices alive: solved is false and lower_bound stands. A choice fits when its
   need, summed class by class, is at most budget. */
status_t knapsack_solve(const option_class_t *classes, size_t classes_n, double budget, size_t states_max,
                        knapsack_t *knapsack);
void knapsack_close(knapsack_t *knapsack);

/* ---- of a problem ------------------------------------------------------------------------------------------------------ */

typedef enum { SPACE_LEVELS, SPACE_INTEGERS } space_t; /* the job's levels; all integers up to the largest level */

/* Bound and optimum of `problem` over a space. The choice's points are those of problem_point, layers in the network's
   order of distinct kinds. Evaluates every point; invalid ones are left out. */
status_t certificate_solve(problem_t *problem, space_t space, knapsack_t *knapsack);

/* (found - bound) / |bound|: what a result may at most be above the best, as a fraction. */
double certificate_gap(const knapsack_t *knapsack, double found);

#endif
