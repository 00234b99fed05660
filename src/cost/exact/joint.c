#include "cost/exact/joint.h"

#include <assert.h>
#include <string.h>

/* ---- the nest -------------------------------------------------------------------------------- */

static void joint_multiply(factors_t *product, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) product->of[f] *= factors->of[f];
}

static inline void joint_multiply_traits(traits_t *product, const traits_t *traits)
{
    for (int t = 0; t < TRAITS; t++) product->of[t] *= traits->of[t];
}

/* Nothing is held before the first step, and nothing behind the last one: all else stays 0. */
static void joint_multiply_ends(joint_t *joint, const dimgroup_t *group)
{
    for (int f = 0; f <= OUTPUT_FIRST; f++) joint->begin.of[f] *= group->begin->of[f];
    for (int f = OUTPUT_LEFT_HELD; f < FACTORS; f++) joint->end.of[f] *= group->end->of[f];
}

static void joint_add(factors_t *sum, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) sum->of[f] += factors->of[f];
}

/* The plan's loops that move: a group names its own ones from the outermost on. */
static void joint_find_loops(joint_t *joint)
{
    const plan_t *plan = joint->plan;
    int depths[PLAN_GROUPS_MAX] = {0};
    joint->loops_n = 0;
    for (int loop = 0; loop < plan->loops_n; loop++) {
        const int g = plan->loops[loop].group;
        if (g == PLAN_NO_GROUP) continue;
        const dimgroup_t *own = joint->groups[g];
        /* A group's loops stand in the plan's order, so that one pass with a place in each group's
           list finds which of the plan's loops move. */
        if (depths[g] == own->depth || own->loops[depths[g]] != loop) continue;
        depths[g]++;
        joint->loops[joint->loops_n++] = (uint8_t)loop;
    }
    for (int g = 0; g < plan->groups_n; g++) assert(depths[g] == joint->groups[g]->depth);
}

/* The group of the innermost loop comes first: it has no leaf between most pairs of moves. */
static void joint_find_moving(joint_t *joint, int places[PLAN_GROUPS_MAX])
{
    uint32_t met = 0;
    joint->moving_n = 0;
    for (int i = joint->loops_n; i-- > 0;) {
        const int g = joint->plan->loops[joint->loops[i]].group;
        if (met >> g & 1) continue;
        met |= 1U << g;
        places[g] = joint->moving_n;
        joint->moving[joint->moving_n++] = (uint8_t)g;
    }
}

/* Where a loop moves, its group does, and each other one stays below its loops outside of that. */
static void joint_number_transitions(joint_t *joint, const int places[PLAN_GROUPS_MAX])
{
    int depths[PLAN_GROUPS_MAX] = {0};
    joint_numbers_t stays;
    memset(&stays, group_stays(0), sizeof stays);
    joint->transitions[0] = stays;
    for (int i = 0; i < joint->loops_n; i++) {
        const int place = places[joint->plan->loops[joint->loops[i]].group];
        const int depth = ++depths[place];
        joint->transitions[i + 1] = stays;
        joint->transitions[i + 1].of[place] = (uint8_t)group_moves(depth);
        /* Inside of this loop the group has moved to this depth, and stays there while others
           move. */
        stays.of[place] = (uint8_t)group_stays(depth);
    }
}

void joint_open(joint_t *joint)
{
    int places[PLAN_GROUPS_MAX] = {0};
    for (int t = 0; t < TRAITS; t++) joint->traits.of[t] = 1;
    for (int f = 0; f < FACTORS; f++) {
        joint->still.of[f] = 1;
        joint->begin.of[f] = f <= OUTPUT_FIRST;
        joint->end.of[f] = f > OUTPUT_FIRST;
    }
    for (int g = 0; g < joint->plan->groups_n; g++) {
        const dimgroup_t *group = joint->groups[g];
        joint_multiply_ends(joint, group);
        if (group->depth > 0) continue;
        /* With one leaf it does the same whatever moves. */
        joint_multiply(&joint->still, &group->transitions[0]);
        joint_multiply_traits(&joint->traits, &group->classes[group->lists[0]].traits);
    }
    joint_find_loops(joint);
    joint_find_moving(joint, places);
    joint_number_transitions(joint, places);
}

