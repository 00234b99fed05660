/* The states a map goes through while a level walks over a tile (src/cost/README.md, section 4). */
#ifndef COST_ITERATION_STATES_H
#define COST_ITERATION_STATES_H

#include "cost/engine/level.h"

typedef enum { PHASE_INIT, PHASE_STEADY, PHASE_EDGE, PHASES } phase_t;

typedef struct {
    phase_t phase;
    bool edge;    /* the tile, or the last round of tiles, is not full */
    bool partial; /* of a spatial edge: its last active sub-cluster is not full (`see`) */
    int64_t occurrences;
} state_t;

typedef struct {
    int n; /* 1 .. PHASES; the first is always PHASE_INIT */
    state_t state[PHASES];
    bool unrolled; /* the first state covers the dimension */
} states_t;

/* The states of level->maps[map] over a tile of `dim` elements. */
void iteration_states_fill(const level_t *level, int map, int64_t dim, states_t *states);

#endif
