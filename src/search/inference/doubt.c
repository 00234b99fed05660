#include "search/inference/doubt.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>

confx_status_t doubt_open(const problem_t *problem, const table_axes_t *axes, doubt_t *doubt)
{
    const size_t cells = axes->cells;
    *doubt = (doubt_t){
        .problem = problem, .axes = axes, .distinct = problem_distinct(problem), .cells = cells};
    ARENA_TAKE(&doubt->arena, doubt->table, doubt->distinct * cells);
    ARENA_TAKE(&doubt->arena, doubt->allowance, doubt->distinct);
    ARENA_TAKE(&doubt->arena, doubt->bids, doubt->distinct);
    const confx_status_t status =
        arena_status(&doubt->arena, "doubts of %zu actions", doubt->distinct * cells);
    if (status.code != CONFX_STATUS_OK) doubt_close(doubt);
    return status;
}

void doubt_close(doubt_t *doubt)
{
    arena_close(&doubt->arena);
    *doubt = (doubt_t){.problem = NULL};
}

/* The doubt of a random action of the kind that is in more doubt than `least`; 0: found none. */
static float doubt_draw(const doubt_t *self, rng_t *rng, size_t distinct, float least)
{
    enum { TRIES = 16 };
    for (int try = 0; try < TRIES; try++) {
        const float doubt = self->table[distinct * self->cells + rng_below(rng, self->cells)];
        if (doubt > least && !isinf(doubt)) return doubt;
    }
    return 0;
}

static uint32_t doubt_cell(const doubt_t *self, const vertex_t *vertex)
{
    if (!vertex) return TABLE_NO_CELL;
    return self->axes->cell ? self->axes->cell[vertex->point]
                            : table_axes_find(self->axes, vertex->point);
}

/* What a kind would save, all its layers together, by its pick in place of the best of what is in
   no more doubt than `small`; infinite where there is nothing of that. */
static double doubt_saving(const doubt_t *self, const intent_t *intent, size_t distinct,
                           const vertex_t *pick, float small)
{
    const tradeoff_chain_t *seen = &intent->tradeoff->seen[distinct];
    const float *doubts = self->table + distinct * self->cells;
    const float *costs = intent->costs + distinct * self->cells;
    double best = INFINITY;
    for (size_t i = 0; i < seen->n; i++) {
        const uint32_t cell = doubt_cell(self, &seen->vertices[i]);
        if (cell == TABLE_NO_CELL || doubts[cell] > small) continue;
        best = fmin(best, (double)costs[cell] + intent->multiplier * seen->vertices[i].need);
    }
    return (double)intent->tradeoff->members[distinct] *
           (best - pick->cost - intent->multiplier * pick->need);
}

/* A kind asks for the doubt of what it would pick, or of a random action in more doubt than
   `small`. Worth is the saving for the doubt, times a random factor, so that units that would do
   the same try different things. */
static bid_t doubt_bid(const doubt_t *self, rng_t *rng, const intent_t *intent, size_t distinct,
                       float small)
{
    bid_t bid = {distinct, 0, -log1p(-rng_uniform(rng))};
    if (!intent) {
        bid.asked = doubt_draw(self, rng, distinct, small);
        return bid;
    }
    const vertex_t *pick = tradeoff_pick(intent->tradeoff, distinct, intent->multiplier);
    const uint32_t cell = doubt_cell(self, pick);
    if (cell == TABLE_NO_CELL) return bid;
    bid.asked = self->table[distinct * self->cells + cell];
    if (bid.asked > small)
        bid.worth *= doubt_saving(self, intent, distinct, pick, small) / (double)bid.asked;
    return bid;
}

static int doubt_by_worth(const void *a, const void *b)
{
    const bid_t *one = a;
    const bid_t *other = b;
    if (one->worth != other->worth) return one->worth > other->worth ? -1 : 1;
    return one->distinct < other->distinct ? -1 : one->distinct > other->distinct;
}

/* Half of the budget is for all layers alike: what is hardly in doubt is open to them. The other
   half goes to kinds by what it is worth to them, while it can pay what they ask for. Where it can
   pay none of them, the first gets it now and then, as often as is paid for in the mean, or nothing
   would ever be found out. */
static void doubt_spend(doubt_t *self, rng_t *rng, const intent_t *intent, double budget)
{
    const float small = (float)(budget / 2 / (double)problem_layers(self->problem));
    double left = budget / 2;
    const bid_t *first = NULL;
    for (size_t d = 0; d < self->distinct; d++)
        self->bids[d] = doubt_bid(self, rng, intent, d, small);
    qsort(self->bids, self->distinct, sizeof *self->bids, doubt_by_worth);
    for (size_t i = 0; i < self->distinct; i++) {
        const bid_t *bid = &self->bids[i];
        self->allowance[bid->distinct] = small;
        if (bid->asked <= small) continue;
        if (!first) first = bid;
        if ((double)bid->asked > left) continue;
        self->allowance[bid->distinct] = bid->asked;
        left -= (double)bid->asked;
    }
    const bool spent = left < budget / 2;
    if (first && !spent && rng_uniform(rng) * (double)first->asked < left)
        self->allowance[first->distinct] = first->asked;
}

void doubt_bar(doubt_t *doubt, rng_t *rng, const intent_t *intent, uint8_t *barred)
{
    enum { TRYING = 4 }; /* one unit in so many has more than the others */
    static const double less = 0.5;
    static const double more = 2.5;
    const double budget = doubt->budget * (rng_below(rng, TRYING) > 0 ? less : more);
    /* Before anything was valid no budget can be kept: a kind keeps to what is in less doubt than a
       random action of it, which leads away from what invalid samples had. */
    if (doubt->kind == DOUBT_OF_SOME)
        doubt_spend(doubt, rng, intent, budget);
    else
        for (size_t d = 0; d < doubt->distinct; d++)
            doubt->allowance[d] = doubt_draw(doubt, rng, d, -1);
    for (size_t d = 0; d < doubt->distinct; d++) {
        const float *table = doubt->table + d * doubt->cells;
        const float allowance = doubt->allowance[d];
        for (size_t i = 0; i < doubt->cells; i++)
            barred[d * doubt->cells + i] = table[i] > allowance;
    }
}

void doubt_drop(const doubt_t *doubt, const uint8_t *barred, float *costs)
{
    static const float half = 0.7F;
    for (size_t i = 0; i < doubt->distinct * doubt->cells; i++)
        if (barred ? barred[i] : doubt->table[i] > half) costs[i] = INFINITY;
}
