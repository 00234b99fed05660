/* Random search: assignments drawn within the budget, nothing learned. Also the founders of islands without a start. */
#include "islands.h"

#include <math.h>
#include <stdlib.h>

static size_t level_point(const problem_t *problem, rng_t *rng)
{
    const uint32_t pes = problem_level_values(problem, 0)[rng_below(rng, problem_levels(problem, 0))];
    const uint32_t buffer = problem_level_values(problem, 1)[rng_below(rng, problem_levels(problem, 1))];
    return problem_point(problem, pes, buffer);
}

static size_t least_point(problem_t *problem, size_t distinct)
{
    size_t least = 0;
    for (size_t pe = 0; pe < problem_levels(problem, 0); pe++)
        for (size_t buffer = 0; buffer < problem_levels(problem, 1); buffer++) {
            const size_t point =
                problem_point(problem, problem_level_values(problem, 0)[pe], problem_level_values(problem, 1)[buffer]);
            const bool first = pe == 0 && buffer == 0;
            if (first || problem_need(problem, distinct, point) < problem_need(problem, distinct, least)) least = point;
        }
    return least;
}

static void put(const problem_t *problem, genes_t genes, size_t layer, size_t point)
{
    uint32_t pes;
    uint32_t buffer;
    problem_unpoint(problem, point, &pes, &buffer);
    genes.pes[layer] = (uint16_t)pes;
    genes.buffer[layer] = (uint16_t)buffer;
}

/* Every layer starts at its least; then each, from a random layer on, draws levels until some fit. */
void random_genes(problem_t *problem, rng_t *rng, genes_t genes)
{
    enum { TRIES = 8 };
    const size_t layers = problem_layers(problem);
    double need = 0;
    for (size_t layer = 0; layer < layers; layer++) {
        const size_t distinct = problem_distinct_of(problem, layer);
        const size_t point = least_point(problem, distinct);
        put(problem, genes, layer, point);
        need += problem_need(problem, distinct, point);
    }
    const size_t start = rng_below(rng, layers);
    for (size_t i = 0; i < layers; i++) {
        const size_t layer = (start + i) % layers;
        const size_t distinct = problem_distinct_of(problem, layer);
        const size_t here = problem_point(problem, genes.pes[layer], genes.buffer[layer]);
        for (int try = 0; try < TRIES; try++) {
            const size_t point = level_point(problem, rng);
            const double changed =
                need - problem_need(problem, distinct, here) + problem_need(problem, distinct, point);
            if (!problem_fits(problem, changed)) continue;
            put(problem, genes, layer, point);
            need = changed;
            break;
        }
    }
}

enum { RANDOM_UNITS = 4, RANDOM_SAMPLES = 5 };

static search_layout_t plan(const search_setup_t *setup)
{
    const job_search_t *search = &setup->job->search;
    return (search_layout_t){.units = search->blocks ? search->blocks : RANDOM_UNITS,
                             .samples = search->episodes ? search->episodes : RANDOM_SAMPLES};
}

static status_t open_state(const search_setup_t *setup, search_layout_t *layout, void **state)
{
    (void)layout;
    search_setup_t *self = malloc(sizeof *self);
    if (!self) return status_fail(STATUS_MEMORY, "no memory for a random search");
    *self = *setup;
    *state = self;
    return status_ok();
}

static void sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const search_setup_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        rng_t rng = rng_begin(self->job->search.seed, RNG_ACTION, update, unit, e);
        const size_t at = e * batch->layers;
        random_genes(self->problem, &rng, (genes_t){batch->pes + at, batch->buffer + at});
    }
}

const search_kind_t search_random = {.plan = plan, .open = open_state, .close = free, .sample = sample};
