/* Parts of the text of an explanation. */
#ifndef COST_EXPLAIN_TEXT_H
#define COST_EXPLAIN_TEXT_H

#include "cost/explain/explain.h"

#include <stdio.h>

/* Buffers, accesses, energy, area, power, MACs. Failures stay with the stream. */
void explanation_figures(const explanation_t *explanation, FILE *out);

#endif
