/* Perceptrons: affine layers with units between them, forward and backward over rows. */
#include "confx/mlp.h"
#include "confx/try.h"

#include "confx/rng.h"
#include "confx/vector.h"
#include "policy/activation.h"
#include "policy/affine.h"
#include "policy/relu.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct mlp {
    mlp_shape_t shape;
    size_t layers, rows_most, rows, size;
    affine_t affine[MLP_LAYERS_MAX];
    matrix_t x[MLP_LAYERS_MAX + 1]; /* (B, inputs of the layer); the last: the outputs */
    matrix_t d_y[MLP_LAYERS_MAX];   /* (B, outputs of the layer) */
    real_t *reals;                  /* the memory behind these */
};

static size_t mlp_width_of(const mlp_shape_t *shape, size_t layer)
{
    return layer == 0               ? shape->inputs
           : layer <= shape->hidden ? shape->width[layer - 1]
                                    : shape->outputs;
}

size_t mlp_size(const mlp_shape_t *shape)
{
    size_t size = 0;
    for (size_t i = 0; i <= shape->hidden; i++)
        size += (mlp_width_of(shape, i) + 1) * mlp_width_of(shape, i + 1);
    return size;
}

static void mlp_lay_out(mlp_t *mlp)
{
    real_t *at = mlp->reals;
    assert(mlp->layers == mlp->shape.hidden + 1 && mlp->layers <= MLP_LAYERS_MAX);
    /* In the parameters each layer is W (inputs, outputs) and behind it the bias (outputs). */
    for (size_t i = 0; i < mlp->layers; i++) {
        affine_t *affine = &mlp->affine[i];
        *affine = (affine_t){.inputs = mlp_width_of(&mlp->shape, i),
                             .outputs = mlp_width_of(&mlp->shape, i + 1)};
        affine->weight = mlp->size;
        affine->bias = mlp->size + affine->inputs * affine->outputs;
        mlp->size = affine->bias + affine->outputs;
        mlp->d_y[i] = (matrix_t){at, affine->outputs};
        at += mlp->rows_most * affine->outputs;
    }
    /* x[i] (B, inputs of layer i); what layer i gives is x[i + 1]. */
    for (size_t i = 0; i <= mlp->layers; i++) {
        mlp->x[i] = (matrix_t){at, mlp_width_of(&mlp->shape, i)};
        at += mlp->rows_most * mlp->x[i].stride;
    }
}

confx_status_t mlp_open(const mlp_shape_t *shape, size_t rows, mlp_t **out)
{
    TRY(matrix_open());
    mlp_t *mlp = calloc(1, sizeof *mlp);
    if (!mlp) return status_fail(CONFX_STATUS_MEMORY, "no memory for a perceptron");
    assert(shape->hidden <= MLP_HIDDEN_MAX && shape->inputs > 0 && shape->outputs > 0 && rows > 0);
    /* Numbers of a row: the inputs once, and of every layer what it gives and the derivative by
       that. */
    size_t widths = shape->inputs;
    for (size_t i = 1; i <= shape->hidden + 1; i++) widths += 2 * mlp_width_of(shape, i);
    *mlp = (mlp_t){.shape = *shape, .layers = shape->hidden + 1, .rows_most = rows};
    mlp->reals = matrix_memory(rows * widths);
    if (!mlp->reals) {
        mlp_close(mlp);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a perceptron of %zu rows", rows);
    }
    mlp_lay_out(mlp);
    *out = mlp;
    return status_ok();
}

void mlp_close(mlp_t *mlp)
{
    if (!mlp) return;
    free(mlp->reals);
    free(mlp);
}

size_t mlp_layers(const mlp_t *mlp)
{
    return mlp->layers;
}

mlp_layer_t mlp_layer(const mlp_t *mlp, size_t index)
{
    const affine_t *affine = &mlp->affine[index];
    return (mlp_layer_t){.inputs = affine->inputs,
                         .outputs = affine->outputs,
                         .rows = mlp->rows,
                         .weight = affine->weight,
                         .x = mlp->x[index].data,
                         .d_y = mlp->d_y[index].data};
}

