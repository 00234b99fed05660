/* Which dimensions index which tensor, by type of layer (src/cost/README.md, section 1). */
#ifndef COST_TENSOR_H
#define COST_TENSOR_H

#include "confx/cost.h"
#include "confx/workload.h"

#include <stdint.h>

static inline uint32_t dim_bit(confx_dim_t dim)
{
    return UINT32_C(1) << dim;
}

/* The tensors that a dimension indexes: bit t for tensor t. */
extern const uint8_t tensors_indexed[CONFX_LAYER_TYPES][CONFX_DIM_COUNT];

/* The order in which MAESTRO goes through a tensor's dimensions, the same for all tensors of a
   type: a dimension's place in it. It decides which of two spatial maps is a tensor's last one
   (section 5.3). */
extern const uint8_t tensor_places[CONFX_LAYER_TYPES][CONFX_DIM_COUNT];

static inline bool tensor_indexed(confx_layer_type_t type, confx_tensor_t tensor, confx_dim_t dim)
{
    return tensors_indexed[type][dim] >> tensor & 1;
}

/* Bits of the dimensions that index input or filter and that the layer has. */
uint32_t tensor_dims_present(const confx_layer_t *layer);

/* Whether a layer that has those has every dimension its type needs; batch N (but for GEMM) and
   groups G may be missing. */
bool tensor_dims_suffice(confx_layer_type_t type, uint32_t present);

/* Both in one. */
bool tensor_dims_complete(const confx_layer_t *layer);

/* Bits of the dimensions that a layer of that type does not have and that are given all the same,
   as M of a convolution; of one element they change nothing and do not count. No loop would ever
   go through them. */
uint32_t tensor_dims_foreign(const confx_layer_t *layer);

#endif
