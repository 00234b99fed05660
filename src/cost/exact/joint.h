/* From groups to all steps together: sums of products, and cycles (src/cost/EXACT.md, sections 5, 6
   and 8). */
#ifndef COST_JOINT_H
#define COST_JOINT_H

#include "cost/exact/network.h"

/* What a transition moves: elements of input and filter that are read, sums that are read back;
   what is written, which is sums and finished outputs; and how many outputs units let go of. */
typedef struct {
    int64_t read[CONFX_TENSORS], written, finished, lettings_go;
} joint_moved_t;

/* Steps that are alike. to, from: the loops that move before and behind them (JOINT_OUTSIDE: before
   the first step, behind the last one). compute: cycles of the step itself; ingress: of the step
   behind it; egress: of the step before it; bound: which of these the step takes as long as. */
typedef struct {
    int to, from;
    int64_t steps, compute, ingress, egress;
    confx_cost_bound_t bound;
} joint_steps_t;

enum { JOINT_OUTSIDE = -1 };

typedef struct joint joint_t;

/* Whoever watches an evaluation is called with `watcher`. plan: the plan, be it legal or not. Then,
   once for all steps and once for the outermost ones: moved, for each loop, what moves whenever it
   does (JOINT_OUTSIDE: before the first step; the number of loops: behind the last one); steps, for
   each set of steps that are alike; held, the largest tiles that a unit holds. */
typedef struct {
    void *watcher;
    void (*plan)(void *watcher, const plan_t *plan);
    void (*held)(void *watcher, const joint_t *joint, const int64_t most[CONFX_TENSORS]);
    void (*moved)(void *watcher, const joint_t *joint, int loop, const joint_moved_t *moved);
    void (*steps)(void *watcher, const joint_t *joint, const joint_steps_t *steps);
} joint_watch_t;

/* The transition that each group goes through, by place in joint_t.moving. */
typedef struct {
    uint8_t of[PLAN_GROUPS_MAX];
} joint_numbers_t;

/* What goes on in all steps, or in all outermost ones. */
struct joint {
    const plan_t *plan;
    const dimgroup_t *groups[PLAN_GROUPS_MAX]; /* (plan->groups_n) */
    bool outermost;
    network_t network;
    double lanes, bandwidth;
    double latency; /* whole cycles, >= 1; 1: none */
    double psum_bytes;
    const joint_watch_t *watch; /* or NULL */
    /* By joint_open: the loops that move, from the outermost on; the groups that have one of them;
       their transitions to the first step, and where each of the loops moves; of the other groups,
       which have one leaf, the products. */
    int loops_n, moving_n;
    uint8_t loops[PLAN_LOOPS_MAX], moving[PLAN_GROUPS_MAX];
    joint_numbers_t transitions[PLAN_LOOPS_MAX + 1];
    factors_t begin, end, still;
    traits_t traits;
};

/* Fills in what follows; groups and all members before that one are set. */
void joint_open(joint_t *joint);

/* What the factors of a transition, or of many, come to. */
joint_moved_t joint_moved(const factors_t *factors, network_t network);

/* Cycles that a transfer of so many bytes takes. */
int64_t joint_transfer(const joint_t *joint, int64_t bytes);

/* Factors multiplied over groups and summed over all transitions, the one to the first step and the
   one from the last step among them. */
void joint_total(const joint_t *joint, factors_t *total);

/* Cycles of section 6 by what they go to; only where joint_bound is below 2^53. */
void joint_cycles(const joint_t *joint, int64_t cycles[CONFX_BOUNDS]);

/* What no number of cycles or bytes exceeds. */
double joint_bound(const joint_t *joint);

#endif
