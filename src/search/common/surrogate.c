#include "search/common/surrogate.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { POINTS_MOST = 64 }; /* of a kind, that its residual is inferred from */
static const double cells_most = 1 << 21;
static const double length = 1.5;       /* in doublings of a value */
static const double other_value = 1.5;  /* distance of two values without an order, likewise */
static const double first_slope = 0.85; /* cost falls with this power of the first axis */
static const double doubt = 1;          /* of the trend: so many samples of what it was before */
static const double noise = 1e-4;       /* variance: keeps roots from 0 */
static const double as_assumed = 4;     /* so many surprises are taken to have been as assumed */
static const double of_constant = 10, of_first = 0.6, of_others = 0.1, of_all = 0.15;

/* ---- opening --------------------------------------------------------------------------------- */

bool surrogate_affords(const problem_t *problem)
{
    return (double)space_choices(problem_space(problem)) * (double)problem_distinct(problem) <=
           cells_most;
}

static double surrogate_distance(const space_t *space, size_t axis, uint16_t one, uint16_t other)
{
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) return one == other ? 0 : other_value;
    return fabs(log2((double)space_value(space, axis, one) / space_value(space, axis, other)));
}

static void surrogate_fill_nearness(surrogate_t *self, size_t axis)
{
    const table_axes_t *axes = &self->axes;
    const size_t n = axes->n[axis];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            self->nearness[axis][i * n + j] =
                exp(-surrogate_distance(axes->space, axis, axes->indices[axis][i],
                                        axes->indices[axis][j]) /
                    length);
}

static double surrogate_work_of(const confx_layer_t *layer)
{
    double work = 0;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (layer->dim[dim] > 0) work += log((double)layer->dim[dim]);
    return work;
}

/* Of points that mean the same to a layer only the canonical one is an action. */
static void surrogate_fill_needs(surrogate_t *self, size_t distinct)
{
    double *need = self->need + distinct * self->axes.cells;
    for (size_t cell = 0; cell < self->axes.cells; cell++) {
        const uint64_t point = table_axes_point(&self->axes, cell);
        const bool canonical = space_canonical(self->axes.space, distinct, point) == point;
        need[cell] = canonical && problem_is_legal(self->problem, distinct, point)
                         ? problem_need(self->problem, distinct, point)
                         : INFINITY;
    }
}

static confx_status_t surrogate_take(surrogate_t *self)
{
    arena_t *arena = &self->arena;
    const size_t cells = self->axes.cells, all = cells * self->distinct;
    for (size_t axis = 0; axis < space_axes(self->axes.space); axis++)
        ARENA_TAKE(arena, self->nearness[axis], self->axes.n[axis] * self->axes.n[axis]);
    ARENA_TAKE(arena, self->work, self->distinct);
    ARENA_TAKE(arena, self->offset, self->distinct);
    ARENA_TAKE(arena, self->surprise, self->distinct);
    ARENA_TAKE(arena, self->surprises, self->distinct);
    ARENA_TAKE(arena, self->seen, all);
    ARENA_TAKE(arena, self->need, all);
    ARENA_TAKE(arena, self->mean, all);
    ARENA_TAKE(arena, self->deviation, all);
    ARENA_TAKE(arena, self->risk, all);
    ARENA_TAKE(arena, self->trend, cells);
    ARENA_TAKE(arena, self->sum, cells);
    ARENA_TAKE(arena, self->number, cells);
    ARENA_TAKE(arena, self->scratch, cells);
    ARENA_TAKE(arena, self->rows, POINTS_MOST * cells);
    return arena_status(arena, "guesses of %zu costs", all);
}

confx_status_t surrogate_open(problem_t *problem, surrogate_t *surrogate)
{
    *surrogate = (surrogate_t){.problem = problem, .distinct = problem_distinct(problem)};
    assert(surrogate_affords(problem));
    confx_status_t status =
        table_axes_open(problem, SPACE_LEVELS, &surrogate->arena, &surrogate->axes);
    if (status.code == CONFX_STATUS_OK) status = surrogate_take(surrogate);
    if (status.code != CONFX_STATUS_OK) {
        surrogate_close(surrogate);
        return status;
    }
    const confx_workload_t *workload = problem_workload(problem);
    for (size_t axis = 0; axis < space_axes(surrogate->axes.space); axis++)
        surrogate_fill_nearness(surrogate, axis);
    for (size_t d = 0; d < surrogate->distinct; d++) {
        surrogate->work[d] = surrogate_work_of(&workload->layers[workload->first_of[d]]) +
                             log(problem_membership(problem, d).weight);
        surrogate_fill_needs(surrogate, d);
    }
    return status;
}

