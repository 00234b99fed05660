#include "confx/kfac.h"
#include "confx/try.h"

#include "policy/matrix.h"

#include <assert.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef CONFX_DOUBLE
#define POTRF LAPACKE_dpotrf
#define POTRI LAPACKE_dpotri
#else
#define POTRF LAPACKE_spotrf
#define POTRI LAPACKE_spotri
#endif

typedef struct {
    size_t n;
    real_t *sum, *average, *inverse; /* (n, n); average lies among the averages */
} factor_t;

typedef struct {
    size_t weight;    /* its place in the parameters */
    factor_t in, out; /* A (inputs + 1: the bias is the last), G (outputs) */
} kfac_layer_t;

struct kfac {
    size_t layers, rows, averages_n;
    kfac_layer_t layer[MLP_LAYERS_MAX];
    double decay, damping;
    real_t *averages; /* the last: folds */
    real_t *reals;    /* sums and inverses, then scratch */
    real_t *scratch;  /* (largest inputs + 1, largest outputs), or rows with a 1 behind */
};

static size_t kfac_lay_out(kfac_t *kfac, const mlp_t *mlp)
{
    size_t widest = 0;
    assert(kfac->layers <= MLP_LAYERS_MAX);
    /* The bias counts as one more input that is always 1, so A is one wider than the layer's
       inputs. */
    for (size_t i = 0; i < kfac->layers; i++) {
        const mlp_layer_t layer = mlp_layer(mlp, i);
        kfac->layer[i] =
            (kfac_layer_t){layer.weight, {.n = layer.inputs + 1}, {.n = layer.outputs}};
        kfac->averages_n += (layer.inputs + 1) * (layer.inputs + 1) + layer.outputs * layer.outputs;
        const size_t wide = layer.inputs + 1 > layer.outputs ? layer.inputs + 1 : layer.outputs;
        widest = wide > widest ? wide : widest;
    }
    return widest;
}

static void kfac_place(factor_t *factor, real_t **average, real_t **rest)
{
    const size_t squares = factor->n * factor->n;
    /* All averages lie side by side, as a checkpoint keeps them; sums and inverses need no
       keeping. */
    assert(factor->n > 0);
    factor->average = *average;
    factor->sum = *rest;
    factor->inverse = *rest + squares;
    *average += squares;
    *rest += 2 * squares;
}

confx_status_t kfac_open(const mlp_t *mlp, double decay, double damping, kfac_t **out)
{
    kfac_t *kfac = calloc(1, sizeof *kfac);
    if (!kfac) return status_fail(CONFX_STATUS_MEMORY, "no memory for Kronecker factors");
    *kfac = (kfac_t){.layers = mlp_layers(mlp), .decay = decay, .damping = damping};
    const size_t widest = kfac_lay_out(kfac, mlp);
    kfac->averages = matrix_memory(kfac->averages_n + 1);
    kfac->reals = matrix_memory(2 * kfac->averages_n + widest * widest);
    if (!kfac->averages || !kfac->reals) {
        kfac_close(kfac);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for Kronecker factors of %zu layers",
                           mlp_layers(mlp));
    }
    /* Averages lie together, so that a checkpoint keeps them as one array; all else is scratch. */
    real_t *average = kfac->averages;
    real_t *rest = kfac->reals;
    for (size_t i = 0; i < kfac->layers; i++) {
        kfac_place(&kfac->layer[i].in, &average, &rest);
        kfac_place(&kfac->layer[i].out, &average, &rest);
    }
    assert(average == kfac->averages + kfac->averages_n);
    kfac->scratch = rest;
    *out = kfac;
    return status_ok();
}

void kfac_close(kfac_t *kfac)
{
    if (!kfac) return;
    free(kfac->averages);
    free(kfac->reals);
    free(kfac);
}

/* sum (n, n) += rows^T rows of the first `width` columns, and where n is wider by one, of a 1
   behind them. */
static void kfac_add_products(factor_t *factor, size_t rows, size_t width, const real_t *x)
{
    const size_t n = factor->n;
    assert(n == width || n == width + 1);
    for (size_t row = 0; row < rows; row++, x += width)
        for (size_t i = 0; i < n; i++) {
            const real_t left = i < width ? x[i] : 1;
            real_t *to = factor->sum + i * n;
            for (size_t j = 0; j < width; j++) to[j] += left * x[j];
            if (n > width) to[width] += left;
        }
}

