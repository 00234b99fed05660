#include "search/inference/kernel.h"
#include "confx/try.h"
#include "confx/vector.h"

#include <assert.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FEATURES = 6 };
static const double like_length = 1.5; /* in deviations of log2 dimensions */
static const double like_weight = 0.5; /* of like dimensions, per weight of the same type */
static const double own_weight = 0.3;  /* of the layer itself */
static const double other_value = 1;   /* distance of two values without order */
static const double ridge = 1e-10;     /* of the diagonal: a factor needs a definite matrix */

/* ---- layers ---------------------------------------------------------------------------------- */

/* Multiplications that are really needed; a GEMM of no size, which no workload has, would need
   none. */
static double kernel_macs_of(const confx_layer_t *layer)
{
    return fmax(1, confx_layer_macs(layer));
}

static void kernel_describe(const confx_layer_t *layer, double row[FEATURES])
{
    row[0] = log2((double)(layer->dim[CONFX_DIM_K] > 0 ? layer->dim[CONFX_DIM_K] : 1));
    row[1] = log2((double)(layer->dim[CONFX_DIM_C] > 0 ? layer->dim[CONFX_DIM_C] : 1));
    row[2] = log2((double)(layer->dim[CONFX_DIM_Y] > 0 ? layer->dim[CONFX_DIM_Y] : 1));
    row[3] = log2(kernel_macs_of(layer));
    row[4] = layer->dim[CONFX_DIM_R] > 1;
    row[5] = 2 * (layer->type == CONFX_LAYER_DSCONV);
}

/* The first four columns in deviations of theirs; a constant one becomes 0. */
static void kernel_standardise(double *rows, size_t n)
{
    for (size_t column = 0; column < 4; column++) {
        double mean = 0;
        double square = 0;
        for (size_t i = 0; i < n; i++) mean += rows[i * FEATURES + column] / (double)n;
        for (size_t i = 0; i < n; i++)
            square += pow(rows[i * FEATURES + column] - mean, 2) / (double)n;
        for (size_t i = 0; i < n; i++) {
            double *value = &rows[i * FEATURES + column];
            *value = square > 1e-18 ? (*value - mean) / sqrt(square) : 0;
        }
    }
}

static double kernel_between(const double *one, const double *other, bool same_type,
                             bool same_layer)
{
    double squared = 0;
    for (size_t i = 0; i < FEATURES; i++) squared += (one[i] - other[i]) * (one[i] - other[i]);
    const double like = exp(-squared / (2 * like_length * like_length));
    return (same_type ? 1 + like_weight * like : 0) + (same_layer ? own_weight : 0);
}

static const confx_layer_t *kernel_layer_of(const problem_t *problem, size_t distinct)
{
    const confx_workload_t *workload = problem_workload(problem);
    return &workload->layers[workload->first_of[distinct]];
}

static void kernel_fill_layers(kernel_t *kernel, const problem_t *problem, double *features)
{
    const size_t n = kernel->distinct;
    double sum = 0;
    for (size_t d = 0; d < n; d++) {
        kernel_describe(kernel_layer_of(problem, d), features + d * FEATURES);
        kernel->scale[d] =
            problem_membership(problem, d).weight * kernel_macs_of(kernel_layer_of(problem, d));
        for (size_t dim = 0; dim < CONFX_DIM_COUNT; dim++) {
            const int64_t extent =
                confx_layer_extent(kernel_layer_of(problem, d), (confx_dim_t)dim);
            kernel->extent[d][dim] = extent > 0 ? (double)extent : 1;
        }
        sum += kernel->scale[d];
    }
    /* Relative to their mean: the unit of the objective is left to the variance, which is
       fitted. */
    for (size_t d = 0; d < n; d++) kernel->scale[d] *= (double)n / sum;
    kernel_standardise(features, n);
    for (size_t d = 0; d < n; d++)
        for (size_t e = 0; e < n; e++)
            kernel->layer_kernel[d * n + e] =
                kernel->scale[d] * kernel->scale[e] *
                kernel_between(
                    features + d * FEATURES, features + e * FEATURES,
                    kernel_layer_of(problem, d)->type == kernel_layer_of(problem, e)->type, d == e);
}

