#include "search/agents/off_policy.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 64, REPLAYED = 1000000 }; /* decisions that the buffer holds, as users know it */

search_layout_t off_policy_plan(const search_setup_t *setup, const off_policy_method_t *craft)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : craft->blocks,
                             .samples = search->episodes ? search->episodes : craft->episodes,
                             .collects = true};
}

/* ---- memory ---------------------------------------------------------------------------------- */

void off_policy_close(void *state)
{
    off_policy_t *self = state;
    environment_close(&self->environment);
    replay_close(&self->replay);
    mlp_close(self->actor);
    for (size_t i = 0; i < CRITICS_MAX; i++) {
        mlp_close(self->critics[i]);
        free(self->batch.value[i]);
    }
    adam_close(&self->actor_adam);
    adam_close(&self->critic_adam);
    adam_close(&self->temperature_adam);
    void *const owned[] = {self->parameters,     self->targets,         self->gradient,
                           self->inputs,         self->wander,          self->allowed,
                           self->batch.seen,     self->batch.next,      self->batch.action,
                           self->batch.goal,     self->batch.log,       self->batch.imagined,
                           self->batch.reward,   self->batch.last,      self->batch.joined,
                           self->batch.d_joined, self->batch.d_value,   self->batch.noise,
                           self->batch.outputs,  self->batch.d_outputs, self};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

static confx_status_t off_policy_open_networks(off_policy_t *self)
{
    const size_t rows = self->layout.samples > MINIBATCH ? self->layout.samples : MINIBATCH;
    const mlp_shape_t actor = {
        self->environment.width, self->craft->outputs, 2, {WIDTH, WIDTH}, MLP_RELU};
    const mlp_shape_t critic = {self->environment.width + HEADS, 1, 2, {WIDTH, WIDTH}, MLP_RELU};
    const uint64_t seed = self->setup.job->search.seed;
    self->actor_size = mlp_size(&actor);
    self->critic_size = mlp_size(&critic);
    self->size = self->actor_size + self->craft->critics * self->critic_size;
    self->parameters = calloc(self->size, sizeof(real_t));
    self->targets = calloc(self->size, sizeof(real_t));
    self->gradient = calloc(self->size, sizeof(real_t));
    if (!self->parameters || !self->targets || !self->gradient)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for an actor and its critics");
    TRY(mlp_open(&actor, rows, &self->actor));
    mlp_initialise(self->actor, seed, 0, 0.1, self->parameters);
    for (size_t i = 0; i < self->craft->critics; i++) {
        /* Each critic has a seed of its own: where there are two, the lesser value is believed. */
        TRY(mlp_open(&critic, MINIBATCH, &self->critics[i]));
        mlp_initialise(self->critics[i], seed, 1 + i, 1,
                       self->parameters + self->actor_size + i * self->critic_size);
    }
    /* The targets begin as copies, and follow slowly. */
    memcpy(self->targets, self->parameters, self->size * sizeof(real_t));
    TRY(adam_open(self->actor_size, (real_t)0.9, (real_t)0.999, &self->actor_adam));
    TRY(adam_open(self->size - self->actor_size, (real_t)0.9, (real_t)0.999, &self->critic_adam));
    return adam_open(1, (real_t)0.9, (real_t)0.999, &self->temperature_adam);
}

static confx_status_t off_policy_open_batch(off_policy_t *self)
{
    const size_t width = self->environment.width;
    real_t **const reals[] = {&self->batch.seen,     &self->batch.next,   &self->batch.joined,
                              &self->batch.d_joined, &self->batch.action, &self->batch.imagined,
                              &self->batch.d_value,  &self->batch.noise,  &self->batch.outputs,
                              &self->batch.d_outputs};
    double **const doubles[] = {&self->batch.reward, &self->batch.goal, &self->batch.log};
    bool all = true;
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        all &= (*reals[i] = calloc(MINIBATCH * (width + HEADS), sizeof(real_t))) != NULL;
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        all &= (*doubles[i] = calloc(MINIBATCH, sizeof(double))) != NULL;
    for (size_t i = 0; i < CRITICS_MAX; i++)
        all &= (self->batch.value[i] = calloc(MINIBATCH, sizeof(real_t))) != NULL;
    all &= (self->batch.last = calloc(MINIBATCH, sizeof(bool))) != NULL;
    return all ? status_ok() : status_fail(CONFX_STATUS_MEMORY, "no memory for minibatches");
}

static confx_status_t off_policy_open_sampling(off_policy_t *self)
{
    const size_t samples = self->layout.samples;
    const size_t *levels = self->environment.feasibility.levels;
    self->inputs = calloc(samples * self->environment.width, sizeof *self->inputs);
    self->wander = calloc(samples * HEADS, sizeof *self->wander);
    self->allowed = calloc(levels[0] > levels[1] ? levels[0] : levels[1], 1);
    if (self->inputs && self->wander && self->allowed) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for blocks of %zu episodes", samples);
}

/* The root alone does; the other ranks have no use for the replayed episodes of a checkpoint
   either. */
static bool off_policy_remembers(const off_policy_t *self)
{
    return self->setup.unit_first == 0;
}

static size_t off_policy_capacity(const off_policy_t *self)
{
    const size_t most = REPLAYED / self->environment.layers + 1;
    if (!off_policy_remembers(self)) return 1;
    return search_samples(&self->setup) < most ? search_samples(&self->setup) + 1 : most;
}

static confx_status_t off_policy_fill(off_policy_t *self)
{
    TRY(environment_open(self->setup.problem, self->layout.samples, &self->environment));
    TRY(replay_open(off_policy_capacity(self), self->environment.layers, HEADS, &self->replay));
    TRY(off_policy_open_networks(self));
    TRY(off_policy_open_batch(self));
    self->layout.publish_bytes = self->actor_size * sizeof(real_t);
    return off_policy_open_sampling(self);
}

confx_status_t off_policy_open(const search_setup_t *setup, const off_policy_method_t *craft,
                               search_layout_t *layout, void **state)
{
    off_policy_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a continuous search");
    self->setup = *setup;
    self->layout = *layout;
    self->craft = craft;
    const confx_status_t status = off_policy_fill(self);
    if (status.code != CONFX_STATUS_OK) {
        off_policy_close(self);
        return status;
    }
    *layout = self->layout;
    *state = self;
    return status;
}

enum { REPLAY_ARRAYS = 2 }; /* the last ones */

size_t off_policy_arrays(void *state, array_t *out)
{
    off_policy_t *self = state;
    const array_type_t real = sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64;
    const size_t actor = self->actor_size;
    const size_t critics = self->size - actor;
    const replay_t *replay = &self->replay;
    const array_t arrays[] = {
        {"/policy/parameters", real, 1, {self->size}, self->parameters, NULL},
        {"/policy/targets", real, 1, {self->size}, self->targets, NULL},
        {"/policy/adam_first", real, 1, {actor}, self->actor_adam.first, NULL},
        {"/policy/adam_second", real, 1, {actor}, self->actor_adam.second, NULL},
        {"/policy/critic_first", real, 1, {critics}, self->critic_adam.first, NULL},
        {"/policy/critic_second", real, 1, {critics}, self->critic_adam.second, NULL},
        {"/policy/temperature", real, 1, {1}, self->temperature, NULL},
        {"/policy/temperature_first", real, 1, {1}, self->temperature_adam.first, NULL},
        {"/policy/temperature_second", real, 1, {1}, self->temperature_adam.second, NULL},
        {"/policy/told", ARRAY_F64, 1, {sizeof self->told / sizeof(double)}, &self->told, NULL},
        {"/replay/levels",
         ARRAY_U16,
         3,
         {replay->capacity, replay->layers, HEADS},
         replay->levels,
         NULL},
        {"/replay/costs", ARRAY_F64, 2, {replay->capacity, replay->layers}, replay->costs, NULL}};
    const size_t n =
        sizeof arrays / sizeof *arrays - (off_policy_remembers(self) ? 0 : REPLAY_ARRAYS);
    memcpy(out, arrays, n * sizeof *arrays);
    return n;
}

/* Levels index the tables of feasibility.h; the cost of a step is NaN where it is invalid. */
static const char *off_policy_check_replay(const off_policy_t *self)
{
    const replay_t *replay = &self->replay;
    const size_t held = replay_held(replay, (uint64_t)self->told.episodes);
    for (size_t i = 0; i < held * replay->layers * HEADS; i++)
        if (replay->levels[i] >= self->environment.feasibility.levels[i % HEADS])
            return "/replay/levels";
    for (size_t i = 0; i < held * replay->layers; i++)
        if (isinf(replay->costs[i])) return "/replay/costs";
    return NULL;
}

const char *off_policy_check(const void *state)
{
    const off_policy_t *self = state;
    const size_t critics = self->size - self->actor_size;
    const double most = sound_count_most;
    if (!sound_reals(self->parameters, self->size)) return "/policy/parameters";
    if (!sound_reals(self->targets, self->size)) return "/policy/targets";
    if (!sound_reals(self->actor_adam.first, self->actor_size)) return "/policy/adam_first";
    if (!sound_squares(self->actor_adam.second, self->actor_size)) return "/policy/adam_second";
    if (!sound_reals(self->critic_adam.first, critics)) return "/policy/critic_first";
    if (!sound_squares(self->critic_adam.second, critics)) return "/policy/critic_second";
    if (!sound_reals(self->temperature, 1)) return "/policy/temperature";
    if (!sound_reals(self->temperature_adam.first, 1)) return "/policy/temperature_first";
    if (!sound_squares(self->temperature_adam.second, 1)) return "/policy/temperature_second";
    const bool counted =
        sound_count(self->told.episodes, most) && sound_count(self->told.updates, most) &&
        sound_count(self->told.steps, most) && sound_count(self->told.actor_steps, most) &&
        sound_count(self->told.temperature_steps, most);
    if (!counted || !reward_scale_is_sound(&self->told.gauge)) return "/policy/told";
    return off_policy_remembers(self) ? off_policy_check_replay(self) : NULL;
}

search_work_t off_policy_work(const void *state)
{
    const off_policy_t *self = state;
    const double learned = (double)self->craft->steps * MINIBATCH * 4 * (double)self->size;
    return (search_work_t){.macs = learned +
                                   (double)self->actor_size * (double)self->environment.layers,
                           .rows = MINIBATCH,
                           .inner = WIDTH,
                           .columns = WIDTH};
}

/* ---- actions and levels ---------------------------------------------------------------------- */

static uint16_t off_policy_nearest(const uint8_t *allowed, size_t levels, double place)
{
    size_t best = levels;
    for (size_t level = 0; level < levels; level++)
        if (allowed[level] &&
            (best == levels || fabs((double)level - place) < fabs((double)best - place)))
            best = level;
    return (uint16_t)best;
}

static double off_policy_weight_of(const real_t *prior, const uint8_t *allowed, size_t level)
{
    return allowed[level] ? exp((double)prior[level]) : 0;
}

/* The share of the prior among the allowed levels that lies below `level`. */
static double off_policy_share_below(const real_t *prior, const uint8_t *allowed, size_t levels,
                                     size_t level)
{
    double below = 0;
    double all = 0;
    for (size_t i = 0; i < levels; i++) {
        if (i == level) below = all;
        all += off_policy_weight_of(prior, allowed, i);
    }
    return (level < levels ? below : all) / all;
}

uint16_t off_policy_level(const off_policy_t *self, size_t episode, size_t step, size_t head,
                          size_t pe, double action)
{
    const size_t levels = self->environment.feasibility.levels[head];
    const double place = (action + 1) / 2;
    environment_allow(&self->environment, episode, step, head, pe, self->allowed);
    if (!self->craft->prior)
        return off_policy_nearest(self->allowed, levels, place * (double)(levels - 1));
    const real_t *prior = environment_prior(&self->environment, step, head, pe);
    size_t last = levels;
    /* With a prior the interval is shared out among the allowed levels by their weight, so that an
       action without any tendency spends just the budget. */
    for (size_t level = 0; level < levels; level++) {
        if (!self->allowed[level]) continue;
        if (last < levels && place < off_policy_share_below(prior, self->allowed, levels, level))
            break;
        last = level;
    }
    return (uint16_t)last;
}

double off_policy_action(const off_policy_t *self, size_t episode, size_t step, size_t head,
                         size_t pe, uint16_t level)
{
    const size_t levels = self->environment.feasibility.levels[head];
    if (!self->craft->prior) return levels > 1 ? 2.0 * level / (double)(levels - 1) - 1 : 0;
    const real_t *prior = environment_prior(&self->environment, step, head, pe);
    environment_allow(&self->environment, episode, step, head, pe, self->allowed);
    /* The middle of the level's share, from [0, 1] to [-1, 1]: the inverse of off_policy_level. */
    return off_policy_share_below(prior, self->allowed, levels, level) +
           off_policy_share_below(prior, self->allowed, levels, level + 1U) - 1;
}

/* ---- sampling -------------------------------------------------------------------------------- */

void off_policy_publish(void *state, void *message)
{
    const off_policy_t *self = state;
    memcpy(message, self->parameters, self->layout.publish_bytes);
}

void off_policy_receive(void *state, const void *message)
{
    off_policy_t *self = state;
    memcpy(self->parameters, message, self->layout.publish_bytes);
}

static void off_policy_decide(off_policy_t *self, rng_t *rng, bool warm, size_t episode,
                              size_t step, const real_t *outputs, uint16_t levels[HEADS])
{
    real_t action[HEADS];
    self->craft->explore(outputs, rng, self->wander + episode * HEADS, action);
    for (size_t head = 0; head < HEADS; head++) {
        /* While the replay memory fills, actions are uniform; exploration noise is drawn all the
           same. */
        const double wanted = warm ? 2 * rng_uniform(rng) - 1 : (double)action[head];
        levels[head] = off_policy_level(self, episode, step, head, levels[HEAD_PE], wanted);
    }
}

void off_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    off_policy_t *self = state;
    environment_t *environment = &self->environment;
    const uint64_t before =
        (update - self->setup.first_update) * self->layout.units * self->layout.samples;
    /* The noise of an episode may be correlated from step to step and begins at 0. */
    for (size_t e = 0; e < batch->n; e++) environment_begin(environment, e);
    memset(self->wander, 0, batch->n * HEADS * sizeof *self->wander);
    for (size_t step = 0; step < batch->layers; step++) {
        for (size_t e = 0; e < batch->n; e++)
            environment_look(environment, e, step, self->inputs + e * environment->width);
        const real_t *outputs = mlp_forward(self->actor, self->parameters, batch->n, self->inputs);
        for (size_t e = 0; e < batch->n; e++) {
            uint16_t levels[HEADS] = {0};
            rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ACTION, update, unit,
                                  e * batch->layers + step);
            off_policy_decide(self, &rng, before < self->craft->warm, e, step,
                              outputs + e * self->craft->outputs, levels);
            environment_put(environment, batch, e, step, levels);
            environment_spend(environment, e, step, levels);
        }
    }
}

