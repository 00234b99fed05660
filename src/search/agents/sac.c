/* Soft actor-critic: Haarnoja et al. 2018 ("Soft actor-critic algorithms and applications"),
   algorithm 1, with the temperature learned towards an entropy of -1 per axis. */
#include "search/agents/off_policy.h"

#include <math.h>
#include <string.h>

static void sac_explore(size_t axes, const real_t *outputs, rng_t *rng, double *wander,
                        real_t *action)
{
    real_t noise[SPACE_AXES];
    (void)wander;
    for (size_t axis = 0; axis < axes; axis++) noise[axis] = (real_t)rng_normal(rng);
    (void)gaussian_act(axes, outputs, noise, action);
}

/* Actions of the policy as it is, and the logarithms of their densities. */
static void sac_imagine(off_policy_t *self, rng_t *rng, const real_t *seen)
{
    const size_t axes = self->environment.axes;
    const size_t width = self->method->outputs * axes;
    memcpy(self->batch.outputs, mlp_forward(self->actor, self->parameters, MINIBATCH, seen),
           MINIBATCH * width * sizeof(real_t));
    for (size_t i = 0; i < MINIBATCH * axes; i++) self->batch.noise[i] = (real_t)rng_normal(rng);
    for (size_t i = 0; i < MINIBATCH; i++)
        self->batch.log[i] =
            gaussian_act(axes, self->batch.outputs + i * width, self->batch.noise + i * axes,
                         self->batch.imagined + i * axes);
}

static void sac_climb(off_policy_t *self, rng_t *rng, double temperature)
{
    const size_t axes = self->environment.axes;
    const size_t wide = self->environment.width + axes;
    const size_t width = self->method->outputs * axes;
    sac_imagine(self, rng, self->batch.seen);
    bellman_values(self, false, self->batch.seen, self->batch.imagined);
    bellman_to_actions(self, true);
    for (size_t i = 0; i < MINIBATCH; i++)
        gaussian_backward(axes, self->batch.outputs + i * width, self->batch.noise + i * axes,
                          self->batch.imagined + i * axes, (real_t)(temperature / MINIBATCH),
                          self->batch.d_joined + i * wide + self->environment.width,
                          self->batch.d_outputs + i * width);
    bellman_step_actor(self);
}

static void sac_learn_temperature(off_policy_t *self)
{
    /* The temperature rises while the policy has less entropy than is wanted, and falls where it
       has more. */
    const double wanted_entropy = -(double)self->environment.axes;
    double slope = 0;
    for (size_t i = 0; i < MINIBATCH; i++)
        slope -= (self->batch.log[i] + wanted_entropy) / MINIBATCH;
    const real_t gradient = (real_t)slope;
    adam_step(&self->temperature_adam, (real_t)self->method->rate, &gradient, self->temperature);
}

static void sac_learn(off_policy_t *self, rng_t *rng)
{
    const double temperature = exp((double)self->temperature[0]);
    sac_imagine(self, rng, self->batch.next);
    bellman_values(self, true, self->batch.next, self->batch.imagined);
    /* Goals are those of a value that has the entropy of the next step in it. */
    for (size_t i = 0; i < MINIBATCH; i++) self->batch.log[i] *= temperature;
    bellman_goals(self, self->batch.log);
    bellman_learn_critics(self);
    sac_climb(self, rng, temperature);
    sac_learn_temperature(self);
    bellman_follow(self);
}

static const off_policy_method_t sac = {.blocks = 1,
                                        .episodes = 4,
                                        .critics = 2,
                                        .outputs = 2,
                                        .discount = 0.99,
                                        .rate = 1e-3,
                                        .actor_rate = 1e-3,
                                        .follow = (real_t)0.005,
                                        .warm = 100,
                                        .steps = 13,
                                        .prior = true,
                                        .explore = sac_explore,
                                        .learn = sac_learn};

static search_layout_t sac_plan(const search_setup_t *setup)
{
    return off_policy_plan(setup, &sac);
}

static confx_status_t sac_open_state(const search_setup_t *setup, search_layout_t *layout,
                                     void **state)
{
    return off_policy_open(setup, &sac, layout, state);
}

const search_kind_t search_sac = {OFF_POLICY_KIND(sac_plan, sac_open_state)};