/* ---- actions --------------------------------------------------------------------------------- */

static bool kernel_is_ordered(const kernel_t *kernel, size_t axis)
{
    return space_axis(kernel->axes.space, axis)->kind == AXIS_ORDINAL;
}

static double kernel_distance(const space_t *space, size_t axis, uint16_t one, uint16_t other)
{
    if (space_axis(space, axis)->kind == AXIS_CATEGORICAL) return one == other ? 0 : other_value;
    return fabs(log2((double)space_value(space, axis, one)) -
                log2((double)space_value(space, axis, other)));
}

static void kernel_fill_nearness(kernel_t *kernel, size_t axis)
{
    const table_axes_t *axes = &kernel->axes;
    const size_t n = axes->n[axis];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            kernel->nearness[axis][i * n + j] = exp(-kernel_distance(
                axes->space, axis, axes->indices[axis][i], axes->indices[axis][j]));
    for (size_t i = 0; i + 1 < n; i++)
        kernel->decay[axis][i] = kernel->nearness[axis][i * n + i + 1];
}

/* The last axis: cells are rows along it. */
static size_t kernel_row_cells(const kernel_t *kernel)
{
    return kernel->axes.n[space_axes(kernel->axes.space) - 1];
}

static size_t kernel_rows(const kernel_t *kernel)
{
    return kernel->axes.cells / kernel_row_cells(kernel);
}

/* Which values a shape has for a layer, without them. */
static kernel_values_t kernel_describe_values(const kernel_t *kernel, size_t d, size_t shape)
{
    const cost_shape_t *of = &kernel->list[shape];
    const bool extends = of->group != GROUP_SPREAD;
    const bool clusters = of->form == SHAPE_CLUSTER_WAVES;
    return (kernel_values_t){.form = of->form,
                             .tiled = of->tiled,
                             .extent = extends ? kernel->extent[d][of->dim] : 1,
                             .filter = clusters ? kernel->extent[d][CONFX_DIM_R] : 1};
}

static bool kernel_same_values(const kernel_values_t *one, const kernel_values_t *other)
{
    return one->form == other->form && one->tiled == other->tiled && one->extent == other->extent &&
           one->filter == other->filter;
}

static void kernel_fill_values(kernel_t *kernel, size_t d, size_t shape, kernel_values_t *values)
{
    const table_axes_t *axes = &kernel->axes;
    const size_t along = kernel_row_cells(kernel);
    values->level = true;
    for (size_t cell = 0; cell < axes->cells; cell++) {
        uint16_t action[SPACE_AXES];
        space_action(axes->space, table_axes_point(axes, cell), action);
        values->values[cell] = (float)kernel_shape(kernel, shape, d, action);
        if (cell % along == 0) values->rows[cell / along] = values->values[cell];
        values->level = values->level && values->values[cell] == values->rows[cell / along];
    }
}

/* What does not change from draw to draw is worked out once for each cell, and once for all layers
   that have it alike: the less there is of it, the nearer to the processor it stays. */
static confx_status_t kernel_find_values(kernel_t *kernel, size_t d, size_t shape)
{
    kernel_values_t wanted = kernel_describe_values(kernel, d, shape);
    uint32_t *at = &kernel->values_of[d * kernel->shapes + shape];
    for (*at = 0; *at < kernel->values_n; ++*at)
        if (kernel_same_values(&kernel->values[*at], &wanted)) return status_ok();
    ARENA_TAKE(&kernel->arena, wanted.values, kernel->axes.cells);
    ARENA_TAKE(&kernel->arena, wanted.rows, kernel_rows(kernel));
    TRY(arena_status(&kernel->arena, "what is believed of %zu layers", kernel->distinct));
    kernel_fill_values(kernel, d, shape, &wanted);
    kernel->values[kernel->values_n++] = wanted;
    return status_ok();
}

