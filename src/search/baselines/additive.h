/* The search that knows that costs add up over layers, from inside: additive.c (samples, the
   interface) and additive_propose.c (prior, draws, picks). */
#ifndef SEARCH_ADDITIVE_H
#define SEARCH_ADDITIVE_H

#include "search/baselines/additive_model.h"
#include "search/common/moves.h"
#include "search/common/repair.h"
#include "search/kind.h"

enum { ADDITIVE_FOUNDERS = 8 }; /* samples that nothing is inferred before */

/* What a checkpoint keeps beside the samples. */
typedef struct {
    int64_t n;            /* samples with a total, that are kept */
    int64_t fitted;       /* of these when the prior was sought last; 0: it must be */
    int64_t share, noise; /* the prior found: which ones of the grid */
    int64_t proposals;    /* updates that were proposed, not drawn at random */
} additive_counts_t;

typedef struct {
    search_setup_t setup;
    size_t layers, indices; /* L, L x A */
    size_t capacity;        /* samples kept at most */
    size_t samples;         /* of a unit */
    size_t proposals;       /* of an update */
    additive_counts_t counts;
    double *totals;        /* (capacity) */
    uint16_t *assignments; /* (capacity, L, A) canonical */
    uint16_t *proposed;    /* (proposals, L, A) on all ranks */
    bool published;        /* there are proposals */
    uint16_t *scratch;     /* (L, A) */
    double *table;         /* (D, cells) */
    float *view;           /* (D, cells) the same, to go by */
    additive_model_t model;
    repair_t repair;
    arena_t arena;
} additive_t;

/* Are these numbers of a prior that is on the grid? */
bool additive_is_prior(int64_t share, int64_t noise);

/* Fill `proposed`. False: in double precision nothing can be inferred. */
bool additive_propose(additive_t *self);

/* Of several assignments in one piece the one numbered i. */
static inline uint16_t *additive_assignment(const additive_t *self, uint16_t *all, size_t i)
{
    return all + i * self->indices;
}

#endif
