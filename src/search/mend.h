/* Into the budget, and up to it: what islands and assembly do to an assignment before it is scored, by what is believed
   of costs, or without any memory at random. */
#ifndef SEARCH_MEND_H
#define SEARCH_MEND_H

#include "candidates.h"
#include "genes.h"

/* What mending works on: the genes of one assignment at a time. */
typedef struct {
    problem_t *problem;
    belief_t belief;         /* the caller's to set, and the frontier's to build from it */
    frontier_t frontier;     /* of what is believed */
    double *need;            /* (L) of the genes being mended */
    bool *exploring;         /* (L) genes that try something unseen */
    candidates_t candidates; /* the step that each layer offers */
} mender_t;

confx_status_t mender_open(problem_t *problem, mender_t *mender);
void mender_close(mender_t *mender);

/* Need of genes, filling mender->need. */
double mend_needs(mender_t *mender, genes_t genes);
/* Into the budget by what is believed: the cheapest cost per need given back, explored genes last. */
void mend_repair(mender_t *mender, genes_t genes);
/* Spend what is left of the budget on the best gain believed; explored genes stay. */
void mend_fill(mender_t *mender, genes_t genes);
/* Into the budget without any memory: random genes step down. */
void mend_shrink(mender_t *mender, rng_t *rng, genes_t genes);

#endif