static void kernel_fill_amplitudes(kernel_t *kernel)
{
    for (size_t cell = 0; cell < kernel->axes.cells; cell++) {
        uint16_t action[SPACE_AXES];
        space_action(kernel->axes.space, table_axes_point(&kernel->axes, cell), action);
        for (residual_t residual = 0; residual < RESIDUALS; residual++)
            kernel->amplitude[residual][cell] =
                kernel_amplitude(residual, kernel_first(kernel, action));
    }
}

static confx_status_t kernel_fill_cells(kernel_t *kernel)
{
    kernel_fill_amplitudes(kernel);
    for (size_t shape = 0; shape < kernel->shapes; shape++) {
        kernel->level[shape] = true;
        for (size_t d = 0; d < kernel->distinct; d++) {
            TRY(kernel_find_values(kernel, d, shape));
            const size_t of = kernel->values_of[d * kernel->shapes + shape];
            kernel->level[shape] = kernel->level[shape] && kernel->values[of].level;
        }
    }
    return status_ok();
}

/* Our lower triangle by rows is LAPACK's upper one by columns, which it works on in place: what
   fails is arithmetic, never memory. */
confx_status_t kernel_root(const char *what, const double *covariance, size_t n, double *root)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            root[i * n + j] = j <= i ? covariance[i * n + j] * (i == j ? 1 + ridge : 1) : 0;
    const lapack_int failed =
        LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)n, root, (lapack_int)n);
    if (failed == 0) return status_ok();
    if (failed > 0)
        return status_fail(CONFX_STATUS_INPUT,
                           "nothing can be inferred from totals: the covariance of the %zu %s is "
                           "not positive definite "
                           "in double precision (pivot %lld)",
                           n, what, (long long)failed);
    return status_fail(
        CONFX_STATUS_INPUT,
        "nothing can be inferred from totals: the covariance of the %zu %s is not finite", n, what);
}

static confx_status_t kernel_fill(kernel_t *kernel, const problem_t *problem, double *features)
{
    const space_t *space = kernel->axes.space;
    kernel_fill_layers(kernel, problem, features);
    TRY(kernel_fill_cells(kernel));
    TRY(kernel_root("layers", kernel->layer_kernel, kernel->distinct, kernel->layer_kernel_root));
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        char what[128];
        (void)snprintf(what, sizeof what, "values of %s", space_axis(space, axis)->name);
        kernel_fill_nearness(kernel, axis);
        TRY(kernel_root(what, kernel->nearness[axis], kernel->axes.n[axis], kernel->root[axis]));
    }
    return status_ok();
}

static void kernel_find_ordinals(kernel_t *kernel, const space_t *space)
{
    for (size_t axis = 0; axis < space_axes(space) && kernel->ordinals < KERNEL_ORDINALS; axis++)
        if (space_axis(space, axis)->kind == AXIS_ORDINAL)
            kernel->ordinal[kernel->ordinals++] = axis;
    kernel->shapes = shapes_list(kernel->ordinals, kernel->list);
}

