/* Several budgets: prices, then a search that is given more and more room. */
#include "confx/several.h"
#include "confx/try.h"
#include "knapsack/several_menu.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first search is for a good choice alone, each later one has so many times the room. */
enum { ROOM_FIRST = 64, ROOM_GROWS = 16, ROOM_QUICK = 1024 };
/* In parts: so many, each with so much room. */
enum { SPLIT_PARTS = 300, SPLIT_STATES = 256 };
/* Of one budget in place of all: no more than it takes to be of use before the search. */
enum { SURROGATE_STATES = 1 << 17 };
static knapsack_t several_nothing(bool feasible)
{
    knapsack_t nothing = {.feasible = feasible,
                          .lower_bound = feasible ? -INFINITY : INFINITY,
                          .price = NAN,
                          .optimum = NAN,
                          .need = NAN,
                          .known = NAN,
                          .next = {NEXT_UNKNOWN, NAN, NAN}};
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++) nothing.needs[k] = nothing.prices[k] = NAN;
    return nothing;
}

/* The sums of a choice of indices, class by class, of the caller's own figures; its points. */
static void several_put_choice(const several_t *several, const uint32_t *choice,
                               knapsack_t *knapsack)
{
    size_t member = 0;
    knapsack->known = 0;
    for (size_t k = 0; k < several->budgets_n; k++) knapsack->needs[k] = 0;
    for (size_t c = 0; c < several->classes_n; c++)
        for (size_t i = 0; i < several->classes[c].members; i++, member++) {
            const uint32_t at = choice[member];
            knapsack->known += several->classes[c].options[at].cost;
            for (size_t k = 0; k < several->budgets_n; k++)
                knapsack->needs[k] += several->needs[c][at * several->budgets_n + k];
            knapsack->choice[member] = several->classes[c].options[at].point;
        }
    knapsack->choice_n = member;
    knapsack->need = knapsack->needs[0];
}

/* Is nothing left that could be lower by more than rounding? */
static bool several_is_closed(const several_found_t *found)
{
    return found->dropped >= several_closed_at(found->cost);
}

/* A search that begins with room for `first` partial choices, with more until `most`. */
static confx_status_t several_search(several_menu_t *menu, double bound, size_t first, size_t most,
                                     const solve_watch_t *watch, several_found_t *found)
{
    for (size_t room = first < most ? first : most;; room *= ROOM_GROWS) {
        if (room > most) room = most;
        TRY(several_branch(menu, bound, room, watch, found));
        /* Without any choice, and nothing given up, there is none. */
        if (several_is_closed(found) || room == most) return status_ok();
        /* What cannot be part of a better choice need not be looked at again. */
        several_menu_trim(menu, bound, found->cost);
    }
}

/* A quick search, then one in parts, each with prices of its own, which closes what no one set of
   prices does; at last one search with all the room there may be, for what has many choices that
   are nearly alike. Each proves a bound of its own: in `dropped` the highest is left. */
static confx_status_t several_search_all(several_menu_t *menu, const double *prices, double bound,
                                         knapsack_limits_t limits, several_found_t *found)
{
    const size_t most = limits.states_max > 0 ? limits.states_max : 1;
    const size_t quick = most < ROOM_QUICK ? most : ROOM_QUICK;
    TRY(several_search(menu, bound, ROOM_FIRST, quick, limits.watch, found));
    double dropped = found->dropped;
    if (several_is_closed(found) || most == quick) return status_ok();
    TRY(several_split(menu, prices, bound,
                      (split_limits_t){SPLIT_PARTS, SPLIT_STATES, limits.watch}, found));
    found->dropped = dropped = fmax(dropped, found->dropped);
    if (several_is_closed(found)) return status_ok();
    several_menu_trim(menu, bound, found->cost);
    TRY(several_search(menu, bound, ROOM_GROWS * quick, most, limits.watch, found));
    found->dropped = fmax(dropped, found->dropped);
    return status_ok();
}

/* ---- one budget in place of all -------------------------------------------------------------- */

/* The surrogate relaxation (F. Glover, Surrogate constraint duality in mathematical programming,
   Operations Research 23, 1975): whatever is within all budgets is within their sum, each weighted
   with its price. That is one budget, whose optimum is a bound at least as high as the prices' own;
   and where its choice is within every budget, it is the optimum of all. */
typedef struct {
    option_class_t *classes;
    option_t *store;
    double budget;
    arena_t arena;
} surrogate_problem_t;

static confx_status_t several_make_surrogate(const several_t *several, const double *prices,
                                             surrogate_problem_t *surrogate)
{
    const double rounding = 1e-12;
    size_t options_n = 0;
    *surrogate = (surrogate_problem_t){.budget = 0};
    for (size_t c = 0; c < several->classes_n; c++) options_n += several->classes[c].n;
    ARENA_TAKE(&surrogate->arena, surrogate->classes, several->classes_n);
    ARENA_TAKE(&surrogate->arena, surrogate->store, options_n);
    TRY(arena_status(&surrogate->arena, "a choice among %zu options", options_n));
    option_t *option = surrogate->store;
    for (size_t c = 0; c < several->classes_n; c++) {
        const option_class_t *from = &several->classes[c];
        surrogate->classes[c] = (option_class_t){from->n, option, from->members};
        for (size_t i = 0; i < from->n; i++, option++) {
            const double *needs = several->needs[c] + i * several->budgets_n;
            *option = (option_t){.cost = from->options[i].cost, .point = (uint32_t)i};
            for (size_t k = 0; k < several->budgets_n; k++) {
                option->need += prices[k] * needs[k];
                /* What is beyond a budget by itself is in no choice of the several. */
                if (needs[k] > several->budgets[k]) option->cost = INFINITY;
            }
        }
    }
    for (size_t k = 0; k < several->budgets_n; k++)
        surrogate->budget += prices[k] * several->budgets[k];
    surrogate->budget *= 1 + rounding;
    return status_ok();
}