void mlp_initialise(const mlp_t *mlp, uint64_t seed, uint64_t number, double last,
                    real_t *parameters)
{
    for (size_t i = 0; i < mlp->layers; i++) {
        const affine_t *affine = &mlp->affine[i];
        /* A stream of its own for each network and layer: more layers do not change those
           before. */
        const double bound = (i + 1 == mlp->layers ? last : 1) / sqrt((double)affine->inputs);
        rng_t rng = rng_begin(seed, RNG_PARAMETERS, 0, i, 1 + number);
        for (size_t j = affine->weight; j < affine->bias; j++)
            parameters[j] = (real_t)((2 * rng_uniform(&rng) - 1) * bound);
        memset(parameters + affine->bias, 0, affine->outputs * sizeof *parameters);
    }
}

WIDE static void mlp_tanh_forward(size_t n, real_t *y)
{
    for (size_t i = 0; i < n; i++) y[i] = activation_tanh(y[i]);
}

WIDE static void mlp_tanh_backward(size_t n, const real_t *restrict y, real_t *restrict d_y)
{
    for (size_t i = 0; i < n; i++) d_y[i] *= 1 - y[i] * y[i];
}

const real_t *mlp_forward(mlp_t *mlp, const real_t *parameters, size_t rows, const real_t *inputs)
{
    assert(rows >= 1 && rows <= mlp->rows_most);
    mlp->rows = rows;
    memcpy(mlp->x[0].data, inputs, rows * mlp->x[0].stride * sizeof *inputs);
    for (size_t i = 0; i < mlp->layers; i++) {
        /* (B, inputs) W + b, then the unit in its place: but for the last layer, which is
           linear. */
        const matrix_t y = mlp->x[i + 1];
        affine_forward(&mlp->affine[i], parameters, rows, mlp->x[i], y);
        if (i + 1 == mlp->layers) break;
        if (mlp->shape.unit == MLP_RELU)
            relu_forward(rows, y.stride, y);
        else
            mlp_tanh_forward(rows * y.stride, y.data);
    }
    return mlp->x[mlp->layers].data;
}

static void mlp_unit_backward(const mlp_t *mlp, matrix_t y, matrix_t d_y)
{
    if (mlp->shape.unit == MLP_RELU)
        relu_backward(mlp->rows, y.stride, y, d_y);
    else
        mlp_tanh_backward(mlp->rows * y.stride, y.data, d_y.data);
}

void mlp_backward(mlp_t *mlp, const real_t *parameters, const real_t *d_outputs, real_t *gradient,
                  real_t *d_inputs)
{
    const size_t rows = mlp->rows;
    assert(rows >= 1); /* mlp_forward came before */
    memcpy(mlp->d_y[mlp->layers - 1].data, d_outputs,
           rows * mlp->shape.outputs * sizeof *d_outputs);
    for (size_t i = mlp->layers; i-- > 0;) {
        const affine_t *affine = &mlp->affine[i];
        /* d_y[i] is the derivative by what layer i gave before its unit. Hence the step to the
           layer before: back through W, then through that layer's unit, whose output is x[i]. */
        if (gradient) affine_gradient(affine, rows, mlp->x[i], mlp->d_y[i], gradient);
        if (i == 0) break;
        affine_backward(affine, parameters, rows, mlp->d_y[i], mlp->d_y[i - 1]);
        mlp_unit_backward(mlp, mlp->x[i], mlp->d_y[i - 1]);
    }
    if (!d_inputs) return;
    affine_backward(&mlp->affine[0], parameters, rows, mlp->d_y[0],
                    (matrix_t){d_inputs, mlp->shape.inputs});
}

WIDE static void mlp_follow_wide(size_t n, real_t share, const real_t *from, real_t *to)
{
    for (size_t i = 0; i < n; i++) to[i] += share * (from[i] - to[i]);
}

/* The wide one stays in this file: clang gives clones of a function no name that another file could
   call. */
void mlp_follow(size_t n, real_t share, const real_t *from, real_t *to)
{
    mlp_follow_wide(n, share, from, to);
}
