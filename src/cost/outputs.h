/* From counts to energy, area, power and the verdict (COST_MODEL.md section 7). */
#ifndef COST_OUTPUTS_H
#define COST_OUTPUTS_H

#include "confx/cost.h"

/* Fill what follows from the counts already in *cost. l1_counts: accesses to the L1 are part of the energy. */
void outputs_fill(cost_t *cost, const hardware_t *hardware, int64_t pes, bool l1_counts);

/* A point that has no numbers at all. */
void outputs_none(cost_t *cost, cost_fault_t fault);

#endif
