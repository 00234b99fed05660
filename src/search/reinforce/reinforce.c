/* REINFORCE (Williams 1992) as a stage: its memory, the parameters' way from and to the root, one
   update. */
#include "search/reinforce/reinforce.h"
#include "confx/stages.h"
#include "confx/try.h"
#include "search/common/moves.h"
#include "search/common/sound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void reinforce_give_heads(policy_shape_t *shape, const problem_t *problem)
{
    const space_t *space = problem_space(problem);
    shape->heads = shape->inputs[2] = space_axes(space);
    for (size_t axis = 0; axis < shape->heads; axis++)
        shape->levels[axis] = space_levels(space, axis);
}

static const reinforce_preset_t *reinforce_recipe_of(const search_setup_t *setup)
{
    return setup->job->search.preset == PRESET_PAPER ? &reinforce_preset_paper
                                                     : &reinforce_preset_default;
}

static search_layout_t reinforce_plan(const search_setup_t *setup)
{
    const reinforce_preset_t *recipe = reinforce_recipe_of(setup);
    const job_search_t *search = &setup->job->search;
    /* A stage that only begins a search of per-layer costs is guided throughout, and the sooner the
       guide is told what its last proposals cost, the better its next ones. */
    const bool begins = setup->memory && recipe->masked && !search->init &&
                        algorithm_last_stage(search->algorithm) != ALGORITHM_REINFORCE;
    const uint32_t episodes = begins ? 1 : recipe->episodes;
    return (search_layout_t){.units = search->blocks ? search->blocks : recipe->blocks,
                             .samples = search->episodes ? search->episodes : episodes};
}

static void reinforce_block_close(block_t *block)
{
    pass_close(block->pass);
    arena_close(&block->arena);
}

static confx_status_t reinforce_block_open(const reinforce_t *self, block_t *block)
{
    const size_t steps = problem_layers(self->setup.problem);
    const size_t episodes = self->layout.samples;
    const size_t cells = steps * episodes;
    const size_t axes = self->feasibility.axes;
    arena_t *arena = &block->arena;
    TRY(pass_open(self->policy, episodes, steps, &block->pass));
    ARENA_TAKE(arena, block->order, cells);
    for (size_t axis = 0; axis < axes; axis++) {
        ARENA_TAKE(arena, block->choice[axis], cells);
        if (axis > 0)
            ARENA_TAKE(arena, block->chances[axis], cells * self->feasibility.levels[axis]);
    }
    ARENA_TAKE(arena, block->length, episodes);
    ARENA_TAKE(arena, block->led, episodes);
    ARENA_TAKE(arena, block->lead, cells * axes);
    ARENA_TAKE(arena, block->advantage, cells * axes);
    return arena_status(arena, "a block of %zu episodes", episodes);
}

static void reinforce_close_state(void *state)
{
    reinforce_t *self = state;
    for (size_t i = 0; self->blocks && i < self->setup.units; i++)
        reinforce_block_close(&self->blocks[i]);
    policy_close(self->policy);
    adam_close(&self->adam);
    feasibility_close(&self->feasibility);
    tradeoff_close(&self->tradeoff);
    guide_close(&self->guide);
    thompson_close(&self->thompson);
    arena_close(&self->arena);
    free(self);
}

/* Tables over prefixes, as the needs are: of the ranks by which choices are judged, and of where
   blocks start from. Both go by what is remembered. */
static void reinforce_take_ranks(reinforce_t *self)
{
    if (!reinforce_remembers(&self->setup)) return;
    for (size_t axis = 0; axis < self->feasibility.axes; axis++) {
        const size_t cells = feasibility_cells(&self->feasibility, axis);
        ARENA_TAKE(&self->arena, self->standing[axis], cells);
        ARENA_TAKE(&self->arena, self->believed[axis], cells);
        ARENA_TAKE(&self->arena, self->lean[axis], self->setup.units * cells);
    }
}

