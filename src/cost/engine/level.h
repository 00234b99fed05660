/* The cluster levels of one point: directives resolved, completed, and measured
   (src/cost/README.md, sections 2 and 3). */
#ifndef COST_LEVEL_H
#define COST_LEVEL_H

#include "cost/language/dataflow.h"
#include "cost/language/tensor.h"

enum { SPATIAL_MAX = 2, NOWHERE = -1 };

/* How much of a dimension one sub-cluster holds, and how much of it is new at a step (section
   3). */
typedef struct {
    int64_t mapped, unique;           /* M, U */
    int64_t mapped_edge, unique_edge; /* Me, Ue */
} extent_t;

typedef struct {
    confx_dim_t dim;
    bool spatial;
    int64_t size, offset;
    extent_t input;  /* along the dimension itself */
    extent_t output; /* along X' for X and Y' for Y; the same as input for any other dimension */
} map_t;

typedef struct {
    int64_t width;                /* n: sub-clusters */
    int64_t active_edge;          /* ne: sub-clusters active in a spatial edge */
    double reach;                 /* no volume of a single case exceeds this */
    int64_t dim[CONFX_DIM_COUNT]; /* D; 0: no such dimension */
    int maps_n;
    map_t maps[CONFX_DIM_COUNT];
    int at[CONFX_DIM_COUNT]; /* index in maps of a dimension's map, or NOWHERE */
    int spatial_n;
    int spatial[SPATIAL_MAX];        /* indices of the spatial maps */
    int64_t alone[SPATIAL_MAX];      /* what each counts as outputs of one sub-cluster that is alone
                                        in a spatial edge */
    uint32_t coupled[CONFX_TENSORS]; /* bit i: maps[i] is of a dimension of the tensor */
    int last_spatial[CONFX_TENSORS]; /* index into spatial of the last one in the tensor's order of
                                        dimensions, or NOWHERE */
} level_t;

typedef struct {
    int n;
    level_t level[CONFX_DATAFLOW_LEVELS_MAX]; /* outermost first */
} levels_t;

/* The bit of a map in the sets of maps used here. */
static inline uint32_t map_bit(int map)
{
    return UINT32_C(1) << (map & 31);
}

/* Build all levels of a point; the fault is CONFX_COST_VALID or why there are none. */
confx_cost_fault_t levels_build(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                int64_t pes, int64_t buffer, levels_t *levels);

/* Section 3: fill the extents of all maps, alone, active_edge and reach from maps, dim and
   width. */
void extents_fill(level_t *level);

/* Fill reach from all others, of which some may have been changed. */
void extents_fill_reach(level_t *level);

#endif
