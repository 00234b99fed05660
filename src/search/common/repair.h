/* Into the budget, and up to it: what islands and assembly do to an assignment before it is scored,
   by what is believed of costs, or without any memory at random. */
#ifndef SEARCH_REPAIR_H
#define SEARCH_REPAIR_H

#include "search/common/candidates.h"
#include "search/common/genes.h"

/* What mending works on: the genes of one assignment at a time. */
typedef struct {
    problem_t *problem;
    cost_view_t cost_view;   /* the caller's to set, and the frontier's to build from it */
    tradeoff_t tradeoff;     /* of what is believed */
    double *need;            /* (L) of the genes being mended */
    bool *exploring;         /* (L) genes that try something unseen */
    candidates_t candidates; /* the step that each layer offers */
} repair_t;

confx_status_t repair_open(problem_t *problem, repair_t *repair);
void repair_close(repair_t *repair);

/* Need of genes, filling mender->need. */
double repair_need(repair_t *repair, genes_t genes);
/* Into the budget by what is believed: the cheapest cost per need given back, explored genes
   last. */
void repair_reduce(repair_t *repair, genes_t genes);
/* Spend what is left of the budget on the best gain believed; explored genes stay. */
void repair_fill(repair_t *repair, genes_t genes);
/* Into the budget without any memory: random genes step down. */
void repair_shrink(repair_t *repair, rng_t *rng, genes_t genes);

#endif