static confx_status_t reinforce_open_scratch(reinforce_t *self)
{
    const policy_shape_t *shape = policy_shape(self->policy);
    const size_t layers = problem_layers(self->setup.problem);
    const size_t episodes = self->layout.samples;
    arena_t *arena = &self->arena;
    size_t most = 0;
    for (size_t axis = 0; axis < self->feasibility.axes; axis++)
        if (self->feasibility.levels[axis] > most) most = self->feasibility.levels[axis];
    /* Of the whole network: what the policy sees of each layer, and the ranks of all levels. */
    ARENA_TAKE(arena, self->features, layers * shape->inputs[0]);
    ARENA_TAKE(arena, self->blocks, self->setup.units);
    reinforce_take_ranks(self);
    /* Of one step of one block, all its episodes side by side. */
    ARENA_TAKE(arena, self->inputs,
               episodes * (shape->inputs[0] + shape->inputs[1] + shape->inputs[2]));
    ARENA_TAKE(arena, self->prior, episodes * most);
    ARENA_TAKE(arena, self->rows, episodes);
    ARENA_TAKE(arena, self->allowed, episodes * most);
    ARENA_TAKE(arena, self->used, episodes);
    ARENA_TAKE(arena, self->reserved, episodes);
    ARENA_TAKE(arena, self->scratch, layers > most ? layers : most);
    return arena_status(arena, "blocks of %zu episodes", episodes);
}

/* Who has no search gives all layers the action that just uses the budget up, and for some
   objectives that is nearly the best. A policy that has learned elsewhere knows better. */
static void reinforce_choose_opening(reinforce_t *self)
{
    const search_setup_t *setup = &self->setup;
    if (!self->recipe->masked || setup->job->search.init) return;
    self->opens = moves_widest(setup->problem, &self->opening);
}

static confx_status_t reinforce_fill(reinforce_t *self)
{
    const policy_shape_t shape = self->recipe->shape(self->setup.problem);
    TRY(policy_open(&shape, &self->policy));
    self->layout.gradient = policy_size(self->policy);
    self->layout.moments = self->recipe->moments(&self->setup);
    /* Sizes that all ranks agree on, before anything is exchanged by them. */
    self->layout.publish_bytes = sizeof self->published + self->layout.gradient * sizeof(real_t);
    TRY(adam_open(policy_size(self->policy), (real_t)0.9, self->recipe->beta2, &self->adam));
    TRY(feasibility_open(self->setup.problem, &self->feasibility));
    TRY(reinforce_open_scratch(self));
    reinforce_choose_opening(self);
    if (self->recipe->masked && !self->setup.job->search.init)
        TRY(guide_open(&self->setup, &self->guide));
    /* A policy that is given no samples only stands before the islands, which infer. */
    if (self->setup.samples > 0)
        TRY(thompson_open(&self->setup, SPACE_LEVELS, &self->layout, &self->thompson));
    const uint64_t seen = thompson_seen(&self->thompson, &self->setup);
    TRY(tradeoff_open(self->setup.problem, seen, &self->tradeoff));
    self->weights = weights_of(self->setup.problem, self->setup.memory != NULL);
    /* Only the blocks of this rank have episodes; parameters are the same everywhere, drawn from
       the seed, until the root publishes others. */
    for (size_t i = 0; i < self->setup.units; i++)
        TRY(reinforce_block_open(self, &self->blocks[i]));
    policy_initialise(self->policy, self->setup.job->search.seed);
    self->recipe->sense->fill(self->setup.problem, self->features);
    /* Nothing has been sampled: no reward was the lowest, no episode was feasible. */
    self->published.lowest = INFINITY;
    self->published.since_feasible = -1;
    return status_ok();
}

static confx_status_t reinforce_open_state(const search_setup_t *setup, search_layout_t *layout,
                                           void **state)
{
    reinforce_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a policy search");
    self->setup = *setup;
    self->layout = *layout;
    self->recipe = reinforce_recipe_of(setup);
    const confx_status_t status = reinforce_fill(self);
    if (status.code != CONFX_STATUS_OK) {
        reinforce_close_state(self);
        return status;
    }
    *layout = self->layout;
    *state = self;
    return status;
}

static void reinforce_publish(void *state, void *out)
{
    reinforce_t *self = state;
    /* The counters and the multiplier, then the parameters, then what totals suggest. */
    memcpy(out, &self->published, sizeof self->published);
    memcpy((char *)out + sizeof self->published, policy_parameters(self->policy),
           self->layout.gradient * sizeof(real_t));
    thompson_publish(&self->thompson, out);
}

static size_t reinforce_published(const void *state)
{
    return ((const reinforce_t *)state)->thompson.published;
}

static void reinforce_anticipate(void *state)
{
    reinforce_t *self = state;
    thompson_anticipate(&self->thompson);
}

