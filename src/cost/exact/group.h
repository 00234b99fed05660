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

/* Of a transition from a leaf (before) to another one (behind), over the group's units. */
enum {
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
};

/* Whole numbers: below 2^53, as all their products are, these are exact. */
typedef struct {
    /* For vectors of two: an evaluation takes one in a hundred instructions less. */
    _Alignas(16) double of[FACTORS];
} factors_t;

/* What the cycles of a step are made of, as the network counts it; products over groups as well. */
enum {
    EGRESS_LEFT, /* of the transition to the leaf: OUTPUT_LEFT_ANY, or _HELD */
    EGRESS_KEPT, /* OUTPUT_CARRIED, or _KEPT */
    EGRESS_LAST,
    COMPUTE,       /* MACs of the busiest unit; of an outermost step, summed over steps below */
    INGRESS_INPUT, /* of the transition from the leaf: INPUT_ANY, or _HELD */
    INGRESS_INPUT_KEPT,
    INGRESS_FILTER,
    INGRESS_FILTER_KEPT,
    INGRESS_OUTPUT,
    INGRESS_OUTPUT_KEPT,
    INGRESS_FIRST,
    LEAVES, /* that are alike */
    TRAITS
};

typedef struct {
    _Alignas(16) double of[TRAITS];
} traits_t;

/* Transitions as numbers: to move at depth d is 2 d - 1, to stay is 2 d. */
static inline int group_moves(int depth)
{
    return 2 * depth - 1;
}

static inline int group_stays(int depth)
{
    return 2 * depth;
}

/* Leaves that are alike in all of that. */
typedef struct {
    traits_t traits;
    int work; /* of an outermost step: works[work] to works[work + 1] - 1 of dimgroup_t.work */
    int next; /* of the same two transitions, or GROUP_NONE */
} class_t;

enum { GROUP_NONE = -1 };

/* How many steps below an outermost one have a busiest unit with that volume. */
typedef struct {
    int64_t volume, steps;
} volume_steps_t;

typedef struct {
    int depth;
    const uint8_t *loops;         /* (depth) of the plan */
    int64_t steps, active;        /* leaves, and units that have work over all of them */
    int64_t most[CONFX_TENSORS];  /* elements that a unit holds at most */
    const factors_t *begin;       /* to the first leaf from nothing */
    const factors_t *end;         /* from the last leaf to nothing */
    const factors_t *transitions; /* (2 depth + 1), summed over all of that number */
    const int *lists; /* (2 depth + 1, 2 depth + 1): by the transition to a leaf and that
                         from it, the first class or GROUP_NONE */
    const class_t *classes;
    const int *works;
    const volume_steps_t *work;
} dimgroup_t;

/* How many transitions a group has. */
static inline int group_numbers(const dimgroup_t *group)
{
    return 2 * group->depth + 1;
}

#endif
