/* Into the budget, and up to it, by legal actions from legal ones: what islands and assembly do to
   an assignment before it is scored, by what is believed of costs, or without any memory at random.
 */
#ifndef SEARCH_REPAIR_H
#define SEARCH_REPAIR_H

#include "confx/rng.h"
#include "search/common/candidates.h"

/* A layer's step to an option where limits must be sampled, and what it is worth; infinite: none.
 */
typedef struct {
    const tradeoff_option_t *option;
    double score; /* the least one is taken */
} repair_step_t;

/* What repair works on: one assignment at a time. */
typedef struct {
    problem_t *problem;
    cost_view_t cost_view;   /* the caller's to set, and the trade-off's to build from it */
    tradeoff_t tradeoff;     /* of what is believed */
    double *need;            /* (L) of the assignment at work, as one number, and constraint by */
    need_t *needs;           /* constraint */
    bool *exploring;         /* (L) layers that try something unseen */
    bool is_single;          /* both are the same number */
    repair_step_t *steps;    /* (L) */
    candidates_t candidates; /* the step that each layer offers */
    arena_t arena;
} repair_t;

/* seen: see tradeoff_open. */
confx_status_t repair_open(problem_t *problem, uint64_t seen, repair_t *repair);
void repair_close(repair_t *repair);

/* What an action costs as believed, or else as those seen suggest for what it needs
   (tradeoff_guess). */
double repair_cost(const repair_t *repair, size_t distinct, uint64_t point, double need);

/* Into the limits by what is believed: the cheapest cost per need given back, then layers that
   explore, and last those of whose kind nothing is believed, which take what needs least. */
void repair_reduce(repair_t *repair, uint16_t *assignment);
/* Spend what is left of the limits on the best gain believed; layers that explore stay. */
void repair_fill(repair_t *repair, uint16_t *assignment);
/* Into the limits without any memory: random layers step down. */
void repair_shrink(repair_t *repair, rng_t *rng, uint16_t *assignment);

#endif
