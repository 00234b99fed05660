/* The best single action for all layers: what a designer without a search would do, and the paper's
   "uniform" baseline (ConfuciuX, MICRO 2020; where layers share one array, its best action end to
   end). The assignments that give every layer the same action and fit the budget are enumerated, at
   most 144 of them with the paper's levels; further samples begin anew. The seed has no effect.
   Where no single action is legal for all layers, each takes the legal one that it needs least
   of. */
#include "search/baselines/uniform.h"
#include "confx/try.h"
#include "search/baselines/blocks.h"
#include "search/common/moves.h"
#include "search/common/shared.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    search_setup_t setup;
    uniform_points_t points;
} uniform_t;

/* ---- the points ------------------------------------------------------------------------------ */

void uniform_points_close(uniform_points_t *points)
{
    free(points->points);
    *points = (uniform_points_t){NULL, 0};
}

/* Where none fits, the one that needs least stands for all; illegal ones weigh infinitely much. */
static void uniform_find(problem_t *problem, uniform_points_t *found)
{
    const space_t *space = problem_space(problem);
    const terms_t *terms = problem_terms(problem);
    uint64_t least = 0;
    double least_weight = INFINITY;
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const uint64_t point = space_choice_point(space, choice);
        const need_t needs = moves_uniform_needs(problem, point);
        const double weight = terms_weight(terms, &needs);
        /* All layers on this point: its needs are those of the whole network. */
        if (terms_fits(terms, &needs)) found->points[found->n++] = point;
        if (!(weight < least_weight)) continue;
        least = point;
        least_weight = weight;
    }
    if (!found->n && !isinf(least_weight) && shared_axes(problem) == 0)
        found->points[found->n++] = least;
}

confx_status_t uniform_points_open(problem_t *problem, uniform_points_t *points)
{
    const uint64_t choices = space_choices(problem_space(problem));
    *points = (uniform_points_t){calloc((size_t)choices, sizeof *points->points), 0};
    if (!points->points)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %llu actions",
                           (unsigned long long)choices);
    uniform_find(problem, points);
    return status_ok();
}

void uniform_put(problem_t *problem, const uniform_points_t *points, size_t i, uint16_t *assignment)
{
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        problem_put(problem, assignment, layer,
                    points->n ? points->points[i]
                              : problem_least_point(problem, problem_distinct_of(problem, layer)));
    /* An array that all layers can have: without one the problem would not have been opened. */
    if (!points->n && shared_axes(problem)) shared_settle(problem, NULL, SPACE_LEVELS, assignment);
}

/* ---- the search ------------------------------------------------------------------------------ */

static void uniform_close_state(void *state)
{
    uniform_t *self = state;
    uniform_points_close(&self->points);
    free(self);
}

static confx_status_t uniform_open_state(const search_setup_t *setup, search_layout_t *layout,
                                         void **state)
{
    (void)layout;
    uniform_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a uniform search");
    self->setup = *setup;
    const confx_status_t status = uniform_points_open(setup->problem, &self->points);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        uniform_close_state(self);
    return status;
}

static void uniform_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const uniform_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        const uint64_t number = blocks_number(&self->setup, unit, update, e);
        uniform_put(self->setup.problem, &self->points,
                    self->points.n ? (size_t)(number % self->points.n) : 0,
                    batch_assignment(batch, e));
    }
}

const search_kind_t search_uniform = {.traits = {.shares = true},
                                      .plan = blocks_plan,
                                      .open = uniform_open_state,
                                      .close = uniform_close_state,
                                      .sample = uniform_sample};