static confx_status_t kernel_take(kernel_t *kernel, const problem_t *problem, space_part_t part)
{
    const size_t n = kernel->distinct;
    arena_t *arena = &kernel->arena;
    double *features;
    TRY(table_axes_open(problem, part, arena, &kernel->axes));
    kernel_find_ordinals(kernel, kernel->axes.space);
    const size_t cells = kernel->axes.cells;
    ARENA_TAKE(arena, kernel->scale, n);
    ARENA_TAKE(arena, kernel->layer_kernel, n * n);
    ARENA_TAKE(arena, kernel->layer_kernel_root, n * n);
    for (size_t axis = 0; axis < space_axes(kernel->axes.space); axis++) {
        const size_t values = kernel->axes.n[axis];
        ARENA_TAKE(arena, kernel->nearness[axis], values * values);
        ARENA_TAKE(arena, kernel->root[axis], values * values);
        ARENA_TAKE(arena, kernel->decay[axis], values);
    }
    ARENA_TAKE(arena, kernel->extent, n);
    ARENA_TAKE(arena, kernel->values, n * kernel->shapes);
    ARENA_TAKE(arena, kernel->values_of, n * kernel->shapes);
    for (size_t i = 0; i < RESIDUALS; i++) ARENA_TAKE(arena, kernel->amplitude[i], cells);
    for (size_t i = 0; i < 2; i++) ARENA_TAKE(arena, kernel->cells[i], cells);
    ARENA_TAKE(arena, features, n * FEATURES);
    TRY(arena_status(arena, "what is believed of %zu layers", n));
    return kernel_fill(kernel, problem, features);
}

confx_status_t kernel_open(const problem_t *problem, space_part_t part, kernel_t *kernel)
{
    *kernel = (kernel_t){.distinct = problem_distinct(problem), .layers = rng_layers()};
    const confx_status_t status = kernel_take(kernel, problem, part);
    if (status.code != CONFX_STATUS_OK) kernel_close(kernel);
    return status;
}

void kernel_close(kernel_t *kernel)
{
    arena_close(&kernel->arena);
    *kernel = (kernel_t){0};
}

/* ---- the covariance, by parts ---------------------------------------------------------------- */

/* The value on an axis that has an order, in their order; 1 where there are not so many. */
static double kernel_value(const kernel_t *kernel, size_t i, const uint16_t *action)
{
    if (i >= kernel->ordinals) return 1;
    const size_t axis = kernel->ordinal[i];
    return (double)space_value(kernel->axes.space, axis, action[axis]);
}

double kernel_first(const kernel_t *kernel, const uint16_t *action)
{
    return kernel_value(kernel, 0, action);
}

/* Rounded as the table has it, so that sums over samples and responses go by the same function. */
double kernel_shape(const kernel_t *kernel, size_t shape, size_t distinct, const uint16_t *action)
{
    assert(shape < kernel->shapes);
    const double first = kernel_value(kernel, 0, action);
    const double second = kernel_value(kernel, 1, action);
    return (double)(float)shape_value(&kernel->list[shape], kernel->extent[distinct], first,
                                      second);
}

/* The cell of an action that the table has; TABLE_NO_CELL: it is between two of the table's. */
static uint32_t kernel_cell(const kernel_t *kernel, const uint16_t *action)
{
    const table_axes_t *axes = &kernel->axes;
    size_t cell = 0;
    for (size_t axis = 0; axis < space_axes(axes->space); axis++) {
        const size_t place = axes->place[axis][action[axis]];
        if (axes->indices[axis][place] != action[axis]) return TABLE_NO_CELL;
        cell = cell * axes->n[axis] + place;
    }
    return (uint32_t)cell;
}

void kernel_add_action(const kernel_t *kernel, size_t distinct, const uint16_t *action,
                       double *sums)
{
    const uint32_t cell = kernel_cell(kernel, action);
    const uint32_t *of = kernel->values_of + distinct * kernel->shapes;
    for (size_t shape = 0; shape < kernel->shapes; shape++)
        sums[shape * kernel->distinct + distinct] +=
            cell == TABLE_NO_CELL ? kernel_shape(kernel, shape, distinct, action)
                                  : (double)kernel->values[of[shape]].values[cell];
}

double kernel_amplitude(residual_t residual, double first)
{
    return residual == RESIDUAL_FALLING ? 1 / first : 1;
}

