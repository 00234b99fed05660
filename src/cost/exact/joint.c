#include "cost/exact/joint.h"

#include <assert.h>
#include <string.h>

/* ---- sums ------------------------------------------------------------------------------------ */

/* The number of a group's own transition where that loop moves. */
static int joint_transition(const plan_t *plan, int group, int loop)
{
    int outside = 0;
    if (loop == JOINT_OUTSIDE) return group_stays(0);
    for (int i = 0; i < plan->groups[group].loops_n && plan->groups[group].loops[i] < loop; i++)
        outside++;
    return plan->loops[loop].group == group ? group_moves(outside + 1) : group_stays(outside);
}

static int joint_loops(const joint_t *joint)
{
    int loops = joint->plan->loops_n;
    while (joint->outermost && loops > 0 && joint->plan->loops[loops - 1].level > 0) loops--;
    return loops;
}

static void joint_multiply(factors_t *product, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) product->of[f] *= factors->of[f];
}

static void joint_add(factors_t *sum, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) sum->of[f] += factors->of[f];
}

static factors_t joint_one(void)
{
    factors_t one;
    for (int f = 0; f < FACTORS; f++) one.of[f] = 1;
    return one;
}

static factors_t joint_begin(const joint_t *joint)
{
    factors_t product = joint_one();
    for (int g = 0; g < joint->plan->groups_n; g++)
        joint_multiply(&product, &joint->groups[g].begin);
    return product;
}

static factors_t joint_end(const joint_t *joint)
{
    factors_t product = joint_one();
    for (int g = 0; g < joint->plan->groups_n; g++) joint_multiply(&product, &joint->groups[g].end);
    return product;
}

joint_moved_t joint_moved(const factors_t *factors, network_t network)
{
    const int64_t *of = factors->of;
    const int64_t taken =
        network.reduction ? of[OUTPUT_ANY] - of[OUTPUT_CARRIED] : of[OUTPUT_HELD] - of[OUTPUT_KEPT];
    const int64_t left = of[OUTPUT_LEFT_HELD] - of[OUTPUT_KEPT];
    const int64_t input =
        network.multicast ? of[INPUT_ANY] - of[INPUT_STILL] : of[INPUT_HELD] - of[INPUT_KEPT];
    const int64_t filter =
        network.multicast ? of[FILTER_ANY] - of[FILTER_STILL] : of[FILTER_HELD] - of[FILTER_KEPT];
    return (joint_moved_t){
        .read = {input, filter, taken - of[OUTPUT_FIRST]},
        .written = network.reduction ? of[OUTPUT_LEFT_ANY] - of[OUTPUT_CARRIED] : left,
        .lettings_go = left,
    };
}

static void joint_tell_moved(const joint_t *joint, int loop, const factors_t *factors)
{
    const joint_moved_t moved = joint_moved(factors, joint->network);
    joint->watch->moved(joint->watch->watcher, joint, loop, &moved);
}

