#include "confx/try.h"
#include "search/common/scored_parts.h"

#include <assert.h>
#include <math.h>
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
    const size_t distinct = problem_distinct(self->problem);
    self->keys = malloc(self->most * sizeof *self->keys);
    self->table = calloc(self->mask + 1, sizeof *self->table);
    self->order = malloc(distinct * problem_points(self->problem) * sizeof *self->order);
    self->least = calloc(distinct, sizeof *self->least);
    self->at = calloc(self->layers, sizeof *self->at);
    self->points = calloc(self->layers, sizeof *self->points);
    self->sum = calloc(self->layers + 1, sizeof *self->sum);
    self->rest = calloc(self->layers + 1, sizeof *self->rest);
    self->scratch = calloc(2 * self->layers, sizeof *self->scratch);
    if (self->keys && self->table && self->order && self->least && self->at && self->points &&
        self->sum && self->rest && self->scratch)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory to tell %zu assignments from others",
                       self->most);
}

confx_status_t scored_open(problem_t *problem, uint64_t samples, scored_t **out)
{
    scored_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for the assignments scored");
    self->problem = problem;
    self->layers = problem_layers(problem);
    self->most = samples < SCORED_MOST ? (size_t)samples + 2 : SCORED_MOST;
    self->mask = scored_places(self->most) - 1;
    self->walked = -1;
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
    void *const owned[] = {self->keys, self->table, self->order,   self->least,  self->at,
                           self->sum,  self->rest,  self->scratch, self->points, self};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which each bit of the input
   reaches all. */
static uint64_t scored_mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

/* Never 0, which is a free place of the table. */
uint64_t scored_key(const scored_t *self, const uint16_t *pes, const uint16_t *buffer)
{
    for (size_t layer = 0; layer < self->layers; layer++)
        self->points[layer] = problem_point(self->problem, pes[layer], buffer[layer]);
    return space_key(problem_space(self->problem), self->layers, self->points);
}

/* ---- the set --------------------------------------------------------------------------------- */

/* Where the key is, or where it would go. */
static size_t scored_place(const scored_t *self, uint64_t key)
{
    size_t place = (size_t)scored_mix(key) & self->mask;
    while (self->table[place] && self->table[place] != key) place = (place + 1) & self->mask;
    return place;
}

bool scored_holds(const scored_t *self, uint64_t key)
{
    return self->table[scored_place(self, key)] == key;
}

bool scored_has(const scored_t *self, const uint16_t *pes, const uint16_t *buffer)
{
    return scored_holds(self, scored_key(self, pes, buffer));
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