double kernel_nearness(const kernel_t *kernel, const uint16_t *at, const uint16_t *other)
{
    double product = 1;
    for (size_t axis = 0; axis < space_axes(kernel->axes.space); axis++)
        product *= kernel->nearness[axis][at[axis] * kernel->axes.n[axis] + other[axis]];
    return product;
}

/* ---- shapes --------------------------------------------------------------------------------- */

/* Four shapes of a layer at most, each with its weight: the first `level` of them have one value a
   row. */
typedef struct {
    size_t level, n;                                              /* with that, and without */
    const float *rows[KERNEL_TOGETHER], *values[KERNEL_TOGETHER]; /* (rows); (cells) */
    double row_weights[KERNEL_TOGETHER], weights[KERNEL_TOGETHER];
} together_t;

static together_t kernel_together(const kernel_t *kernel, const double *parts, size_t distinct,
                                  size_t shape, const double *weights)
{
    together_t together = {.n = 0};
    const size_t end = shape + KERNEL_TOGETHER;
    for (; shape < end && shape < kernel->shapes; shape++) {
        const kernel_values_t *values =
            &kernel->values[kernel->values_of[distinct * kernel->shapes + shape]];
        const double weight =
            parts[kernel->list[shape].group] * weights[shape * kernel->distinct + distinct];
        if (together.n == 0 && kernel->level[shape]) {
            together.rows[together.level] = values->rows;
            together.row_weights[together.level++] = weight;
            continue;
        }
        together.values[together.n] = values->values;
        together.weights[together.n++] = weight;
    }
    return together;
}

/* Of those that have one value a row, in their order; 0 where there are none. */
static void kernel_sum_level(const together_t *together, size_t rows, size_t along, double *sum)
{
    if (together->level == 0) memset(sum, 0, rows * along * sizeof *sum);
    for (size_t row = 0; together->level > 0 && row < rows; row++) {
        double level = together->row_weights[0] * (double)together->rows[0][row];
        for (size_t i = 1; i < together->level; i++)
            level += together->row_weights[i] * (double)together->rows[i][row];
        for (size_t i = 0; i < along; i++) sum[row * along + i] = level;
    }
}

/* The others behind them, in their order, and all to the row: of one to four in one go. */
WIDE static void kernel_add_values(const together_t *together, size_t cells, const double *sum,
                                   double *row)
{
    const size_t n = together->n;
    const float *const *values = together->values;
    const double *weights = together->weights;
    const float *one = values[0], *two = values[1], *three = values[2], *four = values[3];
    const double first = weights[0], second = weights[1], third = weights[2], last = weights[3];
    for (size_t i = 0; i < cells; i++) {
        double whole = sum[i];
        if (n > 0) whole += first * (double)one[i];
        if (n > 1) whole += second * (double)two[i];
        if (n > 2) whole += third * (double)three[i];
        if (n > 3) whole += last * (double)four[i];
        row[i] += whole;
    }
}

/* Adds the shapes of one layer, by their weights (shapes, D), to its row of a table; each counts as
   much as `parts` says of its group. The sum of four at a time is added, and what is the same along
   the last axis is worked out once for all cells there: that spares nearly half of what is read. */
static void kernel_add_shapes(const kernel_t *kernel, const double *parts, size_t distinct,
                              const double *weights, double *row)
{
    double *sum = kernel->cells[0];
    for (size_t shape = 0; shape < kernel->shapes; shape += KERNEL_TOGETHER) {
        const together_t together = kernel_together(kernel, parts, distinct, shape, weights);
        kernel_sum_level(&together, kernel_rows(kernel), kernel_row_cells(kernel), sum);
        kernel_add_values(&together, kernel->axes.cells, sum, row);
    }
}

/* Residuals (cells) times a and a factor, into a layer's row of a table. */
WIDE static void kernel_add_residual(const kernel_t *kernel, residual_t residual, double factor,
                                     const double *residuals, double *row)
{
    const double *amplitude = kernel->amplitude[residual];
    for (size_t cell = 0; cell < kernel->axes.cells; cell++)
        row[cell] += factor * amplitude[cell] * residuals[cell];
}

