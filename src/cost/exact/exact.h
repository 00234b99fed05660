/* The accounting exact (src/cost/EXACT.md): every MAC once, every access counted. */
#ifndef COST_EXACT_H
#define COST_EXACT_H

#include "cost/engine/evaluation.h"
#include "cost/exact/joint.h"

/* Energy, area and power are not filled in; energy_area.h does that. Nothing is allocated for the
   shipped dataflows. */
void exact_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                    const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                    confx_cost_t *cost);

/* The same, watched. */
void exact_evaluate_watched(const evaluation_point_t *point, const joint_watch_t *watch,
                            confx_cost_t *cost);

/* As confx_cost_witness. */
bool exact_witness(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                   const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                   confx_cost_witness_t *witness);

/* As cost_saturated (confx/saturation.h), but for area and power: on any larger number of PEs the
   mapping is refused, or its counts, cycles and energy are the same. */
bool exact_saturated(const confx_dataflow_t *dataflow, const confx_layer_t *layer, int64_t pes,
                     int64_t buffer);

#endif
