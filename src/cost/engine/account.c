#include "cost/engine/account.h"

#include <assert.h>
#include <math.h>

static int64_t account_greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- while cases go by ----------------------------------------------------------------------- */

void account_open(account_t *account)
{
    const span_t none = {.minimum = INT64_MAX, .maximum = INT64_MIN};
    *account = (account_t){.fill = none, .drain = none, .compute = none};
}

static int64_t account_need_of_inputs(const account_t *account)
{
    return account->need[CONFX_TENSOR_INPUT] + account->need[CONFX_TENSOR_FILTER];
}

/* MAESTRO divides whole numbers here. What does not fit makes the runtime overflow anyway. */
static int64_t account_half_cycles(int64_t bytes, double bandwidth)
{
    const double cycles = (double)bytes / bandwidth;
    /* Two divisions, each of which rounds towards zero: by the bandwidth, then by 2 for the two
       buffers. */
    return (int64_t)fmax(-0x1p62, fmin(cycles, 0x1p62)) / 2;
}

/* Of leading invalid cases the needs of input and filter pile up, that of the output does not:
   MAESTRO's way. */
void account_buffer(account_t *account, const volumes_t *volumes, const confx_hardware_t *hardware)
{
    account->need[CONFX_TENSOR_INPUT] += 2 * volumes->ingress[CONFX_TENSOR_INPUT];
    account->need[CONFX_TENSOR_FILTER] += 2 * volumes->ingress[CONFX_TENSOR_FILTER];
    account->need[CONFX_TENSOR_OUTPUT] = 2 * volumes->egress;
    /* Inputs come in while outputs go out, over separate ways: the longer of the two counts. */
    account->offchip = account_greatest(
        account_half_cycles(account_need_of_inputs(account), hardware->offchip_bandwidth),
        account_half_cycles(account->need[CONFX_TENSOR_OUTPUT], hardware->offchip_bandwidth));
}

static void account_span_add(span_t *span, int64_t cycles, int64_t occurrences)
{
    if (cycles < span->minimum) span->minimum = cycles;
    if (cycles > span->maximum) span->maximum = cycles;
    span->sum += occurrences * cycles;
}

int64_t account_offchip(const account_t *account, int64_t compute)
{
    return account_greatest(account->need[CONFX_TENSOR_OUTPUT], account_need_of_inputs(account)) /
           compute;
}

void account_kind(account_t *account, const kind_t *kind)
{
    for (int tensor = 0; tensor < INGRESSES; tensor++)
        account->read[tensor] += kind->occurrences * kind->volumes.ingress[tensor];
    account->occurrences += kind->occurrences;
    account->bandwidth_peak =
        account_greatest(account->bandwidth_peak, kind->busiest / kind->compute);
    account_span_add(&account->fill, kind->fill, kind->occurrences);
    account_span_add(&account->drain, kind->drain, kind->occurrences);
    account_span_add(&account->compute, kind->compute, kind->occurrences);
}

/* ---- at the end ------------------------------------------------------------------------------ */

/* Elements of each tensor; outputs as if there were no stride. */
static void account_count_elements(const confx_layer_t *layer, int64_t elements[CONFX_TENSORS])
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

static confx_cost_delay_t account_delay_of(const span_t *span, int64_t occurrences)
{
    if (occurrences == 0) return (confx_cost_delay_t){0, 0, 0};
    return (confx_cost_delay_t){span->minimum, span->maximum, span->sum / occurrences};
}

/* Multicast is never counted: what the L2 sends is what the L1s are written. */
static void account_close_inputs(const account_t *account, const int64_t elements[CONFX_TENSORS],
                                 confx_cost_t *cost)
{
    for (int tensor = CONFX_TENSOR_INPUT; tensor <= CONFX_TENSOR_FILTER; tensor++) {
        /* Each multiplication reads one input and one weight; each tensor enters the L2 once. */
        cost->l1_read[tensor] = cost->macs;
        cost->l1_write[tensor] = account->read[tensor];
        cost->l2_read[tensor] = account->read[tensor];
        cost->l2_write[tensor] = elements[tensor];
    }
}

void account_close(const account_t *account, const confx_layer_t *layer, confx_cost_t *cost)
{
    int64_t elements[CONFX_TENSORS];
    assert(account->occurrences == 0 || account->compute.minimum <= account->compute.maximum);
    account_count_elements(layer, elements);
    account_close_inputs(account, elements, cost);
    cost->l2_read[CONFX_TENSOR_OUTPUT] = elements[CONFX_TENSOR_OUTPUT];
    cost->l2_bytes = account_need_of_inputs(account) + account->need[CONFX_TENSOR_OUTPUT];
    cost->noc_bandwidth_peak = account->bandwidth_peak;
    /* Without a valid case the average is 0 by 0, no number, as in MAESTRO's table (section 9). */
    cost->noc_bandwidth_average = (double)account->bandwidth_sum / (double)account->occurrences;
    cost->offchip_bandwidth = account->offchip_bandwidth;
    cost->arithmetic_intensity =
        account->occurrences ? (double)account->last_macs / (double)account->last_ingress : 0;
    cost->ingress = account_delay_of(&account->fill, account->occurrences);
    cost->egress = account_delay_of(&account->drain, account->occurrences);
    cost->compute = account_delay_of(&account->compute, account->occurrences);
}
