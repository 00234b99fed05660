/* The scored assignments from inside: scored.c (the set), renew.c (what is left beside it). */
#ifndef SEARCH_SCORED_H
#define SEARCH_SCORED_H

#include "confx/arena.h"
#include "confx/scored.h"

/* One action of a kind of layer, and what it needs. */
typedef struct {
    double need;
    uint64_t point;
} scored_option_t;

struct scored {
    problem_t *problem;
    size_t layers;
    /* the set: keys in the order of entering, and a table of them by open addressing, 0: free */
    size_t n, most, mask;
    uint64_t *keys, *table; /* (most), (mask + 1) */
    /* the walk over what fits the budget: a layer's actions by rising need, of the space last
       walked over */
    int walked;             /* the part of the space, -1: none yet */
    size_t room;            /* options of a layer that there is room for: a larger part is not
                               walked over */
    size_t options;         /* of a layer */
    size_t begin, end;      /* those that the walk is within: with the same shared values */
    scored_option_t *order; /* (D, options) */
    size_t *least;          /* (D) the first option that is not known to be invalid; `end`: none */
    need_t *least_needs;    /* (D) least of those options, constraint by constraint */
    size_t *at;             /* (L) the option of each layer */
    need_t *sum;            /* (L + 1) needs of the layers before */
    need_t *rest;           /* (L + 1) least needs of those from here on */
    uint16_t *scratch;      /* (L, A) */
    bool exhausted[2];      /* by part */
    bool is_single;         /* of one limit on a sum an option's need says all */
    arena_t arena;
};

/* Parts with more actions a layer are too large for the walk: there the near ones do not run out
   either. */
enum { SCORED_WALK_MOST = 1 << 20 };

uint64_t scored_key(const scored_t *self, const uint16_t *assignment);
void scored_add(scored_t *self, uint64_t key); /* unless it is held */

#endif
