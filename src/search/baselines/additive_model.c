#include "search/baselines/additive_model.h"
#include "confx/try.h"
#include "search/inference/kernel.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- features -------------------------------------------------------------------------------- */

/* Deviation of the weights of features that do not fall with the first axis, per that of those that
   do: most of what a layer costs is work, which is spread. */
static const double floor_deviation = 0.05;

/* Of the axes that have an order, and 1: products of the first two, then the others by themselves.
   A weight of less deviation is one of deviation 1 on a feature that is as much smaller. */
static size_t additive_model_bases(const additive_model_t *self, const uint16_t *action,
                                   double bases[3 + SPACE_AXES])
{
    enum { PRODUCTS = 2 };
    const space_t *space = self->axes.space;
    size_t ordinals = 0;
    size_t n = 0;
    bases[n++] = floor_deviation;
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) continue;
        const double inverse = 1 / (double)space_value(space, axis, action[axis]);
        const size_t before = ordinals++ < PRODUCTS ? n : 1;
        for (size_t i = 0; i < before; i++) bases[n++] = bases[i] * inverse;
        if (ordinals == 1) bases[1] = inverse; /* what falls with the first axis is no floor */
    }
    return n;
}

/* The bases for any action, then once for each value of each axis without order. */
static void additive_model_describe(additive_model_t *self, size_t cell)
{
    const space_t *space = self->axes.space;
    const size_t cells = self->axes.cells;
    uint16_t action[SPACE_AXES];
    double bases[3 + SPACE_AXES];
    space_action(space, table_axes_point(&self->axes, cell), action);
    const size_t n = additive_model_bases(self, action, bases);
    assert(n == self->bases);
    double *feature = self->feature + cell;
    for (size_t i = 0; i < n; i++, feature += cells) *feature = bases[i];
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        if (space_axis(space, axis)->kind != AXIS_CATEGORICAL) continue;
        const size_t level = space_level(space, axis, action[axis]);
        /* Features of other values of that axis stay 0, so that each value has weights of its
           own. */
        for (size_t i = 0; i < n; i++) feature[(level * n + i) * cells] = bases[i];
        feature += self->axes.n[axis] * n * cells;
    }
}

static double additive_model_distance(const space_t *space, size_t axis, uint16_t one,
                                      uint16_t other)
{
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) return one != other;
    return fabs(log2((double)space_value(space, axis, one)) -
                log2((double)space_value(space, axis, other)));
}

static confx_status_t additive_model_fill_axis(additive_model_t *self, size_t axis)
{
    const table_axes_t *axes = &self->axes;
    const size_t n = axes->n[axis];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            self->near[axis][i * n + j] = exp(-additive_model_distance(
                axes->space, axis, axes->indices[axis][i], axes->indices[axis][j]));
    char what[128];
    (void)snprintf(what, sizeof what, "values of %s", space_axis(axes->space, axis)->name);
    return kernel_root(what, self->near[axis], n, self->root[axis]);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void additive_model_count_features(additive_model_t *self)
{
    const space_t *space = self->axes.space;
    size_t groups = 1;
    const uint16_t action[SPACE_AXES] = {0};
    double bases[3 + SPACE_AXES];
    for (size_t axis = 0; axis < space_axes(space); axis++)
        if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) groups += self->axes.n[axis];
    self->bases = additive_model_bases(self, action, bases);
    self->features = self->bases * groups;
}

static confx_status_t additive_model_take(additive_model_t *self)
{
    arena_t *arena = &self->arena;
    const size_t samples = self->capacity;
    TRY(table_axes_open(self->problem, SPACE_LEVELS, arena, &self->axes));
    additive_model_count_features(self);
    const size_t cells = self->axes.cells;
    ARENA_TAKE(arena, self->feature, self->features * cells);
    for (size_t axis = 0; axis < space_axes(self->axes.space); axis++) {
        const size_t values = self->axes.n[axis];
        ARENA_TAKE(arena, self->near[axis], values * values);
        ARENA_TAKE(arena, self->root[axis], values * values);
    }
    ARENA_TAKE(arena, self->cell, samples * self->layers);
    ARENA_TAKE(arena, self->by_weights, samples * samples);
    ARENA_TAKE(arena, self->by_remainders, samples * samples);
    ARENA_TAKE(arena, self->factor, samples * samples);
    ARENA_TAKE(arena, self->solution, samples);
    ARENA_TAKE(arena, self->impulses, self->distinct * cells);
    ARENA_TAKE(arena, self->response, self->distinct * cells);
    ARENA_TAKE(arena, self->weights, self->distinct * self->features);
    ARENA_TAKE(arena, self->line, cells);
    ARENA_TAKE(arena, self->misfit, samples);
    TRY(arena_status(arena, "the weights of %zu kinds of layers", self->distinct));
    for (size_t cell = 0; cell < cells; cell++) additive_model_describe(self, cell);
    for (size_t axis = 0; axis < space_axes(self->axes.space); axis++)
        TRY(additive_model_fill_axis(self, axis));
    return status_ok();
}

