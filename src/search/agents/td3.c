/* Twin delayed DDPG: Fujimoto et al. 2018 ("Addressing function approximation error in actor-critic
   methods"), algorithm 1: the lesser of two critics, an actor that learns every second step,
   smoothed target actions (0.2, clipped at 0.5), explored by Gaussian noise of deviation 0.1. */
#include "search/agents/off_policy.h"

#include <math.h>

static void td3_explore(size_t axes, const real_t *outputs, rng_t *rng, double *wander,
                        real_t *action)
{
    (void)wander;
    for (size_t axis = 0; axis < axes; axis++)
        action[axis] =
            (real_t)fmax(-1, fmin(1, tanh((double)outputs[axis]) + 0.1 * rng_normal(rng)));
}

static void td3_learn(off_policy_t *self, rng_t *rng)
{
    deterministic_learn(self, rng, 0.2, 2);
}

static const off_policy_method_t td3 = {.blocks = 1,
                                        .episodes = 4,
                                        .critics = 2,
                                        .outputs = 1,
                                        .discount = 0.99,
                                        .rate = 1e-3,
                                        .actor_rate = 1e-4,
                                        .follow = (real_t)0.005,
                                        .warm = 100,
                                        .steps = 13,
                                        .prior = true,
                                        .explore = td3_explore,
                                        .learn = td3_learn};

static search_layout_t td3_plan(const search_setup_t *setup)
{
    return off_policy_plan(setup, &td3);
}

static confx_status_t td3_open_state(const search_setup_t *setup, search_layout_t *layout,
                                     void **state)
{
    return off_policy_open(setup, &td3, layout, state);
}

const search_kind_t search_td3 = {OFF_POLICY_KIND(td3_plan, td3_open_state)};
