/* The multipliers of the networks, where the objective is the worst of several networks: what a
   unit of a layer's cost counts. Only the largest network's sum of costs counts, while searches add
   up over all layers; so they add up costs times multipliers, which give no network what another
   one could make more of. They are found over the hulls of what was seen, at the least threshold
   that all networks can be brought to together. There the costs of each network fall at some rate
   with what it is given, and its multiplier is inverse to that rate: in the dual of the relaxation
   the saving of sums times multipliers is the same everywhere. */
#ifndef SEARCH_BALANCE_H
#define SEARCH_BALANCE_H

#include "search/common/tradeoff.h"

/* Fills tradeoff->value (D); its hulls, and what is in reserve, are known. All stay 1 where the
   objective is no worst case, and where layers share one array. */
void balance_networks(tradeoff_t *tradeoff, const problem_t *problem);

#endif
