#include "policy/softmax.h"
#include "confx/vector.h"

#include "policy/activation.h"

#include <assert.h>
#include <math.h>

/* Beyond it an exponential is nothing in either precision, and infinities stay out of the
   entropy. */
static const real_t LOWEST = -1000;

/* Subtract each row's largest allowed logit, so that no exponential overflows; 0 where not
   allowed. */
static void softmax_shift_row(size_t n, const uint8_t *restrict allowed, real_t *restrict logits)
{
    real_t largest = -(real_t)INFINITY;
    /* softmax(x) = softmax(x - largest): the same distribution, and every exponential is at most
       1. */
    for (size_t j = 0; j < n; j++) {
        const real_t candidate = allowed[j] ? logits[j] : -(real_t)INFINITY;
        largest = candidate > largest ? candidate : largest;
    }
    assert(largest > -(real_t)INFINITY);
    for (size_t j = 0; j < n; j++) {
        const real_t shifted = logits[j] - largest;
        logits[j] = !allowed[j] ? 0 : shifted > LOWEST ? shifted : LOWEST;
    }
}

WIDE static void softmax_exponentials(size_t n, const real_t *restrict x, real_t *restrict y)
{
    for (size_t i = 0; i < n; i++) y[i] = activation_exp(x[i]);
}

static void softmax_normalise_row(size_t n, const uint8_t *restrict allowed,
                                  real_t *restrict logits, real_t *restrict probability)
{
    real_t sum = 0;
    /* log p = x - log(sum of exp x), not the logarithm of p, which loses what is far below 1. */
    for (size_t j = 0; j < n; j++) sum += allowed[j] ? probability[j] : 0;
    assert(sum >= 1); /* the largest logit alone gives exp(0) */
    const real_t log_sum = (real_t)log((double)sum);
    for (size_t j = 0; j < n; j++) {
        probability[j] = allowed[j] ? probability[j] / sum : 0;
        logits[j] = allowed[j] ? logits[j] - log_sum : 0;
    }
}

void softmax_forward(size_t batch, size_t levels, const uint8_t *allowed, real_t *logits,
                     real_t *probability)
{
    assert(batch >= 1 && levels >= 1);
    /* Rows one by one, but the exponentials of all rows (B A) in one loop, which is what takes
       time. */
    for (size_t b = 0; b < batch; b++)
        softmax_shift_row(levels, allowed + b * levels, logits + b * levels);
    softmax_exponentials(batch * levels, logits, probability);
    for (size_t b = 0; b < batch; b++)
        softmax_normalise_row(levels, allowed + b * levels, logits + b * levels,
                              probability + b * levels);
}

real_t softmax_entropy(size_t levels, const real_t *probability, const real_t *log_probability)
{
    real_t sum = 0;
    /* Of a level that is not allowed both factors are 0. */
    for (size_t j = 0; j < levels; j++) sum += probability[j] * log_probability[j];
    return -sum;
}

void softmax_backward(size_t levels, const real_t *probability, const real_t *log_probability,
                      uint16_t choice, real_t advantage, real_t entropy_weight, real_t *d_logits)
{
    assert(choice < levels);
    /* d log p(choice) / d x_j = [j = choice] - p_j, and d H / d x_j = -p_j (log p_j + H). The loss
       is minus advantage times the first, minus the weight times the second. */
    const real_t entropy = softmax_entropy(levels, probability, log_probability);
    for (size_t j = 0; j < levels; j++)
        d_logits[j] =
            probability[j] * (advantage + entropy_weight * (log_probability[j] + entropy));
    d_logits[choice] -= advantage;
}
