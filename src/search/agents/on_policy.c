#include "search/agents/on_policy.h"
#include "confx/try.h"
#include "search/common/sound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512, WIDTH = 64 };

search_layout_t on_policy_plan(const search_setup_t *setup, const on_policy_method_t *method)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : method->blocks,
                             .samples = search->episodes ? search->episodes : method->episodes,
                             .collects = true};
}

/* ---- memory ---------------------------------------------------------------------------------- */

void on_policy_close(void *state)
{
    on_policy_t *self = state;
    if (self->method->close) self->method->close(self);
    environment_close(&self->environment);
    mlp_close(self->actor);
    mlp_close(self->critic);
    adam_close(&self->adam);
    arena_close(&self->arena);
    free(self);
}

static confx_status_t on_policy_open_networks(on_policy_t *self)
{
    const mlp_shape_t actor = {self->environment.width, self->logits, 2, {WIDTH, WIDTH}, MLP_TANH};
    const mlp_shape_t critic = {self->environment.width, 1, 2, {WIDTH, WIDTH}, MLP_TANH};
    const uint64_t seed = self->setup.job->search.seed;
    /* The two networks share nothing but the vector that their parameters lie in: the actor first,
       then the critic, so that one step of Adam moves both. */
    TRY(mlp_open(&actor, self->chunk, &self->actor));
    TRY(mlp_open(&critic, self->chunk, &self->critic));
    self->actor_size = mlp_size(&actor);
    self->size = self->actor_size + mlp_size(&critic);
    ARENA_TAKE(&self->arena, self->parameters, self->size);
    ARENA_TAKE(&self->arena, self->gradient, self->size);
    TRY(arena_status(&self->arena, "two perceptrons"));
    TRY(adam_open(self->size, self->method->beta1, self->method->beta2, &self->adam));
    self->adam.epsilon = self->method->epsilon;
    /* A small last layer of the actor begins with nearly equal chances, beside the prior. */
    mlp_initialise(self->actor, seed, 0, 0.01, self->parameters);
    mlp_initialise(self->critic, seed, 1, 1, self->parameters + self->actor_size);
    return status_ok();
}

static confx_status_t on_policy_open_pass(on_policy_t *self)
{
    const size_t n = self->chunk;
    arena_t *arena = &self->arena;
    ARENA_TAKE(arena, self->pass.inputs, n * self->environment.width);
    ARENA_TAKE(arena, self->pass.logits, n * self->logits);
    ARENA_TAKE(arena, self->pass.probability, n * self->logits);
    ARENA_TAKE(arena, self->pass.d_logits, n * self->logits);
    ARENA_TAKE(arena, self->pass.values, n);
    ARENA_TAKE(arena, self->pass.d_values, n);
    return arena_status(arena, "%zu decisions", n);
}

/* Every rank samples into the first `samples` episodes; only the root fills all of them. */
static confx_status_t on_policy_open_decisions(on_policy_t *self)
{
    const bool root = self->setup.unit_first == 0;
    const size_t n =
        (root ? self->layout.units : 1) * self->layout.samples * self->environment.layers;
    arena_t *arena = &self->arena;
    ARENA_TAKE(arena, self->shuffled, n);
    ARENA_TAKE(arena, self->inputs, n * self->environment.width);
    ARENA_TAKE(arena, self->allowed, n * self->logits);
    ARENA_TAKE(arena, self->choice, n * self->environment.axes);
    ARENA_TAKE(arena, self->costs, n);
    ARENA_TAKE(arena, self->rewards, n);
    ARENA_TAKE(arena, self->values, n);
    ARENA_TAKE(arena, self->advantages, n);
    ARENA_TAKE(arena, self->log, n);
    return arena_status(arena, "%zu decisions", n);
}

static confx_status_t on_policy_fill(on_policy_t *self)
{
    const size_t samples = self->layout.samples;
    TRY(environment_open(self->setup.problem, samples, &self->environment));
    self->heads.heads = self->environment.axes;
    for (size_t axis = 0; axis < self->environment.axes; axis++)
        self->heads.levels[axis] = self->environment.feasibility.levels[axis];
    self->logits = categorical_width(&self->heads);
    self->chunk = samples > CHUNK ? samples : CHUNK;
    TRY(on_policy_open_networks(self));
    TRY(on_policy_open_pass(self));
    TRY(on_policy_open_decisions(self));
    self->layout.publish_bytes = self->actor_size * sizeof(real_t);
    return self->method->open ? self->method->open(self) : status_ok();
}

