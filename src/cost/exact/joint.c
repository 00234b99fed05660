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

static void joint_add(factors_t *sum, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) sum->of[f] += factors->of[f];
}

/* Groups come with their own loops in order; the nest is in that of the plan. */
static void joint_add_loop(joint_t *joint, uint8_t loop)
{
    int at = joint->loops_n++;
    for (; at > 0 && joint->loops[at - 1] > loop; at--) joint->loops[at] = joint->loops[at - 1];
    joint->loops[at] = loop;
}

/* A group's own transition where a loop moves: its own loops outside of that have been counted. */
static void joint_number_transitions(joint_t *joint, int group)
{
    const dimgroup_t *own = joint->groups[group];
    uint8_t *numbers = joint->transitions[group];
    int depth = 0;
    numbers[0] = (uint8_t)group_stays(0);
    for (int i = 0; i < joint->loops_n; i++) {
        const bool its = depth < own->depth && own->loops[depth] == joint->loops[i];
        depth += its;
        numbers[i + 1] = (uint8_t)(its ? group_moves(depth) : group_stays(depth));
    }
    assert(depth == own->depth);
}

/* The group of the innermost loop comes first: it has no leaf between most pairs of moves. */
static void joint_add_moving(joint_t *joint, int group)
{
    const dimgroup_t *own = joint->groups[group];
    int at = joint->moving_n++;
    for (; at > 0; at--) {
        const dimgroup_t *other = joint->groups[joint->moving[at - 1]];
        if (other->loops[other->depth - 1] > own->loops[own->depth - 1]) break;
        joint->moving[at] = joint->moving[at - 1];
    }
    joint->moving[at] = (uint8_t)group;
}

void joint_open(joint_t *joint)
{
    joint->loops_n = joint->moving_n = 0;
    for (int t = 0; t < TRAITS; t++) joint->traits.of[t] = 1;
    for (int f = 0; f < FACTORS; f++)
        joint->begin.of[f] = joint->end.of[f] = joint->still.of[f] = 1;
    for (int g = 0; g < joint->plan->groups_n; g++) {
        const dimgroup_t *group = joint->groups[g];
        joint_multiply(&joint->begin, group->begin);
        joint_multiply(&joint->end, group->end);
        if (group->depth > 0) {
            joint_add_moving(joint, g);
            for (int i = 0; i < group->depth; i++) joint_add_loop(joint, group->loops[i]);
            continue;
        }
        /* With one leaf it does the same whatever moves. */
        joint_multiply(&joint->still, &group->transitions[0]);
        joint_multiply_traits(&joint->traits, &group->classes[group_list(group, 0, 0)].traits);
    }
    for (int i = 0; i < joint->moving_n; i++) joint_number_transitions(joint, joint->moving[i]);
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
            const int g = joint->moving[m];
            joint_multiply(&product, &joint->groups[g]->transitions[joint->transitions[g][i + 1]]);
        }
        if (joint->watch) joint_tell_moved(joint, joint->loops[i], &product);
        joint_add(total, &product);
    }
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The next whole number; the caller has seen to it that cycles fit. */
static inline int64_t joint_whole(double cycles)
{
    const int64_t down = (int64_t)cycles;
    return down + ((double)down < cycles);
}

/* Steps between the moves of two loops, and the classes that are chosen of the groups. */
typedef struct {
    const joint_t *joint;
    int to, from;                           /* in joint->loops, or JOINT_OUTSIDE */
    const class_t *chosen[PLAN_GROUPS_MAX]; /* by group */
    /* Groups that have several classes of leaves there; of the others, the product. */
    int several_n;
    int several[PLAN_GROUPS_MAX], lists[PLAN_GROUPS_MAX];
    traits_t product;
    double cycles[CONFX_BOUNDS];
} joint_between_t;

/* Sum of the cycles of all steps below an outermost one, whose busiest units have the chosen works
   times `volume`. */
static int64_t joint_work(const joint_between_t *between, int group, int64_t volume, int64_t steps)
{
    int64_t cycles = 0;
    if (group == between->joint->plan->groups_n)
        return steps * joint_whole((double)volume / between->joint->lanes);
    const dimgroup_t *own = between->joint->groups[group];
    assert(between->chosen[group] != NULL);
    const int number = between->chosen[group]->work;
    for (int i = own->works[number]; i < own->works[number + 1]; i++)
        cycles += joint_work(between, group + 1, volume * own->work[i].volume,
                             steps * own->work[i].steps);
    return cycles;
}

