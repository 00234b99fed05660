/* Layers that share axes: the optimum over the shared values, one after the other, and for each of
   them over what layers have of their own. */
#ifndef CERTIFICATE_SHARING_H
#define CERTIFICATE_SHARING_H

#include "certificate/offer.h"

/* What is solved: sums say within which limits. */
typedef struct {
    problem_t *problem;
    space_part_t part;
    offer_sums_t sums;
    size_t states_max; /* of the solve of each of the shared values */
    const solve_watch_t *watch;
} sharing_t;

/* Can layers be chosen one by one, once the shared values are? The objective adds up, and every
   limit is on a maximum. Then the least limit at which something is better is found as well. */
bool sharing_is_direct(const problem_t *problem);

/* Fields as of certificate_solve. The bound is the least of the bounds under each of the shared
   values. Of designs with the same objective the optimum is one of least need of the first
   constraint, if sharing_is_direct. The price is 0 if there is a single limit, on a maximum, and no
   larger one improves on the optimum; else NaN. Fails for want of memory, or by the watch, owning
   nothing then. */
confx_status_t sharing_solve(const sharing_t *sharing, knapsack_t *knapsack);

#endif
