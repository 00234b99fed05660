/* Memory for the samples of one block or island. */
#include "confx/problem.h"
#include "confx/try.h"

#include <stdlib.h>

confx_status_t batch_open(size_t capacity, size_t layers, batch_t *batch)
{
    const size_t cells = capacity * layers;
    *batch = (batch_t){.capacity = capacity, .layers = layers};
    batch->pes = malloc(cells * sizeof *batch->pes);
    batch->buffer = malloc(cells * sizeof *batch->buffer);
    batch->cost = malloc(cells * sizeof *batch->cost);
    batch->need = malloc(cells * sizeof *batch->need);
    batch->objective = malloc(capacity * sizeof *batch->objective);
    batch->constraint = malloc(capacity * sizeof *batch->constraint);
    batch->feasible = malloc(capacity * sizeof *batch->feasible);
    if (batch->pes && batch->buffer && batch->cost && batch->need && batch->objective &&
        batch->constraint && batch->feasible)
        return status_ok();
    batch_close(batch);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu samples of %zu layers", capacity,
                       layers);
}

void batch_close(batch_t *batch)
{
    free(batch->pes);
    free(batch->buffer);
    free(batch->cost);
    free(batch->need);
    free(batch->objective);
    free(batch->constraint);
    free(batch->feasible);
    *batch = (batch_t){0};
}
