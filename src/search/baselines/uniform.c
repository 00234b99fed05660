/* The best single action for all layers: what a designer without a search would do, and the paper's
   "uniform" baseline (ConfuciuX, MICRO 2020). The assignments that give every layer the same action
   and fit the budget are enumerated, at most 144 of them with the paper's levels; further samples
   begin anew. The seed has no effect. Where no single action is legal for all layers, each takes
   the legal one that it needs least of. */
#include "confx/try.h"
#include "search/baselines/blocks.h"
#include "search/common/moves.h"
#include "search/common/shared.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    search_setup_t setup;
    uint64_t *points; /* those that fit; of none the one that needs least */
    size_t n;         /* 0: none is legal for all layers */
} uniform_t;

static void uniform_close_state(void *state)
{
    uniform_t *self = state;
    free(self->points);
    free(self);
}

/* Where none fits, the one that needs least stands for all; illegal ones weigh infinitely much. */
static void uniform_find_points(uniform_t *self)
{
    problem_t *problem = self->setup.problem;
    const space_t *space = problem_space(problem);
    const terms_t *terms = problem_terms(problem);
    uint64_t least = 0;
    double least_weight = INFINITY;
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const uint64_t point = space_choice_point(space, choice);
        const need_t needs = moves_uniform_needs(problem, point);
        const double weight = terms_weight(terms, &needs);
        if (terms_fits(terms, &needs)) self->points[self->n++] = point;
        if (!(weight < least_weight)) continue;
        least = point;
        least_weight = weight;
    }
    if (!self->n && !isinf(least_weight)) self->points[self->n++] = least;
}

static confx_status_t uniform_open_state(const search_setup_t *setup, search_layout_t *layout,
                                         void **state)
{
    (void)layout;
    uniform_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a uniform search");
    self->setup = *setup;
    const uint64_t choices = space_choices(problem_space(setup->problem));
    self->points = calloc((size_t)choices, sizeof *self->points);
    if (!self->points) {
        free(self);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %llu actions",
                           (unsigned long long)choices);
    }
    uniform_find_points(self);
    *state = self;
    return status_ok();
}

static void uniform_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const uniform_t *self = state;
    const problem_t *problem = self->setup.problem;
    for (size_t e = 0; e < batch->n; e++) {
        const uint64_t number = blocks_number(&self->setup, unit, update, e);
        for (size_t layer = 0; layer < problem_layers(problem); layer++) {
            const size_t distinct = problem_distinct_of(problem, layer);
            problem_put(problem, batch_assignment(batch, e), layer,
                        self->n ? self->points[number % self->n]
                                : problem_least_point(problem, distinct));
        }
        /* Levels that all layers can have, or the problem would not have been opened. */
        if (!self->n && shared_axes(problem))
            shared_settle(self->setup.problem, NULL, SPACE_LEVELS, batch_assignment(batch, e));
    }
}

const search_kind_t search_uniform = {.traits = {.shares = true},
                                      .plan = blocks_plan,
                                      .open = uniform_open_state,
                                      .close = uniform_close_state,
                                      .sample = uniform_sample};
