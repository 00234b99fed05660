#include "search/agents/off_policy.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 64, REPLAYED = 1000000 }; /* decisions that the buffer holds, as users know it */

search_layout_t off_policy_plan(const search_setup_t *setup, const off_policy_method_t *method)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : method->blocks,
                             .samples = search->episodes ? search->episodes : method->episodes,
                             .collects = true};
}

/* ---- memory ---------------------------------------------------------------------------------- */

void off_policy_close(void *state)
{
    off_policy_t *self = state;
    environment_close(&self->environment);
    replay_close(&self->replay);
    mlp_close(self->actor);
    for (size_t i = 0; i < CRITICS_MAX; i++) mlp_close(self->critics[i]);
    adam_close(&self->actor_adam);
    adam_close(&self->critic_adam);
    adam_close(&self->temperature_adam);
    arena_close(&self->arena);
    free(self);
}

static confx_status_t off_policy_open_networks(off_policy_t *self)
{
    const size_t rows = self->layout.samples > MINIBATCH ? self->layout.samples : MINIBATCH;
    const size_t width = self->environment.width;
    const size_t axes = self->environment.axes;
    const mlp_shape_t actor = {width, self->method->outputs * axes, 2, {WIDTH, WIDTH}, MLP_RELU};
    const mlp_shape_t critic = {width + axes, 1, 2, {WIDTH, WIDTH}, MLP_RELU};
    const uint64_t seed = self->setup.job->search.seed;
    self->actor_size = mlp_size(&actor);
    self->critic_size = mlp_size(&critic);
    self->size = self->actor_size + self->method->critics * self->critic_size;
    ARENA_TAKE(&self->arena, self->parameters, self->size);
    ARENA_TAKE(&self->arena, self->targets, self->size);
    ARENA_TAKE(&self->arena, self->gradient, self->size);
    TRY(arena_status(&self->arena, "an actor and its critics"));
    TRY(mlp_open(&actor, rows, &self->actor));
    mlp_initialise(self->actor, seed, 0, 0.1, self->parameters);
    for (size_t i = 0; i < self->method->critics; i++) {
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
    const size_t width = self->environment.width + self->environment.axes;
    arena_t *arena = &self->arena;
    real_t **const reals[] = {&self->batch.seen,     &self->batch.next,   &self->batch.joined,
                              &self->batch.d_joined, &self->batch.action, &self->batch.imagined,
                              &self->batch.d_value,  &self->batch.noise,  &self->batch.outputs,
                              &self->batch.d_outputs};
    double **const doubles[] = {&self->batch.reward, &self->batch.goal, &self->batch.log};
    /* None of them has more numbers in a row than what a critic sees, nor than a mean and a
       deviation for each axis. */
    const size_t outputs = self->method->outputs * self->environment.axes;
    const size_t row = outputs > width ? outputs : width;
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        ARENA_TAKE(arena, *reals[i], MINIBATCH * row);
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        ARENA_TAKE(arena, *doubles[i], MINIBATCH);
    for (size_t i = 0; i < CRITICS_MAX; i++) ARENA_TAKE(arena, self->batch.value[i], MINIBATCH);
    ARENA_TAKE(arena, self->batch.last, MINIBATCH);
    return arena_status(arena, "minibatches");
}

static confx_status_t off_policy_open_sampling(off_policy_t *self)
{
    const size_t samples = self->layout.samples;
    ARENA_TAKE(&self->arena, self->inputs, samples * self->environment.width);
    ARENA_TAKE(&self->arena, self->wander, samples * self->environment.axes);
    ARENA_TAKE(&self->arena, self->allowed, self->environment.most);
    return arena_status(&self->arena, "blocks of %zu episodes", samples);
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
    TRY(replay_open(off_policy_capacity(self), self->environment.layers, self->environment.axes,
                    &self->replay));
    TRY(off_policy_open_networks(self));
    TRY(off_policy_open_batch(self));
    self->layout.publish_bytes = self->actor_size * sizeof(real_t);
    return off_policy_open_sampling(self);
}

confx_status_t off_policy_open(const search_setup_t *setup, const off_policy_method_t *method,
                               search_layout_t *layout, void **state)
{
    off_policy_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for an actor and its critics");
    self->setup = *setup;
    self->layout = *layout;
    self->method = method;
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
        {"/policy/progress",
         ARRAY_F64,
         1,
         {sizeof self->progress / sizeof(double)},
         &self->progress,
         NULL},
        {"/replay/levels",
         ARRAY_U16,
         3,
         {replay->capacity, replay->layers, replay->axes},
         replay->levels,
         NULL},
        {"/replay/costs", ARRAY_F64, 2, {replay->capacity, replay->layers}, replay->costs, NULL}};
    const size_t n =
        /* The arrays of the replay memory are the last ones; ranks but the root have none. */
        sizeof arrays / sizeof *arrays - (off_policy_remembers(self) ? 0 : REPLAY_ARRAYS);
    memcpy(out, arrays, n * sizeof *arrays);
    return n;
}

