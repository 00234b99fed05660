/* What a product of two sums is chosen from: of each class the options that no other one betters in
   need and both costs. Offered classes name options by their index in the caller's class, and are
   weighed before a knapsack is solved. */
#ifndef KNAPSACK_PARETO_H
#define KNAPSACK_PARETO_H

#include "confx/arena.h"
#include "confx/knapsack.h"

typedef struct {
    const option_class_t *classes; /* the caller's */
    const double *const *second;
    size_t classes_n, members;
    option_class_t *offered; /* (classes_n) */
    option_t *store;
    arena_t arena;
} pareto_t;

/* The second cost of an option is second[class][index]. Closed by the caller, also after a
   failure. */
confx_status_t pareto_open(const option_class_t *classes, const double *const *second,
                           size_t classes_n, pareto_t *pareto);
void pareto_close(pareto_t *pareto);

/* No cost of an option offered is below 0. */
bool pareto_positive(const pareto_t *pareto);

/* Both costs of an option that is offered. */
static inline double pareto_first(const pareto_t *pareto, size_t class, uint32_t index)
{
    return pareto->classes[class].options[index].cost;
}

static inline double pareto_second(const pareto_t *pareto, size_t class, uint32_t index)
{
    return pareto->second[class][index];
}

/* Sums of a choice of indices, (members), class by class. */
typedef struct {
    double first, second, need;
} sums_t;
sums_t pareto_sums(const pareto_t *pareto, const uint32_t *choice);

/* The indices of a choice as the caller's points. */
void pareto_name(const pareto_t *pareto, const uint32_t *choice, uint32_t *points);

/* ---- the least need of a product ------------------------------------------------------------- */

typedef struct {
    double from, to; /* of the first sum, > 0 */
} range_t;

typedef enum { LEAST_UNKNOWN, LEAST_NONE, LEAST_KNOWN } least_found_t;

/* The choice that needs least among those whose product of sums is at most `product` > 0 and whose
   first sum lies in one of the ranges, or anywhere if there are none; its indices into choice
   (members). *found is LEAST_NONE if there is no such choice with a need below `below`,
   LEAST_UNKNOWN beyond the limits. */
confx_status_t pareto_least(const pareto_t *pareto, double product, const range_t *ranges,
                            size_t ranges_n, double below, knapsack_limits_t limits,
                            least_found_t *found, uint32_t *choice);

#endif
