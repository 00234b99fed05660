/* The island-model genetic algorithm from inside: islands.c (populations, selection, migration), breed.c and
   breed_paper.c (children), mend.c (back into the budget, and up to it). A gene is one layer's PEs and buffer, any
   integers in range. */
#ifndef SEARCH_ISLANDS_H
#define SEARCH_ISLANDS_H

#include "confx/rng.h"
#include "frontier.h"
#include "kind.h"

typedef struct islands islands_t;

/* A view of genes somebody else owns. */
typedef struct {
    uint16_t *pes, *buffer; /* (L) */
} genes_t;

typedef struct {
    genes_t genes;
    double objective, need; /* as scored */
} individual_t;

typedef struct {
    individual_t *members; /* (population) best first, `n` alive; one more as scratch of insertion */
    size_t n;
    uint16_t *memory; /* behind the genes */
} island_t;

/* How children come to be: the presets differ in this. */
typedef struct {
    uint32_t islands, children; /* unless the job says otherwise */
    size_t population;
    size_t migration_interval; /* generations */
    /* One child of an island with at least one member; `child` numbers it within its generation. */
    void (*breed)(islands_t *self, const island_t *island, rng_t *rng, size_t child, genes_t genes);
} breed_t;

extern const breed_t breed_default, breed_paper;

struct islands {
    search_setup_t setup;
    search_layout_t layout;
    const breed_t *breed;
    island_t *islands;   /* (setup.units) */
    frontier_t frontier; /* of what was seen; unused without a ledger */
    double price;        /* of the budget on that frontier */
    double *need;        /* (L) of the genes being mended */
    bool *exploring;     /* (L) genes that try something unseen */
    bool informed;       /* frontier and price are of this generation */
};

/* mend.c: need of genes, filling self->need. */
double mend_needs(islands_t *self, genes_t genes);
/* Into the budget by what was seen: the cheapest seen cost per need given back, explored genes last. */
void mend_repair(islands_t *self, genes_t genes);
/* Spend what is left of the budget on the best gain seen; explored genes stay. */
void mend_fill(islands_t *self, genes_t genes);
/* Into the budget without any memory: random genes step down. */
void mend_shrink(islands_t *self, rng_t *rng, genes_t genes);

/* An assignment drawn at random within the budget. */
void random_genes(problem_t *problem, rng_t *rng, genes_t genes);

#endif
