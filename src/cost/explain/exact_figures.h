#ifndef COST_EXACT_FIGURES_H
#define COST_EXACT_FIGURES_H

#include "cost/explain/exact_trace.h"

#include <stdio.h>

/* Buffers, accesses, energy, area, power, utilisation. Failures stay with the stream. */
void exact_figures(const exact_trace_t *trace, FILE *out);

#endif