void surrogate_close(surrogate_t *surrogate)
{
    arena_close(&surrogate->arena);
    *surrogate = (surrogate_t){.distinct = 0};
}

/* ---- what was seen --------------------------------------------------------------------------- */

/* A cost of 0 has no logarithm: it counts as a billionth of the largest one seen of its kind. */
static void surrogate_look(surrogate_t *self, const memory_t *memory, const weights_t *weights,
                           size_t distinct)
{
    double *seen = self->seen + distinct * self->axes.cells;
    const double *need = self->need + distinct * self->axes.cells;
    double most = 0;
    for (size_t cell = 0; cell < self->axes.cells; cell++) {
        const uint64_t point = table_axes_point(&self->axes, cell);
        const double *values = isinf(need[cell]) ? NULL : memory_find(memory, distinct, point);
        /* NaN: never seen; infinite: seen to be invalid. Finite ones become logarithms below. */
        seen[cell] = !values ? NAN : isnan(values[0]) ? INFINITY : values[0];
        if (weights && isfinite(seen[cell]))
            seen[cell] += weights_beside(weights, distinct, point, values);
        if (values && isfinite(seen[cell])) most = fmax(most, seen[cell]);
    }
    const double least = most > 0 ? 1e-9 * most : 1;
    for (size_t cell = 0; cell < self->axes.cells; cell++)
        if (isfinite(seen[cell])) seen[cell] = log(fmax(seen[cell], least));
}

/* The mean of what the kind's costs are beyond the trend. */
static bool surrogate_offset_seen(const surrogate_t *self, size_t distinct, double *offset)
{
    const double *seen = self->seen + distinct * self->axes.cells;
    double sum = 0, number = 0;
    for (size_t cell = 0; cell < self->axes.cells; cell++) {
        if (!isfinite(seen[cell])) continue;
        sum += seen[cell] - self->trend[cell];
        number += 1;
    }
    *offset = number > 0 ? sum / number : 0;
    return number > 0;
}

static void surrogate_offset_all(surrogate_t *self)
{
    double excess = 0, kinds = 0;
    for (size_t d = 0; d < self->distinct; d++) {
        if (surrogate_offset_seen(self, d, &self->offset[d])) {
            excess += self->offset[d] - self->work[d];
            kinds += 1;
        } else
            self->offset[d] = NAN;
    }
    /* Kinds of which nothing was seen cost by their multiplications as the others do. */
    for (size_t d = 0; d < self->distinct; d++)
        if (isnan(self->offset[d]))
            self->offset[d] = self->work[d] + (kinds > 0 ? excess / kinds : 0);
}

/* ---- the trend ------------------------------------------------------------------------------- */

static void surrogate_begin_trend(surrogate_t *self)
{
    const space_t *space = self->axes.space;
    size_t first = 0;
    while (first < space_axes(space) && space_axis(space, first)->kind == AXIS_CATEGORICAL) first++;
    for (size_t cell = 0; cell < self->axes.cells; cell++) {
        uint16_t action[SPACE_AXES];
        space_action(space, table_axes_point(&self->axes, cell), action);
        self->trend[cell] =
            first < space_axes(space)
                ? -first_slope * log((double)space_value(space, first, action[first]))
                : 0;
    }
}

/* Of a table over all axes the sum at near actions: a product over axes, so one axis after the
   other. The square of the nearness reaches half as far. */
