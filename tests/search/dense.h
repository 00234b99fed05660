/* The Gaussian process of kernel.h and posterior.h written down densely, a covariance for any two
   cells of the tables and a row of cells for each sample, and solved by elimination in long double.
   For networks of a few small layers. */
#ifndef TESTS_DENSE_H
#define TESTS_DENSE_H

#include "problem/models.h"
#include "problems.h"
#include "search/inference/posterior.h"

/* Four layers of three kinds: of a job's two axes, with 3 x 3 levels or 4 x 4 integers, the last
   layer depthwise; or of the trial's three axes, one of them without order and one that the first
   kind does not use, with 3 x 3 x 2 levels or 5 x 3 x 3 values. */
enum { SMALL_LAYERS = 4, SMALL_DISTINCT = 3, SAMPLES_MAX = 24 };
enum { CELLS_MAX = SMALL_DISTINCT * 5 * 3 * 3 };

typedef struct {
    setting_t setting; /* of three axes the job alone */
    toy_t toy;
    trial_t trial;
    problem_t *problem;
    const space_t *space;
    const confx_workload_t *workload;
} small_t;

static inline void small_open(small_t *small, bool three)
{
    *small = (small_t){.toy = {1, 0, 100}};
    setting_read(
        &small->setting,
        "{actions: {pe: [1, 2, 4], buffer: [1, 3, 4]}, budget: {limit: 1e9}, search: {seed: 5}}");
    setting_take_layers(
        &small->setting,
        "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,1,1,1\n8,8,9,9,3,3,1\n1,16,9,9,3,3,2\n");
    if (three) {
        const terms_t terms = trial_terms_axes();
        trial_open(&small->trial, (trial_model_t){.draw = 1}, &terms);
    } else {
        setting_open_with(&small->setting, (evaluator_t){&small->toy, toy_evaluate, false, 0});
    }
    small->problem = three ? small->trial.problem : small->setting.problem;
    small->workload = three ? &small->trial.workload : &small->setting.workload;
    small->space = problem_space(small->problem);
    ck_assert_uint_eq(problem_layers(small->problem), SMALL_LAYERS);
    ck_assert_uint_eq(problem_distinct(small->problem), SMALL_DISTINCT);
    ck_assert_uint_eq(space_axes(small->space), three ? 3 : 2);
}

static inline void small_close(small_t *small)
{
    trial_close(&small->trial);
    setting_close(&small->setting);
}

/* How many indices of an axis a table is over, and the first of them. */
static inline size_t small_values(const small_t *small, space_part_t part, size_t axis)
{
    return part == SPACE_INTEGERS ? space_range(small->space, axis)
                                  : space_levels(small->space, axis);
}

static inline uint16_t small_index(const small_t *small, space_part_t part, size_t axis, size_t i)
{
    return part == SPACE_INTEGERS ? (uint16_t)i : space_level_index(small->space, axis, i);
}

/* The values that shapes go by: of the first and the last axis. */
static inline double small_first(const small_t *small, const uint16_t *action)
{
    return space_value(small->space, 0, action[0]);
}

static inline double small_last(const small_t *small, const uint16_t *action)
{
    const size_t axis = space_axes(small->space) - 1;
    return space_value(small->space, axis, action[axis]);
}

/* Samples at random, whose totals nearly add up, to what falls along the axes. */
static inline void small_draw(const small_t *small, space_part_t part, uint64_t draw,
                              batch_t *batch)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
    for (size_t s = 0; s < batch->n; s++) {
        double *total = &batch->scores[s].objectives[0];
        *total = 1e6 * rng_normal(&rng);
        for (size_t layer = 0; layer < SMALL_LAYERS; layer++) {
            uint16_t *action = batch_assignment(batch, s) + layer * batch->axes;
            for (size_t axis = 0; axis < batch->axes; axis++)
                action[axis] = small_index(small, part, axis,
                                           rng_below(&rng, small_values(small, part, axis)));
            *total += 1e9 * (1 / small_first(small, action) + 0.2 / small_last(small, action));
        }
    }
}

