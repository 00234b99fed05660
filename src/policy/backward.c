/* The gradient of the loss by backpropagation through time. Only the LSTM's recurrence is walked
   step by step; whatever lies before or behind it is one product over the rows of all steps. */
#include "policy/pass.h"
#include "policy/relu.h"
#include "policy/softmax.h"

#include <assert.h>
#include <string.h>

static void backward_loss_to_logits(const pass_t *pass, const real_t *advantage,
                                    real_t entropy_weight, const size_t *lengths)
{
    const policy_shape_t *shape = &pass->policy->shape;
    /* d_logits (T B, logits): of each row and head, what the loss says of the logits it had
       (softmax.c). */
    for (size_t row = 0; row < pass->steps * pass->batch; row++) {
        const size_t step = row / pass->batch;
        const size_t b = row % pass->batch;
        real_t *d_logits = pass->d_logits.data + row * pass->d_logits.stride;
        /* An episode that had ended walked on with the block: its rows are no part of the loss. */
        if (lengths && step >= lengths[b]) {
            memset(d_logits, 0, pass->d_logits.stride * sizeof(real_t));
            continue;
        }
        for (size_t head = 0; head < shape->heads; head++) {
            const size_t at = row * shape->levels[head];
            assert(pass->choices[head][row] < shape->levels[head]);
            softmax_backward(shape->levels[head], pass->probability[head] + at,
                             pass->log_probability[head] + at, pass->choices[head][row],
                             advantage[(step * shape->heads + head) * pass->batch + b],
                             entropy_weight, d_logits + pass->policy->first[head]);
        }
    }
}

/* Each row of logits gave its derivative to one row of the table. */
static void backward_logits_to_tables(const pass_t *pass, real_t *gradient)
{
    const policy_t *policy = pass->policy;
    assert(policy->shape.tables > 0);
    for (size_t row = 0; row < pass->steps * pass->batch; row++)
        row_add(policy->logits, pass->d_logits.data + row * pass->d_logits.stride,
                gradient + policy->table + pass->rows[row] * policy->logits);
}

static void backward_logits_to_chain(const pass_t *pass, size_t head, real_t *gradient)
{
    const policy_t *policy = pass->policy;
    const size_t first = policy->first[head + 1];
    const size_t behind = policy->logits - first;
    /* The row that the choice had taken gets what the heads behind it say of their logits. */
    for (size_t row = 0; row < pass->steps * pass->batch; row++)
        row_add(behind, pass->d_logits.data + row * pass->d_logits.stride + first,
                gradient + policy->chains[head] + pass->choices[head][row] * behind);
}

static void backward_logits_to_outputs(const pass_t *pass, size_t rows, real_t *gradient)
{
    const policy_t *policy = pass->policy;
    const bool hidden = policy->shape.head > 0;
    /* run_outputs backwards, for all steps at once: rows are T B here. */
    const matrix_t outputs = pass_outputs(pass, 0);
    const matrix_t x = hidden ? pass->hidden : outputs;
    const matrix_t d_x = hidden ? pass->d_hidden : pass->d_outputs;
    for (size_t i = 0; i < policy->output_count; i++) {
        affine_gradient(&policy->outputs[i], rows, x, pass->d_logits, gradient);
        affine_backward(&policy->outputs[i], policy->parameters, rows, pass->d_logits, d_x);
    }
    /* Each of several outputs wrote the columns of its own head; without units there is one for
       all. */
    assert(hidden || policy->output_count == 1);
    if (!hidden) return;
    relu_backward(rows, policy->hidden.outputs, x, d_x);
    affine_gradient(&policy->hidden, rows, outputs, d_x, gradient);
    affine_backward(&policy->hidden, policy->parameters, rows, d_x, pass->d_outputs);
}

/* From the last step to the first: each step's gates also answer for the output of the step
   before. */
