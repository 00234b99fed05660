/* The search as an environment of reinforcement learning, for the methods that learn from single
   decisions: an episode decides the layers in the network's order, a step decides one. What is seen
   before a step is what the preset `default` shows its policy (observe.c); what a step costs is
   that layer's cost where the feedback reveals it, else nothing until the last step, which costs
   the total.

   Over the budget: the paper ends an episode there. All methods get the mask of needs.h instead, as
   the preset `default` does, so that every sample is feasible; the paper's rule was not tried for
   them. What is known to be invalid is not masked: these methods remember nothing but what they
   have learned. */
#ifndef SEARCH_WALK_H
#define SEARCH_WALK_H

#include "search/common/feasibility.h"
#include "search/common/observe.h"

typedef struct {
    problem_t *problem;
    feasibility_t feasibility;
    real_t *features;        /* (L, features) */
    size_t layers, width;    /* L; I: what is seen before a step */
    double *used, *reserved; /* (E) need spent; least need of the layers to come */
    uint16_t *previous;      /* (E, HEADS) levels of the step before */
} environment_t;

confx_status_t environment_open(problem_t *problem, size_t episodes, environment_t *environment);
void environment_close(environment_t *environment);

void environment_begin(environment_t *environment, size_t episode);
void environment_look(const environment_t *environment, size_t episode, size_t step,
                      real_t *inputs); /* (I) */

/* allowed and prior (A) of a head; that of the buffer given the PE level. At least one is
   allowed. */
void environment_allow(const environment_t *environment, size_t episode, size_t step, size_t head,
                       size_t pe, uint8_t *allowed);
const real_t *environment_prior(const environment_t *environment, size_t step, size_t head,
                                size_t pe);

void environment_spend(environment_t *environment, size_t episode, size_t step,
                       const uint16_t levels[HEADS]);

/* Between levels and the integers of a batch. */
void environment_put(const environment_t *environment, batch_t *batch, size_t episode, size_t step,
                     const uint16_t levels[HEADS]);
void environment_get(const environment_t *environment, const batch_t *batch, size_t episode,
                     size_t step, uint16_t levels[HEADS]);

/* ---- rewards --------------------------------------------------------------------------------- */

/* The reward of a step is its negated cost over a running scale: the deviation of the totals so
   far, as users of these methods normalise returns. Doubles only: it goes into checkpoints as it
   is. */
typedef struct {
    double n, mean, squares; /* of valid totals (Welford) */
    double worst;            /* largest cost of a step so far: what an invalid one costs */
} reward_scale_t;

/* costs (L) of an episode's steps; NaN where invalid. Takes note of them. */
void reward_scale_add(reward_scale_t *gauge, const batch_t *batch, size_t episode, double *costs);
double reward_scale_reward(const reward_scale_t *gauge, double cost);
bool reward_scale_is_sound(const reward_scale_t *gauge); /* one that was read from a checkpoint */

#endif
