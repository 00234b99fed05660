#include "cost/exact/exact.h"

#include "cost/engine/energy_area.h"
#include "cost/exact/cover.h"
#include "cost/exact/joint.h"
#include "cost/exact/line.h"
#include "cost/exact/written.h"

#include <assert.h>
#include <math.h>

/* A group is counted in closed form where that is possible, else by its steps written out. */
typedef struct {
    bool is_written;
    bool inside; /* some loop of another group moves inside of all of its own */
    line_t line, line_outermost;
    line_works_t works; /* of line_outermost */
    union {
        line_group_t counted; /* of all steps, and then of the outermost ones */
        struct {
            written_t fine, outermost;
        } written;
    };
} exact_group_t;

typedef struct {
    const confx_hardware_t *hardware;
    const joint_watch_t *watch; /* or NULL */
    network_t network;
    plan_t plan;
    exact_group_t groups[PLAN_GROUPS_MAX];
} exact_t;

/* ---- counts ---------------------------------------------------------------------------------- */

/* Section 5.1 to 5.4. */
static void exact_count_l1(const exact_t *exact, const factors_t *total, confx_cost_t *cost)
{
    const double *of = total->of;
    const int64_t macs = exact->plan.macs;
    const joint_moved_t moved = joint_moved(total, exact->network);
    const int64_t sums = moved.read[CONFX_TENSOR_OUTPUT];
    const int64_t from_zero = (int64_t)(of[OUTPUT_HELD] - of[OUTPUT_KEPT]) - sums;
    cost->l1_read[CONFX_TENSOR_INPUT] = cost->l1_read[CONFX_TENSOR_FILTER] = macs;
    /* Each MAC adds to a sum that is read, but for the first ones, which begin from zero; and a sum
       that leaves the L1 is read once more. */
    cost->l1_read[CONFX_TENSOR_OUTPUT] = macs - from_zero + moved.lettings_go;
    cost->l1_write[CONFX_TENSOR_INPUT] = (int64_t)(of[INPUT_HELD] - of[INPUT_KEPT]);
    cost->l1_write[CONFX_TENSOR_FILTER] = (int64_t)(of[FILTER_HELD] - of[FILTER_KEPT]);
    cost->l1_write[CONFX_TENSOR_OUTPUT] = macs + sums;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        cost->exact.noc_read[tensor] = moved.read[tensor];
    cost->exact.noc_written = moved.written;
    cost->exact.reductions = exact->network.reduction ? moved.lettings_go - moved.written : 0;
    cost->exact.outputs = (int64_t)of[OUTPUT_FIRST];
    assert(of[OUTPUT_FIRST] == of[OUTPUT_LAST]);
    assert(sums == moved.written - cost->exact.outputs);
}

/* Sections 5.7 and 5.8, once the NoC is counted. */
static void exact_count_l2(const factors_t *total, confx_cost_t *cost)
{
    /* One unit holds all of an outermost step, so that any network gives the same. */
    const joint_moved_t moved = joint_moved(total, (network_t){true, true});
    confx_cost_exact_t *own = &cost->exact;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        own->offchip_read[tensor] = moved.read[tensor];
        cost->l2_read[tensor] = own->noc_read[tensor];
        cost->l2_write[tensor] = moved.read[tensor];
    }
    own->offchip_written = moved.written;
    cost->l2_read[CONFX_TENSOR_OUTPUT] += moved.written;
    cost->l2_write[CONFX_TENSOR_OUTPUT] += own->noc_written;
    assert(moved.read[CONFX_TENSOR_OUTPUT] == moved.written - own->outputs);
}

/* Section 5.5 and 5.6: both buffers of each tensor. */
static int64_t exact_bytes(const exact_t *exact, const joint_t *joint)
{
    int64_t most[CONFX_TENSORS] = {1, 1, 1};
    for (int g = 0; g < exact->plan.groups_n; g++)
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
            /* A unit holds a product of intervals, one of each group: the largest product is the
               product of the largest. */
            most[tensor] *= joint->groups[g]->most[tensor];
    if (exact->watch) exact->watch->held(exact->watch->watcher, joint, most);
    return 2 * (most[CONFX_TENSOR_INPUT] + most[CONFX_TENSOR_FILTER] +
                exact->hardware->psum_bytes * most[CONFX_TENSOR_OUTPUT]);
}

static void exact_count_steps(const joint_t *joint, confx_cost_t *cost)
{
    cost->exact.steps = cost->exact.active_pe_steps = 1;
    for (int g = 0; g < joint->plan->groups_n; g++) {
        /* Groups run through their steps in every combination, and a PE works if it does so in all
           of them. */
        cost->exact.steps *= joint->groups[g]->steps;
        cost->exact.active_pe_steps *= joint->groups[g]->active;
    }
    cost->active_pes = (double)cost->exact.active_pe_steps / (double)cost->exact.steps;
}

