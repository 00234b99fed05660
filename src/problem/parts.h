/* The problem from inside its room. */
#ifndef PROBLEM_PARTS_H
#define PROBLEM_PARTS_H

#include "confx/problem.h"

enum { HEADS = 2 };

struct problem {
    const confx_workload_t *workload;
    evaluator_t evaluator;
    problem_parts_t parts;
    objective_t objective;
    constraint_t constraint;
    size_t levels_n[HEADS];
    uint32_t *levels[HEADS]; /* rising */
    size_t points;
    double budget, need_least, need_most;
    size_t factors;       /* of the objective */
    double *factor_table; /* (D, points, factors) NaN at an invalid point */
    double *need_table;   /* (D, points) 0: not evaluated yet; a need of nothing is -0 */
    size_t *least_point;  /* (D) of the levels */
};

#endif
