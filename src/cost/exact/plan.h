/* A dataflow resolved for one point (src/cost/EXACT.md, sections 2 and 3): levels with their units,
   loops in the order of the nest, and the groups of dimensions that have nothing to do with each
   other. */
#ifndef COST_PLAN_H
#define COST_PLAN_H

#include "cost/language/dataflow.h"

enum {
    PLAN_LOOPS_MAX = CONFX_DATAFLOW_LEVELS_MAX * CONFX_DIM_COUNT + 2,
    PLAN_GROUPS_MAX = 6, /* N, G, K, C, Y with R, X with S */
    PLAN_NO_GROUP = -1
};

/* Tiles of `size`, `offset` apart, of the parent's interval. */
typedef struct {
    confx_dim_t dim;
    bool outward; /* of Y and X: of outputs, else of rows or columns of the input */
    int64_t size, offset;
} plan_map_t;

/* A temporal map, or all spatial maps of a level. */
typedef struct {
    int level;
    bool spatial;
    int group; /* PLAN_NO_GROUP: its dimension has one element, and is in no group */
    int maps_n;
    const plan_map_t *maps; /* in plan_t.maps */
} plan_loop_t;

/* Dimensions that are mapped independently of all others: each loop and each level's unit belongs
   to one group, so that what a unit works on in a step is a product over groups. */
typedef struct {
    uint32_t dims;
    int loops_n, outermost_n; /* of all levels, and of level 0 */
    uint8_t loops[PLAN_LOOPS_MAX];
} plan_group_t;

typedef struct {
    const confx_layer_t *layer;
    int levels_n;
    int64_t units[CONFX_DATAFLOW_LEVELS_MAX];
    int64_t dim[CONFX_DIM_COUNT];    /* sizes, Y and X those of the input; 0: not of the type */
    int64_t extent[CONFX_DIM_COUNT]; /* the same, but Y and X are outputs: MACs are their product */
    int64_t stride[CONFX_DIM_COUNT]; /* of Y and X */
    int64_t macs;
    int64_t copies; /* units that do the same: every MAC is done as often */
    int loops_n;
    plan_loop_t loops[PLAN_LOOPS_MAX];
    int groups_n;
    plan_group_t groups[PLAN_GROUPS_MAX];
    int maps_n;
    plan_map_t maps[PLAN_LOOPS_MAX];
} plan_t;

/* The fault says why there is none; legality is another question (cover.h). */
confx_cost_fault_t plan_fill(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                             int64_t pes, int64_t buffer, plan_t *plan);

/* Bits of the dimensions that index a tensor: of the input also R and S, by rows and columns. */
uint32_t plan_tensor_dims(confx_layer_type_t type, confx_tensor_t tensor);

/* The filter's dimension that goes with Y or X. */
static inline confx_dim_t plan_window(confx_dim_t dim)
{
    return dim == CONFX_DIM_Y ? CONFX_DIM_R : CONFX_DIM_S;
}

/* Tiles of an interval of that length: the last one reaches its end (2.3). */
static inline int64_t plan_tiles(const plan_map_t *map, int64_t length)
{
    return length <= map->size ? 1 : 1 + (length - map->size + map->offset - 1) / map->offset;
}

#endif
