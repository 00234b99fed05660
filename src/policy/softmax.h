/* The distribution over a head's allowed levels and its derivative. Shapes: B episodes, A levels;
   rows packed unless a matrix_t. Private to the room. */
#ifndef POLICY_SOFTMAX_H
#define POLICY_SOFTMAX_H

#include "policy/matrix.h"

/* logits (B, A) become log probabilities, 0 where not allowed; probability (B, A) is exactly 0
   there. At least one level of each row is allowed; the largest allowed logit is finite. */
void softmax_forward(size_t batch, size_t levels, const uint8_t *allowed, real_t *logits,
                     real_t *probability);

/* Entropy in nats of one row; 0 log 0 is 0. */
real_t softmax_entropy(size_t levels, const real_t *probability, const real_t *log_probability);

/* d_logits (A) of -[ advantage log p(choice) + entropy_weight H(p) ] for one row. */
void softmax_backward(size_t levels, const real_t *probability, const real_t *log_probability,
                      uint16_t choice, real_t advantage, real_t entropy_weight, real_t *d_logits);

#endif
