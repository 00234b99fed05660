#include "search/inference/kernel.h"
#include "confx/try.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

enum { FEATURES = 6 };
static const double like_length = 1.5;  /* in deviations of log2 dimensions */
static const double like_weight = 0.5;  /* of like dimensions, per weight of the same type */
static const double own_weight = 0.3;   /* of the layer itself */
static const double wiggle_share = 0.5; /* deviation of the wiggle at one PE, per s */
static const double ridge = 1e-10;      /* of the diagonal: a factor needs a definite matrix */

/* ---- axes ------------------------------------------------------------------------------------ */

/* Up to AXIS_WHOLE integers are all asked about. Of more it is all up to AXIS_DENSE, and from there
   on one in steps of a fiftieth: what is believed depends on logarithms, and its covariance takes
   the square of their number in memory. */
enum { AXIS_WHOLE = 1024, AXIS_DENSE = 256, AXIS_STEPS = 50 };

static uint32_t kernel_axis_after(uint32_t value, uint32_t most)
{
    const uint32_t step = most > AXIS_WHOLE && value >= AXIS_DENSE ? value / AXIS_STEPS : 1;
    return most - value < step ? most : value + step;
}

static size_t kernel_axis_integers(uint32_t most, uint32_t *values)
{
    size_t n = 0;
    for (uint32_t value = 1;; value = kernel_axis_after(value, most)) {
        if (values) values[n] = value;
        n++;
        if (value == most) return n;
    }
}

static uint32_t *kernel_axis_open(const problem_t *problem, size_t head, bool integers, size_t *n)
{
    const uint32_t most = head ? problem_buffer_max(problem) : problem_pe_max(problem);
    *n = integers ? kernel_axis_integers(most, NULL) : problem_levels(problem, head);
    uint32_t *values = malloc(*n * sizeof *values);
    if (values && integers) (void)kernel_axis_integers(most, values);
    for (size_t i = 0; values && !integers && i < *n; i++)
        values[i] = problem_level_values(problem, head)[i];
    return values;
}

/* ---- layers ---------------------------------------------------------------------------------- */

static double kernel_macs_of(const confx_layer_t *layer)
{
    double macs = 1;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        macs *= layer->dim[dim] > 0 ? (double)layer->dim[dim] : 1;
    return macs;
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

static double kernel_kinship(const double *one, const double *other, bool same_type,
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
        kernel->scale[d] = kernel_macs_of(kernel_layer_of(problem, d));
        sum += kernel->scale[d];
    }
    for (size_t d = 0; d < n; d++) kernel->scale[d] *= (double)n / sum;
    kernel_standardise(features, n);
    for (size_t d = 0; d < n; d++)
        for (size_t e = 0; e < n; e++)
            kernel->layer_kernel[d * n + e] =
                kernel->scale[d] * kernel->scale[e] *
                kernel_kinship(
                    features + d * FEATURES, features + e * FEATURES,
                    kernel_layer_of(problem, d)->type == kernel_layer_of(problem, e)->type, d == e);
}

/* ---- actions --------------------------------------------------------------------------------- */

static void kernel_fill_nearness(const uint32_t *values, size_t n, double *nearness)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            nearness[i * n + j] = exp(-fabs(log2((double)values[i]) - log2((double)values[j])));
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
    const axes_t *axes = &kernel->axes;
    kernel_fill_layers(kernel, problem, features);
    kernel_fill_nearness(axes->pes, axes->pes_n, kernel->pes_nearness);
    kernel_fill_nearness(axes->buffers, axes->buffers_n, kernel->buffer_nearness);
    TRY(kernel_root("layers", kernel->layer_kernel, kernel->distinct, kernel->layer_kernel_root));
    TRY(kernel_root("PE counts", kernel->pes_nearness, axes->pes_n, kernel->pes_root));
    return kernel_root("buffers", kernel->buffer_nearness, axes->buffers_n, kernel->buffer_root);
}

confx_status_t kernel_open(const problem_t *problem, bool integers, kernel_t *kernel)
{
    const size_t n = problem_distinct(problem);
    *kernel = (kernel_t){.distinct = n};
    axes_t *axes = &kernel->axes;
    axes->pes = kernel_axis_open(problem, 0, integers, &axes->pes_n);
    axes->buffers = kernel_axis_open(problem, 1, integers, &axes->buffers_n);
    kernel->scale = calloc(n, sizeof(double));
    kernel->layer_kernel = calloc(n * n, sizeof(double));
    kernel->layer_kernel_root = calloc(n * n, sizeof(double));
    kernel->pes_nearness = calloc(axes->pes_n * axes->pes_n, sizeof(double));
    kernel->pes_root = calloc(axes->pes_n * axes->pes_n, sizeof(double));
    kernel->buffer_nearness = calloc(axes->buffers_n * axes->buffers_n, sizeof(double));
    kernel->buffer_root = calloc(axes->buffers_n * axes->buffers_n, sizeof(double));
    kernel->ripple = calloc(axes->pes_n * axes->buffers_n, sizeof(double));
    kernel->normal = calloc(n, sizeof(double));
    double *features = calloc(n * FEATURES, sizeof(double));
    confx_status_t status =
        status_fail(CONFX_STATUS_MEMORY, "no memory for what is believed of %zu layers", n);
    if (axes->pes && axes->buffers && kernel->scale && kernel->layer_kernel &&
        kernel->layer_kernel_root && kernel->pes_nearness && kernel->pes_root &&
        kernel->buffer_nearness && kernel->buffer_root && kernel->ripple && kernel->normal &&
        features)
        status = kernel_fill(kernel, problem, features);
    free(features);
    if (status.code != CONFX_STATUS_OK) kernel_close(kernel);
    return status;
}

