/* What was seen of each kind of layer by the values of its axes without order: a layer that has
   another dataflow wants other hardware with it, so that the best of each is known and set out
   from, and not the best of all with another dataflow put in. Of a space without such axes there is
   nothing. */
#ifndef SEARCH_CATEGORIES_H
#define SEARCH_CATEGORIES_H

#include "confx/arena.h"
#include "confx/memory.h"
#include "confx/rng.h"
#include "search/common/tradeoff.h"

typedef struct {
    problem_t *problem;
    size_t n;                /* categories: of all such axes together; 0: nothing is kept */
    bool *open;              /* (D, n) may a layer of the kind be of it? */
    tradeoff_chain_t *front; /* (D, n) undominated points seen, by rising need and falling cost */
    size_t room;             /* of a front */
    size_t read_n;           /* records of the memory that were looked at */
    double *weights;         /* (n) scratch */
    arena_t arena;
} categories_t;

/* CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t categories_open(problem_t *problem, categories_t *categories);
void categories_close(categories_t *categories); /* also of one never opened, all zero */

/* What the memory holds by now; always the same memory. The order of its records does not count. */
void categories_learn(categories_t *categories, const cost_view_t *cost_view);

/* A category of the kind at random, one whose best at the multiplier is better more often, and the
   action (A) of that best; where nothing was seen of it, `action` with its values. */
void categories_draw(categories_t *categories, rng_t *rng, size_t distinct, double multiplier,
                     uint16_t *action);

#endif
