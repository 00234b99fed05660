/* Forward and backward of one step, side by side: each line of the second is a derivative of the
   first.

   With a = tanh and s = the logistic function, and p.. the pre-activations that the matrix product
   left in `gates`:
       i = s(p_i)  f = s(p_f)  g = a(p_g)  o = s(p_o)        a' = 1 - a^2, s' = s (1 - s)
       c = f c_before + i g                                  h = o a(c) */
#include "policy/lstm.h"
#include "confx/vector.h"

#include "policy/activation.h"

#include <assert.h>

/* One episode: before, after, squashed, output (H); gates (4 H), where gate k of cell j is at k H +
   j. */
WIDE static void lstm_row_forward(size_t n, const real_t *restrict before, real_t *restrict gates,
                                  real_t *restrict after, real_t *restrict squashed,
                                  real_t *restrict output)
{
    for (size_t j = 0; j < n; j++) {
        const real_t in = activation_sigmoid(gates[j]);
        const real_t forget = activation_sigmoid(gates[n + j]);
        const real_t candidate = activation_tanh(gates[2 * n + j]);
        const real_t out = activation_sigmoid(gates[3 * n + j]);
        const real_t state = forget * before[j] + in * candidate;
        /* From here on `gates` has activations: what the way back needs, and all that it needs of
           them. */
        gates[j] = in;
        gates[n + j] = forget;
        gates[2 * n + j] = candidate;
        gates[3 * n + j] = out;
        after[j] = state;
        squashed[j] = activation_tanh(state);
        output[j] = out * squashed[j];
    }
}

void lstm_forward(size_t batch, size_t cells, const lstm_step_t *step, matrix_t output)
{
    assert(batch >= 1 && cells >= 1 && output.stride >= cells);
    for (size_t b = 0; b < batch; b++) {
        const size_t at = b * cells;
        lstm_row_forward(cells, step->before + at, step->gates + 4 * at, step->after + at,
                         step->squashed + at, output.data + b * output.stride);
    }
}

/* The same cell backwards: d_output, d_state (H), d_gates (4 H) as `gates`. */
static void lstm_row_backward(size_t n, const real_t *restrict before, const real_t *restrict gates,
                              const real_t *restrict squashed, const real_t *restrict d_output,
                              real_t *restrict d_state, real_t *restrict d_gates)
{
    for (size_t j = 0; j < n; j++) {
        const real_t in = gates[j];
        const real_t forget = gates[n + j];
        const real_t candidate = gates[2 * n + j];
        const real_t out = gates[3 * n + j];
        /* The state that leaves counts twice: in later steps (d_state), and in this step's
           output. */
        const real_t d_after = d_state[j] + d_output[j] * out * (1 - squashed[j] * squashed[j]);
        /* dL/dp = dL/dc dc/d(gate) (gate)'; the output gate acts on h alone. */
        d_gates[j] = d_after * candidate * in * (1 - in);
        d_gates[n + j] = d_after * before[j] * forget * (1 - forget);
        d_gates[2 * n + j] = d_after * in * (1 - candidate * candidate);
        d_gates[3 * n + j] = d_output[j] * squashed[j] * out * (1 - out);
        /* What reaches the state before went through the forget gate alone: no matrix, no
           squashing, which is why gradients live over many steps. */
        d_state[j] = d_after * forget;
    }
}

void lstm_backward(size_t batch, size_t cells, const lstm_step_t *step, const real_t *d_output,
                   real_t *d_state, real_t *d_gates)
{
    assert(batch >= 1 && cells >= 1);
    for (size_t b = 0; b < batch; b++) {
        const size_t at = b * cells;
        lstm_row_backward(cells, step->before + at, step->gates + 4 * at, step->squashed + at,
                          d_output + at, d_state + at, d_gates + 4 * at);
    }
}
