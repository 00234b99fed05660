#include "tensor.h"

enum { I = 1 << TENSOR_INPUT, F = 1 << TENSOR_FILTER, O = 1 << TENSOR_OUTPUT };

#define CONVOLUTION                                                                                                    \
    {                                                                                                                  \
        [DIM_N] = I | O, [DIM_K] = F | O, [DIM_C] = I | F, [DIM_Y] = I | O, [DIM_X] = I | O, [DIM_R] = F, [DIM_S] = F  \
    }
const uint8_t tensors_indexed[LAYER_TYPES][DIM_COUNT] = {
    [LAYER_CONV] = CONVOLUTION,
    [LAYER_TRCONV] = CONVOLUTION,
    [LAYER_DSCONV] = {[DIM_N] = I | O, [DIM_C] = I | F | O, [DIM_Y] = I | O, [DIM_X] = I | O, [DIM_R] = F, [DIM_S] = F},
    /* C indexes the output of a grouped convolution too: MAESTRO's table, kept. */
    [LAYER_NGCONV] = {[DIM_N] = I | O,
                      [DIM_G] = I | F | O,
                      [DIM_K] = F | O,
                      [DIM_C] = I | F | O,
                      [DIM_Y] = I | O,
                      [DIM_X] = I | O,
                      [DIM_R] = F,
                      [DIM_S] = F},
    [LAYER_GEMM] = {[DIM_M] = I | O, [DIM_K] = I | F, [DIM_N] = F | O},
};

#define CONVOLUTION_PLACES                                                                                             \
    {                                                                                                                  \
        [DIM_N] = 1, [DIM_G] = 2, [DIM_K] = 3, [DIM_C] = 4, [DIM_Y] = 5, [DIM_X] = 6, [DIM_R] = 7, [DIM_S] = 8         \
    }
const uint8_t tensor_places[LAYER_TYPES][DIM_COUNT] = {
    [LAYER_CONV] = CONVOLUTION_PLACES,
    [LAYER_TRCONV] = CONVOLUTION_PLACES,
    [LAYER_DSCONV] = CONVOLUTION_PLACES,
    [LAYER_NGCONV] = CONVOLUTION_PLACES,
    [LAYER_GEMM] = {[DIM_M] = 1, [DIM_K] = 2, [DIM_N] = 3},
};

uint32_t tensor_dims_present(const layer_t *layer)
{
    uint32_t dims = 0;
    for (int dim = 0; dim < DIM_COUNT; dim++) {
        const bool indexes = tensors_indexed[layer->type][dim] & (I | F);
        dims |= (uint32_t)(indexes && layer->dim[dim] > 0) << dim;
    }
    return dims;
}

bool tensor_dims_suffice(layer_type_t type, uint32_t present)
{
    const uint32_t window = dim_bit(DIM_C) | dim_bit(DIM_Y) | dim_bit(DIM_X) | dim_bit(DIM_R) | dim_bit(DIM_S);
    const uint32_t product = dim_bit(DIM_M) | dim_bit(DIM_N) | dim_bit(DIM_K);
    const uint32_t needed = type == LAYER_GEMM ? product : type == LAYER_DSCONV ? window : window | dim_bit(DIM_K);
    return (needed & ~present) == 0;
}

bool tensor_dims_complete(const layer_t *layer)
{
    return tensor_dims_suffice(layer->type, tensor_dims_present(layer));
}