void joint_total(const joint_t *joint, factors_t *total)
{
    const factors_t end = joint_end(joint);
    const int loops = joint_loops(joint);
    *total = joint_begin(joint);
    if (joint->watch) joint_tell_moved(joint, JOINT_OUTSIDE, total);
    if (joint->watch) joint_tell_moved(joint, loops, &end);
    joint_add(total, &end);
    /* Whatever loop moves, the groups' nodes go with each other in every combination: the sum of
       the products is the product of the sums. */
    for (int loop = 0; loop < loops; loop++) {
        factors_t product = joint_one();
        for (int g = 0; g < joint->plan->groups_n; g++) {
            const int transition = joint_transition(joint->plan, g, loop);
            joint_multiply(&product, &joint->groups[g].transitions[transition]);
        }
        if (joint->watch) joint_tell_moved(joint, loop, &product);
        joint_add(total, &product);
    }
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The next whole number; the caller has seen to it that cycles fit. */
static int64_t joint_whole(double cycles)
{
    const int64_t down = (int64_t)cycles;
    return down + ((double)down < cycles);
}

int64_t joint_transfer(const joint_t *joint, int64_t bytes)
{
    if (bytes == 0) return 0;
    return joint->latency + joint_whole((double)bytes / joint->bandwidth) - 1;
}

static int64_t joint_egress(const joint_t *joint, int64_t left, int64_t kept, int64_t last)
{
    const int64_t written = left - kept;
    assert(written >= last);
    return joint_transfer(joint, last + joint->psum_bytes * (written - last));
}

static int64_t joint_ingress(const joint_t *joint, const int64_t of[TRAITS])
{
    const int64_t sums = of[INGRESS_OUTPUT] - of[INGRESS_OUTPUT_KEPT] - of[INGRESS_FIRST];
    assert(sums >= 0);
    return joint_transfer(joint, of[INGRESS_INPUT] - of[INGRESS_INPUT_KEPT] + of[INGRESS_FILTER] -
                                     of[INGRESS_FILTER_KEPT] + joint->psum_bytes * sums);
}

/* Steps between the moves of two loops, and the classes that are chosen of the first groups. */
typedef struct {
    const joint_t *joint;
    int to, from; /* loops, or JOINT_OUTSIDE */
    const class_t *classes[CONFX_DIM_COUNT];
    int classes_n[CONFX_DIM_COUNT];
    const class_t *chosen[CONFX_DIM_COUNT];
    int64_t *cycles;
} joint_between_t;

/* Cycles of all inner steps whose busiest unit has a volume of the chosen works, times `volume`. */
static int64_t joint_work(const joint_between_t *between, int group, int64_t volume, int64_t steps)
{
    int64_t cycles = 0;
    if (group == between->joint->plan->groups_n)
        return steps * joint_whole((double)volume / between->joint->lanes);
    const group_t *own = &between->joint->groups[group];
    const size_t number = (size_t)between->chosen[group]->of[COMPUTE];
    for (size_t i = own->works[number]; i < own->works[number + 1]; i++)
        cycles += joint_work(between, group + 1, volume * own->work[i].volume,
                             steps * own->work[i].steps);
    return cycles;
}

/* Add the cycles of the steps of one class in each group. */
static void joint_count(const joint_between_t *between, const int64_t of[TRAITS], int64_t steps)
{
    const joint_t *joint = between->joint;
    const int64_t compute = joint->outermost ? joint_work(between, 0, 1, 1)
                                             : joint_whole((double)of[COMPUTE] / joint->lanes);
    const int64_t ingress = between->from == JOINT_OUTSIDE ? 0 : joint_ingress(joint, of);
    const int64_t egress =
        between->to == JOINT_OUTSIDE
            ? 0
            : joint_egress(joint, of[EGRESS_LEFT], of[EGRESS_KEPT], of[EGRESS_LAST]);
    if (joint->watch) {
        const joint_steps_t alike = {between->to, between->from, steps, compute, ingress, egress};
        joint->watch->steps(joint->watch->watcher, joint, &alike);
    }
    /* The first of the three that is the largest is what the step's cycles go to. */
    const confx_cost_bound_t bound = compute >= ingress && compute >= egress ? CONFX_BOUND_COMPUTE
                                     : ingress >= egress                     ? CONFX_BOUND_INGRESS
                                                                             : CONFX_BOUND_EGRESS;
    between->cycles[bound] += steps * (bound == CONFX_BOUND_COMPUTE   ? compute
                                       : bound == CONFX_BOUND_INGRESS ? ingress
                                                                      : egress);
}

static void joint_choose(joint_between_t *between, int group, const int64_t of[TRAITS],
                         int64_t steps)
{
    if (group == between->joint->plan->groups_n) {
        joint_count(between, of, steps);
        return;
    }
    for (int i = 0; i < between->classes_n[group]; i++) {
        const class_t *class = &between->classes[group][i];
        int64_t product[TRAITS];
        for (int t = 0; t < TRAITS; t++) product[t] = of[t] * class->of[t];
        between->chosen[group] = class;
        joint_choose(between, group + 1, product, steps * class->leaves);
    }
}

/* The group's classes of leaves that stand between these transitions; false: there are none. */
static bool joint_find(joint_between_t *between, int group)
{
    const plan_t *plan = between->joint->plan;
    const group_t *own = &between->joint->groups[group];
    const int to = joint_transition(plan, group, between->to);
    const int from = joint_transition(plan, group, between->from);
    size_t low = 0, high = own->classes_n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const class_t *class = &own->classes[middle];
        if (class->to < to || (class->to == to && class->from < from))
            low = middle + 1;
        else
            high = middle;
    }
    between->classes[group] = &own->classes[low];
    while (high < own->classes_n && own->classes[high].to == to && own->classes[high].from == from)
        high++;
    between->classes_n[group] = (int)(high - low);
    return high > low;
}

static void joint_count_between(const joint_t *joint, int to, int from, int64_t *cycles)
{
    joint_between_t between = {.joint = joint, .to = to, .from = from, .cycles = cycles};
    int64_t of[TRAITS];
    for (int g = 0; g < joint->plan->groups_n; g++)
        if (!joint_find(&between, g)) return;
    for (int t = 0; t < TRAITS; t++) of[t] = 1;
    joint_choose(&between, 0, of, 1);
}

/* The first step and the last one have a transfer that no other step hides. */
static void joint_count_ends(const joint_t *joint, int64_t *cycles)
{
    const factors_t begin = joint_begin(joint), end = joint_end(joint);
    const bool multicast = joint->network.multicast, reduction = joint->network.reduction;
    const int64_t first[TRAITS] = {
        [INGRESS_INPUT] = begin.of[multicast ? INPUT_ANY : INPUT_HELD],
        [INGRESS_FILTER] = begin.of[multicast ? FILTER_ANY : FILTER_HELD],
        [INGRESS_OUTPUT] = begin.of[reduction ? OUTPUT_ANY : OUTPUT_HELD],
        [INGRESS_FIRST] = begin.of[OUTPUT_FIRST],
    };
    cycles[CONFX_BOUND_INGRESS] += joint_ingress(joint, first);
    cycles[CONFX_BOUND_EGRESS] += joint_egress(
        joint, end.of[reduction ? OUTPUT_LEFT_ANY : OUTPUT_LEFT_HELD], 0, end.of[OUTPUT_LAST]);
}

void joint_cycles(const joint_t *joint, int64_t cycles[CONFX_BOUNDS])
{
    const int loops = joint_loops(joint);
    memset(cycles, 0, CONFX_BOUNDS * sizeof *cycles);
    /* Each step is between two moves; the first and the last step of all have none outside. */
    for (int to = JOINT_OUTSIDE; to < loops; to++)
        for (int from = JOINT_OUTSIDE; from < loops; from++)
            joint_count_between(joint, to, from, cycles);
    joint_count_ends(joint, cycles);
}

double joint_bound(const joint_t *joint)
{
    const double macs = (double)joint->plan->macs, latency = (double)joint->latency;
    /* A step has a MAC at least, and moves no more than three elements and two sums a MAC. */
    const double bytes = 4 * macs * (1 + (double)joint->psum_bytes);
    return 2 * bytes * (1 + 1 / joint->bandwidth) + macs * (2 + 1 / joint->lanes + 2 * latency);
}
