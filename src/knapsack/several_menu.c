#include "knapsack/several_menu.h"
#include "confx/try.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* The power of two by which sums up to `total` are exact in doubles, with a bit to spare. */
static double several_menu_grid(double total)
{
    return total > 0 && isfinite(total) ? ldexp(1, ilogb(total) - 51) : 0;
}

static double several_menu_on_grid(double value, double grid)
{
    return grid > 0 ? rint(value / grid) * grid : value;
}

/* ---- gathering ------------------------------------------------------------------------------- */

static bool several_menu_is_finite(const several_option_t *option)
{
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++)
        if (!isfinite(option->needs[k])) return false;
    return isfinite(option->cost);
}

static void several_menu_gather(const several_t *several, several_menu_t *menu)
{
    several_option_t *next = menu->store;
    for (size_t c = 0; c < several->classes_n; c++) {
        const option_class_t *from = &several->classes[c];
        several_class_t *class = &menu->classes[c];
        *class = (several_class_t){.options = next, .members = from->members};
        menu->members += from->members;
        for (size_t i = 0; from->members && i < from->n; i++) {
            several_option_t option = {.cost = from->options[i].cost, .index = (uint32_t)i};
            for (size_t k = 0; k < menu->budgets_n; k++)
                option.needs[k] = several->needs[c][i * menu->budgets_n + k];
            /* An option that is not finite cannot be chosen, and sums must stay numbers. */
            if (several_menu_is_finite(&option)) class->options[class->n++] = option;
        }
        next += class->n;
    }
}

static double several_menu_least(const several_class_t *class, size_t k)
{
    double least = INFINITY;
    for (size_t i = 0; i < class->n; i++) least = fmin(least, class->options[i].needs[k]);
    return least;
}

static double several_menu_sum_least(const several_menu_t *menu, size_t k)
{
    double sum = 0;
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu->classes[c].members)
            sum += (double)menu->classes[c].members * several_menu_least(&menu->classes[c], k);
    return sum;
}

/* The largest that a sum of needs, or where k is out of range of costs, can come to. */
static double several_menu_sum_largest(const several_menu_t *menu, size_t k)
{
    double sum = 0;
    for (size_t c = 0; c < menu->classes_n; c++) {
        double largest = 0;
        for (size_t i = 0; i < menu->classes[c].n; i++) {
            const several_option_t *option = &menu->classes[c].options[i];
            largest = fmax(largest, fabs(k < menu->budgets_n ? option->needs[k] : option->cost));
        }
        sum += (double)menu->classes[c].members * largest;
    }
    return sum;
}

/* ---- grids and budgets ----------------------------------------------------------------------- */

/* Needs beyond the budget by themselves are in no sum that matters, and only stay beyond. */
static void several_menu_set_budget(const several_t *several, size_t k, several_menu_t *menu)
{
    const double budget = fmin(several->budgets[k], 2 * several_menu_sum_largest(menu, k));
    const double grid = several_menu_grid(2 * budget);
    bool exact = true;
    for (size_t c = 0; c < menu->classes_n; c++)
        for (size_t i = 0; i < menu->classes[c].n; i++) {
            double *need = &menu->classes[c].options[i].needs[k];
            const double on_grid = several_menu_on_grid(fmin(*need, 2 * budget), grid);
            exact = exact && (on_grid == *need || *need > budget);
            *need = *need > budget ? fmax(on_grid, nextafter(budget, INFINITY)) : on_grid;
        }
    /* Where a need was moved a sum may be off by half a step for each member, and the caller's own
       sum by as much again. */
    const double slack = exact ? 0 : grid * (double)menu->members;
    menu->budgets[k] = budget + slack;
    menu->certainly[k] = budget - slack;
}

static void several_menu_set_costs(several_menu_t *menu)
{
    const double total = several_menu_sum_largest(menu, menu->budgets_n);
    const double grid = several_menu_grid(total);
    for (size_t c = 0; c < menu->classes_n; c++)
        for (size_t i = 0; i < menu->classes[c].n; i++) {
            several_option_t *option = &menu->classes[c].options[i];
            option->cost = several_menu_on_grid(option->cost, grid);
        }
    menu->slack = ((double)menu->members + 10) * 2 * DBL_EPSILON * total;
}

/* ---- dropping -------------------------------------------------------------------------------- */

static int several_menu_by_cost(const void *one, const void *other)
{
    const several_option_t *a = one, *b = other;
    if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++)
        if (a->needs[k] != b->needs[k]) return a->needs[k] < b->needs[k] ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool several_menu_betters(const several_option_t *one, const several_option_t *other)
{
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++)
        if (one->needs[k] > other->needs[k]) return false;
    return one->cost <= other->cost;
}

