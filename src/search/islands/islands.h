/* The island-model genetic algorithm from inside: islands.c (populations, selection, migration),
   variation.c and variation_paper.c (children). */
#ifndef SEARCH_ISLANDS_H
#define SEARCH_ISLANDS_H

#include "search/common/repair.h"
#include "search/inference/thompson.h"
#include "search/islands/categories.h"
#include "search/kind.h"

typedef struct islands islands_t;

typedef struct {
    uint16_t *assignment;
    score_t score;
} individual_t;

typedef struct {
    individual_t
        *members; /* (population) best first, `n` alive; one more as scratch of insertion */
    size_t n;
} island_t;

/* How children come to be: the presets differ in this. */
typedef struct {
    uint32_t islands, children; /* unless the job says otherwise */
    uint32_t drawn;             /* children where each island goes by a draw of its own */
    size_t population;
    size_t migration_interval; /* generations */
    /* One child of an island with at least one member; `child` numbers it within its generation. */
    void (*make_child)(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                       uint16_t *assignment);
} variation_t;

extern const variation_t variation_default, variation_paper;

struct islands {
    search_setup_t setup;
    search_layout_t layout;
    const variation_t *variation;
    arena_t arena;     /* behind the islands */
    island_t *islands; /* (setup.units) */
    repair_t repair;
    categories_t categories; /* of a memory of per-layer costs */
    double multiplier;       /* of the budget on the trade-off */
    weights_t weights;       /* where they matter, and those of this generation */
    weights_t settled;
    bool informed; /* trade-off and multiplier are of this generation: with a memory, the same for
                      all islands */
    bool starts;   /* this generation is of samples at random */
    thompson_t thompson; /* what each island goes by */
};

/* Where costs of layers are weighted sums: the trade-off at weights near those of this generation,
   so that children are not all put together alike; and at these again. Elsewhere nothing changes.
 */
void islands_stray(islands_t *self, rng_t *rng);
void islands_settle(islands_t *self);

/* The best assignment by what an island goes by: no member is needed for it. */
void variation_follow(islands_t *self, uint16_t *assignment);
/* The same at weights nearby, with actions that nobody has seen yet. */
void variation_try(islands_t *self, rng_t *rng, uint16_t *assignment);

/* Is there anything to go by: costs seen, or inferred? */
static inline bool islands_believe(const islands_t *self)
{
    return self->repair.cost_view.memory || self->repair.cost_view.table;
}

#endif