confx_status_t additive_model_open(problem_t *problem, size_t capacity, additive_model_t *model)
{
    *model = (additive_model_t){.problem = problem,
                                .layers = problem_layers(problem),
                                .distinct = problem_distinct(problem),
                                .capacity = capacity};
    const confx_status_t status = additive_model_take(model);
    if (status.code != CONFX_STATUS_OK) additive_model_close(model);
    return status;
}

void additive_model_close(additive_model_t *model)
{
    arena_close(&model->arena);
    *model = (additive_model_t){.problem = NULL};
}

size_t additive_model_cells(const additive_model_t *model)
{
    return model->distinct * model->axes.cells;
}

/* ---- the prior as an operator on tables ------------------------------------------------------ */

/* What weights (D, F) say of each action, added to a table. */
static void additive_model_put_weights(const additive_model_t *self, const double *weights,
                                       double *table)
{
    const blasint cells = (blasint)self->axes.cells;
    const blasint features = (blasint)self->features;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)self->distinct, cells, features,
                1, weights, features, self->feature, cells, 1, table, cells);
}

/* table <- covariance by the weights times impulses: the weights that these are answered with are
   the impulses' sums over the features, as all weights have the variance 1. */
static void additive_model_respond_by_weights(additive_model_t *self, const double *impulses,
                                              double *table)
{
    const blasint cells = (blasint)self->axes.cells;
    const blasint features = (blasint)self->features;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)self->distinct, features, cells,
                1, impulses, cells, self->feature, cells, 0, self->weights, features);
    memset(table, 0, additive_model_cells(self) * sizeof *table);
    additive_model_put_weights(self, self->weights, table);
}

/* One kind's cells, multiplied along every axis by a matrix (n, n) of that axis. */
static void additive_model_along_axes(const additive_model_t *self, double *const *matrices,
                                      double *cells)
{
    const size_t axes = space_axes(self->axes.space);
    size_t after = self->axes.cells;
    for (size_t axis = 0; axis < axes; axis++) {
        const size_t n = self->axes.n[axis];
        const size_t before = self->axes.cells / after;
        after /= n;
        /* The cells are a stack of matrices (n, after), a row for each value of the axis. */
        for (size_t i = 0; i < before; i++) {
            double *block = cells + i * n * after;
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)n, (blasint)after,
                        (blasint)n, 1, matrices[axis], (blasint)n, block, (blasint)after, 0,
                        self->line, (blasint)after);
            memcpy(block, self->line, n * after * sizeof *block);
        }
    }
}

/* The same by remainders of share 1: a product over axes (Saatci 2011). */
static void additive_model_respond_by_remainders(additive_model_t *self, const double *impulses,
                                                 double *table)
{
    memcpy(table, impulses, additive_model_cells(self) * sizeof *table);
    for (size_t d = 0; d < self->distinct; d++)
        additive_model_along_axes(self, self->near, table + d * self->axes.cells);
}

/* Adds to a table what follows from coefficients (factored) of the samples' totals. */
static void additive_model_respond(additive_model_t *self, const double *coefficients,
                                   double *table)
{
    const size_t all = additive_model_cells(self);
    memset(self->impulses, 0, all * sizeof *self->impulses);
    for (size_t i = 0; i < self->factored; i++)
        for (size_t layer = 0; layer < self->layers; layer++)
            self->impulses[self->cell[i * self->layers + layer]] += coefficients[i];
    additive_model_respond_by_weights(self, self->impulses, self->response);
    cblas_daxpy((blasint)all, 1, self->response, 1, table, 1);
    additive_model_respond_by_remainders(self, self->impulses, self->response);
    cblas_daxpy((blasint)all, self->prior.share, self->response, 1, table, 1);
}

/* ---- samples --------------------------------------------------------------------------------- */

/* The total of a table over a sample's cells. */
static double additive_model_total(const additive_model_t *self, size_t sample, const double *table)
{
    const uint32_t *cell = self->cell + sample * self->layers;
    double sum = 0;
    for (size_t layer = 0; layer < self->layers; layer++) sum += table[cell[layer]];
    return sum;
}

void additive_model_add(additive_model_t *model, const uint16_t *assignment)
{
    additive_model_t *self = model;
    const space_t *space = self->axes.space;
    const size_t n = self->n;
    assert(n < self->capacity);
    uint32_t *at = self->cell + n * self->layers;
    memset(self->impulses, 0, additive_model_cells(self) * sizeof *self->impulses);
    for (size_t layer = 0; layer < self->layers; layer++) {
        const size_t distinct = problem_distinct_of(self->problem, layer);
        const uint64_t point =
            space_canonical(space, distinct, problem_point(self->problem, assignment, layer));
        const uint32_t cell =
            self->axes.cell ? self->axes.cell[point] : table_axes_find(&self->axes, point);
        assert(cell != TABLE_NO_CELL); /* samples are of levels */
        at[layer] = (uint32_t)(distinct * self->axes.cells) + cell;
        self->impulses[at[layer]] += 1;
    }
    /* The covariance of its total with all actions, and so with all totals. */
    self->n++;
    additive_model_respond_by_weights(self, self->impulses, self->response);
    for (size_t i = 0; i <= n; i++)
        self->by_weights[n * self->capacity + i] = additive_model_total(self, i, self->response);
    additive_model_respond_by_remainders(self, self->impulses, self->response);
    for (size_t i = 0; i <= n; i++)
        self->by_remainders[n * self->capacity + i] = additive_model_total(self, i, self->response);
}

