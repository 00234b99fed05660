/* At which weights (weights.h) what was seen, or is inferred, is best put together: of a product
   the rate of its least value, and of constraints that must be sampled the least multipliers that
   keep them, over the linear relaxation of choosing a point for each layer within the static limits
   (tradeoff.h). Nothing else is gone by, so that all ranks come to the same. */
#ifndef SEARCH_WEIGH_H
#define SEARCH_WEIGH_H

#include "search/common/tradeoff.h"

/* cost_view: with these weights in it. The trade-off is built at what comes of it. Where there is a
   kind of which nothing was seen the weights stay as they are. */
void weigh(weights_t *weights, tradeoff_t *tradeoff, const cost_view_t *cost_view);

#endif
