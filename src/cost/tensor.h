/* Which dimensions index which tensor, by type of layer (COST_MODEL.md section 1). */
#ifndef COST_TENSOR_H
#define COST_TENSOR_H

#include "confx/cost.h"
#include "confx/workload.h"

#include <stdint.h>

/* The place of a dimension in the order in which MAESTRO goes through the tensor's, from 1; 0: it does not index the
   tensor. The order decides which of two spatial maps is a tensor's last one (section 5.3). */
extern const uint8_t tensor_ranks[LAYER_TYPES][TENSORS][DIM_COUNT];

static inline int tensor_rank(layer_type_t type, tensor_t tensor, dim_t dim)
{
    return tensor_ranks[type][tensor][dim];
}

/* Bits of the dimensions that index input or filter and that the layer has. */
uint32_t tensor_dims_present(const layer_t *layer);

/* Whether the layer has every dimension its type needs; batch N (but for GEMM) and groups G may be missing. */
bool tensor_dims_complete(const layer_t *layer);

static inline uint32_t dim_bit(dim_t dim)
{
    return UINT32_C(1) << dim;
}

#endif