void kernel_close(kernel_t *kernel)
{
    free(kernel->axes.pes);
    free(kernel->axes.buffers);
    free(kernel->scale);
    free(kernel->layer_kernel);
    free(kernel->layer_kernel_root);
    free(kernel->pes_nearness);
    free(kernel->pes_root);
    free(kernel->buffer_nearness);
    free(kernel->buffer_root);
    free(kernel->ripple);
    free(kernel->normal);
    *kernel = (kernel_t){0};
}

/* ---- the covariance, by parts ---------------------------------------------------------------- */

double kernel_shape(size_t shape, double pes, double buffer)
{
    switch (shape) {
    case 0:
        return 1 / pes;
    case 1:
        return 1 / (pes * buffer);
    case 2:
        return 1 / buffer;
    default:
        return 1;
    }
}

double kernel_amplitude(residual_t residual, double pes)
{
    return residual == RESIDUAL_FALLING ? wiggle_share / pes : wiggle_share;
}

double kernel_nearness(const kernel_t *kernel, const size_t at[2], const size_t other[2])
{
    return kernel->pes_nearness[at[0] * kernel->axes.pes_n + other[0]] *
           kernel->buffer_nearness[at[1] * kernel->axes.buffers_n + other[1]];
}

static void kernel_add_shape(const kernel_t *kernel, size_t shape, size_t distinct, double weight,
                             double *table)
{
    const axes_t *axes = &kernel->axes;
    double *row = table + distinct * axes->pes_n * axes->buffers_n;
    for (size_t p = 0; p < axes->pes_n; p++)
        for (size_t b = 0; b < axes->buffers_n; b++)
            *row++ += weight * kernel_shape(shape, axes->pes[p], axes->buffers[b]);
}

/* wiggles (pes_n, buffers_n) times a and a factor, into the table of one layer. */
static void kernel_add_wiggle(const kernel_t *kernel, residual_t residual, size_t distinct,
                              double factor, const double *wiggles, double *table)
{
    const axes_t *axes = &kernel->axes;
    double *row = table + distinct * axes->pes_n * axes->buffers_n;
    for (size_t p = 0; p < axes->pes_n; p++) {
        const double amplitude = factor * kernel_amplitude(residual, axes->pes[p]);
        for (size_t b = 0; b < axes->buffers_n; b++) *row++ += amplitude * *wiggles++;
    }
}

static void kernel_draw_ripple(kernel_t *kernel, rng_t *rng)
{
    const blasint pes = (blasint)kernel->axes.pes_n;
    const blasint buffers = (blasint)kernel->axes.buffers_n;
    for (size_t i = 0; i < kernel->axes.pes_n * kernel->axes.buffers_n; i++)
        kernel->ripple[i] = rng_normal(rng);
    cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, pes, buffers, 1,
                kernel->pes_root, pes, kernel->ripple, buffers);
    cblas_dtrmm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, pes, buffers, 1,
                kernel->buffer_root, buffers, kernel->ripple, buffers);
}

void kernel_draw(kernel_t *kernel, residual_t residual, rng_t *rng, double *table)
{
    const size_t n = kernel->distinct;
    const size_t cells = kernel->axes.pes_n * kernel->axes.buffers_n;
    for (size_t i = 0; i < n * cells; i++) table[i] = 0;
    for (size_t shape = 0; shape < KERNEL_SHAPES; shape++) {
        double *normal = kernel->normal;
        for (size_t d = 0; d < n; d++) normal[d] = rng_normal(rng);
        cblas_dtrmv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n,
                    kernel->layer_kernel_root, (blasint)n, normal, 1);
        for (size_t d = 0; d < n; d++) kernel_add_shape(kernel, shape, d, normal[d], table);
    }
    for (size_t d = 0; d < n; d++) {
        kernel_draw_ripple(kernel, rng);
        kernel_add_wiggle(kernel, residual, d, kernel->scale[d], kernel->ripple, table);
    }
}

void kernel_respond(kernel_t *kernel, residual_t residual, const double *weights, double *impulses,
                    double *table)
{
    const blasint pes = (blasint)kernel->axes.pes_n;
    const blasint buffers = (blasint)kernel->axes.buffers_n;
    const size_t cells = kernel->axes.pes_n * kernel->axes.buffers_n;
    for (size_t d = 0; d < kernel->distinct; d++) {
        double *mine = impulses + d * cells;
        for (size_t shape = 0; shape < KERNEL_SHAPES; shape++)
            kernel_add_shape(kernel, shape, d, weights[shape * kernel->distinct + d], table);
        for (size_t i = 0; i < cells; i++) {
            const size_t row = i / kernel->axes.buffers_n;
            mine[i] *= kernel_amplitude(residual, kernel->axes.pes[row]);
        }
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, pes, buffers, buffers, 1, mine,
                    buffers, kernel->buffer_nearness, buffers, 0, kernel->ripple, buffers);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, pes, buffers, pes, 1,
                    kernel->pes_nearness, pes, kernel->ripple, buffers, 0, mine, buffers);
        kernel_add_wiggle(kernel, residual, d, kernel->scale[d] * kernel->scale[d], mine, table);
    }
}
