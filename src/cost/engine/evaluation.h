/* The accounting maestro (src/cost/README.md): MAESTRO's numbers, from rules. */
#ifndef COST_EVALUATION_H
#define COST_EVALUATION_H

#include "confx/cost.h"

/* As confx_cost_evaluate. */
void maestro_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                      const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                      confx_cost_t *cost);

#endif
