#include "cost/explain/exact_trace.h"

#include "confx/try.h"
#include "cost/engine/energy_area.h"

#include <assert.h>
#include <stdlib.h>

/* ---- steps ----------------------------------------------------------------------------------- */

/* By everything that tells steps apart. */
static int exact_trace_compare(const void *left, const void *right)
{
    const joint_steps_t *one = left, *other = right;
    const int64_t ones[] = {one->to, one->from, one->compute, one->ingress, one->egress};
    const int64_t theirs[] = {other->to, other->from, other->compute, other->ingress,
                              other->egress};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        if (ones[i] != theirs[i]) return ones[i] < theirs[i] ? -1 : 1;
    return 0;
}

/* Those that take most cycles together come first. */
static int exact_trace_compare_cycles(const void *left, const void *right)
{
    const joint_steps_t *one = left, *other = right;
    const double cycles = (double)one->steps * (double)exact_trace_delay(one);
    const double others = (double)other->steps * (double)exact_trace_delay(other);
    if (cycles != others) return cycles > others ? -1 : 1;
    return exact_trace_compare(left, right);
}

/* Different places in the groups of dimensions may come to the same cycles: one of those. */
static void exact_trace_merge(exact_flow_t *flow)
{
    size_t kept = 0;
    if (flow->steps_n == 0) return;
    qsort(flow->steps, flow->steps_n, sizeof *flow->steps, exact_trace_compare);
    for (size_t i = 1; i < flow->steps_n; i++) {
        if (exact_trace_compare(&flow->steps[kept], &flow->steps[i]) == 0)
            flow->steps[kept].steps += flow->steps[i].steps;
        else
            flow->steps[++kept] = flow->steps[i];
    }
    flow->steps_n = kept + 1;
}

static bool exact_trace_grow(exact_flow_t *flow)
{
    if (flow->steps_n < flow->steps_room) return true;
    /* Merging first keeps the table small: it grows only where it stays half full. */
    exact_trace_merge(flow);
    const size_t room = flow->steps_n < flow->steps_room / 2 ? flow->steps_room
                        : flow->steps_room                   ? 2 * flow->steps_room
                                                             : 64;
    joint_steps_t *grown = realloc(flow->steps, room * sizeof *grown);
    if (grown == NULL) return false;
    flow->steps = grown;
    flow->steps_room = room;
    return true;
}

/* ---- what the engine calls ------------------------------------------------------------------- */

static exact_flow_t *exact_trace_flow(exact_trace_t *trace, const joint_t *joint)
{
    return joint->outermost ? &trace->offchip : &trace->noc;
}

static void exact_trace_plan(void *watcher, const plan_t *plan)
{
    exact_trace_t *trace = watcher;
    trace->plan = *plan;
    trace->planned = true;
    /* A loop's maps are those of its own plan. */
    for (int i = 0; i < plan->loops_n; i++)
        trace->plan.loops[i].maps = &trace->plan.maps[plan->loops[i].maps - plan->maps];
}

static void exact_trace_moved(void *watcher, const joint_t *joint, int loop,
                              const joint_moved_t *moved)
{
    exact_flow_t *flow = exact_trace_flow(watcher, joint);
    const int64_t sums = moved->read[CONFX_TENSOR_OUTPUT];
    const int64_t psum_bytes = (int64_t)joint->psum_bytes;
    assert(loop >= JOINT_OUTSIDE && loop <= joint->plan->loops_n);
    flow->moved[loop + 1] = *moved;
    /* No step hides what comes before the first one and goes behind the last one. */
    if (loop == JOINT_OUTSIDE)
        flow->first =
            joint_transfer(joint, moved->read[CONFX_TENSOR_INPUT] +
                                      moved->read[CONFX_TENSOR_FILTER] + psum_bytes * sums);
    if (loop == joint->plan->loops_n)
        flow->last = joint_transfer(joint, moved->finished +
                                               psum_bytes * (moved->written - moved->finished));
}

static void exact_trace_steps(void *watcher, const joint_t *joint, const joint_steps_t *steps)
{
    exact_trace_t *trace = watcher;
    exact_flow_t *flow = exact_trace_flow(trace, joint);
    trace->full = trace->full || !exact_trace_grow(flow);
    if (!trace->full) flow->steps[flow->steps_n++] = *steps;
}

static void exact_trace_held(void *watcher, const joint_t *joint, const int64_t most[CONFX_TENSORS])
{
    exact_flow_t *flow = exact_trace_flow(watcher, joint);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) flow->most[tensor] = most[tensor];
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void exact_trace_sort(exact_flow_t *flow)
{
    exact_trace_merge(flow);
    if (flow->steps_n)
        qsort(flow->steps, flow->steps_n, sizeof *flow->steps, exact_trace_compare_cycles);
}

confx_status_t exact_trace_open(const evaluation_point_t *point, exact_trace_t *trace)
{
    const joint_watch_t watch = {.watcher = trace,
                                 .plan = exact_trace_plan,
                                 .held = exact_trace_held,
                                 .moved = exact_trace_moved,
                                 .steps = exact_trace_steps};
    *trace = (exact_trace_t){.point = *point};
    exact_evaluate_watched(point, &watch, &trace->cost);
    if (trace->cost.fault == CONFX_COST_VALID)
        energy_area_fill_exact(&trace->cost, point->hardware, point->pes);
    /* The engine cannot fail for want of memory, so its watcher notes that and the failure is told
       here. */
    if (trace->full) {
        exact_trace_close(trace);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for an explanation");
    }
    exact_trace_sort(&trace->noc);
    exact_trace_sort(&trace->offchip);
    return status_ok();
}

void exact_trace_close(exact_trace_t *trace)
{
    free(trace->noc.steps);
    free(trace->offchip.steps);
    trace->noc.steps = trace->offchip.steps = NULL;
}
