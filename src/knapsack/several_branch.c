/* Branch and bound, breadth first: all partial choices of the members so far, one member after the
   other. */
#include "confx/try.h"
#include "knapsack/several_menu.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

typedef struct {
    double bound, cost, needs[KNAPSACK_BUDGETS];
    uint32_t parent, option; /* its place in the level before; the option's place in its class */
} branch_node_t;

typedef struct {
    uint32_t parent, option;
} branch_trail_t;

typedef struct {
    branch_node_t *at;
    size_t n, room;
} branch_level_t;

typedef struct {
    const several_menu_t *menu;
    several_found_t *found;
    size_t room;                   /* partial choices that may be alive */
    double limit;                  /* what is not below it cannot better the best choice */
    double rest[KNAPSACK_BUDGETS]; /* least needs of the members to come */
    branch_level_t alive, next;
    uint32_t *rank; /* of `next` by their first need, for branch_drop_dominated */
    double *least;  /* of a tree over these ranks */
    size_t ranks_room;
    branch_trail_t **trails; /* (members) of each level */
    size_t *class_of;        /* (members) */
    size_t done;
} branches_t;

/* ---- memory ---------------------------------------------------------------------------------- */

static confx_status_t branch_reserve(branch_level_t *level, size_t n)
{
    if (n <= level->room) return status_ok();
    branch_node_t *at = realloc(level->at, 2 * n * sizeof *at);
    if (!at) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu partial choices", 2 * n);
    level->at = at;
    level->room = 2 * n;
    return status_ok();
}

static void branch_close(branches_t *self)
{
    free(self->alive.at);
    free(self->next.at);
    free(self->rank);
    free(self->least);
    for (size_t i = 0; self->trails && i < self->done; i++) free(self->trails[i]);
    free(self->trails);
    free(self->class_of);
}

static confx_status_t branch_open(branches_t *self)
{
    const several_menu_t *menu = self->menu;
    size_t member = 0;
    self->trails = calloc(menu->members + 1, sizeof(branch_trail_t *));
    self->class_of = calloc(menu->members + 1, sizeof *self->class_of);
    if (!self->trails || !self->class_of)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", menu->members);
    for (size_t c = 0; c < menu->classes_n; c++) {
        const several_class_t *class = &menu->classes[c];
        for (size_t i = 0; i < class->members; i++) self->class_of[member++] = c;
        for (size_t k = 0; class->members && k < menu->budgets_n; k++) {
            double least = INFINITY;
            for (size_t i = 0; i < class->n; i++) least = fmin(least, class->options[i].needs[k]);
            /* The least needs of all members to come: what is left must cover them, or a partial
               choice is given up. */
            self->rest[k] += (double)class->members * least;
        }
    }
    assert(member == menu->members);
    return branch_reserve(&self->alive, 1);
}

/* ---- giving up ------------------------------------------------------------------------------- */

static void branch_swap(branch_node_t *one, branch_node_t *other)
{
    const branch_node_t kept = *one;
    *one = *other;
    *other = kept;
}

/* The `keep` lowest bounds to the front: parted into what is below a pivot, like it and above,
   until the border lies among those that are alike. */
static void branch_select(branch_node_t *at, size_t n, size_t keep)
{
    size_t from = 0, to = n;
    while (to - from > 1) {
        const double pivot = at[from + (to - from) / 2].bound;
        size_t below = from, i = from, above = to;
        while (i < above) {
            if (at[i].bound < pivot)
                branch_swap(&at[below++], &at[i++]);
            else if (at[i].bound > pivot)
                branch_swap(&at[i], &at[--above]);
            else
                i++;
        }
        /* Those between `below` and `above` are alike, so any of them may stand on either side of
           the border. */
        if (keep >= below && keep <= above) return;
        if (keep < below)
            to = below;
        else
            from = above;
    }
}

/* What goes beyond the room is never looked at again: its lowest bound is remembered, as a choice
   below the best one may have been among it. */
static void branch_give_up(branches_t *self, branch_level_t *level, size_t room)
{
    if (level->n <= room) return;
    branch_select(level->at, level->n, room);
    for (size_t i = room; i < level->n; i++)
        self->found->dropped = fmin(self->found->dropped, level->at[i].bound);
    level->n = room;
}

