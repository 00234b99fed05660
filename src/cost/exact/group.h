/* What one group of dimensions contributes to all counts of a mapping (src/cost/EXACT.md, section
   8): factors, of which the counts are products over groups.

   From a step to the next one loop moves: all loops outside of it keep their indices, those inside
   go from their last to their first ones. So a group's own part of such a transition is one of two
   kinds. It `moves` at depth d where the loop is its own, the d-th from outside: from the last leaf
   below one node to the first leaf below the next one. It `stays` at depth d where the loop is
   another group's, and d loops of this one are outside of that: from the last leaf to the first
   leaf below one node. */
#ifndef COST_GROUP_H
#define COST_GROUP_H

#include "cost/exact/plan.h"

#include <stddef.h>

/* Of a transition from a leaf (before) to another one (behind), over the group's units. */
typedef enum {
    INPUT_HELD,  /* elements that units hold behind, summed over units */
    INPUT_KEPT,  /* of these, such as the same unit held before */
    INPUT_ANY,   /* different elements that any unit holds behind */
    INPUT_STILL, /* of these, such as all units that hold it behind held before */
    FILTER_HELD,
    FILTER_KEPT,
    FILTER_ANY,
    FILTER_STILL,
    OUTPUT_HELD,
    OUTPUT_KEPT,
    OUTPUT_ANY,
    OUTPUT_CARRIED,   /* such as some unit holds before and behind */
    OUTPUT_FIRST,     /* that no leaf held up to here */
    OUTPUT_LEFT_HELD, /* as OUTPUT_HELD and OUTPUT_ANY, but of the leaf before */
    OUTPUT_LEFT_ANY,
    OUTPUT_LAST, /* that no leaf will hold any more */
    FACTORS
} factor_t;

typedef struct {
    int64_t of[FACTORS];
} factors_t;

/* What the cycles of a step depend on: leaves that are alike in all of it are one class. */
typedef enum {
    EGRESS_LEFT, /* of the transition to the leaf: OUTPUT_LEFT_ANY (with reduction) or _HELD */
    EGRESS_KEPT, /* OUTPUT_CARRIED or _KEPT */
    EGRESS_LAST,
    INGRESS_INPUT, /* of the transition from the leaf: INPUT_ANY (multicast) or _HELD */
    INGRESS_INPUT_KEPT,
    INGRESS_FILTER,
    INGRESS_FILTER_KEPT,
    INGRESS_OUTPUT, /* OUTPUT_ANY (reduction) or _HELD */
    INGRESS_OUTPUT_KEPT,
    INGRESS_FIRST,
    COMPUTE, /* MACs of the busiest unit; of outermost steps see group_t.works */
    TRAITS
} trait_t;

/* Transitions as numbers: to move at depth d is 2 d - 1, to stay is 2 d. */
static inline int group_moves(int depth)
{
    return 2 * depth - 1;
}

static inline int group_stays(int depth)
{
    return 2 * depth;
}

typedef struct {
    int to, from; /* the transition to the leaf, and that from it to the next one */
    int64_t of[TRAITS];
    int64_t leaves;
} class_t;

/* How many inner steps of an outermost one have a busiest unit with that volume. */
typedef struct {
    int64_t volume, steps;
} work_t;

typedef struct {
    int depth;
    int64_t steps, active;       /* leaves, and units that have work over all of them */
    int64_t most[CONFX_TENSORS]; /* elements that a unit holds at most */
    factors_t begin, end;   /* to the first leaf from nothing, and from the last one to nothing */
    factors_t *transitions; /* (2 depth + 1), summed over all of that number */
    size_t classes_n, classes_room;
    class_t *classes; /* by to, from */
    /* COMPUTE of outermost steps: works[i] to works[i + 1] - 1 of `work` */
    size_t works_n, works_room, work_n, work_room;
    size_t *works;
    work_t *work;
} group_t;

/* What is read once for all units that miss it, and added in the network. */
typedef struct {
    bool multicast, reduction;
} network_t;

/* Both of all steps and of the outermost ones. The faults are those of trie.h; whatever the fault,
   group_close frees. */
confx_cost_fault_t group_open(const plan_t *plan, int number, network_t network, group_t *fine,
                              group_t *outermost);
void group_close(group_t *group);

#endif
