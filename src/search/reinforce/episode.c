/* Sampling a block of episodes: layer by layer, all episodes of the block side by side. */
#include "search/reinforce/reinforce.h"

#include <assert.h>

void observe(const reinforce_t *self, const decision_t *decision, real_t *inputs)
{
    const observer_t view = {self->recipe->sense, self->features,
                             problem_layers(self->setup.problem), self->feasibility.levels};
    observe_as(&view, decision, inputs);
}

static void episode_begin(reinforce_t *self, block_t *block, size_t unit, uint64_t update,
                          size_t episodes)
{
    const size_t layers = problem_layers(self->setup.problem);
    assert(episodes > 0 && episodes <= self->layout.samples);
    pass_begin(block->pass, episodes);
    block->use = 0;
    for (size_t e = 0; e < episodes; e++) {
        uint16_t *order = block->order + e * layers;
        for (size_t layer = 0; layer < layers; layer++) order[layer] = (uint16_t)layer;
        if (self->recipe->shuffled) {
            rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ORDER, update, unit, e);
            rng_shuffle(&rng, layers, order);
        }
        /* No layer is decided yet: nothing is spent, and the least of all layers is reserved. */
        block->length[e] = layers;
        self->used[e] = 0;
        self->reserved[e] = self->feasibility.total_least;
    }
}

static size_t episode_distinct_at(const reinforce_t *self, const block_t *block, size_t step,
                                  size_t episode)
{
    const size_t layers = problem_layers(self->setup.problem);
    return problem_distinct_of(self->setup.problem, block->order[episode * layers + step]);
}

static void episode_look(reinforce_t *self, block_t *block, size_t step, size_t episodes)
{
    const policy_shape_t *shape = policy_shape(self->policy);
    const size_t width = shape->inputs[0] + shape->inputs[1] + shape->inputs[2];
    const size_t layers = problem_layers(self->setup.problem);
    for (size_t e = 0; e < episodes; e++) {
        decision_t decision = {.layer = block->order[e * layers + step], .step = step};
        for (size_t head = 0; head < HEADS && step > 0; head++)
            decision.previous[head] = block->choice[head][(step - 1) * episodes + e];
        decision.room = problem_budget(self->setup.problem) - self->used[e];
        decision.reserved = self->reserved[e];
        observe(self, &decision, self->inputs + e * width);
        self->rows[e] = (uint16_t)episode_distinct_at(self, block, step, e);
    }
    /* One step of the recurrent network for all episodes of the block at once. */
    pass_observe(block->pass, self->inputs, self->rows);
}

/* The budget that this step may use: what is left when the layers to come get their least. */
static double episode_room_of(const reinforce_t *self, size_t distinct, size_t episode)
{
    return problem_budget(self->setup.problem) - self->used[episode] - self->reserved[episode] +
           self->feasibility.least[distinct];
}

/* What a block starts from before it has learned anything: what it leans to, or else what uses just
   the budget. */
static const real_t *episode_prior_pe_of(const reinforce_t *self, const block_t *block,
                                         size_t distinct)
{
    const size_t levels = self->feasibility.levels[HEAD_PE];
    const size_t unit = (size_t)(block - self->blocks);
    if (!block->leans) return self->feasibility.prior_pe + distinct * levels;
    return self->lean_pe + (unit * self->feasibility.distinct + distinct) * levels;
}

static const real_t *episode_prior_buffer_of(const reinforce_t *self, const block_t *block,
                                             size_t distinct, size_t pe)
{
    const size_t *levels = self->feasibility.levels;
    const size_t unit = (size_t)(block - self->blocks);
    const size_t row = distinct * levels[HEAD_PE] + pe;
    if (!block->leans) return self->feasibility.prior_buffer + row * levels[HEAD_BUFFER];
    return self->lean_buffer +
           (unit * self->feasibility.distinct * levels[HEAD_PE] + row) * levels[HEAD_BUFFER];
}

/* Mask and prior of one episode's step at a head. */
static void episode_constrain(reinforce_t *self, const block_t *block, size_t step, size_t head,
                              size_t episodes, size_t episode)
{
    const size_t *levels = self->feasibility.levels;
    const size_t distinct = episode_distinct_at(self, block, step, episode);
    uint8_t *allowed = self->allowed + episode * levels[head];
    real_t *prior = self->prior + episode * levels[head];
    const double room = episode_room_of(self, distinct, episode);
    const real_t *from;
    if (head == HEAD_PE) {
        feasibility_allow_pe(&self->feasibility, self->setup.problem, self->setup.ledger, distinct,
                             room, allowed);
        from = episode_prior_pe_of(self, block, distinct);
    } else {
        const size_t pe = block->choice[HEAD_PE][step * episodes + episode];
        feasibility_allow_buffer(&self->feasibility, self->setup.problem, self->setup.ledger,
                                 distinct, pe, room, allowed);
        from = episode_prior_buffer_of(self, block, distinct, pe);
    }
    /* The prior is added to the logits of the head, level by level. */
    for (size_t level = 0; level < levels[head]; level++) prior[level] = from[level];
}

/* The first sample of the run takes its opening whatever the policy would; it learns nothing from
   that. */