/* ---- sums ------------------------------------------------------------------------------------ */

joint_moved_t joint_moved(const factors_t *factors, network_t network)
{
    const double *of = factors->of;
    const double taken =
        network.reduction ? of[OUTPUT_ANY] - of[OUTPUT_CARRIED] : of[OUTPUT_HELD] - of[OUTPUT_KEPT];
    const double left = of[OUTPUT_LEFT_HELD] - of[OUTPUT_KEPT];
    const double input =
        network.multicast ? of[INPUT_ANY] - of[INPUT_STILL] : of[INPUT_HELD] - of[INPUT_KEPT];
    const double filter =
        network.multicast ? of[FILTER_ANY] - of[FILTER_STILL] : of[FILTER_HELD] - of[FILTER_KEPT];
    return (joint_moved_t){
        .read = {(int64_t)input, (int64_t)filter, (int64_t)(taken - of[OUTPUT_FIRST])},
        .written = (int64_t)(network.reduction ? of[OUTPUT_LEFT_ANY] - of[OUTPUT_CARRIED] : left),
        .finished = (int64_t)of[OUTPUT_LAST],
        .lettings_go = (int64_t)left,
    };
}

static void joint_tell_moved(const joint_t *joint, int loop, const factors_t *factors)
{
    const joint_moved_t moved = joint_moved(factors, joint->network);
    joint->watch->moved(joint->watch->watcher, joint, loop, &moved);
}