/* ---- the covariance -------------------------------------------------------------------------- */

/* What a kind of layers is to kernel.h. */
typedef struct {
    double macs, features[6], k, c, y, x, rows; /* y and x of outputs; rows of the filter */
    confx_layer_type_t type;
} kind_t;

typedef struct {
    size_t distinct;
    uint16_t action[SPACE_AXES];
} cell_t;

typedef struct {
    size_t cells;
    cell_t cell[CELLS_MAX];
    double covariance[CELLS_MAX][CELLS_MAX];
} dense_t;

static inline kind_t kind_of(const confx_layer_t *layer)
{
    const double k = (double)layer->dim[CONFX_DIM_K], c = (double)layer->dim[CONFX_DIM_C],
                 y = (double)layer->dim[CONFX_DIM_Y], r = (double)layer->dim[CONFX_DIM_R];
    kind_t kind = {.features = {log2(k), log2(c), log2(y), 0, r > 1,
                                layer->type == CONFX_LAYER_DSCONV ? 2 : 0},
                   .k = k,
                   .c = c,
                   .y = y - r + 1,
                   .x = (double)(layer->dim[CONFX_DIM_X] - layer->dim[CONFX_DIM_S]) + 1,
                   .rows = r,
                   .type = layer->type};
    kind.macs = k * c * kind.y * kind.x * r * (double)layer->dim[CONFX_DIM_S];
    kind.features[3] = log2(kind.macs);
    return kind;
}

static inline void kinds_standardise(kind_t *kinds)
{
    for (size_t i = 0; i < 4; i++) {
        double mean = 0, square = 0;
        for (size_t d = 0; d < SMALL_DISTINCT; d++) mean += kinds[d].features[i] / SMALL_DISTINCT;
        for (size_t d = 0; d < SMALL_DISTINCT; d++)
            square += pow(kinds[d].features[i] - mean, 2) / SMALL_DISTINCT;
        for (size_t d = 0; d < SMALL_DISTINCT; d++)
            kinds[d].features[i] =
                square > 1e-12 ? (kinds[d].features[i] - mean) / sqrt(square) : 0;
    }
}

static inline double between_of(const kind_t *one, const kind_t *other)
{
    double squared = 0;
    for (size_t i = 0; i < 6; i++) squared += pow(one->features[i] - other->features[i], 2);
    return (one->type == other->type ? 1 + 0.5 * exp(-squared / (2 * 1.5 * 1.5)) : 0) +
           (one == other ? 0.3 : 0);
}

/* Nearness of two values of an axis. */
static inline double near_of(const space_t *space, size_t axis, uint16_t one, uint16_t other)
{
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) return one == other ? 1 : exp(-1);
    return exp(
        -fabs(log2((double)space_value(space, axis, one) / space_value(space, axis, other))));
}

/* Variances of the parts that are not alike, without one of the residuals and of the groups. */
static inline const double *variances_of(residual_t residual)
{
    static const double variances[RESIDUALS][KERNEL_PARTS] = {{1, 0.25, 0.0625, 0.5, 2.25, 0.25, 0},
                                                              {1, 2, 0, 0.125, 0.0625, 0, 0.25}};
    return variances[residual];
}

static inline double waves_of(double extent, double tile, double units)
{
    return ceil(ceil(extent / tile) / units) * tile / extent;
}

