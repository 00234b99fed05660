/* Dynamic programming over partial choices: member by member, every undominated pair of need and
   cost that the bound on the rest still allows. (Kellerer, Pferschy, Pisinger 2004, 11.5; with the
   bound of their branch and bound, 11.3.) Members of a class with one option left have nothing to
   choose and take no part: what they need and cost is always counted with the rest (hull.h), so
   that the work grows with the members that are open. */
#ifndef KNAPSACK_PARTIAL_H
#define KNAPSACK_PARTIAL_H

#include "knapsack/hull.h"

typedef struct {
    double need, cost;
    uint32_t parent, option; /* the partial choice it continues, and by which option */
} partial_t;

typedef struct {
    partial_t *at;
    size_t n, capacity;
} partials_t; /* rising need, falling cost; both without the classes that are not open */

typedef struct {
    uint32_t parent, option;
} trail_t;

typedef struct {
    const menu_t *menu;
    hull_t hull;      /* of what follows the member being chosen for */
    double incumbent; /* cost of the best whole choice known */
    partials_t alive, fresh, next, merged;
    trail_t **trails; /* (chosen) where the partial choices after each open member came from */
    size_t chosen;    /* open members that were chosen for, of open_n */
    size_t open_n;
    size_t most; /* largest number of partial choices alive at once */
} partial_search_t;

/* `menu` must stay alive. incumbent: the cost of a choice that fits, or infinity. The caller
   closes. */
confx_status_t partial_open(const menu_t *menu, double incumbent, partial_search_t *search);
void partial_close(partial_search_t *search);

/* Go through all open members; `alive` then holds the whole choices worth having. *complete: within
   the limit on those alive at once. */
confx_status_t partial_run(partial_search_t *search, knapsack_limits_t limits, bool *complete);

/* The options (indices into the menu's classes) of whole choice `which`, one per member. */
void partial_trace(const partial_search_t *search, size_t which, uint32_t *options);

#endif
