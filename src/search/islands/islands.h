/* The island-model genetic algorithm from inside: islands.c (populations, selection, migration), breed.c and
   breed_paper.c (children). A gene is one layer's PEs and buffer, any
   integers in range. */
#ifndef SEARCH_ISLANDS_H
#define SEARCH_ISLANDS_H

#include "search/common/repair.h"
#include "search/inference/thompson.h"
#include "search/kind.h"

typedef struct islands islands_t;

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
    island_t *islands; /* (setup.units) */
    mender_t mender;
    double price;    /* of the budget on the frontier */
    bool informed;   /* frontier and price are of this generation: with a ledger, the same for all islands */
    bool advised;    /* only totals are revealed, and they are remembered: */
    advice_t advice; /* what they suggest, to each island its own */
};

/* Is there anything to go by: costs seen, or estimates? */
static inline bool islands_believe(const islands_t *self)
{
    return self->mender.belief.ledger || self->mender.belief.table;
}

#endif
