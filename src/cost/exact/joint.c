#include "cost/exact/joint.h"

#include <assert.h>
#include <string.h>

/* ---- the nest -------------------------------------------------------------------------------- */

static void joint_multiply(factors_t *product, const factors_t *factors)
{
    for (int f = 0; f < FACTORS; f++) product->of[f] *= factors->of[f];
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
    const group_t *own = joint->groups[group];
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

void joint_open(joint_t *joint)
{
    joint->loops_n = joint->moving_n = 0;
    joint->compute = 1;
    for (int f = 0; f < FACTORS; f++)
        joint->begin.of[f] = joint->end.of[f] = joint->still.of[f] = 1;
    for (int g = 0; g < joint->plan->groups_n; g++) {
        const group_t *group = joint->groups[g];
        joint_multiply(&joint->begin, group->begin);
        joint_multiply(&joint->end, group->end);
        if (group->depth > 0) {
            joint->moving[joint->moving_n++] = (uint8_t)g;
            for (int i = 0; i < group->depth; i++) joint_add_loop(joint, group->loops[i]);
            continue;
        }
        /* With one leaf it does the same whatever moves. */
        joint_multiply(&joint->still, &group->transitions[0]);
        joint->compute *= group->classes[group_list(group, 0, 0)].compute;
    }
    for (int i = 0; i < joint->moving_n; i++) joint_number_transitions(joint, joint->moving[i]);
}

/* ---- sums ------------------------------------------------------------------------------------ */

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
        .finished = of[OUTPUT_LAST],
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

int64_t joint_transfer(const joint_t *joint, int64_t bytes)
{
    if (bytes == 0) return 0;
    return joint->latency + joint_whole((double)bytes / joint->bandwidth) - 1;
}

/* What the cycles of steps depend on, as a product over groups. */
typedef struct {
    int64_t left, left_kept, last; /* egress behind the step before */
    int64_t input, input_kept, filter, filter_kept, output, output_kept, first; /* next ingress */
    int64_t compute, steps;
} joint_traits_t;

/* Steps between the moves of two loops, and the classes that are chosen of the groups. */
typedef struct {
    const joint_t *joint;
    int to, from; /* in joint->loops, or JOINT_OUTSIDE */
    int any,
        summed; /* from INPUT_HELD to what multicast counts, of the output what reduction does */
    int lists[PLAN_GROUPS_MAX];             /* by place in joint->moving */
    const class_t *chosen[PLAN_GROUPS_MAX]; /* by group */
    int64_t *cycles;
} joint_between_t;

/* Sum of the cycles of all steps below an outermost one, whose busiest units have the chosen works
   times `volume`. */
static int64_t joint_work(const joint_between_t *between, int group, int64_t volume, int64_t steps)
{
    int64_t cycles = 0;
    if (group == between->joint->plan->groups_n)
        return steps * joint_whole((double)volume / between->joint->lanes);
    const group_t *own = between->joint->groups[group];
    const int number = between->chosen[group]->work;
    for (int i = own->works[number]; i < own->works[number + 1]; i++)
        cycles += joint_work(between, group + 1, volume * own->work[i].volume,
                             steps * own->work[i].steps);
    return cycles;
}

static int64_t joint_compute(const joint_between_t *between, int64_t volume)
{
    const joint_t *joint = between->joint;
    /* With one lane nothing is rounded up: the sum of the products is the product of the sums. */
    if (joint->lanes == 1) return volume;
    return joint->outermost ? joint_work(between, 0, 1, 1)
                            : joint_whole((double)volume / joint->lanes);
}

static int64_t joint_egress_bytes(const joint_between_t *between, const joint_traits_t *of)
{
    const int64_t written = of->left - of->left_kept;
    if (between->to == JOINT_OUTSIDE) return 0;
    assert(written >= of->last);
    return of->last + between->joint->psum_bytes * (written - of->last);
}

static int64_t joint_ingress_bytes(const joint_between_t *between, const joint_traits_t *of)
{
    const int64_t sums = of->output - of->output_kept - of->first;
    if (between->from == JOINT_OUTSIDE) return 0;
    assert(sums >= 0);
    return of->input - of->input_kept + of->filter - of->filter_kept +
           between->joint->psum_bytes * sums;
}

/* Add the cycles of the steps of one class in each group. */
static void joint_count(const joint_between_t *between, const joint_traits_t *of)
{
    const joint_t *joint = between->joint;
    const int64_t compute = joint_compute(between, of->compute);
    const int64_t ingress = joint_transfer(joint, joint_ingress_bytes(between, of));
    const int64_t egress = joint_transfer(joint, joint_egress_bytes(between, of));
    /* The first of the three that is the largest is what the step's cycles go to. */
    confx_cost_bound_t bound = CONFX_BOUND_COMPUTE;
    int64_t longest = compute;
    if (ingress > longest) {
        bound = CONFX_BOUND_INGRESS;
        longest = ingress;
    }
    if (egress > longest) {
        bound = CONFX_BOUND_EGRESS;
        longest = egress;
    }
    between->cycles[bound] += of->steps * longest;
    if (joint->watch) {
        const int to = between->to == JOINT_OUTSIDE ? JOINT_OUTSIDE : joint->loops[between->to];
        const int from =
            between->from == JOINT_OUTSIDE ? JOINT_OUTSIDE : joint->loops[between->from];
        const joint_steps_t alike = {to, from, of->steps, compute, ingress, egress, bound};
        joint->watch->steps(joint->watch->watcher, joint, &alike);
    }
}

static inline joint_traits_t joint_times(const joint_between_t *between, const joint_traits_t *of,
                                         const factors_t *to, const factors_t *from)
{
    const int any = between->any, summed = between->summed;
    return (joint_traits_t){
        .left = of->left * to->of[OUTPUT_LEFT_HELD + (summed != 0)],
        .left_kept = of->left_kept * to->of[OUTPUT_KEPT + summed],
        .last = of->last * to->of[OUTPUT_LAST],
        .input = of->input * from->of[INPUT_HELD + any],
        .input_kept = of->input_kept * from->of[INPUT_KEPT + any],
        .filter = of->filter * from->of[FILTER_HELD + any],
        .filter_kept = of->filter_kept * from->of[FILTER_KEPT + any],
        .output = of->output * from->of[OUTPUT_HELD + summed],
        .output_kept = of->output_kept * from->of[OUTPUT_KEPT + summed],
        .first = of->first * from->of[OUTPUT_FIRST],
        .compute = of->compute,
        .steps = of->steps,
    };
}

static void joint_choose(joint_between_t *between, int place, const joint_traits_t *of)
{
    const joint_t *joint = between->joint;
    if (place == joint->moving_n) {
        joint_count(between, of);
        return;
    }
    const int g = joint->moving[place];
    const class_t *classes = joint->groups[g]->classes;
    for (int i = between->lists[place]; i != GROUP_NONE; i = classes[i].next) {
        joint_traits_t product = joint_times(between, of, classes[i].to, classes[i].from);
        product.compute *= classes[i].compute;
        product.steps *= classes[i].leaves;
        between->chosen[g] = &classes[i];
        joint_choose(between, place + 1, &product);
    }
}

/* Find each group's classes of leaves that stand between these transitions; false: one has none. */
static bool joint_find(joint_between_t *between)
{
    const joint_t *joint = between->joint;
    for (int place = 0; place < joint->moving_n; place++) {
        const int g = joint->moving[place];
        const uint8_t *numbers = joint->transitions[g];
        between->lists[place] =
            group_list(joint->groups[g], numbers[between->to + 1], numbers[between->from + 1]);
        if (between->lists[place] == GROUP_NONE) return false;
    }
    return true;
}

/* The first step and the last one have a transfer that no other step hides. */
static void joint_count_ends(joint_between_t *between)
{
    static const joint_traits_t one = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const joint_t *joint = between->joint;
    const joint_traits_t ends = joint_times(between, &one, &joint->end, &joint->begin);
    between->to = between->from = 0;
    between->cycles[CONFX_BOUND_INGRESS] +=
        joint_transfer(joint, joint_ingress_bytes(between, &ends));
    between->cycles[CONFX_BOUND_EGRESS] +=
        joint_transfer(joint, joint_egress_bytes(between, &ends));
}

static void joint_begin_between(const joint_t *joint, int64_t *cycles, joint_between_t *between)
{
    between->joint = joint;
    between->any = joint->network.multicast ? INPUT_ANY - INPUT_HELD : 0;
    between->summed = joint->network.reduction ? OUTPUT_ANY - OUTPUT_HELD : 0;
    between->cycles = cycles;
    for (int g = 0; g < joint->plan->groups_n; g++)
        between->chosen[g] = joint->groups[g]->depth > 0
                                 ? NULL
                                 : &joint->groups[g]->classes[group_list(joint->groups[g], 0, 0)];
}

void joint_cycles(const joint_t *joint, int64_t cycles[CONFX_BOUNDS])
{
    static const joint_traits_t one = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    joint_between_t between;
    joint_begin_between(joint, cycles, &between);
    joint_traits_t still = joint_times(&between, &one, &joint->still, &joint->still);
    still.compute = joint->compute;
    memset(cycles, 0, CONFX_BOUNDS * sizeof *cycles);
    /* Each step is between two moves; the first and the last step of all have none outside. */
    for (between.to = JOINT_OUTSIDE; between.to < joint->loops_n; between.to++)
        for (between.from = JOINT_OUTSIDE; between.from < joint->loops_n; between.from++)
            if (joint_find(&between)) joint_choose(&between, 0, &still);
    joint_count_ends(&between);
}

double joint_bound(const joint_t *joint)
{
    const double macs = (double)joint->plan->macs, latency = (double)joint->latency;
    /* A step has a MAC at least, and moves no more than three elements and two sums a MAC. */
    const double bytes = 4 * macs * (1 + (double)joint->psum_bytes);
    return 2 * bytes * (1 + 1 / joint->bandwidth) + macs * (2 + 1 / joint->lanes + 2 * latency);
}
