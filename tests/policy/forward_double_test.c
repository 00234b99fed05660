/* The forward pass against the formulas written out number by number, in double precision. */
#include "block.h"
#include "confx/policy.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>

enum { WIDE_MOST = 64, BATCH = 3, STEPS = 6 };

typedef struct {
    double output[WIDE_MOST], state[WIDE_MOST];
} memory_t;

static const policy_tensor_t *named(const policy_t *policy, const char *name)
{
    for (size_t i = 0; i < policy_tensors(policy); i++)
        if (strcmp(policy_tensor(policy, i)->name, name) == 0) return policy_tensor(policy, i);
    ck_abort_msg("no tensor %s", name);
    return NULL;
}

static double value(policy_t *policy, const char *name, size_t row, size_t column)
{
    const policy_tensor_t *tensor = named(policy, name);
    return policy_parameters(policy)[tensor->offset + row * tensor->columns + column];
}

/* y = x W + b for the tensors NAME.weight and NAME.bias; returns the width of y. */
static size_t affine(policy_t *policy, const char *name, const double *x, double *y)
{
    char weight[POLICY_NAME_MAX];
    char bias[POLICY_NAME_MAX];
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    const policy_tensor_t *tensor = named(policy, weight);
    for (size_t j = 0; j < tensor->columns; j++) {
        y[j] = value(policy, bias, 0, j);
        for (size_t i = 0; i < tensor->rows; i++) y[j] += x[i] * value(policy, weight, i, j);
    }
    return tensor->columns;
}

static void relu(size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) x[i] = fmax(x[i], 0);
}

