/* The speed of the matrix library itself: what the policy's speed is measured against. */
#include "confx/clock.h"
#include "policy/matrix.h"

#include <cblas.h>
#include <stdlib.h>

/* Another CBLAS than OpenBLAS does not name its kernels. */
#pragma weak openblas_get_corename

enum { PRODUCTS = 32 }; /* between two looks at the clock */

const char *policy_kernels(void)
{
    return openblas_get_corename ? openblas_get_corename() : "unknown";
}

static double rate_measure(int rows, int inner, int columns, const real_t *a, const real_t *b,
                           real_t *c, double seconds)
{
    const double start = clock_seconds();
    double spent = 0;
    double products = 0;
    do {
        for (int i = 0; i < PRODUCTS; i++)
            GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, inner, 1, a, inner, b,
                 columns, 0, c, columns);
        products += PRODUCTS;
        spent = clock_seconds() - start;
    } while (spent < seconds);
    return 2 * products * rows * inner * columns / spent;
}

double policy_matrix_rate(size_t rows, size_t inner, size_t columns, double seconds)
{
    double rate = 0;
    real_t *a = matrix_memory(rows * inner);
    real_t *b = matrix_memory(inner * columns);
    real_t *c = matrix_memory(rows * columns);
    if (a && b && c) {
        /* Ordinary numbers of both signs: kernels take longer for denormal ones. */
        for (size_t i = 0; i < rows * inner; i++) a[i] = (real_t)(i % 7) - 3;
        for (size_t i = 0; i < inner * columns; i++) b[i] = (real_t)(i % 5) - 2;
        rate = rate_measure((int)rows, (int)inner, (int)columns, a, b, c, seconds);
    }
    free(a);
    free(b);
    free(c);
    return rate;
}
