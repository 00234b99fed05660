/* Random samples, and assignments assembled from the costs they revealed: what remembering alone is
   worth, without any learning. Each layer takes the seen point of least cost + multiplier x need,
   at the multiplier that the linear relaxation puts on the budget (tradeoff.c; Everett 1963,
   Lagrange multipliers for allocation); what does not fit is repaired, and what is left of the
   budget spent, by the best single moves over what was seen (repair.c).

   Every twentieth sample is an assembled one, so that the curve of the best against samples means
   something, and so is the last of the stage; all others are random within the budget. It works on
   per-layer costs and cannot do without. */
#include "confx/try.h"
#include "search/baselines/blocks.h"
#include "search/common/moves.h"
#include "search/common/repair.h"

#include <stdlib.h>

enum { ASSEMBLED_EACH = 20 };

typedef struct {
    search_setup_t setup;
    repair_t repair;
} assembly_t;

static void assembly_close_state(void *state)
{
    assembly_t *self = state;
    repair_close(&self->repair);
    free(self);
}

static confx_status_t assembly_open_state(const search_setup_t *setup, search_layout_t *layout,
                                          void **state)
{
    (void)layout;
    if (!setup->memory)
        return status_fail(CONFX_STATUS_INPUT,
                           "assembly remembers what each layer costs, and may not");
    assembly_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for an assembly");
    self->setup = *setup;
    const confx_status_t status =
        repair_open(setup->problem, search_samples_in_all(setup), &self->repair);
    /* Assembly goes by what samples revealed and by nothing else. */
    self->repair.cost_view = (cost_view_t){.memory = setup->memory};
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        assembly_close_state(self);
    return status;
}

/* Layers of which nothing valid was seen keep their actions as long as these fit. */
static void assembly_assemble(assembly_t *self, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    tradeoff_build(&self->repair.tradeoff, problem, &self->repair.cost_view);
    const double multiplier = tradeoff_multiplier(&self->repair.tradeoff, problem);
    for (size_t layer = 0; layer < problem_layers(problem); layer++) {
        const vertex_t *vertex =
            tradeoff_pick(&self->repair.tradeoff, problem_distinct_of(problem, layer), multiplier);
        if (vertex) problem_put(problem, assignment, layer, vertex->point);
    }
    repair_reduce(&self->repair, assignment);
    repair_fill(&self->repair, assignment);
}

static void assembly_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    assembly_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        const uint64_t number = blocks_number(&self->setup, unit, update, e);
        rng_t rng = rng_begin(self->setup.job->search.seed, RNG_ACTION, update, unit, e);
        moves_random(self->setup.problem, &rng, batch_assignment(batch, e));
        if (number % ASSEMBLED_EACH == ASSEMBLED_EACH - 1 || number + 1 == self->setup.samples ||
            number + 1 == search_samples(&self->setup))
            assembly_assemble(self, batch_assignment(batch, e));
    }
}

const search_kind_t search_assembly = {
    .traits = {.layers = true, .layers_needed = true, .sums = true, .kinds = true},
    .plan = blocks_plan,
    .open = assembly_open_state,
    .close = assembly_close_state,
    .sample = assembly_sample};