void additive_model_clear(additive_model_t *model)
{
    model->n = 0;
    model->factored = 0;
}

/* ---- the factor ------------------------------------------------------------------------------ */

static double additive_model_noise_of(const additive_model_t *self, size_t i)
{
    return self->prior.noise * self->by_weights[i * self->capacity + i];
}

/* A sample's row of the covariance, up to the diagonal, in place of its row of the factor. */
static void additive_model_put_row(additive_model_t *self, size_t i)
{
    const size_t at = i * self->capacity;
    for (size_t j = 0; j <= i; j++)
        self->factor[at + j] =
            self->by_weights[at + j] + self->prior.share * self->by_remainders[at + j];
    self->factor[at + i] += additive_model_noise_of(self, i);
}

/* LAPACK counts in columns: the lower triangle of our rows is its upper one. */
bool additive_model_factor(additive_model_t *model, size_t n, additive_prior_t prior)
{
    assert(n <= model->n);
    model->prior = prior;
    model->factored = n;
    for (size_t i = 0; i < n; i++) additive_model_put_row(model, i);
    return LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)n, model->factor,
                          (lapack_int)model->capacity) == 0;
}

bool additive_model_append(additive_model_t *model)
{
    const size_t n = model->factored;
    const blasint size = (blasint)n;
    assert(n < model->n);
    double *row = model->factor + n * model->capacity;
    additive_model_put_row(model, n);
    const double whole = row[n];
    /* The new row of the factor solves L row = covariance; the last element is the root of what
       those before leave of the total's own variance. */
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, size, model->factor,
                (blasint)model->capacity, row, 1);
    const double pivot = whole - cblas_ddot(size, row, 1, row, 1);
    if (!(pivot > 1e-14 * whole)) return false; /* rounding */
    row[n] = sqrt(pivot);
    model->factored++;
    return true;
}

/* values <- (L L^T)^-1 values. */
static void additive_model_solve(const additive_model_t *self, double *values)
{
    const blasint n = (blasint)self->factored;
    const blasint stride = (blasint)self->capacity;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, self->factor, stride,
                values, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, n, self->factor, stride,
                values, 1);
}

double additive_model_fit(additive_model_t *model, const double *totals)
{
    const size_t n = model->factored;
    double logs = 0;
    assert(n > 0);
    memcpy(model->solution, totals, n * sizeof *totals);
    additive_model_solve(model, model->solution);
    /* The variance of greatest likelihood is in closed form: y K^-1 y / n. */
    model->variance = cblas_ddot((blasint)n, totals, 1, model->solution, 1) / (double)n;
    for (size_t i = 0; i < n; i++) logs += log(model->factor[i * model->capacity + i]);
    return -0.5 * (double)n * log(model->variance) - logs;
}

/* ---- the posterior --------------------------------------------------------------------------- */

void additive_model_mean(additive_model_t *model, double *table)
{
    memset(table, 0, additive_model_cells(model) * sizeof *table);
    additive_model_respond(model, model->solution, table);
}

/* A function from the prior, of the fitted variance. */
static void additive_model_draw_prior(additive_model_t *self, rng_t *rng, double deviation,
                                      double *table)
{
    const size_t cells = self->axes.cells;
    const double remainder = deviation * sqrt(self->prior.share);
    for (size_t i = 0; i < additive_model_cells(self); i++) table[i] = remainder * rng_normal(rng);
    for (size_t d = 0; d < self->distinct; d++)
        additive_model_along_axes(self, self->root, table + d * cells);
    for (size_t i = 0; i < self->distinct * self->features; i++)
        self->weights[i] = deviation * rng_normal(rng);
    additive_model_put_weights(self, self->weights, table);
}

void additive_model_draw(additive_model_t *model, rng_t *rng, double boldness, double *table)
{
    const double deviation = boldness * sqrt(model->variance);
    const size_t n = model->factored;
    additive_model_draw_prior(model, rng, deviation, table);
    /* What the function, seen with noise as totals are, misses of them is what it is corrected by.
       All of this is linear: the totals' own part has been solved for already. */
    for (size_t i = 0; i < n; i++)
        model->misfit[i] = -additive_model_total(model, i, table) -
                           deviation * sqrt(additive_model_noise_of(model, i)) * rng_normal(rng);
    additive_model_solve(model, model->misfit);
    cblas_daxpy((blasint)n, 1, model->solution, 1, model->misfit, 1);
    additive_model_respond(model, model->misfit, table);
}
