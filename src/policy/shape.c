/* From a shape to tensors: what a policy consists of and where it lies. */
#include "confx/try.h"
#include "policy/network.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tensors --------------------------------------------------------------------------------- */

static size_t shape_add_tensor(policy_t *policy, const char *name, size_t rows, size_t columns,
                               double bound)
{
    assert(policy->tensor_count < POLICY_TENSORS_MAX && rows > 0 && columns > 0);
    policy_tensor_t *tensor = &policy->tensors[policy->tensor_count];
    *tensor = (policy_tensor_t){.offset = policy->size, .rows = rows, .columns = columns};
    tensor->recurrent = strncmp(name, "lstm.", 5) == 0;
    (void)snprintf(tensor->name, sizeof tensor->name, "%s", name);
    policy->bounds[policy->tensor_count++] = bound;
    policy->size += rows * columns;
    return tensor->offset;
}

static affine_t shape_add_affine(policy_t *policy, const char *name, size_t inputs, size_t outputs)
{
    const double bound = 1 / sqrt((double)inputs);
    char part[POLICY_NAME_MAX];
    affine_t affine = {.inputs = inputs, .outputs = outputs};
    (void)snprintf(part, sizeof part, "%s.weight", name);
    affine.weight = shape_add_tensor(policy, part, inputs, outputs, bound);
    (void)snprintf(part, sizeof part, "%s.bias", name);
    affine.bias = shape_add_tensor(policy, part, 1, outputs, bound);
    return affine;
}

static affine_t shape_add_numbered(policy_t *policy, const char *name, size_t number, size_t inputs,
                                   size_t outputs)
{
    char numbered[POLICY_NAME_MAX / 2];
    (void)snprintf(numbered, sizeof numbered, "%s%hhu", name, (unsigned char)number);
    return shape_add_affine(policy, numbered, inputs, outputs);
}

/* ---- parts of the network -------------------------------------------------------------------- */

static void shape_add_encoders(policy_t *policy)
{
    const policy_shape_t *shape = &policy->shape;
    for (size_t group = 0; group < POLICY_GROUPS; group++) {
        const size_t inputs = shape->inputs[group];
        if (shape->encoder && inputs) {
            affine_t *encoder = &policy->encoders[policy->encoder_count];
            *encoder = shape_add_numbered(policy, "encoder", group, inputs, shape->encoder);
            /* Reads its group's columns of (B, I), writes its own of (B, encoders x units). */
            encoder->from = policy->inputs;
            encoder->to = policy->encoder_count++ * shape->encoder;
        }
        policy->inputs += inputs;
    }
    policy->features = shape->encoder ? policy->encoder_count * shape->encoder : policy->inputs;
}

static void shape_add_trunk(policy_t *policy)
{
    const policy_shape_t *shape = &policy->shape;
    for (size_t layer = 0; layer < shape->trunk_layers; layer++) {
        policy->trunk[layer] =
            shape_add_numbered(policy, "trunk", layer, policy->features, shape->trunk);
        policy->features = shape->trunk;
    }
}

static void shape_add_lstm(policy_t *policy)
{
    const size_t cells = policy->shape.lstm;
    const size_t gates = POLICY_GATES * cells;
    const double bound = 1 / sqrt((double)cells);
    policy->gates = (affine_t){.inputs = policy->features + cells, .outputs = gates};
    /* Two tensors by name, one matrix (D + H, 4 H) in memory: they lie one behind the other. */
    policy->gates.weight = shape_add_tensor(policy, "lstm.input", policy->features, gates, bound);
    (void)shape_add_tensor(policy, "lstm.recurrent", cells, gates, bound);
    policy->gates.bias = shape_add_tensor(policy, "lstm.bias", 1, gates, bound);
    assert(policy->gates.bias == policy->gates.weight + policy->gates.inputs * gates);
}

