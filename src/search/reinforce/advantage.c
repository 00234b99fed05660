/* What a choice was worth, preset `default`: three credits, by what the feedback reveals and what
   may be remembered.

   remembering    ranks among all costs believed, those seen (memory) or, of totals, those inferred
                  (posterior.h): a level's standing is -ln(1 + its rank by cost + multiplier x need
                  among the levels of its axis, behind the same levels of the axes before)
   per layer      -ln(cost + multiplier x need) of the step, against the batch's mean and deviation
   at that layer totals only    -objective of the episode for each of its steps, against the batch's
   mean and deviation */
#include "search/common/shared.h"
#include "search/common/weigh.h"
#include "search/reinforce/reinforce.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double ranking_clamp = 4;
static const double lean_sharpness = 6; /* the first of the ranks is then drawn 98 times in 100 */

/* ---- remembering ----------------------------------------------------------------------------- */

static cost_view_t advantage_weighted(const reinforce_t *self, cost_view_t view)
{
    view.weights = weights_matter(&self->weights) ? &self->weights : NULL;
    return view;
}

static cost_view_t advantage_belief_of(reinforce_t *self)
{
    return advantage_weighted(self, thompson_mean(&self->thompson));
}

void advantage_weigh(reinforce_t *self)
{
    if (!weights_matter(&self->weights) || !reinforce_remembers(&self->setup)) return;
    const cost_view_t cost_view = advantage_belief_of(self);
    weigh(&self->weights, &self->tradeoff, &cost_view);
}

static double advantage_multiplier_of(reinforce_t *self, const cost_view_t *cost_view)
{
    tradeoff_build(&self->tradeoff, self->setup.problem, cost_view);
    return tradeoff_multiplier(&self->tradeoff, self->setup.problem);
}

static void advantage_update_multiplier(reinforce_t *self, const cost_view_t *cost_view)
{
    const double now = advantage_multiplier_of(self, cost_view);
    /* A multiplier of 0 would leave the order of equals in cost to chance: a ten-thousandth of the
       least cost for the whole budget is enough to prefer the lesser need. */
    const double floor =
        1e-4 * tradeoff_least_cost(&self->tradeoff) / problem_budget(self->setup.problem);
    self->published.multiplier = fmax(now, floor);
}

/* What choices are worth, cost and need, into the table of the last axis; infinite where there is
   no cost to go by, or no such choice. counts: of the trade-off that was built of these costs. */
static void advantage_fill_values(reinforce_t *self, const cost_view_t *cost_view,
                                  const double *counts, double multiplier)
{
    const feasibility_t *feasibility = &self->feasibility;
    const double *need = feasibility->least[feasibility->axes - 1];
    double *values = self->standing[feasibility->axes - 1];
    for (size_t d = 0; d < feasibility->distinct; d++)
        for (size_t choice = 0; choice < feasibility->choices; choice++, need++, values++)
            /* What a choice costs by the trade-off: its cost, and its need at the shadow price. */
            *values = isinf(*need)
                          ? INFINITY
                          : counts[d] * cost_view_cost(cost_view, d, feasibility->points[choice]) +
                                multiplier * *need;
}

/* Turn values (lower is better, infinity: not seen) into -ln(1 + rank), in place; unseen ones rank
   behind all. */
static void advantage_values_to_standings(double *values, size_t n, double *scratch)
{
    memcpy(scratch, values, n * sizeof *values);
    /* Equals have the same rank: the number of levels that are strictly better. */
    for (size_t i = 0; i < n; i++) {
        size_t rank = 0;
        for (size_t j = 0; j < n; j++) rank += scratch[j] < scratch[i];
        values[i] = -log1p((double)rank);
    }
}

/* Levels of an axis are ranked among those behind the same prefix, by the best choice that each can
   be completed to: so the last axis comes first, and its best go to the axis before it. */
