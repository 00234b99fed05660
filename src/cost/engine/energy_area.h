/* From counts to energy, area, power and the verdict (src/cost/README.md, section 7). */
#ifndef COST_ENERGY_AREA_H
#define COST_ENERGY_AREA_H

#include "confx/cost.h"

/* Fill what follows from the counts already in *cost. l1_counts: accesses to the L1 are part of the
   energy. */
void energy_area_fill(confx_cost_t *cost, const confx_hardware_t *hardware, int64_t pes,
                      bool l1_counts);

/* The same under the accounting exact (src/cost/EXACT.md, section 7): parts of the energy and their
   sum, area, power, MACs per cycle, active PEs and utilisation of a point that is valid so far. */
void energy_area_fill_exact(confx_cost_t *cost, const confx_hardware_t *hardware, int64_t pes);

/* What the area is made of, um^2: lanes and l1 are those of one PE. */
typedef struct {
    double lanes, l1, l2, bus, arbiter;
} area_parts_t;
area_parts_t energy_area_parts(const confx_cost_t *cost, const confx_hardware_t *hardware,
                               double pes);

/* A point that has no numbers at all. */
void energy_area_none(confx_cost_t *cost, confx_cost_fault_t fault);

#endif
