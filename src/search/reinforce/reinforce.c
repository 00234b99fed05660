/* REINFORCE (Williams 1992) as a stage: its memory, the parameters' way from and to the root, one
   update. */
#include "search/reinforce/reinforce.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include "search/common/genes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const reinforce_preset_t *reinforce_recipe_of(const search_setup_t *setup)
{
    return setup->job->search.preset == PRESET_PAPER ? &reinforce_preset_paper
                                                     : &reinforce_preset_default;
}

static search_layout_t reinforce_plan(const search_setup_t *setup)
{
    const reinforce_preset_t *recipe = reinforce_recipe_of(setup);
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : recipe->blocks,
                             .samples = search->episodes ? search->episodes : recipe->episodes};
}

static void reinforce_block_close(block_t *block)
{
    pass_close(block->pass);
    free(block->order);
    for (size_t head = 0; head < HEADS; head++) free(block->choice[head]);
    free(block->buffer_chances);
    free(block->length);
    free(block->advantage);
}

static confx_status_t reinforce_block_open(const reinforce_t *self, block_t *block)
{
    const size_t steps = problem_layers(self->setup.problem);
    const size_t episodes = self->layout.samples;
    const size_t cells = steps * episodes;
    TRY(pass_open(self->policy, episodes, steps, &block->pass));
    block->order = malloc(cells * sizeof *block->order);
    for (size_t head = 0; head < HEADS; head++)
        block->choice[head] = malloc(cells * sizeof *block->choice[head]);
    block->buffer_chances =
        malloc(cells * self->feasibility.levels[HEAD_BUFFER] * sizeof *block->buffer_chances);
    block->length = malloc(episodes * sizeof *block->length);
    block->advantage = malloc(cells * HEADS * sizeof *block->advantage);
    if (block->order && block->choice[0] && block->choice[1] && block->buffer_chances &&
        block->length && block->advantage)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a block of %zu episodes", episodes);
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
    thompson_close(&self->thompson);
    void *const owned[] = {self->features,    self->blocks,
                           self->standing_pe, self->standing_buffer,
                           self->inputs,      self->prior,
                           self->rows,        self->allowed,
                           self->used,        self->reserved,
                           self->scratch,     self->lean_pe,
                           self->lean_buffer, self};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

static confx_status_t reinforce_open_scratch(reinforce_t *self)
{
    const policy_shape_t *shape = policy_shape(self->policy);
    const size_t layers = problem_layers(self->setup.problem);
    const size_t *levels = self->feasibility.levels;
    const size_t episodes = self->layout.samples;
    const size_t most = levels[0] > levels[1] ? levels[0] : levels[1];
    /* Of the whole network: what the policy sees of each layer, and the ranks of all levels. */
    self->features = malloc(layers * shape->inputs[0] * sizeof(real_t));
    self->standing_pe = malloc(self->feasibility.distinct * levels[0] * sizeof(double));
    self->standing_buffer =
        malloc(self->feasibility.distinct * levels[0] * levels[1] * sizeof(double));
    self->lean_pe =
        malloc((self->setup.units * self->feasibility.distinct * levels[0] + 1) * sizeof(real_t));
    self->lean_buffer =
        malloc((self->setup.units * self->feasibility.distinct * levels[0] * levels[1] + 1) *
               sizeof(real_t));
    /* Of one step of one block, all its episodes side by side. */
    self->inputs = malloc(episodes * (shape->inputs[0] + shape->inputs[1] + shape->inputs[2]) *
                          sizeof(real_t));
    self->prior = malloc(episodes * most * sizeof(real_t));
    self->rows = malloc(episodes * sizeof(uint16_t));
    self->allowed = malloc(episodes * most);
    self->used = malloc(episodes * sizeof(double));
    self->reserved = malloc(episodes * sizeof(double));
    self->scratch = malloc(layers * sizeof(double));
    self->blocks = calloc(self->setup.units + 1, sizeof(block_t));
    if (self->features && self->standing_pe && self->standing_buffer && self->inputs &&
        self->prior && self->rows && self->allowed && self->used && self->reserved &&
        self->scratch && self->blocks && self->lean_pe && self->lean_buffer)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for blocks of %zu episodes", episodes);
}

static confx_status_t reinforce_open_advice(reinforce_t *self)
{
    self->layout.collects = true;
    TRY(thompson_open(&self->setup, self->layout.units, false, search_posterior(self->setup.before),
                      &self->thompson));
    /* The tables of doubles lie behind the parameters, at a multiple of their size. */
    self->layout.publish_bytes =
        (self->layout.publish_bytes + 7) / 8 * 8 + thompson_bytes(&self->thompson);
    return status_ok();
}

/* Who has no search gives all layers the action that just uses the budget up, and for some
   objectives that is nearly the best. A policy that has learned elsewhere knows better. */
static void reinforce_choose_opening(reinforce_t *self)
{
    const search_setup_t *setup = &self->setup;
    if (!self->recipe->masked || setup->job->search.init) return;
    self->opens = genes_widest(setup->problem, &self->opening);
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
    TRY(tradeoff_open(self->setup.problem, &self->tradeoff));
    TRY(reinforce_open_scratch(self));
    reinforce_choose_opening(self);
    if (self->advised) TRY(reinforce_open_advice(self));
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
    self->advised = setup->remembers && !setup->ledger;
    const confx_status_t status = reinforce_fill(self);
    if (status.code != CONFX_STATUS_OK) {
        reinforce_close_state(self);
        return status;
    }
    *layout = self->layout;
    *state = self;
    return status;
}

/* Where the advice begins in the brief: behind the parameters. */
static size_t reinforce_advice_at(const reinforce_t *self)
{
    return self->layout.publish_bytes - thompson_bytes(&self->thompson);
}

static void reinforce_publish(void *state, void *out)
{
    reinforce_t *self = state;
    /* The counters and the multiplier, then the parameters, then what totals suggest. */
    memcpy(out, &self->published, sizeof self->published);
    memcpy((char *)out + sizeof self->published, policy_parameters(self->policy),
           self->layout.gradient * sizeof(real_t));
    if (self->advised) thompson_write(&self->thompson, (char *)out + reinforce_advice_at(self));
}

static void reinforce_receive(void *state, const void *in)
{
    reinforce_t *self = state;
    memcpy(&self->published, in, sizeof self->published);
    memcpy(policy_parameters(self->policy), (const char *)in + sizeof self->published,
           self->layout.gradient * sizeof(real_t));
    /* With what the last update has revealed, all ranks make the same mask, the same ranks and the
       same starting logits, so that none of these needs to be sent. */
    feasibility_reserve(&self->feasibility, self->setup.problem, self->setup.ledger);
    self->ranked = false;
    if (self->advised) thompson_read(&self->thompson, (const char *)in + reinforce_advice_at(self));
    credit_lean(self);
}

static block_t *reinforce_block_of(reinforce_t *self, size_t unit)
{
    assert(unit >= self->setup.unit_first && unit - self->setup.unit_first < self->setup.units);
    return &self->blocks[unit - self->setup.unit_first];
}

static void reinforce_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    reinforce_t *self = state;
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
    *report = (search_report_t){pass_entropy(block->pass), block->lowest, block->use, block->price,
                                feasible};
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

/* Without a memory the price follows the policy's own wish: it rises while the policy would spend
   more than the budget (dual ascent), and rises less where that wish is falling already. Policy and
   price both integrate, so without the damping they swing against each other (Stooke, Achiam,
   Abbeel 2020, "PID Lagrangian methods"). */
static void reinforce_follow_wish(reinforce_t *self, double use, double price)
{
    static const double ascent = 0.5;
    static const double damping = 4;
    const double wish = log(use / problem_budget(self->setup.problem));
    const double change = ascent * wish + damping * (wish - self->published.wish);
    /* The change is at most a factor of e, whatever the policy wishes: one odd batch must not throw
       the multiplier to where no later one brings it back. */
    const bool first = self->published.price <= 0;
    self->published.price = first ? price : price * exp(fmax(-1, fmin(1, change)));
    self->published.wish = wish;
}

/* Units without a sample in a cut update have nothing to tell. */
static void reinforce_learn_from_reports(reinforce_t *self, const search_report_t *reports,
                                         search_summary_t *summary)
{
    double heard = 0;
    double use = 0;
    double price = 0;
    double feasible = 0;
    for (size_t unit = 0; unit < self->layout.units; unit++) {
        const search_report_t *report = &reports[unit];
        if (isnan(report->entropy)) continue;
        heard += 1;
        summary->entropy += report->entropy;
        use += report->use;
        price += report->price;
        feasible += report->feasible;
        self->published.lowest = fmin(self->published.lowest, report->lowest);
    }
    assert(heard > 0);
    summary->entropy /= heard;
    if (self->published.since_feasible >= 0 || feasible > 0) self->published.since_feasible += 1;
    if (self->recipe->masked && !reinforce_remembers(&self->setup))
        reinforce_follow_wish(self, use / heard, price / heard);
}

static void reinforce_collect(void *state, size_t unit, const batch_t *batch)
{
    reinforce_t *self = state;
    (void)unit;
    posterior_add(&self->thompson.posterior, batch);
}

static const posterior_t *reinforce_estimate(const void *state)
{
    const reinforce_t *self = state;
    return self->advised ? &self->thompson.posterior : NULL;
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

static size_t reinforce_arrays(void *state, array_t *out)
{
    reinforce_t *self = state;
    const size_t n = policy_size(self->policy);
    const array_type_t real = sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64;
    out[0] = (array_t){"/policy/parameters", real, 1, {n}, policy_parameters(self->policy), NULL};
    out[1] = (array_t){"/policy/adam_first", real, 1, {n}, self->adam.first, NULL};
    out[2] = (array_t){"/policy/adam_second", real, 1, {n}, self->adam.second, NULL};
    out[3] = (array_t){"/policy/brief",  ARRAY_F64, 1, {sizeof self->published / sizeof(double)},
                       &self->published, NULL};
    return self->advised ? 4 + posterior_arrays(&self->thompson.posterior, out + 4) : 4;
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
    if (!counted || !isfinite(self->published.price) || isnan(self->published.wish) ||
        isnan(self->published.lowest))
        return "/policy/brief";
    return self->advised ? posterior_check(&self->thompson.posterior) : NULL;
}

const search_kind_t search_reinforce = {.traits = {.layers = true, .unrepeated = true},
                                        .plan = reinforce_plan,
                                        .open = reinforce_open_state,
                                        .close = reinforce_close_state,
                                        .publish = reinforce_publish,
                                        .receive = reinforce_receive,
                                        .sample = reinforce_sample,
                                        .local_statistics = reinforce_local_statistics,
                                        .gradient = reinforce_gradient,
                                        .collect = reinforce_collect,
                                        .learn = reinforce_learn,
                                        .posterior = reinforce_estimate,
                                        .work = reinforce_work,
                                        .policy = reinforce_policy,
                                        .arrays = reinforce_arrays,
                                        .check = reinforce_check};
