/* A block of episodes with everything given: inputs, masks, priors, choices, advantages. The loss
   is then a function of the parameters alone. */
#ifndef TESTS_POLICY_BLOCK_H
#define TESTS_POLICY_BLOCK_H

#include "confx/policy.h"
#include "confx/rng.h"
#include "policy/pass.h"
#include "policy/softmax.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    policy_shape_t shape;
    size_t batch, steps, inputs;
    real_t *input;                      /* (T, B, I) */
    uint16_t *row;                      /* (T, B) */
    uint8_t *allowed[POLICY_HEADS_MAX]; /* (T, B, A) */
    real_t *prior[POLICY_HEADS_MAX];    /* (T, B, A) */
    uint16_t *choice[POLICY_HEADS_MAX]; /* (T, B), always an allowed one */
    real_t *advantage;                  /* (T, H, B) */
    size_t *length;                     /* (B), the first T, the others shorter */
    real_t entropy_weight;
} block_t;

/* ConfuciuX (MICRO 2020), section III: encoders of 10, three ReLU layers of 128, an LSTM of 128,
   heads of 12. */
static const policy_shape_t paper = {.inputs = {8, 1, 2},
                                     .encoder = 10,
                                     .trunk_layers = 3,
                                     .trunk = 128,
                                     .lstm = 128,
                                     .head = 12,
                                     .heads = 2,
                                     .levels = {12, 12}};

/* The same in small, and that of the default preset in small, with a third head. */
static const policy_shape_t small_paper = {.inputs = {4, 1, 2},
                                           .encoder = 3,
                                           .trunk_layers = 3,
                                           .trunk = 6,
                                           .lstm = 5,
                                           .head = 4,
                                           .heads = 2,
                                           .levels = {4, 3}};
static const policy_shape_t small_default = {
    .inputs = {5, 2, 4}, .lstm = 6, .heads = 3, .levels = {4, 3, 2}, .tables = 4, .chained = true};
/* The combinations between: a group without inputs, a trunk without encoders, encoders without a
   trunk. */
static const policy_shape_t small_trunk = {.inputs = {0, 3, 2},
                                           .trunk_layers = 2,
                                           .trunk = 5,
                                           .lstm = 4,
                                           .head = 3,
                                           .heads = 3,
                                           .levels = {3, 2, 4},
                                           .tables = 3,
                                           .chained = true};
static const policy_shape_t small_encoders = {
    .inputs = {3, 0, 2}, .encoder = 3, .lstm = 4, .heads = 1, .levels = {5}};

static inline real_t block_number(rng_t *rng)
{
    return (real_t)rng_normal(rng);
}

static inline void block_head(block_t *block, size_t head, rng_t *rng)
{
    const size_t rows = block->steps * block->batch;
    const size_t levels = block->shape.levels[head];
    block->allowed[head] = malloc(rows * levels);
    block->prior[head] = malloc(rows * levels * sizeof(real_t));
    block->choice[head] = malloc(rows * sizeof(uint16_t));
    for (size_t row = 0; row < rows; row++) {
        const size_t choice = rng_below(rng, levels);
        block->choice[head][row] = (uint16_t)choice;
        for (size_t level = 0; level < levels; level++) {
            block->allowed[head][row * levels + level] = level == choice || rng_uniform(rng) < 0.7;
            block->prior[head][row * levels + level] = block_number(rng);
        }
    }
}

static inline block_t block_open(const policy_shape_t *shape, size_t batch, size_t steps,
                                 uint64_t seed)
{
    block_t block = {
        .shape = *shape, .batch = batch, .steps = steps, .entropy_weight = (real_t)0.37};
    rng_t rng = rng_begin(seed, RNG_TEST, 0, 0, 0);
    block.inputs = shape->inputs[0] + shape->inputs[1] + shape->inputs[2];
    block.input = malloc(steps * batch * block.inputs * sizeof(real_t));
    block.row = malloc(steps * batch * sizeof(uint16_t));
    block.advantage = malloc(steps * shape->heads * batch * sizeof(real_t));
    block.length = malloc(batch * sizeof(size_t));
    for (size_t i = 0; i < steps * batch * block.inputs; i++) block.input[i] = block_number(&rng);
    for (size_t i = 0; i < steps * batch; i++)
        block.row[i] = (uint16_t)(shape->tables ? rng_below(&rng, shape->tables) : 0);
    for (size_t i = 0; i < steps * shape->heads * batch; i++)
        block.advantage[i] = block_number(&rng);
    for (size_t b = 0; b < batch; b++)
        block.length[b] = b == 0 || steps == 1 ? steps : 1 + rng_below(&rng, steps - 1);
    for (size_t head = 0; head < shape->heads; head++) block_head(&block, head, &rng);
    return block;
}

static inline void block_close(block_t *block)
{
    free(block->input);
    free(block->row);
    free(block->advantage);
    free(block->length);
    for (size_t head = 0; head < block->shape.heads; head++) {
        free(block->allowed[head]);
        free(block->prior[head]);
        free(block->choice[head]);
    }
}

static inline void block_step(const block_t *block, pass_t *pass, size_t step)
{
    const size_t at = step * block->batch;
    pass_observe(pass, block->input + at * block->inputs, block->row + at);
    for (size_t head = 0; head < block->shape.heads; head++) {
        const size_t levels = block->shape.levels[head];
        (void)pass_head(pass, head, block->allowed[head] + at * levels,
                        block->prior[head] + at * levels);
        pass_choose(pass, head, block->choice[head] + at);
    }
}

/* All steps forward. */
static inline void block_walk(const block_t *block, pass_t *pass)
{
    pass_begin(pass, block->batch);
    for (size_t step = 0; step < block->steps; step++) block_step(block, pass, step);
}

/* The loss of the steps taken, as pass_backward defines it: its gradient is held against this. */
static inline double block_loss_so_far(const block_t *block, const pass_t *pass)
{
    double loss = 0;
    for (size_t row = 0; row < pass->steps * pass->batch; row++) {
        const size_t step = row / pass->batch, b = row % pass->batch;
        if (step >= block->length[b]) continue;
        for (size_t head = 0; head < block->shape.heads; head++) {
            const size_t levels = block->shape.levels[head];
            const real_t *logs = pass->log_probability[head] + row * levels;
            loss -= (double)block->advantage[(step * block->shape.heads + head) * pass->batch + b] *
                    (double)logs[pass->choices[head][row]];
            loss -= (double)block->entropy_weight *
                    (double)softmax_entropy(levels, pass->probability[head] + row * levels, logs);
        }
    }
    return loss;
}

static inline double block_loss(const block_t *block, pass_t *pass)
{
    block_walk(block, pass);
    return block_loss_so_far(block, pass);
}

static inline void block_gradient(const block_t *block, pass_t *pass, real_t *gradient)
{
    block_walk(block, pass);
    pass_backward(pass, block->advantage, block->entropy_weight, block->length, gradient);
}

/* Every parameter, those too that start at zero. */
static inline void fill_parameters(policy_t *policy, double scale, uint64_t seed)
{
    rng_t rng = rng_begin(seed, RNG_TEST, 1, 0, 0);
    real_t *parameters = policy_parameters(policy);
    for (size_t i = 0; i < policy_size(policy); i++)
        parameters[i] = (real_t)(scale * rng_normal(&rng));
}

#endif
