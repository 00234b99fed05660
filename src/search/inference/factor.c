#include "search/inference/factor.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

/* Rows that are worked out together. One product of so many rows reads what is above them once. */
enum { GROUP = 16 };

void factor_open(size_t capacity, arena_t *arena, cholesky_t *factor)
{
    const size_t rows = (capacity + GROUP - 1) / GROUP * GROUP;
    *factor = (cholesky_t){.stride = rows};
    ARENA_TAKE(arena, factor->lower, rows * rows);
}

void factor_forget(cholesky_t *factor)
{
    factor->n = 0;
    factor->told = 0;
}

static double *factor_row(const cholesky_t *self, size_t i)
{
    return self->lower + i * self->stride;
}

/* The rows of a group from `first` on, up to n, as they are in the covariance; those behind n are 0
   up to the diagonal of the group. */
static void factor_copy_group(const cholesky_t *self, const covariance_view_t *covariance,
                              size_t first, size_t n)
{
    for (size_t i = first; i < first + GROUP; i++) {
        double *row = factor_row(self, i);
        if (i >= n) {
            memset(row, 0, first * sizeof *row);
            continue;
        }
        memcpy(row, covariance->lower + i * covariance->stride, (i + 1) * sizeof *row);
        /* Noise stands on the diagonal alone, as a share of the sample's own variance. */
        row[i] *= 1 + covariance->noise;
    }
}

/* The diagonal block of a group, row by row: its rows hold their factor left of the block, and the
   covariance in it. */
static bool factor_take_block(const cholesky_t *self, size_t first, size_t n)
{
    for (size_t i = first; i < n && i < first + GROUP; i++) {
        double *row = factor_row(self, i);
        for (size_t j = first; j <= i; j++) {
            const double *above = factor_row(self, j);
            const double rest = row[j] - cblas_ddot((blasint)j, row, 1, above, 1);
            /* On the diagonal the rest is what the rows before do not explain of this one. */
            if (j == i && !(rest > 0 && isfinite(rest))) return false;
            row[j] = j == i ? sqrt(rest) : rest / above[j];
        }
    }
    return true;
}

bool factor_extend(cholesky_t *factor, const covariance_view_t *covariance, size_t n)
{
    assert(n >= factor->n && n <= factor->stride);
    if (n == factor->n) return true;
    /* A group that was begun is worked out anew, all its rows together: products of the same shape
       over the same numbers give each row the bits that it had. */
    for (size_t first = factor->n / GROUP * GROUP; first < n; first += GROUP) {
        factor_copy_group(factor, covariance, first, n);
        if (first > 0)
            cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, GROUP,
                        (blasint)first, 1, factor->lower, (blasint)factor->stride,
                        factor_row(factor, first), (blasint)factor->stride);
        if (!factor_take_block(factor, first, n)) {
            factor_forget(factor);
            return false;
        }
    }
    factor->n = n;
    return true;
}

size_t factor_tell(cholesky_t *factor, double *out)
{
    double *next = out;
    assert(factor->told <= factor->n);
    for (size_t i = factor->told; i < factor->n; i++, next += i)
        memcpy(next, factor_row(factor, i), (i + 1) * sizeof *next);
    factor->told = factor->n;
    return (size_t)(next - out);
}

size_t factor_hear(cholesky_t *factor, size_t first, size_t n, const double *in)
{
    const double *next = in;
    assert(first <= n && first <= factor->n && n <= factor->stride);
    for (size_t i = first; i < n; i++, next += i)
        memcpy(factor_row(factor, i), next, (i + 1) * sizeof *next);
    factor->n = n;
    return (size_t)(next - in);
}

void factor_solve(const cholesky_t *factor, double *vector)
{
    const blasint n = (blasint)factor->n;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, n, factor->lower,
                (blasint)factor->stride, vector, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, n, factor->lower,
                (blasint)factor->stride, vector, 1);
}

double factor_log_determinant(const cholesky_t *factor)
{
    double sum = 0;
    for (size_t i = 0; i < factor->n; i++) sum += log(factor_row(factor, i)[i]);
    return sum;
}
