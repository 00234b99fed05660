#include "account.h"

#include <math.h>

static int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- while cases go by ------------------------------------------------------------------------------------------- */

void account_open(account_t *account)
{
    const span_t none = {.minimum = INT64_MAX, .maximum = INT64_MIN};
    *account = (account_t){.fill = none, .drain = none, .compute = none};
}

static int64_t need_of_inputs(const account_t *account)
{
    return account->need[TENSOR_INPUT] + account->need[TENSOR_FILTER];
}

/* MAESTRO divides whole numbers here. What does not fit makes the runtime overflow anyway. */
static int64_t half_cycles(int64_t bytes, double bandwidth)
{
    const double cycles = (double)bytes / bandwidth;
    return (int64_t)fmax(-0x1p62, fmin(cycles, 0x1p62)) / 2;
}

/* Of leading invalid cases the needs of input and filter pile up, that of the output does not: MAESTRO's way. */
void account_buffer(account_t *account, const case_t *one, const hardware_t *hardware)
{
    account->need[TENSOR_INPUT] += 2 * one->ingress[TENSOR_INPUT];
    account->need[TENSOR_FILTER] += 2 * one->ingress[TENSOR_FILTER];
    account->need[TENSOR_OUTPUT] = 2 * one->egress;
    account->offchip = greatest(half_cycles(need_of_inputs(account), hardware->offchip_bandwidth),
                                half_cycles(account->need[TENSOR_OUTPUT], hardware->offchip_bandwidth));
}

static void span_add(span_t *span, int64_t cycles, int64_t occurrences)
{
    if (cycles < span->minimum) span->minimum = cycles;
    if (cycles > span->maximum) span->maximum = cycles;
    span->sum += occurrences * cycles;
}

/* Most cases compute for as long as the one before: a division saved. */
static int64_t offchip_bandwidth(account_t *account, int64_t compute)
{
    if (compute != account->last_compute)
        account->last_bandwidth = greatest(account->need[TENSOR_OUTPUT], need_of_inputs(account)) / compute;
    account->last_compute = compute;
    return account->last_bandwidth;
}

void account_valid(account_t *account, const case_t *one)
{
    const int64_t ingress = one->ingress[TENSOR_INPUT] + one->ingress[TENSOR_FILTER];
    const int64_t busiest = greatest(ingress, one->egress);
    account->read[TENSOR_INPUT] += one->occurrences * one->ingress[TENSOR_INPUT];
    account->read[TENSOR_FILTER] += one->occurrences * one->ingress[TENSOR_FILTER];
    account->bandwidth_peak = greatest(account->bandwidth_peak, busiest / one->compute);
    account->bandwidth_sum += one->occurrences * busiest / one->compute;
    /* Halved at each case, and the last case's intensity stands: MAESTRO's way. */
    account->offchip_bandwidth = greatest(account->offchip_bandwidth, offchip_bandwidth(account, one->compute)) / 2;
    account->last_macs = one->macs;
    account->last_ingress = ingress;
    account->occurrences += one->occurrences;
    span_add(&account->fill, one->fill, one->occurrences);
    span_add(&account->drain, one->drain, one->occurrences);
    span_add(&account->compute, one->compute, one->occurrences);
}

/* ---- at the end -------------------------------------------------------------------------------------------------- */

/* Elements of a tensor; outputs as if there were no stride. */
static int64_t elements(const layer_t *layer, tensor_t tensor)
{
    int64_t product = 1;
    for (int dim = 0; dim < DIM_COUNT; dim++) {
        int64_t extent = layer->dim[dim];
        if (extent <= 0 || tensor_rank(layer->type, tensor, (dim_t)dim) == 0) continue;
        if (tensor == TENSOR_OUTPUT && dim == DIM_X) extent -= layer->dim[DIM_S] - 1;
        if (tensor == TENSOR_OUTPUT && dim == DIM_Y) extent -= layer->dim[DIM_R] - 1;
        product *= extent;
    }
    return product;
}

static cost_delay_t delay_of(const span_t *span, int64_t occurrences)
{
    if (occurrences == 0) return (cost_delay_t){0, 0, 0};
    return (cost_delay_t){span->minimum, span->maximum, span->sum / occurrences};
}

/* Multicast is never counted: what the L2 sends is what the L1s are written. */
static void close_inputs(const account_t *account, const layer_t *layer, cost_t *cost)
{
    for (int tensor = TENSOR_INPUT; tensor <= TENSOR_FILTER; tensor++) {
        cost->l1_read[tensor] = cost->macs;
        cost->l1_write[tensor] = account->read[tensor];
        cost->l2_read[tensor] = account->read[tensor];
        cost->l2_write[tensor] = elements(layer, (tensor_t)tensor);
    }
}

void account_close(const account_t *account, const layer_t *layer, cost_t *cost)
{
    close_inputs(account, layer, cost);
    cost->l2_read[TENSOR_OUTPUT] = elements(layer, TENSOR_OUTPUT);
    cost->l2_bytes = need_of_inputs(account) + account->need[TENSOR_OUTPUT];
    cost->noc_bandwidth_peak = account->bandwidth_peak;
    cost->noc_bandwidth_average = (double)account->bandwidth_sum / (double)account->occurrences;
    cost->offchip_bandwidth = account->offchip_bandwidth;
    cost->arithmetic_intensity = account->occurrences ? (double)account->last_macs / (double)account->last_ingress : 0;
    cost->ingress = delay_of(&account->fill, account->occurrences);
    cost->egress = delay_of(&account->drain, account->occurrences);
    cost->compute = delay_of(&account->compute, account->occurrences);
}
