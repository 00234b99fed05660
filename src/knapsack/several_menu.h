/* What is chosen from within several budgets: of each class the options that can be part of a
   choice that fits and that no other option dominates in cost and all needs. Needs and costs are
   rounded to grids on which their sums are exact, as menu.h does for one budget. */
#ifndef KNAPSACK_SEVERAL_MENU_H
#define KNAPSACK_SEVERAL_MENU_H

#include "confx/arena.h"
#include "confx/several.h"

#include <math.h>

typedef struct {
    double cost, needs[KNAPSACK_BUDGETS]; /* needs behind the last budget are 0 */
    double excess; /* reduced cost above the least of the class, at the prices of several_price */
    uint32_t index;
} several_option_t;

typedef struct {
    several_option_t *options; /* by rising excess, once they are priced */
    size_t n, members;
} several_class_t;

typedef struct {
    size_t classes_n, members, budgets_n;
    several_class_t *classes;
    several_option_t *store;
    double budgets[KNAPSACK_BUDGETS];   /* what may be spent, up to the rounding of a sum */
    double certainly[KNAPSACK_BUDGETS]; /* so that the caller's own sums fit as well */
    double slack;                       /* by how much rounding may put a sum of costs off */
    arena_t arena;
} several_menu_t;

/* *feasible: each budget by itself has room for the least needs, and every class an option. The
   caller closes, also after a failure. */
confx_status_t several_menu_open(const several_t *several, several_menu_t *menu, bool *feasible);
void several_menu_close(several_menu_t *menu);

/* Excesses at these prices (budgets_n), options in their order; the Lagrangian bound there. */
double several_menu_price(several_menu_t *menu, const double *prices);
/* Drop what would raise that bound to `limit` or above. */
void several_menu_trim(several_menu_t *menu, double bound, double limit);

/* What does not fit beside the least needs of all others goes. False: nothing fits. */
bool several_menu_tighten(several_menu_t *menu);

static inline bool several_menu_within(const several_menu_t *menu, const double *needs,
                                       const double *budgets)
{
    for (size_t k = 0; k < menu->budgets_n; k++)
        if (needs[k] > budgets[k]) return false;
    return true;
}

/* ---- the bound (several_dual.c) -------------------------------------------------------------- */

/* Prices >= 0 at which the Lagrangian bound is about as high as it can be, for several_menu_price.
 *proven_infeasible: some weights of the budgets are exceeded by every choice. */
void several_dual(const several_menu_t *menu, double prices[KNAPSACK_BUDGETS],
                  bool *proven_infeasible);

/* ---- the search (several_branch.c) ----------------------------------------------------------- */

typedef struct {
    double cost;      /* of the best choice known; infinity: none. In: what is to be bettered */
    uint32_t *choice; /* (members) its options in the menu's classes, by their index */
    double dropped;   /* the lowest bound of what was given up for want of room; infinity: none */
    size_t states;    /* the most alive at once */
} several_found_t;

/* What is not below this cannot better a choice of that cost by more than rounding, which is far
   below what a report shows, and far above the rounding of sums. */
static inline double several_closed_at(double cost)
{
    return isinf(cost) ? cost : cost - 1e-9 * fabs(cost);
}

/* Of a priced menu, whose bound this is; up to `room` partial choices alive. */
confx_status_t several_branch(const several_menu_t *menu, double bound, size_t room,
                              const solve_watch_t *watch, several_found_t *found);

/* ---- the search in parts (several_split.c) --------------------------------------------------- */

/* The same of a menu priced at `prices`, split into parts that have prices of their own;
   found->states stays the most alive at once in any search. */
typedef struct {
    size_t parts;  /* looked at in all */
    size_t states; /* partial choices alive in the search of each */
    const solve_watch_t *watch;
} split_limits_t;
confx_status_t several_split(const several_menu_t *menu, const double prices[KNAPSACK_BUDGETS],
                             double bound, split_limits_t limits, several_found_t *found);

#endif
