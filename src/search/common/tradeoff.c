#include "search/common/tradeoff.h"
#include "confx/try.h"
#include "search/common/balance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

confx_status_t tradeoff_open(problem_t *problem, uint64_t seen, tradeoff_t *tradeoff)
{
    const size_t distinct = problem_distinct(problem);
    const uint64_t points = space_points(problem_space(problem));
    const weights_t weights = weights_of(problem, true);
    size_t rooms = 0;
    *tradeoff = (tradeoff_t){.problem = problem, .distinct = distinct};
    arena_t *arena = &tradeoff->arena;
    ARENA_TAKE(arena, tradeoff->front, distinct);
    ARENA_TAKE(arena, tradeoff->hull, distinct);
    ARENA_TAKE(arena, tradeoff->seen, distinct);
    ARENA_TAKE(arena, tradeoff->cell, distinct);
    ARENA_TAKE(arena, tradeoff->known, distinct);
    ARENA_TAKE(arena, tradeoff->options, distinct);
    ARENA_TAKE(arena, tradeoff->fresh, distinct);
    ARENA_TAKE(arena, tradeoff->members, distinct);
    ARENA_TAKE(arena, tradeoff->work, distinct);
    ARENA_TAKE(arena, tradeoff->value, distinct);
    for (size_t layer = 0; tradeoff->members && layer < problem_layers(problem); layer++)
        tradeoff->members[problem_distinct_of(problem, layer)]++;
    const confx_workload_t *workload = problem_workload(problem);
    for (size_t d = 0; tradeoff->members && !arena->failed && d < distinct; d++) {
        tradeoff->value[d] = 1;
        tradeoff->work[d] = confx_layer_macs(&workload->layers[workload->first_of[d]]) *
                            problem_membership(problem, d).weight;
        /* Each sample shows one point of each layer, so that of a kind with more members more can
           be seen. */
        const uint64_t most = seen < points ? seen * tradeoff->members[d] : points;
        const size_t room = (size_t)(most < points ? most : points);
        rooms += room;
        ARENA_TAKE(arena, tradeoff->front[d].vertices, room);
        ARENA_TAKE(arena, tradeoff->hull[d].vertices, room);
        ARENA_TAKE(arena, tradeoff->seen[d].vertices, room);
        ARENA_TAKE(arena, tradeoff->cell[d], room);
        if (weights.known) ARENA_TAKE(arena, tradeoff->known[d], room);
        if (weights_matter(&weights)) ARENA_TAKE(arena, tradeoff->options[d].options, room);
    }
    ARENA_TAKE(arena, tradeoff->steps, rooms);
    const confx_status_t status = arena_status(arena, "the trade-offs of %zu layers", distinct);
    if (status.code != CONFX_STATUS_OK) tradeoff_close(tradeoff);
    return status;
}

void tradeoff_close(tradeoff_t *tradeoff)
{
    arena_close(&tradeoff->arena);
    *tradeoff = (tradeoff_t){0};
}

static int tradeoff_by_need(const void *a, const void *b)
{
    const vertex_t *one = a;
    const vertex_t *other = b;
    if (one->need != other->need) return one->need < other->need ? -1 : 1;
    return one->point < other->point ? -1 : one->point > other->point;
}

/* Is the middle vertex on or above the line between its neighbours? */
static bool tradeoff_above(const vertex_t *left, const vertex_t *middle, const vertex_t *right)
{
    return (middle->cost - left->cost) * (right->need - left->need) >=
           (right->cost - left->cost) * (middle->need - left->need);
}

/* The vertices from `fresh` on, sorted in themselves, in among those before them. */
static void tradeoff_merge(tradeoff_chain_t *chain, size_t fresh, vertex_t *scratch)
{
    size_t left = fresh;
    size_t right = chain->n - fresh;
    /* The fresh vertices step aside, and all come back from the end on, so that none of the old
       ones is overwritten before it has moved. */
    memcpy(scratch, chain->vertices + fresh, right * sizeof *scratch);
    for (size_t i = chain->n; right > 0; i--) {
        const bool old_is_last =
            left > 0 && tradeoff_by_need(&chain->vertices[left - 1], &scratch[right - 1]) > 0;
        chain->vertices[i - 1] = old_is_last ? chain->vertices[--left] : scratch[--right];
    }
}

