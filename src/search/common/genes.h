/* Assignments as genes: one layer's PEs and buffer each. What algorithms share that work on genes
   rather than a policy: drawing them, stepping over the levels, keeping within the budget. Needs
   are open to all algorithms. */
#ifndef SEARCH_GENES_H
#define SEARCH_GENES_H

#include "confx/problem.h"
#include "confx/rng.h"

/* A view of genes somebody else owns. */
typedef struct {
    uint16_t *pes, *buffer; /* (L) */
} genes_t;

genes_t genes_sampled(const batch_t *batch, size_t sample);
void genes_copy(const problem_t *problem, genes_t to, genes_t from);
/* To a point of the problem. */
void genes_put(const problem_t *problem, genes_t genes, size_t layer, size_t point);
double genes_need_of(problem_t *problem, genes_t genes, size_t layer);
double genes_need(problem_t *problem, genes_t genes);

/* An action: both levels of a layer in one number below genes_actions, buffers running fastest; and
   its point. */
size_t genes_actions(const problem_t *problem);
size_t genes_point(const problem_t *problem, size_t action);
/* Of a point that all layers take. */
double genes_need_of_all(problem_t *problem, size_t point);
/* The action that needs the most of those that fit the budget when all layers take it, the last of
   equals. False: none fits. */
bool genes_widest(problem_t *problem, size_t *action);
/* Which level a value is: the largest one that is not above it. */
size_t genes_level(const problem_t *problem, size_t head, uint16_t value);

/* An assignment drawn at random over the levels, within the budget. */
void random_genes(problem_t *problem, rng_t *rng, genes_t genes);
/* One head of one layer to another level of it: to a neighbouring one with chance `near`, else to
   any. */
void genes_change(const problem_t *problem, rng_t *rng, double near, genes_t genes, size_t layer);
/* As many such changes as told, within the budget: drawn again until they fit, at last none.
   scratch: other genes. */
void genes_neighbour(problem_t *problem, rng_t *rng, double near, size_t changes, genes_t genes,
                     genes_t scratch);
/* Into the budget: heads of random layers go down a level each. */
void genes_shrink(problem_t *problem, rng_t *rng, genes_t genes);

#endif
