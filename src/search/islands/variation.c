/* Children of the preset `default`. With a ledger a child re-picks genes by what was seen at a
   price near the budget's, explores others, is repaired and filled by what was seen. Where totals
   are remembered it does the same by its island's draw from the estimate, which explores by itself.
   With neither it is a plain crossover and mutation, kept within the budget. */
#include "search/islands/islands.h"

#include <math.h>
#include <string.h>

/* Members are sorted, so the lower of two random ranks is the better of two random members. */
static genes_t variation_tournament(const island_t *island, rng_t *rng)
{
    const size_t one = rng_below(rng, island->n);
    const size_t other = rng_below(rng, island->n);
    return island->members[one < other ? one : other].genes;
}

static void variation_cross(const islands_t *self, rng_t *rng, genes_t child, genes_t other)
{
    for (size_t layer = 0; layer < problem_layers(self->setup.problem); layer++)
        if (rng_below(rng, 2)) {
            child.pes[layer] = other.pes[layer];
            child.buffer[layer] = other.buffer[layer];
        }
}

static uint16_t variation_within(double value, uint32_t most)
{
    return (uint16_t)fmax(1, fmin(round(value), most));
}

/* Geometric step up or down: 1 with chance 1/2, 2 with 1/4, ... */
static double variation_geometric_step(rng_t *rng)
{
    double step = 1;
    while (rng_below(rng, 2)) step += 1;
    return rng_below(rng, 2) ? step : -step;
}

static uint16_t variation_mutated_pes(const islands_t *self, rng_t *rng, uint16_t pes)
{
    const uint32_t most = problem_pe_max(self->setup.problem);
    const double kind = rng_uniform(rng);
    if (kind < 0.40) return variation_within(pes + variation_geometric_step(rng), most);
    if (kind < 0.65) return variation_within(pes * exp(0.35 * rng_normal(rng)), most);
    if (kind < 0.85) return (uint16_t)(1 + rng_below(rng, most));
    return pes;
}

static void variation_mutate(const islands_t *self, rng_t *rng, genes_t genes, size_t layer)
{
    genes.pes[layer] = variation_mutated_pes(self, rng, genes.pes[layer]);
    if (rng_below(rng, 2))
        genes.buffer[layer] =
            (uint16_t)(1 + rng_below(rng, problem_buffer_max(self->setup.problem)));
}

/* ---- with memory ----------------------------------------------------------------------------- */

static void variation_pick(islands_t *self, genes_t genes, size_t layer, double price)
{
    const problem_t *problem = self->setup.problem;
    const vertex_t *vertex =
        tradeoff_pick(&self->repair.tradeoff, problem_distinct_of(problem, layer), price);
    if (vertex) genes_put(problem, genes, layer, vertex->point);
}

static bool variation_unseen(const islands_t *self, genes_t genes, size_t layer)
{
    const problem_t *problem = self->setup.problem;
    return !ledger_seen(self->setup.ledger, problem_distinct_of(problem, layer),
                        problem_point(problem, genes.pes[layer], genes.buffer[layer]));
}

/* The layer's best at a price, with another buffer: a pair that is good together is seldom found by
   changing both. */
static void variation_rebuffer(islands_t *self, rng_t *rng, genes_t genes, size_t layer,
                               double price)
{
    variation_pick(self, genes, layer, price);
    genes.buffer[layer] = (uint16_t)(1 + rng_below(rng, problem_buffer_max(self->setup.problem)));
}

/* Try something unseen, near the gene or near what another price would pick; the gene stays where
   all that is tried has been seen. */
