#include "knapsack/menu.h"
#include "confx/try.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The power of two by which sums up to `total` are exact in doubles, with a bit to spare; 0: none
   is needed. */
static double menu_grid_of(double total)
{
    return total > 0 ? ldexp(1, ilogb(total) - 51) : 0;
}

static double menu_on_grid(double value, double grid)
{
    return grid > 0 ? rint(value / grid) * grid : value;
}

int menu_by_need_then_cost(const void *one, const void *other)
{
    const option_t *a = one, *b = other;
    if (a->need != b->need) return a->need < b->need ? -1 : 1;
    if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
    return a->point < b->point ? -1 : a->point > b->point;
}

static size_t menu_count_options(const option_class_t *classes, size_t classes_n)
{
    size_t n = 0;
    for (size_t c = 0; c < classes_n; c++) n += classes[c].n;
    return n;
}

/* Copy what has finite numbers. */
static void menu_gather(const option_class_t *classes, size_t classes_n, menu_t *menu)
{
    option_t *next = menu->store;
    menu->classes_n = classes_n;
    for (size_t c = 0; c < classes_n; c++) {
        menu_class_t *class = &menu->classes[c];
        *class = (menu_class_t){.options = next, .members = classes[c].members};
        menu->members += class->members;
        for (size_t i = 0; i < classes[c].n; i++) {
            const option_t *option = &classes[c].options[i];
            if (!isfinite(option->cost) || !isfinite(option->need)) continue;
            /* The index takes the place of the caller's point until a choice is given out. */
            class->options[class->n++] = (option_t){option->cost, option->need, (uint32_t)i};
        }
        next += class->n;
    }
}

static double menu_least_need(const menu_class_t *class)
{
    double least = INFINITY;
    for (size_t i = 0; i < class->n; i++) least = fmin(least, class->options[i].need);
    return least;
}

static double menu_largest_need(const menu_class_t *class)
{
    double largest = 0;
    for (size_t i = 0; i < class->n; i++) largest = fmax(largest, class->options[i].need);
    return largest;
}

static double menu_largest_cost(const menu_class_t *class)
{
    double largest = 0;
    for (size_t i = 0; i < class->n; i++) largest = fmax(largest, fabs(class->options[i].cost));
    return largest;
}

static double menu_sum_of(const menu_t *menu, double (*figure)(const menu_class_t *))
{
    double sum = 0;
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu->classes[c].members)
            sum += (double)menu->classes[c].members * figure(&menu->classes[c]);
    return sum;
}

/* A bound comes from sums of costs that were moved by half a grid step each, the caller's own
   rounded sum among them, and from an interpolation of a few operations. */
static double menu_slack_of(const menu_t *menu)
{
    return ((double)menu->members + 10) * 2 * DBL_EPSILON * menu_sum_of(menu, menu_largest_cost);
}

static void menu_drop_above(menu_class_t *class, double need)
{
    size_t kept = 0;
    for (size_t i = 0; i < class->n; i++)
        if (class->options[i].need <= need) class->options[kept++] = class->options[i];
    class->n = kept;
}

/* Needs up to the budget: those beyond it are in no sum that matters, and stay beyond. False: some
   need was not on the grid. */
static bool menu_needs_on_grid(menu_class_t *class, double grid, double budget)
{
    bool exact = true;
    for (size_t i = 0; i < class->n; i++) {
        option_t *option = &class->options[i];
        if (option->need > budget) {
            option->need = fmax(option->need, nextafter(menu_on_grid(budget, grid), INFINITY));
            continue;
        }
        /* Needs on the grid add up without rounding, in any order: equal sums are then equal bits,
           and dominance can be told by comparing. */
        const double need = menu_on_grid(option->need, grid);
        exact = exact && need == option->need;
        option->need = need;
    }
    return exact;
}

/* Needs onto their grid. Where that moves one, a sum may be off by half a step per member, and so
   may the caller's. */
static void menu_set_budget(menu_t *menu, double budget)
{
    budget = fmin(
        budget, 2 * menu_sum_of(menu, menu_largest_need)); /* finite, and as good as without end */
    const double grid = menu_grid_of(2 * budget); /* sums go one option beyond the budget at most */
    bool exact = true;
    menu->limit = menu_on_grid(budget, grid);
    for (size_t c = 0; c < menu->classes_n; c++)
        if (!menu_needs_on_grid(&menu->classes[c], grid, budget)) exact = false;
    const double slack = exact ? 0 : grid * (double)menu->members;
    budget = grid > 0 ? floor(budget / grid) * grid : budget;
    /* `budget` lets every choice through that the caller's own sum may let through, and `certainly`
       only those that it must. */
    menu->budget = budget + slack;
    menu->certainly = budget - slack;
}

void menu_keep_affordable(menu_t *menu)
{
    const double spare = menu->budget - menu_sum_of(menu, menu_least_need);
    for (size_t c = 0; c < menu->classes_n; c++) {
        menu_class_t *class = &menu->classes[c];
        /* An option fits only if all others can take their least beside it. What is spare then is
           the same for every class, so one pass is enough. */
        if (class->members)
            menu_drop_above(class, fmin(menu->limit, spare + menu_least_need(class)));
    }
}

