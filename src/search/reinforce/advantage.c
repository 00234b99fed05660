/* What a choice was worth, preset `default`: three credits, by what the feedback reveals and what
   may be remembered.

   remembering    ranks among all costs believed, those seen (ledger) or, of totals, those inferred
                  (posterior.h): a
                  level's standing is -ln(1 + its rank by cost + price x need)
   per layer      -ln(cost + price x need) of the step, against the batch's mean and deviation at
                  that layer
   totals only    -objective of the episode for each of its steps, against the batch's mean and
                  deviation */
#include "search/reinforce/reinforce.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double ranking_clamp = 4;
static const double lean_sharpness = 6; /* the first of the ranks is then drawn 98 times in 100 */

/* ---- remembering ----------------------------------------------------------------------------- */

static cost_view_t advantage_belief_of(const reinforce_t *self)
{
    if (self->advised) return thompson_mean(&self->thompson);
    return (cost_view_t){.ledger = self->setup.ledger};
}

static double advantage_price_of(reinforce_t *self, const cost_view_t *cost_view)
{
    tradeoff_build(&self->tradeoff, self->setup.problem, cost_view);
    return tradeoff_price(&self->tradeoff, self->setup.problem);
}

static void advantage_update_price(reinforce_t *self, const cost_view_t *cost_view)
{
    const double now = advantage_price_of(self, cost_view);
    /* A multiplier of 0 would leave the order of equals in cost to chance: a ten-thousandth of the
       least cost for the whole budget is enough to prefer the lesser need. */
    const double floor =
        1e-4 * tradeoff_least_cost(&self->tradeoff) / problem_budget(self->setup.problem);
    self->published.price = fmax(now, floor);
}

