/* The steps of one group of dimensions, written out: each leaf is a tuple of indices of the group's
   loops in which some unit has work, with the elements that each unit holds. It serves any mapping;
   what it takes grows with the product of the group's extents. */
#ifndef COST_TRIE_H
#define COST_TRIE_H

#include "cost/exact/plan.h"

#include <stddef.h>

enum { TRIE_MOST = 1 << 24 }; /* elements, units and leaves that are written out */

/* What a unit holds in a leaf. Of a tensor that has none of the group's dimensions it holds one
   element with the number 0, which says that it works at all. */
typedef struct {
    int64_t unit; /* its indices at all levels of the group, as one number */
    int64_t volume;
    size_t from[CONFX_TENSORS], n[CONFX_TENSORS]; /* in trie_t.elements */
} trie_unit_t;

typedef struct {
    size_t from, n;      /* in trie_t.units; n >= 1, by ascending unit */
    int common;          /* loops whose indices are those of the leaf before; 0 of the first leaf */
    int64_t volume;      /* the largest of a unit's; of outermost steps see trie_outermost */
    int64_t first, last; /* outputs that no leaf before, no leaf behind holds */
} trie_leaf_t;

typedef struct {
    int depth;                    /* loops */
    int64_t space[CONFX_TENSORS]; /* elements are numbered below this */
    size_t leaves_n, units_n, elements_n;
    size_t leaves_room, units_room, elements_room;
    trie_leaf_t *leaves; /* in the order of steps */
    trie_unit_t *units;
    int32_t *elements;
} trie_t;

/* CONFX_COST_ILLEGAL: some MAC of the group is not done exactly once. CONFX_COST_LARGE: too much to
   be written out. Whatever the fault, trie_close frees. */
confx_cost_fault_t trie_open(const plan_t *plan, int group, trie_t *trie);

/* The outermost steps of a trie: the tree of its first `depth` loops, where a single unit holds all
   that any unit holds in any step below. As its volume a leaf has the number of the first leaf
   below it in `fine`; the leaves below it end where those of the next leaf begin. CONFX_COST_LARGE.
   */
confx_cost_fault_t trie_outermost(const trie_t *fine, int depth, trie_t *trie);

void trie_close(trie_t *trie);

#endif