static void reinforce_receive(void *state, const void *in)
{
    reinforce_t *self = state;
    memcpy(&self->published, in, sizeof self->published);
    memcpy(policy_parameters(self->policy), (const char *)in + sizeof self->published,
           self->layout.gradient * sizeof(real_t));
    /* With what the last update has revealed, all ranks make the same mask, the same ranks and the
       same starting logits, so that none of these needs to be sent. */
    feasibility_reserve(&self->feasibility, self->setup.memory);
    self->ranked = false;
    thompson_receive(&self->thompson, in);
    advantage_weigh(self);
    if (reinforce_is_guided(self))
        guide_inform(&self->guide, weights_matter(&self->weights) ? &self->weights : NULL);
    advantage_lean(self);
}

static block_t *reinforce_block_of(reinforce_t *self, size_t unit)
{
    assert(unit >= self->setup.unit_first && unit - self->setup.unit_first < self->setup.units);
    return &self->blocks[unit - self->setup.unit_first];
}

static void reinforce_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    reinforce_t *self = state;
    feasibility_bar(
        &self->feasibility, self->setup.memory,
        self->thompson.doubt.kind == DOUBT_OF_SOME ? thompson_barred(&self->thompson, unit) : NULL);
    episode_sample(self, reinforce_block_of(self, unit), unit, update, batch);
}

static void reinforce_local_statistics(void *state, size_t unit, const batch_t *batch,
                                       double *moments, search_report_t *report)
{
    reinforce_t *self = state;
    block_t *block = reinforce_block_of(self, unit);
    block->lowest = INFINITY;
    /* Advantages wait for the moments of the whole batch; until then each decision has its
       value. */
    self->recipe->credit(self, block, batch, moments);
    double feasible = 0;
    for (size_t e = 0; e < batch->n; e++) feasible += batch->feasible[e];
    *report = (search_report_t){pass_entropy(block->pass), block->lowest, block->use,
                                block->multiplier, feasible};
}

static void reinforce_gradient(void *state, size_t unit, const batch_t *batch,
                               const double *moments, real_t *out)
{
    reinforce_t *self = state;
    block_t *block = reinforce_block_of(self, unit);
    /* Moments are those of all blocks now. Gradients of the blocks are summed by the caller. */
    self->recipe->centre(self, block, batch, moments);
    pass_backward(block->pass, block->advantage, (real_t)self->recipe->entropy_weight(self),
                  block->length, out);
}

/* Without a memory the multiplier follows the policy's own wish: it rises while the policy would
   spend more than the budget (dual ascent), and rises less where that wish is falling already. Both
   integrate, so without the damping they swing against each other (Stooke, Achiam,
   Abbeel 2020, "PID Lagrangian methods"). */
static void reinforce_follow_wish(reinforce_t *self, double use, double multiplier)
{
    static const double ascent = 0.5;
    static const double damping = 4;
    const double wish = log(use / problem_budget(self->setup.problem));
    const double change = ascent * wish + damping * (wish - self->published.wish);
    /* The change is at most a factor of e, whatever the policy wishes: one odd batch must not throw
       the multiplier to where no later one brings it back. */
    const bool first = self->published.multiplier <= 0;
    self->published.multiplier = first ? multiplier : multiplier * exp(fmax(-1, fmin(1, change)));
    self->published.wish = wish;
}

/* Units without a sample in a cut update have nothing to tell. */
static void reinforce_learn_from_reports(reinforce_t *self, const search_report_t *reports,
                                         search_summary_t *summary)
{
    double heard = 0;
    double use = 0;
    double multiplier = 0;
    double feasible = 0;
    for (size_t unit = 0; unit < self->layout.units; unit++) {
        const search_report_t *report = &reports[unit];
        if (isnan(report->entropy)) continue;
        heard += 1;
        summary->entropy += report->entropy;
        use += report->use;
        multiplier += report->multiplier;
        feasible += report->feasible;
        self->published.lowest = fmin(self->published.lowest, report->lowest);
    }
    assert(heard > 0);
    summary->entropy /= heard;
    if (self->published.since_feasible >= 0 || feasible > 0) self->published.since_feasible += 1;
    if (self->recipe->masked && !reinforce_remembers(&self->setup))
        reinforce_follow_wish(self, use / heard, multiplier / heard);
}

static const void *reinforce_prepare(void *state, const uint16_t *assignments, size_t n,
                                     size_t *bytes)
{
    reinforce_t *self = state;
    return thompson_prepare(&self->thompson, assignments, n, bytes);
}

static void reinforce_prepared(void *state, const void *all, size_t bytes)
{
    reinforce_t *self = state;
    thompson_prepared(&self->thompson, all, bytes);
}

static void reinforce_collect(void *state, size_t unit, const batch_t *batch)
{
    reinforce_t *self = state;
    (void)unit;
    thompson_collect(&self->thompson, batch);
}