static void surrogate_blur(surrogate_t *self, double *table)
{
    size_t stride = self->axes.cells;
    for (size_t axis = 0; axis < space_axes(self->axes.space); axis++) {
        const size_t n = self->axes.n[axis];
        const double *nearness = self->nearness[axis];
        const size_t block = stride;
        stride /= n; /* of neighbours on this axis, in the table */
        memset(self->scratch, 0, self->axes.cells * sizeof *self->scratch);
        for (size_t cell = 0; cell < self->axes.cells; cell++) {
            if (table[cell] == 0) continue;
            const size_t at = cell % block / stride;
            for (size_t i = 0; i < n; i++)
                self->scratch[cell + i * stride - at * stride] +=
                    table[cell] * nearness[at * n + i] * nearness[at * n + i];
        }
        memcpy(table, self->scratch, self->axes.cells * sizeof *table);
    }
}

/* What all kinds' costs are beyond offset and trend, smoothed, moves the trend. Where little was
   seen nearby it stays nearly as it is. */
static void surrogate_move_trend(surrogate_t *self)
{
    const size_t cells = self->axes.cells;
    memset(self->sum, 0, cells * sizeof *self->sum);
    memset(self->number, 0, cells * sizeof *self->number);
    for (size_t d = 0; d < self->distinct; d++)
        for (size_t cell = 0; cell < cells; cell++) {
            const double seen = self->seen[d * cells + cell];
            if (!isfinite(seen)) continue;
            self->sum[cell] += seen - self->offset[d] - self->trend[cell];
            self->number[cell] += 1;
        }
    surrogate_blur(self, self->sum);
    surrogate_blur(self, self->number);
    for (size_t cell = 0; cell < cells; cell++)
        self->trend[cell] += self->sum[cell] / (self->number[cell] + doubt);
}

/* ---- residuals ------------------------------------------------------------------------------- */

/* Places of a cell on the axes. */
static void surrogate_places(const surrogate_t *self, size_t cell, size_t *places)
{
    for (size_t axis = space_axes(self->axes.space); axis-- > 0; cell /= self->axes.n[axis])
        places[axis] = cell % self->axes.n[axis];
}

/* Nearness of one cell to all on every axis, as a product; and the covariance of residuals. */
static void surrogate_near(const surrogate_t *self, size_t cell, double *near, double *covariance)
{
    const size_t axes = space_axes(self->axes.space);
    size_t from[SPACE_AXES] = {0};
    size_t to[SPACE_AXES] = {0};
    surrogate_places(self, cell, from);
    for (size_t other = 0; other < self->axes.cells; other++) {
        double product = 1;
        double sum = of_constant;
        for (size_t axis = 0; axis < axes; axis++) {
            const double at = self->nearness[axis][from[axis] * self->axes.n[axis] + to[axis]];
            product *= at;
            sum += (axis == 0 ? of_first : of_others) * at;
        }
        near[other] = product;
        covariance[other] = sum + of_all * product;
        /* The places of the next cell: the last axis runs fastest. */
        for (size_t axis = axes; axis-- > 0 && ++to[axis] == self->axes.n[axis];) to[axis] = 0;
    }
}

/* One observed cell more: row i of the root of the covariance, over all cells, by which variance
   falls and the mean moves (a Cholesky factorisation, in the order of the cells). */
static void surrogate_observe(surrogate_t *self, size_t distinct, size_t i, size_t cell)
{
    const size_t cells = self->axes.cells;
    double *row = self->rows + i * cells;
    double *mean = self->mean + distinct * cells;
    double *variance = self->deviation + distinct * cells;
    surrogate_near(self, cell, self->scratch, row);
    for (size_t j = 0; j < i; j++) {
        const double *before = self->rows + j * cells;
        const double weight = before[cell];
        for (size_t k = 0; k < cells; k++) row[k] -= weight * before[k];
    }
    const double root = sqrt(fmax(variance[cell], 0) + noise);
    const double surprise = (self->seen[distinct * cells + cell] - mean[cell]) / root;
    /* The first cell of a kind tells of its offset, the others of how large its residuals are. */
    if (i > 0) {
        self->surprise[distinct] += surprise * surprise;
        self->surprises[distinct] += 1;
    }
    for (size_t k = 0; k < cells; k++) {
        row[k] /= root;
        mean[k] += row[k] * surprise;
        variance[k] -= row[k] * row[k];
    }
}

