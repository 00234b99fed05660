/* What a unit of a layer's cost counts where the objective is the worst of several networks: the
   multipliers of the networks. Only the sum of costs that is largest counts, so searches that add
   up over layers add up costs times these, by which no network is given what another one would make
   more of. At the least threshold that all networks can be brought to together, over the hulls of
   what was seen, each has a rate at which its costs fall with what it is given; its multiplier is
   inverse to that (the dual of the relaxation: of sums times multipliers the saving is the same
   everywhere). */
#ifndef SEARCH_BALANCE_H
#define SEARCH_BALANCE_H

#include "search/common/tradeoff.h"

/* Fills tradeoff->value (D); its hulls, and what is in reserve, are known. All stay 1 where the
   objective is no worst case, and where layers share one array. */
void balance_networks(tradeoff_t *tradeoff, const problem_t *problem);

#endif