void joint_total(const joint_t *joint, factors_t *total)
{
    *total = joint->begin;
    if (joint->watch) joint_tell_moved(joint, JOINT_OUTSIDE, &joint->begin);
    if (joint->watch) joint_tell_moved(joint, joint->plan->loops_n, &joint->end);
    joint_add(total, &joint->end);
    /* Whatever loop moves, the groups' nodes go with each other in every combination: the sum of
       the products is the product of the sums. */
    for (int i = 0; i < joint->loops_n; i++) {
        factors_t product = joint->still;
        for (int m = 0; m < joint->moving_n; m++) {
            const dimgroup_t *group = joint->groups[joint->moving[m]];
            joint_multiply(&product, &group->transitions[joint->transitions[i + 1].of[m]]);
        }
        if (joint->watch) joint_tell_moved(joint, joint->loops[i], &product);
        joint_add(total, &product);
    }
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The next whole number; the caller has seen to it that cycles fit. */
static inline double joint_whole(double cycles)
{
    const double down = (double)(int64_t)cycles;
    return down < cycles ? down + 1 : down;
}

/* Steps between the moves of two loops, and the classes that are chosen of the groups. */
typedef struct {
    const joint_t *joint;
    int moving_n;                           /* of joint */
    int to, from;                           /* in joint->loops, or JOINT_OUTSIDE */
    const class_t *chosen[PLAN_GROUPS_MAX]; /* by group */
    /* Of the groups that move: their classes, and by the transition from a leaf the lists of those
       that `to` comes to. */
    const class_t *classes[PLAN_GROUPS_MAX];
    const int *lists[PLAN_GROUPS_MAX];
    /* Of these, such as have several classes of leaves there, with the first one; of the others,
       the product. */
    int several_n;
    uint8_t several[PLAN_GROUPS_MAX];
    const class_t *first[PLAN_GROUPS_MAX];
    traits_t product;
    double cycles[CONFX_BOUNDS];
} joint_between_t;

/* Sum of the cycles of all steps below an outermost one, whose busiest units have the chosen works
   times `volume`. */
static int64_t joint_work(const joint_between_t *between, int group, int64_t volume, int64_t steps)
{
    int64_t cycles = 0;
    if (group == between->joint->plan->groups_n)
        return steps * (int64_t)joint_whole((double)volume / between->joint->lanes);
    const dimgroup_t *own = between->joint->groups[group];
    assert(between->chosen[group] != NULL);
    const int number = between->chosen[group]->work;
    for (int i = own->works[number]; i < own->works[number + 1]; i++)
        /* The volumes of the groups multiply, and only their product is divided among the lanes and
           rounded up: so every combination is gone through. */
        cycles += joint_work(between, group + 1, volume * own->work[i].volume,
                             steps * own->work[i].steps);
    return cycles;
}

static double joint_compute(const joint_between_t *between, double volume)
{
    const joint_t *joint = between->joint;
    return joint->outermost ? (double)joint_work(between, 0, 1, 1)
                            : joint_whole(volume / joint->lanes);
}

static double joint_egress_bytes(const joint_t *joint, const double of[TRAITS])
{
    /* What leaves is complete or to be fetched again: a complete output is one byte, a sum that is
       not is psum_bytes. */
    const double written = of[EGRESS_LEFT] - of[EGRESS_KEPT];
    assert(written >= of[EGRESS_LAST]);
    return of[EGRESS_LAST] + joint->psum_bytes * (written - of[EGRESS_LAST]);
}

static double joint_ingress_bytes(const joint_t *joint, const double of[TRAITS])
{
    const double sums = of[INGRESS_OUTPUT] - of[INGRESS_OUTPUT_KEPT] - of[INGRESS_FIRST];
    assert(sums >= 0);
    return of[INGRESS_INPUT] - of[INGRESS_INPUT_KEPT] + of[INGRESS_FILTER] -
           of[INGRESS_FILTER_KEPT] + joint->psum_bytes * sums;
}

static double joint_transfer_cycles(const joint_t *joint, double bytes)
{
    if (bytes == 0) return 0;
    return joint->latency - 1 + joint_whole(bytes / joint->bandwidth);
}

int64_t joint_transfer(const joint_t *joint, int64_t bytes)
{
    return (int64_t)joint_transfer_cycles(joint, (double)bytes);
}

static int joint_loop_of(const joint_t *joint, int loop)
{
    return loop == JOINT_OUTSIDE ? JOINT_OUTSIDE : joint->loops[loop];
}

static void joint_tell_steps(const joint_between_t *between, const double of[TRAITS],
                             joint_steps_t alike)
{
    const joint_t *joint = between->joint;
    alike.to = joint_loop_of(joint, between->to);
    alike.from = joint_loop_of(joint, between->from);
    alike.steps = (int64_t)of[LEAVES];
    joint->watch->steps(joint->watch->watcher, joint, &alike);
}

/* Add the cycles of the steps of one class in each group. */
static void joint_count(joint_between_t *between, const double of[TRAITS])
{
    const joint_t *joint = between->joint;
    /* With one lane nothing is rounded up: the sum of the products is the product of the sums. */
    const double compute = joint->lanes == 1 ? of[COMPUTE] : joint_compute(between, of[COMPUTE]);
    const double ingress = between->from == JOINT_OUTSIDE ? 0 : joint_ingress_bytes(joint, of);
    const double egress = between->to == JOINT_OUTSIDE ? 0 : joint_egress_bytes(joint, of);
    /* The first of the three that is the largest is what the step's cycles go to. Of two transfers
       that of more bytes takes no less. */
    double longest = joint_transfer_cycles(joint, ingress > egress ? ingress : egress);
    confx_cost_bound_t bound = CONFX_BOUND_EGRESS;
    if (compute >= longest) {
        bound = CONFX_BOUND_COMPUTE;
        longest = compute;
    } else if (ingress >= egress || joint_transfer_cycles(joint, ingress) == longest) {
        bound = CONFX_BOUND_INGRESS;
    }
    between->cycles[bound] += of[LEAVES] * longest;
    if (joint->watch)
        joint_tell_steps(between, of,
                         (joint_steps_t){.compute = (int64_t)compute,
                                         .ingress = joint_transfer(joint, (int64_t)ingress),
                                         .egress = joint_transfer(joint, (int64_t)egress),
                                         .bound = bound});
}

/* The steps of all classes of the groups that have several, from one of these on. */
static void joint_choose(joint_between_t *between, int place, const traits_t *of)
{
    assert(place < PLAN_GROUPS_MAX);
    const int m = between->several[place];
    const class_t *class = between->first[place];
    while (true) {
        traits_t product;
        /* A group's traits count what it holds or moves in its own dimensions; of all groups
           together their products count. */
        for (int t = 0; t < TRAITS; t++) product.of[t] = of->of[t] * class->traits.of[t];
        between->chosen[between->joint->moving[m]] = class;
        if (place + 1 == between->several_n)
            joint_count(between, product.of);
        else
            joint_choose(between, place + 1, &product);
        if (class->next == GROUP_NONE) return;
        class = &between->classes[m][class->next];
    }
}

/* Count the steps that stand between these transitions: none if one of the groups has no leaf
   there. */
static void joint_count_between(joint_between_t *between)
{
    const joint_t *joint = between->joint;
    const uint8_t *from = joint->transitions[between->from + 1].of;
    /* The group of the innermost loop, which comes first, has none between most pairs of moves. */
    const int *innermost = between->lists[0];
    if (innermost && innermost[from[0]] == GROUP_NONE) return;
    between->several_n = 0;
    between->product = joint->traits;
    for (int m = 0; m < between->moving_n; m++) {
        const int list = between->lists[m][from[m]];
        if (list == GROUP_NONE) return;
        const class_t *class = &between->classes[m][list];
        if (class->next == GROUP_NONE) {
            between->chosen[joint->moving[m]] = class;
            joint_multiply_traits(&between->product, &class->traits);
            continue;
        }
        between->several[between->several_n] = (uint8_t)m;
        between->first[between->several_n++] = class;
    }
    if (between->several_n == 0)
        joint_count(between, between->product.of);
    else
        joint_choose(between, 0, &between->product);
}

/* The step before has been left by the loop `to`. */
static void joint_find_lists(joint_between_t *between)
{
    const joint_t *joint = between->joint;
    const uint8_t *to = joint->transitions[between->to + 1].of;
    for (int m = 0; m < between->moving_n; m++) {
        const dimgroup_t *group = joint->groups[joint->moving[m]];
        between->classes[m] = group->classes;
        between->lists[m] = &group->lists[to[m] * group_numbers(group)];
    }
}

/* The first step and the last one have a transfer that no other step hides. */
static void joint_count_ends(joint_between_t *between)
{
    const joint_t *joint = between->joint;
    traits_t ends;
    group_set_ingress(joint->network, &joint->begin, &ends);
    group_set_egress(joint->network, &joint->end, &ends);
    between->cycles[CONFX_BOUND_INGRESS] +=
        joint_transfer_cycles(joint, joint_ingress_bytes(joint, ends.of));
    between->cycles[CONFX_BOUND_EGRESS] +=
        joint_transfer_cycles(joint, joint_egress_bytes(joint, ends.of));
}

void joint_cycles(const joint_t *joint, int64_t cycles[CONFX_BOUNDS])
{
    joint_between_t between = {.joint = joint, .moving_n = joint->moving_n};
    for (int g = 0; g < joint->plan->groups_n; g++)
        if (joint->groups[g]->depth == 0)
            between.chosen[g] = &joint->groups[g]->classes[joint->groups[g]->lists[0]];
    /* Each step is between two moves; the first and the last step of all have none outside. */
    for (between.to = JOINT_OUTSIDE; between.to < joint->loops_n; between.to++) {
        joint_find_lists(&between);
        for (between.from = JOINT_OUTSIDE; between.from < joint->loops_n; between.from++)
            joint_count_between(&between);
    }
    joint_count_ends(&between);
    for (int bound = 0; bound < CONFX_BOUNDS; bound++)
        cycles[bound] = (int64_t)between.cycles[bound];
}

double joint_bound(const joint_t *joint)
{
    const double macs = (double)joint->plan->macs, latency = joint->latency;
    /* A step has a MAC at least, and moves no more than three elements and two sums a MAC. */
    const double bytes = 4 * macs * (1 + joint->psum_bytes);
    return 2 * bytes * (1 + 1 / joint->bandwidth) + macs * (2 + 1 / joint->lanes + 2 * latency);
}
