/* What a unit may try where actions may be invalid and samples do not tell which (validity.h).
   Doubts, -ln of the chance to be valid, add up over the layers of a sample as needs do, and a unit
   has a budget of them: most units a small one, so that nearly all of their samples are valid,
   some a larger one, which is spent on few kinds of layers, so that what comes out tells of these.
   All ranks hold the same doubts. */
#ifndef SEARCH_DOUBT_H
#define SEARCH_DOUBT_H

#include "confx/arena.h"
#include "confx/problem.h"
#include "confx/rng.h"

/* Nothing was ever invalid: no doubt at all. Or is there no valid sample yet, or some? */
typedef enum { DOUBT_NONE, DOUBT_OF_ALL, DOUBT_OF_SOME } doubt_kind_t;

typedef struct {
    const problem_t *problem;
    doubt_kind_t kind;
    size_t distinct, cells;
    float *table;     /* (D, cells) */
    float *allowance; /* (D) scratch */
    uint16_t *order;  /* (D) scratch */
    arena_t arena;
} doubt_t;

/* CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t doubt_open(const problem_t *problem, size_t cells, doubt_t *doubt);
void doubt_close(doubt_t *doubt);

/* barred (D, cells): what a unit with these random numbers leaves alone in this update. */
void doubt_bar(doubt_t *doubt, rng_t *rng, uint8_t *barred);
/* A table of costs (D, cells) becomes infinite where an action is barred; where barred is NULL,
   where it is more likely invalid than not. */
void doubt_drop(const doubt_t *doubt, const uint8_t *barred, float *costs);

#endif