static void advantage_rank_axis(reinforce_t *self, size_t axis)
{
    const size_t levels = self->feasibility.levels[axis];
    const size_t rows = feasibility_cells(&self->feasibility, axis) / levels;
    for (size_t row = 0; row < rows; row++) {
        double *values = self->standing[axis] + row * levels;
        uint8_t *believed = self->believed[axis] + row * levels;
        double best = INFINITY;
        for (size_t level = 0; level < levels; level++) {
            best = fmin(best, values[level]);
            believed[level] = values[level] < INFINITY;
        }
        if (axis > 0) self->standing[axis - 1][row] = best;
        advantage_values_to_standings(values, levels, self->scratch);
    }
}

/* What all layers share is worth what it is to all of them together: the sums of their best beside
   it, in the place of each kind's own. */
static void advantage_share_values(reinforce_t *self, size_t shared)
{
    const problem_t *problem = self->setup.problem;
    const size_t distinct = self->feasibility.distinct;
    const size_t cells = feasibility_cells(&self->feasibility, shared - 1) / distinct;
    double *values = self->standing[shared - 1];
    for (size_t cell = 0; cell < cells; cell++) {
        double sum = 0;
        for (size_t layer = 0; layer < problem_layers(problem); layer++)
            sum += values[problem_distinct_of(problem, layer) * cells + cell];
        for (size_t d = 0; d < distinct; d++) values[d * cells + cell] = sum;
    }
}

static void advantage_rank_layers(reinforce_t *self, const cost_view_t *cost_view,
                                  const double *counts, double multiplier)
{
    const size_t shared = shared_axes(self->setup.problem);
    advantage_fill_values(self, cost_view, counts, multiplier);
    for (size_t axis = self->feasibility.axes; axis-- > 0;) {
        if (axis + 1 == shared) advantage_share_values(self, shared);
        advantage_rank_axis(self, axis);
    }
}

static void advantage_rank_levels(reinforce_t *self)
{
    if (self->ranked) return;
    self->ranked = true;
    /* Once per update and rank: all blocks are judged by the same ranks. */
    const cost_view_t cost_view = advantage_belief_of(self);
    advantage_update_multiplier(self, &cost_view);
    advantage_rank_layers(self, &cost_view, self->tradeoff.value, self->published.multiplier);
}

/* What a belief speaks for, sharpened into logits: the policy starts from there and learns what to
   add. */
static void advantage_lean_block(reinforce_t *self, size_t unit, const cost_view_t *cost_view,
                                 const double *counts, double multiplier)
{
    advantage_rank_layers(self, cost_view, counts, multiplier);
    /* The ranks made here are of this unit's draw; advantage_rank_levels makes those of the credit
       anew. */
    for (size_t axis = 0; axis < self->feasibility.axes; axis++) {
        const size_t cells = feasibility_cells(&self->feasibility, axis);
        real_t *lean = self->lean[axis] + unit * cells;
        for (size_t i = 0; i < cells; i++)
            lean[i] = (real_t)(lean_sharpness * self->standing[axis][i]);
    }
}

/* Each block to a draw of its own. */
static void advantage_lean_to_draws(reinforce_t *self)
{
    for (size_t unit = 0; unit < self->setup.units; unit++) {
        const size_t number = self->setup.unit_first + unit;
        const cost_view_t draw = advantage_weighted(self, thompson_draw(&self->thompson, number));
        self->blocks[unit].leans = self->thompson.ready;
        if (!self->thompson.ready) continue;
        /* What the block may try depends on what it would, which it does not lean to where it may
           not. */
        if (self->thompson.doubt.kind != DOUBT_NONE)
            (void)thompson_spend(&self->thompson, number, &self->tradeoff,
                                 advantage_multiplier_of(self, &draw));
        const double multiplier = advantage_multiplier_of(self, &draw);
        advantage_lean_block(self, unit, &draw, self->tradeoff.value, multiplier);
    }
}

/* While there is a guide, the block whose last sample is the policy's own, to what can be relied
   on, once something was seen. */
static void advantage_lean_to_guide(reinforce_t *self)
{
    const cost_view_t view = guide_view(&self->guide);
    for (size_t unit = 0; unit < self->setup.units; unit++) {
        self->blocks[unit].leans =
            self->published.updates > 0 && self->setup.unit_first + unit + 1 == self->layout.units;
        if (self->blocks[unit].leans)
            advantage_lean_block(self, unit, &view, self->guide.repair.tradeoff.value,
                                 self->guide.multiplier);
    }
}

