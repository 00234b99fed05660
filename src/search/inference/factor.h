/* The Cholesky factor of a covariance that grows by rows: m rows more of n take of the order of
   m n^2 operations, not n^3. Rows are worked out in groups of a fixed size at fixed places, absent
   rows of the last group as zeros, so that each row has the same bits whenever it is appended.

   Source: Golub, Van Loan, Matrix Computations (2013), section 4.2 (the factor of a leading part is
   the leading part of the factor). */
#ifndef SEARCH_FACTOR_H
#define SEARCH_FACTOR_H

#include "confx/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t stride; /* elements from row to row */
    size_t n;      /* rows so far, */
    size_t told;   /* of which another rank has so many */
    double *lower; /* (stride, stride) by rows; what is above the diagonal means nothing */
} cholesky_t;

/* For at most so many rows. The memory is the arena's, whose status the caller asks for. */
void factor_open(size_t capacity, arena_t *arena, cholesky_t *factor);
void factor_forget(cholesky_t *factor); /* all rows */

/* A covariance by rows, of which only the lower triangle is read; the diagonal counts 1 + noise
   times. */
typedef struct {
    const double *lower;
    size_t stride;
    double noise;
} covariance_view_t;

/* Appends rows of the covariance until the factor has n of them. The rows that it has must be of
   the same covariance with the same noise. False: in floating point the covariance of n rows is not
   positive definite, and the factor has no rows any more. */
bool factor_extend(cholesky_t *factor, const covariance_view_t *covariance, size_t n);

/* From a factor to its like on another rank: the rows that were appended since the last time, each
   up to its diagonal, as so many numbers; which row is the first of them, the factor's `told`
   before has. The other one has had the rows before it. */
size_t factor_tell(cholesky_t *factor, double *out);
size_t factor_hear(cholesky_t *factor, size_t first, size_t n, const double *in);

void factor_solve(const cholesky_t *factor, double *vector); /* (n) <- covariance^-1 vector */
double factor_log_determinant(const cholesky_t *factor);     /* of the factor itself */

#endif