/* An action not seen is the more at risk the more of what was seen near it was invalid. */
static void surrogate_assess(surrogate_t *self, size_t distinct)
{
    const size_t cells = self->axes.cells;
    const double *seen = self->seen + distinct * cells;
    double *risk = self->risk + distinct * cells;
    bool any = false;
    memset(risk, 0, cells * sizeof *risk);
    for (size_t cell = 0; cell < cells && !any; cell++) any = isinf(seen[cell]);
    if (!any) return;
    memset(self->number, 0, cells * sizeof *self->number);
    for (size_t cell = 0; cell < cells; cell++) {
        if (isnan(seen[cell])) continue;
        surrogate_near(self, cell, self->scratch, self->rows);
        for (size_t other = 0; other < cells; other++) {
            self->number[other] += self->scratch[other];
            if (isinf(seen[cell])) risk[other] += self->scratch[other];
        }
    }
    for (size_t cell = 0; cell < cells; cell++)
        risk[cell] = isnan(seen[cell]) ? risk[cell] / (self->number[cell] + 0.1) : 0;
}

/* At most POINTS_MOST of what was seen, spread evenly over the cells. */
static void surrogate_infer(surrogate_t *self, size_t distinct)
{
    const size_t cells = self->axes.cells;
    const double *seen = self->seen + distinct * cells;
    const double *need = self->need + distinct * cells;
    double *mean = self->mean + distinct * cells;
    double *deviation = self->deviation + distinct * cells;
    const double others = (double)space_axes(self->axes.space) - 1;
    size_t points = 0;
    self->surprise[distinct] = self->surprises[distinct] = 0;
    for (size_t cell = 0; cell < cells; cell++)
        if (isfinite(seen[cell])) points++;
    for (size_t cell = 0; cell < cells; cell++) {
        mean[cell] = self->offset[distinct] + self->trend[cell];
        deviation[cell] = of_first + of_others * others + of_all + (points ? of_constant : 0);
    }
    const size_t kept = points < POINTS_MOST ? points : POINTS_MOST;
    for (size_t cell = 0, at = 0, taken = 0; cell < cells; cell++) {
        if (!isfinite(seen[cell])) continue;
        if (at * kept >= taken * points) surrogate_observe(self, distinct, taken++, cell);
        at++;
    }
    /* Variances become deviations; what was seen is known, and what is no design stays away. */
    for (size_t cell = 0; cell < cells; cell++) {
        const bool known = !isnan(seen[cell]);
        deviation[cell] = known ? 0 : sqrt(fmax(deviation[cell], 0));
        if (known) mean[cell] = seen[cell];
        if (isinf(need[cell])) mean[cell] = INFINITY;
    }
}

/* The residuals of one network are smaller than those of another, or of another accounting. As many
   times as the surprises were what they had been expected to be, in the square on the mean, so many
   times the variance assumed is theirs: the variance of most likelihood (Rasmussen, Williams 2006,
   section 5.4.1). A kind that surprised little yet is like all of them together. */
static void surrogate_calibrate(surrogate_t *self)
{
    double sum = as_assumed;
    double number = as_assumed;
    for (size_t d = 0; d < self->distinct; d++) {
        sum += self->surprise[d];
        number += self->surprises[d];
    }
    for (size_t d = 0; d < self->distinct; d++) {
        const double square =
            (self->surprise[d] + as_assumed * sum / number) / (self->surprises[d] + as_assumed);
        double *deviation = self->deviation + d * self->axes.cells;
        for (size_t cell = 0; cell < self->axes.cells; cell++) deviation[cell] *= sqrt(square);
    }
}

void surrogate_learn(surrogate_t *self, const memory_t *memory, const weights_t *weights)
{
    for (size_t d = 0; d < self->distinct; d++) surrogate_look(self, memory, weights, d);
    surrogate_begin_trend(self);
    /* Offset and trend go by each other: the second round is near enough to where they settle. */
    for (int round = 0; round < 2; round++) {
        surrogate_offset_all(self);
        surrogate_move_trend(self);
    }
    surrogate_offset_all(self);
    for (size_t d = 0; d < self->distinct; d++) {
        surrogate_assess(self, d);
        surrogate_infer(self, d);
    }
    surrogate_calibrate(self);
}