static void backward_outputs_to_gates(const pass_t *pass)
{
    const policy_t *policy = pass->policy;
    const size_t batch = pass->batch;
    const size_t cells = policy->shape.lstm;
    const real_t *recurrent =
        policy->parameters + policy->gates.weight + policy->features * POLICY_GATES * cells;
    /* recurrent (H, 4 H) are the last H rows of the gates' weights. Nothing comes from behind the
       last step, so the derivative by its state begins as 0. */
    matrix_transpose(cells, POLICY_GATES * cells, recurrent, pass->recurrent);
    memset(pass->d_states, 0, batch * cells * sizeof(real_t));
    for (size_t step = pass->steps; step-- > 0;) {
        const lstm_step_t cell = pass_cell(pass, step);
        const matrix_t d_gates = matrix_at(pass->d_gates, step * batch, 0);
        lstm_backward(batch, cells, &cell, matrix_at(pass->d_outputs, step * batch, 0).data,
                      pass->d_states, d_gates.data);
        if (step == 0) break;
        /* d_outputs of the step before += d_gates (B, 4 H) recurrent^T (4 H, H): beside what its
           own logits said of it, its output was part of this step's gates. */
        matrix_add_product(batch, POLICY_GATES * cells, cells, d_gates, pass->recurrent,
                           matrix_at(pass->d_outputs, (step - 1) * batch, 0));
    }
}

/* Of `joined` only the features are answered for here; the outputs have been, step by step. */
static void backward_gates_to_features(const pass_t *pass, size_t rows, real_t *gradient)
{
    const policy_t *policy = pass->policy;
    /* `features` is the gates' map cut down to its first D inputs: (D, 4 H), which lie in front. */
    affine_t features = policy->gates;
    features.inputs = policy->features;
    assert(policy->gates.inputs == policy->features + policy->shape.lstm);
    affine_gradient(&policy->gates, rows, pass->joined, pass->d_gates, gradient);
    if (policy->encoder_count || policy->shape.trunk_layers)
        affine_backward(&features, policy->parameters, rows, pass->d_gates, pass->d_features[0]);
}

static void backward_features_to_inputs(const pass_t *pass, size_t rows, real_t *gradient)
{
    const policy_t *policy = pass->policy;
    const bool encoders = policy->encoder_count > 0;
    matrix_t d_y = pass->d_features[0];
    matrix_t d_x = pass->d_features[1];
    /* run_features backwards. x is what the layer had read, pass->trunk[i] what it gave; the two
       buffers change roles after each layer. Nobody asks for derivatives by the inputs. */
    for (size_t i = policy->shape.trunk_layers; i-- > 0;) {
        const matrix_t x = i ? pass->trunk[i - 1] : encoders ? pass->encoded : pass->inputs;
        relu_backward(rows, policy->shape.trunk, pass->trunk[i], d_y);
        affine_gradient(&policy->trunk[i], rows, x, d_y, gradient);
        if (i == 0 && !encoders) return;
        affine_backward(&policy->trunk[i], policy->parameters, rows, d_y, d_x);
        const matrix_t written = d_x;
        d_x = d_y;
        d_y = written;
    }
    for (size_t i = 0; i < policy->encoder_count; i++)
        affine_gradient(&policy->encoders[i], rows, pass->inputs, d_y, gradient);
}

void pass_backward(pass_t *pass, const real_t *advantage, real_t entropy_weight,
                   const size_t *lengths, real_t *gradient)
{
    const policy_shape_t *shape = &pass->policy->shape;
    const size_t rows = pass->steps * pass->batch;
    assert(pass->steps <= pass->steps_most && pass->batch <= pass->batch_most);
    if (rows == 0) return;
    /* The way of pass_observe and pass_head, from its end to its beginning. */
    backward_loss_to_logits(pass, advantage, entropy_weight, lengths);
    if (shape->tables) backward_logits_to_tables(pass, gradient);
    for (size_t head = 0; shape->chained && head + 1 < shape->heads; head++)
        backward_logits_to_chain(pass, head, gradient);
    backward_logits_to_outputs(pass, rows, gradient);
    backward_outputs_to_gates(pass);
    backward_gates_to_features(pass, rows, gradient);
    backward_features_to_inputs(pass, rows, gradient);
}
