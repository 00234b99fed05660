/* How often a mapping does a MAC (src/cost/EXACT.md, section 4.3). */
#ifndef COST_COVER_H
#define COST_COVER_H

#include "cost/exact/plan.h"

/* The first MAC that is not done exactly once; false where there is none. It goes through the MACs
   of each group until it has found one. */
bool cover_witness(const plan_t *plan, confx_cost_witness_t *witness);

/* False where one of a few MACs of the group is not done exactly once: most illegal mappings are
   known by these, long before all have been gone through. */
bool cover_probe(const plan_t *plan, int group);

#endif
