#include "search/inference/doubt.h"
#include "confx/try.h"

#include <math.h>

confx_status_t doubt_open(const problem_t *problem, const table_axes_t *axes, doubt_t *doubt)
{
    const size_t cells = axes->cells;
    *doubt = (doubt_t){
        .problem = problem, .axes = axes, .distinct = problem_distinct(problem), .cells = cells};
    ARENA_TAKE(&doubt->arena, doubt->table, doubt->distinct * cells);
    ARENA_TAKE(&doubt->arena, doubt->allowance, doubt->distinct);
    ARENA_TAKE(&doubt->arena, doubt->order, doubt->distinct);
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

/* The doubt of what a kind would do, or of a random action in more doubt than `least`. */
static float doubt_ask(const doubt_t *self, rng_t *rng, const tradeoff_t *tradeoff,
                       double multiplier, size_t distinct, float least)
{
    if (!tradeoff) return doubt_draw(self, rng, distinct, least);
    const vertex_t *pick = tradeoff_pick(tradeoff, distinct, multiplier);
    const uint32_t cell = pick ? table_axes_find(self->axes, pick->point) : TABLE_NO_CELL;
    return cell == TABLE_NO_CELL ? 0 : self->table[distinct * self->cells + cell];
}

/* Half of the budget is for all layers alike: what is hardly in doubt is open to them. The other
   half goes to kinds in a random order, each of which may do what it would, while that can be paid.
   Where none can pay, one does all the same, or nothing would ever be found out. */
static void doubt_spend(doubt_t *self, rng_t *rng, const tradeoff_t *tradeoff, double multiplier,
                        double budget)
{
    static const float most = 0.7F; /* about half of what is in such doubt is invalid */
    const float small = (float)(budget / 2 / (double)problem_layers(self->problem));
    double left = budget / 2;
    bool spent = false;
    size_t cheapest = 0;
    float least = INFINITY;
    for (size_t i = 0; i < self->distinct; i++) self->order[i] = (uint16_t)i;
    rng_shuffle(rng, self->distinct, self->order);
    for (size_t i = 0; i < self->distinct; i++) {
        const size_t d = self->order[i];
        const float asked = doubt_ask(self, rng, tradeoff, multiplier, d, small);
        self->allowance[d] = small;
        if (asked <= small) continue;
        if (asked < least) {
            least = asked;
            cheapest = d;
        }
        if ((double)asked > left) continue;
        self->allowance[d] = asked;
        left -= (double)asked;
        spent = true;
    }
    if (!spent && least <= most) self->allowance[cheapest] = least;
}

void doubt_bar(doubt_t *doubt, rng_t *rng, const tradeoff_t *tradeoff, double multiplier,
               uint8_t *barred)
{
    enum { TRYING = 4 }; /* one unit in so many has more than the others */
    static const double less = 0.5;
    static const double more = 2.5;
    const double budget = doubt->budget * (rng_below(rng, TRYING) > 0 ? less : more);
    /* Before anything was valid no budget can be kept: a kind keeps to what is in less doubt than a
       random action of it, which leads away from what invalid samples had. */
    if (doubt->kind == DOUBT_OF_SOME)
        doubt_spend(doubt, rng, tradeoff, multiplier, budget);
    else
        for (size_t d = 0; d < doubt->distinct; d++)
            doubt->allowance[d] = doubt_draw(doubt, rng, d, -1);
    for (size_t i = 0; i < doubt->distinct * doubt->cells; i++)
        barred[i] = doubt->table[i] > doubt->allowance[i / doubt->cells];
}

void doubt_drop(const doubt_t *doubt, const uint8_t *barred, float *costs)
{
    static const float half = 0.7F;
    for (size_t i = 0; i < doubt->distinct * doubt->cells; i++)
        if (barred ? barred[i] : doubt->table[i] > half) costs[i] = INFINITY;
}
