/* Learning from minibatches of replayed decisions: critics towards their goals, actors up the
   critics. */
#include "search/agents/off_policy.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void bellman_rebuild(off_policy_t *self, size_t i, size_t slot, size_t at)
{
    environment_t *environment = &self->environment;
    const uint16_t *levels = replay_levels(&self->replay, slot);
    environment_begin(environment, 0);
    /* Walk the episode again up to the decision: what was seen depends on what had been spent. */
    assert(at < environment->layers);
    for (size_t step = 0; step < at; step++)
        environment_spend(environment, 0, step, levels + step * environment->axes);
    levels += at * environment->axes;
    environment_look(environment, 0, at, self->batch.seen + i * environment->width);
    for (size_t axis = 0; axis < environment->axes; axis++) {
        const branch_t branch = environment_branch(environment, at, axis, levels);
        self->batch.action[i * environment->axes + axis] =
            (real_t)off_policy_action(self, 0, &branch, levels[axis]);
    }
    environment_spend(environment, 0, at, levels);
    self->batch.last[i] = at + 1 == environment->layers;
    /* By the scale of today, not by that of the time when it was sampled. */
    self->batch.reward[i] =
        reward_scale_reward(&self->progress.scale, replay_costs(&self->replay, slot)[at]);
    environment_look(environment, 0, self->batch.last[i] ? at : at + 1,
                     self->batch.next + i * environment->width);
}

void bellman_draw(off_policy_t *self, rng_t *rng)
{
    const size_t held = replay_held(&self->replay, (uint64_t)self->progress.episodes);
    for (size_t i = 0; i < MINIBATCH; i++) {
        const size_t slot = rng_below(rng, held);
        bellman_rebuild(self, i, slot, rng_below(rng, self->environment.layers));
    }
}

static real_t *bellman_critic_of(const off_policy_t *self, real_t *vector, size_t critic)
{
    return vector + self->actor_size + critic * self->critic_size;
}

void bellman_values(off_policy_t *self, bool targets, const real_t *seen, const real_t *actions)
{
    const size_t width = self->environment.width;
    const size_t axes = self->environment.axes;
    /* A critic sees state and action side by side. */
    for (size_t i = 0; i < MINIBATCH; i++) {
        real_t *row = self->batch.joined + i * (width + axes);
        memcpy(row, seen + i * width, width * sizeof *row);
        memcpy(row + width, actions + i * axes, axes * sizeof *row);
    }
    for (size_t c = 0; c < self->method->critics; c++)
        memcpy(self->batch.value[c],
               mlp_forward(self->critics[c],
                           bellman_critic_of(self, targets ? self->targets : self->parameters, c),
                           MINIBATCH, self->batch.joined),
               MINIBATCH * sizeof(real_t));
}

static size_t bellman_least_critic(const off_policy_t *self, size_t i)
{
    return self->method->critics > 1 && self->batch.value[1][i] < self->batch.value[0][i];
}

void bellman_goals(off_policy_t *self, const double *bonus)
{
    for (size_t i = 0; i < MINIBATCH; i++) {
        const double next =
            (double)self->batch.value[bellman_least_critic(self, i)][i] - (bonus ? bonus[i] : 0);
        /* Bellman's equation: the reward, and what the least target critic promises of the next
           step. */
        self->batch.goal[i] =
            self->batch.reward[i] + (self->batch.last[i] ? 0 : self->method->discount * next);
    }
}

void bellman_learn_critics(off_policy_t *self)
{
    real_t *gradient = self->gradient + self->actor_size;
    const size_t n = self->size - self->actor_size;
    bellman_values(self, false, self->batch.seen, self->batch.action);
    memset(gradient, 0, n * sizeof *gradient);
    for (size_t c = 0; c < self->method->critics; c++) {
        /* The derivative of the mean squared error. */
        for (size_t i = 0; i < MINIBATCH; i++)
            self->batch.d_value[i] =
                (real_t)(2.0 / MINIBATCH * ((double)self->batch.value[c][i] - self->batch.goal[i]));
        mlp_backward(self->critics[c], bellman_critic_of(self, self->parameters, c),
                     self->batch.d_value, bellman_critic_of(self, self->gradient, c), NULL);
    }
    self->norm = fmax(self->norm, mlp_clip(n, (real_t)INFINITY, gradient));
    adam_step(&self->critic_adam, (real_t)self->method->rate, gradient,
              self->parameters + self->actor_size);
}