/* Levels index the tables of feasibility.h, where there must be such a choice; the cost of a step
   is NaN where it is invalid. */
static const char *off_policy_check_replay(const off_policy_t *self)
{
    const replay_t *replay = &self->replay;
    const feasibility_t *feasibility = &self->environment.feasibility;
    const size_t held = replay_held(replay, (uint64_t)self->progress.episodes);
    for (size_t i = 0; i < held * replay->layers; i++) {
        const uint16_t *levels = replay->levels + i * replay->axes;
        const size_t distinct = problem_distinct_of(self->setup.problem, i % replay->layers);
        for (size_t axis = 0; axis < replay->axes; axis++)
            if (levels[axis] >= feasibility->levels[axis]) return "/replay/levels";
        const size_t cell = feasibility_cell(feasibility, distinct, levels);
        if (isinf(feasibility->least[feasibility->axes - 1][cell])) return "/replay/levels";
        if (isinf(replay->costs[i])) return "/replay/costs";
    }
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
        sound_count(self->progress.episodes, most) && sound_count(self->progress.updates, most) &&
        sound_count(self->progress.steps, most) && sound_count(self->progress.actor_steps, most) &&
        sound_count(self->progress.temperature_steps, most);
    if (!counted || !reward_scale_is_sound(&self->progress.scale)) return "/policy/progress";
    return off_policy_remembers(self) ? off_policy_check_replay(self) : NULL;
}

