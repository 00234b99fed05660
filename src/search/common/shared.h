/* Axes of the network: what an assignment needs so that all layers have the same value of them. A
   shared axis is one choice, whoever proposes it; every layer has its own axes beside it. All
   constraints that are known before sampling are on maxima here, so that each layer is within them
   by itself, and layers are chosen one by one once the shared values are. */
#ifndef SEARCH_SHARED_H
#define SEARCH_SHARED_H

#include "confx/rng.h"
#include "search/common/cost_view.h"

/* How many there are, the first ones; 0: every layer has all values of its own. What follows is for
   problems that have some. */
static inline size_t shared_axes(const problem_t *problem)
{
    return space_shared(problem_space(problem));
}

/* An axis to change at random: where layers have axes of their own every third one is shared. */
size_t shared_axis(const space_t *space, rng_t *rng);

/* All layers get an action's values of the shared axes, and keep their own. */
void shared_put(const problem_t *problem, const uint16_t *action, uint16_t *assignment);

/* Into the limits: the shared values of the first layer, or where not all layers can have these
   smaller ones, for all layers; and for each layer whose own values do not fit beside them others
   that do, random ones, or without random numbers (NULL) the first. part: whether smaller ones are
   levels. */
void shared_settle(problem_t *problem, rng_t *rng, space_part_t part, uint16_t *assignment);

/* At random over the levels, within the limits. */
void shared_random(problem_t *problem, rng_t *rng, uint16_t *assignment);

/* Can half of the layers have this point, and the others its shared values? */
bool shared_fits_half(problem_t *problem, uint64_t point);

/* Each layer that does not explore takes, beside the shared values that it has, its own choice of
   least cost believed; where nothing is believed of it, it stays as it is. */
void shared_fill(problem_t *problem, const cost_view_t *view, const bool *exploring,
                 uint16_t *assignment);

/* The assignment of least cost by a table of costs, over the shared values that are in it. False:
   there is none. */
bool shared_best(problem_t *problem, const cost_view_t *view, uint16_t *assignment);

#endif