/* ---- options --------------------------------------------------------------------------------- */

/* Is one no worse than the other in anything that may count? Of equals the first number is. */
static bool tradeoff_dominates(const tradeoff_option_t *one, const tradeoff_option_t *other)
{
    bool better = one->share < other->share || one->known < other->known;
    if (one->share > other->share || one->known > other->known) return false;
    for (size_t i = 0; i < TERMS_MAX; i++) {
        if (one->needs.of[i] > other->needs.of[i]) return false;
        better = better || one->needs.of[i] < other->needs.of[i];
    }
    return better || one->point < other->point;
}

static bool tradeoff_option_precedes(const tradeoff_option_t *one, const tradeoff_option_t *other)
{
    if (one->need != other->need) return one->need < other->need;
    return one->point < other->point;
}

/* What stays is the same whatever order options come in. */
static void tradeoff_enter(tradeoff_options_t *chain, const tradeoff_option_t *fresh)
{
    size_t left = 0;
    for (size_t i = 0; i < chain->n; i++)
        if (tradeoff_dominates(&chain->options[i], fresh)) return;
    for (size_t i = 0; i < chain->n; i++)
        if (!tradeoff_dominates(fresh, &chain->options[i]))
            chain->options[left++] = chain->options[i];
    size_t at = left;
    while (at > 0 && tradeoff_option_precedes(fresh, &chain->options[at - 1])) at--;
    memmove(chain->options + at + 1, chain->options + at, (left - at) * sizeof *chain->options);
    chain->options[at] = *fresh;
    chain->n = left + 1;
}

static void tradeoff_see_option(tradeoff_t *tradeoff, problem_t *problem,
                                const cost_view_t *cost_view, size_t distinct, uint64_t point)
{
    tradeoff_option_t option = {.point = point,
                                .need = problem_need(problem, distinct, point),
                                .share = cost_view_share(cost_view, distinct, point),
                                .known = problem_known(problem, distinct, point),
                                .needs = problem_needs(problem, distinct, point)};
    terms_add_learned(problem_terms(problem), memory_find(cost_view->memory, distinct, point),
                      &option.needs);
    tradeoff_enter(&tradeoff->options[distinct], &option);
}

/* Adds a point to those seen of its layer, which it is not among yet; one that a memory knows to be
   invalid is not seen, nor is an illegal one, though a table has a cost for it. What is infinite in
   a table may have a cost the next time. They may be added in any order, since they are sorted by
   need afterwards. */
static void tradeoff_see(tradeoff_t *tradeoff, problem_t *problem, const cost_view_t *cost_view,
                         size_t distinct, uint64_t point)
{
    tradeoff_chain_t *seen = &tradeoff->seen[distinct];
    const double cost = cost_view->memory ? cost_view_cost(cost_view, distinct, point) : 0;
    if (isinf(cost) || !problem_is_legal(problem, distinct, point)) return;
    if (cost_view->memory && cost_view->weights) {
        tradeoff_see_option(tradeoff, problem, cost_view, distinct, point);
        return;
    }
    seen->vertices[seen->n++] =
        (vertex_t){.need = problem_need(problem, distinct, point), .cost = cost, .point = point};
}

/* A table has a cost for every point on its axes from the first time on, so that all of these count
   as seen; of those that mean the same to a layer the canonical one. */
static void tradeoff_look_at_table(tradeoff_t *tradeoff, problem_t *problem,
                                   const cost_view_t *cost_view)
{
    const table_axes_t *axes = cost_view->axes;
    const size_t cells = cost_view->table ? axes->cells : 0;
    for (size_t d = 0; d < tradeoff->distinct; d++)
        for (size_t cell = 0; tradeoff->fresh[d] == 0 && cell < cells; cell++) {
            const uint64_t point = table_axes_point(axes, cell);
            if (space_canonical(axes->space, d, point) == point)
                tradeoff_see(tradeoff, problem, cost_view, d, point);
        }
}

/* A memory lists each point once, in order of arrival, so that only what arrived since is looked
   at: a look at all points of a large problem would take longer than the samples of an update. */