/* ---- the root -------------------------------------------------------------------------------- */

void off_policy_collect(void *state, size_t unit, const batch_t *batch)
{
    off_policy_t *self = state;
    (void)unit;
    for (size_t e = 0; e < batch->n; e++) {
        /* The memory is a ring of whole episodes: levels and costs alone, from which any of its
           decisions can be made again (bellman.c). */
        const size_t slot = replay_slot(&self->replay, (uint64_t)self->told.episodes);
        uint16_t *levels = replay_levels(&self->replay, slot);
        for (size_t step = 0; step < batch->layers; step++)
            environment_get(&self->environment, batch, e, step, levels + step * HEADS);
        reward_scale_add(&self->told.gauge, batch, e, replay_costs(&self->replay, slot));
        self->told.episodes += 1;
    }
}

search_summary_t off_policy_learn(void *state, real_t *gradient, const search_report_t *reports)
{
    off_policy_t *self = state;
    const uint64_t update = self->setup.first_update + (uint64_t)self->told.updates;
    const uint64_t seed = self->setup.job->search.seed;
    const size_t episodes = self->layout.units * self->layout.samples;
    (void)gradient;
    (void)reports;
    self->norm = 0;
    /* Counters are kept as doubles, in the one record that a checkpoint takes as it is. */
    self->critic_adam.steps = (uint64_t)self->told.steps;
    self->actor_adam.steps = (uint64_t)self->told.actor_steps;
    self->temperature_adam.steps = (uint64_t)self->told.temperature_steps;
    for (size_t step = 0;
         self->told.episodes >= (double)self->craft->warm && step < episodes * self->craft->steps;
         step++) {
        /* Random numbers by update and step: a resumed search draws the same minibatches. */
        rng_t draw = rng_begin(seed, RNG_MINIBATCH, update, 0, step);
        rng_t noise = rng_begin(seed, RNG_NOISE, update, 0, step);
        bellman_draw(self, &draw);
        self->craft->learn(self, &noise);
    }
    self->told.steps = (double)self->critic_adam.steps;
    self->told.actor_steps = (double)self->actor_adam.steps;
    self->told.temperature_steps = (double)self->temperature_adam.steps;
    self->told.updates += 1;
    return (search_summary_t){.entropy = NAN, .gradient_norm = self->norm};
}
