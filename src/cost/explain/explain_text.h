/* Parts of the text of an explanation under the accounting maestro. */
#ifndef COST_EXPLAIN_TEXT_H
#define COST_EXPLAIN_TEXT_H

#include "cost/explain/explain.h"

#include <stdio.h>

/* As confx_cost_explain. */
confx_status_t explain_maestro(const evaluation_point_t *point, char **text);

/* Buffers, accesses, energy, area, power, MACs. Failures stay with the stream. */
void explanation_figures(const explanation_t *explanation, FILE *out);

#endif
