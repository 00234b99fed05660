/* The states of one map over one tile (src/cost/README.md, section 4). */
#include "cost/engine/iteration_states.h"

#include <assert.h>

static void iteration_states_add(states_t *states, phase_t phase, bool edge, bool partial,
                                 int64_t occurrences)
{
    assert(states->n < PHASES);
    states->state[states->n++] =
        (state_t){.phase = phase, .edge = edge, .partial = partial, .occurrences = occurrences};
}

static void iteration_states_temporal(const map_t *map, int64_t dim, states_t *states)
{
    /* The division rounds towards zero, also where the tile is smaller than the map: then `steps`
       is 0 or negative, and the conditions below leave the first state alone. */
    const int64_t steps = (dim - map->size) / map->offset;
    states->unrolled = dim <= map->size;
    iteration_states_add(states, PHASE_INIT, dim < map->size, false, 1);
    if (map->size < dim && steps > 0)
        iteration_states_add(states, PHASE_STEADY, false, false, steps);
    /* `steps` full steps behind the first leave a rest that only a smaller step covers. */
    if (dim >= map->size && steps * map->offset + map->size < dim)
        iteration_states_add(states, PHASE_EDGE, true, false, 1);
}

/* Whether the last sub-cluster with work in a round of `rest` elements is not full. */
static bool iteration_states_last_is_partial(const map_t *map, int64_t rest)
{
    /* `active` sub-clusters get a full tile, or the only one what there is. The question is whether
       elements are left behind the last of these. */
    const int64_t active = rest < map->size ? 1 : (rest - map->size) / map->offset + 1;
    return (active - 1) * map->offset + map->size < rest;
}

static void iteration_states_spatial(const map_t *map, int64_t width, int64_t dim, states_t *states)
{
    /* All sub-clusters side by side cover that much at once. If the tile has less, there is one
       state, which is an edge and always counts as partial. */
    const int64_t covered = map->size + map->offset * (width - 1);
    states->unrolled = dim <= covered;
    iteration_states_add(states, PHASE_INIT, dim < covered, dim < covered, 1);
    if (dim <= covered) return;
    /* A round moves the whole array on by `round` elements. Rounds behind the first one that are
       full are steady; what is left over then is done by some of the sub-clusters. */
    const int64_t rounds = ((dim - map->size) / map->offset + 1) / width - 1;
    const int64_t round = map->offset * width;
    if (rounds > 0) iteration_states_add(states, PHASE_STEADY, false, false, rounds);
    if (rounds * round + covered != dim && (rounds + 1) * round + covered > dim)
        iteration_states_add(states, PHASE_EDGE, true,
                             iteration_states_last_is_partial(map, dim - (rounds + 1) * round), 1);
}

void iteration_states_fill(const level_t *level, int map, int64_t dim, states_t *states)
{
    states->n = 0;
    if (level->maps[map].spatial)
        iteration_states_spatial(&level->maps[map], level->width, dim, states);
    else
        iteration_states_temporal(&level->maps[map], dim, states);
}
