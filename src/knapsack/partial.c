#include "knapsack/partial.h"
#include "confx/array.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static confx_status_t partial_reserve(partials_t *partials, size_t n)
{
    partial_t *at = array_grown(partials->at, &partials->capacity, n, sizeof *at);
    if (!at) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu partial choices", n);
    partials->at = at;
    return status_ok();
}

static void partial_swap(partials_t *one, partials_t *other)
{
    const partials_t kept = *one;
    *one = *other;
    *other = kept;
}

static size_t partial_open_members(const menu_t *menu)
{
    size_t open = 0;
    for (size_t c = 0; c < menu->classes_n; c++)
        if (menu_is_open(&menu->classes[c])) open += menu->classes[c].members;
    return open;
}

confx_status_t partial_open(const menu_t *menu, double incumbent, partial_search_t *search)
{
    *search = (partial_search_t){.menu = menu, .incumbent = incumbent};
    confx_status_t status;
    search->open_n = partial_open_members(menu);
    search->trails = calloc(search->open_n + 1, sizeof(trail_t *));
    if (!search->trails)
        TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", menu->members));
    TRY_OUT(hull_open(menu, &search->hull));
    TRY_OUT(partial_reserve(&search->alive, 1));
    /* Every choice begins as the empty one. */
    search->alive.at[search->alive.n++] = (partial_t){0};
out:
    if (status.code != CONFX_STATUS_OK) partial_close(search);
    return status;
}

void partial_close(partial_search_t *search)
{
    hull_close(&search->hull);
    free(search->alive.at);
    free(search->fresh.at);
    free(search->next.at);
    free(search->merged.at);
    for (size_t i = 0; i < search->chosen; i++) free(search->trails[i]);
    free(search->trails);
    *search = (partial_search_t){0};
}

/* Continue every partial choice by one option, as far as the rest fits and may still beat the
   incumbent. On the way each is completed to the frontier's corner below: a whole choice, and
   perhaps a better incumbent. */
static void partial_extend(partial_search_t *search, const option_t *option, uint32_t index)
{
    const hull_t *hull = &search->hull;
    const double room = search->menu->budget - option->need;
    size_t corner = hull_find(hull, room - search->alive.at[0].need);
    search->fresh.n = 0;
    for (size_t i = 0; i < search->alive.n; i++) {
        const double need = search->alive.at[i].need + option->need,
                     cost = search->alive.at[i].cost + option->cost;
        const double left = search->menu->budget - need;
        /* The least of the rest does not fit any more, and partial choices to come need more. */
        if (left < hull->corners[0].need) break;
        /* As needs rise, what is left falls: the corner only moves down, and is at most passed
           over once for each option. */
        while (hull->corners[corner].need > left) corner--;
        if (need + hull->corners[corner].need <= search->menu->certainly)
            search->incumbent = fmin(search->incumbent, cost + hull->corners[corner].cost);
        /* No completion can beat the incumbent, however rounding went. */
        if (cost + hull_bound(hull, corner, left) > search->incumbent + search->menu->slack)
            continue;
        search->fresh.at[search->fresh.n++] = (partial_t){need, cost, (uint32_t)i, index};
    }
}

static bool partial_comes_first(const partial_t *one, const partial_t *other)
{
    return one->need != other->need ? one->need < other->need : one->cost <= other->cost;
}

/* Merge `fresh` into `next`, leaving out what is dominated. */
static void partial_merge(partial_search_t *search)
{
    const partials_t *one = &search->next, *other = &search->fresh;
    partials_t *merged = &search->merged;
    merged->n = 0;
    for (size_t i = 0, j = 0; i < one->n || j < other->n;) {
        const bool first =
            j == other->n || (i < one->n && partial_comes_first(&one->at[i], &other->at[j]));
        const partial_t *partial = first ? &one->at[i++] : &other->at[j++];
        /* Needs rise along the merged list, so that its last entry is the cheapest so far, and
           dominates all that costs as much or more. */
        if (!merged->n || partial->cost < merged->at[merged->n - 1].cost)
            merged->at[merged->n++] = *partial;
    }
    partial_swap(&search->next, merged);
}

/* All undominated ways to continue by a member of the class, into `next`. */
static confx_status_t partial_choose(partial_search_t *search, const menu_class_t *class,
                                     size_t limit)
{
    search->next.n = 0;
    TRY(partial_reserve(&search->fresh, search->alive.n));
    /* The choices that one option continues keep their order, so that a merge is enough to sort
       them among those of the options before. */
    for (size_t i = 0; i < class->n && search->next.n <= limit; i++) {
        partial_extend(search, &class->options[i], (uint32_t)i);
        TRY(partial_reserve(&search->merged, search->next.n + search->fresh.n));
        partial_merge(search);
    }
    return status_ok();
}

static confx_status_t partial_keep_trail(partial_search_t *search)
{
    trail_t *trail = malloc((search->alive.n + 1) * sizeof *trail);
    if (!trail)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu partial choices",
                           search->alive.n);
    for (size_t i = 0; i < search->alive.n; i++)
        trail[i] = (trail_t){search->alive.at[i].parent, search->alive.at[i].option};
    assert(search->chosen < search->open_n);
    search->trails[search->chosen++] = trail;
    return status_ok();
}

static confx_status_t partial_tell(const partial_search_t *search, const solve_watch_t *watch)
{
    if (!watch || watch->tell(watch->context, watch->what, search->chosen, search->open_n))
        return status_ok();
    return status_fail(CONFX_STATUS_STOPPED, "stopped while the optimum was looked for");
}

confx_status_t partial_run(partial_search_t *search, knapsack_limits_t limits, bool *complete)
{
    *complete = false;
    search->most = search->alive.n;
    if (search->most > limits.states_max) return status_ok();
    for (size_t c = 0; c < search->menu->classes_n; c++) {
        const menu_class_t *class = &search->menu->classes[c];
        /* None alive: no whole choice is within the incumbent. */
        for (size_t member = 0; menu_is_open(class) && member < class->members && search->alive.n;
             member++) {
            TRY(partial_tell(search, limits.watch));
            /* The bound is that of the members still to come, and of all that have nothing to
               choose. */
            hull_begin(&search->hull, c, member + 1);
            TRY(partial_choose(search, class, limits.states_max));
            search->most = search->next.n > search->most ? search->next.n : search->most;
            if (search->next.n > limits.states_max) return status_ok();
            partial_swap(&search->alive, &search->next);
            TRY(partial_keep_trail(search));
        }
    }
    *complete = true;
    return status_ok();
}

void partial_trace(const partial_search_t *search, size_t which, uint32_t *options)
{
    const menu_t *menu = search->menu;
    size_t partial = which;
    size_t chosen = search->chosen;
    size_t at = menu->members;
    assert(which < search->alive.n);
    /* Backwards, as each trail says which partial choice before it was continued. */
    for (size_t c = menu->classes_n; c-- > 0;)
        for (size_t member = menu->classes[c].members; member-- > 0;) {
            options[--at] = 0;
            if (!menu_is_open(&menu->classes[c])) continue;
            const trail_t *trail = &search->trails[--chosen][partial];
            options[at] = trail->option;
            partial = trail->parent;
        }
}