/* ---- cycles ---------------------------------------------------------------------------------- */

static int64_t exact_sum(const int64_t cycles[CONFX_BOUNDS])
{
    int64_t sum = 0;
    for (int bound = 0; bound < CONFX_BOUNDS; bound++) sum += cycles[bound];
    return sum;
}

/* Once cycles of the NoC and off-chip are there. */
static void exact_count_runtime(const exact_t *exact, int64_t pes, confx_cost_t *cost)
{
    confx_cost_exact_t *own = &cost->exact;
    cost->runtime_cycles =
        own->noc_cycles > own->offchip_cycles ? own->noc_cycles : own->offchip_cycles;
    own->utilisation = (double)exact->plan.macs /
                       ((double)pes * exact->hardware->simd_lanes * (double)cost->runtime_cycles);
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* The innermost loop that moves, of all steps or of the outermost ones. */
static int exact_innermost(const exact_t *exact, bool outermost)
{
    int innermost = -1;
    for (int g = 0; g < exact->plan.groups_n; g++) {
        const exact_group_t *group = &exact->groups[g];
        const plan_group_t *plan = &exact->plan.groups[g];
        const line_t *line = outermost ? &group->line_outermost : &group->line;
        /* A line has fewer loops than the plan where some of them have one step: only those that
           move are named. */
        const int depth = !group->is_written ? line->depth
                          : outermost        ? plan->outermost_n
                                             : plan->loops_n;
        const uint8_t *loops = group->is_written ? plan->loops : line->loops;
        if (depth > 0 && loops[depth - 1] > innermost) innermost = loops[depth - 1];
    }
    return innermost;
}

static bool exact_is_inside(const line_t *line, int innermost)
{
    return line->depth > 0 && line->loops[line->depth - 1] != innermost;
}

static confx_cost_fault_t exact_write(exact_t *exact, int g)
{
    exact_group_t *group = &exact->groups[g];
    group->is_written = true;
    return written_open(&exact->plan, g, exact->network, &group->written.fine,
                        &group->written.outermost);
}

/* Every group is asked whether it is legal, even behind one that is too large to tell. */
static confx_cost_fault_t exact_open(exact_t *exact)
{
    confx_cost_fault_t fault = exact->plan.copies > 1 ? CONFX_COST_ILLEGAL : CONFX_COST_VALID;
    for (int g = 0; g < exact->plan.groups_n; g++) {
        exact_group_t *group = &exact->groups[g];
        /* Lines are legal: it takes no more to know that they are. */
        group->is_written = false;
        if (fault == CONFX_COST_ILLEGAL ||
            line_find(&exact->plan, g, &group->line, &group->line_outermost, &group->works))
            continue;
        const confx_cost_fault_t own =
            cover_probe(&exact->plan, g) ? exact_write(exact, g) : CONFX_COST_ILLEGAL;
        if (own != CONFX_COST_VALID) fault = own;
    }
    return fault;
}

/* Count the lines of all steps. One that has no closed form after all is written out. */
static confx_cost_fault_t exact_count_lines(exact_t *exact)
{
    const int innermost = exact_innermost(exact, false);
    for (int g = 0; g < exact->plan.groups_n; g++) {
        exact_group_t *group = &exact->groups[g];
        if (group->is_written) continue;
        group->inside = exact_is_inside(&group->line, innermost);
        if (line_count(&group->line, group->inside, exact->network, &group->counted)) continue;
        const confx_cost_fault_t fault = exact_write(exact, g);
        if (fault != CONFX_COST_VALID) return fault;
    }
    return CONFX_COST_VALID;
}

/* The same of the outermost steps. */
static void exact_count_outermost_lines(exact_t *exact)
{
    const int innermost = exact_innermost(exact, true);
    for (int g = 0; g < exact->plan.groups_n; g++) {
        exact_group_t *group = &exact->groups[g];
        if (group->is_written) continue;
        const bool inside = exact_is_inside(&group->line_outermost, innermost);
        /* What is there already serves, but for the lists of works that several lanes take. */
        if (group->line.alone && inside == group->inside && exact->hardware->simd_lanes == 1)
            continue;
        const bool counted =
            line_count(&group->line_outermost, inside, exact->network, &group->counted);
        /* One unit shares nothing with others. */
        assert(counted);
        (void)counted;
    }
}

static void exact_close(exact_t *exact)
{
    for (int g = 0; g < exact->plan.groups_n; g++) {
        if (!exact->groups[g].is_written) continue;
        written_close(&exact->groups[g].written.fine);
        written_close(&exact->groups[g].written.outermost);
    }
}

/* ---- one evaluation -------------------------------------------------------------------------- */

static void exact_join(const exact_t *exact, bool outermost, joint_t *joint)
{
    const confx_hardware_t *hardware = exact->hardware;
    /* A latency beyond this is refused by joint_bound. */
    const double latency = hardware->noc_latency < 0x1p60 ? hardware->noc_latency : 0x1p60;
    joint->plan = &exact->plan;
    joint->outermost = outermost;
    joint->network = exact->network;
    joint->lanes = hardware->simd_lanes;
    joint->bandwidth = outermost ? hardware->offchip_bandwidth : hardware->noc_bandwidth;
    joint->latency = outermost ? 1 : ceil(latency);
    joint->psum_bytes = (double)hardware->psum_bytes;
    joint->watch = exact->watch;
    for (int g = 0; g < exact->plan.groups_n; g++) {
        const exact_group_t *group = &exact->groups[g];
        /* Counted lines have one place for both passes: that of the outermost steps is filled when
           the figures of all steps are done with. */
        joint->groups[g] = !group->is_written ? &group->counted.group
                           : outermost        ? &group->written.outermost.group
                                              : &group->written.fine.group;
    }
    joint_open(joint);
}

/* Sections 5.1 to 5.5, and cycles of the NoC. */
static confx_cost_fault_t exact_count_noc(exact_t *exact, confx_cost_t *cost)
{
    joint_t joint;
    factors_t total;
    const confx_cost_fault_t fault = exact_count_lines(exact);
    if (fault != CONFX_COST_VALID) return fault;
    exact_join(exact, false, &joint);
    if (!(joint_bound(&joint) < 0x1p53)) return CONFX_COST_OVERFLOW;
    joint_total(&joint, &total);
    exact_count_l1(exact, &total, cost);
    exact_count_steps(&joint, cost);
    joint_cycles(&joint, cost->exact.bound_cycles);
    cost->exact.noc_cycles = exact_sum(cost->exact.bound_cycles);
    cost->l1_bytes = exact_bytes(exact, &joint);
    return CONFX_COST_VALID;
}

/* Sections 5.6 to 5.8, and cycles off-chip. */
static confx_cost_fault_t exact_count_offchip(exact_t *exact, confx_cost_t *cost)
{
    joint_t joint;
    factors_t total;
    int64_t cycles[CONFX_BOUNDS];
    exact_count_outermost_lines(exact);
    exact_join(exact, true, &joint);
    if (!(joint_bound(&joint) < 0x1p53)) return CONFX_COST_OVERFLOW;
    joint_total(&joint, &total);
    exact_count_l2(&total, cost);
    joint_cycles(&joint, cycles);
    cost->exact.offchip_cycles = exact_sum(cycles);
    cost->l2_bytes = exact_bytes(exact, &joint);
    return CONFX_COST_VALID;
}

static confx_cost_fault_t exact_count(exact_t *exact, int64_t pes, confx_cost_t *cost)
{
    confx_cost_fault_t fault = exact_count_noc(exact, cost);
    if (fault == CONFX_COST_VALID) fault = exact_count_offchip(exact, cost);
    if (fault != CONFX_COST_VALID) return fault;
    cost->macs = exact->plan.macs;
    exact_count_runtime(exact, pes, cost);
    return CONFX_COST_VALID;
}

void exact_evaluate_watched(const evaluation_point_t *point, const joint_watch_t *watch,
                            confx_cost_t *cost)
{
    const confx_hardware_t *hardware = point->hardware;
    exact_t exact;
    exact.hardware = hardware;
    exact.watch = watch;
    exact.network = (network_t){hardware->multicast, hardware->reduction};
    energy_area_none(cost, CONFX_COST_VALID);
    confx_cost_fault_t fault =
        plan_fill(point->dataflow, point->layer, point->pes, point->buffer, &exact.plan);
    if (fault == CONFX_COST_VALID) {
        if (watch) watch->plan(watch->watcher, &exact.plan);
        /* The watch learns of the plan even if its groups turn out not to be legal: an explanation
           shows how far the evaluation came. */
        fault = exact_open(&exact);
        if (fault == CONFX_COST_VALID) fault = exact_count(&exact, point->pes, cost);
        exact_close(&exact);
    }
    if (fault != CONFX_COST_VALID) energy_area_none(cost, fault);
}

void exact_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                    const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                    confx_cost_t *cost)
{
    const evaluation_point_t point = {dataflow, layer, hardware, pes, buffer};
    exact_evaluate_watched(&point, NULL, cost);
}

bool exact_witness(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                   const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                   confx_cost_witness_t *witness)
{
    plan_t plan;
    (void)hardware;
    *witness = (confx_cost_witness_t){.times = 1};
    return plan_fill(dataflow, layer, pes, buffer, &plan) == CONFX_COST_VALID &&
           cover_witness(&plan, witness);
}
