/* Regression by a Gaussian process (Rasmussen, Williams, "Gaussian Processes for Machine Learning",
   2006, algorithm 2.1): mean zero, Matern 5/2 kernel of one length for all inputs, noise on its
   diagonal, the signal's variance profiled out. Targets are to be standardised by the caller. The
   Cholesky factor grows by a row per point; all memory is taken at opening. */
#ifndef SEARCH_GP_H
#define SEARCH_GP_H

#include "confx/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    double length; /* of the kernel, in units of the inputs */
    double noise;  /* variance of the noise, per variance of the signal */
} gp_kernel_t;

typedef struct {
    size_t points, candidates, width; /* the most of each; width of an input */
    size_t n, m;                      /* points in the factor; candidates asked about */
    gp_kernel_t kernel;
    double scale;     /* variance of the signal */
    double *inputs;   /* (points, width) the caller's to fill */
    double *cover;    /* (points, points) covariance of the inputs without noise, lower triangle */
    double *factor;   /* (points, points) lower triangle, rows */
    double *weights;  /* (points) factor^-1 targets */
    double *lengths;  /* (points) squared lengths of the inputs */
    double *asked;    /* (candidates, width) the caller's to fill */
    double *reach;    /* (candidates, points) rows factor^-1 k */
    double *mean;     /* (candidates) */
    double *variance; /* (candidates) of the signal, without noise */
    arena_t arena;
} gp_t;

confx_status_t gp_open(size_t points, size_t candidates, size_t width, gp_t *gp);
void gp_close(gp_t *gp);

/* The covariance of the first n inputs under a length; then, under any noise, their factor at once.
   False: not positive definite in floating point. */
void gp_cover(gp_t *gp, size_t n, double length);
bool gp_factor(gp_t *gp, double noise);
/* The factor of one input more; false as above, and then the factor is as before. */
bool gp_append(gp_t *gp);
/* Weights and scale of the targets (n); the log of the likelihood, up to a constant. */
double gp_fit(gp_t *gp, const double *targets);
/* Mean and variance at m of `asked`, from `first` on; further ones are forgotten. */
void gp_ask(gp_t *gp, size_t first, size_t m);
/* Believe that the target of a candidate is its mean, and take it in as a point (the kriging
   believer: Ginsbourger, Le Riche, Carraro 2010): variances shrink, means stay. False as above.
   gp_forget takes all points from n on back out. */
bool gp_believe(gp_t *gp, size_t candidate);
void gp_forget(gp_t *gp, size_t n);

/* Expected improvement below `best` of a normal variable (Jones, Schonlau, Welch 1998, equation
   15). */
double gp_improvement(double mean, double deviation, double best);

#endif
