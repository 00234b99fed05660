/* What a network makes of the factors of transitions (src/cost/EXACT.md, sections 5.2 and 5.3). */
#ifndef COST_NETWORK_H
#define COST_NETWORK_H

#include "cost/exact/group.h"

/* What is read once for all units that miss it, and added in the network. */
typedef struct {
    bool multicast, reduction;
} network_t;

/* What the network counts of a transition to a leaf, and of one from it. */
static inline void group_set_egress(network_t network, const factors_t *to, traits_t *traits)
{
    traits->of[EGRESS_LEFT] = to->of[network.reduction ? OUTPUT_LEFT_ANY : OUTPUT_LEFT_HELD];
    traits->of[EGRESS_KEPT] = to->of[network.reduction ? OUTPUT_CARRIED : OUTPUT_KEPT];
    traits->of[EGRESS_LAST] = to->of[OUTPUT_LAST];
}

static inline void group_set_ingress(network_t network, const factors_t *from, traits_t *traits)
{
    const int any = network.multicast ? INPUT_ANY - INPUT_HELD : 0;
    const int summed = network.reduction ? OUTPUT_ANY - OUTPUT_HELD : 0;
    traits->of[INGRESS_INPUT] = from->of[INPUT_HELD + any];
    traits->of[INGRESS_INPUT_KEPT] = from->of[INPUT_KEPT + any];
    traits->of[INGRESS_FILTER] = from->of[FILTER_HELD + any];
    traits->of[INGRESS_FILTER_KEPT] = from->of[FILTER_KEPT + any];
    traits->of[INGRESS_OUTPUT] = from->of[OUTPUT_HELD + summed];
    traits->of[INGRESS_OUTPUT_KEPT] = from->of[OUTPUT_KEPT + summed];
    traits->of[INGRESS_FIRST] = from->of[OUTPUT_FIRST];
}

#endif
