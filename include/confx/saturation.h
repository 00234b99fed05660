/* From which number of PEs on more of them are of no use to a layer: all that is left of a large
   space of integers for a certificate to look at (src/cost/README.md, sections 2 to 7). */
#ifndef CONFX_SATURATION_H
#define CONFX_SATURATION_H

#include "confx/cost.h"

/* True only if it is certain of a valid point that on every larger number of PEs the layer is
   either invalid, or takes the same cycles and the same energy, and no less area and power. That is
   proven from the dataflow's directives, where tiles and arrays cover the dimensions that the PEs
   spread over; once true, it stays true for larger numbers. False where it cannot be told, and
   under the accounting exact, which was not looked into. Of a point that is invalid it says
   nothing. */
bool cost_saturated(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                    const confx_hardware_t *hardware, int64_t pes, int64_t buffer);

#endif
