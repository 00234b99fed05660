/* The layer with the most multiplications tuned by itself, and what is best for it given to all:
   the paper's first heuristic for one array (ConfuciuX, MICRO 2020, layer-sequential deployment),
   which is of use where layers are pipelined as well.

   The actions that all layers can have together within the budget are gone through, one a sample,
   at most 144 with the paper's levels. Of each only what it costs the heaviest layer is looked at:
   where layers are pipelined the others have the action of their least need meanwhile; where they
   share one array they cannot but have the same. From then on, and in the last sample in any case,
   all layers have the action that cost the heaviest layer least, of equals the one that it needs
   least of. The seed has no effect. One array's design is that of the last sample: a run keeps the
   best of all that it scored, which may be another one that came by on the way. */
#include "confx/macs.h"
#include "confx/try.h"
#include "search/baselines/uniform.h"
#include "search/common/cost_view.h"
#include "search/common/moves.h"
#include "search/common/shared.h"
#include "search/kind.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    search_setup_t setup;
    uniform_points_t points;
    size_t layer; /* the heaviest one; of equals the first */
} heaviest_layer_t;

/* What the last sample cost is known before the next one is proposed. */
static search_layout_t heaviest_layer_plan(const search_setup_t *setup)
{
    (void)setup;
    return (search_layout_t){.units = 1, .samples = 1};
}

static void heaviest_layer_close(void *state)
{
    heaviest_layer_t *self = state;
    uniform_points_close(&self->points);
    free(self);
}

static size_t heaviest_layer_find(const confx_workload_t *workload)
{
    size_t heaviest = 0;
    for (size_t layer = 1; layer < workload->layers_n; layer++)
        if (confx_layer_macs(&workload->layers[layer]) >
            confx_layer_macs(&workload->layers[heaviest]))
            heaviest = layer;
    return heaviest;
}

static confx_status_t heaviest_layer_open(const search_setup_t *setup, search_layout_t *layout,
                                          void **state)
{
    (void)layout;
    if (!setup->memory)
        return status_fail(CONFX_STATUS_INPUT,
                           "heaviest_layer remembers what that layer costs, and may not");
    heaviest_layer_t *self = calloc(1, sizeof *self);
    if (!self) return status_fail(CONFX_STATUS_MEMORY, "no memory for a heaviest layer");
    self->setup = *setup;
    self->layer = heaviest_layer_find(problem_workload(setup->problem));
    const confx_status_t status = uniform_points_open(setup->problem, &self->points);
    if (status.code == CONFX_STATUS_OK)
        *state = self;
    else
        heaviest_layer_close(self);
    return status;
}

/* Of the actions seen so far the one that costs the heaviest layer least; the first if it was valid
   with none. */
static size_t heaviest_layer_best(const heaviest_layer_t *self)
{
    problem_t *problem = self->setup.problem;
    const cost_view_t seen = {.memory = self->setup.memory};
    const size_t distinct = problem_distinct_of(problem, self->layer);
    double least = INFINITY, least_need = INFINITY;
    size_t best = 0;
    for (size_t i = 0; i < self->points.n; i++) {
        const double cost = cost_view_cost(&seen, distinct, self->points.points[i]);
        const double need = problem_need(problem, distinct, self->points.points[i]);
        /* Of equal costs the lower need leaves more to the other layers. */
        if (isinf(cost) || cost > least || (cost == least && need >= least_need)) continue;
        least = cost;
        least_need = need;
        best = i;
    }
    return best;
}

/* The heaviest layer alone has the action, where layers have hardware of their own. */
static void heaviest_layer_try(const heaviest_layer_t *self, size_t i, uint16_t *assignment)
{
    problem_t *problem = self->setup.problem;
    uniform_put(problem, &self->points, i, assignment);
    if (shared_axes(problem)) return;
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        if (layer != self->layer)
            problem_put(problem, assignment, layer,
                        problem_least_point(problem, problem_distinct_of(problem, layer)));
}

static void heaviest_layer_sample(void *state, size_t unit, uint64_t update, batch_t *batch)
{
    const heaviest_layer_t *self = state;
    const search_setup_t *setup = &self->setup;
    const uint64_t number = setup->extension.before_samples + update - setup->first_update -
                            setup->extension.before_updates;
    const bool last = number + 1 == setup->samples || number + 1 == search_samples(setup);
    uint16_t *assignment = batch_assignment(batch, 0);
    (void)unit;
    if (number < self->points.n && !last)
        heaviest_layer_try(self, (size_t)number, assignment);
    else
        uniform_put(setup->problem, &self->points, heaviest_layer_best(self), assignment);
}

const search_kind_t search_heaviest_layer = {
    .traits = {.layers = true, .layers_needed = true, .sizes = true, .shares = true},
    .plan = heaviest_layer_plan,
    .open = heaviest_layer_open,
    .close = heaviest_layer_close,
    .sample = heaviest_layer_sample};
