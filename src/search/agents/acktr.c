/* ACKTR: Wu et al. 2017 ("Scalable trust-region method for deep reinforcement learning using
   Kronecker-factored approximation"), with K-FAC (Martens and Grosse 2015). The gradient is A2C's;
   the step is the natural one, its length held so that the policy changes by at most a trust
   region's worth (equation in section 3.3):

       eta = min(rate, sqrt(2 radius / (step . F step))),  F step = gradient where step = F^-1
                                                           gradient

   The Fisher information of the policy is taken under actions drawn from it, that of the value
   function as of a Gaussian of deviation 1 about it. */
#include "confx/kfac.h"
#include "confx/rng.h"
#include "confx/try.h"
#include "search/agents/on_policy.h"
#include "search/common/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double decay = 0.95, damping = 0.01, radius = 0.001, momentum = 0.9;

typedef struct {
    kfac_t *actor, *critic;
    real_t *natural, *velocity; /* (size) */
} acktr_t;

static void acktr_close_extra(on_policy_t *self)
{
    acktr_t *extra = self->extra;
    if (!extra) return;
    kfac_close(extra->actor);
    kfac_close(extra->critic);
    free(extra->natural);
    free(extra->velocity);
    free(extra);
}

static confx_status_t acktr_open_extra(on_policy_t *self)
{
    acktr_t *extra = self->extra = calloc(1, sizeof *extra);
    if (!extra) return status_fail(CONFX_STATUS_MEMORY, "no memory for ACKTR");
    extra->natural = calloc(self->size, sizeof(real_t));
    extra->velocity = calloc(self->size, sizeof(real_t));
    if (!extra->natural || !extra->velocity)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for ACKTR");
    TRY(kfac_open(self->actor, decay, damping, &extra->actor));
    return kfac_open(self->critic, decay, damping, &extra->critic);
}

/* Derivatives of log pi(drawn) and of the Gaussian's log likelihood, for the rows of the pass under
   way. */
static void acktr_draw(on_policy_t *self)
{
    rng_t rng = rng_begin(self->setup.job->search.seed, RNG_NOISE, on_policy_update(self), 0,
                          self->pass.rows[0]);
    for (size_t i = 0; i < self->pass.n; i++) {
        const size_t at = i * self->logits;
        uint16_t drawn[SPACE_AXES];
        size_t first = 0;
        for (size_t axis = 0; axis < self->heads.heads; axis++) {
            const size_t levels = self->heads.levels[axis];
            /* Drawn anew and not the actions taken: the Fisher information is an expectation under
               the model itself. */
            drawn[axis] =
                categorical_draw(levels, self->pass.probability + at + first, rng_uniform(&rng));
            first += levels;
        }
        categorical_backward(&self->heads, self->pass.probability + at, self->pass.logits + at,
                             drawn, 1, 0, self->pass.d_logits + at);
        self->pass.d_values[i] = (real_t)rng_normal(&rng);
    }
}

static void acktr_learn_fisher(on_policy_t *self)
{
    acktr_t *extra = self->extra;
    for (size_t from = 0; from < self->decisions; from += self->chunk) {
        const size_t left = self->decisions - from;
        on_policy_forward(self, self->shuffled + from, left < self->chunk ? left : self->chunk);
        acktr_draw(self);
        mlp_backward(self->actor, self->parameters, self->pass.d_logits, NULL, NULL);
        mlp_backward(self->critic, self->parameters + self->actor_size, self->pass.d_values, NULL,
                     NULL);
        kfac_add(extra->actor, self->actor);
        kfac_add(extra->critic, self->critic);
    }
    kfac_fold(extra->actor);
    kfac_fold(extra->critic);
}

static double acktr_improve(on_policy_t *self)
{
    acktr_t *extra = self->extra;
    acktr_learn_fisher(self);
    on_policy_gradient(self);
    const double norm = mlp_clip(self->size, self->method->clip, self->gradient);
    kfac_natural(extra->actor, self->gradient, extra->natural);
    kfac_natural(extra->critic, self->gradient + self->actor_size,
                 extra->natural + self->actor_size);
    double length = 0;
    for (size_t i = 0; i < self->size; i++)
        length += (double)extra->natural[i] * (double)self->gradient[i];
    /* The trust region: by a step eta along the natural gradient the policy's divergence grows by
       about eta^2 length / 2, which is to be at most the radius. */
    const double eta = fmin(on_policy_rate(self), sqrt(2 * radius / fmax(length, 1e-30)));
    for (size_t i = 0; i < self->size; i++) {
        extra->velocity[i] =
            (real_t)(momentum * (double)extra->velocity[i] + eta * (double)extra->natural[i]);
        self->parameters[i] -= extra->velocity[i];
    }
    memset(self->gradient, 0, self->size * sizeof(real_t));
    return norm;
}

static size_t acktr_arrays(on_policy_t *self, array_t *out)
{
    acktr_t *extra = self->extra;
    const array_type_t real = sizeof(real_t) == 4 ? ARRAY_F32 : ARRAY_F64;
    size_t n;
    real_t *averages = kfac_averages(extra->actor, &n);
    out[0] = (array_t){"/policy/fisher_actor", real, 1, {n}, averages, NULL};
    averages = kfac_averages(extra->critic, &n);
    out[1] = (array_t){"/policy/fisher_critic", real, 1, {n}, averages, NULL};
    out[2] = (array_t){"/policy/velocity", real, 1, {self->size}, extra->velocity, NULL};
    return 3;
}

static const char *acktr_check(const on_policy_t *self)
{
    const acktr_t *extra = self->extra;
    size_t n;
    const real_t *averages = kfac_averages(extra->actor, &n);
    if (!sound_reals(averages, n)) return "/policy/fisher_actor";
    averages = kfac_averages(extra->critic, &n);
    if (!sound_reals(averages, n)) return "/policy/fisher_critic";
    return sound_reals(extra->velocity, self->size) ? NULL : "/policy/velocity";
}

static double acktr_weight(double advantage, double log_ratio)
{
    (void)log_ratio;
    return advantage;
}

static const on_policy_method_t acktr = {.blocks = 1,
                                         .episodes = 5,
                                         .discount = 0.99,
                                         .lambda = 1,
                                         .entropy_weight = 0.01,
                                         .value_weight = 0.25,
                                         .rate = 0.25,
                                         .rate_falls = true,
                                         .clip = (real_t)0.5,
                                         .beta1 = (real_t)0.9,
                                         .beta2 = (real_t)0.999,
                                         .epsilon = (real_t)1e-5,
                                         .prior = true,
                                         .weight = acktr_weight,
                                         .improve = acktr_improve,
                                         .open = acktr_open_extra,
                                         .close = acktr_close_extra,
                                         .arrays = acktr_arrays,
                                         .check = acktr_check};

static search_layout_t acktr_plan(const search_setup_t *setup)
{
    return on_policy_plan(setup, &acktr);
}

static confx_status_t acktr_open_state(const search_setup_t *setup, search_layout_t *layout,
                                       void **state)
{
    return on_policy_open(setup, &acktr, layout, state);
}

const search_kind_t search_acktr = {ON_POLICY_KIND(acktr_plan, acktr_open_state)};