/* Every other block to what was seen, once there is something; the others see what else there
   is. */
static void advantage_lean_to_memory(reinforce_t *self)
{
    const cost_view_t seen = advantage_belief_of(self);
    const uint64_t updates = (uint64_t)self->published.updates;
    for (size_t unit = 0; unit < self->setup.units; unit++) {
        self->blocks[unit].leans =
            updates > 0 && (updates * self->layout.units + self->setup.unit_first + unit) % 2 == 0;
        if (!self->blocks[unit].leans) continue;
        const double multiplier = advantage_multiplier_of(self, &seen);
        advantage_lean_block(self, unit, &seen, self->tradeoff.value, multiplier);
    }
}

void advantage_lean(reinforce_t *self)
{
    if (self->thompson.infers)
        advantage_lean_to_draws(self);
    else if (reinforce_is_guided(self))
        advantage_lean_to_guide(self);
    else if (self->setup.memory && self->recipe->masked)
        advantage_lean_to_memory(self);
}

/* The standing the policy expected of its choice among the levels of a row of `axis`, over those
   that there is a cost to go by for. */
static double advantage_expected_standing(const reinforce_t *self, size_t axis, size_t row,
                                          const real_t *chances)
{
    const double *standing = self->standing[axis] + row;
    const uint8_t *believed = self->believed[axis] + row;
    double sum = 0;
    double weight = 0;
    for (size_t level = 0; level < self->feasibility.levels[axis]; level++) {
        if (!believed[level]) continue;
        /* Levels that were not seen have no rank of their own and take no part in the mean. */
        sum += (double)chances[level] * standing[level];
        weight += (double)chances[level];
    }
    return weight > 0 ? sum / weight : 0;
}

/* The advantages of one step of an episode; the first axis' is not yet held against a mean, which
   is known after the sum over all units. The axes behind it are credited against the policy's own
   mean under the levels of the axes before. */
static void advantage_credit_step(const reinforce_t *self, block_t *block, size_t step,
                                  size_t episode, double *moments)
{
    const feasibility_t *feasibility = &self->feasibility;
    const size_t axes = feasibility->axes;
    const size_t layers = problem_layers(self->setup.problem);
    const size_t cell = step * block->episodes + episode;
    uint16_t levels[SPACE_AXES];
    branch_t branch = {
        problem_distinct_of(self->setup.problem, block->order[episode * layers + step]), 0, levels};
    episode_levels(self, block, step, episode, levels);
    for (; branch.axis < axes; branch.axis++) {
        const size_t axis = branch.axis;
        const size_t row = feasibility_row(feasibility, &branch);
        const double standing = self->standing[axis][row + levels[axis]];
        real_t *advantage = &block->advantage[(step * axes + axis) * block->episodes + episode];
        if (axis == 0) {
            *advantage = (real_t)standing;
            moments[branch.distinct * 2] += 1;
            moments[branch.distinct * 2 + 1] += standing;
            continue;
        }
        const real_t *chances = block->chances[axis] + cell * feasibility->levels[axis];
        *advantage = (real_t)(standing - advantage_expected_standing(self, axis, row, chances));
    }
}

/* Moments (D, 2): number of choices on the first axis for each distinct layer, and the sum of their
   standings. */
static void advantage_credit_remembered(reinforce_t *self, block_t *block, const batch_t *batch,
                                        double *moments)
{
    assert(batch->n == block->episodes);
    advantage_rank_levels(self);
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) advantage_credit_step(self, block, step, e, moments);
}

static void advantage_centre_remembered(reinforce_t *self, block_t *block, const batch_t *batch,
                                        const double *moments)
{
    const size_t axes = self->feasibility.axes;
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t distinct =
                problem_distinct_of(self->setup.problem, block->order[e * batch->layers + step]);
            assert(moments[distinct * 2] > 0);
            const double mean = moments[distinct * 2 + 1] / moments[distinct * 2];
            for (size_t axis = 0; axis < axes; axis++) {
                real_t *advantage = &block->advantage[(step * axes + axis) * batch->n + e];
                const double centred = (double)*advantage - (axis == 0 ? mean : 0);
                *advantage = (real_t)fmax(-ranking_clamp, fmin(ranking_clamp, centred));
            }
        }
}