static bool several_fits(const several_t *several, const knapsack_t *knapsack)
{
    for (size_t k = 0; k < several->budgets_n; k++)
        if (knapsack->needs[k] > several->budgets[k]) return false;
    return true;
}

/* *bound: no choice is lower. *fits: the choice, which is put in `knapsack`, is the optimum. */
static confx_status_t several_try_surrogate(const several_t *several, const solve_watch_t *watch,
                                            knapsack_t *knapsack, double *bound, bool *fits)
{
    surrogate_problem_t surrogate;
    knapsack_t one = {0};
    confx_status_t status;
    *fits = false;
    *bound = -INFINITY;
    TRY_OUT(several_make_surrogate(several, knapsack->prices, &surrogate));
    TRY_OUT(knapsack_solve(surrogate.classes, several->classes_n, surrogate.budget,
                           (knapsack_limits_t){SURROGATE_STATES, watch}, &one));
    if (!one.feasible) *bound = INFINITY;
    if (!one.feasible) goto out;
    /* Any choice within all budgets is within their weighted sum, so what bounds the surrogate
       bounds them. Twice the slack: the optimum's own sum and that of the choice it is compared
       with may both be off. */
    *bound = one.solved ? fmax(one.lower_bound, one.optimum - 2 * one.slack) : one.lower_bound;
    knapsack->slack = one.slack;
    if (one.solved) several_put_choice(several, one.choice, knapsack);
    /* An optimum of the surrogate that also keeps each budget by itself can be bettered by no other
       choice. */
    *fits = one.solved && several_fits(several, knapsack);
out:
    knapsack_close(&one);
    arena_close(&surrogate.arena);
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static confx_status_t several_solve_menu(const several_t *several, several_menu_t *menu,
                                         knapsack_limits_t limits, knapsack_t *knapsack)
{
    several_found_t found = {.cost = INFINITY, .dropped = INFINITY};
    confx_status_t status;
    bool proven_infeasible, fits;
    double surrogate;
    several_dual(menu, knapsack->prices, &proven_infeasible);
    knapsack->feasible = !proven_infeasible;
    if (proven_infeasible) return status_ok();
    /* From here on all options have their excess at these prices, which the search goes by. */
    const double bound = several_menu_price(menu, knapsack->prices);
    found.choice = calloc(menu->members + 1, sizeof *found.choice);
    knapsack->choice = calloc(menu->members + 1, sizeof *knapsack->choice);
    if (!found.choice || !knapsack->choice)
        TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", menu->members));
    knapsack->price = knapsack->prices[0];
    TRY_OUT(several_try_surrogate(several, limits.watch, knapsack, &surrogate, &fits));
    knapsack->solved = fits;
    knapsack->lower_bound = fits ? knapsack->known : fmax(bound - menu->slack, surrogate);
    if (fits) goto out;
    /* The surrogate's choice exceeds some budget; only its bound is of use. */
    knapsack->known = NAN;
    TRY_OUT(several_search_all(menu, knapsack->prices, bound, limits, &found));
    knapsack->states = found.states;
    knapsack->slack = menu->slack;
    knapsack->feasible = isfinite(found.cost) || isfinite(found.dropped);
    if (isfinite(found.cost)) several_put_choice(several, found.choice, knapsack);
    /* What was given up for want of room is nevertheless bounded by the surrogate. */
    found.dropped = fmax(found.dropped, surrogate);
    knapsack->solved = isfinite(found.cost) && several_is_closed(&found);
    knapsack->lower_bound =
        fmax(knapsack->lower_bound, fmin(found.dropped, found.cost) - menu->slack);
out:
    free(found.choice);
    return status;
}

/* An optimum is told as one, and else there is none. */
static void several_finish(knapsack_t *knapsack)
{
    if (!knapsack->feasible) {
        free(knapsack->choice);
        *knapsack = several_nothing(false);
        return;
    }
    if (knapsack->solved) {
        knapsack->optimum = knapsack->known;
        knapsack->lower_bound = fmin(knapsack->lower_bound, knapsack->optimum);
        return;
    }
    free(knapsack->choice);
    knapsack->choice = NULL;
    knapsack->choice_n = 0;
    knapsack->need = NAN;
    for (size_t k = 0; k < KNAPSACK_BUDGETS; k++) knapsack->needs[k] = NAN;
}

confx_status_t several_solve(const several_t *several, knapsack_limits_t limits,
                             knapsack_t *knapsack)
{
    several_menu_t menu;
    bool feasible;
    *knapsack = several_nothing(true);
    confx_status_t status = several_menu_open(several, &menu, &feasible);
    if (status.code == CONFX_STATUS_OK && feasible)
        status = several_solve_menu(several, &menu, limits, knapsack);
    if (status.code == CONFX_STATUS_OK && !feasible) knapsack->feasible = false;
    several_menu_close(&menu);
    if (status.code == CONFX_STATUS_OK)
        several_finish(knapsack);
    else
        knapsack_close(knapsack);
    return status;
}
