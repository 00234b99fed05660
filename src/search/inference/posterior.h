/* What each action of each layer costs, inferred where samples reveal the totals of whole
   assignments and nothing else: the posterior of a Gaussian process (prior.h) of which only sums
   over an assignment's layers are seen. An objective that does not add up is taken as if it did,
   with the misfit for noise; near the best assignments, which the data come to consist of, it
   nearly does. Functions are drawn from the posterior as Thompson (1933) proposes to choose under
   doubt: a draw from the prior, corrected by what it misses of the data (Wilson et al. 2020,
   pathwise conditioning).

   The root owns it; what it says is told to the other ranks as tables. */
#ifndef SEARCH_ESTIMATE_H
#define SEARCH_ESTIMATE_H

#include "confx/array.h"
#include "search/inference/kernel.h"

/* Two layers of one kind: what is peculiar to it ties the two. */
typedef struct {
    uint16_t layer, other;
} tie_t;

typedef struct posterior {
    problem_t *problem;
    kernel_t kernel;
    size_t layers, capacity;
    uint16_t *pes, *buffer; /* (capacity, L) of the samples kept, oldest first */
    double *total;          /* (capacity) */
    struct {
        double n;               /* samples kept */
        double fits;            /* so far */
        double residual, noise; /* the likeliest hypothesis when it was last looked for */
    } state; /* what a checkpoint keeps beside the samples; the rest follows from them */

    size_t counted;  /* samples that the following are filled for */
    uint16_t *at[2]; /* (capacity, L) places on the axes */
    double *shapes,
        *kindred; /* (capacity, KERNEL_SHAPES, D) shapes summed by layer; those through kin */
    double *covariance[RESIDUALS]; /* (capacity, capacity) of totals, lower triangles */
    tie_t *ties;
    size_t ties_n;

    double *factor;   /* (capacity, capacity) Cholesky factor under the hypothesis */
    double *solution; /* (capacity) covariance^-1 totals */
    double variance;  /* of the prior, fitted, in the totals' unit squared */
    double
        noise; /* conditioned on: the hypothesis's, or as much as makes the covariance definite */
    double *misfit;     /* (capacity) scratch */
    double *responses;  /* (KERNEL_SHAPES, D) scratch */
    double *impulses;   /* (D, pes_n, buffers_n) scratch */
    size_t *kept;       /* (capacity) scratch */
    uint16_t *place[2]; /* value of a gene -> place on its axis */
} posterior_t;

confx_status_t posterior_open(problem_t *problem, bool integers, size_t capacity,
                              posterior_t *posterior);
void posterior_close(posterior_t *posterior);

/* Take samples in; those without a total (an invalid point) tell nothing. At the capacity a quarter
   goes: the worst of all but the newest three eighths. */
void posterior_add(posterior_t *posterior, const batch_t *batch);
/* All that another estimate of the same problem has kept. */
void posterior_inherit(posterior_t *posterior, const posterior_t *other);

/* Condition on what was taken in. False: nothing can be said yet. */
bool posterior_fit(posterior_t *posterior);
size_t posterior_cells(const posterior_t *posterior); /* D x pes_n x buffers_n */
/* Tables (D, pes_n, buffers_n) of the posterior: its mean; a draw whose doubt is multiplied by
   `boldness`. */
void posterior_mean(posterior_t *posterior, double *table);
void posterior_draw(posterior_t *posterior, rng_t *rng, double boldness, double *table);

/* For checkpoints, read back in place into an estimate just opened. */
enum { POSTERIOR_ARRAYS = 4 };
size_t posterior_arrays(posterior_t *posterior, array_t arrays[POSTERIOR_ARRAYS]);
const char *posterior_check(
    const posterior_t *posterior); /* after reading: the name of an array that cannot be, or NULL */

#endif
