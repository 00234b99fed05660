/* The search as an environment of reinforcement learning, for the methods that learn from single decisions: an episode
   decides the layers in the network's order, a step decides one. What is seen before a step is what the preset
   `default` shows its policy (observe.c); what a step costs is that layer's cost where the league reveals it, else
   nothing until the last step, which costs the total.

   Over the budget: the paper ends an episode there. All methods get the mask of needs.h instead, as the preset
   `default` does, so that every sample is feasible; the paper's rule was not tried for them. What is known to be
   invalid is not masked: these methods remember nothing but what they have learned. */
#ifndef SEARCH_WALK_H
#define SEARCH_WALK_H

#include "search/common/feasibility.h"
#include "search/common/observe.h"

typedef struct {
    problem_t *problem;
    needs_t needs;
    real_t *features;        /* (L, features) */
    size_t layers, width;    /* L; I: what is seen before a step */
    double *used, *reserved; /* (E) need spent; least need of the layers to come */
    uint16_t *previous;      /* (E, HEADS) levels of the step before */
} walk_t;

confx_status_t walk_open(problem_t *problem, size_t episodes, walk_t *walk);
void walk_close(walk_t *walk);

void walk_begin(walk_t *walk, size_t episode);
void walk_look(const walk_t *walk, size_t episode, size_t step, real_t *inputs); /* (I) */

/* allowed and prior (A) of a head; that of the buffer given the PE level. At least one is allowed. */
void walk_allow(const walk_t *walk, size_t episode, size_t step, size_t head, size_t pe, uint8_t *allowed);
const real_t *walk_prior(const walk_t *walk, size_t step, size_t head, size_t pe);

void walk_spend(walk_t *walk, size_t episode, size_t step, const uint16_t levels[HEADS]);

/* Between levels and the integers of a batch. */
void walk_put(const walk_t *walk, batch_t *batch, size_t episode, size_t step, const uint16_t levels[HEADS]);
void walk_get(const walk_t *walk, const batch_t *batch, size_t episode, size_t step, uint16_t levels[HEADS]);

/* ---- rewards ----------------------------------------------------------------------------------------------------- */

/* The reward of a step is its negated cost over a running scale: the deviation of the totals so far, as users of these
   methods normalise returns. Doubles only: it goes into checkpoints as it is. */
typedef struct {
    double n, mean, squares; /* of valid totals (Welford) */
    double worst;            /* largest cost of a step so far: what an invalid one costs */
} gauge_t;

/* costs (L) of an episode's steps; NaN where invalid. Takes note of them. */
void gauge_hear(gauge_t *gauge, const batch_t *batch, size_t episode, double *costs);
double gauge_reward(const gauge_t *gauge, double cost);
bool gauge_is_sound(const gauge_t *gauge); /* one that was read from a checkpoint */

#endif
