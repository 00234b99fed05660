/* The scored assignments from inside: scored.c (the set), renew.c (what is left beside it). */
#ifndef SEARCH_SCORED_H
#define SEARCH_SCORED_H

#include "confx/scored.h"
#include "search/common/genes.h"

/* One action of a kind of layer, and what it needs. */
typedef struct {
    double need;
    uint32_t point;
} scored_option_t;

struct scored {
    problem_t *problem;
    size_t layers;
    /* the set: keys in the order of entering, and a table of them by open addressing, 0: free */
    size_t n, most, mask;
    uint64_t *keys, *table; /* (most), (mask + 1) */
    /* the walk over what fits the budget: a layer's actions by rising need, of the space last
       walked over */
    int walked;             /* 0: levels, 1: integers, -1: none yet */
    size_t options;         /* of a layer */
    scored_option_t *order; /* (D, options) */
    size_t *least;      /* (D) the first option that is not known to be invalid; `options`: none */
    size_t *at;         /* (L) the option of each layer */
    uint64_t *points;   /* (L) of the assignment whose key is asked for */
    double *sum, *rest; /* (L + 1) need of the layers before; least need of those from here on */
    uint16_t *scratch;  /* (2, L) genes */
    bool exhausted[2];  /* levels, integers */
};

uint64_t scored_key(const scored_t *self, const uint16_t *pes, const uint16_t *buffer);
bool scored_holds(const scored_t *self, uint64_t key);
void scored_add(scored_t *self, uint64_t key); /* unless it is held */

#endif
