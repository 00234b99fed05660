/* The memory of a pass, and its mean entropy. The memory is laid out twice by the same code, once
 * to count and once to hand out. */
#include "policy/pass.h"
#include "confx/try.h"
#include "policy/softmax.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 1 << 24 };

typedef struct {
    real_t *base; /* NULL while counting */
    size_t used;
} pass_layout_t;

static real_t *pass_take(pass_layout_t *layout, size_t n)
{
    real_t *at = layout->base ? layout->base + layout->used : NULL;
    layout->used += n;
    return at;
}

static matrix_t pass_take_matrix(pass_layout_t *layout, size_t rows, size_t columns)
{
    return (matrix_t){pass_take(layout, rows * columns), columns};
}

/* The last stage before the LSTM writes straight into `joined`, so that the gates are one product;
   a stage that the shape leaves out is the one before it. */
static void pass_lay_features(pass_t *pass, pass_layout_t *layout, size_t rows)
{
    const policy_t *policy = pass->policy;
    const size_t encoders = policy->encoder_count;
    const size_t trunk = policy->shape.trunk_layers;
    /* One block of B rows more than steps: the last step's outputs go where a next step would
       read. */
    pass->joined = pass_take_matrix(layout, rows + pass->batch_most, policy->gates.inputs);
    pass->inputs =
        encoders || trunk ? pass_take_matrix(layout, rows, policy->inputs) : pass->joined;
    if (encoders)
        pass->encoded =
            trunk ? pass_take_matrix(layout, rows, encoders * policy->shape.encoder) : pass->joined;
    for (size_t i = 0; i < trunk; i++)
        pass->trunk[i] =
            i + 1 < trunk ? pass_take_matrix(layout, rows, policy->shape.trunk) : pass->joined;
}

static void pass_lay_cells(pass_t *pass, pass_layout_t *layout, size_t rows)
{
    const size_t cells = pass->policy->shape.lstm;
    /* `states` also has one block more: the state before step 0. */
    pass->gates = pass_take_matrix(layout, rows, POLICY_GATES * cells);
    pass->states = pass_take(layout, (rows + pass->batch_most) * cells);
    pass->squashed = pass_take(layout, rows * cells);
}

static void pass_lay_heads(pass_t *pass, pass_layout_t *layout, size_t rows)
{
    const policy_shape_t *shape = &pass->policy->shape;
    pass->hidden = pass_take_matrix(layout, rows, pass->policy->hidden.outputs);
    pass->logits = pass_take_matrix(layout, pass->batch_most, pass->policy->logits);
    for (size_t head = 0; head < shape->heads; head++) {
        pass->probability[head] = pass_take(layout, rows * shape->levels[head]);
        pass->log_probability[head] = pass_take(layout, rows * shape->levels[head]);
    }
}

static void pass_lay_derivatives(pass_t *pass, pass_layout_t *layout, size_t rows)
{
    const policy_t *policy = pass->policy;
    const size_t cells = policy->shape.lstm;
    const size_t encoded = policy->encoder_count * policy->shape.encoder;
    const size_t widest = encoded > policy->features ? encoded : policy->features;
    /* Each derivative has the shape of what it is by, for all T B rows at once, but the cell's
       state, of which only the current step's is wanted. */
    pass->d_logits = pass_take_matrix(layout, rows, policy->logits);
    pass->d_hidden = pass_take_matrix(layout, rows, policy->hidden.outputs);
    pass->d_outputs = pass_take_matrix(layout, rows, cells);
    pass->d_states = pass_take(layout, pass->batch_most * cells);
    pass->d_gates = pass_take_matrix(layout, rows, POLICY_GATES * cells);
    for (size_t i = 0; i < 2; i++) pass->d_features[i] = pass_take_matrix(layout, rows, widest);
    pass->recurrent = pass_take(layout, POLICY_GATES * cells * cells);
}

static size_t pass_lay(pass_t *pass, real_t *base)
{
    const size_t rows = pass->batch_most * pass->steps_most;
    pass_layout_t layout = {.base = base};
    pass_lay_features(pass, &layout, rows);
    pass_lay_cells(pass, &layout, rows);
    pass_lay_heads(pass, &layout, rows);
    pass_lay_derivatives(pass, &layout, rows);
    assert(layout.used > 0);
    return layout.used;
}

static confx_status_t pass_allocate(pass_t *pass)
{
    const size_t rows = pass->batch_most * pass->steps_most;
    const size_t heads = pass->policy->shape.heads;
    pass->reals = matrix_memory(pass_lay(pass, NULL));
    pass->indices = calloc((heads + 1) * rows, sizeof *pass->indices);
    if (!pass->reals || !pass->indices)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a pass of %zu episodes by %zu steps",
                           pass->batch_most, pass->steps_most);
    /* The same walk again, now with a base: what was counted is handed out. */
    (void)pass_lay(pass, pass->reals);
    assert(heads <= POLICY_HEADS_MAX);
    pass->rows = pass->indices + heads * rows;
    for (size_t head = 0; head < heads; head++) pass->choices[head] = pass->indices + head * rows;
    return status_ok();
}

confx_status_t pass_open(const policy_t *policy, size_t batch, size_t steps, pass_t **out)
{
    if (batch == 0 || steps == 0 || batch > ROWS_MAX / steps)
        return status_fail(CONFX_STATUS_INPUT,
                           "policy: %zu episodes by %zu steps, expected 1 to %d rows", batch, steps,
                           ROWS_MAX);
    pass_t *pass = calloc(1, sizeof *pass);
    if (!pass) return status_fail(CONFX_STATUS_MEMORY, "no memory for a pass");
    pass->policy = policy;
    pass->batch_most = batch;
    pass->steps_most = steps;
    const confx_status_t status = pass_allocate(pass);
    if (status.code != CONFX_STATUS_OK) {
        pass_close(pass);
        return status_frame(status, __func__, __LINE__);
    }
    pass_begin(pass, batch);
    *out = pass;
    return status;
}

void pass_close(pass_t *pass)
{
    if (!pass) return;
    free(pass->reals);
    free(pass->indices);
    free(pass);
}

void pass_begin(pass_t *pass, size_t batch)
{
    assert(batch >= 1 && batch <= pass->batch_most);
    const size_t cells = pass->policy->shape.lstm;
    pass->batch = batch;
    pass->steps = 0;
    /* Step 0 receives a state and outputs of 0. With fewer episodes than there is room for, rows
       are packed at the front: row t B + b with the B of this block. */
    memset(pass->states, 0, batch * cells * sizeof(real_t));
    const matrix_t before = pass_outputs_before(pass, 0);
    for (size_t b = 0; b < batch; b++)
        memset(before.data + b * before.stride, 0, cells * sizeof(real_t));
}

/* ---- what a block amounts to ----------------------------------------------------------------- */

static double pass_row_entropy(const pass_t *pass, size_t head, size_t row)
{
    const size_t levels = pass->policy->shape.levels[head];
    return (double)softmax_entropy(levels, pass->probability[head] + row * levels,
                                   pass->log_probability[head] + row * levels);
}

double pass_entropy(const pass_t *pass)
{
    const size_t heads = pass->policy->shape.heads;
    const size_t rows = pass->steps * pass->batch;
    double sum = 0;
    /* In double precision: the mean of many rows, which single precision would lose. */
    for (size_t row = 0; row < rows; row++)
        for (size_t head = 0; head < heads; head++) sum += pass_row_entropy(pass, head, row);
    return rows ? sum / (double)(rows * heads) : 0;
}