static void tradeoff_look(tradeoff_t *tradeoff, problem_t *problem, const cost_view_t *cost_view)
{
    const uint64_t points = space_points(problem_space(problem));
    size_t n;
    tradeoff->read = cost_view->memory;
    if (!cost_view->memory) {
        tradeoff_look_at_table(tradeoff, problem, cost_view);
        return;
    }
    const void *records = memory_records(cost_view->memory, &n);
    for (size_t i = tradeoff->read_n; i < n; i++) {
        const uint64_t key = memory_key(cost_view->memory, records, i);
        tradeoff_see(tradeoff, problem, cost_view, (size_t)(key / points), key % points);
    }
    tradeoff->read_n = n;
}

/* Of a table the places of all points are looked up when points came, which is once. */
static void tradeoff_find_cells(tradeoff_t *tradeoff, problem_t *problem, const table_axes_t *axes,
                                size_t distinct)
{
    const tradeoff_chain_t *seen = &tradeoff->seen[distinct];
    for (size_t i = 0; i < seen->n; i++) {
        tradeoff->cell[distinct][i] = table_axes_find(axes, seen->vertices[i].point);
        assert(tradeoff->cell[distinct][i] != TABLE_NO_CELL);
        if (tradeoff->known[distinct])
            tradeoff->known[distinct][i] =
                problem_known(problem, distinct, seen->vertices[i].point);
    }
}

/* What a point needs never changes, so that only the new points are sorted, and merged into the
   others. */
static void tradeoff_sort(tradeoff_t *tradeoff, problem_t *problem, const cost_view_t *cost_view,
                          size_t distinct)
{
    tradeoff_chain_t *seen = &tradeoff->seen[distinct];
    const size_t fresh = tradeoff->fresh[distinct];
    if (seen->n == fresh) return;
    qsort(seen->vertices + fresh, seen->n - fresh, sizeof *seen->vertices, tradeoff_by_need);
    /* The front of this kind is built anew right after this, and lends its memory until then. */
    tradeoff_merge(seen, fresh, tradeoff->front[distinct].vertices);
    if (!cost_view->memory) tradeoff_find_cells(tradeoff, problem, cost_view->axes, distinct);
}

/* Keeps the points that cost less than every point of no more need. Of points that are equal in
   both the first one is kept. */
static void tradeoff_take_front(tradeoff_chain_t *front, const tradeoff_chain_t *seen,
                                const cost_view_t *cost_view, size_t distinct)
{
    front->n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        vertex_t vertex = seen->vertices[i];
        /* What a memory has was looked up when the point was seen, and stays. */
        if (!cost_view->memory) vertex.cost = cost_view_cost(cost_view, distinct, vertex.point);
        if (isinf(vertex.cost)) continue;
        const vertex_t *last = front->n ? &front->vertices[front->n - 1] : NULL;
        /* The last one costs least of all so far, and needs no more than this one. */
        if (last && !(vertex.cost < last->cost)) continue;
        if (last && vertex.need == last->need) front->n--;
        front->vertices[front->n++] = vertex;
    }
}

/* The same by a table, most of whose points do not cost less than those before: these are passed by
   what stands in the table alone. */
static void tradeoff_take_table_front(tradeoff_t *tradeoff, const cost_view_t *cost_view,
                                      size_t distinct)
{
    const tradeoff_chain_t *seen = &tradeoff->seen[distinct];
    const uint32_t *cell = tradeoff->cell[distinct];
    const float *costs = cost_view->table + distinct * cost_view->axes->cells;
    tradeoff_chain_t *front = &tradeoff->front[distinct];
    float least = INFINITY;
    front->n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        if (!(costs[cell[i]] < least)) continue;
        least = costs[cell[i]];
        const vertex_t vertex = {.need = seen->vertices[i].need,
                                 .cost = (double)least,
                                 .point = seen->vertices[i].point};
        if (front->n && vertex.need == front->vertices[front->n - 1].need) front->n--;
        front->vertices[front->n++] = vertex;
    }
}

/* Takes a point in whose need is no less than of all before it. */
static void tradeoff_extend_front(tradeoff_chain_t *front, vertex_t vertex)
{
    const vertex_t *last = front->n ? &front->vertices[front->n - 1] : NULL;
    if (last && !(vertex.cost < last->cost)) return;
    if (last && vertex.need == last->need) front->n--;
    front->vertices[front->n++] = vertex;
}

