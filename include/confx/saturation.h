/* From which number of PEs on more PEs are of no use to a layer: beyond it a certificate need not
   look at a large space of integers (src/cost/README.md, sections 2 to 7). */
#ifndef CONFX_SATURATION_H
#define CONFX_SATURATION_H

#include "confx/cost.h"

/* For a valid point: true only if it is certain that on every larger number of PEs the layer is
   either invalid, or takes the same cycles and energy and no less area and power. This is proven
   from the dataflow's directives, for tiles and arrays that cover the dimensions which the PEs
   spread over (under exact: src/cost/exact/enough.c); once true, it stays true for larger numbers.
   False where it cannot be told. Of an invalid point the answer means nothing. */
bool cost_saturated(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                    const confx_hardware_t *hardware, int64_t pes, int64_t buffer);

#endif
