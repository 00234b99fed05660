/* Data volumes of one level over one tile, case by case (COST_MODEL.md section 5).

   Every volume of the section is a product over the level's maps of factors that depend on the map's state. So the
   factors of temporal maps are tabulated as chains, one a volume, and multiplied along the walk over the cases; the
   few spatial maps are taken together, as one formation of the array with its own factors. Only maps with more than one
   state move; the others are folded into the factors of the moving map before them. */
#ifndef COST_VOLUME_H
#define COST_VOLUME_H

#include "cases.h"

typedef enum {
    CHAIN_INPUT = TENSOR_INPUT,   /* PE ingress volumes, but for the map that moves */
    CHAIN_FILTER = TENSOR_FILTER, /* the same */
    CHAIN_OUTPUT = TENSOR_OUTPUT, /* PE output volume */
    CHAIN_MACS,                   /* PE output volume times the partial sums of each output */
    CHAINS
} chain_t;

enum { INGRESSES = TENSOR_FILTER + 1, FORMATIONS = PHASES * PHASES };

typedef struct {
    int64_t of[CHAINS];
} product_t;

/* One combination of the spatial maps' states: factors of the volumes, summed over the array's sub-clusters. */
typedef struct {
    const state_t *state[SPATIAL_MAX];
    int64_t first[INGRESSES];                  /* of the ingress before any map moves */
    int64_t moved[INGRESSES][SPATIAL_MAX + 1]; /* and later, by how many spatial maps, innermost ones, share data */
    int64_t egress, macs;                      /* of CHAIN_OUTPUT and CHAIN_MACS */
    int64_t critical;                          /* of CHAIN_MACS in the busiest sub-cluster */
    uint32_t edges, edges_partial; /* bits of spatial maps at their edge in a full and in the partial sub-cluster */
    int64_t full;                  /* active sub-clusters with a full tile, by the first spatial map */
    bool partial;                  /* there is one more, with a partial tile */
} formation_t;

/* What a moving map in one of its states does to a case. */
typedef struct {
    int64_t occurrences;
    int formation;    /* added to the formation's index */
    uint32_t edges;   /* its bit, if temporal and at its edge */
    product_t factor; /* its own, times those of the maps behind it that do not move */
} step_t;

/* What an ingress is once a map has moved, those behind it being in their first states (section 5.2). */
typedef struct {
    int64_t factor; /* of the temporal maps from the moved one on; 0: the tensor is not coupled to it */
    int sharing;    /* which of formation_t's moved */
    bool refused;   /* MAESTRO stops here: an empty reuse */
} motion_t;

typedef struct {
    const level_t *level;
    double bound; /* no count of the whole tile exceeds this */
    states_t states[DIM_COUNT];
    uint32_t restart; /* bits of maps that start anew when an outer one moves */
    product_t lead;   /* over the maps before the first moving one */
    uint32_t edges;   /* bits of temporal maps always at their edge */
    int moving_n;
    int moving[DIM_COUNT];          /* indices of maps with more than one state */
    step_t step[DIM_COUNT][PHASES]; /* of moving map j in state s */
    product_t rest[DIM_COUNT + 1];  /* over all maps from moving map j on, in their first states */
    motion_t motion[DIM_COUNT][INGRESSES];
    formation_t formation[FORMATIONS]; /* state of spatial map 0 + PHASES x state of spatial map 1 */
} tile_t;

/* A case on the walk: the states of the moving maps up to some depth, those behind it being in their first states. */
typedef struct branch {
    const struct branch *before; /* the same without the last map */
    int depth;                   /* moving maps passed, the last of them not in its first state; 0: the first case */
    int formation;
    uint32_t edges; /* bits of temporal maps at their edge */
    int64_t occurrences;
    product_t product; /* over the maps passed */
} branch_t;

/* Tabulate the level over a tile; false when a count could exceed 64 bits. */
bool tile_begin(tile_t *tile, const level_t *level, const int64_t dim[DIM_COUNT]);

/* The case before any map moves, and the one in which the next moving map goes to state s. */
static inline branch_t branch_first(const tile_t *tile)
{
    return (branch_t){.occurrences = 1, .product = tile->lead, .edges = tile->edges};
}

/* A map that moves is at its edge in no state but PHASE_EDGE. */
static inline void branch_on(const tile_t *tile, const branch_t *branch, int s, branch_t *next)
{
    const step_t *step = &tile->step[branch->depth][s];
    next->before = branch;
    next->depth = branch->depth + 1;
    next->occurrences = branch->occurrences * step->occurrences;
    next->formation = branch->formation + step->formation;
    next->edges = branch->edges | step->edges;
    for (int chain = 0; chain < CHAINS; chain++)
        next->product.of[chain] = branch->product.of[chain] * step->factor.of[chain];
}

static inline int64_t volume_chain(const tile_t *tile, const branch_t *branch, chain_t chain)
{
    return branch->product.of[chain] * tile->rest[branch->depth].of[chain];
}

/* Elements that all sub-clusters take in of input or filter. *refused is set where MAESTRO stops at an empty reuse. */
static inline int64_t volume_ingress(const tile_t *tile, const branch_t *branch, tensor_t tensor, bool *refused)
{
    const formation_t *formation = &tile->formation[branch->formation];
    if (branch->depth == 0) return volume_chain(tile, branch, (chain_t)tensor) * formation->first[tensor];
    const motion_t *motion = &tile->motion[branch->depth - 1][tensor];
    *refused |= motion->refused;
    return branch->before->product.of[tensor] * motion->factor * formation->moved[tensor][motion->sharing];
}

/* Elements of output that leave all sub-clusters. */
static inline int64_t volume_egress(const tile_t *tile, const branch_t *branch)
{
    return volume_chain(tile, branch, CHAIN_OUTPUT) * tile->formation[branch->formation].egress;
}

/* Multiplications of the whole array, and of its busiest sub-cluster. */
static inline int64_t volume_macs(const tile_t *tile, const branch_t *branch)
{
    return volume_chain(tile, branch, CHAIN_MACS) * tile->formation[branch->formation].macs;
}

static inline int64_t volume_critical(const tile_t *tile, const branch_t *branch)
{
    return volume_chain(tile, branch, CHAIN_MACS) * tile->formation[branch->formation].critical;
}

#endif
