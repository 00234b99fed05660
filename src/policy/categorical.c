/* Several heads' distributions over levels, side by side in a row. */
#include "confx/mlp.h"
#include "policy/softmax.h"

#include <assert.h>

size_t categorical_width(const categorical_t *heads)
{
    size_t width = 0;
    for (size_t head = 0; head < heads->heads; head++) width += heads->levels[head];
    return width;
}

void categorical_forward(size_t levels, const uint8_t *allowed, real_t *logits, real_t *probability)
{
    softmax_forward(1, levels, allowed, logits, probability);
}

double categorical_log(const categorical_t *heads, const real_t *log_probability,
                       const uint16_t *choice)
{
    double sum = 0;
    /* Heads are drawn independently: logarithms of their chances add up, and so do entropies. */
    for (size_t head = 0; head < heads->heads; head++) {
        assert(choice[head] < heads->levels[head]);
        sum += (double)log_probability[choice[head]];
        log_probability += heads->levels[head];
    }
    return sum;
}

double categorical_entropy(const categorical_t *heads, const real_t *probability,
                           const real_t *log_probability)
{
    double sum = 0;
    for (size_t head = 0; head < heads->heads; head++) {
        sum += (double)softmax_entropy(heads->levels[head], probability, log_probability);
        probability += heads->levels[head];
        log_probability += heads->levels[head];
    }
    return sum;
}

void categorical_backward(const categorical_t *heads, const real_t *probability,
                          const real_t *log_probability, const uint16_t *choice, real_t weight,
                          real_t entropy_weight, real_t *d_logits)
{
    size_t first = 0;
    for (size_t head = 0; head < heads->heads; head++) {
        softmax_backward(heads->levels[head], probability + first, log_probability + first,
                         choice[head], weight, entropy_weight, d_logits + first);
        first += heads->levels[head];
    }
}

uint16_t categorical_draw(size_t levels, const real_t *probability, double uniform)
{
    size_t last = 0;
    double sum = 0;
    assert(levels >= 1 && uniform >= 0 && uniform < 1);
    /* Rounding may leave the sum below 1: then the last level that has a chance is taken. */
    for (size_t level = 0; level < levels && uniform >= sum; level++) {
        if (probability[level] <= 0) continue;
        last = level;
        sum += (double)probability[level];
    }
    return (uint16_t)last;
}