/* Options by rising cost: only one before another can better it. */
static void several_menu_drop_dominated(several_class_t *class)
{
    size_t kept = 0;
    qsort(class->options, class->n, sizeof *class->options, several_menu_by_cost);
    for (size_t i = 0; i < class->n; i++) {
        size_t j = kept;
        while (j > 0 && !several_menu_betters(&class->options[j - 1], &class->options[i])) j--;
        if (j == 0) class->options[kept++] = class->options[i];
    }
    class->n = kept;
}

/* What does not fit beside the least needs of all others goes. */
static void several_menu_keep_affordable(several_menu_t *menu)
{
    double spare[KNAPSACK_BUDGETS];
    for (size_t k = 0; k < menu->budgets_n; k++)
        spare[k] = menu->budgets[k] - several_menu_sum_least(menu, k);
    for (size_t c = 0; c < menu->classes_n; c++) {
        several_class_t *class = &menu->classes[c];
        double most[KNAPSACK_BUDGETS];
        size_t kept = 0;
        for (size_t k = 0; k < menu->budgets_n; k++)
            /* What the class may take of a budget when all others take their least of it. */
            most[k] = spare[k] + several_menu_least(class, k);
        for (size_t i = 0; i < class->n; i++)
            if (several_menu_within(menu, class->options[i].needs, most))
                class->options[kept++] = class->options[i];
        class->n = kept;
    }
}

static bool several_menu_fits(const several_menu_t *menu)
{
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu->classes[c].members && !menu->classes[c].n) return false;
    for (size_t k = 0; k < menu->budgets_n; k++)
        if (!(several_menu_sum_least(menu, k) <= menu->budgets[k])) return false;
    return true;
}

bool several_menu_tighten(several_menu_t *menu)
{
    if (!several_menu_fits(menu)) return false;
    several_menu_keep_affordable(menu);
    return several_menu_fits(menu);
}

/* ---- opening --------------------------------------------------------------------------------- */

confx_status_t several_menu_open(const several_t *several, several_menu_t *menu, bool *feasible)
{
    size_t options_n = 0;
    *menu = (several_menu_t){.classes_n = several->classes_n, .budgets_n = several->budgets_n};
    *feasible = false;
    assert(several->budgets_n >= 1 && several->budgets_n <= KNAPSACK_BUDGETS);
    for (size_t c = 0; c < several->classes_n; c++) options_n += several->classes[c].n;
    ARENA_TAKE(&menu->arena, menu->classes, several->classes_n);
    ARENA_TAKE(&menu->arena, menu->store, options_n);
    TRY(arena_status(&menu->arena, "a choice among %zu options", options_n));
    several_menu_gather(several, menu);
    for (size_t k = 0; k < menu->budgets_n; k++) several_menu_set_budget(several, k, menu);
    if (!several_menu_fits(menu)) return status_ok();
    /* Only what can be afforded counts for the grid of costs: what is left out may be absurd. */
    several_menu_keep_affordable(menu);
    several_menu_set_costs(menu);
    for (size_t c = 0; c < menu->classes_n; c++) several_menu_drop_dominated(&menu->classes[c]);
    *feasible = several_menu_fits(menu);
    return status_ok();
}

void several_menu_close(several_menu_t *menu)
{
    arena_close(&menu->arena);
    *menu = (several_menu_t){0};
}

/* ---- prices ---------------------------------------------------------------------------------- */

static int several_menu_by_excess(const void *one, const void *other)
{
    const several_option_t *a = one, *b = other;
    if (a->excess != b->excess) return a->excess < b->excess ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

double several_menu_price(several_menu_t *menu, const double *prices)
{
    double bound = 0;
    for (size_t c = 0; c < menu->classes_n; c++) {
        several_class_t *class = &menu->classes[c];
        double least = INFINITY;
        if (!class->members) continue;
        for (size_t i = 0; i < class->n; i++) {
            several_option_t *option = &class->options[i];
            option->excess = option->cost;
            for (size_t k = 0; k < menu->budgets_n; k++)
                option->excess += prices[k] * option->needs[k];
            least = fmin(least, option->excess);
        }
        /* An excess is what an option adds to the bound when it is forced upon one member. */
        for (size_t i = 0; i < class->n; i++) class->options[i].excess -= least;
        qsort(class->options, class->n, sizeof *class->options, several_menu_by_excess);
        bound += (double)class->members * least;
    }
    /* The Lagrangian: the least priced sum, less what the budgets themselves are worth at these
       prices. */
    for (size_t k = 0; k < menu->budgets_n; k++) bound -= prices[k] * menu->budgets[k];
    return bound;
}

void several_menu_trim(several_menu_t *menu, double bound, double limit)
{
    for (size_t c = 0; c < menu->classes_n; c++) {
        several_class_t *class = &menu->classes[c];
        while (class->n > 1 && bound + class->options[class->n - 1].excess >= limit) class->n--;
    }
}
