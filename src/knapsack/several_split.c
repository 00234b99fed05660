/* Where one set of prices does not close the gap, the choice is split in two, and each part has
   prices of its own: a class that the relaxation mixes of two options takes one of those on the
   side of the first, or one of those on the side of the second (E. M. L. Beale, J. A. Tomlin,
   Special facilities in a general mathematical programming system for non-convex problems,
   Operational Research 69, 1970). Parts of the lowest bound are split first, so that what is
   proven is the lowest bound of all parts that are left. */
#include "confx/try.h"
#include "knapsack/several_menu.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPLIT_STORED = 1 << 21 };        /* options of all parts that wait */
static const double split_alike = 1e-7; /* of the bound: two options that the prices cannot tell */

typedef struct {
    several_menu_t menu;
    double prices[KNAPSACK_BUDGETS]; /* at which its options are in their order */
    double bound;
} split_part_t;

typedef struct {
    split_part_t *parts;
    size_t n, room, stored, looked;
    split_limits_t limits;
    double left; /* the lowest bound of parts that cannot be split */
    several_found_t *found;
} split_t;

/* Where a part is split: options of a class by one of their needs. */
typedef struct {
    size_t class, budget;
    double at;
} split_cut_t;

/* ---- parts that wait ------------------------------------------------------------------------- */

static size_t split_options(const several_menu_t *menu)
{
    size_t n = 0;
    for (size_t c = 0; c < menu->classes_n; c++) n += menu->classes[c].n;
    return n;
}

/* Owns the part's menu from here on, whatever comes of it. */
static confx_status_t split_add(split_t *self, split_part_t *part)
{
    if (self->n == self->room) {
        const size_t room = 2 * self->room + 16;
        split_part_t *parts = realloc(self->parts, room * sizeof *parts);
        if (!parts) {
            several_menu_close(&part->menu);
            return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu parts of a choice", room);
        }
        self->parts = parts;
        self->room = room;
    }
    self->stored += split_options(&part->menu);
    self->parts[self->n++] = *part;
    return status_ok();
}

static split_part_t split_take(split_t *self)
{
    size_t least = 0;
    assert(self->n > 0);
    for (size_t i = 1; i < self->n; i++)
        if (self->parts[i].bound < self->parts[least].bound) least = i;
    const split_part_t part = self->parts[least];
    self->parts[least] = self->parts[--self->n];
    self->stored -= split_options(&part.menu);
    return part;
}

/* ---- a part ---------------------------------------------------------------------------------- */

/* Priced, bounded and searched; it waits to be split unless nothing in it can be better. Owns the
   part's menu. */
static confx_status_t split_look(split_t *self, split_part_t *part)
{
    several_found_t *found = self->found;
    several_menu_t *menu = &part->menu;
    confx_status_t status = status_ok();
    bool infeasible = !several_menu_tighten(menu);
    self->looked++;
    if (!infeasible) several_dual(menu, part->prices, &infeasible);
    if (infeasible) goto out;
    /* What options are above the least is told beside the bound of these prices, although that of
       the whole that was split may be the higher one. */
    const double bound = several_menu_price(menu, part->prices);
    part->bound = fmax(part->bound, bound);
    if (part->bound >= several_closed_at(found->cost)) goto out;
    several_menu_trim(menu, bound, found->cost);
    TRY_OUT(several_branch(menu, bound, self->limits.states, NULL, found));
    part->bound = fmax(part->bound, found->dropped);
    if (part->bound >= several_closed_at(found->cost)) goto out;
    return split_add(self, part);
out:
    several_menu_close(menu);
    return status;
}

/* The class that is mixed: of those whose two best options are alike to the prices the one whose
   options are furthest apart in what they need, or else the one whose are most alike. */
static bool split_find(const split_part_t *part, split_cut_t *cut)
{
    double furthest = -1, nearest = INFINITY;
    for (size_t c = 0; c < part->menu.classes_n; c++) {
        const several_class_t *class = &part->menu.classes[c];
        if (!class->members || class->n < 2) continue;
        const several_option_t *one = &class->options[0], *other = &class->options[1];
        split_cut_t here = {.class = c};
        double apart = -1;
        for (size_t k = 0; k < part->menu.budgets_n; k++) {
            const double worth = part->prices[k] * fabs(one->needs[k] - other->needs[k]);
            if (one->needs[k] == other->needs[k] || worth <= apart) continue;
            apart = worth;
            here.budget = k;
            here.at = fmin(one->needs[k], other->needs[k]);
        }
        if (apart < 0) continue;
        const bool alike = other->excess <= split_alike * fabs(part->bound);
        if (alike ? apart <= furthest : furthest >= 0 || other->excess >= nearest) continue;
        if (alike)
            furthest = apart;
        else
            nearest = other->excess;
        *cut = here;
    }
    return furthest >= 0 || isfinite(nearest);
}

