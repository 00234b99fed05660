/* What a block of episodes amounts to in one number. */
#include "policy/pass.h"
#include "policy/softmax.h"

#include <assert.h>

static double loss_row_entropy(const pass_t *pass, size_t head, size_t row)
{
    const size_t levels = pass->policy->shape.levels[head];
    return (double)softmax_entropy(levels, pass->probability[head] + row * levels,
                                   pass->log_probability[head] + row * levels);
}

double pass_entropy(const pass_t *pass)
{
    const size_t heads = pass->policy->shape.heads;
    const size_t rows = pass->steps * pass->batch;
    double sum = 0;
    /* In double precision: the mean of many rows, which single precision would lose. */
    for (size_t row = 0; row < rows; row++)
        for (size_t head = 0; head < heads; head++) sum += loss_row_entropy(pass, head, row);
    return rows ? sum / (double)(rows * heads) : 0;
}

double pass_loss(const pass_t *pass, const real_t *advantage, real_t entropy_weight,
                 const size_t *lengths)
{
    const policy_shape_t *shape = &pass->policy->shape;
    double loss = 0;
    /* Row by row what loss_to_logits (backward.c) takes the derivative of. */
    for (size_t row = 0; row < pass->steps * pass->batch; row++) {
        const size_t step = row / pass->batch;
        const size_t b = row % pass->batch;
        if (lengths && step >= lengths[b]) continue;
        for (size_t head = 0; head < shape->heads; head++) {
            assert(pass->choices[head][row] < shape->levels[head]);
            const size_t choice = row * shape->levels[head] + pass->choices[head][row];
            loss -= (double)advantage[(step * shape->heads + head) * pass->batch + b] *
                    (double)pass->log_probability[head][choice];
            loss -= (double)entropy_weight * loss_row_entropy(pass, head, row);
        }
    }
    return loss;
}
