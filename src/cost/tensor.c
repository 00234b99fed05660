#include "tensor.h"

/* Batch N stands first wherever a layer has one. */
#define BATCH_IMAGE                                                                                                    \
    {                                                                                                                  \
        [DIM_N] = 1, [DIM_C] = 2, [DIM_Y] = 3, [DIM_X] = 4                                                             \
    }
#define CONVOLUTION                                                                                                    \
    {                                                                                                                  \
        [TENSOR_INPUT] = BATCH_IMAGE, [TENSOR_FILTER] = {[DIM_K] = 1, [DIM_C] = 2, [DIM_R] = 3, [DIM_S] = 4},          \
        [TENSOR_OUTPUT] = {[DIM_N] = 1, [DIM_K] = 2, [DIM_Y] = 3, [DIM_X] = 4},                                        \
    }

const uint8_t tensor_ranks[LAYER_TYPES][TENSORS][DIM_COUNT] = {
    [LAYER_CONV] = CONVOLUTION,
    [LAYER_TRCONV] = CONVOLUTION,
    [LAYER_DSCONV] = {[TENSOR_INPUT] = BATCH_IMAGE,
                      [TENSOR_FILTER] = {[DIM_C] = 1, [DIM_R] = 2, [DIM_S] = 3},
                      [TENSOR_OUTPUT] = BATCH_IMAGE},
    /* C indexes the output of a grouped convolution too: MAESTRO's table, kept. */
    [LAYER_NGCONV] = {[TENSOR_INPUT] = {[DIM_N] = 1, [DIM_G] = 2, [DIM_C] = 3, [DIM_Y] = 4, [DIM_X] = 5},
                      [TENSOR_FILTER] = {[DIM_G] = 1, [DIM_K] = 2, [DIM_C] = 3, [DIM_R] = 4, [DIM_S] = 5},
                      [TENSOR_OUTPUT] = {[DIM_N] = 1, [DIM_G] = 2, [DIM_K] = 3, [DIM_C] = 4, [DIM_Y] = 5, [DIM_X] = 6}},
    [LAYER_GEMM] = {[TENSOR_INPUT] = {[DIM_M] = 1, [DIM_K] = 2},
                    [TENSOR_FILTER] = {[DIM_K] = 1, [DIM_N] = 2},
                    [TENSOR_OUTPUT] = {[DIM_M] = 1, [DIM_N] = 2}},
};

static uint32_t dims_of_inputs(layer_type_t type)
{
    uint32_t dims = 0;
    for (int dim = 0; dim < DIM_COUNT; dim++) {
        if (tensor_ranks[type][TENSOR_INPUT][dim] || tensor_ranks[type][TENSOR_FILTER][dim])
            dims |= dim_bit((dim_t)dim);
    }
    return dims;
}

static uint32_t dims_given(const layer_t *layer)
{
    uint32_t dims = 0;
    for (int dim = 0; dim < DIM_COUNT; dim++) {
        if (layer->dim[dim] > 0) dims |= dim_bit((dim_t)dim);
    }
    return dims;
}

uint32_t tensor_dims_present(const layer_t *layer)
{
    return dims_of_inputs(layer->type) & dims_given(layer);
}

bool tensor_dims_complete(const layer_t *layer)
{
    const uint32_t optional = layer->type == LAYER_GEMM ? 0 : dim_bit(DIM_N) | dim_bit(DIM_G);
    return (dims_of_inputs(layer->type) & ~optional & ~dims_given(layer)) == 0;
}
