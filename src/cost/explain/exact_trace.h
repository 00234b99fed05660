/* One evaluation under the accounting exact taken apart, as the engine has computed and told it
   (src/cost/EXACT.md). */
#ifndef COST_EXACT_TRACE_H
#define COST_EXACT_TRACE_H

#include "cost/exact/exact.h"

/* Of all steps, over the NoC; or of the outermost ones, off-chip. */
typedef struct {
    joint_moved_t moved[PLAN_LOOPS_MAX + 2]; /* [loop + 1]: whenever that loop of the plan moves; 0:
                                                before the first step; behind the loops: behind the
                                                last step */
    int64_t most[CONFX_TENSORS];             /* elements held at most, by a PE or by the L2 */
    int64_t first, last;                     /* cycles of ingress before, of egress behind */
    size_t steps_n, steps_room;
    joint_steps_t *steps; /* by the cycles that they take together, most first */
} exact_flow_t;

typedef struct {
    evaluation_point_t point;
    confx_cost_t cost;
    bool planned; /* there are levels and loops */
    plan_t plan;
    exact_flow_t noc, offchip;
    bool full; /* memory was not enough */
} exact_trace_t;

/* Evaluate the point, watched. What the point refers to is used until it is closed, and the trace
   does not move. CONFX_STATUS_MEMORY. */
confx_status_t exact_trace_open(const evaluation_point_t *point, exact_trace_t *trace);
void exact_trace_close(exact_trace_t *trace);

/* Cycles that each of these steps takes. */
static inline int64_t exact_trace_delay(const joint_steps_t *steps)
{
    return steps->bound == CONFX_BOUND_COMPUTE   ? steps->compute
           : steps->bound == CONFX_BOUND_INGRESS ? steps->ingress
                                                 : steps->egress;
}

#endif
