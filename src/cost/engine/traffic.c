#include "cost/engine/traffic.h"
#include "cost/language/whole.h"

#include <assert.h>
#include <math.h>

/* ---- while cases go by ----------------------------------------------------------------------- */

void traffic_open(traffic_t *traffic)
{
    const span_t none = {.minimum = INT64_MAX, .maximum = INT64_MIN};
    *traffic = (traffic_t){.fill = none, .drain = none, .compute = none};
}

static int64_t traffic_need_of_inputs(const traffic_t *traffic)
{
    return traffic->need[CONFX_TENSOR_INPUT] + traffic->need[CONFX_TENSOR_FILTER];
}

/* MAESTRO divides whole numbers here. What does not fit makes the runtime overflow anyway. */
static int64_t traffic_half_cycles(int64_t bytes, double bandwidth)
{
    const double cycles = (double)bytes / bandwidth;
    /* Two divisions, each of which rounds towards zero: by the bandwidth, then by 2 for the two
       buffers. */
    return (int64_t)fmax(-0x1p62, fmin(cycles, 0x1p62)) / 2;
}

/* Of leading invalid cases the needs of input and filter pile up, that of the output does not:
   MAESTRO's way. */
void traffic_buffer(traffic_t *traffic, const volumes_t *volumes, const confx_hardware_t *hardware)
{
    traffic->need[CONFX_TENSOR_INPUT] += 2 * volumes->ingress[CONFX_TENSOR_INPUT];
    traffic->need[CONFX_TENSOR_FILTER] += 2 * volumes->ingress[CONFX_TENSOR_FILTER];
    traffic->need[CONFX_TENSOR_OUTPUT] = 2 * volumes->egress;
    /* Inputs come in while outputs go out, over separate ways: the longer of the two counts. */
    traffic->offchip = whole_max(
        traffic_half_cycles(traffic_need_of_inputs(traffic), hardware->offchip_bandwidth),
        traffic_half_cycles(traffic->need[CONFX_TENSOR_OUTPUT], hardware->offchip_bandwidth));
}

static void traffic_span_add(span_t *span, int64_t cycles, int64_t occurrences)
{
    if (cycles < span->minimum) span->minimum = cycles;
    if (cycles > span->maximum) span->maximum = cycles;
    span->sum += occurrences * cycles;
}

int64_t traffic_offchip(const traffic_t *traffic, int64_t compute)
{
    return whole_max(traffic->need[CONFX_TENSOR_OUTPUT], traffic_need_of_inputs(traffic)) / compute;
}

void traffic_kind(traffic_t *traffic, const kind_t *kind)
{
    for (int tensor = 0; tensor < INGRESSES; tensor++)
        traffic->read[tensor] += kind->occurrences * kind->volumes.ingress[tensor];
    traffic->occurrences += kind->occurrences;
    traffic->bandwidth_peak = whole_max(traffic->bandwidth_peak, kind->busiest / kind->compute);
    traffic_span_add(&traffic->fill, kind->fill, kind->occurrences);
    traffic_span_add(&traffic->drain, kind->drain, kind->occurrences);
    traffic_span_add(&traffic->compute, kind->compute, kind->occurrences);
}

/* ---- at the end ------------------------------------------------------------------------------ */

/* Elements of each tensor; outputs as if there were no stride. */
static void traffic_count_elements(const confx_layer_t *layer, int64_t elements[CONFX_TENSORS])
{
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) elements[tensor] = 1;
    /* The product of a tensor's dimensions, of the output with X' = X - S + 1 and Y' = Y - R +
       1. */
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        const int64_t extent = layer->dim[dim];
        const int64_t window = dim == CONFX_DIM_X   ? layer->dim[CONFX_DIM_S]
                               : dim == CONFX_DIM_Y ? layer->dim[CONFX_DIM_R]
                                                    : 1;
        const unsigned tensors = tensors_indexed[layer->type][dim];
        if (extent <= 0) continue;
        if (tensors >> CONFX_TENSOR_INPUT & 1) elements[CONFX_TENSOR_INPUT] *= extent;
        if (tensors >> CONFX_TENSOR_FILTER & 1) elements[CONFX_TENSOR_FILTER] *= extent;
        if (tensors >> CONFX_TENSOR_OUTPUT & 1)
            elements[CONFX_TENSOR_OUTPUT] *= extent - window + 1;
    }
}

static confx_cost_delay_t traffic_delay_of(const span_t *span, int64_t occurrences)
{
    if (occurrences == 0) return (confx_cost_delay_t){0, 0, 0};
    return (confx_cost_delay_t){span->minimum, span->maximum, span->sum / occurrences};
}

/* Multicast is never counted: what the L2 sends is what the L1s are written. */
static void traffic_close_inputs(const traffic_t *traffic, const int64_t elements[CONFX_TENSORS],
                                 confx_cost_t *cost)
{
    for (int tensor = CONFX_TENSOR_INPUT; tensor <= CONFX_TENSOR_FILTER; tensor++) {
        /* Each multiplication reads one input and one weight; each tensor enters the L2 once. */
        cost->l1_read[tensor] = cost->macs;
        cost->l1_write[tensor] = traffic->read[tensor];
        cost->l2_read[tensor] = traffic->read[tensor];
        cost->l2_write[tensor] = elements[tensor];
    }
}

void traffic_close(const traffic_t *traffic, const confx_layer_t *layer, confx_cost_t *cost)
{
    int64_t elements[CONFX_TENSORS];
    assert(traffic->occurrences == 0 || traffic->compute.minimum <= traffic->compute.maximum);
    traffic_count_elements(layer, elements);
    traffic_close_inputs(traffic, elements, cost);
    cost->l2_read[CONFX_TENSOR_OUTPUT] = elements[CONFX_TENSOR_OUTPUT];
    cost->l2_bytes = traffic_need_of_inputs(traffic) + traffic->need[CONFX_TENSOR_OUTPUT];
    cost->noc_bandwidth_peak = traffic->bandwidth_peak;
    /* Without a valid case the average is 0 by 0, no number, as in MAESTRO's table (section 9). */
    cost->noc_bandwidth_average = (double)traffic->bandwidth_sum / (double)traffic->occurrences;
    cost->offchip_bandwidth = traffic->offchip_bandwidth;
    cost->arithmetic_intensity =
        traffic->occurrences ? (double)traffic->last_macs / (double)traffic->last_ingress : 0;
    cost->ingress = traffic_delay_of(&traffic->fill, traffic->occurrences);
    cost->egress = traffic_delay_of(&traffic->drain, traffic->occurrences);
    cost->compute = traffic_delay_of(&traffic->compute, traffic->occurrences);
}