static double joint_compute(const joint_between_t *between, double volume)
{
    const joint_t *joint = between->joint;
    /* With one lane nothing is rounded up: the sum of the products is the product of the sums. */
    if (joint->lanes == 1) return volume;
    return (double)(joint->outermost ? joint_work(between, 0, 1, 1)
                                     : joint_whole(volume / joint->lanes));
}

static double joint_egress_bytes(const joint_t *joint, const double of[TRAITS])
{
    const double written = of[EGRESS_LEFT] - of[EGRESS_KEPT];
    assert(written >= of[EGRESS_LAST]);
    return of[EGRESS_LAST] + (double)joint->psum_bytes * (written - of[EGRESS_LAST]);
}

static double joint_ingress_bytes(const joint_t *joint, const double of[TRAITS])
{
    const double sums = of[INGRESS_OUTPUT] - of[INGRESS_OUTPUT_KEPT] - of[INGRESS_FIRST];
    assert(sums >= 0);
    return of[INGRESS_INPUT] - of[INGRESS_INPUT_KEPT] + of[INGRESS_FILTER] -
           of[INGRESS_FILTER_KEPT] + (double)joint->psum_bytes * sums;
}

static double joint_transfer_cycles(const joint_t *joint, double bytes)
{
    if (bytes == 0) return 0;
    return (double)(joint->latency + joint_whole(bytes / joint->bandwidth) - 1);
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
    const double compute = joint_compute(between, of[COMPUTE]);
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

static void joint_choose(joint_between_t *between, int place, const traits_t *of)
{
    if (place == between->several_n) {
        joint_count(between, of->of);
        return;
    }
    const int g = between->several[place];
    const class_t *classes = between->joint->groups[g]->classes;
    for (int i = between->lists[place]; i != GROUP_NONE; i = classes[i].next) {
        traits_t product;
        for (int t = 0; t < TRAITS; t++) product.of[t] = of->of[t] * classes[i].traits.of[t];
        between->chosen[g] = &classes[i];
        joint_choose(between, place + 1, &product);
    }
}

/* Find each group's classes of leaves that stand between these transitions; false: one has none. */
static bool joint_find(joint_between_t *between)
{
    const joint_t *joint = between->joint;
    int lists[PLAN_GROUPS_MAX] = {0};
    for (int m = 0; m < joint->moving_n; m++) {
        const int g = joint->moving[m];
        const uint8_t *numbers = joint->transitions[g];
        lists[m] =
            group_list(joint->groups[g], numbers[between->to + 1], numbers[between->from + 1]);
        if (lists[m] == GROUP_NONE) return false;
    }
    between->several_n = 0;
    between->product = joint->traits;
    for (int m = 0; m < joint->moving_n; m++) {
        const int g = joint->moving[m];
        const class_t *class = &joint->groups[g]->classes[lists[m]];
        between->chosen[g] = class;
        if (class->next == GROUP_NONE) {
            joint_multiply_traits(&between->product, &class->traits);
            continue;
        }
        between->several[between->several_n] = g;
        between->lists[between->several_n++] = lists[m];
    }
    return true;
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
    joint_between_t between = {.joint = joint};
    for (int g = 0; g < joint->plan->groups_n; g++)
        if (joint->groups[g]->depth == 0)
            between.chosen[g] = &joint->groups[g]->classes[group_list(joint->groups[g], 0, 0)];
    /* Each step is between two moves; the first and the last step of all have none outside. */
    for (between.to = JOINT_OUTSIDE; between.to < joint->loops_n; between.to++)
        for (between.from = JOINT_OUTSIDE; between.from < joint->loops_n; between.from++)
            if (joint_find(&between)) joint_choose(&between, 0, &between.product);
    joint_count_ends(&between);
    for (int bound = 0; bound < CONFX_BOUNDS; bound++)
        cycles[bound] = (int64_t)between.cycles[bound];
}

double joint_bound(const joint_t *joint)
{
    const double macs = (double)joint->plan->macs, latency = (double)joint->latency;
    /* A step has a MAC at least, and moves no more than three elements and two sums a MAC. */
    const double bytes = 4 * macs * (1 + (double)joint->psum_bytes);
    return 2 * bytes * (1 + 1 / joint->bandwidth) + macs * (2 + 1 / joint->lanes + 2 * latency);
}