static void shape_add_outputs(policy_t *policy)
{
    const policy_shape_t *shape = &policy->shape;
    if (shape->head == 0) {
        policy->outputs[policy->output_count++] =
            shape_add_affine(policy, "logits", shape->lstm, policy->logits);
        return;
    }
    /* (H, heads x units) for all heads; then each head has its own (units, A). */
    policy->hidden = shape_add_affine(policy, "hidden", shape->lstm, shape->heads * shape->head);
    for (size_t head = 0; head < shape->heads; head++) {
        affine_t *output = &policy->outputs[policy->output_count++];
        *output = shape_add_numbered(policy, "logits", head, shape->head, shape->levels[head]);
        output->from = head * shape->head;
        output->to = policy->first[head];
    }
}

static void shape_add_heads(policy_t *policy)
{
    const policy_shape_t *shape = &policy->shape;
    for (size_t head = 0; head < shape->heads; head++)
        policy->first[head + 1] = policy->first[head] + shape->levels[head];
    policy->logits = policy->first[shape->heads];
    shape_add_outputs(policy);
    if (shape->tables)
        policy->table = shape_add_tensor(policy, "table", shape->tables, policy->logits, 0);
    /* A choice of head h adds a row of chainH (A of h, logits of the heads behind) to their
       logits. */
    for (size_t head = 0; shape->chained && head + 1 < shape->heads; head++) {
        char name[POLICY_NAME_MAX];
        (void)snprintf(name, sizeof name, "chain%zu", head);
        policy->chains[head] = shape_add_tensor(policy, name, shape->levels[head],
                                                policy->logits - policy->first[head + 1], 0);
    }
}

/* ---- open and close -------------------------------------------------------------------------- */

static confx_status_t shape_check_range(const char *what, size_t value, size_t least, size_t most)
{
    if (value >= least && value <= most) return status_ok();
    return status_fail(CONFX_STATUS_INPUT, "policy: %s is %zu, expected %zu to %zu", what, value,
                       least, most);
}

static confx_status_t shape_check_shape(const policy_shape_t *shape)
{
    size_t inputs = 0;
    for (size_t group = 0; group < POLICY_GROUPS; group++) {
        TRY(shape_check_range("a group's inputs", shape->inputs[group], 0, POLICY_WIDTH_MAX));
        inputs += shape->inputs[group];
    }
    TRY(shape_check_range("inputs", inputs, 1, POLICY_WIDTH_MAX));
    TRY(shape_check_range("encoder", shape->encoder, 0, POLICY_WIDTH_MAX));
    TRY(shape_check_range("trunk_layers", shape->trunk_layers, 0, POLICY_TRUNK_MAX));
    /* A trunk without layers may have any width: none is used. */
    TRY(shape_check_range("trunk", shape->trunk, shape->trunk_layers ? 1 : 0, POLICY_WIDTH_MAX));
    TRY(shape_check_range("lstm", shape->lstm, 1, POLICY_WIDTH_MAX));
    TRY(shape_check_range("head", shape->head, 0, POLICY_WIDTH_MAX));
    TRY(shape_check_range("heads", shape->heads, 1, POLICY_HEADS_MAX));
    for (size_t head = 0; head < shape->heads; head++)
        TRY(shape_check_range("levels", shape->levels[head], 1, POLICY_WIDTH_MAX));
    return shape_check_range("tables", shape->tables, 0, POLICY_WIDTH_MAX);
}

confx_status_t policy_open(const policy_shape_t *shape, policy_t **out)
{
    TRY(shape_check_shape(shape));
    TRY(matrix_open());
    policy_t *policy = calloc(1, sizeof *policy);
    if (!policy) return status_fail(CONFX_STATUS_MEMORY, "no memory for a policy");
    policy->shape = *shape;
    /* In the order of the data's way, which is also that of the parameters: checkpoints rely on
       it. */
    shape_add_encoders(policy);
    shape_add_trunk(policy);
    shape_add_lstm(policy);
    shape_add_heads(policy);
    policy->parameters = matrix_memory(policy->size);
    if (!policy->parameters) {
        const size_t size = policy->size;
        policy_close(policy);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a policy of %zu parameters", size);
    }
    *out = policy;
    return status_ok();
}

void policy_close(policy_t *policy)
{
    if (!policy) return;
    free(policy->parameters);
    free(policy);
}