/* The same of weighted costs: of a table, */
static void tradeoff_take_weighted_table(tradeoff_t *tradeoff, const cost_view_t *cost_view,
                                         size_t distinct)
{
    const tradeoff_chain_t *seen = &tradeoff->seen[distinct];
    const uint32_t *cell = tradeoff->cell[distinct];
    const double *known = tradeoff->known[distinct];
    const float *costs = cost_view->table + distinct * cost_view->axes->cells;
    tradeoff->front[distinct].n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        vertex_t vertex = seen->vertices[i];
        vertex.cost = (double)costs[cell[i]] + cost_view->weights->rate * known[i];
        if (vertex.cost < INFINITY) tradeoff_extend_front(&tradeoff->front[distinct], vertex);
    }
}

/* and of a memory. */
static void tradeoff_take_option_front(tradeoff_t *tradeoff, const weights_t *weights,
                                       size_t distinct)
{
    const tradeoff_options_t *chain = &tradeoff->options[distinct];
    tradeoff->front[distinct].n = 0;
    for (size_t i = 0; i < chain->n; i++) {
        const tradeoff_option_t *option = &chain->options[i];
        const double cost = option->share + weights_add(weights, option->known, &option->needs);
        if (cost < INFINITY)
            tradeoff_extend_front(&tradeoff->front[distinct],
                                  (vertex_t){option->need, cost, option->point});
    }
}

/* The lower convex hull of a front (Andrew's monotone chain). */
static void tradeoff_take_hull(tradeoff_chain_t *hull, const tradeoff_chain_t *front)
{
    hull->n = 0;
    for (size_t i = 0; i < front->n; i++) {
        while (hull->n >= 2 && tradeoff_above(&hull->vertices[hull->n - 2],
                                              &hull->vertices[hull->n - 1], &front->vertices[i]))
            hull->n--;
        hull->vertices[hull->n++] = front->vertices[i];
    }
}

/* What a memory had let go may be worth something by other costs: all is looked at anew. */
static void tradeoff_forget(tradeoff_t *tradeoff)
{
    for (size_t d = 0; d < tradeoff->distinct; d++)
        tradeoff->seen[d].n = tradeoff->options[d].n = 0;
    tradeoff->read_n = 0;
}

/* Front and hull of one kind. What a memory's points cost does not change: where none came they
   stay as they are, and a point that is not on the front now never will be. */
static void tradeoff_build_kind(tradeoff_t *tradeoff, problem_t *problem,
                                const cost_view_t *cost_view, size_t d)
{
    tradeoff_chain_t *front = &tradeoff->front[d];
    tradeoff_chain_t *seen = &tradeoff->seen[d];
    if (cost_view->memory && cost_view->weights) {
        tradeoff_take_option_front(tradeoff, cost_view->weights, d);
        tradeoff_take_hull(&tradeoff->hull[d], front);
        return;
    }
    if (cost_view->memory && seen->n > 0 && seen->n == tradeoff->fresh[d]) return;
    tradeoff_sort(tradeoff, problem, cost_view, d);
    if (cost_view->table && cost_view->weights)
        tradeoff_take_weighted_table(tradeoff, cost_view, d);
    else if (cost_view->table)
        tradeoff_take_table_front(tradeoff, cost_view, d);
    else
        tradeoff_take_front(front, seen, cost_view, d);
    tradeoff_take_hull(&tradeoff->hull[d], front);
    /* Costs in a memory are final, so that points off the front are let go. Costs in a table may
       change, and all of its points are kept. */
    if (!cost_view->memory) return;
    memcpy(seen->vertices, front->vertices, front->n * sizeof *seen->vertices);
    seen->n = front->n;
}

void tradeoff_build(tradeoff_t *tradeoff, problem_t *problem, const cost_view_t *cost_view)
{
    if (tradeoff->read != cost_view->memory) tradeoff_forget(tradeoff);
    tradeoff->reserve = 0;
    for (size_t d = 0; d < tradeoff->distinct; d++) tradeoff->fresh[d] = tradeoff->seen[d].n;
    tradeoff_look(tradeoff, problem, cost_view);
    for (size_t d = 0; d < tradeoff->distinct; d++) {
        tradeoff_build_kind(tradeoff, problem, cost_view, d);
        if (tradeoff->hull[d].n) continue;
        tradeoff->reserve += (double)tradeoff->members[d] *
                             problem_need(problem, d, problem_least_point(problem, d));
    }
    /* A total that is the worst of several tells shares of itself, of which those of the other
       networks are small already. */
    if (!cost_view->of_totals) balance_networks(tradeoff, problem);
}

