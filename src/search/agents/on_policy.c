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
    void *const owned[] = {self->parameters,    self->gradient,
                           self->shuffled,      self->inputs,
                           self->allowed,       self->choice,
                           self->costs,         self->rewards,
                           self->values,        self->advantages,
                           self->log,           self->pass.inputs,
                           self->pass.logits,   self->pass.probability,
                           self->pass.d_logits, self->pass.values,
                           self->pass.d_values, self};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
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
    self->parameters = calloc(self->size, sizeof(real_t));
    self->gradient = calloc(self->size, sizeof(real_t));
    if (!self->parameters || !self->gradient)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for two perceptrons");
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
    self->pass.inputs = malloc(n * self->environment.width * sizeof(real_t));
    self->pass.logits = malloc(n * self->logits * sizeof(real_t));
    self->pass.probability = malloc(n * self->logits * sizeof(real_t));
    self->pass.d_logits = malloc(n * self->logits * sizeof(real_t));
    self->pass.values = malloc(n * sizeof(real_t));
    self->pass.d_values = malloc(n * sizeof(real_t));
    if (self->pass.inputs && self->pass.logits && self->pass.probability && self->pass.d_logits &&
        self->pass.values && self->pass.d_values)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu decisions", n);
}

/* Every rank samples into the first `samples` episodes; only the root fills all of them. */
static confx_status_t on_policy_open_decisions(on_policy_t *self)
{
    const bool root = self->setup.unit_first == 0;
    const size_t n =
        (root ? self->layout.units : 1) * self->layout.samples * self->environment.layers;
    self->shuffled = malloc(n * sizeof *self->shuffled);
    self->inputs = malloc(n * self->environment.width * sizeof *self->inputs);
    self->allowed = malloc(n * self->logits);
    self->choice = malloc(n * HEADS * sizeof *self->choice);
    self->costs = malloc(n * sizeof *self->costs);
    self->rewards = malloc(n * sizeof *self->rewards);
    self->values = malloc(n * sizeof *self->values);
    self->advantages = malloc(n * sizeof *self->advantages);
    self->log = malloc(n * sizeof *self->log);
    if (self->shuffled && self->inputs && self->allowed && self->choice && self->costs &&
        self->rewards && self->values && self->advantages && self->log)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu decisions", n);
}

static confx_status_t on_policy_fill(on_policy_t *self)
{
    const size_t samples = self->layout.samples;
    TRY(environment_open(self->setup.problem, samples, &self->environment));
    self->heads = (categorical_t){HEADS,
                                  {self->environment.feasibility.levels[HEAD_PE],
                                   self->environment.feasibility.levels[HEAD_BUFFER]}};
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
    out[3] = (array_t){"/policy/told", ARRAY_F64, 1, {sizeof self->told / sizeof(double)},
                       &self->told,    NULL};
    return 4 + (self->method->arrays ? self->method->arrays(self, out + 4) : 0);
}

const char *on_policy_check(const void *state)
{
    const on_policy_t *self = state;
    if (!sound_reals(self->parameters, self->size)) return "/policy/parameters";
    if (!sound_reals(self->adam.first, self->size)) return "/policy/adam_first";
    if (!sound_squares(self->adam.second, self->size)) return "/policy/adam_second";
    const bool counted = sound_count(self->told.updates, sound_count_most) &&
                         sound_count(self->told.steps, sound_count_most);
    if (!counted || !reward_scale_is_sound(&self->told.gauge)) return "/policy/told";
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

static void on_policy_chances(const on_policy_t *self, size_t step, size_t head, size_t pe,
                              const uint8_t *allowed, real_t *logits, real_t *probability)
{
    const size_t levels = self->heads.levels[head];
    const real_t *prior = environment_prior(&self->environment, step, head, pe);
    for (size_t level = 0; self->method->prior && level < levels; level++)
        logits[level] += prior[level];
    categorical_forward(levels, allowed, logits, probability);
}

static void on_policy_decide(on_policy_t *self, size_t unit, uint64_t update, size_t episode,
                             size_t step, real_t *logits, uint16_t levels[HEADS])
{
    /* The heads in turn: the mask of the buffer depends on the PE level just drawn. */
    real_t *probability = self->pass.probability;
    for (size_t head = 0; head < HEADS; head++) {
        const uint64_t item = (episode * self->environment.layers + step) * HEADS + head;
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ACTION, update, unit, item);
        environment_allow(&self->environment, episode, step, head, levels[HEAD_PE], self->allowed);
        on_policy_chances(self, step, head, levels[HEAD_PE], self->allowed, logits, probability);
        levels[head] = categorical_draw(self->heads.levels[head], probability, rng_uniform(&rng));
        logits += self->heads.levels[head];
    }
}

