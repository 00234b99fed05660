/* What units do in which step: EXACT.md, sections 1 to 4.1, as a list of all steps. */
#ifndef TESTS_COST_WALK_STEPS_H
#define TESTS_COST_WALK_STEPS_H

#include "cost/language/dataflow.h"
#include "walk.h"

typedef struct {
    int64_t from, to; /* [from, to) */
} range_t;

/* A unit's place. Y and X of `of` are outputs: the intervals P and Q. */
typedef struct {
    bool idle;
    range_t of[CONFX_DIM_COUNT];
    range_t rows, columns; /* of the input: the intervals Y and X */
} place_t;

/* The steps that exist, in their order, each with the place of every PE. */
typedef struct {
    int64_t extent[CONFX_DIM_COUNT]; /* of the layer's MACs; 1 of dimensions that it lacks */
    int pes_n;                       /* that have a name */
    int64_t steps_n;
    place_t *places;    /* (steps_n, pes_n) */
    int64_t *outermost; /* (steps_n) number of the outermost step, without gaps */
    bool too_large;
} steps_t;

/* Whether the mapping gets as far as steps; its faults, levels and level_steps are set in `walk`.
   The caller closes. */
bool steps_open(const confx_dataflow_t *dataflow, const confx_layer_t *layer, int64_t pes,
                int64_t buffer, steps_t *steps, walk_t *walk);
void steps_close(steps_t *steps);

#endif
