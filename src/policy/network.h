/* How a policy is made: its tensors in one allocation, and the affine maps between them. Private to
   the room. */
#ifndef POLICY_NETWORK_H
#define POLICY_NETWORK_H

#include "policy/affine.h"

enum {
    POLICY_GATES = 4, /* of an LSTM cell: input, forget, candidate, output */
    POLICY_TENSORS_MAX =
        2 * (POLICY_GROUPS + POLICY_TRUNK_MAX + POLICY_HEADS_MAX + 1) + 3 + 1 + POLICY_HEADS_MAX
};

struct policy {
    policy_shape_t shape;
    size_t inputs;                      /* I */
    size_t features;                    /* D: what enters the LSTM beside its own output */
    size_t logits;                      /* all heads' levels side by side */
    size_t first[POLICY_HEADS_MAX + 1]; /* where each head's logits start; the last is `logits` */

    affine_t encoders[POLICY_GROUPS];
    size_t encoder_count; /* groups that have inputs, 0 without encoders */
    affine_t trunk[POLICY_TRUNK_MAX];
    affine_t
        gates; /* (D + H, 4 H): the rows of lstm.input and lstm.recurrent, one under the other */
    affine_t hidden; /* all heads' ReLU units side by side */
    affine_t outputs[POLICY_HEADS_MAX];
    size_t output_count; /* one per head where the head has units of its own, else one map to all
                            logits */
    size_t table;        /* offset of (tables, logits) */
    size_t chains[POLICY_HEADS_MAX]; /* offset of (A of the head, logits of the heads behind it) */

    policy_tensor_t tensors[POLICY_TENSORS_MAX];
    double bounds[POLICY_TENSORS_MAX]; /* initial values are uniform within +- this */
    size_t tensor_count;
    size_t size;
    real_t *parameters; /* (size) */
};

#endif
