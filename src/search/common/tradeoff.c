#include "search/common/tradeoff.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Walking one edge of a hull downwards in cost: what it costs in need, and what it saves. */
struct step {
    double saving; /* cost per unit of need */
    double need;   /* of all members of the kind together */
    uint32_t order;
};

confx_status_t frontier_open(const problem_t *problem, frontier_t *frontier)
{
    const size_t distinct = problem_distinct(problem);
    const size_t points = problem_points(problem);
    *frontier = (frontier_t){.distinct = distinct, .points = points};
    frontier->front = calloc(distinct, sizeof(chain_t));
    frontier->hull = calloc(distinct, sizeof(chain_t));
    frontier->seen = calloc(distinct, sizeof(chain_t));
    frontier->is_seen = calloc(distinct * points, sizeof(bool));
    frontier->fresh = calloc(distinct, sizeof(size_t));
    frontier->members = calloc(distinct, sizeof(size_t));
    frontier->memory = malloc(3 * distinct * points * sizeof(vertex_t));
    frontier->steps = malloc(distinct * points * sizeof(struct step));
    if (!frontier->front || !frontier->hull || !frontier->seen || !frontier->is_seen || !frontier->fresh ||
        !frontier->members || !frontier->memory || !frontier->steps) {
        frontier_close(frontier);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a frontier of %zu points", distinct * points);
    }
    for (size_t d = 0; d < distinct; d++) {
        frontier->front[d].vertices = frontier->memory + d * points;
        frontier->hull[d].vertices = frontier->memory + (distinct + d) * points;
        frontier->seen[d].vertices = frontier->memory + (2 * distinct + d) * points;
    }
    for (size_t layer = 0; layer < problem_layers(problem); layer++)
        frontier->members[problem_distinct_of(problem, layer)]++;
    return status_ok();
}

