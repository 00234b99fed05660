#include "lstm.h"

#include "activation.h"
#include "vector.h"

WIDE static void row_forward(size_t n, const real_t *restrict before, real_t *restrict gates, real_t *restrict after,
                             real_t *restrict squashed, real_t *restrict output)
{
    for (size_t j = 0; j < n; j++) {
        const real_t in = activation_sigmoid(gates[j]);
        const real_t forget = activation_sigmoid(gates[n + j]);
        const real_t candidate = activation_tanh(gates[2 * n + j]);
        const real_t out = activation_sigmoid(gates[3 * n + j]);
        const real_t state = forget * before[j] + in * candidate;
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
    for (size_t b = 0; b < batch; b++) {
        const size_t at = b * cells;
        row_forward(cells, step->before + at, step->gates + 4 * at, step->after + at, step->squashed + at,
                    output.data + b * output.stride);
    }
}

static void row_backward(size_t n, const real_t *restrict before, const real_t *restrict gates,
                         const real_t *restrict squashed, const real_t *restrict d_output, real_t *restrict d_state,
                         real_t *restrict d_gates)
{
    for (size_t j = 0; j < n; j++) {
        const real_t in = gates[j];
        const real_t forget = gates[n + j];
        const real_t candidate = gates[2 * n + j];
        const real_t out = gates[3 * n + j];
        const real_t d_after = d_state[j] + d_output[j] * out * (1 - squashed[j] * squashed[j]);
        d_gates[j] = d_after * candidate * in * (1 - in);
        d_gates[n + j] = d_after * before[j] * forget * (1 - forget);
        d_gates[2 * n + j] = d_after * in * (1 - candidate * candidate);
        d_gates[3 * n + j] = d_output[j] * squashed[j] * out * (1 - out);
        d_state[j] = d_after * forget;
    }
}

void lstm_backward(size_t batch, size_t cells, const lstm_step_t *step, const real_t *d_output, real_t *d_state,
                   real_t *d_gates)
{
    for (size_t b = 0; b < batch; b++) {
        const size_t at = b * cells;
        row_backward(cells, step->before + at, step->gates + 4 * at, step->squashed + at, d_output + at, d_state + at,
                     d_gates + 4 * at);
    }
}
