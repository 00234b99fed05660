/* What a policy is shown before it decides a layer: the layer, the progress, the levels of the
   step before. */
#ifndef SEARCH_OBSERVE_H
#define SEARCH_OBSERVE_H

#include "confx/policy.h"
#include "confx/problem.h"

/* What a policy is shown: features of a layer (L, features), filled once, and the width of its view
   of the progress. */
typedef struct {
    size_t features, progress;
    void (*fill)(const problem_t *problem, real_t *features);
} observation_t;

extern const observation_t observation_paper, observation_default;

/* The step that decides `layer`. */
typedef struct {
    size_t layer, step;
    uint16_t previous[SPACE_AXES]; /* levels of the step before; unused at the first */
    need_t room, reserved; /* what is left; least need of the layers to come, this one included */
} decision_t;

/* Who looks: features (L, sense->features), as the sense has filled them. */
typedef struct {
    const observation_t *sense;
    const real_t *features;
    size_t steps, axes;   /* L, A */
    const size_t *levels; /* (A) */
} observer_t;
/* One row of the inputs (I). */
void observe_as(const observer_t *view, const decision_t *decision, real_t *inputs);

#endif