/* ---- dominance ------------------------------------------------------------------------------- */

static int branch_by_cost(const void *one, const void *other)
{
    const branch_node_t *a = one, *b = other;
    if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++)
        if (a->needs[k] != b->needs[k]) return a->needs[k] < b->needs[k] ? -1 : 1;
    if (a->parent != b->parent) return a->parent < b->parent ? -1 : 1;
    return a->option < b->option ? -1 : a->option > b->option;
}

static int branch_by_value(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

static confx_status_t branch_make_ranks(branches_t *self, size_t n)
{
    if (n > self->ranks_room) {
        free(self->rank);
        free(self->least);
        self->rank = calloc(2 * n, sizeof *self->rank);
        self->least = malloc((2 * n + 1) * sizeof *self->least);
        self->ranks_room = 2 * n;
        if (!self->rank || !self->least)
            return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu partial choices", n);
    }
    /* The tree's memory serves for sorting the first needs before it is needed as a tree. */
    const branch_level_t *level = &self->next;
    for (size_t i = 0; i < n; i++) self->least[i] = level->at[i].needs[0];
    qsort(self->least, n, sizeof *self->least, branch_by_value);
    for (size_t i = 0; i < n; i++) {
        const double *found =
            bsearch(&level->at[i].needs[0], self->least, n, sizeof *self->least, branch_by_value);
        while (found > self->least && found[-1] == *found) found--;
        self->rank[i] = (uint32_t)(found - self->least);
    }
    for (size_t i = 0; i <= n; i++) self->least[i] = INFINITY;
    return status_ok();
}

/* The least second need among those before this one, which cost no more, whose first need is no
   more: a Fenwick tree of minima over the ranks of first needs. */
static double branch_least_second(const branches_t *self, uint32_t rank)
{
    double least = INFINITY;
    for (size_t i = (size_t)rank + 1; i > 0; i -= i & (~i + 1)) least = fmin(least, self->least[i]);
    return least;
}

static void branch_note_second(branches_t *self, uint32_t rank, double second)
{
    for (size_t i = (size_t)rank + 1; i <= self->next.n; i += i & (~i + 1))
        self->least[i] = fmin(self->least[i], second);
}

static bool branch_needs_same(const branch_node_t *one, const branch_node_t *other)
{
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++)
        if (one->needs[k] != other->needs[k]) return false;
    return true;
}

/* Of two budgets, and of one, whose second need is 0, all that is bettered goes; of more only what
   is the same. */
static confx_status_t branch_drop_dominated(branches_t *self)
{
    branch_level_t *level = &self->next;
    const bool two = self->menu->budgets_n <= 2;
    size_t kept = 0;
    if (level->n == 0) return status_ok();
    qsort(level->at, level->n, sizeof *level->at, branch_by_cost);
    if (two) TRY(branch_make_ranks(self, level->n));
    for (size_t i = 0; i < level->n; i++) {
        const branch_node_t *branch = &level->at[i];
        const bool same = kept && branch_needs_same(&level->at[kept - 1], branch);
        /* By rising cost, so those seen before cost no more. With two budgets one of them dominates
           if some node of no larger first need has no larger second need, which the ranks answer in
           log n. */
        if (two ? branch_least_second(self, self->rank[i]) <= branch->needs[1] : same) continue;
        if (two) branch_note_second(self, self->rank[i], branch->needs[1]);
        level->at[kept++] = *branch;
    }
    level->n = kept;
    return status_ok();
}

/* ---- a level --------------------------------------------------------------------------------- */

/* Continue one partial choice by every option that may still better the best choice and leaves
   enough for the least needs of the rest. */
