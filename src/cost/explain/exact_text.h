#ifndef COST_EXACT_TEXT_H
#define COST_EXACT_TEXT_H

#include "cost/explain/exact_trace.h"

/* As confx_cost_explain, under the accounting exact. */
confx_status_t explain_exact(const evaluation_point_t *point, char **text);

#endif