/* The shapes of kernel.h, group by group, as exact as a table of floats. */
static inline void shapes_of(const kind_t *kind, double p, double b, float values[KERNEL_GROUPS][6],
                             size_t n[KERNEL_GROUPS])
{
    const double extents[] = {kind->k, kind->y, kind->x, kind->c};
    const double clusters = fmax(1, floor(p / kind->rows));
    const double spread[] = {1, 1 / p, 1 / (p * b), 1 / b};
    for (size_t i = 0; i < 4; i++) {
        values[0][i] = (float)spread[i];
        values[1][i] = (float)waves_of(extents[i], 1, p);
        values[2][i] = (float)waves_of(extents[i], b, p);
        values[4][i] = (float)(waves_of(extents[i], b, 1) / p);
    }
    for (size_t i = 0; i < 3; i++) {
        values[3][i] = (float)waves_of(extents[i], 1, clusters);
        values[3][3 + i] = (float)waves_of(extents[i], b, clusters);
    }
    for (size_t group = 0; group < KERNEL_GROUPS; group++) n[group] = group == 3 ? 6 : 4;
}

/* The formula of kernel.h, s and s' left out. */
static inline double covariance_of(const small_t *small, const kind_t *kinds, const cell_t *one,
                                   const cell_t *other, const double *variances)
{
    const double p = small_first(small, one->action), b = small_last(small, one->action);
    const double q = small_first(small, other->action), c = small_last(small, other->action);
    float mine[KERNEL_GROUPS][6], its[KERNEL_GROUPS][6];
    size_t n[KERNEL_GROUPS];
    double shapes = 0;
    shapes_of(&kinds[one->distinct], p, b, mine, n);
    shapes_of(&kinds[other->distinct], q, c, its, n);
    for (size_t group = 0; group < KERNEL_GROUPS; group++)
        for (size_t i = 0; i < n[group]; i++)
            shapes += variances[group] * (double)mine[group][i] * (double)its[group][i];
    double own = variances[KERNEL_GROUPS] / p / q + variances[KERNEL_GROUPS + 1];
    for (size_t axis = 0; axis < space_axes(small->space); axis++)
        own *= near_of(small->space, axis, one->action[axis], other->action[axis]);
    return between_of(&kinds[one->distinct], &kinds[other->distinct]) * shapes +
           (one->distinct == other->distinct ? own : 0);
}

static inline void dense_list_cells(const small_t *small, space_part_t part, dense_t *dense)
{
    size_t actions = 1;
    for (size_t axis = 0; axis < space_axes(small->space); axis++)
        actions *= small_values(small, part, axis);
    for (size_t i = 0; i < SMALL_DISTINCT * actions; i++) {
        cell_t *cell = &dense->cell[dense->cells++];
        size_t rest = i;
        ck_assert_uint_le(dense->cells, CELLS_MAX);
        for (size_t axis = space_axes(small->space); axis-- > 0;) {
            const size_t n = small_values(small, part, axis);
            cell->action[axis] = small_index(small, part, axis, rest % n);
            rest /= n;
        }
        cell->distinct = rest;
    }
}

static inline void dense_open(const small_t *small, space_part_t part, const double *variances,
                              dense_t *dense)
{
    kind_t kinds[SMALL_DISTINCT];
    double mean = 0;
    *dense = (dense_t){0};
    for (size_t d = 0; d < SMALL_DISTINCT; d++) {
        kinds[d] = kind_of(&small->workload->layers[small->workload->first_of[d]]);
        mean += kinds[d].macs / SMALL_DISTINCT;
    }
    kinds_standardise(kinds);
    dense_list_cells(small, part, dense);
    for (size_t i = 0; i < dense->cells; i++)
        for (size_t j = 0; j < dense->cells; j++)
            dense->covariance[i][j] =
                kinds[dense->cell[i].distinct].macs / mean *
                (kinds[dense->cell[j].distinct].macs / mean) *
                covariance_of(small, kinds, &dense->cell[i], &dense->cell[j], variances);
}

/* How often the assignment of a sample meets each cell: a row of A. An axis that a layer does not
   use has its initial level. */
