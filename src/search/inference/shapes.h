/* What the cost of a layer looks like as its hardware grows, whatever is counted: work spread over
   p units and cut into tiles of b, as a share of what one unit would have to do. Known of any layer
   from its dimensions; how much of each shape there is in a cost is left to the data (kernel.h).

       spread          1, 1/p, 1/(p b), 1/b
       waves           ceil(X / p) / X of the layer's extent X along K, Y, X and C: units that have
                       nothing left to do wait for the others
       tiled waves     ceil(ceil(X / b) / p) b / X, in tiles of b
       cluster waves   both, along K, Y and X, over clusters of as many units as the filter has rows
       tiles           ceil(X / b) b / (X p): the last tile is not full

   Where there is no b nothing is tiled, and where there is no p either the only shape is 1. */
#ifndef SEARCH_SHAPES_H
#define SEARCH_SHAPES_H

#include "confx/workload.h"

enum { SHAPES_MAX = 22 };

/* Shapes of one group are taken to count alike. */
typedef enum {
    GROUP_SPREAD,
    GROUP_WAVES,
    GROUP_TILED_WAVES,
    GROUP_CLUSTER_WAVES,
    GROUP_TILES,
    SHAPE_GROUPS
} shape_group_t;

typedef enum {
    SHAPE_ONE,
    SHAPE_FIRST,
    SHAPE_BOTH,
    SHAPE_SECOND,
    SHAPE_WAVES,
    SHAPE_CLUSTER_WAVES,
    SHAPE_TILES
} form_t;

typedef struct {
    shape_group_t group;
    form_t form;
    confx_dim_t dim; /* along which waves and tiles are counted */
    bool tiled;
} cost_shape_t;

/* Those that there are where so many of p and b are (0: neither), group by group; their number. */
size_t shapes_list(size_t ordinals, cost_shape_t list[SHAPES_MAX]);

/* extents (CONFX_DIM_COUNT): of the layer, 1 where it has no such dimension. */
double shape_value(const cost_shape_t *shape, const double *extents, double first, double second);

#endif
