/* Sampling a block of episodes: layer by layer, all episodes of the block side by side. */
#include "search/reinforce/reinforce.h"

#include <assert.h>
#include <math.h>

void observe(const reinforce_t *self, const decision_t *decision, real_t *inputs)
{
    const observer_t view = {self->recipe->sense, self->features,
                             problem_layers(self->setup.problem), self->feasibility.axes,
                             self->feasibility.levels};
    observe_as(&view, decision, inputs);
}

void episode_levels(const reinforce_t *self, const block_t *block, size_t step, size_t episode,
                    uint16_t *levels)
{
    for (size_t axis = 0; axis < self->feasibility.axes; axis++)
        levels[axis] = block->choice[axis][step * block->episodes + episode];
}

static void episode_begin(reinforce_t *self, block_t *block)
{
    const size_t layers = problem_layers(self->setup.problem);
    const uint64_t seed = self->setup.job->search.seed;
    assert(block->episodes > 0 && block->episodes <= self->layout.samples);
    pass_begin(block->pass, block->episodes);
    block->use = 0;
    for (size_t e = 0; e < block->episodes; e++) {
        uint16_t *order = block->order + e * layers;
        for (size_t layer = 0; layer < layers; layer++) order[layer] = (uint16_t)layer;
        if (self->recipe->shuffled) {
            rng_t rng = rng_begin(seed, RNG_ORDER, block->update, block->unit, e);
            rng_shuffle(&rng, layers, order);
        }
        /* No layer is decided yet: nothing is spent, and the least of all layers is reserved. */
        block->length[e] = layers;
        self->used[e] = (need_t){{0}, 0};
        self->reserved[e] = self->feasibility.total_reserve;
    }
}

/* ---- what the guide proposes ----------------------------------------------------------------- */

static bool episode_is_due(const reinforce_t *self, guide_turn_t turn)
{
    const uint64_t each = self->layout.units * self->layout.samples;
    return guide_is_due(turn, (uint64_t)self->published.updates * each, each);
}

/* The best that can be relied on where it is due; should it be known already, like all others one
   that goes by what is in doubt. */
static void episode_ask_guide(reinforce_t *self, const block_t *block, size_t episode,
                              uint16_t *assignment)
{
    static const double boldest = 5;
    const search_setup_t *setup = &self->setup;
    rng_t rng = rng_begin(setup->job->search.seed, RNG_GUIDE, block->update, block->unit, episode);
    if (self->published.updates > 0 && block->unit == 0 && episode == 0 &&
        episode_is_due(self, GUIDE_RELIED_ON)) {
        guide_propose(&self->guide, &rng, -1, assignment);
        /* It was not scored yet, so that it tells something new. */
        if (!setup->scored || !scored_has(setup->scored, assignment)) return;
    }
    guide_propose(&self->guide, &rng, boldest * rng_uniform(&rng), assignment);
}

static bool episode_is_opening(const reinforce_t *self, const block_t *block, size_t episode)
{
    return self->opens && block->unit == 0 && block->update == self->setup.first_update &&
           episode == 0;
}

/* Those of this block's episodes that the guide leads, as levels. The batch lends its memory. */
static void episode_take_leads(reinforce_t *self, block_t *block, batch_t *batch)
{
    const space_t *space = problem_space(self->setup.problem);
    const size_t axes = self->feasibility.axes;
    const bool guided = reinforce_is_guided(self);
    const bool is_last = block->unit + 1 == self->layout.units && episode_is_due(self, GUIDE_OWN);
    for (size_t e = 0; e < block->episodes; e++) {
        const bool own = is_last && e + 1 == self->layout.samples;
        block->led[e] = guided && !own && !episode_is_opening(self, block, e);
        if (!block->led[e]) continue;
        uint16_t *assignment = batch_assignment(batch, e);
        uint16_t *lead = block->lead + e * batch->layers * axes;
        episode_ask_guide(self, block, e, assignment);
        for (size_t i = 0; i < batch->layers * axes; i++)
            lead[i] = (uint16_t)space_level(space, i % axes, assignment[i]);
    }
}

/* No level but the one proposed. The proposal fits as a whole, in whatever order layers come. */
static void episode_follow(reinforce_t *self, const block_t *block, size_t step, size_t axis,
                           size_t episode)
{
    const size_t levels = self->feasibility.levels[axis];
    const size_t layers = problem_layers(self->setup.problem);
    const size_t layer = block->order[episode * layers + step];
    const size_t lead = block->lead[(episode * layers + layer) * self->feasibility.axes + axis];
    for (size_t level = 0; level < levels; level++) {
        self->allowed[episode * levels + level] = level == lead;
        self->prior[episode * levels + level] = 0;
    }
}