static double advantage_value_of(const reinforce_t *self, const cost_view_t *cost_view,
                                 double price, size_t distinct, size_t pe, size_t buffer)
{
    const problem_t *problem = self->setup.problem;
    const size_t point = problem_point(problem, problem_level_values(problem, HEAD_PE)[pe],
                                       problem_level_values(problem, HEAD_BUFFER)[buffer]);
    const size_t at = (distinct * self->feasibility.levels[HEAD_PE] + pe) *
                          self->feasibility.levels[HEAD_BUFFER] +
                      buffer;
    return cost_view_cost(cost_view, distinct, point) + price * self->feasibility.need[at];
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

static void advantage_rank_layer(reinforce_t *self, const cost_view_t *cost_view, double price,
                                 size_t distinct)
{
    const size_t pes = self->feasibility.levels[HEAD_PE];
    const size_t buffers = self->feasibility.levels[HEAD_BUFFER];
    double scratch[JOB_LEVELS_MAX];
    assert(pes <= JOB_LEVELS_MAX && buffers <= JOB_LEVELS_MAX);
    double *best = self->standing_pe + distinct * pes;
    for (size_t pe = 0; pe < pes; pe++) {
        double *values = self->standing_buffer + (distinct * pes + pe) * buffers;
        best[pe] = INFINITY;
        for (size_t buffer = 0; buffer < buffers; buffer++) {
            values[buffer] = advantage_value_of(self, cost_view, price, distinct, pe, buffer);
            best[pe] = fmin(best[pe], values[buffer]);
        }
        /* Buffers are ranked among those of the same PE level, PE levels by their best buffer. */
        advantage_values_to_standings(values, buffers, scratch);
    }
    advantage_values_to_standings(best, pes, scratch);
}

static void advantage_rank_layers(reinforce_t *self, const cost_view_t *cost_view, double price)
{
    for (size_t distinct = 0; distinct < self->feasibility.distinct; distinct++)
        advantage_rank_layer(self, cost_view, price, distinct);
}

static void advantage_rank_levels(reinforce_t *self)
{
    if (self->ranked) return;
    self->ranked = true;
    /* Once per update and rank: all blocks are judged by the same ranks. */
    const cost_view_t cost_view = advantage_belief_of(self);
    advantage_update_price(self, &cost_view);
    advantage_rank_layers(self, &cost_view, self->published.price);
}

/* What a belief speaks for, sharpened into logits: the policy starts from there and learns what to
   add. */
static void advantage_lean(reinforce_t *self, size_t unit, const cost_view_t *cost_view)
{
    const size_t pes = self->feasibility.distinct * self->feasibility.levels[HEAD_PE];
    const size_t pairs = pes * self->feasibility.levels[HEAD_BUFFER];
    advantage_rank_layers(self, cost_view, advantage_price_of(self, cost_view));
    /* The ranks made here are of this unit's draw; advantage_rank_levels makes those of the credit
       anew. */
    for (size_t i = 0; i < pes; i++)
        self->lean_pe[unit * pes + i] = (real_t)(lean_sharpness * self->standing_pe[i]);
    for (size_t i = 0; i < pairs; i++)
        self->lean_buffer[unit * pairs + i] = (real_t)(lean_sharpness * self->standing_buffer[i]);
}

/* Each block to a draw of its own. */
static void advantage_lean_to_draws(reinforce_t *self)
{
    for (size_t unit = 0; unit < self->setup.units; unit++) {
        const cost_view_t draw = thompson_draw(&self->thompson, self->setup.unit_first + unit);
        self->blocks[unit].leans = self->thompson.ready;
        if (self->thompson.ready) advantage_lean(self, unit, &draw);
    }
}

/* Every other block to what was seen, once there is something; the others see what else there
   is. */
static void advantage_lean_to_ledger(reinforce_t *self)
{
    const cost_view_t seen = advantage_belief_of(self);
    const uint64_t updates = (uint64_t)self->published.updates;
    for (size_t unit = 0; unit < self->setup.units; unit++) {
        self->blocks[unit].leans =
            updates > 0 && (updates * self->layout.units + self->setup.unit_first + unit) % 2 == 0;
        if (self->blocks[unit].leans) advantage_lean(self, unit, &seen);
    }
}

void credit_lean(reinforce_t *self)
{
    if (self->advised)
        advantage_lean_to_draws(self);
    else if (self->setup.ledger && self->recipe->masked)
        advantage_lean_to_ledger(self);
}

/* The standing the policy expects of its buffer choice, over the levels seen. */
static double advantage_expected_standing(const reinforce_t *self, size_t distinct, size_t pe,
                                          const real_t *chances)
{
    const size_t buffers = self->feasibility.levels[HEAD_BUFFER];
    const double *standing =
        self->standing_buffer + (distinct * self->feasibility.levels[HEAD_PE] + pe) * buffers;
    const cost_view_t cost_view = advantage_belief_of(self);
    double sum = 0;
    double weight = 0;
    for (size_t buffer = 0; buffer < buffers; buffer++) {
        if (isinf(
                advantage_value_of(self, &cost_view, self->published.price, distinct, pe, buffer)))
            continue;
        /* Levels that were not seen have no rank of their own and take no part in the mean. */
        sum += (double)chances[buffer] * standing[buffer];
        weight += (double)chances[buffer];
    }
    return weight > 0 ? sum / weight : 0;
}

/* Moments (D, 2): number of PE choices for each distinct layer, and the sum of their standings. */
static void advantage_credit_remembered(reinforce_t *self, block_t *block, const batch_t *batch,
                                        double *moments)
{
    const size_t pes = self->feasibility.levels[HEAD_PE];
    const size_t buffers = self->feasibility.levels[HEAD_BUFFER];
    advantage_rank_levels(self);
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t cell = step * batch->n + e;
            const size_t distinct =
                problem_distinct_of(self->setup.problem, block->order[e * batch->layers + step]);
            const size_t pe = block->choice[HEAD_PE][cell];
            const size_t buffer = block->choice[HEAD_BUFFER][cell];
            const double standing_pe = self->standing_pe[distinct * pes + pe];
            const double standing_buffer =
                self->standing_buffer[(distinct * pes + pe) * buffers + buffer];
            const real_t *chances = block->buffer_chances + cell * buffers;
            /* The buffer is credited against the policy's own mean under this PE level, the PE
               level against the mean of the batch, which is known after the sum over all units. */
            block->advantage[(step * HEADS + HEAD_PE) * batch->n + e] = (real_t)standing_pe;
            block->advantage[(step * HEADS + HEAD_BUFFER) * batch->n + e] =
                (real_t)(standing_buffer -
                         advantage_expected_standing(self, distinct, pe, chances));
            moments[distinct * 2] += 1;
            moments[distinct * 2 + 1] += standing_pe;
        }
}

