#include "confx/rng.h"
#include "confx/try.h"
#include "search/common/scored_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* At most half of the table is taken, so that a look-up sees two places on average. */
static size_t scored_places(size_t most)
{
    size_t places = 16;
    while (places < 2 * most) places *= 2;
    return places;
}

static confx_status_t scored_fill(scored_t *self)
{
    const space_t *space = problem_space(self->problem);
    const size_t distinct = problem_distinct(self->problem);
    const uint64_t points = space_points(space), choices = space_choices(space);
    arena_t *arena = &self->arena;
    self->room = points <= SCORED_WALK_MOST    ? (size_t)points
                 : choices <= SCORED_WALK_MOST ? (size_t)choices
                                               : 0;
    ARENA_TAKE(arena, self->keys, self->most);
    ARENA_TAKE(arena, self->table, self->mask + 1);
    ARENA_TAKE(arena, self->order, distinct * self->room);
    ARENA_TAKE(arena, self->least, distinct);
    ARENA_TAKE(arena, self->least_needs, distinct);
    ARENA_TAKE(arena, self->at, self->layers);
    ARENA_TAKE(arena, self->sum, self->layers + 1);
    ARENA_TAKE(arena, self->rest, self->layers + 1);
    ARENA_TAKE(arena, self->scratch, space_cells(space, self->layers));
    return arena_status(arena, "telling %zu assignments from others", self->most);
}

confx_status_t scored_open(problem_t *problem, uint64_t samples, scored_t **out)
{
    scored_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for the assignments scored");
    self->problem = problem;
    self->layers = problem_layers(problem);
    self->most = samples < SCORED_MOST ? (size_t)samples + 2 : SCORED_MOST;
    self->mask = scored_places(self->most) - 1;
    assert(((self->mask + 1) & self->mask) == 0 && self->most <= (self->mask + 1) / 2);
    self->walked = -1;
    self->is_single =
        terms_is_single(problem_terms(problem)) && problem_terms(problem)->constraints_n == 1;
    const confx_status_t status = scored_fill(self);
    if (status.code == CONFX_STATUS_OK)
        *out = self;
    else
        scored_close(self);
    return status;
}

void scored_close(scored_t *self)
{
    if (!self) return;
    arena_close(&self->arena);
    free(self);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Never 0, which is a free place of the table. */
uint64_t scored_key(const scored_t *self, const uint16_t *assignment)
{
    return problem_key(self->problem, assignment);
}

/* ---- the set --------------------------------------------------------------------------------- */

/* Where the key is, or where it would go. */
static size_t scored_place(const scored_t *self, uint64_t key)
{
    size_t place = (size_t)rng_mix(key) & self->mask;
    while (self->table[place] && self->table[place] != key) place = (place + 1) & self->mask;
    return place;
}

static bool scored_holds(const scored_t *self, uint64_t key)
{
    return self->table[scored_place(self, key)] == key;
}

bool scored_has(const scored_t *self, const uint16_t *assignment)
{
    return scored_holds(self, scored_key(self, assignment));
}

/* The older half goes; open addressing cannot take out single keys, so the table is made anew. */
static void scored_forget(scored_t *self)
{
    const size_t left = self->most / 2;
    memmove(self->keys, self->keys + self->n - left, left * sizeof *self->keys);
    memset(self->table, 0, (self->mask + 1) * sizeof *self->table);
    self->n = left;
    for (size_t i = 0; i < left; i++)
        self->table[scored_place(self, self->keys[i])] = self->keys[i];
}

void scored_add(scored_t *self, uint64_t key)
{
    if (scored_holds(self, key)) return;
    if (self->n == self->most) scored_forget(self);
    self->table[scored_place(self, key)] = key;
    self->keys[self->n++] = key;
}

const uint64_t *scored_list(const scored_t *self, size_t *n)
{
    *n = self->n;
    return self->keys;
}

void scored_enter(scored_t *self, const uint64_t *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i]) scored_add(self, keys[i]);
}