static void episode_open_run(const reinforce_t *self, size_t head, size_t unit, uint64_t update)
{
    const size_t buffers = self->feasibility.levels[HEAD_BUFFER];
    const size_t opening = head == HEAD_PE ? self->opening / buffers : self->opening % buffers;
    if (!self->opens || unit > 0 || update != self->setup.first_update) return;
    for (size_t level = 0; level < self->feasibility.levels[head]; level++)
        self->allowed[level] = level == opening;
}

static void episode_allow_all(reinforce_t *self, size_t head, size_t episodes)
{
    for (size_t i = 0; i < episodes * self->feasibility.levels[head]; i++) self->allowed[i] = 1;
}

static uint16_t episode_draw(const real_t *chances, const uint8_t *allowed, size_t levels,
                             double uniform)
{
    size_t last = 0;
    double sum = 0;
    /* The inverse of the distribution. Chances add up to 1 but for rounding: where the sum stays
       below the number drawn, the last level that has a chance is taken. */
    for (size_t level = 0; level < levels; level++) {
        if (!allowed[level] || chances[level] <= 0) continue;
        last = level;
        sum += (double)chances[level];
        if (uniform < sum) break;
    }
    return (uint16_t)last;
}

/* What the policy would spend on this step if the budget were not watched: the price is steered by
   it. */
static void episode_count_wish(reinforce_t *self, block_t *block, size_t step, size_t episodes)
{
    const size_t levels = self->feasibility.levels[HEAD_PE];
    for (size_t e = 0; e < episodes; e++) {
        const size_t row = episode_distinct_at(self, block, step, e) * levels;
        for (size_t pe = 0; pe < levels; pe++)
            self->prior[e * levels + pe] = self->feasibility.prior_pe[row + pe];
    }
    /* The pass is asked for the same step again, without a mask; nothing is chosen by it. */
    episode_allow_all(self, HEAD_PE, episodes);
    const real_t *chances = pass_head(block->pass, HEAD_PE, self->allowed, self->prior);
    double use = 0;
    for (size_t e = 0; e < episodes; e++) {
        const size_t row = episode_distinct_at(self, block, step, e) * levels;
        for (size_t pe = 0; pe < levels; pe++)
            use += (double)chances[e * levels + pe] * self->feasibility.least_of_pe[row + pe];
    }
    block->use += use / (double)episodes;
}

static void episode_decide(reinforce_t *self, block_t *block, size_t step, size_t head,
                           const batch_t *batch, size_t unit, uint64_t update)
{
    const size_t n = batch->n;
    const size_t levels = self->feasibility.levels[head];
    const bool masked = self->recipe->masked;
    if (!masked) episode_allow_all(self, head, n);
    for (size_t e = 0; masked && e < n; e++) episode_constrain(self, block, step, head, n, e);
    episode_open_run(self, head, unit, update);
    /* (E, A) probabilities of the head, given the choices of the heads before it. */
    const real_t *chances =
        pass_head(block->pass, head, self->allowed, masked ? self->prior : NULL);
    for (size_t e = 0; e < n; e++) {
        /* A random number of its own for each decision, so that it does not depend on the rank, on
           the block's other episodes, or on what was drawn before. */
        const uint64_t item = (e * batch->layers + step) * HEADS + head;
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ACTION, update, unit, item);
        block->choice[head][step * n + e] = episode_draw(
            chances + e * levels, self->allowed + e * levels, levels, rng_uniform(&rng));
    }
    /* The credit of a buffer is against what the policy expected of it: see advantage.c. */
    if (head == HEAD_BUFFER)
        for (size_t i = 0; i < n * levels; i++)
            block->buffer_chances[step * n * levels + i] = chances[i];
    pass_choose(block->pass, head, block->choice[head] + step * n);
}

/* Write the step's actions into the batch and take what they need from the budget. */
static void episode_spend(reinforce_t *self, block_t *block, size_t step, batch_t *batch)
{
    problem_t *problem = self->setup.problem;
    for (size_t e = 0; e < batch->n; e++) {
        const size_t distinct = episode_distinct_at(self, block, step, e);
        const size_t at = e * batch->layers + block->order[e * batch->layers + step];
        const size_t pe = block->choice[HEAD_PE][step * batch->n + e];
        const size_t buffer = block->choice[HEAD_BUFFER][step * batch->n + e];
        batch->pes[at] = (uint16_t)problem_level_values(problem, HEAD_PE)[pe];
        batch->buffer[at] = (uint16_t)problem_level_values(problem, HEAD_BUFFER)[buffer];
        self->used[e] +=
            self->feasibility.need[(distinct * self->feasibility.levels[HEAD_PE] + pe) *
                                       self->feasibility.levels[HEAD_BUFFER] +
                                   buffer];
        /* The mask has seen to it that what is left covers the least of the layers to come. */
        self->reserved[e] -= self->feasibility.least[distinct];
    }
}

void episode_sample(reinforce_t *self, block_t *block, size_t unit, uint64_t update, batch_t *batch)
{
    const bool wish = self->recipe->masked && !reinforce_remembers(&self->setup);
    episode_begin(self, block, unit, update, batch->n);
    for (size_t step = 0; step < batch->layers; step++) {
        episode_look(self, block, step, batch->n);
        if (wish) episode_count_wish(self, block, step, batch->n);
        for (size_t head = 0; head < HEADS; head++)
            episode_decide(self, block, step, head, batch, unit, update);
        episode_spend(self, block, step, batch);
    }
}
