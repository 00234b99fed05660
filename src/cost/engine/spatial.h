/* The spatial maps of a level taken together (src/cost/README.md, section 5). */
#ifndef COST_SPATIAL_H
#define COST_SPATIAL_H

#include "cost/engine/volume.h"

/* Fill *spatial from the states of the one or two spatial maps (the second state is
   unused when there is one); `moved` only when maps move at all. */
void spatial_fill(const level_t *level, const state_t *outer, const state_t *inner, bool moving,
                  spatial_t *spatial);

#endif
