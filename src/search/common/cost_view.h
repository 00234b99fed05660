/* What a search goes by: a cost for each action of each layer, infinity where there is none to go
   by. Where per-layer costs are revealed it is the ledger of what samples had; where only totals
   are, a table estimated from these. */
#ifndef SEARCH_BELIEF_H
#define SEARCH_BELIEF_H

#include "confx/ledger.h"

#include <math.h>

/* The PEs and buffers that are asked about: a table of them is (D, pes_n, buffers_n). */
typedef struct {
    size_t pes_n, buffers_n;
    uint32_t *pes, *buffers;
} axes_t;

typedef struct {
    const ledger_t *ledger; /* or NULL, and then */
    const float *table;     /* (D, points); NULL as well: nothing to go by yet */
    size_t points;
    const axes_t *axes; /* of the table: it is infinite beside them; NULL with a ledger */
} cost_view_t;

static inline double cost_view_cost(const cost_view_t *cost_view, size_t distinct, size_t point)
{
    if (cost_view->ledger) return ledger_cost(cost_view->ledger, distinct, point);
    return cost_view->table ? (double)cost_view->table[distinct * cost_view->points + point]
                            : INFINITY;
}

#endif
