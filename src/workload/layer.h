/* Layers by themselves: orders to find equals by, and the type behind a code. */
#ifndef WORKLOAD_LAYER_H
#define WORKLOAD_LAYER_H

#include "confx/workload.h"

/* Total orders of confx_layer_t for tsearch: by all but the name, and by the name. */
int layer_compare(const void *one, const void *other);
int layer_compare_names(const void *one, const void *other);

bool layer_type_of_code(int64_t code, confx_layer_type_t *type);

#endif
