/* The island-model genetic algorithm from inside: islands.c (populations, selection, migration),
   breed.c and breed_paper.c (children). A gene is one layer's PEs and buffer, any integers in
   range. */
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
    individual_t
        *members; /* (population) best first, `n` alive; one more as scratch of insertion */
    size_t n;
    uint16_t *memory; /* behind the genes */
} island_t;

/* How children come to be: the presets differ in this. */
typedef struct {
    uint32_t islands, children; /* unless the job says otherwise */
    size_t population;
    size_t migration_interval; /* generations */
    /* One child of an island with at least one member; `child` numbers it within its generation. */
    void (*make_child)(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                       genes_t genes);
} variation_t;

extern const variation_t variation_default, variation_paper;

struct islands {
    search_setup_t setup;
    search_layout_t layout;
    const variation_t *variation;
    island_t *islands; /* (setup.units) */
    repair_t repair;
    double price;  /* of the budget on the frontier */
    bool informed; /* frontier and price are of this generation: with a ledger, the same for all
                      islands */
    bool advised;  /* only totals are revealed, and they are remembered: */
    thompson_t thompson; /* what they suggest, to each island its own */
};

/* Is there anything to go by: costs seen, or estimates? */
static inline bool islands_believe(const islands_t *self)
{
    return self->repair.cost_view.ledger || self->repair.cost_view.table;
}

#endif
