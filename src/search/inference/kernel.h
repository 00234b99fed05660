/* What is believed of the cost of any action before any sample: a Gaussian process over (distinct
   layer, action), of mean zero. With s the multiplications a layer needs over their mean, x an
   action, and p and b its values on the first two axes that have an order,

       cov(f(d, x), f(d', x')) = s s' [ between(d, d') sum over groups g of
           v(g) sum over shapes h of g of h(d, x) h(d', x') + same(d, d') sum of residuals r ]

       shapes    what work spread over hardware and tiles looks like (shapes.h), their weights
                 shared among like layers
       between   1 within a layer type, more for like dimensions, most for the same layer
       residual  v(r) a(p) a(p') times the nearness on every axis: what is peculiar to a layer; a is
                 1/p or 1
       nearness  exp(-|log2 v/v'|) of two values of an axis with an order; of one without 1 for the
                 same value and exp(-1) for another
       v         the variance of each part, which the data choose (posterior.h)

   All of it is the static description of a job.
   The residual is a product over axes, so that its covariance and the root of that are Kronecker
   products, which multiply a table along one axis after the other. Sources: Rasmussen, Williams,
   Gaussian Processes for Machine Learning (2006), chapters 2 and 4; Duvenaud, Nickisch, Rasmussen
   2011 (sums of parts); Saatci 2011 (Kronecker). */
#ifndef SEARCH_KERNEL_H
#define SEARCH_KERNEL_H

#include "confx/rng.h"
#include "search/common/cost_view.h"
#include "search/inference/shapes.h"

enum { KERNEL_SHAPES = SHAPES_MAX, KERNEL_GROUPS = SHAPE_GROUPS, KERNEL_ORDINALS = 2 };
enum { KERNEL_TOGETHER = 4 }; /* shapes that are summed before they are added */
typedef enum { RESIDUAL_FALLING, RESIDUAL_LEVEL, RESIDUALS } residual_t; /* a = 1/p, a = 1 */
/* Of the covariance, each with a variance of its own: the groups, then the residuals. */
enum { KERNEL_PARTS = (int)KERNEL_GROUPS + (int)RESIDUALS };

/* The values of a shape in each cell: the same for all layers that are like in what it looks at,
   and along all dimensions of the same extent. */
typedef struct {
    form_t form;
    bool tiled;
    double extent, filter; /* of the dimension; rows of the filter; 1 where these do not matter */
    bool level;            /* the same along the last axis, so that */
    float *values, *rows;  /* (cells); (cells / n of the last axis) tells all */
} kernel_values_t;

typedef struct {
    size_t distinct;
    table_axes_t axes;
    size_t ordinals, ordinal[KERNEL_ORDINALS]; /* the axes of p and b, as far as there are any */
    size_t shapes;                             /* at most KERNEL_SHAPES */
    cost_shape_t list[KERNEL_SHAPES];          /* by group; the first one is 1 */
    double (*extent)[CONFX_DIM_COUNT];         /* (D) of layers, 1 where there is no dimension */
    double *scale;                             /* (D) s */
    double *layer_kernel, *layer_kernel_root;  /* (D, D) with s s' in it; its Cholesky factor */
    double *nearness[SPACE_AXES], *root[SPACE_AXES]; /* (n, n) of each axis; its factor */
    double *decay[SPACE_AXES];    /* (n - 1) of an axis with an order: of each value to the next */
    kernel_values_t *values;      /* of all shapes of all layers: so many different ones, and */
    size_t values_n;              /* which of them each has: */
    uint32_t *values_of;          /* (D, shapes) */
    bool level[KERNEL_SHAPES];    /* of a shape: its values are level for all layers */
    double *amplitude[RESIDUALS]; /* (cells) */
    double *cells[2];             /* (cells) scratch */
    rng_layers_t layers;          /* that normal numbers are drawn by */
    arena_t arena;
} kernel_t;

/* part: ask about the whole ranges or the levels alone (table_axes_open). */
confx_status_t kernel_open(const problem_t *problem, space_part_t part, kernel_t *kernel);
void kernel_close(kernel_t *kernel);

/* The lower Cholesky factor (n, n), zero above, of a covariance (n, n) of so many of `what`, which
   the message names. CONFX_STATUS_INPUT: in double precision it has none. */
confx_status_t kernel_root(const char *what, const double *covariance, size_t n, double *root);

double kernel_shape(const kernel_t *kernel, size_t shape, size_t distinct, const uint16_t *action);
/* Adds those of a layer's action to sums (shapes, D). */
void kernel_add_action(const kernel_t *kernel, size_t distinct, const uint16_t *action,
                       double *sums);
double kernel_first(const kernel_t *kernel, const uint16_t *action); /* p; 1: there is none */
double kernel_amplitude(residual_t residual, double first);          /* a(p) */
/* Of the residuals of one layer at two actions, given as places on the axes; s and a left out. */
double kernel_nearness(const kernel_t *kernel, const uint16_t *at, const uint16_t *other);

/* A function drawn from the prior of these variances (KERNEL_PARTS), which is in two: its residuals
   are in table (D, cells), and the weights (shapes, D) of its shapes are for kernel_respond to add,
   which takes them and others in one go. */
void kernel_draw(kernel_t *kernel, const double *variances, rng_t *rng, double *weights,
                 double *table);

/* Adds to a layer's row of a table (cells) the function whose shapes have the weights (shapes, D)
   times their variances, and whose residuals are the covariances with the layer's impulses (cells).
   What it reads of the layer is the same for every function: go through functions within a layer.
 */
void kernel_respond(kernel_t *kernel, const double *variances, size_t distinct,
                    const double *weights, const double *impulses, double *row);

#endif
