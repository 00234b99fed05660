/* What a search has learned, in the open: for checkpoints, and for searches of other networks. */
#ifndef CONFX_SEARCH_STATE_H
#define CONFX_SEARCH_STATE_H

#include "confx/array.h"
#include "confx/search.h"

/* REINFORCE's policy, NULL of any other stage. The root may give it other parameters before the
   first update, from which they are published to all. Row d of its table is of the distinct
   layer d. */
policy_t *search_policy(search_t *search);

/* The root's state as arrays, for writing and reading back in place; at most SEARCH_ARRAYS_MAX. */
enum { SEARCH_ARRAYS_MAX = 32 };
size_t search_arrays(search_t *search, array_t arrays[SEARCH_ARRAYS_MAX]);

/* What was read into these arrays is not trusted: the name of one whose content no search leaves
   (indices out of range, counts that are none, a NaN where there may be none), or NULL. Until then
   nothing else is called. */
const char *search_check(const search_t *search);

/* A unit's state, state_bytes, out and in; false: one that no search leaves, and the search is good
   for nothing but to be closed. */
void search_save_unit(const search_t *search, size_t unit, void *state);
bool search_load_unit(search_t *search, size_t unit, const void *state);

#endif
