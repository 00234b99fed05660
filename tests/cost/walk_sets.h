/* Sets of small numbers, and what a MAC uses. */
#ifndef TESTS_COST_WALK_SETS_H
#define TESTS_COST_WALK_SETS_H

#include "walk_steps.h"

#include <stdlib.h>

/* A member is in the list `members`, and its mark has the number of the round since the set was
   last emptied. */
typedef struct {
    int64_t n;
    int64_t *members;
    int64_t *marks;
    int64_t round;
} set_t;

static inline set_t set_open(int64_t limit)
{
    set_t set = {.members = calloc((size_t)limit, sizeof *set.members),
                 .marks = calloc((size_t)limit, sizeof *set.marks),
                 .round = 1};
    if (set.members == NULL || set.marks == NULL) abort();
    return set;
}

static inline void set_close(set_t *set)
{
    free(set->members);
    free(set->marks);
}

static inline void set_empty(set_t *set)
{
    set->n = 0;
    set->round++;
}

static inline bool set_has(const set_t *set, int64_t member)
{
    return set->marks[member] == set->round;
}

/* Whether it was not in it before. */
static inline bool set_add(set_t *set, int64_t member)
{
    if (set_has(set, member)) return false;
    set->marks[member] = set->round;
    set->members[set->n++] = member;
    return true;
}

/* ---- MACs and their elements: section 1 --------------------------------------------------------
 */

typedef struct {
    const confx_layer_t *layer;
    int64_t extent[CONFX_DIM_COUNT];    /* of its MACs */
    confx_dim_t order[CONFX_DIM_COUNT]; /* of a MAC's indices, in which the witness is the first */
    int64_t macs_n, elements_n[CONFX_TENSORS]; /* numbers are below these */
    int64_t outputs_n;
} space_t;

space_t space_of(const confx_layer_t *layer, const int64_t extent[CONFX_DIM_COUNT]);

/* The number of a MAC in that order, and the MAC of a number. */
int64_t space_number(const space_t *space, const int64_t mac[CONFX_DIM_COUNT]);
void space_mac(const space_t *space, int64_t number, int64_t mac[CONFX_DIM_COUNT]);

/* The number of the element of a tensor that it uses. */
int64_t space_element(const space_t *space, confx_tensor_t tensor,
                      const int64_t mac[CONFX_DIM_COUNT]);

/* The MACs of a place that is not idle: the first one, and the next one or false. */
void space_first(const place_t *place, int64_t mac[CONFX_DIM_COUNT]);
bool space_next(const space_t *space, const place_t *place, int64_t mac[CONFX_DIM_COUNT]);

#endif
