/* Grid search with a stride, the paper's comparison of that name (ConfuciuX, MICRO 2020): the
   assignments within the budget, enumerated layer by layer and action by action, of which every
   (all / N)-th is sampled. Nothing is drawn and nothing learned; the seed has no effect.

   With 144 actions for each of 52 layers there are some 10^112 assignments, so sample i of N is
   found without counting them: it stands at the fraction i/N of the enumeration, whose digits, to
   the base of how many actions a layer may still choose from, are the layers' actions (as in
   arithmetic decoding; exact in whole numbers). An action may be chosen if its need leaves the
   layers to come the least they need: this is the product grid cut down to the budget. A search
   that is extended goes over the enumeration once more: sample j of its M more stands at (2 j + 1)
   / 2 M. The first digits, which alone are evenly spread and find the whole budget before them, go
   to another layer with each sample. */
#include "confx/try.h"
#include "search/baselines/blocks.h"
#include "search/common/feasibility.h"
#include "search/common/genes.h"

#include <stdlib.h>

typedef struct {
    search_setup_t setup;
    feasibility_t feasibility;
} grid_t;

static void grid_close_state(void *state)
{
    grid_t *self = state;
    feasibility_close(&self->feasibility);
    free(self);
}

static confx_status_t grid_open_state(const search_setup_t *setup, search_layout_t *layout,
                                      void **state)
{
    (void)layout;
    grid_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a grid");
    self->setup = *setup;
    const confx_status_t status = feasibility_open(setup->problem, &self->feasibility);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        grid_close_state(self);
    return status;
}

/* How many actions need no more than room; the number-th of them is found, where there are so
   many. */
static size_t grid_count_actions(const grid_t *self, size_t distinct, double room, size_t number,
                                 size_t *found)
{
    const size_t actions = genes_actions(self->setup.problem);
    const double *need = self->feasibility.need + distinct * actions;
    size_t n = 0;
    for (size_t action = 0; action < actions; action++) {
        if (need[action] > room) continue;
        if (n == number) *found = action;
        n++;
    }
    return n;
}

static void grid_enumerate(const grid_t *self, uint64_t number, genes_t genes)
{
    problem_t *problem = self->setup.problem;
    const size_t layers = problem_layers(problem);
    const extension_t *extension = &self->setup.extension;
    uint64_t all = self->setup.samples;
    uint64_t remainder = number % all;
    if (number >= all) { /* an extension stands in the middle between steps of its own */
        all = 2 * (extension->samples - extension->before_samples);
        remainder = 2 * (number - extension->before_samples) + 1;
    }
    double room = problem_budget(problem) * (1 + 1e-12) - self->feasibility.total_least;
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (number + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const double most = room + self->feasibility.least[distinct];
        size_t action = 0;
        const size_t n = grid_count_actions(self, distinct, most, SIZE_MAX, &action);
        (void)grid_count_actions(self, distinct, most, remainder * n / all, &action);
        remainder = remainder * n % all;
        genes_put(problem, genes, layer, genes_point(problem, action));
        room = most - genes_need_of(problem, genes, layer);
    }
}

static void grid_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const grid_t *self = state;
    for (size_t e = 0; e < batch->n; e++)
        grid_enumerate(self, blocks_number(&self->setup, unit, update, e), genes_sampled(batch, e));
}

const search_kind_t search_grid = {
    .plan = blocks_plan, .open = grid_open_state, .close = grid_close_state, .sample = grid_sample};