void kfac_add(kfac_t *kfac, const mlp_t *mlp)
{
    for (size_t i = 0; i < kfac->layers; i++) {
        /* A += sum of x x^T over rows, with a 1 behind x; G += sum of d_y d_y^T. */
        const mlp_layer_t layer = mlp_layer(mlp, i);
        kfac_add_products(&kfac->layer[i].in, layer.rows, layer.inputs, layer.x);
        kfac_add_products(&kfac->layer[i].out, layer.rows, layer.outputs, layer.d_y);
    }
    kfac->rows += mlp_layer(mlp, 0).rows;
}

/* The weight of the newest in an average that counts its beginning fully. */
static double kfac_newest(const kfac_t *kfac)
{
    return (1 - kfac->decay) / (1 - pow(kfac->decay, (double)kfac->averages[kfac->averages_n]));
}

static void kfac_fold_factor(const kfac_t *kfac, factor_t *factor)
{
    const size_t squares = factor->n * factor->n;
    const double share = kfac_newest(kfac);
    assert(kfac->rows > 0 && share > 0 && share <= 1);
    /* average += share (mean over the rows added since - average). */
    for (size_t i = 0; i < squares; i++)
        factor->average[i] = (real_t)((1 - share) * (double)factor->average[i] +
                                      share * (double)factor->sum[i] / (double)kfac->rows);
    memset(factor->sum, 0, squares * sizeof(real_t));
}

static double kfac_mean_of_diagonal(const factor_t *factor)
{
    double trace = 0;
    for (size_t i = 0; i < factor->n; i++) trace += (double)factor->average[i * factor->n + i];
    return trace / (double)factor->n;
}

static void kfac_invert(factor_t *factor, double damping)
{
    const size_t n = factor->n;
    assert(damping > 0);
    memcpy(factor->inverse, factor->average, n * n * sizeof(real_t));
    for (size_t i = 0; i < n; i++) factor->inverse[i * n + i] += (real_t)damping;
    /* Our upper triangle by rows is LAPACK's lower one by columns: it works in place, where it asks
       for no memory that could be missing, and the matrix is definite, a damped sum of squares. */
    (void)POTRF(LAPACK_COL_MAJOR, 'L', (int)n, factor->inverse, (int)n);
    (void)POTRI(LAPACK_COL_MAJOR, 'L', (int)n, factor->inverse, (int)n);
    /* LAPACK leaves the other triangle alone; the inverse is symmetric. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) factor->inverse[i * n + j] = factor->inverse[j * n + i];
}

void kfac_fold(kfac_t *kfac)
{
    kfac->averages[kfac->averages_n] += 1;
    for (size_t i = 0; i < kfac->layers; i++) {
        kfac_layer_t *layer = &kfac->layer[i];
        kfac_fold_factor(kfac, &layer->in);
        kfac_fold_factor(kfac, &layer->out);
        /* Damping of A by pi sqrt(lambda) and of G by sqrt(lambda) / pi approximates lambda on the
           product A x G. pi balances the two by their mean eigenvalues (Martens and Grosse,
           6.3). */
        const double tiny = 1e-12; /* a layer whose outputs say nothing */
        const double pi = sqrt(fmax(kfac_mean_of_diagonal(&layer->in), tiny) /
                               fmax(kfac_mean_of_diagonal(&layer->out), tiny));
        kfac_invert(&layer->in, pi * sqrt(kfac->damping));
        kfac_invert(&layer->out, sqrt(kfac->damping) / pi);
    }
    kfac->rows = 0;
}

void kfac_natural(kfac_t *kfac, const real_t *gradient, real_t *natural)
{
    for (size_t i = 0; i < kfac->layers; i++) {
        const kfac_layer_t *layer = &kfac->layer[i];
        const size_t rows = layer->in.n;
        const size_t columns = layer->out.n;
        const size_t n = rows * columns;
        /* (A x G)^-1 times the gradient, as a vector, is A^-1 gradient G^-1 as a matrix (inputs +
           1, outputs): two small products instead of one with (n, n). G^-1 is its own transpose. */
        memset(kfac->scratch, 0, n * sizeof(real_t));
        matrix_add_product(rows, rows, columns, (matrix_t){layer->in.inverse, rows},
                           gradient + layer->weight, (matrix_t){kfac->scratch, columns});
        matrix_product_transposed(rows, columns, columns, (matrix_t){kfac->scratch, columns},
                                  layer->out.inverse, (matrix_t){natural + layer->weight, columns});
    }
}

real_t *kfac_averages(kfac_t *kfac, size_t *n)
{
    *n = kfac->averages_n + 1;
    return kfac->averages;
}
