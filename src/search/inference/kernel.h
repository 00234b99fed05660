/* What is believed of the cost of any action before any sample: a Gaussian process over (distinct
   layer, PEs, buffer), of mean zero. With s the product of a layer's dimensions over its mean, p
   PEs and b buffer,

       cov(f(d, p, b), f(d', p', b')) = s s' [ kin(d, d') sum over shapes h of h(p, b) h(p', b') +
       same(d, d') wiggle ]

       shapes   1/p, 1/(p b), 1/b, 1: what work spread over PEs and tiles looks like, shared among
                kindred layers
       kin      1 within a layer type, more for like dimensions, most for the same layer
       wiggle   a(p) a(p') exp(-|log2 p/p'|) exp(-|log2 b/b'|) / 4: what is peculiar to a layer; a
                is 1/p or 1

   All of it is the static description of a job. Sources: Rasmussen, Williams, Gaussian Processes
   for Machine Learning (2006), chapters 2 and 4; Duvenaud, Nickisch, Rasmussen 2011 (sums of
   parts). */
#ifndef SEARCH_PRIOR_H
#define SEARCH_PRIOR_H

#include "confx/rng.h"
#include "search/common/cost_view.h"

enum { KERNEL_SHAPES = 4 };
typedef enum { RESIDUAL_FALLING, RESIDUAL_LEVEL, RESIDUALS } residual_t; /* a = 1/p, a = 1 */

typedef struct {
    size_t distinct;
    axes_t axes;
    double *scale;                            /* (D) s */
    double *layer_kernel, *layer_kernel_root; /* (D, D) with s s' in it; its Cholesky factor */
    double *pes_nearness, *pes_root;          /* (pes_n, pes_n) exp(-|log2 p/p'|); its factor */
    double *buffer_nearness;                  /* (buffers_n, buffers_n) */
    double *buffer_root;
    double *ripple, *normal; /* (pes_n, buffers_n), (D) scratch */
} kernel_t;

/* integers: ask about the integers up to the largest levels (of more than 1024 about some that
   stand for those behind them), otherwise about the levels. */
confx_status_t kernel_open(const problem_t *problem, bool integers, kernel_t *kernel);
void kernel_close(kernel_t *kernel);

/* The lower Cholesky factor (n, n), zero above, of a covariance (n, n) of so many of `what`, which
   the message names. CONFX_STATUS_INPUT: in double precision it has none. */
confx_status_t kernel_root(const char *what, const double *covariance, size_t n, double *root);

double kernel_shape(size_t shape, double pes, double buffer);
double kernel_amplitude(residual_t residual, double pes);
/* Of the wiggles of one layer at two actions, s and a left out. */
double kernel_nearness(const kernel_t *kernel, const size_t at[2], const size_t other[2]);

/* A function drawn from the prior, in units of its deviation, into table (D, pes_n, buffers_n). */
void kernel_draw(kernel_t *kernel, residual_t residual, rng_t *rng, double *table);

/* Adds to table the function whose shapes have the weights (KERNEL_SHAPES, D), and whose wiggles
   are the covariances with the impulses (D, pes_n, buffers_n), overwritten. */
void kernel_respond(kernel_t *kernel, residual_t residual, const double *weights, double *impulses,
                    double *table);

#endif
