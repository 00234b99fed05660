/* The best step that each layer offers, in a binary heap: the step of least score comes first, and
   of equal ones that of the layer with the lowest number, as a scan over the layers in their order
   would find it. Taking one step changes the offer of one layer, so that the next best is found
   among L layers by about log2 L comparisons. */
#ifndef SEARCH_CANDIDATES_H
#define SEARCH_CANDIDATES_H

#include "confx/status.h"
#include "search/common/tradeoff.h"

typedef struct {
    double score; /* lower is better; not NaN */
    size_t layer;
    const vertex_t *vertex; /* where the step leads; NULL: the layer offers none */
} candidate_t;

typedef struct {
    size_t n, capacity;
    candidate_t
        *at; /* (n) the children of i are 2 i + 1 and 2 i + 2, and none comes before its parent */
    uint64_t compared; /* pairs of candidates so far, for those who ask how the work grows */
} candidates_t;

/* For at most one candidate of each of `layers`. Fails for want of memory only. The caller
   closes. */
confx_status_t candidates_open(size_t layers, candidates_t *candidates);
void candidates_close(candidates_t *candidates);

/* Filling: candidates are added in any order, those without a vertex left out, and then put in
   order. */
void candidates_clear(candidates_t *candidates);
void candidates_add(candidates_t *candidates, candidate_t candidate);
void candidates_order(candidates_t *candidates);

/* The first one; NULL: there is none. Alive until the next change. */
const candidate_t *candidates_first(const candidates_t *candidates);
/* What the layer of the first one offers now, in place of that; without a vertex the layer
   leaves. */
void candidates_renew_first(candidates_t *candidates, candidate_t candidate);

#endif
