/* What a unit of a level is responsible for (src/cost/EXACT.md, sections 2.2 and 3). */
#ifndef COST_PLACE_H
#define COST_PLACE_H

#include "cost/exact/plan.h"

typedef struct {
    int64_t from, to; /* [from, to); empty where from >= to */
} interval_t;

typedef struct {
    interval_t mac[CONFX_DIM_COUNT]; /* along each dimension of a MAC: of Y and X outputs */
    interval_t rows[2];              /* of the input: rows, and columns */
} region_t;

/* Index in region_t.rows of Y or X. */
static inline int place_axis(confx_dim_t dim)
{
    return dim == CONFX_DIM_X;
}

/* The whole layer. */
void place_whole(const plan_t *plan, region_t *place);

/* The length that a map's tiles are dealt from. */
static inline int64_t place_length(const plan_map_t *map, const region_t *parent)
{
    const bool rows = (map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X) && !map->outward;
    const interval_t whole = rows ? parent->rows[place_axis(map->dim)] : parent->mac[map->dim];
    return whole.to - whole.from;
}

/* Make the parent's place that of a unit which has tile number `tile`; maps of R and S come before
   those of Y and X, which depend on them. False where nothing is left. */
bool place_narrow(const plan_t *plan, const plan_map_t *map, int64_t tile, const region_t *parent,
                  region_t *place);

#endif
