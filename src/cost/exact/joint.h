/* From groups to all steps together: sums of products, and cycles (src/cost/EXACT.md, sections 5, 6
   and 8). */
#ifndef COST_JOINT_H
#define COST_JOINT_H

#include "cost/exact/group.h"

/* What goes on in all steps, or in all outermost ones. */
typedef struct {
    const plan_t *plan;
    const group_t *groups; /* (plan->groups_n) */
    bool outermost;
    network_t network;
    double lanes, bandwidth;
    int64_t latency; /* whole cycles, >= 1; 1: none */
    int64_t psum_bytes;
} joint_t;

/* Factors multiplied over groups and summed over all transitions, the one to the first step and the
   one from the last step among them. */
void joint_total(const joint_t *joint, factors_t *total);

/* Cycles of section 6 by what they go to; only where joint_bound is below 2^60. */
void joint_cycles(const joint_t *joint, int64_t cycles[CONFX_BOUNDS]);

/* What no number of cycles or bytes exceeds. */
double joint_bound(const joint_t *joint);

#endif
