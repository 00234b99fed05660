/* Random search: assignments drawn within the budget, nothing learned. */
#include "search/baselines/blocks.h"
#include "search/common/moves.h"

#include <stdlib.h>

static void random_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const search_setup_t *self = state;
    for (size_t e = 0; e < batch->n; e++) {
        rng_t rng = rng_begin(self->job->search.seed, RNG_ACTION, update, unit, e);
        moves_random(self->problem, &rng, batch_assignment(batch, e));
    }
}

const search_kind_t search_random = {.traits = {.shares = true},
                                     .plan = blocks_plan,
                                     .open = blocks_open,
                                     .close = free,
                                     .sample = random_sample};
