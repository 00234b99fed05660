/* From groups to all steps together: sums of products, and cycles (src/cost/EXACT.md, sections 5, 6
   and 8). */
#ifndef COST_JOINT_H
#define COST_JOINT_H

#include "cost/exact/network.h"

/* Elements of input and filter that are read, sums that are read back, and what is written, sums
   and finished outputs; of units, lettings-go of the output. */
typedef struct {
    int64_t read[CONFX_TENSORS], written, finished, lettings_go;
} joint_moved_t;

/* Steps that are alike: the loops that move before and behind them (JOINT_OUTSIDE: before the first
   step, behind the last one); cycles of each: its compute, the ingress of the step behind it, the
   egress of the step before it; and which of these it takes. */
typedef struct {
    int to, from;
    int64_t steps, compute, ingress, egress;
    confx_cost_bound_t bound;
} joint_steps_t;

enum { JOINT_OUTSIDE = -1 };

typedef struct joint joint_t;

/* Who watches an evaluation is called with `watcher`: with the plan, be it legal or not; then of
   all steps and of the outermost ones with what is moved whenever a loop moves (JOINT_OUTSIDE:
   before the first step; the number of loops: behind the last one), with the steps, those that are
   alike together, and with the largest tiles that are held. */
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

/* Once groups and what stands before them are set. */
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
