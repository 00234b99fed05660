/* The linear relaxation of what is left to choose. Each class is replaced by the lower convex hull
   of its options; the steps along all hulls, steepest saving first, make one convex frontier of
   need against cost. On it lies the relaxed optimum for every budget at once, and each corner is a
   choice that exists. (Kellerer, Pferschy, Pisinger 2004, 11.2.) */
#ifndef KNAPSACK_HULL_H
#define KNAPSACK_HULL_H

#include "knapsack/menu.h"

typedef struct {
    double need, saving; /* of moving one member from one hull option to the next */
    double price;        /* saving / need, falling along each class's hull */
    size_t class;
} hull_step_t;

typedef struct {
    double need, cost; /* of a whole choice for the rest */
    double price;      /* on the way to the next corner; 0 at the last */
} corner_t;

typedef struct {
    const menu_t *menu; /* must stay alive, and as it was at hull_open */
    hull_step_t *steps; /* (steps_n) of all classes, falling price */
    size_t steps_n;
    size_t *open; /* (open_n) classes with more than one option, in the menu's order */
    size_t open_n;
    corner_t settled;  /* the sums of all members of the others, which every corner has in it */
    corner_t *corners; /* (corners_n) rising need, falling cost; the last lies beyond the budget or
                          is the end */
    size_t corners_n;
    arena_t arena;
} hull_t;

confx_status_t hull_open(const menu_t *menu, hull_t *hull);
void hull_close(hull_t *hull);

/* The frontier for members member .. of `class` and all later classes, together with all that are
   not open. */
void hull_begin(hull_t *hull, size_t class, size_t member);

/* The last corner within `budget`, which must cover the first. */
size_t hull_find(const hull_t *hull, double budget);

/* The relaxed optimum for `budget`, which lies between corner i and the next. */
static inline double hull_bound(const hull_t *hull, size_t i, double budget)
{
    const corner_t *corner = &hull->corners[i];
    return corner->price > 0 ? corner->cost - corner->price * (budget - corner->need)
                             : corner->cost;
}

#endif
