#include "walk_sets.h"

#include <assert.h>
#include <string.h>

/* `place` counts in digits of mixed size; the next digit has `size` values. */
static int64_t digit(int64_t place, int64_t size, int64_t value)
{
    assert(value >= 0 && value < size);
    return place * size + value;
}

int64_t space_element(const space_t *space, confx_tensor_t tensor,
                      const int64_t mac[CONFX_DIM_COUNT])
{
    const confx_layer_t *layer = space->layer;
    const int64_t *extent = space->extent;
    const int64_t n = mac[CONFX_DIM_N], g = mac[CONFX_DIM_G], k = mac[CONFX_DIM_K];
    const int64_t c = mac[CONFX_DIM_C], y = mac[CONFX_DIM_Y], x = mac[CONFX_DIM_X];
    const int64_t r = mac[CONFX_DIM_R], s = mac[CONFX_DIM_S], m = mac[CONFX_DIM_M];
    const int64_t K = extent[CONFX_DIM_K], C = extent[CONFX_DIM_C], G = extent[CONFX_DIM_G];
    if (layer->type == CONFX_LAYER_GEMM) {
        if (tensor == CONFX_TENSOR_INPUT) return digit(m, K, k);
        if (tensor == CONFX_TENSOR_FILTER) return digit(k, extent[CONFX_DIM_N], n);
        return digit(m, extent[CONFX_DIM_N], n);
    }
    /* Groups are 1 but for NGCONV. */
    if (tensor == CONFX_TENSOR_INPUT) {
        const int64_t row = y * layer->stride_y + r, column = x * layer->stride_x + s;
        const int64_t channel = digit(digit(n, G, g), C, c);
        return digit(digit(channel, layer->dim[CONFX_DIM_Y], row), layer->dim[CONFX_DIM_X], column);
    }
    if (tensor == CONFX_TENSOR_FILTER) {
        const int64_t channel = digit(digit(g, K, k), C, c);
        return digit(digit(channel, extent[CONFX_DIM_R], r), extent[CONFX_DIM_S], s);
    }
    /* Channels of an output: K, and of depthwise layers K of each C. */
    int64_t channel = digit(n, G, g);
    if (layer->type == CONFX_LAYER_DSCONV) channel = digit(channel, C, c);
    channel = digit(channel, K, k);
    return digit(digit(channel, extent[CONFX_DIM_Y], y), extent[CONFX_DIM_X], x);
}

space_t space_of(const confx_layer_t *layer, const int64_t extent[CONFX_DIM_COUNT])
{
    static const confx_dim_t convolution[CONFX_DIM_COUNT] = {CONFX_DIM_N, CONFX_DIM_G, CONFX_DIM_M,
                                                             CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                                             CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    static const confx_dim_t product[CONFX_DIM_COUNT] = {CONFX_DIM_M, CONFX_DIM_N, CONFX_DIM_K,
                                                         CONFX_DIM_G, CONFX_DIM_C, CONFX_DIM_Y,
                                                         CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
    space_t space = {.layer = layer, .macs_n = 1};
    int64_t last[CONFX_DIM_COUNT];
    memcpy(space.extent, extent, sizeof space.extent);
    memcpy(space.order, layer->type == CONFX_LAYER_GEMM ? product : convolution,
           sizeof space.order);
    for (int i = 0; i < CONFX_DIM_COUNT; i++) {
        last[i] = extent[i] - 1;
        space.macs_n = space.macs_n > WALK_MACS_MAX ? space.macs_n : space.macs_n * extent[i];
    }
    /* The last MAC uses the elements with the largest numbers. */
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        space.elements_n[tensor] = space_element(&space, (confx_tensor_t)tensor, last) + 1;
    space.outputs_n = space.elements_n[CONFX_TENSOR_OUTPUT];
    return space;
}

int64_t space_number(const space_t *space, const int64_t mac[CONFX_DIM_COUNT])
{
    int64_t number = 0;
    for (int i = 0; i < CONFX_DIM_COUNT; i++)
        number = digit(number, space->extent[space->order[i]], mac[space->order[i]]);
    return number;
}

void space_mac(const space_t *space, int64_t number, int64_t mac[CONFX_DIM_COUNT])
{
    for (int i = CONFX_DIM_COUNT - 1; i >= 0; i--) {
        const confx_dim_t dim = space->order[i];
        mac[dim] = number % space->extent[dim];
        number /= space->extent[dim];
    }
}

void space_first(const place_t *place, int64_t mac[CONFX_DIM_COUNT])
{
    assert(!place->idle);
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) mac[dim] = place->of[dim].from;
}

bool space_next(const space_t *space, const place_t *place, int64_t mac[CONFX_DIM_COUNT])
{
    for (int i = CONFX_DIM_COUNT - 1; i >= 0; i--) {
        const confx_dim_t dim = space->order[i];
        if (++mac[dim] < place->of[dim].to) return true;
        mac[dim] = place->of[dim].from;
    }
    return false;
}