confx_status_t on_policy_open(const search_setup_t *setup, const on_policy_method_t *method,
                              search_layout_t *layout, void **state)
{
    on_policy_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for an actor and its critic");
    self->setup = *setup;
    self->layout = *layout;
    self->method = method;
    const confx_status_t status = on_policy_fill(self);
    if (status.code != CONFX_STATUS_OK) {
        on_policy_close(self);
        return status;
    }
    *layout = self->layout;
    *state = self;
    return status;
}

size_t on_policy_arrays(void *state, array_t *out)
{
    on_policy_t *self = state;
    const size_t n = self->size;
    const array_type_t real = sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64;
    out[0] = (array_t){"/policy/parameters", real, 1, {n}, self->parameters, NULL};
    out[1] = (array_t){"/policy/adam_first", real, 1, {n}, self->adam.first, NULL};
    out[2] = (array_t){"/policy/adam_second", real, 1, {n}, self->adam.second, NULL};
    out[3] = (array_t){"/policy/progress", ARRAY_F64, 1, {sizeof self->progress / sizeof(double)},
                       &self->progress,    NULL};
    return 4 + (self->method->arrays ? self->method->arrays(self, out + 4) : 0);
}

const char *on_policy_check(const void *state)
{
    const on_policy_t *self = state;
    if (!sound_reals(self->parameters, self->size)) return "/policy/parameters";
    if (!sound_reals(self->adam.first, self->size)) return "/policy/adam_first";
    if (!sound_squares(self->adam.second, self->size)) return "/policy/adam_second";
    const bool counted = sound_count(self->progress.updates, sound_count_most) &&
                         sound_count(self->progress.steps, sound_count_most);
    if (!counted || !reward_scale_is_sound(&self->progress.scale)) return "/policy/progress";
    return self->method->check ? self->method->check(self) : NULL;
}

search_work_t on_policy_work(const void *state)
{
    const on_policy_t *self = state;
    return (search_work_t){.macs = 3 * (double)self->size * (double)self->environment.layers,
                           .rows = self->layout.samples,
                           .inner = WIDTH,
                           .columns = WIDTH};
}

/* ---- sampling -------------------------------------------------------------------------------- */

void on_policy_publish(void *state, void *message)
{
    const on_policy_t *self = state;
    memcpy(message, self->parameters, self->layout.publish_bytes);
}

void on_policy_receive(void *state, const void *message)
{
    on_policy_t *self = state;
    memcpy(self->parameters, message, self->layout.publish_bytes);
    self->episodes = 0;
}

static void on_policy_chances(const on_policy_t *self, const branch_t *branch,
                              const uint8_t *allowed, real_t *logits, real_t *probability)
{
    const size_t levels = self->heads.levels[branch->axis];
    const real_t *prior = environment_prior(&self->environment, branch);
    for (size_t level = 0; self->method->prior && level < levels; level++)
        logits[level] += prior[level];
    categorical_forward(levels, allowed, logits, probability);
}

static void on_policy_decide(on_policy_t *self, size_t episode, size_t step, uint16_t *levels)
{
    const size_t axes = self->environment.axes;
    const uint64_t seed = self->setup.job->search.seed;
    real_t *logits = self->pass.logits + episode * self->logits;
    real_t *probability = self->pass.probability;
    /* The axes in turn: what one may take depends on the levels just drawn of those before it. */
    for (size_t axis = 0; axis < axes; axis++) {
        const branch_t branch = environment_branch(&self->environment, step, axis, levels);
        const uint64_t item = (episode * self->environment.layers + step) * axes + axis;
        rng_t rng = rng_begin(seed, RNG_ACTION, self->update, self->unit, item);
        environment_allow(&self->environment, episode, &branch, self->allowed);
        on_policy_chances(self, &branch, self->allowed, logits, probability);
        levels[axis] = categorical_draw(self->heads.levels[axis], probability, rng_uniform(&rng));
        logits += self->heads.levels[axis];
    }
}

