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

/* Choices from `first` to before `end`. */
typedef struct {
    size_t first, end;
} grid_window_t;

/* How many choices need no more than room; the number-th of them is found, where there are so
   many. */
static size_t grid_count_choices(const grid_t *self, size_t distinct, const need_t *room,
                                 const grid_window_t *window, size_t number, size_t *found)
{
    const feasibility_t *feasibility = &self->feasibility;
    size_t n = 0;
    for (size_t choice = window->first; choice < window->end; choice++) {
        if (!feasibility_fits(feasibility, distinct * feasibility->choices + choice, room))
            continue;
        if (n == number) *found = choice;
        n++;
    }
    return n;
}

static uint64_t grid_least_point(const problem_t *problem, size_t distinct)
{
    return space_canonical(problem_space(problem), distinct,
                           problem_least_point(problem, distinct));
}

static void grid_enumerate(const grid_t *self, uint64_t number, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    const feasibility_t *feasibility = &self->feasibility;
    const size_t layers = problem_layers(problem);
    const space_t *space = problem_space(problem);
    const size_t own = (size_t)space_own_choices(space);
    const extension_t *extension = &self->setup.extension;
    const need_t nothing = {{0}, 0};
    uint64_t all = self->setup.samples;
    uint64_t remainder = number % all;
    if (number >= all) { /* an extension stands in the middle between steps of its own */
        all = 2 * (extension->samples - extension->before_samples);
        remainder = 2 * (number - extension->before_samples) + 1;
    }
    need_t room = feasibility->limits;
    for (size_t i = 0; i < TERMS_MAX; i++)
        room.of[i] = room.of[i] * (1 + 1e-12) - feasibility->total_reserve.of[i];
    grid_window_t window = {0, feasibility->choices};
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (number + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const need_t most = need_change(&room, &nothing, &feasibility->reserve[distinct]);
        size_t choice = 0;
        const size_t n = grid_count_choices(self, distinct, &most, &window, SIZE_MAX, &choice);
        (void)grid_count_choices(self, distinct, &most, &window, remainder * n / all, &choice);
        /* The first layer chooses what all of them share. */
        if (space_shared(space) > 0) window.first = choice / own * own;
        if (space_shared(space) > 0) window.end = window.first + own;
        remainder = remainder * n % all;
        /* Each of several limits may leave something, and all of them together nothing: then the
           layer gets the choice of the least need. */
        const uint64_t point =
            n > 0 ? feasibility->points[choice] : grid_least_point(problem, distinct);
        const need_t needs = problem_needs(problem, distinct, point);
        problem_put(problem, assignment, layer, point);
        room = need_change(&most, &needs, &nothing);
    }
}

static void grid_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const grid_t *self = state;
    for (size_t e = 0; e < batch->n; e++)
        grid_enumerate(self, blocks_number(&self->setup, unit, update, e),
                       batch_assignment(batch, e));
}

const search_kind_t search_grid = {.traits = {.shares = true},
                                   .plan = blocks_plan,
                                   .open = grid_open_state,
                                   .close = grid_close_state,
                                   .sample = grid_sample};
