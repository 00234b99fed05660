/* What each action of each layer costs, inferred where samples reveal the totals of whole
   assignments and nothing else: the posterior of a Gaussian process (kernel.h) of which only sums
   over an assignment's layers are seen. An objective that does not add up is taken as if it did,
   with the misfit for noise; near the best assignments, which the data come to consist of, it
   nearly does. Functions are drawn from the posterior as Thompson (1933) proposes to choose under
   doubt: a draw from the prior, corrected by what it misses of the data (Wilson et al. 2020,
   pathwise conditioning).

   The root is shown the samples, conditions on them, and tells the other ranks what is new of both:
   all ranks have the same posterior, bit for bit, and each draws what it goes by itself. */
#ifndef SEARCH_POSTERIOR_H
#define SEARCH_POSTERIOR_H

#include "confx/array.h"
#include "confx/batch.h"
#include "search/inference/covariance.h"
#include "search/inference/factor.h"
#include "search/inference/maxima.h"

enum { POSTERIOR_TOGETHER = 4 }; /* functions that are worked out at once */

typedef struct posterior {
    problem_t *problem;
    kernel_t kernel;
    size_t layers, axes, capacity;
    uint16_t *assignments; /* (capacity, L, A) of the samples kept, oldest first; canonical */
    double *total;         /* (capacity) */
    struct {
        double n;     /* samples kept */
        double fits;  /* so far */
        double noise; /* the likeliest hypothesis when it was last looked for: noise per variance
                         of a total, */
        double step[KERNEL_PARTS]; /* and of each part's variance, in factors of 9 */
        double chosen;             /* how many samples had been taken in by then */
        double taken;              /* samples so far, those that went included */
    } state;       /* what a checkpoint keeps beside the samples; the rest follows from them */
    bool fitted;   /* something can be said */
    bool told;     /* something, since it was opened */
    size_t untold; /* samples taken in since */

    maxima_t maxima; /* where totals are of the largest of the layers' values: then samples kept
                          are of one layer each, and totals what is noted of it */
    covariance_t covariance; /* of the totals, as far as rows were needed */
    cholesky_t factor;       /* of as many under the hypothesis, or of none */
    double *solution;        /* (capacity) covariance^-1 totals */
    double *own;             /* (capacity) the variance of each total without noise */
    double variance;         /* of the prior, fitted, in the totals' unit squared */
    double
        noise; /* conditioned on: the hypothesis's, or as much as makes the covariance definite */
    /* Scratch, for so many functions: of the samples (capacity); of the shapes (shapes, D), what is
       drawn and what is added for all; of the slots of the covariance. */
    double *weights[POSTERIOR_TOGETHER], *drawn[POSTERIOR_TOGETHER];
    double *responses[POSTERIOR_TOGETHER], *impulses[POSTERIOR_TOGETHER];
    uint16_t *one; /* (L, A) scratch: a sample on its way in */
    double *dense; /* (cells) scratch: the impulses of one kind */
    size_t *kept;  /* (capacity) scratch */
    arena_t arena;
} posterior_t;

confx_status_t posterior_open(problem_t *problem, space_part_t part, size_t capacity,
                              posterior_t *posterior);
void posterior_close(posterior_t *posterior);

/* Take samples in; those without a total (an invalid point) tell nothing. At the capacity a quarter
   goes: the worst of all but the newest three eighths. */
void posterior_add(posterior_t *posterior, const batch_t *batch);
/* All that another posterior of the same problem has kept. */
void posterior_inherit(posterior_t *posterior, const posterior_t *other);

/* Of n samples about to be scored, alike on all ranks, which have the same posterior: the portion
   of their covariances with all that is kept (the posterior's); then those of all portions, in
   order. They are there when these samples are taken in next. */
const void *posterior_prepare(posterior_t *posterior, const uint16_t *assignments, size_t n,
                              const portion_t *mine, size_t *bytes);
void posterior_prepared(posterior_t *posterior, size_t portions, const void *all, size_t bytes);

/* Look for the likeliest hypothesis, where that is due. */
void posterior_choose(posterior_t *posterior);
/* The same, and condition on what was taken in. False: nothing can be said yet. */
bool posterior_fit(posterior_t *posterior);
size_t posterior_cells(const posterior_t *posterior);         /* D x cells */
maxima_least_t posterior_least(const posterior_t *posterior); /* of those kept, of a maximum */
/* A function of the posterior, as a table (D, cells) of the caller: a draw whose doubt is
   multiplied by `boldness`, or its mean. */
typedef struct {
    rng_t *rng; /* NULL: the mean */
    double boldness;
    double *table;
    bool begun; /* posterior_draw was given it, and nothing else was called since */
} posterior_function_t;
/* At most POSTERIOR_TOGETHER of them: each as if it were the only one, in less time. */
void posterior_find(posterior_t *posterior, const posterior_function_t *functions, size_t n);
/* The part of it that needs the hypothesis, and no samples. */
void posterior_draw(posterior_t *posterior, const posterior_function_t *functions, size_t n);

/* From the posterior that is shown the samples, and was fitted, to its like on another rank: what
   was taken in since the last time, the first time all that is kept, the state, and what it was
   fitted to; how many bytes. Both are then equal, bit for bit, but only the first one can be
   fitted. */
size_t posterior_news_bytes(const posterior_t *posterior); /* the most: a multiple of 8, as all */
size_t posterior_tell(posterior_t *posterior, void *bytes);
void posterior_hear(posterior_t *posterior, const void *bytes);
/* Of those two: a sample whose actions are canonical; what the hypothesis says of each part. */
void posterior_take(posterior_t *posterior, const uint16_t *assignment, double total);
void posterior_catch_up(posterior_t *posterior); /* with what was taken in: the covariance */
void posterior_variances(const posterior_t *posterior, double variances[KERNEL_PARTS]);

/* For checkpoints, read back in place into a posterior just opened. */
enum { POSTERIOR_ARRAYS = 3, POSTERIOR_ARRAYS_MAX = 4 };
size_t posterior_arrays(posterior_t *posterior, array_t arrays[POSTERIOR_ARRAYS_MAX]); /* number */
/* After reading: the name of an array that cannot be, or NULL. */
const char *posterior_check(const posterior_t *posterior);

#endif