void on_policy_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    on_policy_t *self = state;
    environment_t *environment = &self->environment;
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
            uint16_t levels[HEADS] = {0};
            on_policy_decide(self, unit, update, e, step, self->pass.logits + e * self->logits,
                             levels);
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
        uint16_t *levels = self->choice + at * HEADS;
        uint8_t *allowed = self->allowed + at * self->logits;
        environment_get(environment, batch, episode, step, levels);
        environment_look(environment, 0, step, self->inputs + at * environment->width);
        environment_allow(environment, 0, step, HEAD_PE, 0, allowed);
        environment_allow(environment, 0, step, HEAD_BUFFER, levels[HEAD_PE],
                          allowed + self->heads.levels[HEAD_PE]);
        environment_spend(environment, 0, step, levels);
    }
}

void on_policy_collect(void *state, size_t unit, const batch_t *batch)
{
    on_policy_t *self = state;
    (void)unit;
    for (size_t e = 0; e < batch->n; e++, self->episodes++) {
        on_policy_rebuild(self, batch, e);
        reward_scale_add(&self->told.gauge, batch, e, self->costs + self->episodes * batch->layers);
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
        /* Logits to probabilities, head by head, under the mask and prior of that decision. */
        const size_t step = rows[i] % self->environment.layers;
        const size_t pe = self->choice[rows[i] * HEADS + HEAD_PE];
        size_t first = 0;
        for (size_t head = 0; head < HEADS; head++) {
            on_policy_chances(self, step, head, pe, self->allowed + rows[i] * self->logits + first,
                              self->pass.logits + i * self->logits + first,
                              self->pass.probability + i * self->logits + first);
            first += self->heads.levels[head];
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
        const uint16_t *choice = self->choice + row * HEADS;
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
    const double told = fmin(self->told.updates, ceil(updates) - 1);
    const double left = self->method->rate_falls ? fmax(1 - told / updates, 0) : 1;
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
    return self->setup.first_update + (uint64_t)self->told.updates;
}

/* ---- learning -------------------------------------------------------------------------------- */

/* Values, log probabilities and entropy of all decisions, under the parameters they were sampled
   with. */
static void on_policy_look_back(on_policy_t *self)
{
    self->entropy = 0;
    for (size_t row = 0; row < self->decisions; row++) self->shuffled[row] = (uint32_t)row;
    for (size_t from = 0; from < self->decisions; from += self->chunk) {
        const size_t left = self->decisions - from;
        on_policy_forward(self, self->shuffled + from, left < self->chunk ? left : self->chunk);
        for (size_t i = 0; i < self->pass.n; i++) {
            const size_t at = i * self->logits;
            self->values[from + i] = (double)self->pass.values[i];
            self->log[from + i] = categorical_log(&self->heads, self->pass.logits + at,
                                                  self->choice + (from + i) * HEADS);
            self->entropy += categorical_entropy(&self->heads, self->pass.probability + at,
                                                 self->pass.logits + at) /
                             HEADS;
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
        self->rewards[i] = reward_scale_reward(&self->told.gauge, self->costs[i]);
    for (size_t e = 0; e < self->episodes; e++)
        advantage_estimate(layers, self->method->discount, self->method->lambda,
                           self->rewards + e * layers, self->values + e * layers,
                           self->advantages + e * layers);
    self->adam.steps = (uint64_t)self->told.steps;
    const double norm = self->method->improve(self);
    self->told.steps = (double)self->adam.steps;
    self->told.updates += 1;
    return (search_summary_t){self->entropy, norm};
}