/* ---- along one axis -------------------------------------------------------------------------- */

/* Cells as a stack of `before` matrices (n, after), a row for each value of the axis. Of the last
   axis, where `after` is 1, they are one matrix (before, n) in place of a stack of columns. */
typedef struct {
    size_t before, n, after;
    bool is_last; /* and not the only one */
} kernel_along_t;

static kernel_along_t kernel_along(const kernel_t *kernel, size_t axis)
{
    const size_t axes = space_axes(kernel->axes.space);
    kernel_along_t along = {1, kernel->axes.n[axis], 1, axis > 0 && axis + 1 == axes};
    for (size_t i = 0; i < axis; i++) along.before *= kernel->axes.n[i];
    for (size_t i = axis + 1; i < axes; i++) along.after *= kernel->axes.n[i];
    assert(along.before * along.n * along.after == kernel->axes.cells);
    return along;
}

/* Of neighbouring values of an axis with an order the nearness decays by a factor, and from end to
   end by the product of these: a process without memory (Ornstein, Uhlenbeck), whose root is to
   keep so much of the value before and add the rest anew. In place, in rising order. */
WIDE static void kernel_walk_root(const double *decay, const kernel_along_t *along, double *cells)
{
    for (size_t i = 1; i < along->n; i++) {
        const double rest = sqrt(1 - decay[i - 1] * decay[i - 1]);
        const double *before = cells + (i - 1) * along->after;
        double *row = cells + i * along->after;
        for (size_t k = 0; k < along->after; k++) row[k] = decay[i - 1] * before[k] + rest * row[k];
    }
}

/* to <- nearness times from: what reaches a value from below and what from above, each decaying on
   its way from value to value. */
WIDE static void kernel_walk_nearness(const double *decay, const kernel_along_t *along,
                                      const double *from, double *to)
{
    const size_t after = along->after;
    memcpy(to, from, after * sizeof *to);
    for (size_t i = 1; i < along->n; i++)
        for (size_t k = 0; k < after; k++)
            to[i * after + k] = from[i * after + k] + decay[i - 1] * to[(i - 1) * after + k];
    /* `to` has what comes from below, the value's own included. What comes from above is the whole
       of the value above, less what that got from this one. */
    for (size_t i = along->n - 1; i-- > 0;) {
        const double squared = decay[i] * decay[i];
        for (size_t k = 0; k < after; k++) {
            const size_t at = i * after + k;
            to[at] += decay[i] * to[at + after] - squared * to[at];
        }
    }
}

/* Along the last axis, where walks have one cell a step, a product with the whole matrix is faster
   while that is small. */
static bool kernel_walks(const kernel_t *kernel, size_t axis, const kernel_along_t *along)
{
    enum { SMALL = 32 };
    return kernel_is_ordered(kernel, axis) && !(along->is_last && along->n <= SMALL);
}

/* cells <- root of the axis times cells. */
static void kernel_multiply_root(const kernel_t *kernel, size_t axis, double *cells)
{
    const kernel_along_t along = kernel_along(kernel, axis);
    const blasint n = (blasint)along.n;
    const blasint after = (blasint)along.after;
    const bool walks = kernel_walks(kernel, axis, &along);
    if (along.is_last && !walks) {
        cblas_dtrmm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit,
                    (blasint)along.before, n, 1, kernel->root[axis], n, cells, n);
        return;
    }
    for (size_t i = 0; i < along.before; i++) {
        double *mine = cells + i * along.n * along.after;
        if (walks)
            kernel_walk_root(kernel->decay[axis], &along, mine);
        else
            cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, after,
                        1, kernel->root[axis], n, mine, after);
    }
}

