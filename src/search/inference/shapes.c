#include "search/inference/shapes.h"

#include <assert.h>
#include <math.h>

/* ---- which there are ------------------------------------------------------------------------- */

typedef struct {
    cost_shape_t *list;
    size_t n;
} shapes_t;

static void shapes_add(shapes_t *self, cost_shape_t shape)
{
    assert(self->n < SHAPES_MAX);
    self->list[self->n++] = shape;
}

/* All dimensions along which work is cut up, and the first of them over which clusters are spread:
   the channels of the input stay in a cluster, where their sums meet. */
static const confx_dim_t shapes_dims[] = {CONFX_DIM_K, CONFX_DIM_Y, CONFX_DIM_X, CONFX_DIM_C};
enum { DIMS = 4, OUTER = 3 };

static void shapes_add_dims(shapes_t *self, size_t dims, cost_shape_t like)
{
    for (size_t i = 0; i < dims; i++) {
        like.dim = shapes_dims[i];
        shapes_add(self, like);
    }
}

size_t shapes_list(size_t ordinals, cost_shape_t list[SHAPES_MAX])
{
    shapes_t self = {list, 0};
    /* A space without a second ordinal axis has no tiles to choose, and none of the shapes that
       depend on one. */
    const bool tiles = ordinals > 1;
    const size_t forms = tiles ? 2 : 1; /* untiled, and tiled */
    shapes_add(&self, (cost_shape_t){.group = GROUP_SPREAD, .form = SHAPE_ONE});
    if (ordinals == 0) return self.n;
    shapes_add(&self, (cost_shape_t){.group = GROUP_SPREAD, .form = SHAPE_FIRST});
    if (tiles) shapes_add(&self, (cost_shape_t){.group = GROUP_SPREAD, .form = SHAPE_BOTH});
    if (tiles) shapes_add(&self, (cost_shape_t){.group = GROUP_SPREAD, .form = SHAPE_SECOND});
    shapes_add_dims(&self, DIMS, (cost_shape_t){.group = GROUP_WAVES, .form = SHAPE_WAVES});
    if (tiles)
        shapes_add_dims(
            &self, DIMS,
            (cost_shape_t){.group = GROUP_TILED_WAVES, .form = SHAPE_WAVES, .tiled = true});
    for (size_t tiled = 0; tiled < forms; tiled++)
        shapes_add_dims(&self, OUTER,
                        (cost_shape_t){.group = GROUP_CLUSTER_WAVES,
                                       .form = SHAPE_CLUSTER_WAVES,
                                       .tiled = tiled > 0});
    if (tiles)
        shapes_add_dims(&self, DIMS,
                        (cost_shape_t){.group = GROUP_TILES, .form = SHAPE_TILES, .tiled = true});
    return self.n;
}

/* ---- what they are --------------------------------------------------------------------------- */

/* Steps for work along a dimension that is cut into tiles, spread over so many units: a fraction
   of those that one unit takes, tiles of 1. Neither tiles nor units need divide what they are to
   share, so that the last ones have less to do, and the others wait for them. */
static double shapes_waves(double extent, double tile, double units)
{
    return ceil(ceil(extent / tile) / units) * tile / extent;
}

double shape_value(const cost_shape_t *shape, const double *extents, double first, double second)
{
    const double extent = extents[shape->dim];
    const double tile = shape->tiled ? second : 1;
    assert(extent >= 1 && first >= 1 && second >= 1);
    switch (shape->form) {
    case SHAPE_FIRST:
        return 1 / first;
    case SHAPE_BOTH:
        return 1 / (first * second);
    case SHAPE_SECOND:
        return 1 / second;
    case SHAPE_TILES:
        return shapes_waves(extent, tile, 1) / first;
    case SHAPE_WAVES:
        return shapes_waves(extent, tile, first);
    case SHAPE_CLUSTER_WAVES:
        return shapes_waves(extent, tile, fmax(1, floor(first / extents[CONFX_DIM_R])));
    default:
        return 1;
    }
}
