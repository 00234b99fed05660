/* Advantage actor-critic, the synchronous A2C of Mnih et al. 2016 ("Asynchronous methods for deep
   reinforcement learning"): one step of RMSProp per update down the gradient of all its decisions.
   RMSProp is Adam without a first moment. */
#include "search/agents/on_policy.h"

static double a2c_weight(double advantage, double log_ratio)
{
    (void)log_ratio;
    return advantage;
}

static double a2c_improve(on_policy_t *self)
{
    on_policy_gradient(self);
    return on_policy_step(self);
}

static const on_policy_method_t a2c = {.blocks = 1,
                                       .episodes = 5,
                                       .discount = 0.99,
                                       .lambda = 1,
                                       .entropy_weight = 0.01,
                                       .value_weight = 0.5,
                                       .rate =
                                           0.01, /* its users know 7e-4, for far more decisions */
                                       .clip = (real_t)0.5,
                                       .beta1 = 0,
                                       .beta2 = (real_t)0.99,
                                       .epsilon = (real_t)1e-5,
                                       .prior = true,
                                       .weight = a2c_weight,
                                       .improve = a2c_improve};

static search_layout_t a2c_plan(const search_setup_t *setup)
{
    return on_policy_plan(setup, &a2c);
}

static confx_status_t a2c_open_state(const search_setup_t *setup, search_layout_t *layout,
                                     void **state)
{
    return on_policy_open(setup, &a2c, layout, state);
}

const search_kind_t search_a2c = {ON_POLICY_KIND(a2c_plan, a2c_open_state)};