static void menu_drop_dominated(menu_class_t *class)
{
    qsort(class->options, class->n, sizeof *class->options, menu_by_need_then_cost);
    size_t kept = 0;
    for (size_t i = 0; i < class->n; i++)
        /* By rising need: an option that is not cheaper than some before it needs more for
           nothing. */
        if (!kept || class->options[i].cost < class->options[kept - 1].cost)
            class->options[kept++] = class->options[i];
    class->n = kept;
}

/* Each class's least need is within the budget as the caller has it, and all of them together up to
   their rounding. */
static bool menu_fits(const menu_t *menu)
{
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu->classes[c].members && !(menu_least_need(&menu->classes[c]) <= menu->limit))
            return false;
    return menu_sum_of(menu, menu_least_need) <= menu->budget;
}

/* Nothing is kept where there is not enough. */
static confx_status_t menu_take(menu_t *menu, size_t classes_n, size_t options_n)
{
    menu->arena = (arena_t){.last = NULL};
    ARENA_TAKE(&menu->arena, menu->classes, classes_n);
    ARENA_TAKE(&menu->arena, menu->store, options_n);
    const confx_status_t status =
        arena_status(&menu->arena, "a knapsack of %zu options", options_n);
    if (status.code != CONFX_STATUS_OK) menu_close(menu);
    return status;
}

confx_status_t menu_open(const option_class_t *classes, size_t classes_n, double budget,
                         menu_t *menu, bool *feasible)
{
    const size_t options_n = menu_count_options(classes, classes_n);
    *menu = (menu_t){.cost_grid = INFINITY};
    TRY(menu_take(menu, classes_n, options_n));
    /* Needs are put on their grid before dominated options go: of two whose needs become equal
       there the dearer one is dominated. */
    menu_gather(classes, classes_n, menu);
    menu_set_budget(menu, budget);
    for (size_t c = 0; c < classes_n; c++) menu_drop_dominated(&menu->classes[c]);
    *feasible = menu_fits(menu);
    return status_ok();
}

void menu_close(menu_t *menu)
{
    arena_close(&menu->arena);
    *menu = (menu_t){0};
}

confx_status_t menu_copy(const menu_t *menu, menu_t *copy)
{
    size_t options_n = 0;
    for (size_t c = 0; c < menu->classes_n; c++) options_n += menu->classes[c].n;
    *copy = *menu;
    TRY(menu_take(copy, menu->classes_n, options_n));
    /* The classes of the copy lie closer together than those of the menu, from which options have
       been dropped; the copy never grows, so this room is enough. */
    option_t *next = copy->store;
    for (size_t c = 0; c < menu->classes_n; c++) {
        const menu_class_t *class = &menu->classes[c];
        copy->classes[c] = (menu_class_t){next, class->n, class->members};
        if (class->n) memcpy(next, class->options, class->n * sizeof *next);
        next += class->n;
    }
    return status_ok();
}

static void menu_read_costs(menu_class_t *class, const option_class_t *from)
{
    for (size_t i = 0; i < class->n; i++)
        class->options[i].cost = from->options[class->options[i].point].cost;
}

static void menu_round_costs(menu_class_t *class, double grid)
{
    for (size_t i = 0; i < class->n; i++)
        class->options[i].cost = menu_on_grid(class->options[i].cost, grid);
}

bool menu_set_costs(menu_t *menu, const option_class_t *classes)
{
    for (size_t c = 0; c < menu->classes_n; c++) menu_read_costs(&menu->classes[c], &classes[c]);
    /* The grid is as fine as the largest sum of costs still allows. Costs are read anew each time,
       so that rounding to a coarser grid leaves no trace in a finer one. */
    const double grid = menu_grid_of(menu_sum_of(menu, menu_largest_cost));
    const bool finer = grid < menu->cost_grid;
    menu->cost_grid = grid;
    menu->slack = menu_slack_of(menu);
    for (size_t c = 0; c < menu->classes_n; c++) menu_round_costs(&menu->classes[c], grid);
    return finer;
}

static double menu_least_reduced(const menu_class_t *class, double price)
{
    double least = INFINITY;
    for (size_t i = 0; i < class->n; i++)
        least = fmin(least, class->options[i].cost + price * class->options[i].need);
    return least;
}

void menu_trim(menu_t *menu, double price, double bound, double incumbent)
{
    for (size_t c = 0; c < menu->classes_n; c++) {
        menu_class_t *class = &menu->classes[c];
        const double least = menu_least_reduced(class, price);
        size_t kept = 0;
        for (size_t i = 0; i < class->n; i++) {
            const option_t option = class->options[i];
            /* To have this option in place of the one of least reduced cost raises the Lagrangian
               bound by their difference. */
            const double raised = bound + (option.cost + price * option.need - least);
            if (raised <= incumbent + menu->slack) class->options[kept++] = option;
        }
        class->n = kept;
    }
}
