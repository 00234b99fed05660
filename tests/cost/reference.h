/* The rules of src/cost/README.md, sections 4 and 5 word by word, one case at a time. The engine
   (volume.h) reaches the same counts faster; this is what a person would do by hand. Some of
   MAESTRO's quirks can be mended here, to see what they do to a count. */
#ifndef TESTS_COST_REFERENCE_H
#define TESTS_COST_REFERENCE_H

#include "cost/explain/explain.h" /* mend_t */

typedef struct {
    level_t level;                    /* a copy, mended */
    unsigned mends;                   /* bits of mend_t */
    states_t states[CONFX_DIM_COUNT]; /* of each map over the tile */
    int64_t cases;                    /* of the tile */
} reference_t;

/* One case: a state of each map. */
typedef struct {
    const state_t *state[CONFX_DIM_COUNT];
    int64_t occurrences;
    int moved; /* the last map that is not in its first state, or NOWHERE */
} turn_t;

/* `level` of this layer over a tile of `dim` elements. False: a count may exceed 64 bits. */
bool reference_begin(reference_t *reference, const level_t *level, const confx_layer_t *layer,
                     unsigned mends, const int64_t dim[CONFX_DIM_COUNT]);

/* Case 0 .. cases - 1, in section 4's order. */
void reference_turn(const reference_t *reference, int64_t number, turn_t *turn);

/* Elements that all sub-clusters take in, and give off. *refused: MAESTRO stops at an empty reuse
   tile. */
int64_t reference_ingress(const reference_t *reference, const turn_t *turn, confx_tensor_t tensor,
                          bool *refused);
int64_t reference_egress(const reference_t *reference, const turn_t *turn);

/* Multiplications of the whole array, and of its busiest sub-cluster. */
int64_t reference_macs(const reference_t *reference, const turn_t *turn);
int64_t reference_critical(const reference_t *reference, const turn_t *turn);

/* The tile of a sub-cluster; `partial`: of the last one of a spatial edge. */
void reference_tile(const reference_t *reference, const turn_t *turn, bool partial,
                    int64_t dim[CONFX_DIM_COUNT]);

/* Active sub-clusters in a case, by the level's first spatial map; *partial: the last of them is
   not full. */
int64_t reference_active(const reference_t *reference, const turn_t *turn, bool *partial);

#endif