/* to <- nearness of the axis times from. */
static void kernel_multiply_nearness(const kernel_t *kernel, size_t axis, const double *from,
                                     double *to)
{
    const kernel_along_t along = kernel_along(kernel, axis);
    const blasint n = (blasint)along.n;
    const blasint after = (blasint)along.after;
    const bool walks = kernel_walks(kernel, axis, &along);
    if (along.is_last && !walks) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)along.before, n, n, 1, from,
                    n, kernel->nearness[axis], n, 0, to, n);
        return;
    }
    for (size_t i = 0; i < along.before; i++) {
        const size_t at = i * along.n * along.after;
        if (walks)
            kernel_walk_nearness(kernel->decay[axis], &along, from + at, to + at);
        else
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, after, n, 1,
                        kernel->nearness[axis], n, from + at, after, 0, to + at, after);
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

static void kernel_draw_residual(kernel_t *kernel, rng_t *rng)
{
    rng_normals(rng, &kernel->layers, kernel->axes.cells, kernel->cells[0]);
    for (size_t axis = 0; axis < space_axes(kernel->axes.space); axis++)
        kernel_multiply_root(kernel, axis, kernel->cells[0]);
}

/* Times the variance, as they are added, they are normal of that variance. */
static void kernel_draw_weights(const kernel_t *kernel, const double *variances, rng_t *rng,
                                double *weights)
{
    const size_t n = kernel->distinct;
    /* Weights of a shape are like for like layers: independent ones through the root. */
    for (size_t shape = 0; shape < kernel->shapes; shape++) {
        const double variance = variances[kernel->list[shape].group];
        double *normal = weights + shape * n;
        rng_normals(rng, &kernel->layers, n, normal);
        cblas_dtrmv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n,
                    kernel->layer_kernel_root, (blasint)n, normal, 1);
        cblas_dscal((blasint)n, variance > 0 ? 1 / sqrt(variance) : 0, normal, 1);
    }
}

void kernel_draw(kernel_t *kernel, const double *variances, rng_t *rng, double *weights,
                 double *table)
{
    const size_t n = kernel->distinct;
    kernel_draw_weights(kernel, variances, rng, weights);
    memset(table, 0, n * kernel->axes.cells * sizeof *table);
    for (size_t d = 0; d < n; d++) {
        for (residual_t residual = 0; residual < RESIDUALS; residual++) {
            const double deviation = sqrt(variances[KERNEL_GROUPS + residual]);
            if (deviation == 0) continue;
            kernel_draw_residual(kernel, rng);
            kernel_add_residual(kernel, residual, deviation * kernel->scale[d], kernel->cells[0],
                                table + d * kernel->axes.cells);
        }
    }
}

/* The covariances of one layer's residuals of a kind with the impulses (cells). */
static void kernel_respond_residual(kernel_t *kernel, residual_t residual, size_t distinct,
                                    double variance, const double *impulses, double *row)
{
    double *mine = kernel->cells[0];
    double *other = kernel->cells[1];
    for (size_t i = 0; i < kernel->axes.cells; i++)
        mine[i] = impulses[i] * kernel->amplitude[residual][i];
    /* Each product goes from one of the two to the other; the last one is in `mine`. */
    for (size_t axis = space_axes(kernel->axes.space); axis-- > 0;) {
        kernel_multiply_nearness(kernel, axis, mine, other);
        double *const swapped = mine;
        mine = other;
        other = swapped;
    }
    kernel_add_residual(kernel, residual,
                        variance * kernel->scale[distinct] * kernel->scale[distinct], mine, row);
}

void kernel_respond(kernel_t *kernel, const double *variances, size_t distinct,
                    const double *weights, const double *impulses, double *row)
{
    kernel_add_shapes(kernel, variances, distinct, weights, row);
    for (residual_t residual = 0; residual < RESIDUALS; residual++)
        if (variances[KERNEL_GROUPS + residual] > 0)
            kernel_respond_residual(kernel, residual, distinct, variances[KERNEL_GROUPS + residual],
                                    impulses, row);
}
