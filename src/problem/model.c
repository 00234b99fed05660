/* What is the same for every model: metrics by name, and waiting for a batch. */
#include "confx/model.h"
#include "confx/try.h"

#include <string.h>

size_t model_metric(const model_t *model, const char *name)
{
    size_t i = 0;
    while (i < model->metrics_n && strcmp(model->metrics[i].name, name) != 0) i++;
    return i;
}

confx_status_t model_begin(const model_t *model, evaluations_t *batch)
{
    if (!model_is_cheap(model)) return model->evaluate_begin(model->self, batch);
    for (size_t i = 0; i < batch->n; i++)
        if (batch->status[i] == EVALUATION_PENDING)
            batch->status[i] = (uint8_t)model->evaluate(model->self, &batch->requests[i],
                                                        batch->metrics + i * model->metrics_n);
    return status_ok();
}

confx_status_t model_poll(const model_t *model, evaluations_t *batch, double seconds, size_t *left)
{
    if (!model_is_cheap(model)) return model->evaluate_poll(model->self, batch, seconds, left);
    *left = 0;
    return status_ok();
}

/* Those that failed are to be asked again; how many these are. */
static size_t model_renew_failed(evaluations_t *batch)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->n; i++) {
        if (batch->status[i] != EVALUATION_FAILED) continue;
        batch->status[i] = EVALUATION_PENDING;
        n++;
    }
    return n;
}

confx_status_t model_evaluate(const model_t *model, evaluations_t *batch)
{
    static const double seconds = 1; /* between two looks at a model that stays silent */
    for (int tries = 1;; tries++) {
        size_t pending = batch->n;
        TRY(model_begin(model, batch));
        while (pending > 0) TRY(model_poll(model, batch, seconds, &pending));
        /* Nothing is pending. What failed in the last try stays failed. */
        if (tries == MODEL_TRIES || model_renew_failed(batch) == 0) return status_ok();
    }
}