static size_t episode_distinct_at(const reinforce_t *self, const block_t *block, size_t step,
                                  size_t episode)
{
    const size_t layers = problem_layers(self->setup.problem);
    return problem_distinct_of(self->setup.problem, block->order[episode * layers + step]);
}

static void episode_look(reinforce_t *self, block_t *block, size_t step)
{
    const policy_shape_t *shape = policy_shape(self->policy);
    const size_t width = shape->inputs[0] + shape->inputs[1] + shape->inputs[2];
    const size_t layers = problem_layers(self->setup.problem);
    const need_t nothing = {{0}, 0};
    for (size_t e = 0; e < block->episodes; e++) {
        decision_t decision = {.layer = block->order[e * layers + step], .step = step};
        if (step > 0) episode_levels(self, block, step - 1, e, decision.previous);
        decision.room = need_change(&self->feasibility.limits, &self->used[e], &nothing);
        decision.reserved = self->reserved[e];
        observe(self, &decision, self->inputs + e * width);
        self->rows[e] = (uint16_t)episode_distinct_at(self, block, step, e);
    }
    /* One step of the recurrent network for all episodes of the block at once. */
    pass_observe(block->pass, self->inputs, self->rows);
}

/* What a block starts from before it has learned anything: what it leans to, or else what uses just
   the budget. */
static const real_t *episode_prior_of(const reinforce_t *self, const block_t *block,
                                      const branch_t *branch)
{
    const size_t row = feasibility_row(&self->feasibility, branch);
    const size_t unit = (size_t)(block - self->blocks);
    if (!block->leans) return self->feasibility.prior[branch->axis] + row;
    return self->lean[branch->axis] + unit * feasibility_cells(&self->feasibility, branch->axis) +
           row;
}