void frontier_close(frontier_t *frontier)
{
    free(frontier->front);
    free(frontier->hull);
    free(frontier->seen);
    free(frontier->is_seen);
    free(frontier->fresh);
    free(frontier->members);
    free(frontier->memory);
    free(frontier->steps);
    *frontier = (frontier_t){0};
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
static void tradeoff_merge(chain_t *chain, size_t fresh, vertex_t *scratch)
{
    size_t left = fresh;
    size_t right = chain->n - fresh;
    memcpy(scratch, chain->vertices + fresh, right * sizeof *scratch);
    for (size_t i = chain->n; right > 0; i--) {
        const bool old_is_last = left > 0 && tradeoff_by_need(&chain->vertices[left - 1], &scratch[right - 1]) > 0;
        chain->vertices[i - 1] = old_is_last ? chain->vertices[--left] : scratch[--right];
    }
}

/* A point enters once, behind those of its layer; in which order, does not matter. */
static void tradeoff_frontier_see(frontier_t *frontier, problem_t *problem, const belief_t *belief, size_t distinct,
                                  size_t point)
{
    bool *is_seen = &frontier->is_seen[distinct * frontier->points + point];
    chain_t *seen = &frontier->seen[distinct];
    if (*is_seen || isinf(belief_cost(belief, distinct, point))) return;
    *is_seen = true;
    seen->vertices[seen->n++] = (vertex_t){.need = problem_need(problem, distinct, point), .point = (uint32_t)point};
}

/* A table knows what is on its axes. */
static void tradeoff_frontier_look_at_table(frontier_t *frontier, problem_t *problem, const belief_t *belief)
{
    const axes_t *axes = belief->axes;
    for (size_t d = 0; belief->table && d < frontier->distinct; d++)
        for (size_t p = 0; p < axes->pes_n; p++)
            for (size_t b = 0; b < axes->buffers_n; b++)
                tradeoff_frontier_see(frontier, problem, belief, d,
                                      problem_point(problem, axes->pes[p], axes->buffers[b]));
}

/* A ledger lists what was seen in order of arrival, so that only what arrived since is looked at: a look at all points
   of a large problem would take longer than the samples of an update. */
static void tradeoff_frontier_look(frontier_t *frontier, problem_t *problem, const belief_t *belief)
{
    size_t n;
    if (!belief->ledger) {
        tradeoff_frontier_look_at_table(frontier, problem, belief);
        return;
    }
    const ledger_entry_t *entries = ledger_entries(belief->ledger, &n);
    if (frontier->read != belief->ledger) frontier->read_n = 0;
    for (size_t i = frontier->read_n; i < n; i++)
        tradeoff_frontier_see(frontier, problem, belief, entries[i].key / frontier->points,
                              entries[i].key % frontier->points);
    frontier->read = belief->ledger;
    frontier->read_n = n;
}

/* Needs never change: only what is new is to be sorted. */
static void tradeoff_frontier_sort(frontier_t *frontier, size_t distinct)
{
    chain_t *seen = &frontier->seen[distinct];
    const size_t fresh = frontier->fresh[distinct];
    if (seen->n == fresh) return;
    qsort(seen->vertices + fresh, seen->n - fresh, sizeof *seen->vertices, tradeoff_by_need);
    tradeoff_merge(seen, fresh, frontier->front[distinct].vertices);
}

/* Those that none of as little need undercuts; of equal ones the first. */
static void tradeoff_take_front(chain_t *front, const chain_t *seen, const belief_t *belief, size_t distinct)
{
    front->n = 0;
    for (size_t i = 0; i < seen->n; i++) {
        vertex_t vertex = seen->vertices[i];
        vertex.cost = belief_cost(belief, distinct, vertex.point);
        if (isinf(vertex.cost)) continue;
        const vertex_t *last = front->n ? &front->vertices[front->n - 1] : NULL;
        if (last && !(vertex.cost < last->cost)) continue;
        if (last && vertex.need == last->need) front->n--;
        front->vertices[front->n++] = vertex;
    }
}

/* The lower convex hull of a front (Andrew's monotone chain). */
static void tradeoff_take_hull(chain_t *hull, const chain_t *front)
{
    hull->n = 0;
    for (size_t i = 0; i < front->n; i++) {
        while (hull->n >= 2 &&
               tradeoff_above(&hull->vertices[hull->n - 2], &hull->vertices[hull->n - 1], &front->vertices[i]))
            hull->n--;
        hull->vertices[hull->n++] = front->vertices[i];
    }
}

void frontier_build(frontier_t *frontier, problem_t *problem, const belief_t *belief)
{
    frontier->reserve = 0;
    for (size_t d = 0; d < frontier->distinct; d++) frontier->fresh[d] = frontier->seen[d].n;
    tradeoff_frontier_look(frontier, problem, belief);
    for (size_t d = 0; d < frontier->distinct; d++) {
        tradeoff_frontier_sort(frontier, d);
        tradeoff_take_front(&frontier->front[d], &frontier->seen[d], belief, d);
        tradeoff_take_hull(&frontier->hull[d], &frontier->front[d]);
        if (frontier->hull[d].n) continue;
        frontier->reserve += (double)frontier->members[d] * problem_need(problem, d, problem_least_point(problem, d));
    }
}

static int tradeoff_by_saving(const void *a, const void *b)
{
    const struct step *one = a;
    const struct step *other = b;
    if (one->saving != other->saving) return one->saving > other->saving ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

double frontier_price(const frontier_t *frontier, const problem_t *problem)
{
    double room = problem_budget(problem) - frontier->reserve;
    size_t steps = 0;
    for (size_t d = 0; d < frontier->distinct; d++) {
        const vertex_t *vertices = frontier->hull[d].vertices;
        const double members = (double)frontier->members[d];
        if (frontier->hull[d].n) room -= members * vertices[0].need;
        for (size_t i = 1; i < frontier->hull[d].n; i++, steps++) {
            const double need = vertices[i].need - vertices[i - 1].need;
            const double saving = (vertices[i - 1].cost - vertices[i].cost) / need;
            frontier->steps[steps] = (struct step){saving, members * need, (uint32_t)steps};
        }
    }
    qsort(frontier->steps, steps, sizeof *frontier->steps, tradeoff_by_saving);
    for (size_t i = 0; i < steps; i++) {
        room -= frontier->steps[i].need;
        if (room < 0) return frontier->steps[i].saving;
    }
    return 0;
}

const vertex_t *frontier_pick(const frontier_t *frontier, size_t distinct, double price)
{
    const chain_t *hull = &frontier->hull[distinct];
    const vertex_t *vertices = hull->vertices;
    size_t best = 0;
    for (size_t i = 1; i < hull->n; i++) {
        /* Along a hull savings fall, so the first step that does not pay is the end. */
        if (vertices[i - 1].cost - vertices[i].cost <= price * (vertices[i].need - vertices[i - 1].need)) break;
        best = i;
    }
    return hull->n ? &vertices[best] : NULL;
}

double frontier_guess(const frontier_t *frontier, size_t distinct, double need)
{
    const chain_t *hull = &frontier->hull[distinct];
    if (!hull->n) return INFINITY;
    size_t right = 0;
    while (right < hull->n && hull->vertices[right].need <= need) right++;
    const vertex_t *left = &hull->vertices[right > 0 ? right - 1 : 0];
    if (right == 0 || right == hull->n) return need > 0 ? left->cost * left->need / need : left->cost;
    const vertex_t *next = left + 1;
    return left->cost + (next->cost - left->cost) * (need - left->need) / (next->need - left->need);
}

double frontier_least_cost(const frontier_t *frontier)
{
    double sum = 0;
    for (size_t d = 0; d < frontier->distinct; d++) {
        const chain_t *front = &frontier->front[d];
        if (front->n) sum += (double)frontier->members[d] * front->vertices[front->n - 1].cost;
    }
    return sum;
}
