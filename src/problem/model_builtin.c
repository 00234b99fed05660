/* The cost room as a model: it answers at once, and its static metrics are part of an
   evaluation. */
#include "confx/accounting.h"
#include "confx/model.h"
#include "confx/saturation.h"
#include "confx/try.h"
#include "problem/flows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    builtin_parts_t parts;
    char why[CONFX_COST_WITNESS_TEXT_MAX + 128]; /* what was said last of an invalid point */
} builtin_t;

/* A layer's point as the cost room is asked for it. */
typedef struct {
    const confx_layer_t *layer;
    const confx_dataflow_t *dataflow; /* alive until the next one is asked for */
    const char *name;                 /* of the dataflow */
    uint32_t pes, buffer;
} builtin_point_t;

static builtin_point_t model_builtin_point(const builtin_t *self, size_t distinct, uint64_t point)
{
    const builtin_parts_t *parts = &self->parts;
    const confx_layer_t *layer = &parts->workload->layers[parts->workload->first_of[distinct]];
    uint16_t action[SPACE_AXES];
    space_action(parts->space, point, action);
    return (builtin_point_t){layer, flows_of(parts->flows, parts->space, layer, action),
                             flows_name(parts->flows, layer, action),
                             space_value(parts->space, FLOWS_PE, action[FLOWS_PE]),
                             space_value(parts->space, FLOWS_BUFFER, action[FLOWS_BUFFER])};
}

static void model_builtin_cost(const builtin_t *self, const builtin_point_t *at, confx_cost_t *cost)
{
    confx_cost_evaluate(at->dataflow, at->layer, self->parts.hardware, at->pes, at->buffer, cost);
}

static void model_builtin_metrics(const confx_cost_t *cost, double *metrics)
{
    metrics[BUILTIN_LATENCY] = (double)cost->runtime_cycles;
    metrics[BUILTIN_ENERGY] = cost->energy_nj;
    metrics[BUILTIN_AREA] = cost->area_um2;
    metrics[BUILTIN_POWER] = cost->power_mw;
    metrics[BUILTIN_L1] = (double)cost->l1_bytes;
    metrics[BUILTIN_L2] = (double)cost->l2_bytes;
    metrics[BUILTIN_MACS] = (double)cost->macs;
    metrics[BUILTIN_MACS_PER_CYCLE] = cost->macs_per_cycle;
}

static void model_builtin_counts(const confx_cost_t *cost, uint32_t pes, double *metrics)
{
    metrics[BUILTIN_PE] = pes;
    metrics[BUILTIN_BUFFER_BYTES] = (double)pes * (double)cost->l1_bytes + (double)cost->l2_bytes;
}

static evaluation_status_t model_builtin_evaluate(void *context, const request_t *request,
                                                  double *metrics)
{
    confx_cost_t cost;
    assert(!request->assignment);
    const builtin_point_t at = model_builtin_point(context, request->distinct, request->point);
    model_builtin_cost(context, &at, &cost);
    model_builtin_metrics(&cost, metrics);
    if (((const builtin_t *)context)->parts.counts) model_builtin_counts(&cost, at.pes, metrics);
    return cost.fault == CONFX_COST_VALID ? EVALUATION_VALID : EVALUATION_INVALID;
}

static bool model_builtin_is_saturated(void *context, size_t distinct, uint64_t point)
{
    const builtin_t *self = context;
    const builtin_point_t at = model_builtin_point(self, distinct, point);
    return cost_saturated(at.dataflow, at.layer, self->parts.hardware, at.pes, at.buffer);
}

/* The fault; of an illegal mapping a MAC that shows it, and what to use instead. */
static const char *model_builtin_why_invalid(void *context, size_t distinct, uint64_t point)
{
    builtin_t *self = context;
    const builtin_point_t at = model_builtin_point(self, distinct, point);
    const char *instead = accounting_dataflow_instead(at.name);
    confx_cost_t cost;
    confx_cost_witness_t witness;
    char told[CONFX_COST_WITNESS_TEXT_MAX];
    model_builtin_cost(self, &at, &cost);
    if (!confx_cost_witness(at.dataflow, at.layer, self->parts.hardware, at.pes, at.buffer,
                            &witness))
        return confx_cost_fault_text(cost.fault);
    confx_cost_witness_text(&witness, at.layer, told);
    /* Composed in the model's memory, as the caller frees nothing: alive until the next one. */
    (void)snprintf(self->why, sizeof self->why, "%s%s%s%s", told,
                   instead ? "; use the dataflow " : "", instead ? instead : "",
                   instead ? " under the accounting exact" : "");
    return self->why;
}

confx_status_t model_builtin(const builtin_parts_t *parts, model_t *model)
{
#define BUILTIN_METRIC(metric, word, unit, known, rate, hardware)                                  \
    {word, unit, known, rate, hardware},
    static const metric_t metrics[] = {BUILTIN_METRICS(BUILTIN_METRIC)};
#undef BUILTIN_METRIC
    builtin_t *self = malloc(sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a cost model");
    *self = (builtin_t){.parts = *parts};
    *model = (model_t){.name = "builtin",
                       .metrics_n = parts->counts ? BUILTIN_COLUMNS : BUILTIN_PE,
                       .metrics = metrics,
                       .validity_is_static = parts->hardware->accounting == CONFX_ACCOUNTING_EXACT,
                       .self = self,
                       .evaluate = model_builtin_evaluate,
                       .is_saturated = model_builtin_is_saturated,
                       .why_invalid = model_builtin_why_invalid,
                       .close = free};
    return status_ok();
}