/* ---- not remembering ------------------------------------------------------------------------- */

/* Before any multiplier is known: as if the batch's whole need were worth a share of its whole
   cost. Assignments to come will cost less than the first ones, so the share is small. */
static double advantage_first_multiplier(const batch_t *batch)
{
    static const double share = 0.2;
    double cost = 0;
    double need = 0;
    for (size_t i = 0; i < batch->n * batch->layers; i++) {
        if (isnan(batch->cost[i])) continue;
        cost += batch->cost[i];
        need += batch->need[i];
    }
    return need > 0 ? share * cost / need : 0;
}

/* How near a sample is to its limits that must be sampled: the largest share of any. */
static double advantage_nearness(const terms_t *terms, const score_t *score)
{
    double most = 0;
    for (size_t i = 0; i < terms->constraints_n; i++) {
        const term_t *term = &terms->constraints[i];
        const double unit = term->limit != 0 ? fabs(term->limit) : 1;
        if (!term->is_static) most = fmax(most, score->constraints[i] / unit);
    }
    return most;
}

/* What limits that must be sampled are worth beside the batch's mean cost: next to nothing where
   its samples are well within them, next to all where they are beyond. Nothing is kept of it from
   one update to the next, so that it turns as fast as the policy does. */
static void advantage_press(const reinforce_t *self, const batch_t *batch, block_t *block)
{
    static const double from = 0.95, to = 1.0;
    double cost = 0, near = 0, valid = 0;
    block->pressure = block->whole = 0;
    if (!batch->cost || !batch->limited) return;
    for (size_t e = 0; e < batch->n; e++) {
        const score_t *score = &batch->scores[e];
        if (isnan(score->objectives[0])) continue;
        near += advantage_nearness(problem_terms(self->setup.problem), score);
        for (size_t layer = 0; layer < batch->layers; layer++)
            cost += batch->cost[e * batch->layers + layer];
        valid += 1;
    }
    if (valid == 0) return;
    block->pressure = fmin(fmax((near / valid - from) / (to - from), 0), 1);
    block->whole = cost / valid;
}

/* The logarithm keeps the order of choices and tells the good ones apart: costs reach over two
   decades, and beside the worst of a batch all others would look the same. */
static double advantage_worth(const reinforce_t *self, const block_t *block, const batch_t *batch,
                              size_t episode, size_t layer)
{
    const size_t at = episode * batch->layers + layer;
    if (!batch->cost)
        return -terms_penalised(problem_terms(self->setup.problem), &batch->scores[episode]);
    const double pressure = block->pressure;
    double cost = batch->cost[at];
    if (pressure > 0) cost = (1 - pressure) * cost + pressure * block->whole * batch->limited[at];
    return -log(cost + block->multiplier * batch->need[at]);
}

/* The first step also chooses for the whole network, where axes are shared: those are worth what
   the whole costs. */
static double advantage_whole_worth(const reinforce_t *self, const batch_t *batch, size_t episode)
{
    const score_t *score = &batch->scores[episode];
    if (!batch->cost) return -terms_penalised(problem_terms(self->setup.problem), score);
    return -log(score->objectives[0]);
}

static void advantage_count(double *moments, double value)
{
    if (isnan(value)) return;
    moments[0] += 1;
    moments[1] += value;
    moments[2] += value * value;
}

/* Moments (L, 3): number, sum and sum of squares at each layer, and where axes are shared of the
   whole behind them. Invalid points (NaN) take no part. */
static void advantage_credit_batch(reinforce_t *self, block_t *block, const batch_t *batch,
                                   double *moments)
{
    block->multiplier = self->published.multiplier > 0 || !batch->cost
                            ? self->published.multiplier
                            : advantage_first_multiplier(batch);
    advantage_press(self, batch, block);
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t layer = block->order[e * batch->layers + step];
            advantage_count(moments + layer * 3, advantage_worth(self, block, batch, e, layer));
        }
    for (size_t e = 0; shared_axes(self->setup.problem) && e < batch->n; e++)
        advantage_count(moments + batch->layers * 3, advantage_whole_worth(self, batch, e));
}

