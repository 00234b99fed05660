/* Several budgets: prices, then a search that is given more and more room. */
#include "confx/several.h"
#include "confx/try.h"
#include "knapsack/several_menu.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first search is for a good choice alone, each later one has so many times the room. */
enum { ROOM_FIRST = 64, ROOM_GROWS = 16 };
static const double several_closeness = 1e-9;

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
    return found->dropped >= found->cost - several_closeness * fabs(found->cost);
}

static confx_status_t several_search(several_menu_t *menu, double bound, knapsack_limits_t limits,
                                     several_found_t *found)
{
    const size_t most = limits.states_max > 0 ? limits.states_max : 1;
    for (size_t room = ROOM_FIRST < most ? ROOM_FIRST : most;; room *= ROOM_GROWS) {
        if (room > most) room = most;
        TRY(several_branch(menu, bound, room, limits.watch, found));
        /* Without any choice, and nothing given up, there is none. */
        if (several_is_closed(found) || room == most) return status_ok();
        /* What cannot be part of a better choice need not be looked at again. */
        several_menu_trim(menu, bound, found->cost);
    }
}

static confx_status_t several_solve_menu(const several_t *several, several_menu_t *menu,
                                         knapsack_limits_t limits, knapsack_t *knapsack)
{
    several_found_t found = {.cost = INFINITY, .dropped = INFINITY};
    bool proven_infeasible;
    several_dual(menu, knapsack->prices, &proven_infeasible);
    knapsack->feasible = !proven_infeasible;
    if (proven_infeasible) return status_ok();
    const double bound = several_menu_price(menu, knapsack->prices);
    found.choice = calloc(menu->members + 1, sizeof *found.choice);
    knapsack->choice = calloc(menu->members + 1, sizeof *knapsack->choice);
    confx_status_t status =
        found.choice && knapsack->choice
            ? several_search(menu, bound, limits, &found)
            : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu choices", menu->members);
    if (status.code == CONFX_STATUS_OK) {
        knapsack->states = found.states;
        knapsack->slack = menu->slack;
        knapsack->price = knapsack->prices[0];
        knapsack->feasible = isfinite(found.cost) || isfinite(found.dropped);
        knapsack->solved = isfinite(found.cost) && several_is_closed(&found);
        if (isfinite(found.cost)) several_put_choice(several, found.choice, knapsack);
        knapsack->lower_bound = fmax(bound, fmin(found.dropped, found.cost)) - menu->slack;
    }
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
