#include "cases.h"

static void add(states_t *states, phase_t phase, bool edge, bool partial, int64_t occurrences)
{
    states->state[states->n++] =
        (state_t){.phase = phase, .edge = edge, .partial = partial, .occurrences = occurrences};
}

static void temporal_states(const map_t *map, int64_t dim, states_t *states)
{
    const int64_t steps = (dim - map->size) / map->offset;
    states->unrolled = dim <= map->size;
    add(states, PHASE_INIT, dim < map->size, false, 1);
    if (map->size < dim && steps > 0) add(states, PHASE_STEADY, false, false, steps);
    if (dim >= map->size && steps * map->offset + map->size < dim) add(states, PHASE_EDGE, true, false, 1);
}

/* Whether the last sub-cluster with work in a round of `rest` elements is not full. */
static bool last_is_partial(const map_t *map, int64_t rest)
{
    const int64_t active = rest < map->size ? 1 : (rest - map->size) / map->offset + 1;
    return (active - 1) * map->offset + map->size < rest;
}

static void spatial_states(const map_t *map, int64_t width, int64_t dim, states_t *states)
{
    const int64_t covered = map->size + map->offset * (width - 1);
    states->unrolled = dim <= covered;
    add(states, PHASE_INIT, dim < covered, dim < covered, 1);
    if (dim <= covered) return;
    const int64_t rounds = ((dim - map->size) / map->offset + 1) / width - 1;
    const int64_t round = map->offset * width;
    if (rounds > 0) add(states, PHASE_STEADY, false, false, rounds);
    if (rounds * round + covered != dim && (rounds + 1) * round + covered > dim)
        add(states, PHASE_EDGE, true, last_is_partial(map, dim - (rounds + 1) * round), 1);
}

void states_fill(const level_t *level, int map, int64_t dim, states_t *states)
{
    states->n = 0;
    if (level->maps[map].spatial)
        spatial_states(&level->maps[map], level->width, dim, states);
    else
        temporal_states(&level->maps[map], dim, states);
}
