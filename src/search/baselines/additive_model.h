/* What each action of each layer costs when it is known that costs add up over layers and which
   layers are alike, and nothing else: Bayesian linear regression of totals. Every kind of layers
   has weights of its own, normal and independent beforehand, on features of its action,

       1, 1/p, 1/b, 1/(p b)   p and b: the values of the first two axes that have an order (1 and
                              1/p where there is one, 1 where there is none); 1/v of any further one
       the same once more     for each value of an axis without order, where the action has it

   (those of features that do not fall with p of a twentieth of the others' deviation), and each of
   its actions a remainder beside these, which is like that of actions nearby,

       share exp(-|log2 p/p'| - |log2 b/b'| - ..., 1 where values without order differ).

   A total has noise in proportion to its own variance. The regression is done in the space of the
   samples, where a factor of their covariance grows by a row for each: Rasmussen, Williams,
   Gaussian Processes for Machine Learning (2006), sections 2.1 and 2.2; draws from the posterior
   are corrected draws from the prior (Wilson et al. 2020). It knows neither dimensions nor MACs of
   any layer. */
#ifndef SEARCH_ADDITIVE_MODEL_H
#define SEARCH_ADDITIVE_MODEL_H

#include "confx/rng.h"
#include "search/common/cost_view.h"

typedef struct {
    double share; /* variance of a remainder, per that of a weight */
    double noise; /* of a total, per variance of it that comes of the weights */
} additive_prior_t;

typedef struct {
    problem_t *problem;
    size_t layers, distinct, capacity;           /* L, D; samples at most */
    table_axes_t axes;                           /* the levels */
    size_t bases, features;                      /* without an axis without order; in all: F */
    double *feature;                             /* (F, cells) */
    double *near[SPACE_AXES], *root[SPACE_AXES]; /* (n, n) of an axis; its Cholesky factor */

    size_t n;                           /* samples taken in */
    uint32_t *cell;                     /* (capacity, L) of the tables of all kinds */
    double *by_weights, *by_remainders; /* (capacity, capacity) covariances of totals, lower
                                           triangles: by the weights, by remainders of share 1 */

    additive_prior_t prior; /* that the factor is of */
    size_t factored;        /* samples in it */
    double *factor;         /* (capacity, capacity) */
    double *solution;       /* (capacity) covariance^-1 totals */
    double variance;        /* of a weight, fitted, in the totals' unit squared */

    double *impulses, *response, *weights; /* (D, cells), (D, cells), (D, F) scratch */
    double *line, *misfit;                 /* (cells), (capacity) scratch */
    arena_t arena;
} additive_model_t;

/* CONFX_STATUS_INPUT: the levels are too many for tables of them; CONFX_STATUS_MEMORY. The problem
   must stay alive as long. The caller closes. */
confx_status_t additive_model_open(problem_t *problem, size_t capacity, additive_model_t *model);
void additive_model_close(additive_model_t *model);
size_t additive_model_cells(const additive_model_t *model); /* D x cells, of a table */

/* Take in a sample, of levels alone; its total is told later. */
void additive_model_add(additive_model_t *model, const uint16_t *assignment);
void additive_model_clear(additive_model_t *model); /* no samples */

/* The factor of the first n samples under a prior; then one sample more at a time, with the same
   rounding in whatever updates that was done. False: in double precision there is none. */
bool additive_model_factor(additive_model_t *model, size_t n, additive_prior_t prior);
bool additive_model_append(additive_model_t *model);

/* Condition on the totals (factored) of the samples in the factor, all finite: the variance that is
   likeliest, and the log of its likelihood up to a constant. */
double additive_model_fit(additive_model_t *model, const double *totals);
/* Tables (D, cells) of the posterior: its mean; a draw whose doubt is multiplied by `boldness`. */
void additive_model_mean(additive_model_t *model, double *table);
void additive_model_draw(additive_model_t *model, rng_t *rng, double boldness, double *table);

#endif
