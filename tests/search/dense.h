/* The Gaussian process of prior.h and estimate.h written down densely, a covariance for any two
   cells of the tables and a row of cells for each sample, and solved by elimination in long double.
   For networks of a few small layers. */
#ifndef TESTS_DENSE_H
#define TESTS_DENSE_H

#include "problems.h"
#include "search/inference/posterior.h"

/* Four layers of three kinds, the last one depthwise; 3 x 3 levels or 4 x 4 integers. */
enum { SMALL_LAYERS = 4, SMALL_DISTINCT = 3, CELLS_MAX = SMALL_DISTINCT * 4 * 4, SAMPLES_MAX = 24 };

static inline void small_open(setting_t *setting, toy_t *toy)
{
    *toy = (toy_t){1, 0, 100};
    setting_read(
        setting,
        "{actions: {pe: [1, 2, 4], buffer: [1, 3, 4]}, budget: {limit: 1e9}, search: {seed: 5}}");
    setting_take_layers(
        setting, "K,C,Y,X,R,S,T\n8,8,9,9,3,3,1\n4,8,9,9,1,1,1\n8,8,9,9,3,3,1\n1,16,9,9,3,3,2\n");
    setting_open_with(setting, (evaluator_t){toy, toy_evaluate, false, 0});
    ck_assert_uint_eq(problem_layers(setting->problem), SMALL_LAYERS);
    ck_assert_uint_eq(problem_distinct(setting->problem), SMALL_DISTINCT);
}

/* What a kind of layers is to prior.h. */
typedef struct {
    double macs, features[6];
    confx_layer_type_t type;
} kind_t;

typedef struct {
    size_t distinct;
    double pes, buffer;
} cell_t;

typedef struct {
    size_t cells;
    cell_t cell[CELLS_MAX];
    double covariance[CELLS_MAX][CELLS_MAX];
} dense_t;

static inline kind_t kind_of(const confx_layer_t *layer)
{
    const double k = (double)layer->dim[CONFX_DIM_K], c = (double)layer->dim[CONFX_DIM_C],
                 y = (double)layer->dim[CONFX_DIM_Y];
    const double r = (double)layer->dim[CONFX_DIM_R];
    const double macs =
        k * c * y * (double)layer->dim[CONFX_DIM_X] * r * (double)layer->dim[CONFX_DIM_S];
    return (kind_t){
        macs,
        {log2(k), log2(c), log2(y), log2(macs), r > 1, layer->type == CONFX_LAYER_DSCONV ? 2 : 0},
        layer->type};
}

static inline void kinds_standardise(kind_t *kinds)
{
    for (size_t i = 0; i < 4; i++) {
        double mean = 0, square = 0;
        for (size_t d = 0; d < SMALL_DISTINCT; d++) mean += kinds[d].features[i] / SMALL_DISTINCT;
        for (size_t d = 0; d < SMALL_DISTINCT; d++)
            square += pow(kinds[d].features[i] - mean, 2) / SMALL_DISTINCT;
        for (size_t d = 0; d < SMALL_DISTINCT; d++)
            kinds[d].features[i] = square > 0 ? (kinds[d].features[i] - mean) / sqrt(square) : 0;
    }
}

static inline double kinship_of(const kind_t *one, const kind_t *other)
{
    double squared = 0;
    for (size_t i = 0; i < 6; i++) squared += pow(one->features[i] - other->features[i], 2);
    return (one->type == other->type ? 1 + 0.5 * exp(-squared / (2 * 1.5 * 1.5)) : 0) +
           (one == other ? 0.3 : 0);
}

/* The formula of prior.h, s and s' left out. */
static inline double covariance_of(const kind_t *kinds, const cell_t *one, const cell_t *other,
                                   residual_t residual)
{
    const double p = one->pes, b = one->buffer, q = other->pes, c = other->buffer;
    const double shapes = 1 / p / q + 1 / (p * b) / (q * c) + 1 / b / c + 1;
    const double falls = residual == RESIDUAL_FALLING ? 1 / p / q : 1;
    const double wiggles = falls * exp(-fabs(log2(p / q))) * exp(-fabs(log2(b / c))) / 4;
    const double layer_kernel = kinship_of(&kinds[one->distinct], &kinds[other->distinct]);
    return layer_kernel * shapes + (one->distinct == other->distinct ? wiggles : 0);
}

static inline void dense_open(const setting_t *setting, const axes_t *axes, residual_t residual,
                              dense_t *dense)
{
    const confx_workload_t *workload = &setting->workload;
    kind_t kinds[SMALL_DISTINCT];
    double mean = 0;
    *dense = (dense_t){0};
    for (size_t d = 0; d < SMALL_DISTINCT; d++) {
        kinds[d] = kind_of(&workload->layers[workload->first_of[d]]);
        mean += kinds[d].macs / SMALL_DISTINCT;
    }
    kinds_standardise(kinds);
    for (size_t d = 0; d < SMALL_DISTINCT; d++)
        for (size_t p = 0; p < axes->pes_n; p++)
            for (size_t b = 0; b < axes->buffers_n; b++)
                dense->cell[dense->cells++] = (cell_t){d, axes->pes[p], axes->buffers[b]};
    for (size_t i = 0; i < dense->cells; i++)
        for (size_t j = 0; j < dense->cells; j++)
            dense->covariance[i][j] =
                kinds[dense->cell[i].distinct].macs / mean *
                (kinds[dense->cell[j].distinct].macs / mean) *
                covariance_of(kinds, &dense->cell[i], &dense->cell[j], residual);
}

/* How often the assignment of a sample meets each cell: a row of A. */
static inline void dense_row(const dense_t *dense, const setting_t *setting, const batch_t *batch,
                             size_t sample, double *row)
{
    for (size_t i = 0; i < dense->cells; i++) row[i] = 0;
    for (size_t layer = 0; layer < SMALL_LAYERS; layer++)
        for (size_t i = 0; i < dense->cells; i++)
            row[i] += dense->cell[i].distinct == problem_distinct_of(setting->problem, layer) &&
                      dense->cell[i].pes == batch->pes[sample * SMALL_LAYERS + layer] &&
                      dense->cell[i].buffer == batch->buffer[sample * SMALL_LAYERS + layer];
}

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

static inline void dense_condition(const dense_t *dense, const setting_t *setting,
                                   const batch_t *batch, double noise, conditioned_t *out)
{
    *out = (conditioned_t){.n = batch->n};
    ck_assert_uint_le(batch->n, SAMPLES_MAX);
    for (size_t s = 0; s < batch->n; s++) dense_row(dense, setting, batch, s, out->rows[s]);
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