static const posterior_t *reinforce_posterior(const void *state)
{
    return thompson_posterior(&((const reinforce_t *)state)->thompson);
}

static search_summary_t reinforce_learn(void *state, real_t *summed, const search_report_t *reports)
{
    reinforce_t *self = state;
    search_summary_t summary = {.entropy = 0};
    /* Clip, then Adam; its number of steps is kept among what a checkpoint keeps, as a double. */
    summary.gradient_norm =
        policy_clip(self->policy, self->recipe->clip_recurrent, self->recipe->clip_others, summed);
    self->adam.steps = (uint64_t)self->published.adam_steps;
    adam_step(&self->adam, (real_t)self->recipe->rate(self), summed,
              policy_parameters(self->policy));
    self->published.adam_steps = (double)self->adam.steps;
    reinforce_learn_from_reports(self, reports, &summary);
    self->published.updates += 1;
    return summary;
}

/* Backward, each product of the forward pass comes twice: for the inputs' gradient and for the
   weights'. */
static search_work_t reinforce_work(const void *state)
{
    const reinforce_t *self = state;
    const size_t cells = policy_shape(self->policy)->lstm;
    return (search_work_t){.macs = 3 * policy_step_macs(self->policy) *
                                   (double)problem_layers(self->setup.problem),
                           .rows = self->layout.samples,
                           .inner = cells,
                           .columns = 4 * cells};
}

static policy_t *reinforce_policy(void *state)
{
    return ((reinforce_t *)state)->policy;
}

static const validity_t *reinforce_validity(const void *state)
{
    return thompson_validity(&((const reinforce_t *)state)->thompson);
}

static double reinforce_doubt(const void *state, size_t distinct, uint64_t point)
{
    return thompson_doubt(&((const reinforce_t *)state)->thompson, distinct, point);
}

static size_t reinforce_arrays(void *state, array_t *out)
{
    reinforce_t *self = state;
    const size_t n = policy_size(self->policy);
    const array_type_t real = sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64;
    out[0] = (array_t){"/policy/parameters", real, 1, {n}, policy_parameters(self->policy), NULL};
    out[1] = (array_t){"/policy/adam_first", real, 1, {n}, self->adam.first, NULL};
    out[2] = (array_t){"/policy/adam_second", real, 1, {n}, self->adam.second, NULL};
    out[3] = (array_t){"/policy/published", ARRAY_F64, 1, {sizeof self->published / sizeof(double)},
                       &self->published,    NULL};
    return 4 + thompson_arrays(&self->thompson, out + 4);
}

static const char *reinforce_check(const void *state)
{
    const reinforce_t *self = state;
    const size_t n = policy_size(self->policy);
    if (!sound_reals(policy_parameters(self->policy), n)) return "/policy/parameters";
    if (!sound_reals(self->adam.first, n)) return "/policy/adam_first";
    if (!sound_squares(self->adam.second, n)) return "/policy/adam_second";
    const bool counted = sound_count(self->published.updates, sound_count_most) &&
                         sound_count(self->published.since_feasible + 1, sound_count_most) &&
                         sound_count(self->published.adam_steps, sound_count_most);
    if (!counted || !isfinite(self->published.multiplier) || isnan(self->published.wish) ||
        isnan(self->published.lowest))
        return "/policy/published";
    return thompson_check(&self->thompson);
}

const search_kind_t search_reinforce = {.traits = {.layers = true,
                                                   .weighs = true,
                                                   .unrepeated = true,
                                                   .sums = true,
                                                   .kinds = true,
                                                   .sizes = true,
                                                   .shares = true},
                                        .plan = reinforce_plan,
                                        .open = reinforce_open_state,
                                        .close = reinforce_close_state,
                                        .publish = reinforce_publish,
                                        .published = reinforce_published,
                                        .anticipate = reinforce_anticipate,
                                        .receive = reinforce_receive,
                                        .sample = reinforce_sample,
                                        .local_statistics = reinforce_local_statistics,
                                        .gradient = reinforce_gradient,
                                        .prepare = reinforce_prepare,
                                        .prepared = reinforce_prepared,
                                        .collect = reinforce_collect,
                                        .learn = reinforce_learn,
                                        .posterior = reinforce_posterior,
                                        .validity = reinforce_validity,
                                        .doubt = reinforce_doubt,
                                        .work = reinforce_work,
                                        .policy = reinforce_policy,
                                        .arrays = reinforce_arrays,
                                        .check = reinforce_check};
