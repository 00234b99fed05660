/* What a search goes by: a cost for each action of each layer, infinity where there is none to go
   by. Where per-layer costs are revealed it is the memory of what samples had; where only totals
   are, a table inferred from these. */
#ifndef SEARCH_COST_VIEW_H
#define SEARCH_COST_VIEW_H

#include "confx/arena.h"
#include "search/common/weights.h"

#include <math.h>

/* The part of a space that a table is over: some indices of each axis, so that it has
   (D, n[0], n[1], ...) cells, the last axis fastest. */
typedef struct {
    const space_t *space;
    size_t n[SPACE_AXES];
    size_t cells;                  /* of a layer */
    uint16_t *indices[SPACE_AXES]; /* (n) rising */
    uint16_t *place[SPACE_AXES]; /* (range) of any index the place of the nearest one of these that
                                    is not above it, or else of the first */
    uint32_t *cell; /* (points) looked up at once; NULL where there are too many points */
} table_axes_t;

#define TABLE_NO_CELL UINT32_MAX

/* Which indices there are: the levels of each axis, or of a refined axis all integers. If an axis
   has more than 1024, or a table over all of them would have more than 2^18 cells, some stand for
   those that follow them. The memory is the arena's. CONFX_STATUS_INPUT: the table would have more
   than 2^24 cells. */
confx_status_t table_axes_open(const problem_t *problem, space_part_t part, arena_t *arena,
                               table_axes_t *axes);

uint64_t table_axes_point(const table_axes_t *axes, size_t cell);
/* TABLE_NO_CELL: the point is not on these axes. */
uint32_t table_axes_find(const table_axes_t *axes, uint64_t point);

typedef struct {
    const memory_t *memory;   /* or NULL, and then */
    const float *table;       /* (D, cells); NULL as well: nothing to go by yet */
    const table_axes_t *axes; /* of the table: it is infinite beside them; NULL with a memory */
    bool of_totals;           /* the table has shares of totals as if these were sums over layers */
    const weights_t *weights; /* of what counts beside shares; NULL: nothing does */
} cost_view_t;

/* The share alone. Where a layer does not use an axis, the canonical point speaks for all that mean
   the same. */
static inline double cost_view_share(const cost_view_t *view, size_t distinct, uint64_t point)
{
    if (view->memory) return memory_cost(view->memory, distinct, point);
    if (!view->table) return INFINITY;
    const table_axes_t *axes = view->axes;
    const uint64_t canonical = space_canonical(axes->space, distinct, point);
    const uint32_t cell = axes->cell ? axes->cell[canonical] : table_axes_find(axes, canonical);
    return cell == TABLE_NO_CELL ? INFINITY : (double)view->table[distinct * axes->cells + cell];
}

static inline double cost_view_cost(const cost_view_t *view, size_t distinct, uint64_t point)
{
    const double share = cost_view_share(view, distinct, point);
    if (!view->weights || isinf(share)) return share;
    const double *values = view->memory ? memory_find(view->memory, distinct, point) : NULL;
    return share + weights_beside(view->weights, distinct, point, values);
}

#endif
