/* Deep deterministic policy gradient: Lillicrap et al. 2016 ("Continuous control with deep
   reinforcement learning"), algorithm 1, explored by an Ornstein-Uhlenbeck process (theta 0.15;
   sigma 0.1, half the authors') over the decisions of an episode. The critic's weight decay is left
   out, as its users do. */
#include "search/agents/off_policy.h"

#include <math.h>

static void ddpg_explore(size_t axes, const real_t *outputs, rng_t *rng, double *wander,
                         real_t *action)
{
    for (size_t axis = 0; axis < axes; axis++) {
        wander[axis] += -0.15 * wander[axis] + 0.1 * rng_normal(rng);
        action[axis] = (real_t)fmax(-1, fmin(1, tanh((double)outputs[axis]) + wander[axis]));
    }
}

static void ddpg_learn(off_policy_t *self, rng_t *rng)
{
    deterministic_learn(self, rng, 0, 1);
}

static const off_policy_method_t ddpg = {.blocks = 1,
                                         .episodes = 4,
                                         .critics = 1,
                                         .outputs = 1,
                                         .discount = 0.99,
                                         .rate = 1e-3,
                                         .actor_rate = 1e-4,
                                         .follow = (real_t)0.02,
                                         .warm = 100,
                                         .steps = 13,
                                         .prior = true,
                                         .explore = ddpg_explore,
                                         .learn = ddpg_learn};

static search_layout_t ddpg_plan(const search_setup_t *setup)
{
    return off_policy_plan(setup, &ddpg);
}

static confx_status_t ddpg_open_state(const search_setup_t *setup, search_layout_t *layout,
                                      void **state)
{
    return off_policy_open(setup, &ddpg, layout, state);
}

const search_kind_t search_ddpg = {OFF_POLICY_KIND(ddpg_plan, ddpg_open_state)};
