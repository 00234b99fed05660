/* The points that all layers can have together: what uniform searches choose from. */
#ifndef SEARCH_UNIFORM_H
#define SEARCH_UNIFORM_H

#include "confx/problem.h"

/* The levels' points that fit the budget when all layers take them; where none does, the one that
   needs least; n 0: none is legal for all layers. */
typedef struct {
    uint64_t *points; /* (n) in the order of choices */
    size_t n;
} uniform_points_t;

/* CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t uniform_points_open(problem_t *problem, uniform_points_t *points);
void uniform_points_close(uniform_points_t *points);

/* One of them for all layers; where there is none, each layer takes the legal one that it needs
   least of, or where layers share an array, an array that all can have. */
void uniform_put(problem_t *problem, const uniform_points_t *points, size_t i,
                 uint16_t *assignment);

#endif