/* A row's derivative passes through the critic that is the least there: each critic goes back over
   its own rows. */
void bellman_to_actions(off_policy_t *self, bool all)
{
    const size_t axes = self->environment.axes;
    const size_t wide = self->environment.width + axes;
    /* The loss is minus the mean value, so that a step down it goes up the critic. */
    real_t *kept = self->batch.d_outputs; /* (B, A) of the critics before */
    memset(kept, 0, MINIBATCH * axes * sizeof *kept);
    for (size_t c = 0; c < (all ? self->method->critics : 1); c++) {
        for (size_t i = 0; i < MINIBATCH; i++)
            self->batch.d_value[i] =
                !all || bellman_least_critic(self, i) == c ? (real_t)(-1.0 / MINIBATCH) : 0;
        mlp_backward(self->critics[c], bellman_critic_of(self, self->parameters, c),
                     self->batch.d_value, NULL, self->batch.d_joined);
        for (size_t i = 0; i < MINIBATCH * axes; i++)
            kept[i] += self->batch.d_joined[i / axes * wide + self->environment.width + i % axes];
    }
    for (size_t i = 0; i < MINIBATCH * axes; i++)
        self->batch.d_joined[i / axes * wide + self->environment.width + i % axes] = kept[i];
}

void bellman_step_actor(off_policy_t *self)
{
    memset(self->gradient, 0, self->actor_size * sizeof *self->gradient);
    mlp_backward(self->actor, self->parameters, self->batch.d_outputs, self->gradient, NULL);
    adam_step(&self->actor_adam, (real_t)self->method->actor_rate, self->gradient,
              self->parameters);
}

void bellman_follow(off_policy_t *self)
{
    mlp_follow(self->size, self->method->follow, self->parameters, self->targets);
}

/* ---- a deterministic actor ------------------------------------------------------------------- */

static double bellman_bounded(double value, double most)
{
    return fmax(-most, fmin(most, value));
}

/* The target actor's next action, with clipped noise (TD3's smoothing; twice the deviation and a
   half is the clip). */
static void bellman_imagine_next(off_policy_t *self, rng_t *rng, double smoothing)
{
    const size_t axes = self->environment.axes;
    const real_t *outputs = mlp_forward(self->actor, self->targets, MINIBATCH, self->batch.next);
    for (size_t i = 0; i < MINIBATCH * axes; i++) {
        const double noise =
            smoothing > 0 ? bellman_bounded(smoothing * rng_normal(rng), 2.5 * smoothing) : 0;
        self->batch.imagined[i] = (real_t)bellman_bounded(tanh((double)outputs[i]) + noise, 1);
    }
}

static void bellman_climb(off_policy_t *self)
{
    const size_t axes = self->environment.axes;
    const size_t wide = self->environment.width + axes;
    const real_t *outputs = mlp_forward(self->actor, self->parameters, MINIBATCH, self->batch.seen);
    for (size_t i = 0; i < MINIBATCH * axes; i++)
        self->batch.imagined[i] = (real_t)tanh((double)outputs[i]);
    /* Forward through actor and critic, then back through both: tanh' = 1 - tanh^2. */
    bellman_values(self, false, self->batch.seen, self->batch.imagined);
    bellman_to_actions(self, false);
    for (size_t i = 0; i < MINIBATCH * axes; i++) {
        const real_t action = self->batch.imagined[i];
        self->batch.d_outputs[i] =
            (1 - action * action) *
            self->batch.d_joined[i / axes * wide + self->environment.width + i % axes];
    }
    bellman_step_actor(self);
}

void deterministic_learn(off_policy_t *self, rng_t *rng, double smoothing, uint64_t delay)
{
    bellman_imagine_next(self, rng, smoothing);
    bellman_values(self, true, self->batch.next, self->batch.imagined);
    bellman_goals(self, NULL);
    bellman_learn_critics(self);
    /* The actor moves on every delay-th step only, when the critics have settled a little. */
    if (self->critic_adam.steps % delay) return;
    bellman_climb(self);
    bellman_follow(self);
}
