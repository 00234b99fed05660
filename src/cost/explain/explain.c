/* Explanations under either accounting. */
#include "cost/explain/exact_text.h"
#include "cost/explain/explain_text.h"

confx_status_t confx_cost_explain(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                                  char **text)
{
    const evaluation_point_t point = {dataflow, layer, hardware, pes, buffer};
    return hardware->accounting == CONFX_ACCOUNTING_MAESTRO ? explain_maestro(&point, text)
                                                            : explain_exact(&point, text);
}
