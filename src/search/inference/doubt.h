/* What a unit may try where actions may be invalid and samples do not tell which (validity.h).
   Doubts, -ln of the chance to be valid, add up over the layers of a sample as needs do, and a unit
   has a budget of them: most units a small one, so that nearly all of their samples are valid,
   some a larger one, which is spent on few kinds of layers, so that what comes out tells of these.
   All ranks hold the same doubts. */
#ifndef SEARCH_DOUBT_H
#define SEARCH_DOUBT_H

#include "confx/rng.h"
#include "search/common/tradeoff.h"

/* Nothing was ever invalid: no doubt at all. Or is there no valid sample yet, or some? */
typedef enum { DOUBT_NONE, DOUBT_OF_ALL, DOUBT_OF_SOME } doubt_kind_t;

typedef struct {
    const problem_t *problem;
    const table_axes_t *axes; /* of the cells */
    doubt_kind_t kind;
    double budget; /* of a sample's layers together */
    size_t distinct, cells;
    float *table;     /* (D, cells) */
    float *allowance; /* (D) scratch */
    uint16_t *order;  /* (D) scratch */
    arena_t arena;
} doubt_t;

/* The axes must stay alive as long. CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t doubt_open(const problem_t *problem, const table_axes_t *axes, doubt_t *doubt);
void doubt_close(doubt_t *doubt);

/* barred (D, cells): what a unit with these random numbers leaves alone in this update. Its budget
   goes to what it would pick at the multiplier; tradeoff NULL: to random actions. */
void doubt_bar(doubt_t *doubt, rng_t *rng, const tradeoff_t *tradeoff, double multiplier,
               uint8_t *barred);
/* A table of costs (D, cells) becomes infinite where an action is barred; where barred is NULL,
   where it is more likely invalid than not. */
void doubt_drop(const doubt_t *doubt, const uint8_t *barred, float *costs);

#endif
