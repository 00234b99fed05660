#include "cost/exact/exact.h"

#include "cost/engine/energy_area.h"
#include "cost/exact/cover.h"
#include "cost/exact/joint.h"
#include "cost/exact/written.h"

#include <assert.h>
#include <math.h>

typedef struct {
    const confx_hardware_t *hardware;
    const joint_watch_t *watch; /* or NULL */
    network_t network;
    plan_t plan;
    written_t fine[PLAN_GROUPS_MAX], outermost[PLAN_GROUPS_MAX];
} exact_t;

/* ---- counts ---------------------------------------------------------------------------------- */

/* Section 5.1 to 5.4. */
static void exact_count_l1(const exact_t *exact, const factors_t *total, confx_cost_t *cost)
{
    const int64_t *of = total->of, macs = exact->plan.macs;
    const joint_moved_t moved = joint_moved(total, exact->network);
    const int64_t sums = moved.read[CONFX_TENSOR_OUTPUT];
    const int64_t from_zero = of[OUTPUT_HELD] - of[OUTPUT_KEPT] - sums;
    cost->l1_read[CONFX_TENSOR_INPUT] = cost->l1_read[CONFX_TENSOR_FILTER] = macs;
    cost->l1_read[CONFX_TENSOR_OUTPUT] = macs - from_zero + moved.lettings_go;
    cost->l1_write[CONFX_TENSOR_INPUT] = of[INPUT_HELD] - of[INPUT_KEPT];
    cost->l1_write[CONFX_TENSOR_FILTER] = of[FILTER_HELD] - of[FILTER_KEPT];
    cost->l1_write[CONFX_TENSOR_OUTPUT] = macs + sums;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        cost->exact.noc_read[tensor] = moved.read[tensor];
    cost->exact.noc_written = moved.written;
    cost->exact.reductions = exact->network.reduction ? moved.lettings_go - moved.written : 0;
    cost->exact.outputs = of[OUTPUT_FIRST];
    assert(of[OUTPUT_FIRST] == of[OUTPUT_LAST]);
    assert(sums == moved.written - of[OUTPUT_FIRST]);
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
            most[tensor] *= joint->groups[g]->most[tensor];
    if (exact->watch) exact->watch->held(exact->watch->watcher, joint, most);
    return 2 * (most[CONFX_TENSOR_INPUT] + most[CONFX_TENSOR_FILTER] +
                exact->hardware->psum_bytes * most[CONFX_TENSOR_OUTPUT]);
}

static void exact_count_steps(const joint_t *joint, confx_cost_t *cost)
{
    cost->exact.steps = cost->exact.active_pe_steps = 1;
    for (int g = 0; g < joint->plan->groups_n; g++) {
        cost->exact.steps *= joint->groups[g]->steps;
        cost->exact.active_pe_steps *= joint->groups[g]->active;
    }
    cost->active_pes = (double)cost->exact.active_pe_steps / (double)cost->exact.steps;
}

/* ---- cycles ---------------------------------------------------------------------------------- */

static confx_cost_fault_t exact_count_cycles(const joint_t *noc, const joint_t *offchip,
                                             int64_t pes, confx_cost_t *cost)
{
    int64_t cycles[CONFX_BOUNDS];
    confx_cost_exact_t *own = &cost->exact;
    if (!(joint_bound(noc) < 0x1p60) || !(joint_bound(offchip) < 0x1p60))
        return CONFX_COST_OVERFLOW;
    joint_cycles(noc, own->bound_cycles);
    joint_cycles(offchip, cycles);
    own->noc_cycles = own->offchip_cycles = 0;
    for (int bound = 0; bound < CONFX_BOUNDS; bound++) {
        own->noc_cycles += own->bound_cycles[bound];
        own->offchip_cycles += cycles[bound];
    }
    cost->runtime_cycles =
        own->noc_cycles > own->offchip_cycles ? own->noc_cycles : own->offchip_cycles;
    own->utilisation =
        (double)noc->plan->macs / ((double)pes * noc->lanes * (double)cost->runtime_cycles);
    return CONFX_COST_VALID;
}

/* ---- one evaluation -------------------------------------------------------------------------- */

/* Every group is asked whether it is legal, even behind one that is too large to tell. */
static confx_cost_fault_t exact_open(exact_t *exact)
{
    confx_cost_fault_t fault = exact->plan.copies > 1 ? CONFX_COST_ILLEGAL : CONFX_COST_VALID;
    for (int g = 0; g < exact->plan.groups_n; g++)
        exact->fine[g] = exact->outermost[g] = (written_t){.group = {.depth = 0}};
    for (int g = 0; g < exact->plan.groups_n && fault != CONFX_COST_ILLEGAL; g++) {
        const confx_cost_fault_t own =
            written_open(&exact->plan, g, exact->network, &exact->fine[g], &exact->outermost[g]);
        if (own != CONFX_COST_VALID) fault = own;
    }
    return fault;
}

static void exact_close(exact_t *exact)
{
    for (int g = 0; g < exact->plan.groups_n; g++) {
        written_close(&exact->fine[g]);
        written_close(&exact->outermost[g]);
    }
}

static confx_cost_fault_t exact_count(const exact_t *exact, int64_t pes, confx_cost_t *cost)
{
    const confx_hardware_t *hardware = exact->hardware;
    /* A latency beyond this is refused by joint_bound; it is converted only below. */
    const double latency = hardware->noc_latency < 0x1p60 ? hardware->noc_latency : 0x1p60;
    joint_t noc = {.plan = &exact->plan,
                   .outermost = false,
                   .network = exact->network,
                   .lanes = hardware->simd_lanes,
                   .bandwidth = hardware->noc_bandwidth,
                   .latency = (int64_t)ceil(latency),
                   .psum_bytes = hardware->psum_bytes,
                   .watch = exact->watch};
    joint_t offchip = noc;
    offchip.outermost = true;
    offchip.bandwidth = hardware->offchip_bandwidth;
    offchip.latency = 1;
    for (int g = 0; g < exact->plan.groups_n; g++) {
        noc.groups[g] = &exact->fine[g].group;
        offchip.groups[g] = &exact->outermost[g].group;
    }
    joint_open(&noc);
    joint_open(&offchip);
    factors_t total;
    joint_total(&noc, &total);
    exact_count_l1(exact, &total, cost);
    joint_total(&offchip, &total);
    exact_count_l2(&total, cost);
    exact_count_steps(&noc, cost);
    cost->macs = exact->plan.macs;
    const confx_cost_fault_t fault = exact_count_cycles(&noc, &offchip, pes, cost);
    /* Below that bound bytes fit as well. */
    if (fault != CONFX_COST_VALID) return fault;
    cost->l1_bytes = exact_bytes(exact, &noc);
    cost->l2_bytes = exact_bytes(exact, &offchip);
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