static double advantage_standardised(double value, const double *moments)
{
    if (isnan(value)) return -1; /* an invalid point: as bad as one deviation below the mean */
    /* Where all values are the same but for rounding, no choice was better than another. */
    const double mean = moments[1] / moments[0];
    const double variance = moments[2] / moments[0] - mean * mean;
    return variance > 1e-18 * mean * mean ? (value - mean) / sqrt(variance) : 0;
}

static void advantage_centre_batch(const reinforce_t *self, block_t *block, const batch_t *batch,
                                   const double *moments)
{
    const size_t axes = self->feasibility.axes;
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t layer = block->order[e * batch->layers + step];
            const double advantage = advantage_standardised(
                advantage_worth(self, block, batch, e, layer), moments + layer * 3);
            for (size_t axis = 0; axis < axes; axis++)
                block->advantage[(step * axes + axis) * batch->n + e] = (real_t)advantage;
        }
    for (size_t e = 0; shared_axes(self->setup.problem) && e < batch->n; e++) {
        const double advantage = advantage_standardised(advantage_whole_worth(self, batch, e),
                                                        moments + batch->layers * 3);
        for (size_t axis = 0; axis < shared_axes(self->setup.problem); axis++)
            block->advantage[axis * batch->n + e] = (real_t)advantage;
    }
}

/* ---- the recipe ------------------------------------------------------------------------------ */

static size_t advantage_moments_of(const search_setup_t *setup)
{
    return reinforce_remembers(setup)
               ? 2 * problem_distinct(setup->problem)
               : 3 * (problem_layers(setup->problem) + (shared_axes(setup->problem) > 0));
}

static void advantage_credit(reinforce_t *self, block_t *block, const batch_t *batch,
                             double *moments)
{
    if (reinforce_remembers(&self->setup))
        advantage_credit_remembered(self, block, batch, moments);
    else
        advantage_credit_batch(self, block, batch, moments);
}

/* Advantages against the whole batch; the loss is a mean over its episodes. */
static void advantage_centre(reinforce_t *self, block_t *block, const batch_t *batch,
                             const double *moments)
{
    if (reinforce_remembers(&self->setup))
        advantage_centre_remembered(self, block, batch, moments);
    else
        advantage_centre_batch(self, block, batch, moments);
    const real_t share = (real_t)1 / (real_t)(self->layout.units * self->layout.samples);
    for (size_t i = 0; i < batch->layers * self->feasibility.axes * batch->n; i++)
        block->advantage[i] *= share;
}

static policy_shape_t advantage_shape(const problem_t *problem)
{
    policy_shape_t shape = {.inputs = {observation_default.features, observation_default.progress},
                            .lstm = 48,
                            .tables = problem_distinct(problem),
                            .chained = true};
    reinforce_give_heads(&shape, problem);
    return shape;
}

/* 0.06 for 500 samples, 0.03 for 4,000, a power law between and beyond. */
static double advantage_rate(const reinforce_t *self)
{
    return 0.06 * cbrt(500 / fmax((double)self->setup.samples, 500));
}

/* Falls linearly over the stage. */
static double advantage_entropy_weight(const reinforce_t *self)
{
    const double updates =
        ceil((double)self->setup.samples / (double)(self->layout.units * self->layout.samples));
    const double progress = updates > 1 ? fmin(self->published.updates / (updates - 1), 1) : 1;
    return (0.5 + (0.005 - 0.5) * progress) / (double)(self->layout.units * self->layout.samples);
}

const reinforce_preset_t reinforce_preset_default = {.shape = advantage_shape,
                                                     .sense = &observation_default,
                                                     .shuffled = true,
                                                     .masked = true,
                                                     .moments = advantage_moments_of,
                                                     .credit = advantage_credit,
                                                     .centre = advantage_centre,
                                                     .rate = advantage_rate,
                                                     .entropy_weight = advantage_entropy_weight,
                                                     .beta2 = (real_t)0.99,
                                                     .clip_recurrent = 0,
                                                     .clip_others = 10,
                                                     .blocks = 2,
                                                     .episodes = 5};