static void variation_explore(islands_t *self, rng_t *rng, genes_t genes, size_t layer)
{
    enum { TRIES = 8 };
    static const double elsewhere = 0.4;
    const uint16_t pes = genes.pes[layer];
    const uint16_t buffer = genes.buffer[layer];
    const double price = rng_uniform(rng) < elsewhere ? self->price * exp(rng_normal(rng)) : NAN;
    for (int i = 0; i < TRIES; i++) {
        if (isnan(price))
            variation_mutate(self, rng, genes, layer);
        else
            variation_rebuffer(self, rng, genes, layer, price);
        self->repair.exploring[layer] = variation_unseen(self, genes, layer);
        if (self->repair.exploring[layer]) return;
        genes.pes[layer] = pes;
        genes.buffer[layer] = buffer;
    }
}

/* Cost and the price of the need of a layer's action; 0 where nothing is believed of it. */
static double variation_worth(const islands_t *self, genes_t genes, size_t layer)
{
    problem_t *problem = self->setup.problem;
    const size_t distinct = problem_distinct_of(problem, layer);
    const size_t point = problem_point(problem, genes.pes[layer], genes.buffer[layer]);
    const double cost = cost_view_cost(&self->repair.cost_view, distinct, point);
    return isinf(cost) ? 0 : cost + self->price * problem_need(problem, distinct, point);
}

/* A layer explores with a chance of `mean`, half of it the same for all and half by its share of
   the whole worth: where one layer dominates, most of what there is to find is with it, and one in
   fifty looks would go there. */
static void variation_explore_some(islands_t *self, rng_t *rng, genes_t genes, double mean)
{
    static const double most =
        0.5; /* always exploring, a layer would never be seen with what is known to be good */
    const size_t layers = problem_layers(self->setup.problem);
    double *worth = self->repair.need; /* scratch until the repair fills it */
    double whole = 0;
    for (size_t layer = 0; layer < layers; layer++) {
        worth[layer] = variation_worth(self, genes, layer);
        whole += worth[layer];
    }
    for (size_t layer = 0; layer < layers; layer++) {
        const double share = whole > 0 ? worth[layer] / whole * (double)layers : 1;
        const double chance = fmin(mean * (0.5 + 0.5 * share), fmax(most, mean));
        if (rng_uniform(rng) < chance) variation_explore(self, rng, genes, layer);
    }
}

static void variation_breed_remembering(islands_t *self, rng_t *rng, size_t child, genes_t genes)
{
    static const double repick[] = {0, 0.2, 0.6, 1};
    static const double zeal[] = {0.3, 1, 3};
    const size_t layers = problem_layers(self->setup.problem);
    const double price = self->price * exp(0.15 * rng_normal(rng));
    const double picking = repick[rng_below(rng, 4)];
    for (size_t layer = 0; layer < layers; layer++)
        if (rng_uniform(rng) < picking) variation_pick(self, genes, layer, price);
    if (child % 4 && !self->advised)
        variation_explore_some(self, rng, genes, 0.15 * zeal[rng_below(rng, 3)]);
    repair_reduce(&self->repair, genes);
    repair_fill(&self->repair, genes);
}

/* ---- without --------------------------------------------------------------------------------- */

static void variation_breed_plain(islands_t *self, rng_t *rng, genes_t genes)
{
    const size_t layers = problem_layers(self->setup.problem);
    const size_t changes = 1 + rng_below(rng, 3);
    for (size_t i = 0; i < changes; i++) variation_mutate(self, rng, genes, rng_below(rng, layers));
    repair_shrink(&self->repair, rng, genes);
}

static void variation_breed(islands_t *self, const island_t *island, rng_t *rng, size_t child,
                            genes_t genes)
{
    genes_copy(self->setup.problem, genes, variation_tournament(island, rng));
    if (rng_below(rng, 4) == 0)
        variation_cross(self, rng, genes, variation_tournament(island, rng));
    memset(self->repair.exploring, 0,
           problem_layers(self->setup.problem) * sizeof *self->repair.exploring);
    if (islands_believe(self))
        variation_breed_remembering(self, rng, child, genes);
    else
        variation_breed_plain(self, rng, genes);
}

const variation_t variation_default = {.islands = 4,
                                       .children = 4,
                                       .population = 10,
                                       .migration_interval = 5,
                                       .make_child = variation_breed};
