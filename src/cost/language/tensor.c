#include "cost/language/tensor.h"

#include <assert.h>

enum { I = 1 << CONFX_TENSOR_INPUT, F = 1 << CONFX_TENSOR_FILTER, O = 1 << CONFX_TENSOR_OUTPUT };

#define CONVOLUTION                                                                                \
    {                                                                                              \
        [CONFX_DIM_N] = I | O, [CONFX_DIM_K] = F | O, [CONFX_DIM_C] = I | F,                       \
        [CONFX_DIM_Y] = I | O, [CONFX_DIM_X] = I | O, [CONFX_DIM_R] = F, [CONFX_DIM_S] = F         \
    }
const uint8_t tensors_indexed[CONFX_LAYER_TYPES][CONFX_DIM_COUNT] = {
    [CONFX_LAYER_CONV] = CONVOLUTION,
    [CONFX_LAYER_TRCONV] = CONVOLUTION,
    [CONFX_LAYER_DSCONV] = {[CONFX_DIM_N] = I | O,
                            [CONFX_DIM_C] = I | F | O,
                            [CONFX_DIM_Y] = I | O,
                            [CONFX_DIM_X] = I | O,
                            [CONFX_DIM_R] = F,
                            [CONFX_DIM_S] = F},
    /* C indexes the output of a grouped convolution too: MAESTRO's table, kept. */
    [CONFX_LAYER_NGCONV] = {[CONFX_DIM_N] = I | O,
                            [CONFX_DIM_G] = I | F | O,
                            [CONFX_DIM_K] = F | O,
                            [CONFX_DIM_C] = I | F | O,
                            [CONFX_DIM_Y] = I | O,
                            [CONFX_DIM_X] = I | O,
                            [CONFX_DIM_R] = F,
                            [CONFX_DIM_S] = F},
    [CONFX_LAYER_GEMM] = {[CONFX_DIM_M] = I | O, [CONFX_DIM_K] = I | F, [CONFX_DIM_N] = F | O},
};

#define CONVOLUTION_PLACES                                                                         \
    {                                                                                              \
        [CONFX_DIM_N] = 1, [CONFX_DIM_G] = 2, [CONFX_DIM_K] = 3, [CONFX_DIM_C] = 4,                \
        [CONFX_DIM_Y] = 5, [CONFX_DIM_X] = 6, [CONFX_DIM_R] = 7, [CONFX_DIM_S] = 8                 \
    }
const uint8_t tensor_places[CONFX_LAYER_TYPES][CONFX_DIM_COUNT] = {
    [CONFX_LAYER_CONV] = CONVOLUTION_PLACES,
    [CONFX_LAYER_TRCONV] = CONVOLUTION_PLACES,
    [CONFX_LAYER_DSCONV] = CONVOLUTION_PLACES,
    [CONFX_LAYER_NGCONV] = CONVOLUTION_PLACES,
    [CONFX_LAYER_GEMM] = {[CONFX_DIM_M] = 1, [CONFX_DIM_K] = 2, [CONFX_DIM_N] = 3},
};

uint32_t tensor_dims_present(const confx_layer_t *layer)
{
    uint32_t dims = 0;
    assert(layer->type < CONFX_LAYER_TYPES);
    /* A dimension that indexes the output alone does not exist: every output is made of inputs. */
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        const bool indexes = tensors_indexed[layer->type][dim] & (I | F);
        dims |= (uint32_t)(indexes && layer->dim[dim] > 0) << dim;
    }
    return dims;
}

bool tensor_dims_suffice(confx_layer_type_t type, uint32_t present)
{
    const uint32_t window = dim_bit(CONFX_DIM_C) | dim_bit(CONFX_DIM_Y) | dim_bit(CONFX_DIM_X) |
                            dim_bit(CONFX_DIM_R) | dim_bit(CONFX_DIM_S);
    /* N and G may be missing: a batch of one, or one group. K is not used by DSCONV. */
    const uint32_t product = dim_bit(CONFX_DIM_M) | dim_bit(CONFX_DIM_N) | dim_bit(CONFX_DIM_K);
    const uint32_t needed = type == CONFX_LAYER_GEMM     ? product
                            : type == CONFX_LAYER_DSCONV ? window
                                                         : window | dim_bit(CONFX_DIM_K);
    return (needed & ~present) == 0;
}

bool tensor_dims_complete(const confx_layer_t *layer)
{
    return tensor_dims_suffice(layer->type, tensor_dims_present(layer));
}

uint32_t tensor_dims_foreign(const confx_layer_t *layer)
{
    uint32_t dims = 0;
    assert(layer->type < CONFX_LAYER_TYPES);
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        /* K of DSCONV, the filters of each channel, indexes no tensor and multiplies the MACs. */
        const bool multiplier = layer->type == CONFX_LAYER_DSCONV && dim == CONFX_DIM_K;
        const bool known = multiplier || tensors_indexed[layer->type][dim] != 0;
        dims |= (uint32_t)(!known && layer->dim[dim] > 1) << dim;
    }
    return dims;
}