search_work_t off_policy_work(const void *state)
{
    const off_policy_t *self = state;
    const double learned = (double)self->method->steps * MINIBATCH * 4 * (double)self->size;
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

uint16_t off_policy_level(const off_policy_t *self, size_t episode, const branch_t *branch,
                          double action)
{
    const size_t levels = self->environment.feasibility.levels[branch->axis];
    const double place = (action + 1) / 2;
    environment_allow(&self->environment, episode, branch, self->allowed);
    if (!self->method->prior)
        return off_policy_nearest(self->allowed, levels, place * (double)(levels - 1));
    const real_t *prior = environment_prior(&self->environment, branch);
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

double off_policy_action(const off_policy_t *self, size_t episode, const branch_t *branch,
                         uint16_t level)
{
    const size_t levels = self->environment.feasibility.levels[branch->axis];
    if (!self->method->prior) return levels > 1 ? 2.0 * level / (double)(levels - 1) - 1 : 0;
    const real_t *prior = environment_prior(&self->environment, branch);
    environment_allow(&self->environment, episode, branch, self->allowed);
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

/* While the replay memory fills, actions are uniform; exploration noise is drawn all the same. */
static void off_policy_decide(off_policy_t *self, rng_t *rng, size_t episode, size_t step,
                              uint16_t *levels)
{
    const size_t axes = self->environment.axes;
    real_t action[SPACE_AXES];
    self->method->explore(axes, self->outputs + episode * self->method->outputs * axes, rng,
                          self->wander + episode * axes, action);
    for (size_t axis = 0; axis < axes; axis++) {
        const branch_t branch = environment_branch(&self->environment, step, axis, levels);
        const double wanted = self->warms ? 2 * rng_uniform(rng) - 1 : (double)action[axis];
        levels[axis] = off_policy_level(self, episode, &branch, wanted);
    }
}

void off_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    off_policy_t *self = state;
    environment_t *environment = &self->environment;
    const uint64_t before =
        (update - self->setup.first_update) * self->layout.units * self->layout.samples;
    self->warms = before < self->method->warm;
    /* The noise of an episode may be correlated from step to step and begins at 0. */
    for (size_t e = 0; e < batch->n; e++) environment_begin(environment, e);
    memset(self->wander, 0, batch->n * environment->axes * sizeof *self->wander);
    for (size_t step = 0; step < batch->layers; step++) {
        for (size_t e = 0; e < batch->n; e++)
            environment_look(environment, e, step, self->inputs + e * environment->width);
        self->outputs = mlp_forward(self->actor, self->parameters, batch->n, self->inputs);
        for (size_t e = 0; e < batch->n; e++) {
            uint16_t levels[SPACE_AXES] = {0};
            rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ACTION, update, unit,
                                  e * batch->layers + step);
            off_policy_decide(self, &rng, e, step, levels);
            environment_put(environment, batch, e, step, levels);
            environment_spend(environment, e, step, levels);
        }
    }
}

/* ---- the root -------------------------------------------------------------------------------- */

void off_policy_collect(void *state, size_t unit, const batch_t *batch)
{
    off_policy_t *self = state;
    const terms_t *terms = problem_terms(self->setup.problem);
    (void)unit;
    for (size_t e = 0; e < batch->n; e++) {
        /* The memory is a ring of whole episodes: levels and costs alone, from which any of its
           decisions can be made again (bellman.c). */
        const size_t slot = replay_slot(&self->replay, (uint64_t)self->progress.episodes);
        uint16_t *levels = replay_levels(&self->replay, slot);
        for (size_t step = 0; step < batch->layers; step++)
            environment_get(&self->environment, batch, e, step, levels + step * batch->axes);
        reward_scale_add(&self->progress.scale, batch, e, terms_penalised(terms, &batch->scores[e]),
                         replay_costs(&self->replay, slot));
        self->progress.episodes += 1;
    }
}

search_summary_t off_policy_learn(void *state, real_t *gradient, const search_report_t *reports)
{
    off_policy_t *self = state;
    const uint64_t update = self->setup.first_update + (uint64_t)self->progress.updates;
    const uint64_t seed = self->setup.job->search.seed;
    const size_t episodes = self->layout.units * self->layout.samples;
    (void)gradient;
    (void)reports;
    self->norm = 0;
    /* Counters are kept as doubles, in the one record that a checkpoint takes as it is. */
    self->critic_adam.steps = (uint64_t)self->progress.steps;
    self->actor_adam.steps = (uint64_t)self->progress.actor_steps;
    self->temperature_adam.steps = (uint64_t)self->progress.temperature_steps;
    for (size_t step = 0; self->progress.episodes >= (double)self->method->warm &&
                          step < episodes * self->method->steps;
         step++) {
        /* Random numbers by update and step: a resumed search draws the same minibatches. */
        rng_t draw = rng_begin(seed, RNG_MINIBATCH, update, 0, step);
        rng_t noise = rng_begin(seed, RNG_NOISE, update, 0, step);
        bellman_draw(self, &draw);
        self->method->learn(self, &noise);
    }
    self->progress.steps = (double)self->critic_adam.steps;
    self->progress.actor_steps = (double)self->actor_adam.steps;
    self->progress.temperature_steps = (double)self->temperature_adam.steps;
    self->progress.updates += 1;
    return (search_summary_t){.entropy = NAN, .gradient_norm = self->norm};
}
