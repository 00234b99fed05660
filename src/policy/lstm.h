/* The cell of Hochreiter and Schmidhuber 1997 with a forget gate, elementwise part: gates in,
   output out. The matrix products around it are the pass's. Shapes: B episodes, H cells; rows
   packed unless a matrix_t. Private to the room. */
#ifndef POLICY_LSTM_H
#define POLICY_LSTM_H

#include "policy/matrix.h"

/* One step's numbers, kept for the way back. */
typedef struct {
    const real_t *before; /* (B, H) cell state that enters */
    real_t *gates;        /* (B, 4 H) input, forget, candidate, output: pre-activations, replaced by
                             activations */
    real_t *after;        /* (B, H) cell state that leaves */
    real_t *squashed;     /* (B, H) tanh(after) */
} lstm_step_t;

/* output (B, H) = output gate x tanh(forget gate x before + input gate x candidate). */
void lstm_forward(size_t batch, size_t cells, const lstm_step_t *step, matrix_t output);

/* d_output (B, H) of this step; d_state (B, H) comes in as the derivative by `after` from later
   steps and leaves as that by `before`; d_gates (B, 4 H): by the pre-activations. */
void lstm_backward(size_t batch, size_t cells, const lstm_step_t *step, const real_t *d_output,
                   real_t *d_state, real_t *d_gates);

#endif