static confx_status_t branch_extend(branches_t *self, uint32_t parent, const several_class_t *class)
{
    const several_menu_t *menu = self->menu;
    const branch_node_t *from = &self->alive.at[parent];
    const size_t most = 8 * self->room;
    TRY(branch_reserve(&self->next, self->next.n + class->n));
    assert(self->next.at || class->n == 0);
    for (size_t i = 0; i < class->n; i++) {
        const several_option_t *option = &class->options[i];
        branch_node_t branch = {.bound = from->bound + option->excess,
                                .cost = from->cost + option->cost,
                                .parent = parent,
                                .option = (uint32_t)i};
        bool fits = true;
        /* Options come by rising excess: all further ones are as high, or higher. */
        if (branch.bound >= self->limit) break;
        for (size_t k = 0; k < menu->budgets_n; k++) {
            branch.needs[k] = from->needs[k] + option->needs[k];
            fits = fits && branch.needs[k] + self->rest[k] <= menu->budgets[k];
        }
        if (fits) self->next.at[self->next.n++] = branch;
    }
    if (self->next.n > most) branch_give_up(self, &self->next, most / 2);
    return status_ok();
}

static confx_status_t branch_advance(branches_t *self, size_t member)
{
    const several_class_t *class = &self->menu->classes[self->class_of[member]];
    self->next.n = 0;
    for (size_t k = 0; k < self->menu->budgets_n; k++) {
        double least = INFINITY;
        for (size_t i = 0; i < class->n; i++) least = fmin(least, class->options[i].needs[k]);
        self->rest[k] -= least;
    }
    for (size_t i = 0; i < self->alive.n; i++) TRY(branch_extend(self, (uint32_t)i, class));
    TRY(branch_drop_dominated(self));
    branch_give_up(self, &self->next, self->room);
    /* The trail of the level is all that the way back needs of it. */
    branch_trail_t *trail = malloc((self->next.n + 1) * sizeof *trail);
    if (!trail)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu partial choices", self->next.n);
    for (size_t i = 0; i < self->next.n; i++)
        trail[i] = (branch_trail_t){self->next.at[i].parent, self->next.at[i].option};
    self->trails[member] = trail;
    self->done = member + 1;
    if (self->next.n > self->found->states) self->found->states = self->next.n;
    const branch_level_t kept = self->alive;
    self->alive = self->next;
    self->next = kept;
    return status_ok();
}

/* ---- the end --------------------------------------------------------------------------------- */

/* The cheapest whole choice that fits for certain. One that fits only up to rounding may fit the
   caller's sums or not: it counts as given up. */
static void branch_take_best(branches_t *self)
{
    const several_menu_t *menu = self->menu;
    const branch_node_t *best = NULL;
    for (size_t i = 0; i < self->alive.n; i++) {
        const branch_node_t *branch = &self->alive.at[i];
        if (!several_menu_within(menu, branch->needs, menu->certainly))
            self->found->dropped = fmin(self->found->dropped, branch->cost);
        else if (branch->cost < self->found->cost && (!best || branch->cost < best->cost))
            best = branch;
    }
    if (!best) return;
    self->found->cost = best->cost;
    /* Back along the trails: each step names the option taken and the partial choice before it. */
    uint32_t at = (uint32_t)(best - self->alive.at);
    for (size_t member = menu->members; member-- > 0;) {
        assert(self->trails[member]);
        const branch_trail_t step = self->trails[member][at];
        self->found->choice[member] =
            menu->classes[self->class_of[member]].options[step.option].index;
        at = step.parent;
    }
}

static confx_status_t branch_all(branches_t *self, const solve_watch_t *watch)
{
    const size_t members = self->menu->members;
    for (size_t member = 0; member < members && self->alive.n; member++) {
        if (watch && !watch->tell(watch->context, watch->what, member, members))
            return status_fail(CONFX_STATUS_STOPPED, "stopped while a choice was looked for");
        TRY(branch_advance(self, member));
    }
    if (self->alive.n) branch_take_best(self);
    return status_ok();
}

confx_status_t several_branch(const several_menu_t *menu, double bound, size_t room,
                              const solve_watch_t *watch, several_found_t *found)
{
    branches_t self = {.menu = menu, .found = found, .room = room > 0 ? room : 1};
    /* What betters the known choice by rounding alone is not looked for. */
    self.limit = several_closed_at(found->cost);
    found->dropped = INFINITY;
    confx_status_t status = branch_open(&self);
    if (status.code == CONFX_STATUS_OK) {
        assert(self.alive.at);
        self.alive.at[self.alive.n++] = (branch_node_t){.bound = bound};
        status = branch_all(&self, watch);
    }
    branch_close(&self);
    return status;
}