void on_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    on_policy_t *self = state;
    environment_t *environment = &self->environment;
    self->unit = unit;
    self->update = update;
    for (size_t e = 0; e < batch->n; e++) environment_begin(environment, e);
    for (size_t step = 0; step < batch->layers; step++) {
        /* All episodes of the unit take this step together: one product of matrices for the
           actor. */
        for (size_t e = 0; e < batch->n; e++)
            environment_look(environment, e, step, self->pass.inputs + e * environment->width);
        const real_t *logits =
            mlp_forward(self->actor, self->parameters, batch->n, self->pass.inputs);
        memcpy(self->pass.logits, logits, batch->n * self->logits * sizeof *logits);
        for (size_t e = 0; e < batch->n; e++) {
            uint16_t levels[SPACE_AXES] = {0};
            on_policy_decide(self, e, step, levels);
            environment_put(environment, batch, e, step, levels);
            environment_spend(environment, e, step, levels);
        }
    }
}

/* ---- what the root saw ----------------------------------------------------------------------- */

static void on_policy_rebuild(on_policy_t *self, const batch_t *batch, size_t episode)
{
    environment_t *environment = &self->environment;
    /* The environment is deterministic, so what was seen and allowed at each step follows from the
       levels alone, and need not travel from the ranks to the root. */
    assert(self->episodes < self->layout.units * self->layout.samples);
    size_t at = self->episodes * environment->layers;
    environment_begin(environment, 0);
    for (size_t step = 0; step < environment->layers; step++, at++) {
        uint16_t *levels = self->choice + at * environment->axes;
        uint8_t *allowed = self->allowed + at * self->logits;
        environment_get(environment, batch, episode, step, levels);
        environment_look(environment, 0, step, self->inputs + at * environment->width);
        for (size_t axis = 0; axis < environment->axes; axis++) {
            const branch_t branch = environment_branch(environment, step, axis, levels);
            environment_allow(environment, 0, &branch, allowed);
            allowed += self->heads.levels[axis];
        }
        environment_spend(environment, 0, step, levels);
    }
}

void on_policy_collect(void *state, size_t unit, const batch_t *batch)
{
    on_policy_t *self = state;
    const terms_t *terms = problem_terms(self->setup.problem);
    (void)unit;
    for (size_t e = 0; e < batch->n; e++, self->episodes++) {
        on_policy_rebuild(self, batch, e);
        reward_scale_add(&self->progress.scale, batch, e, terms_penalised(terms, &batch->scores[e]),
                         self->costs + self->episodes * batch->layers);
    }
}

/* ---- passes ---------------------------------------------------------------------------------- */

void on_policy_forward(on_policy_t *self, const uint32_t *rows, size_t n)
{
    const size_t width = self->environment.width;
    self->pass.n = n;
    self->pass.rows = rows;
    /* Decisions in the order of `rows`, which is shuffled between epochs, side by side in
       memory. */
    assert(n <= self->chunk);
    for (size_t i = 0; i < n; i++)
        memcpy(self->pass.inputs + i * width, self->inputs + rows[i] * width,
               width * sizeof(real_t));
    memcpy(self->pass.logits, mlp_forward(self->actor, self->parameters, n, self->pass.inputs),
           n * self->logits * sizeof(real_t));
    memcpy(self->pass.values,
           mlp_forward(self->critic, self->parameters + self->actor_size, n, self->pass.inputs),
           n * sizeof(real_t));
    for (size_t i = 0; i < n; i++) {
        /* Logits to probabilities, axis by axis, under the mask and prior of that decision. */
        const size_t step = rows[i] % self->environment.layers;
        const uint16_t *levels = self->choice + rows[i] * self->environment.axes;
        size_t first = 0;
        for (size_t axis = 0; axis < self->environment.axes; axis++) {
            const branch_t branch = environment_branch(&self->environment, step, axis, levels);
            on_policy_chances(self, &branch, self->allowed + rows[i] * self->logits + first,
                              self->pass.logits + i * self->logits + first,
                              self->pass.probability + i * self->logits + first);
            first += self->heads.levels[axis];
        }
    }
}

