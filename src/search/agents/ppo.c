/* Proximal policy optimisation, Schulman et al. 2017, equation 7, with generalised advantages
   (Schulman et al. 2016): several epochs over the decisions of an update, in minibatches. */
#include "search/agents/ppo.h"

#include "search/agents/on_policy.h"

#include <math.h>
#include <string.h>

enum { EPOCHS = 10, MINIBATCH = 64 };

static const double epsilon = 0.2;

double ppo_weight(double advantage, double log_ratio)
{
    const double ratio = exp(log_ratio);
    /* Where the choice has become better than at sampling by as much as is allowed, or worse, the
       lesser branch is constant and has no gradient. */
    const bool clipped = advantage > 0 ? ratio > 1 + epsilon : ratio < 1 - epsilon;
    return clipped ? 0 : ratio * advantage;
}

static void ppo_shuffle(on_policy_t *self, uint64_t epoch)
{
    rng_t rng =
        rng_begin(self->setup.job->search.seed, RNG_MINIBATCH, on_policy_update(self), epoch, 0);
    for (size_t i = self->decisions; i > 1; i--) {
        const size_t other = rng_below(&rng, i);
        const uint32_t row = self->shuffled[i - 1];
        self->shuffled[i - 1] = self->shuffled[other];
        self->shuffled[other] = row;
    }
}

static double ppo_minibatch(on_policy_t *self, size_t from, size_t n)
{
    double advantage[MINIBATCH];
    for (size_t i = 0; i < n; i++) advantage[i] = self->advantages[self->shuffled[from + i]];
    advantage_standardise(n, advantage);
    on_policy_forward(self, self->shuffled + from, n);
    on_policy_backward(self, advantage, n);
    return on_policy_step(self);
}

static double ppo_improve(on_policy_t *self)
{
    double norm = 0;
    for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
        ppo_shuffle(self, epoch);
        for (size_t from = 0; from < self->decisions; from += MINIBATCH) {
            const size_t left = self->decisions - from;
            norm = fmax(norm, ppo_minibatch(self, from, left < MINIBATCH ? left : MINIBATCH));
        }
    }
    return norm;
}

static const on_policy_method_t ppo = {.blocks = 2,
                                       .episodes = 5,
                                       .discount = 0.99,
                                       .lambda = 0.95,
                                       .entropy_weight = 0,
                                       .value_weight = 0.5,
                                       .rate = 3e-4,
                                       .clip = (real_t)0.5,
                                       .beta1 = (real_t)0.9,
                                       .beta2 = (real_t)0.999,
                                       .epsilon = (real_t)1e-5,
                                       .prior = true,
                                       .weight = ppo_weight,
                                       .improve = ppo_improve};

static search_layout_t ppo_plan(const search_setup_t *setup)
{
    return on_policy_plan(setup, &ppo);
}

static confx_status_t ppo_open_state(const search_setup_t *setup, search_layout_t *layout,
                                     void **state)
{
    return on_policy_open(setup, &ppo, layout, state);
}

const search_kind_t search_ppo = {ON_POLICY_KIND(ppo_plan, ppo_open_state)};
