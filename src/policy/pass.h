/* The activations of a block of episodes, kept for the way back. Row t B + b of a matrix is step t
   of episode b; T and B as in policy.h, H cells, D features. Private to the room. */
#ifndef POLICY_PASS_H
#define POLICY_PASS_H

#include "policy/lstm.h"
#include "policy/network.h"

struct pass {
    const policy_t *policy;
    size_t batch_most, steps_most; /* what there is room for */
    size_t batch, steps;           /* B; steps taken */

    /* The way in: each stage reads what the one before wrote; the last writes the left part of
       `joined`. */
    matrix_t inputs;                  /* (T B, I) */
    matrix_t encoded;                 /* (T B, encoders x units) */
    matrix_t trunk[POLICY_TRUNK_MAX]; /* (T B, units) */
    matrix_t joined;  /* (T B + B, D + H): features, and the output of the step before */
    matrix_t gates;   /* (T B, 4 H) */
    real_t *states;   /* (T B + B, H): cell states, the first block before step 0 */
    real_t *squashed; /* (T B, H) */
    matrix_t hidden;  /* (T B, heads x units) */
    matrix_t logits;  /* (B, logits) of the step under way */
    real_t *probability[POLICY_HEADS_MAX], *log_probability[POLICY_HEADS_MAX]; /* (T B, A) */

    /* The way back: derivatives of the loss. */
    matrix_t d_logits;      /* (T B, logits) */
    matrix_t d_hidden;      /* (T B, heads x units) */
    matrix_t d_outputs;     /* (T B, H) */
    real_t *d_states;       /* (B, H) */
    matrix_t d_gates;       /* (T B, 4 H) */
    matrix_t d_features[2]; /* (T B, widest of trunk and encoders): one read while the other is
                               written */
    real_t *recurrent;      /* (4 H, H): lstm.recurrent transposed, which multiplies faster */

    uint16_t *rows;                      /* (T B) of the table */
    uint16_t *choices[POLICY_HEADS_MAX]; /* (T B) */

    real_t *reals; /* the memory behind all these */
    uint16_t *indices;
};

/* Outputs of the LSTM as step `step` receives them, and as it and the steps behind it leave them:
   (.., H). */
static inline matrix_t pass_outputs_before(const pass_t *pass, size_t step)
{
    return matrix_at(pass->joined, step * pass->batch, pass->policy->features);
}

static inline matrix_t pass_outputs(const pass_t *pass, size_t step)
{
    return pass_outputs_before(pass, step + 1);
}

static inline lstm_step_t pass_cell(const pass_t *pass, size_t step)
{
    const size_t at = step * pass->batch;
    const size_t cells = pass->policy->shape.lstm;
    return (lstm_step_t){.before = pass->states + at * cells,
                         .gates = pass->gates.data + at * pass->gates.stride,
                         .after = pass->states + (at + pass->batch) * cells,
                         .squashed = pass->squashed + at * cells};
}

#endif
