/* The best single action for all layers: what a designer without a search would do, and the paper's
   "uniform" baseline (ConfuciuX, MICRO 2020). The assignments that give every layer the same action
   and fit the budget are enumerated, at most 144 of them with the paper's levels; further samples
   begin anew. The seed has no effect. */
#include "confx/try.h"
#include "search/baselines/blocks.h"
#include "search/common/genes.h"

#include <stdlib.h>

typedef struct {
    search_setup_t setup;
    size_t *points, n; /* those that fit */
} uniform_t;

static void uniform_close_state(void *state)
{
    uniform_t *self = state;
    free(self->points);
    free(self);
}

/* Where none fits, the one that needs least stands for all. */
static void uniform_find_points(uniform_t *self)
{
    problem_t *problem = self->setup.problem;
    size_t least = genes_point(problem, 0);
    for (size_t action = 0; action < genes_actions(problem); action++) {
        const size_t point = genes_point(problem, action);
        const double need = genes_need_of_all(problem, point);
        if (problem_fits(problem, need)) self->points[self->n++] = point;
        if (need < genes_need_of_all(problem, least)) least = point;
    }
    if (!self->n) self->points[self->n++] = least;
}

static confx_status_t uniform_open_state(const search_setup_t *setup, search_layout_t *layout,
                                         void **state)
{
    (void)layout;
    uniform_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a uniform search");
    self->setup = *setup;
    self->points = calloc(genes_actions(setup->problem), sizeof *self->points);
    if (!self->points) {
        free(self);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu actions",
                           genes_actions(setup->problem));
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
        const size_t point = self->points[blocks_number(&self->setup, unit, update, e) % self->n];
        for (size_t layer = 0; layer < problem_layers(problem); layer++)
            genes_put(problem, genes_sampled(batch, e), layer, point);
    }
}

const search_kind_t search_uniform = {.plan = blocks_plan,
                                      .open = uniform_open_state,
                                      .close = uniform_close_state,
                                      .sample = uniform_sample};
