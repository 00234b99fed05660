/* The first samples of a search that is shown per-layer costs. Each of them reveals a cost of every
   layer, so that they are chosen for what they tell: an assignment is the best within the limits by
   a surrogate's costs (surrogate.h), from each of which something is taken off at random, the more
   the more it is in doubt. Now and then one takes nothing off but adds: it is the best that can be
   relied on. A policy would need hundreds of samples before its choices were as good. */
#ifndef SEARCH_GUIDE_H
#define SEARCH_GUIDE_H

#include "confx/search_setup.h"
#include "search/common/repair.h"
#include "search/common/surrogate.h"

typedef struct {
    search_setup_t setup;
    bool open; /* false: it proposes nothing, and all that follows is 0 */
    surrogate_t surrogate;
    repair_t repair;          /* by `table` */
    float *table;             /* (D, cells) costs that can be relied on */
    const weights_t *weights; /* at which these are sums; NULL: of shares alone */
    double *known;            /* (D, cells) what is added to guesses of what must be sampled */
    double multiplier;        /* of the budget, by these */
    double whole;             /* about the cost of a network */
    double *costs;            /* (L, cells) of the assignment at work */
    arena_t arena;
} guide_t;

/* Opens where per-layer costs are remembered and the space is small enough; elsewhere `open` stays
   false. The caller closes. */
confx_status_t guide_open(const search_setup_t *setup, guide_t *guide);
void guide_close(guide_t *guide); /* also of one never opened, all zero */

/* In every eight samples one is the best that can be relied on, the fourth, and one the policy's
   own, the last: both show mostly what was seen before, so that more of them would leave too few
   that tell something new. */
typedef enum { GUIDE_RELIED_ON = 3, GUIDE_OWN = 7 } guide_turn_t;
/* Does one of the `each` samples behind the first `before` have that turn? */
bool guide_is_due(guide_turn_t turn, uint64_t before, uint64_t each);

/* Before an update: go by what the memory holds now, at weights that stay until the next time. */
void guide_inform(guide_t *guide, const weights_t *weights);
cost_view_t guide_view(const guide_t *guide); /* the costs that can be relied on */

/* An assignment over the levels, within the limits. boldness: deviations that are taken off on
   average; below 0: the one to rely on. */
void guide_propose(guide_t *guide, rng_t *rng, double boldness, uint16_t *assignment);

#endif
