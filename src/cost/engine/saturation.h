/* Uselessly many PEs under the accounting maestro (confx/saturation.h). */
#ifndef COST_SATURATION_H
#define COST_SATURATION_H

#include "cost/language/dataflow.h"

/* Whether area and power rise with the PEs, under either accounting. */
bool saturation_hardware_grows(const confx_hardware_t *hardware);

/* The rest of cost_saturated, by MAESTRO's rules. */
bool saturation_by_maestro(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                           int64_t pes, int64_t buffer);

#endif
