/* Assignments drawn at random over the levels, moved to neighbours, and brought within the limits:
   what algorithms share that work on assignments rather than a policy. Needs are open to all of
   them. An assignment is uint16_t[L][A], indices into the ranges (space.h). All of its actions are
   legal here, and are afterwards. */
#ifndef SEARCH_MOVES_H
#define SEARCH_MOVES_H

#include "confx/problem.h"
#include "confx/rng.h"

void moves_copy(const problem_t *problem, uint16_t *to, const uint16_t *from);
static inline size_t moves_axes(const problem_t *problem)
{
    return space_axes(problem_space(problem));
}

/* Each layer's canonical action: assignments that mean the same are the same then. */
void moves_canonical(const problem_t *problem, uint16_t *assignment);
/* What an assignment needs, as one number. */
double moves_weight(problem_t *problem, const uint16_t *assignment);

/* A random axis that is not the first, where there is one. */
size_t moves_other_axis(const space_t *space, rng_t *rng);

/* The choice that needs the most of those that fit when all layers take it, the last of equals.
   False: none fits. */
bool moves_widest(problem_t *problem, uint64_t *choice);
/* One of the choices that half of the layers can take together, another one at each turn, spread
   over them. False: there is none. */
bool moves_uniform(problem_t *problem, uint64_t turn, uint64_t *choice);
/* The choice for as many layers as fit, from a random one on; the others take their least. */
void moves_spread(problem_t *problem, rng_t *rng, uint64_t choice, uint16_t *assignment);
/* Where limits must be sampled, and none of them is on hardware: the widest choice in all layers,
   as what one pays for by area or power is what latency is had by, so that nothing else is as
   likely to keep the limit without any sample; then so many changes (moves_change), and into the
   limits again. False: there are no such limits, or no choice fits when all layers take it. */
bool moves_aimed(problem_t *problem, rng_t *rng, size_t changes, uint16_t *assignment);
need_t moves_uniform_needs(problem_t *problem,
                           uint64_t point); /* of a point that all layers take */

/* Into the limits by what is known before any sample: layers go down a level of an axis at a time,
   with chance 1/2 random ones, otherwise those first that take the most of what is exceeded. Limits
   are exceeded still only where no such step, nor the least that each layer can do with, is within
   them. */
void moves_reduce(problem_t *problem, rng_t *rng, uint16_t *assignment);

/* An assignment drawn at random over the levels, each layer evenly from its legal choices, and then
   reduced into the limits; in one draw of four random layers first take the least there is. */
void moves_random(problem_t *problem, rng_t *rng, uint16_t *assignment);
/* One axis of one layer to another level of it: to a neighbouring one with chance `near`, where the
   axis has an order, else to any. Where that is illegal the layer takes any legal choice, found
   within a few tries, else it stays as it is. */
void moves_change(problem_t *problem, rng_t *rng, double near, uint16_t *assignment, size_t layer);
/* Is the action of the layer legal? */
bool moves_is_legal(problem_t *problem, const uint16_t *assignment, size_t layer);
/* Such changes of random layers, and then into the limits: drawn again until it is another
   assignment within them, at last the same. scratch: another assignment. */
typedef struct {
    double near; /* as of moves_change */
    double more; /* chance of another change after each one */
} moves_way_t;
void moves_neighbour(problem_t *problem, rng_t *rng, const moves_way_t *way, uint16_t *assignment,
                     uint16_t *scratch);

#endif
