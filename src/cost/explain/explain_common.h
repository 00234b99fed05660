/* What the texts of both accountings have in common. Failures stay with the stream. */
#ifndef COST_EXPLAIN_COMMON_H
#define COST_EXPLAIN_COMMON_H

#include "cost/engine/evaluation.h"

#include <stdio.h>

extern const char *const explain_tensors[CONFX_TENSORS];

/* "K 32, C 3, Y 224", in the order in which people write a layer; dimensions of 0 are left out. */
void explain_common_dims(const int64_t dim[CONFX_DIM_COUNT], FILE *out);

/* Layer, action and hardware; and whether the cost is valid and within the limits. */
void explain_common_point(const evaluation_point_t *point, FILE *out);
void explain_common_verdict(const evaluation_point_t *point, const confx_cost_t *cost, FILE *out);

void explain_common_area(const evaluation_point_t *point, const confx_cost_t *cost, FILE *out);
void explain_common_power(const confx_cost_t *cost, FILE *out);

#endif