static size_t features(policy_t *policy, const real_t *input, double *x)
{
    const policy_shape_t *shape = policy_shape(policy);
    double y[WIDE_MOST] = {0};
    char name[POLICY_NAME_MAX];
    size_t width = 0;
    for (size_t group = 0; group < POLICY_GROUPS; input += shape->inputs[group++]) {
        for (size_t i = 0; i < shape->inputs[group]; i++) y[i] = input[i];
        snprintf(name, sizeof name, "encoder%zu", group);
        if (shape->inputs[group] == 0) continue;
        if (shape->encoder) width += affine(policy, name, y, x + width);
        for (size_t i = 0; !shape->encoder && i < shape->inputs[group]; i++) x[width++] = y[i];
    }
    for (size_t layer = 0; layer < shape->trunk_layers; layer++) {
        snprintf(name, sizeof name, "trunk%zu", layer);
        width = affine(policy, name, x, y);
        relu(width, y);
        memcpy(x, y, width * sizeof *x);
    }
    return width;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void cell(policy_t *policy, size_t width, const double *x, memory_t *memory)
{
    const size_t cells = policy_shape(policy)->lstm;
    double gates[4 * WIDE_MOST] = {0};
    for (size_t j = 0; j < 4 * cells; j++) {
        gates[j] = value(policy, "lstm.bias", 0, j);
        for (size_t i = 0; i < width; i++) gates[j] += x[i] * value(policy, "lstm.input", i, j);
        for (size_t i = 0; i < cells; i++)
            gates[j] += memory->output[i] * value(policy, "lstm.recurrent", i, j);
    }
    for (size_t j = 0; j < cells; j++) {
        memory->state[j] = sigmoid(gates[cells + j]) * memory->state[j] +
                           sigmoid(gates[j]) * tanh(gates[2 * cells + j]);
        memory->output[j] = sigmoid(gates[3 * cells + j]) * tanh(memory->state[j]);
    }
}

/* Logits of a head: through its units if it has any, else its share of one map; table and chain
   beside it. */
static void head_logits(policy_t *policy, size_t head, const memory_t *memory, size_t row,
                        const uint16_t *choices, double *logits)
{
    const policy_shape_t *shape = policy_shape(policy);
    double hidden[WIDE_MOST] = {0};
    double all[WIDE_MOST] = {0};
    char name[POLICY_NAME_MAX];
    size_t first = 0;
    for (size_t h = 0; h < head; h++) first += shape->levels[h];
    snprintf(name, sizeof name, "logits%zu", head);
    if (shape->head) relu(affine(policy, "hidden", memory->output, hidden), hidden);
    (void)affine(policy, shape->head ? name : "logits",
                 shape->head ? hidden + head * shape->head : memory->output,
                 shape->head ? all + first : all);
    for (size_t level = 0; level < shape->levels[head]; level++) {
        logits[level] = all[first + level];
        if (shape->tables) logits[level] += value(policy, "table", row, first + level);
        size_t behind = first;
        for (size_t h = 0; shape->chained && h < head; h++) {
            behind -= shape->levels[h];
            snprintf(name, sizeof name, "chain%zu", h);
            logits[level] += value(policy, name, choices[h], behind + level);
        }
    }
}

static void distribution(size_t levels, const double *logits, const uint8_t *allowed,
                         const real_t *prior, double *p)
{
    double sum = 0;
    for (size_t level = 0; level < levels; level++) {
        p[level] = allowed[level] ? exp(logits[level] + prior[level]) : 0;
        sum += p[level];
    }
    for (size_t level = 0; level < levels; level++) p[level] /= sum;
}

static double entropy(size_t levels, const double *p)
{
    double sum = 0;
    for (size_t level = 0; level < levels; level++)
        sum -= p[level] > 0 ? p[level] * log(p[level]) : 0;
    return sum;
}

/* Compare one head of one step; adds to the loss and to the entropy what the formulas say. */
static void check_head(policy_t *policy, const block_t *block, size_t step, size_t b, size_t head,
                       const memory_t *memory, const real_t *found, double *loss,
                       double *uncertainty)
{
    const policy_shape_t *shape = &block->shape;
    const size_t levels = shape->levels[head];
    const size_t row = step * BATCH + b;
    double logits[WIDE_MOST] = {0};
    double p[WIDE_MOST] = {0};
    uint16_t choices[POLICY_HEADS_MAX] = {0};
    for (size_t h = 0; h < shape->heads; h++) choices[h] = block->choice[h][row];
    head_logits(policy, head, memory, block->row[row], choices, logits);
    distribution(levels, logits, block->allowed[head] + row * levels,
                 block->prior[head] + row * levels, p);
    for (size_t level = 0; level < levels; level++)
        ck_assert_msg(fabs(p[level] - found[b * levels + level]) < 1e-13,
                      "step %zu head %zu level %zu: %g, not %g", step, head, level,
                      found[b * levels + level], p[level]);
    *uncertainty += entropy(levels, p);
    if (step < block->length[b])
        *loss -=
            block->advantage[(step * shape->heads + head) * BATCH + b] * log(p[choices[head]]) +
            block->entropy_weight * entropy(levels, p);
}

static void check_formulas(const policy_shape_t *shape)
{
    policy_t *policy;
    pass_t *pass;
    memory_t memory[BATCH] = {0};
    double loss = 0;
    double uncertainty = 0;
    block_t block = block_open(shape, BATCH, STEPS, 3);
    ck_assert_ok(policy_open(shape, &policy));
    ck_assert_ok(pass_open(policy, BATCH, STEPS, &pass));
    fill_parameters(policy, 0.6, 8);
    pass_begin(pass, BATCH);
    for (size_t step = 0; step < STEPS; step++) {
        const size_t at = step * BATCH;
        pass_observe(pass, block.input + at * block.inputs, block.row + at);
        for (size_t b = 0; b < BATCH; b++) {
            double x[WIDE_MOST] = {0};
            const size_t width = features(policy, block.input + (at + b) * block.inputs, x);
            cell(policy, width, x, &memory[b]);
        }
        for (size_t head = 0; head < shape->heads; head++) {
            const size_t levels = shape->levels[head];
            const real_t *found = pass_head(pass, head, block.allowed[head] + at * levels,
                                            block.prior[head] + at * levels);
            for (size_t b = 0; b < BATCH; b++)
                check_head(policy, &block, step, b, head, &memory[b], found, &loss, &uncertainty);
            pass_choose(pass, head, block.choice[head] + at);
        }
    }
    ck_assert_double_eq_tol(block_loss_so_far(&block, pass), loss, 1e-12);
    ck_assert_double_eq_tol(pass_entropy(pass),
                            uncertainty / (double)(STEPS * BATCH * shape->heads), 1e-13);
    block_close(&block);
    pass_close(pass);
    policy_close(policy);
}

START_TEST(the_papers_network_computes_its_formulas)
{
    check_formulas(&small_paper);
}
END_TEST

START_TEST(tables_and_chained_heads_compute_their_formulas)
{
    check_formulas(&small_default);
}
END_TEST

START_TEST(a_trunk_without_encoders_computes_its_formulas)
{
    check_formulas(&small_trunk);
}
END_TEST

START_TEST(encoders_without_a_trunk_compute_their_formulas)
{
    check_formulas(&small_encoders);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("forward pass in double precision");
    TCase *tests = tcase_create("forward");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_papers_network_computes_its_formulas);
    tcase_add_test(tests, tables_and_chained_heads_compute_their_formulas);
    tcase_add_test(tests, a_trunk_without_encoders_computes_its_formulas);
    tcase_add_test(tests, encoders_without_a_trunk_compute_their_formulas);
    return suite_run(suite);
}
