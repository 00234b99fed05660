/* Data volumes of one level over one tile, case by case (src/cost/README.md, section 5).

   Every volume of the section is a product over the level's maps of factors that depend on the
   map's state. So the factors of temporal maps are tabulated as chains, one a volume; the few
   spatial maps are taken together, as one spatial_t with its own factors. Only maps
   with more than one state move; the others are folded into the factors of the moving map before
   them.

   A moving map counts in its steady state as it does in its first one. Cases in which the same maps
   are at their edge, and the same map has moved last, are therefore of one kind: they have all
   volumes in common. Four moving maps without edges have 16 cases, of 5 kinds. A kind's number is 1
   for the case before any map moves; each moving map down to the last one moved appends a binary
   digit, 1 if it is at its edge. */
#ifndef COST_VOLUME_H
#define COST_VOLUME_H

#include "cost/engine/iteration_states.h"

typedef enum {
    CHAIN_INPUT = CONFX_TENSOR_INPUT,   /* PE ingress volumes, but for the map that moves */
    CHAIN_FILTER = CONFX_TENSOR_FILTER, /* the same */
    CHAIN_OUTPUT = CONFX_TENSOR_OUTPUT, /* PE output volume */
    CHAIN_MACS,                         /* PE output volume times the partial sums of each output */
    CHAINS
} volume_chain_t;

enum { INGRESSES = CONFX_TENSOR_FILTER + 1, SPATIAL_COMBINATIONS = 1 << SPATIAL_MAX };

typedef struct {
    int64_t of[CHAINS];
} product_t;

/* One combination of the spatial maps' states: factors of the volumes, summed over the array's
   sub-clusters. */
typedef struct {
    const state_t *state[SPATIAL_MAX];
    int64_t first[INGRESSES];                  /* of the ingress before any map moves */
    int64_t moved[INGRESSES][SPATIAL_MAX + 1]; /* and later, by how many spatial maps, innermost
                                                  ones, share data */
    int64_t egress, macs;                      /* of CHAIN_OUTPUT and CHAIN_MACS */
    int64_t critical;                          /* of CHAIN_MACS in the busiest sub-cluster */
    uint32_t edges, edges_partial; /* bits of spatial maps at their edge in a full and in the
                                      partial sub-cluster */
    int64_t full; /* active sub-clusters with a full tile, by the first spatial map */
    bool partial; /* there is one more, with a partial tile */
} spatial_t;

/* What a moving map does to a kind, at its edge or not. */
typedef struct {
    int spatial;      /* added to the index of the spatial_t */
    uint32_t edges;   /* its bit, if temporal and at its edge */
    product_t factor; /* its own, times those of the maps behind it that do not move */
} volume_step_t;

/* What an ingress is once a map has moved, those behind it being in their first states (section
   5.2). */
typedef struct {
    int64_t
        factor; /* of the temporal maps from the moved one on; 0: the tensor is not coupled to it */
    int sharing;  /* which of spatial_t's moved */
    bool refused; /* MAESTRO stops here: an empty reuse */
} motion_t;

typedef struct {
    const level_t *level;
    double bound; /* no count of the whole tile exceeds this */
    states_t states[CONFX_DIM_COUNT];
    uint32_t restart; /* bits of maps that start anew when an outer one moves */
    product_t lead;   /* over the maps before the first moving one */
    uint32_t edges;   /* bits of temporal maps always at their edge */
    int moving_n;
    int moving[CONFX_DIM_COUNT];            /* indices of maps with more than one state */
    volume_step_t step[CONFX_DIM_COUNT][2]; /* of moving map j; 1: at its edge */
    product_t
        rest[CONFX_DIM_COUNT + 1]; /* over all maps from moving map j on, in their first states */
    motion_t motion[CONFX_DIM_COUNT][INGRESSES];
    spatial_t spatial[SPATIAL_COMBINATIONS]; /* bit i: spatial map i has moved to its edge */
} tile_t;

/* Of a case, and of all of its kind. */
typedef struct {
    int64_t ingress[INGRESSES]; /* elements that all sub-clusters take in */
    int64_t egress;             /* elements of output that leave them */
    int64_t macs, critical; /* multiplications of the whole array, and of its busiest sub-cluster */
    bool refused;           /* MAESTRO stops at an empty reuse */
    uint32_t edges;         /* bits of temporal maps at their edge */
    const spatial_t *spatial;
} volumes_t;

/* Tabulate the level over a tile; false when a count could exceed 64 bits. */
bool tile_begin(tile_t *tile, const level_t *level, const int64_t dim[CONFX_DIM_COUNT]);

/* Of the kind with that number and as many digits behind the leading 1. */
void volumes_fill(const tile_t *tile, uint32_t kind, int digits, volumes_t *volumes);

#endif
