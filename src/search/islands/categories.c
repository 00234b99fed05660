#include "search/islands/categories.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { CATEGORIES_MOST = 64, FRONT_MOST = 2048 };
static const double decline = 8;    /* power of what a category is worse by */
static const double at_least = 0.1; /* of the weight of the best one: nothing is given up */

/* ---- which there are ------------------------------------------------------------------------- */

static bool categories_counts(const space_t *space, size_t axis)
{
    return space_axis(space, axis)->kind == AXIS_CATEGORICAL;
}

/* The number of an action's category: mixed radix over the axes that count. */
static size_t categories_of(const space_t *space, const uint16_t *action)
{
    size_t category = 0;
    for (size_t axis = 0; axis < space_axes(space); axis++)
        if (categories_counts(space, axis))
            category = category * space_range(space, axis) + action[axis];
    return category;
}

static void categories_put(const space_t *space, size_t category, uint16_t *action)
{
    for (size_t axis = space_axes(space); axis-- > 0;) {
        if (!categories_counts(space, axis)) continue;
        action[axis] = (uint16_t)(category % space_range(space, axis));
        category /= space_range(space, axis);
    }
}

/* A layer that does not use an axis has its default there, and is of no other category. */
static bool categories_is_open(const space_t *space, size_t distinct, size_t category)
{
    uint16_t action[SPACE_AXES] = {0};
    categories_put(space, category, action);
    space_action(space, space_canonical(space, distinct, space_point(space, action)), action);
    return categories_of(space, action) == category;
}

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t categories_take(categories_t *self)
{
    const size_t distinct = problem_distinct(self->problem);
    arena_t *arena = &self->arena;
    ARENA_TAKE(arena, self->open, distinct * self->n);
    ARENA_TAKE(arena, self->front, distinct * self->n);
    ARENA_TAKE(arena, self->weights, self->n);
    for (size_t i = 0; !arena->failed && i < distinct * self->n; i++) {
        self->open[i] = categories_is_open(problem_space(self->problem), i / self->n, i % self->n);
        if (self->open[i]) ARENA_TAKE(arena, self->front[i].vertices, self->room);
    }
    return arena_status(arena, "what was seen of %zu categories", self->n);
}

confx_status_t categories_open(problem_t *problem, categories_t *categories)
{
    const space_t *space = problem_space(problem);
    uint64_t points = space_points(space);
    size_t n = 1;
    *categories = (categories_t){.problem = problem};
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        if (!categories_counts(space, axis)) continue;
        n *= space_range(space, axis);
        points /= space_range(space, axis);
        if (n > CATEGORIES_MOST) return status_ok();
    }
    if (n == 1) return status_ok();
    categories->n = n;
    categories->room = points < FRONT_MOST ? (size_t)points : FRONT_MOST;
    const confx_status_t status = categories_take(categories);
    if (status.code != CONFX_STATUS_OK) categories_close(categories);
    return status;
}

void categories_close(categories_t *categories)
{
    arena_close(&categories->arena);
    *categories = (categories_t){.n = 0};
}

/* ---- what was seen --------------------------------------------------------------------------- */

/* Comes one before the other on a front that is by need, cost and number? */
static bool categories_precedes(const vertex_t *one, const vertex_t *other)
{
    if (one->need != other->need) return one->need < other->need;
    if (one->cost != other->cost) return one->cost < other->cost;
    return one->point < other->point;
}

/* Undominated points are the same whatever order they come in: of equal ones the least number
   stays. */
static void categories_enter(const categories_t *self, tradeoff_chain_t *front, vertex_t fresh)
{
    size_t at = 0;
    size_t end;
    while (at < front->n && categories_precedes(&front->vertices[at], &fresh)) at++;
    /* All before it need no more: the last of these costs least. */
    if (at > 0 && front->vertices[at - 1].cost <= fresh.cost) return;
    for (end = at; end < front->n && front->vertices[end].cost >= fresh.cost;) end++;
    if (end == at && front->n == self->room) return;
    memmove(front->vertices + at + 1, front->vertices + end,
            (front->n - end) * sizeof *front->vertices);
    front->vertices[at] = fresh;
    front->n = front->n - (end - at) + 1;
}

/* Weights are others at every update, and with them all costs. */
static void categories_forget(categories_t *self)
{
    const size_t all = problem_distinct(self->problem) * self->n;
    for (size_t i = 0; i < all; i++) self->front[i].n = 0;
    self->read_n = 0;
}

void categories_learn(categories_t *self, const cost_view_t *cost_view)
{
    const memory_t *memory = cost_view->memory;
    const space_t *space = problem_space(self->problem);
    const uint64_t points = space_points(space);
    size_t n;
    const void *records = memory_records(memory, &n);
    if (cost_view->weights) categories_forget(self);
    for (; self->n > 0 && self->read_n < n; self->read_n++) {
        const uint64_t key = memory_key(memory, records, self->read_n);
        const size_t distinct = (size_t)(key / points);
        const uint64_t point = key % points;
        const double cost = cost_view_cost(cost_view, distinct, point);
        uint16_t action[SPACE_AXES];
        if (isinf(cost)) continue;
        space_action(space, point, action);
        const size_t at = distinct * self->n + categories_of(space, action);
        assert(self->open[at]); /* a memory has canonical points alone */
        categories_enter(self, &self->front[at],
                         (vertex_t){problem_need(self->problem, distinct, point), cost, point});
    }
}

/* ---- one of them ----------------------------------------------------------------------------- */

/* The vertex of least cost + multiplier x need; NULL: nothing was seen. */
static const vertex_t *categories_best(const tradeoff_chain_t *front, double multiplier,
                                       double *value)
{
    const vertex_t *best = NULL;
    *value = INFINITY;
    for (size_t i = 0; i < front->n; i++) {
        const vertex_t *vertex = &front->vertices[i];
        const double its = vertex->cost + multiplier * vertex->need;
        if (!(its < *value)) continue;
        *value = its;
        best = vertex;
    }
    return best;
}

/* Fills the weights; their sum. Of what nobody has seen as much is expected as of the best. */
static double categories_weigh(categories_t *self, size_t distinct, double multiplier)
{
    double least = INFINITY;
    double sum = 0;
    for (size_t i = 0; i < self->n; i++) {
        const size_t at = distinct * self->n + i;
        (void)categories_best(&self->front[at], multiplier, &self->weights[i]);
        least = fmin(least, self->weights[i]);
    }
    for (size_t i = 0; i < self->n; i++) {
        const double value = self->weights[i];
        const bool seen = isfinite(value) && value > 0;
        const double weight = seen ? fmax(at_least, pow(least / value, decline)) : 1;
        self->weights[i] = self->open[distinct * self->n + i] ? weight : 0;
        sum += self->weights[i];
    }
    return sum;
}

void categories_draw(categories_t *self, rng_t *rng, size_t distinct, double multiplier,
                     uint16_t *action)
{
    const space_t *space = problem_space(self->problem);
    double left = rng_uniform(rng) * categories_weigh(self, distinct, multiplier);
    double value;
    size_t drawn = 0;
    for (size_t i = 0; i < self->n; i++) {
        if (!(self->weights[i] > 0)) continue;
        drawn = i;
        left -= self->weights[i];
        if (left < 0) break;
    }
    const vertex_t *best =
        categories_best(&self->front[distinct * self->n + drawn], multiplier, &value);
    if (best)
        space_action(space, best->point, action);
    else
        categories_put(space, drawn, action);
}