static int tradeoff_by_saving(const void *a, const void *b)
{
    const struct step *one = a;
    const struct step *other = b;
    if (one->saving != other->saving) return one->saving > other->saving ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

double tradeoff_multiplier(const tradeoff_t *tradeoff, const problem_t *problem)
{
    double room = problem_budget(problem) - tradeoff->reserve;
    size_t steps = 0;
    for (size_t d = 0; d < tradeoff->distinct; d++) {
        const vertex_t *vertices = tradeoff->hull[d].vertices;
        const double members = (double)tradeoff->members[d];
        /* Members of a kind that was seen begin at the least need of its hull; what the other kinds
           need is in the reserve. */
        if (tradeoff->hull[d].n) room -= members * vertices[0].need;
        for (size_t i = 1; i < tradeoff->hull[d].n; i++, steps++) {
            const double need = vertices[i].need - vertices[i - 1].need;
            const double saving =
                tradeoff->value[d] * (vertices[i - 1].cost - vertices[i].cost) / need;
            tradeoff->steps[steps] = (struct step){saving, members * need, (uint32_t)steps};
        }
    }
    /* The steepest savings come first, whichever layers they are of, as in the relaxation of a
       knapsack. The saving of the step that exceeds the budget is the multiplier. */
    qsort(tradeoff->steps, steps, sizeof *tradeoff->steps, tradeoff_by_saving);
    for (size_t i = 0; i < steps; i++) {
        room -= tradeoff->steps[i].need;
        if (room < 0) return tradeoff->steps[i].saving;
    }
    return 0;
}

const vertex_t *tradeoff_pick(const tradeoff_t *tradeoff, size_t distinct, double multiplier)
{
    const tradeoff_chain_t *hull = &tradeoff->hull[distinct];
    const vertex_t *vertices = hull->vertices;
    size_t best = 0;
    for (size_t i = 1; i < hull->n; i++) {
        /* Along a hull savings fall, so the first step that does not pay is the end. */
        if (tradeoff->value[distinct] * (vertices[i - 1].cost - vertices[i].cost) <=
            multiplier * (vertices[i].need - vertices[i - 1].need))
            break;
        best = i;
    }
    return hull->n ? &vertices[best] : NULL;
}

/* What an action of a kind that was seen may cost. */
static double tradeoff_guess_seen(const tradeoff_chain_t *hull, double need)
{
    size_t right = 0;
    assert(hull->n > 0);
    while (right < hull->n && hull->vertices[right].need <= need) right++;
    const vertex_t *left = &hull->vertices[right > 0 ? right - 1 : 0];
    /* Beyond the ends of the hull the cost is taken to fall as one over the need; between two
       vertices it lies on their line. */
    if (right == 0 || right == hull->n)
        return need > 0 ? left->cost * left->need / need : left->cost;
    const vertex_t *next = left + 1;
    return left->cost + (next->cost - left->cost) * (need - left->need) / (next->need - left->need);
}

double tradeoff_guess(const tradeoff_t *tradeoff, size_t distinct, double need)
{
    double sum = 0;
    double kinds = 0;
    if (tradeoff->hull[distinct].n) return tradeoff_guess_seen(&tradeoff->hull[distinct], need);
    for (size_t d = 0; d < tradeoff->distinct; d++) {
        if (!tradeoff->hull[d].n) continue;
        sum += log(tradeoff_guess_seen(&tradeoff->hull[d], need) / tradeoff->work[d]);
        kinds++;
    }
    return kinds > 0 ? tradeoff->work[distinct] * exp(sum / kinds) : INFINITY;
}

double tradeoff_least_cost(const tradeoff_t *tradeoff)
{
    double sum = 0;
    for (size_t d = 0; d < tradeoff->distinct; d++) {
        const tradeoff_chain_t *front = &tradeoff->front[d];
        if (front->n)
            sum += (double)tradeoff->members[d] *
                   (tradeoff->value[d] * front->vertices[front->n - 1].cost);
    }
    return sum;
}
