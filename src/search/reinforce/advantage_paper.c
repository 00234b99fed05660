/* What a choice was worth, preset `paper`: rewards against the lowest seen, an episode that ends
   where it leaves the budget, returns standardised, discounted and standardised again. */
#include "search/reinforce/reinforce.h"

#include <math.h>

static const double discount = 0.9;

/* The reward of each step of an episode into rewards (T); the number of steps that count. An
   episode ends where it leaves the limits, or at an invalid point. */
static size_t advantage_paper_reward_steps(const reinforce_t *self, block_t *block,
                                           const batch_t *batch, size_t episode, double *rewards)
{
    problem_t *problem = self->setup.problem;
    const terms_t *terms = problem_terms(problem);
    const uint16_t *order = block->order + episode * batch->layers;
    need_t used = {{0}, 0};
    double sum = 0;
    for (size_t step = 0; step < batch->layers; step++) {
        const need_t needs =
            problem_needs(problem, problem_distinct_of(problem, order[step]),
                          problem_point(problem, batch_assignment(batch, episode), order[step]));
        need_add(&used, &needs);
        const double performance =
            batch->cost ? -batch->cost[episode * batch->layers + order[step]] : 0;
        const bool fits = terms_fits(terms, &used);
        if (!fits || isnan(performance)) {
            rewards[step] =
                -sum * (fits ? 1 : terms_weight(terms, &used) / problem_budget(problem));
            return step + 1;
        }
        block->lowest = fmin(block->lowest, performance);
        rewards[step] = performance - block->lowest;
        sum += rewards[step];
    }
    return batch->layers;
}

static void advantage_paper_standardise(double *values, size_t n)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
    const double deviation = sqrt(squares / (double)n);
    for (size_t i = 0; i < n; i++)
        values[i] = (values[i] - mean) / (deviation + 1e-12 * fabs(mean) + 1e-300);
}

static void advantage_paper_discount_back(double *values, size_t n)
{
    for (size_t i = n - 1; i-- > 0;) values[i] += discount * values[i + 1];
}

static void advantage_paper_credit(reinforce_t *self, block_t *block, const batch_t *batch,
                                   double *moments)
{
    const size_t axes = self->feasibility.axes;
    double *rewards = self->scratch;
    (void)moments;
    block->lowest = self->published.lowest;
    for (size_t e = 0; e < batch->n; e++) {
        const size_t length = advantage_paper_reward_steps(self, block, batch, e, rewards);
        advantage_paper_standardise(rewards, length);
        advantage_paper_discount_back(rewards, length);
        advantage_paper_standardise(rewards, length);
        block->length[e] = length;
        for (size_t step = 0; step < batch->layers; step++)
            for (size_t axis = 0; axis < axes; axis++)
                block->advantage[(step * axes + axis) * batch->n + e] =
                    step < length ? (real_t)rewards[step] : 0;
    }
}

static void advantage_paper_centre(reinforce_t *self, block_t *block, const batch_t *batch,
                                   const double *moments)
{
    (void)self;
    (void)block;
    (void)batch;
    (void)moments;
}

static size_t advantage_paper_moments_of(const search_setup_t *setup)
{
    (void)setup;
    return 0;
}

static policy_shape_t advantage_paper_shape(const problem_t *problem)
{
    policy_shape_t shape = {.inputs = {observation_paper.features, observation_paper.progress},
                            .encoder = 10,
                            .trunk_layers = 3,
                            .trunk = 128,
                            .lstm = 128,
                            .head = 12};
    reinforce_give_heads(&shape, problem);
    return shape;
}

/* 1e-3, times 0.8 each 100 episodes after the first success, down to 1e-6. */
static double advantage_paper_rate(const reinforce_t *self)
{
    const double hundreds =
        self->published.since_feasible < 0 ? 0 : floor(self->published.since_feasible / 100);
    return fmax(1e-3 * pow(0.8, hundreds), 1e-6);
}

static double advantage_paper_entropy_weight(const reinforce_t *self)
{
    (void)self;
    return 0;
}

const reinforce_preset_t reinforce_preset_paper = {.shape = advantage_paper_shape,
                                                   .sense = &observation_paper,
                                                   .shuffled = true,
                                                   .masked = false,
                                                   .moments = advantage_paper_moments_of,
                                                   .credit = advantage_paper_credit,
                                                   .centre = advantage_paper_centre,
                                                   .rate = advantage_paper_rate,
                                                   .entropy_weight = advantage_paper_entropy_weight,
                                                   .beta2 = (real_t)0.999,
                                                   .clip_recurrent = 10,
                                                   .clip_others = 100,
                                                   .blocks = 1,
                                                   .episodes = 1};
