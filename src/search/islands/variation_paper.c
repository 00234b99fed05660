/* Children of the preset `paper`: one population of 20 around the best assignment, 8 parents, three
   local integer moves a child, each undone if it breaks the budget, and now and then two layers
   swap genes. */
#include "search/islands/islands.h"

#include <string.h>

enum { PARENTS = 8, MOVES = 3, PE_STEP = 8, BUFFER_STEP = 2 };
static const double swap_chance = 0.2;

/* value + step, step uniform in -most_step .. most_step, kept within 1 .. most. */
static uint16_t variation_paper_moved(rng_t *rng, uint16_t value, size_t most_step, uint32_t most)
{
    const int64_t step = (int64_t)rng_below(rng, 2 * most_step + 1) - (int64_t)most_step;
    const int64_t sum = (int64_t)value + step;
    return (uint16_t)(sum < 1 ? 1 : sum > (int64_t)most ? (int64_t)most : sum);
}

static void variation_paper_move_one(islands_t *self, rng_t *rng, genes_t genes)
{
    const problem_t *problem = self->setup.problem;
    const size_t layer = rng_below(rng, problem_layers(problem));
    const uint16_t pes = genes.pes[layer];
    const uint16_t buffer = genes.buffer[layer];
    genes.pes[layer] = variation_paper_moved(rng, pes, PE_STEP, problem_pe_max(problem));
    genes.buffer[layer] =
        variation_paper_moved(rng, buffer, BUFFER_STEP, problem_buffer_max(problem));
    if (problem_fits(problem, repair_need(&self->repair, genes))) return;
    genes.pes[layer] = pes;
    genes.buffer[layer] = buffer;
}

static void variation_paper_swap_numbers(uint16_t *one, uint16_t *other)
{
    const uint16_t kept = *one;
    *one = *other;
    *other = kept;
}

static void variation_paper_swap_layers(genes_t genes, size_t one, size_t other)
{
    variation_paper_swap_numbers(&genes.pes[one], &genes.pes[other]);
    variation_paper_swap_numbers(&genes.buffer[one], &genes.buffer[other]);
}

static void variation_paper_swap_two(islands_t *self, rng_t *rng, genes_t genes)
{
    const size_t layers = problem_layers(self->setup.problem);
    const size_t one = rng_below(rng, layers);
    const size_t other = rng_below(rng, layers);
    variation_paper_swap_layers(genes, one, other);
    if (!problem_fits(self->setup.problem, repair_need(&self->repair, genes)))
        variation_paper_swap_layers(genes, one, other);
}

static void variation_paper_breed(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                                  genes_t genes)
{
    (void)child;
    const size_t bytes = problem_layers(self->setup.problem) * sizeof(uint16_t);
    const size_t parents = island->n < PARENTS ? island->n : PARENTS;
    const genes_t parent = island->members[rng_below(rng, parents)].genes;
    memcpy(genes.pes, parent.pes, bytes);
    memcpy(genes.buffer, parent.buffer, bytes);
    for (int move = 0; move < MOVES; move++) variation_paper_move_one(self, rng, genes);
    if (rng_uniform(rng) < swap_chance) variation_paper_swap_two(self, rng, genes);
}

const variation_t variation_paper = {.islands = 1,
                                     .children = 20,
                                     .population = 20,
                                     .migration_interval = 5,
                                     .make_child = variation_paper_breed};
