#include "knapsack/hull.h"
#include "confx/try.h"

#include <assert.h>
#include <stdlib.h>

static hull_step_t hull_step_between(const option_t *from, const option_t *to, size_t class)
{
    const double need = to->need - from->need, saving = from->cost - to->cost;
    return (hull_step_t){.need = need, .saving = saving, .price = saving / need, .class = class};
}

static hull_step_t hull_join(const hull_step_t *first, const hull_step_t *second)
{
    const double need = first->need + second->need, saving = first->saving + second->saving;
    return (hull_step_t){
        .need = need, .saving = saving, .price = saving / need, .class = first->class};
}

/* The hull of one class behind `steps`; their number. Options come by rising need and falling cost,
   so that a step which does not save less per need than the one before it hides the corner between
   them. */
static size_t hull_class_steps(const menu_class_t *class, size_t c, hull_step_t *steps)
{
    size_t n = 0;
    for (size_t i = 1; i < class->n; i++) {
        hull_step_t step = hull_step_between(&class->options[i - 1], &class->options[i], c);
        while (n > 0 && steps[n - 1].price <= step.price) step = hull_join(&steps[--n], &step);
        assert(step.need > 0 && step.saving >= 0 && (n == 0 || steps[n - 1].price > step.price));
        steps[n++] = step;
    }
    return n;
}

static int hull_by_falling_price(const void *one, const void *other)
{
    const hull_step_t *a = one, *b = other;
    if (a->price != b->price) return a->price > b->price ? -1 : 1;
    return a->class < b->class ? -1 : a->class > b->class;
}

/* Sums on the grid are exact, so that it does not matter which members are added up first. */
static void hull_settle(hull_t *hull)
{
    for (size_t c = 0; c < hull->menu->classes_n; c++) {
        const menu_class_t *class = &hull->menu->classes[c];
        const double n = (double)class->members;
        if (menu_is_open(class)) {
            hull->open[hull->open_n++] = c;
        } else if (class->members > 0) {
            hull->settled.need += n * class->options[0].need;
            hull->settled.cost += n * class->options[0].cost;
        }
    }
}

confx_status_t hull_open(const menu_t *menu, hull_t *hull)
{
    size_t options_n = 0, corners_n = 1;
    for (size_t c = 0; c < menu->classes_n; c++) {
        options_n += menu->classes[c].n;
        corners_n += menu->classes[c].n * menu->classes[c].members;
    }
    *hull = (hull_t){.menu = menu};
    ARENA_TAKE(&hull->arena, hull->steps, options_n);
    ARENA_TAKE(&hull->arena, hull->corners, corners_n);
    ARENA_TAKE(&hull->arena, hull->open, menu->classes_n);
    const confx_status_t status =
        arena_status(&hull->arena, "the relaxation of a knapsack of %zu options", options_n);
    if (status.code != CONFX_STATUS_OK) {
        hull_close(hull);
        return status;
    }
    /* The corners are filled by hull_begin, for a different rest of members each time; steps and
       what is settled stay as they are for as long as the menu does. */
    hull_settle(hull);
    for (size_t c = 0; c < menu->classes_n; c++)
        hull->steps_n += hull_class_steps(&menu->classes[c], c, hull->steps + hull->steps_n);
    qsort(hull->steps, hull->steps_n, sizeof *hull->steps, hull_by_falling_price);
    return status_ok();
}

void hull_close(hull_t *hull)
{
    arena_close(&hull->arena);
    *hull = (hull_t){0};
}

static size_t hull_members_left(const hull_t *hull, size_t c, size_t class, size_t member)
{
    if (c < class) return 0;
    return hull->menu->classes[c].members - (c == class ? member : 0);
}

/* Every member at its least need: the frontier's first corner. */
static corner_t hull_least_corner(const hull_t *hull, size_t class, size_t member)
{
    corner_t corner = hull->settled;
    for (size_t i = 0; i < hull->open_n; i++) {
        const size_t c = hull->open[i];
        const double n = (double)hull_members_left(hull, c, class, member);
        corner.need += n * hull->menu->classes[c].options[0].need;
        corner.cost += n * hull->menu->classes[c].options[0].cost;
    }
    return corner;
}

void hull_begin(hull_t *hull, size_t class, size_t member)
{
    corner_t corner = hull_least_corner(hull, class, member);
    hull->corners_n = 0;
    /* Steps come by falling price over all classes, and a class's own in their order, so that each
       corner is a choice that exists: every member takes its class's steps one after the other. */
    for (size_t i = 0; i < hull->steps_n; i++) {
        const hull_step_t *step = &hull->steps[i];
        for (size_t left = hull_members_left(hull, step->class, class, member); left > 0; left--) {
            /* One corner beyond the budget is kept, to interpolate up to the budget itself. */
            if (corner.need > hull->menu->budget) break;
            corner.price = step->price;
            hull->corners[hull->corners_n++] = corner;
            corner.need += step->need;
            corner.cost -= step->saving;
        }
    }
    corner.price = 0;
    hull->corners[hull->corners_n++] = corner;
}

size_t hull_find(const hull_t *hull, double budget)
{
    size_t low = 0, high = hull->corners_n;
    assert(hull->corners_n > 0);
    /* Corner `low` is within the budget; corner `high`, if there is one, is not. */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (hull->corners[middle].need <= budget)
            low = middle;
        else
            high = middle;
    }
    return low;
}
