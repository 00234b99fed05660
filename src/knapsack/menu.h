/* What is left to choose from: per class the options that can be part of an optimal choice. Needs
   and costs are rounded to a grid on which all sums of a choice are exact, so that a sum does not
   depend on its order, and no two sums differ by rounding alone. */
#ifndef KNAPSACK_MENU_H
#define KNAPSACK_MENU_H

#include "confx/arena.h"
#include "confx/knapsack.h"

typedef struct {
    option_t *options; /* rising need, falling cost; `point` is the option's index in the caller's
                          class */
    size_t n;
    size_t members;
} menu_class_t;

typedef struct {
    menu_class_t *classes; /* (classes_n), the caller's order */
    size_t classes_n;
    size_t members; /* of all classes */
    option_t *store;
    double limit;     /* what one option may need: the caller's budget, on the grid */
    double budget;    /* what may be spent: the caller's budget up to the rounding of a sum */
    double certainly; /* what may be spent so that the caller's own sum fits as well: less by the
                         rounding of a sum */
    double cost_grid; /* infinity before the first menu_set_costs */
    double slack;     /* by how much rounding may put a bound off */
    arena_t arena;
} menu_t;

/* For qsort, of options: by need, then cost, then index. */
int menu_by_need_then_cost(const void *one, const void *other);

/* Is there anything to choose for its members? */
static inline bool menu_is_open(const menu_class_t *class)
{
    return class->n > 1;
}

/* Options that are finite and not dominated, with the caller's costs; those beyond the budget as
   well, whose needs stay as they are. *feasible: the least needs of all fit together. The caller
   closes. */
confx_status_t menu_open(const option_class_t *classes, size_t classes_n, double budget,
                         menu_t *menu, bool *feasible);
void menu_close(menu_t *menu);

/* The same menu once more, to be trimmed further. The caller closes both. */
confx_status_t menu_copy(const menu_t *menu, menu_t *copy);

/* Drop what does not fit beside the least needs of the others; of a feasible menu some option of
   each class stays. */
void menu_keep_affordable(menu_t *menu);

/* Costs onto the finest grid that the largest of them leave. Call it again when menu_trim has
   dropped those: one absurd cost must not blur the others. False: the grid is no finer than it
   was. */
bool menu_set_costs(menu_t *menu, const option_class_t *classes);

/* Drop every option that would raise `bound`, the Lagrangian bound at `price`, above `incumbent`,
   the cost of a choice that fits (reduced-cost fixing). */
void menu_trim(menu_t *menu, double price, double bound, double incumbent);

#endif