static void advantage_centre_remembered(reinforce_t *self, block_t *block, const batch_t *batch,
                                        const double *moments)
{
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t distinct =
                problem_distinct_of(self->setup.problem, block->order[e * batch->layers + step]);
            assert(moments[distinct * 2] > 0);
            const double mean = moments[distinct * 2 + 1] / moments[distinct * 2];
            for (size_t head = 0; head < HEADS; head++) {
                real_t *advantage = &block->advantage[(step * HEADS + head) * batch->n + e];
                const double centred = (double)*advantage - (head == HEAD_PE ? mean : 0);
                *advantage = (real_t)fmax(-ranking_clamp, fmin(ranking_clamp, centred));
            }
        }
}

/* ---- not remembering ------------------------------------------------------------------------- */

/* Before any price is known: as if the batch's whole need were worth a share of its whole cost.
   Assignments to come will cost less than the first ones, so the share is small. */
static double advantage_first_price(const batch_t *batch)
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

/* The logarithm keeps the order of choices and tells the good ones apart: costs reach over two
   decades, and beside the worst of a batch all others would look the same. */
static double advantage_worth(const batch_t *batch, double price, size_t episode, size_t layer)
{
    const size_t at = episode * batch->layers + layer;
    if (!batch->cost) return -batch->objective[episode];
    return -log(batch->cost[at] + price * batch->need[at]);
}

/* Moments (L, 3): number, sum and sum of squares at each layer. Invalid points (NaN) take no
   part. */
static void advantage_credit_batch(reinforce_t *self, block_t *block, const batch_t *batch,
                                   double *moments)
{
    block->price = self->published.price > 0 || !batch->cost ? self->published.price
                                                             : advantage_first_price(batch);
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t layer = block->order[e * batch->layers + step];
            const double value = advantage_worth(batch, block->price, e, layer);
            if (isnan(value)) continue;
            moments[layer * 3] += 1;
            moments[layer * 3 + 1] += value;
            moments[layer * 3 + 2] += value * value;
        }
}

static double advantage_standardised(double value, const double *moments)
{
    if (isnan(value)) return -1; /* an invalid point: as bad as one deviation below the mean */
    /* Where all values are the same but for rounding, no choice was better than another. */
    const double mean = moments[1] / moments[0];
    const double variance = moments[2] / moments[0] - mean * mean;
    return variance > 1e-18 * mean * mean ? (value - mean) / sqrt(variance) : 0;
}

static void advantage_centre_batch(block_t *block, const batch_t *batch, const double *moments)
{
    for (size_t step = 0; step < batch->layers; step++)
        for (size_t e = 0; e < batch->n; e++) {
            const size_t layer = block->order[e * batch->layers + step];
            const double advantage = advantage_standardised(
                advantage_worth(batch, block->price, e, layer), moments + layer * 3);
            for (size_t head = 0; head < HEADS; head++)
                block->advantage[(step * HEADS + head) * batch->n + e] = (real_t)advantage;
        }
}

/* ---- the recipe ------------------------------------------------------------------------------ */

static size_t advantage_moments_of(const search_setup_t *setup)
{
    return reinforce_remembers(setup) ? 2 * problem_distinct(setup->problem)
                                      : 3 * problem_layers(setup->problem);
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
        advantage_centre_batch(block, batch, moments);
    const real_t share = (real_t)1 / (real_t)(self->layout.units * self->layout.samples);
    for (size_t i = 0; i < batch->layers * HEADS * batch->n; i++) block->advantage[i] *= share;
}

static policy_shape_t advantage_shape(const problem_t *problem)
{
    return (policy_shape_t){
        .inputs = {observation_default.features, observation_default.progress, HEADS},
        .lstm = 48,
        .heads = HEADS,
        .levels = {problem_levels(problem, HEAD_PE), problem_levels(problem, HEAD_BUFFER)},
        .tables = problem_distinct(problem),
        .chained = true};
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
