/* Children of the preset `paper`: one population of 20 around the best assignment, 8 parents, three
   local integer moves a child, each undone if it breaks the budget, and now and then two layers
   swap actions. */
#include "search/common/moves.h"
#include "search/islands/islands.h"

#include <string.h>

enum { PARENTS = 8, MOVES = 3, STEP = 8, OTHER_STEP = 2 };
static const double swap_chance = 0.2;

/* index + step, step uniform in -most_step .. most_step, kept within the range. */
static uint16_t variation_paper_moved(rng_t *rng, uint16_t index, size_t most_step, size_t range)
{
    const int64_t last = (int64_t)range - 1;
    const int64_t step = (int64_t)rng_below(rng, 2 * most_step + 1) - (int64_t)most_step;
    const int64_t sum = (int64_t)index + step;
    return (uint16_t)(sum < 0 ? 0 : sum > last ? last : sum);
}

/* The first axis moves by larger steps than the others; one without order goes anywhere. */
static void variation_paper_move_one(islands_t *self, rng_t *rng, uint16_t *assignment)
{
    const problem_t *problem = self->setup.problem;
    const space_t *space = problem_space(problem);
    const size_t layer = rng_below(rng, problem_layers(problem));
    const uint64_t before = problem_point(problem, assignment, layer);
    uint16_t *action = assignment + layer * space_axes(space);
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        const size_t range = space_range(space, axis);
        if (space_axis(space, axis)->kind == AXIS_CATEGORICAL)
            action[axis] = (uint16_t)rng_below(rng, range);
        else
            action[axis] =
                variation_paper_moved(rng, action[axis], axis == 0 ? STEP : OTHER_STEP, range);
    }
    if (!problem_fits(self->setup.problem, assignment))
        problem_put(problem, assignment, layer, before);
}

static void variation_paper_swap_layers(const problem_t *problem, uint16_t *assignment, size_t one,
                                        size_t other)
{
    const uint64_t kept = problem_point(problem, assignment, one);
    problem_put(problem, assignment, one, problem_point(problem, assignment, other));
    problem_put(problem, assignment, other, kept);
}

static void variation_paper_swap_two(islands_t *self, rng_t *rng, uint16_t *assignment)
{
    const problem_t *problem = self->setup.problem;
    const size_t layers = problem_layers(problem);
    const size_t one = rng_below(rng, layers);
    const size_t other = rng_below(rng, layers);
    variation_paper_swap_layers(problem, assignment, one, other);
    if (!problem_fits(self->setup.problem, assignment))
        variation_paper_swap_layers(problem, assignment, one, other);
}

static void variation_paper_breed(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                                  uint16_t *assignment)
{
    (void)child;
    const size_t parents = island->n < PARENTS ? island->n : PARENTS;
    moves_copy(self->setup.problem, assignment,
               island->members[rng_below(rng, parents)].assignment);
    for (int move = 0; move < MOVES; move++) variation_paper_move_one(self, rng, assignment);
    if (rng_uniform(rng) < swap_chance) variation_paper_swap_two(self, rng, assignment);
}

const variation_t variation_paper = {.islands = 1,
                                     .children = 20,
                                     .population = 20,
                                     .migration_interval = 5,
                                     .make_child = variation_paper_breed};
