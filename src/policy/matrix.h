/* Matrices by rows and their products through CBLAS, in real_t. Private to the room. */
#ifndef POLICY_MATRIX_H
#define POLICY_MATRIX_H

#include "confx/policy.h"

#ifdef CONFX_DOUBLE
#define GEMM      cblas_dgemm
#define GEMV      cblas_dgemv
#define TRANSPOSE cblas_domatcopy
#else
#define GEMM      cblas_sgemm
#define GEMV      cblas_sgemv
#define TRANSPOSE cblas_somatcopy
#endif

/* Rows within somebody's memory; a row starts `stride` numbers behind the last. */
typedef struct {
    real_t *data;
    size_t stride;
} matrix_t;

static inline matrix_t matrix_at(matrix_t matrix, size_t row, size_t column)
{
    return (matrix_t){matrix.data + row * matrix.stride + column, matrix.stride};
}

/* to += from, n numbers. */
static inline void row_add(size_t n, const real_t *restrict from, real_t *restrict to)
{
    for (size_t i = 0; i < n; i++) to[i] += from[i];
}

/* Before the first product: one thread, as ranks share the cores already and one thread gives one
   order of summation, and the library's workspace. CONFX_STATUS_MEMORY when a limit does not leave
   room for that: asked later the library would try for ever. May be called again, from the same
   thread. */
confx_status_t matrix_open(void);

/* n zeros on a cache line's boundary, NULL without memory; free() them. */
real_t *matrix_memory(size_t n);

/* c (rows, columns) += a (rows, inner) w (inner, columns); the rows of w are packed. */
void matrix_add_product(size_t rows, size_t inner, size_t columns, matrix_t a, const real_t *w,
                        matrix_t c);

/* c (rows, columns) = a (rows, inner) w^T; w (columns, inner), packed. */
void matrix_product_transposed(size_t rows, size_t inner, size_t columns, matrix_t a,
                               const real_t *w, matrix_t c);

/* w (inner, columns), packed, += a^T b; a (rows, inner), b (rows, columns): a sum over rows. */
void matrix_add_outer(size_t rows, size_t inner, size_t columns, matrix_t a, matrix_t b, real_t *w);

/* to (columns, rows) = from^T, from (rows, columns), both packed. */
void matrix_transpose(size_t rows, size_t columns, const real_t *from, real_t *to);

#endif
