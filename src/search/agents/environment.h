/* The search as an environment of reinforcement learning, for the methods that learn from single
   decisions: an episode decides the layers in the network's order, a step decides one. What is seen
   before a step is what the preset `default` shows its policy (observe.c); what a step costs is
   that layer's cost where the feedback reveals it, else nothing until the last step, which costs
   the total.

   Over the budget: the paper ends an episode there. All methods get the mask of feasibility.h
   instead, as the preset `default` does, so that every sample is feasible; the paper's rule was not
   tried for them. What is known to be invalid is not masked: these methods remember nothing but
   what they have learned. */
#ifndef SEARCH_ENVIRONMENT_H
#define SEARCH_ENVIRONMENT_H

#include "confx/batch.h"
#include "search/common/feasibility.h"
#include "search/common/observe.h"

typedef struct {
    problem_t *problem;
    feasibility_t feasibility;
    real_t *features;           /* (L, features) */
    size_t layers, axes, width; /* L, A; I: what is seen before a step */
    size_t most;                /* levels of the axis that has most */
    need_t *used, *reserved;    /* (E) what was spent; the least of the layers to come */
    uint16_t *previous;         /* (E, A) levels of the step before */
    arena_t arena;
} environment_t;

confx_status_t environment_open(problem_t *problem, size_t episodes, environment_t *environment);
void environment_close(environment_t *environment);

void environment_begin(environment_t *environment, size_t episode);
void environment_look(const environment_t *environment, size_t episode, size_t step,
                      real_t *inputs); /* (I) */

/* The decision on an axis at a step, behind these levels of the axes before it. */
static inline branch_t environment_branch(const environment_t *environment, size_t step,
                                          size_t axis, const uint16_t *prefix)
{
    return (branch_t){problem_distinct_of(environment->problem, step), axis, prefix};
}

/* allowed and prior (levels of the branch's axis). At least one level is allowed. */
void environment_allow(const environment_t *environment, size_t episode, const branch_t *branch,
                       uint8_t *allowed);
const real_t *environment_prior(const environment_t *environment, const branch_t *branch);

void environment_spend(environment_t *environment, size_t episode, size_t step,
                       const uint16_t *levels); /* (A) */

/* Between levels (A) and the indices of a batch. */
void environment_put(const environment_t *environment, batch_t *batch, size_t episode, size_t step,
                     const uint16_t *levels);
void environment_get(const environment_t *environment, const batch_t *batch, size_t episode,
                     size_t step, uint16_t *levels);

/* ---- rewards --------------------------------------------------------------------------------- */

/* The reward of a step is its negated cost over a running scale: the deviation of the totals so
   far, as users of these methods normalise returns. Doubles only: it goes into checkpoints as it
   is. */
typedef struct {
    double n, mean, squares; /* of valid totals (Welford) */
    double worst;            /* largest cost of a step so far: what an invalid one costs */
} reward_scale_t;

/* costs (L) of an episode's steps; NaN where invalid. Takes note of them, and of the episode's
   total (terms_penalised). */
void reward_scale_add(reward_scale_t *scale, const batch_t *batch, size_t episode, double total,
                      double *costs);
double reward_scale_reward(const reward_scale_t *scale, double cost);
bool reward_scale_is_sound(const reward_scale_t *scale); /* one that was read from a checkpoint */

#endif