void on_policy_backward(on_policy_t *self, const double *advantage, size_t of)
{
    const on_policy_method_t *method = self->method;
    const double share = 1 / (double)of;
    for (size_t i = 0; i < self->pass.n; i++) {
        const uint32_t row = self->pass.rows[i];
        const size_t at = i * self->logits;
        const uint16_t *choice = self->choice + row * self->environment.axes;
        /* The ratio of the chances now to those at sampling: 1 in the first pass (PPO clips it). */
        const double log_ratio =
            categorical_log(&self->heads, self->pass.logits + at, choice) - self->log[row];
        /* What the critic should have said: the advantage was measured against its value then. */
        const double goal = self->advantages[row] + self->values[row];
        categorical_backward(&self->heads, self->pass.probability + at, self->pass.logits + at,
                             choice, (real_t)(share * method->weight(advantage[i], log_ratio)),
                             (real_t)(share * method->entropy_weight), self->pass.d_logits + at);
        self->pass.d_values[i] =
            (real_t)(2 * share * method->value_weight * ((double)self->pass.values[i] - goal));
    }
    mlp_backward(self->actor, self->parameters, self->pass.d_logits, self->gradient, NULL);
    mlp_backward(self->critic, self->parameters + self->actor_size, self->pass.d_values,
                 self->gradient + self->actor_size, NULL);
}

void on_policy_gradient(on_policy_t *self)
{
    for (size_t from = 0; from < self->decisions; from += self->chunk) {
        const size_t left = self->decisions - from;
        /* The gradient of all decisions at once, a chunk at a time to bound the memory. */
        double *advantage = self->rewards; /* done with */
        for (size_t i = 0; i < self->chunk && i < left; i++)
            advantage[i] = self->advantages[from + i];
        on_policy_forward(self, self->shuffled + from, left < self->chunk ? left : self->chunk);
        on_policy_backward(self, advantage, self->decisions);
    }
}

/* An extension keeps the rate of the last update before it. */
double on_policy_rate(const on_policy_t *self)
{
    const double updates =
        (double)self->setup.samples / (double)(self->layout.units * self->layout.samples);
    const double done = fmin(self->progress.updates, ceil(updates) - 1);
    const double left = self->method->rate_falls ? fmax(1 - done / updates, 0) : 1;
    return self->method->rate * left;
}

double on_policy_step(on_policy_t *self)
{
    /* The rate counts updates done; Adam its own steps, which are more where there are epochs. */
    const double norm = mlp_clip(self->size, self->method->clip, self->gradient);
    adam_step(&self->adam, (real_t)on_policy_rate(self), self->gradient, self->parameters);
    memset(self->gradient, 0, self->size * sizeof(real_t));
    return norm;
}

uint64_t on_policy_update(const on_policy_t *self)
{
    return self->setup.first_update + (uint64_t)self->progress.updates;
}

/* ---- learning -------------------------------------------------------------------------------- */

/* Values, log probabilities and entropy of all decisions, under the parameters they were sampled
   with. */
static void on_policy_look_back(on_policy_t *self)
{
    self->entropy = 0;
    /* In their own order here, as every decision is looked at once. */
    for (size_t row = 0; row < self->decisions; row++) self->shuffled[row] = (uint32_t)row;
    for (size_t from = 0; from < self->decisions; from += self->chunk) {
        const size_t left = self->decisions - from;
        on_policy_forward(self, self->shuffled + from, left < self->chunk ? left : self->chunk);
        for (size_t i = 0; i < self->pass.n; i++) {
            const size_t at = i * self->logits;
            self->values[from + i] = (double)self->pass.values[i];
            self->log[from + i] =
                categorical_log(&self->heads, self->pass.logits + at,
                                self->choice + (from + i) * self->environment.axes);
            self->entropy += categorical_entropy(&self->heads, self->pass.probability + at,
                                                 self->pass.logits + at) /
                             (double)self->environment.axes;
        }
    }
    self->entropy /= (double)self->decisions;
}

search_summary_t on_policy_learn(void *state, real_t *gradient, const search_report_t *reports)
{
    on_policy_t *self = state;
    const size_t layers = self->environment.layers;
    (void)gradient;
    (void)reports;
    self->decisions = self->episodes * layers;
    on_policy_look_back(self);
    /* Costs become rewards by the scale of all totals so far, and rewards advantages, each episode
       from its last step backwards. */
    for (size_t i = 0; i < self->decisions; i++)
        self->rewards[i] = reward_scale_reward(&self->progress.scale, self->costs[i]);
    for (size_t e = 0; e < self->episodes; e++)
        advantage_estimate(layers, self->method->discount, self->method->lambda,
                           self->rewards + e * layers, self->values + e * layers,
                           self->advantages + e * layers);
    self->adam.steps = (uint64_t)self->progress.steps;
    const double norm = self->method->improve(self);
    self->progress.steps = (double)self->adam.steps;
    self->progress.updates += 1;
    return (search_summary_t){self->entropy, norm};
}