/* Mask and prior of one episode's step at an axis. */
static void episode_constrain(reinforce_t *self, const block_t *block, const branch_t *branch,
                              size_t episode)
{
    const feasibility_t *feasibility = &self->feasibility;
    const size_t levels = feasibility->levels[branch->axis];
    const real_t *from = episode_prior_of(self, block, branch);
    real_t *prior = self->prior + episode * levels;
    const need_t room = feasibility_room(feasibility, branch->distinct, &self->used[episode],
                                         &self->reserved[episode]);
    feasibility_allow(feasibility, self->setup.memory, branch, &room,
                      self->allowed + episode * levels);
    /* The prior is added to the logits of the head, level by level. */
    for (size_t level = 0; level < levels; level++) prior[level] = from[level];
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

/* What the policy would spend on this step if the budget were not watched, by its choice on the
   first axis: the multiplier is steered by it. */
static void episode_count_wish(reinforce_t *self, block_t *block, size_t step)
{
    const size_t levels = self->feasibility.levels[0];
    const size_t episodes = block->episodes;
    for (size_t e = 0; e < episodes; e++) {
        const branch_t branch = {episode_distinct_at(self, block, step, e), 0, NULL};
        const size_t row = feasibility_row(&self->feasibility, &branch);
        feasibility_allow_all(&self->feasibility, &branch, self->allowed + e * levels);
        for (size_t level = 0; level < levels; level++)
            self->prior[e * levels + level] = self->feasibility.prior[0][row + level];
    }
    /* The pass is asked for the same step again, without a mask; nothing is chosen by it. */
    const real_t *chances = pass_head(block->pass, 0, self->allowed, self->prior);
    double use = 0;
    for (size_t e = 0; e < episodes; e++) {
        const double *least =
            self->feasibility.least[0] + episode_distinct_at(self, block, step, e) * levels;
        for (size_t level = 0; level < levels; level++)
            /* What it would need at the least: each level weighed by its chance. */
            if (!isinf(least[level])) use += (double)chances[e * levels + level] * least[level];
    }
    block->use += use / (double)episodes;
}

/* ---- decisions ------------------------------------------------------------------------------- */

/* The first sample of the run takes its opening whatever the policy would, as do some as long as
   none was valid, as far as there is room; it learns nothing from that. A layer that does not use
   the axis keeps its initial level. */
static void episode_open_run(const reinforce_t *self, const branch_t *branch, uint64_t choice,
                             uint8_t *allowed)
{
    const feasibility_t *feasibility = &self->feasibility;
    const size_t levels = feasibility->levels[branch->axis];
    /* The digit of the choice that stands for this axis. */
    const size_t opening = choice / feasibility->completions[branch->axis] % levels;
    if (!feasibility_uses(feasibility, branch)) return;
    if (!allowed[opening] && choice != self->opening) return;
    for (size_t level = 0; level < levels; level++) allowed[level] = level == opening;
}

/* What the first step chose for the whole network holds in all others. */
static void episode_share(reinforce_t *self, const block_t *block, size_t step, size_t axis,
                          size_t episode)
{
    const size_t levels = self->feasibility.levels[axis];
    if (step == 0 || axis >= space_shared(problem_space(self->setup.problem))) return;
    for (size_t level = 0; level < levels; level++)
        self->allowed[episode * levels + level] = level == block->choice[axis][episode];
}

static void episode_allow(reinforce_t *self, const block_t *block, size_t step, size_t axis,
                          size_t episode)
{
    uint16_t levels[SPACE_AXES];
    const branch_t branch = {episode_distinct_at(self, block, step, episode), axis, levels};
    if (block->led[episode]) {
        episode_follow(self, block, step, axis, episode);
        return;
    }
    /* Of these levels the branch reads those of the axes before, which are drawn by now. */
    episode_levels(self, block, step, episode, levels);
    if (self->recipe->masked)
        episode_constrain(self, block, &branch, episode);
    else
        feasibility_allow_all(&self->feasibility, &branch,
                              self->allowed + episode * self->feasibility.levels[axis]);
    episode_share(self, block, step, axis, episode);
    uint8_t *allowed = self->allowed + episode * self->feasibility.levels[axis];
    const uint64_t item = block->unit * self->layout.samples + episode;
    uint64_t choice;
    if (episode_is_opening(self, block, episode))
        episode_open_run(self, &branch, self->opening, allowed);
    else if (self->recipe->masked &&
             thompson_opens(&self->thompson, self->setup.problem, item, &choice))
        episode_open_run(self, &branch, choice, allowed);
}

static void episode_decide(reinforce_t *self, block_t *block, size_t step, size_t axis)
{
    const size_t n = block->episodes;
    const size_t axes = self->feasibility.axes;
    const size_t levels = self->feasibility.levels[axis];
    uint16_t *choice = block->choice[axis] + step * n;
    for (size_t e = 0; e < n; e++) episode_allow(self, block, step, axis, e);
    /* (E, levels) probabilities of the axis, given the levels of the axes before it. */
    const real_t *chances =
        pass_head(block->pass, axis, self->allowed, self->recipe->masked ? self->prior : NULL);
    for (size_t e = 0; e < n; e++) {
        /* A random number of its own for each decision, so that it does not depend on the rank, on
           the block's other episodes, or on what was drawn before. */
        const uint64_t item = (e * problem_layers(self->setup.problem) + step) * axes + axis;
        rng_t rng =
            rng_begin(self->setup.job->search.seed, RNG_ACTION, block->update, block->unit, item);
        choice[e] = episode_draw(chances + e * levels, self->allowed + e * levels, levels,
                                 rng_uniform(&rng));
    }
    /* The credit of an axis behind the first is against what the policy expected of it: see
       advantage.c. */
    for (size_t i = 0; axis > 0 && i < n * levels; i++)
        block->chances[axis][step * n * levels + i] = chances[i];
    pass_choose(block->pass, axis, choice);
}

/* Write the step's actions into the batch and take what they need from the budget. */
static void episode_spend(reinforce_t *self, const block_t *block, size_t step, batch_t *batch)
{
    const feasibility_t *feasibility = &self->feasibility;
    const space_t *space = problem_space(self->setup.problem);
    const need_t nothing = {{0}, 0};
    for (size_t e = 0; e < block->episodes; e++) {
        uint16_t levels[SPACE_AXES];
        uint16_t *action =
            batch_assignment(batch, e) + block->order[e * batch->layers + step] * feasibility->axes;
        episode_levels(self, block, step, e, levels);
        for (size_t axis = 0; axis < feasibility->axes; axis++)
            action[axis] = space_level_index(space, axis, levels[axis]);
        const size_t distinct = episode_distinct_at(self, block, step, e);
        const need_t needs =
            feasibility_needs(feasibility, feasibility_cell(feasibility, distinct, levels));
        need_add(&self->used[e], &needs);
        /* The mask has seen to it that what is left covers the least of the layers to come. */
        self->reserved[e] =
            need_change(&self->reserved[e], &feasibility->reserve[distinct], &nothing);
    }
}

void episode_sample(reinforce_t *self, block_t *block, size_t unit, uint64_t update, batch_t *batch)
{
    const bool wish = self->recipe->masked && !reinforce_remembers(&self->setup);
    block->episodes = batch->n;
    block->unit = unit;
    block->update = update;
    episode_begin(self, block);
    episode_take_leads(self, block, batch);
    for (size_t step = 0; step < batch->layers; step++) {
        episode_look(self, block, step);
        if (wish) episode_count_wish(self, block, step);
        for (size_t axis = 0; axis < self->feasibility.axes; axis++)
            episode_decide(self, block, step, axis);
        episode_spend(self, block, step, batch);
    }
}
