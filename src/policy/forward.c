/* One step of a block of episodes: from inputs to probabilities, head by head. */
#include "policy/pass.h"
#include "policy/relu.h"
#include "policy/softmax.h"

#include <assert.h>
#include <string.h>

static void forward_keep_inputs(const pass_t *pass, size_t at, const real_t *inputs,
                                const uint16_t *rows)
{
    const policy_t *policy = pass->policy;
    assert(!policy->shape.tables || rows);
    /* (B, I) as they come, into rows `at` .. at + B - 1 of (T B, I), which may be wider where the
       inputs go straight into `joined`. */
    const matrix_t to = matrix_at(pass->inputs, at, 0);
    for (size_t b = 0; b < pass->batch; b++)
        memcpy(to.data + b * to.stride, inputs + b * policy->inputs,
               policy->inputs * sizeof(real_t));
    if (policy->shape.tables) memcpy(pass->rows + at, rows, pass->batch * sizeof *rows);
}

static void forward_run_features(const pass_t *pass, size_t at)
{
    const policy_t *policy = pass->policy;
    matrix_t x = matrix_at(pass->inputs, at, 0);
    /* Each encoder reads its group's columns of the inputs and writes its own columns: (B, I)
       becomes (B, encoders x units). Linear, with no unit behind it. */
    for (size_t i = 0; i < policy->encoder_count; i++)
        affine_forward(&policy->encoders[i], policy->parameters, pass->batch, x,
                       matrix_at(pass->encoded, at, 0));
    if (policy->encoder_count) x = matrix_at(pass->encoded, at, 0);
    /* (B, features) to (B, trunk), through each layer. The last one writes into `joined`
       (pass.c). */
    for (size_t i = 0; i < policy->shape.trunk_layers; i++) {
        const matrix_t y = matrix_at(pass->trunk[i], at, 0);
        affine_forward(&policy->trunk[i], policy->parameters, pass->batch, x, y);
        relu_forward(pass->batch, policy->shape.trunk, y);
        x = y;
    }
}

static void forward_run_cell(const pass_t *pass, size_t at)
{
    const policy_t *policy = pass->policy;
    const lstm_step_t cell = pass_cell(pass, pass->steps);
    assert(pass->gates.stride == POLICY_GATES * policy->shape.lstm);
    /* Features and the outputs of the step before lie side by side in `joined`, (B, D + H), so that
       one product gives all four gates: (B, D + H) (D + H, 4 H) = (B, 4 H). */
    affine_forward(&policy->gates, policy->parameters, pass->batch, matrix_at(pass->joined, at, 0),
                   matrix_at(pass->gates, at, 0));
    /* The outputs go into the next step's rows of `joined`, beside features that are not there
       yet. */
    lstm_forward(pass->batch, policy->shape.lstm, &cell, pass_outputs(pass, pass->steps));
}

static void forward_add_tables(const pass_t *pass, size_t at)
{
    const policy_t *policy = pass->policy;
    /* A row of the table for each distinct layer: logits that are its own, learned beside the
       network's. */
    for (size_t b = 0; b < pass->batch; b++)
        row_add(policy->logits,
                policy->parameters + policy->table + pass->rows[at + b] * policy->logits,
                pass->logits.data + b * pass->logits.stride);
}

/* The logits of all heads, but for what the choices to come add. */
static void forward_run_outputs(const pass_t *pass, size_t at)
{
    const policy_t *policy = pass->policy;
    matrix_t x = pass_outputs(pass, pass->steps);
    /* (B, H) to (B, heads x units): the heads' units are one product, each head reads its own
       columns. */
    if (policy->shape.head) {
        const matrix_t y = matrix_at(pass->hidden, at, 0);
        affine_forward(&policy->hidden, policy->parameters, pass->batch, x, y);
        relu_forward(pass->batch, policy->hidden.outputs, y);
        x = y;
    }
    /* One product to all logits, or one for each head's; either way every column is written. */
    for (size_t i = 0; i < policy->output_count; i++)
        affine_forward(&policy->outputs[i], policy->parameters, pass->batch, x, pass->logits);
    if (policy->shape.tables) forward_add_tables(pass, at);
}

void pass_observe(pass_t *pass, const real_t *inputs, const uint16_t *rows)
{
    assert(pass->steps < pass->steps_most);
    const size_t at = pass->steps * pass->batch; /* row of the first episode in this step */
    forward_keep_inputs(pass, at, inputs, rows);
    forward_run_features(pass, at);
    forward_run_cell(pass, at);
    forward_run_outputs(pass, at);
}

const real_t *pass_head(pass_t *pass, size_t head, const uint8_t *allowed, const real_t *prior)
{
    assert(head < pass->policy->shape.heads && pass->steps < pass->steps_most);
    const size_t levels = pass->policy->shape.levels[head];
    const size_t at = pass->steps * pass->batch * levels;
    const matrix_t from = matrix_at(pass->logits, 0, pass->policy->first[head]);
    /* A copy of the logits (B, A), which become log probabilities in their place. The originals
       stay, so that the question may be asked again with another mask. */
    real_t *logits = pass->log_probability[head] + at;
    for (size_t b = 0; b < pass->batch; b++)
        memcpy(logits + b * levels, from.data + b * from.stride, levels * sizeof(real_t));
    if (prior) row_add(pass->batch * levels, prior, logits);
    softmax_forward(pass->batch, levels, allowed, logits, pass->probability[head] + at);
    return pass->probability[head] + at;
}

/* What the choices of a head add to the logits of the heads behind it. */
static void forward_add_chain(const pass_t *pass, size_t head, const uint16_t *choices)
{
    const policy_t *policy = pass->policy;
    const size_t first = policy->first[head + 1];
    const size_t behind = policy->logits - first;
    assert(head + 1 < policy->shape.heads && behind > 0);
    /* A one-hot vector times a matrix (A, behind) is the row that was chosen. */
    for (size_t b = 0; b < pass->batch; b++)
        row_add(behind, policy->parameters + policy->chains[head] + choices[b] * behind,
                pass->logits.data + b * pass->logits.stride + first);
}

void pass_choose(pass_t *pass, size_t head, const uint16_t *choices)
{
    const policy_shape_t *shape = &pass->policy->shape;
    assert(head < shape->heads && pass->steps < pass->steps_most);
    memcpy(pass->choices[head] + pass->steps * pass->batch, choices, pass->batch * sizeof *choices);
    if (shape->chained && head + 1 < shape->heads) forward_add_chain(pass, head, choices);
    /* Heads are asked in order, so the last one's choice ends the step. */
    if (head + 1 == shape->heads) pass->steps++;
}