static inline void dense_row(const dense_t *dense, const small_t *small, const batch_t *batch,
                             size_t sample, double *row)
{
    for (size_t i = 0; i < dense->cells; i++) row[i] = 0;
    for (size_t layer = 0; layer < SMALL_LAYERS; layer++) {
        const size_t d = problem_distinct_of(small->problem, layer);
        const uint64_t point =
            problem_point(small->problem, batch_assignment(batch, sample), layer);
        for (size_t i = 0; i < dense->cells; i++)
            row[i] +=
                dense->cell[i].distinct == d && space_point(small->space, dense->cell[i].action) ==
                                                    space_canonical(small->space, d, point);
    }
}

/* ---- the posterior --------------------------------------------------------------------------- */

/* Of the totals of a batch, the prior's variance 1: (A K A^T + noise)^-1, noise per variance of a
   total; K A^T. */
typedef struct {
    size_t n;
    long double log_determinant;
    double rows[SAMPLES_MAX][CELLS_MAX];
    long double reach[CELLS_MAX][SAMPLES_MAX];
    long double inverse[SAMPLES_MAX][SAMPLES_MAX];
} conditioned_t;

/* Gauss and Jordan, in place: the matrix is definite. */
static inline void dense_invert(conditioned_t *self)
{
    const size_t n = self->n;
    for (size_t k = 0; k < n; k++) {
        const long double pivot = self->inverse[k][k];
        self->log_determinant += logl(pivot);
        self->inverse[k][k] = 1;
        for (size_t j = 0; j < n; j++) self->inverse[k][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const long double factor = self->inverse[i][k];
            if (i == k) continue;
            self->inverse[i][k] = 0;
            for (size_t j = 0; j < n; j++) self->inverse[i][j] -= factor * self->inverse[k][j];
        }
    }
}

static inline void dense_condition(const dense_t *dense, const small_t *small, const batch_t *batch,
                                   double noise, conditioned_t *out)
{
    *out = (conditioned_t){.n = batch->n};
    ck_assert_uint_le(batch->n, SAMPLES_MAX);
    for (size_t s = 0; s < batch->n; s++) dense_row(dense, small, batch, s, out->rows[s]);
    for (size_t i = 0; i < dense->cells; i++)
        for (size_t s = 0; s < batch->n; s++)
            for (size_t j = 0; j < dense->cells; j++)
                out->reach[i][s] += (long double)dense->covariance[i][j] * out->rows[s][j];
    for (size_t s = 0; s < batch->n; s++)
        for (size_t t = 0; t < batch->n; t++) {
            for (size_t i = 0; i < dense->cells; i++)
                out->inverse[s][t] += out->rows[s][i] * out->reach[i][t];
            if (s == t) out->inverse[s][t] *= 1 + (long double)noise;
        }
    dense_invert(out);
}

/* What follows for a cell from values of the totals: K A^T (A K A^T + noise)^-1 values. */
static inline double dense_respond(const conditioned_t *self, size_t cell, const double *values)
{
    long double sum = 0;
    for (size_t s = 0; s < self->n; s++)
        for (size_t t = 0; t < self->n; t++)
            sum += self->reach[cell][s] * self->inverse[s][t] * values[t];
    return (double)sum;
}

/* The variance of the prior that is likeliest, given the totals. */
static inline double dense_variance(const conditioned_t *self, const double *totals)
{
    long double sum = 0;
    for (size_t s = 0; s < self->n; s++)
        for (size_t t = 0; t < self->n; t++) sum += totals[s] * self->inverse[s][t] * totals[t];
    return (double)(sum / self->n);
}

/* K - K A^T (A K A^T + noise)^-1 A K, on its diagonal. */
static inline double dense_doubt(const dense_t *dense, const conditioned_t *self, size_t cell)
{
    long double sum = dense->covariance[cell][cell];
    for (size_t s = 0; s < self->n; s++)
        for (size_t t = 0; t < self->n; t++)
            sum -= self->reach[cell][s] * self->inverse[s][t] * self->reach[cell][t];
    return (double)sum;
}

#endif