static bool split_is_on(const several_option_t *option, const split_cut_t *cut, bool upper)
{
    return (option->needs[cut->budget] > cut->at) == upper;
}

static void split_copy(const several_class_t *from, const split_cut_t *cut, bool upper,
                       several_class_t *to)
{
    to->n = 0;
    for (size_t i = 0; i < from->n; i++)
        if (!cut || split_is_on(&from->options[i], cut, upper))
            to->options[to->n++] = from->options[i];
}

/* The lower side: one member of the class is on it, its others are free; the upper side: all are on
   that. Members of a class stand side by side in a choice, so that its order stays. */
static confx_status_t split_make(const several_menu_t *from, const split_cut_t *cut, bool upper,
                                 several_menu_t *menu)
{
    *menu = *from;
    menu->arena = (arena_t){0};
    ARENA_TAKE(&menu->arena, menu->classes, from->classes_n + 1);
    ARENA_TAKE(&menu->arena, menu->store, split_options(from) + from->classes[cut->class].n);
    TRY(arena_status(&menu->arena, "a part of a choice"));
    several_class_t *to = menu->classes;
    several_option_t *options = menu->store;
    for (size_t c = 0; c < from->classes_n; c++) {
        const several_class_t *class = &from->classes[c];
        const bool parts = c == cut->class && !upper && class->members > 1;
        if (parts) {
            *to = (several_class_t){.options = options, .members = 1};
            split_copy(class, cut, false, to);
            options += to++->n;
        }
        *to = (several_class_t){.options = options, .members = class->members - parts};
        split_copy(class, c == cut->class && !parts ? cut : NULL, upper, to);
        options += to++->n;
    }
    menu->classes_n = (size_t)(to - menu->classes);
    return status_ok();
}

static confx_status_t split_divide(split_t *self, const split_part_t *part)
{
    split_cut_t cut = {.class = 0};
    if (!split_find(part, &cut)) {
        self->left = fmin(self->left, part->bound);
        return status_ok();
    }
    for (int upper = 0; upper < 2; upper++) {
        split_part_t half = {.bound = part->bound};
        TRY(split_make(&part->menu, &cut, upper, &half.menu));
        TRY(split_look(self, &half));
    }
    return status_ok();
}

static bool split_may_go_on(const split_t *self)
{
    const solve_watch_t *watch = self->limits.watch;
    return !watch || watch->tell(watch->context, watch->what, self->looked, self->limits.parts);
}

/* The part of the lowest bound, unless what was found since is as good. */
static confx_status_t split_next(split_t *self)
{
    split_part_t part = split_take(self);
    confx_status_t status = status_ok();
    if (!split_may_go_on(self))
        status = status_fail(CONFX_STATUS_STOPPED, "stopped while a choice was looked for");
    else if (part.bound < several_closed_at(self->found->cost))
        status = split_divide(self, &part);
    several_menu_close(&part.menu);
    return status;
}

confx_status_t several_split(const several_menu_t *menu, const double prices[KNAPSACK_BUDGETS],
                             double bound, split_limits_t limits, several_found_t *found)
{
    split_t self = {.left = INFINITY, .limits = limits, .found = found};
    split_part_t whole = {.menu = *menu, .bound = bound};
    memcpy(whole.prices, prices, sizeof whole.prices);
    confx_status_t status = split_divide(&self, &whole);
    while (status.code == CONFX_STATUS_OK && self.n > 0 && self.looked < limits.parts &&
           self.stored <= SPLIT_STORED)
        status = split_next(&self);
    found->dropped = self.left;
    for (size_t i = 0; i < self.n; i++) {
        found->dropped = fmin(found->dropped, self.parts[i].bound);
        several_menu_close(&self.parts[i].menu);
    }
    free(self.parts);
    return status;
}
