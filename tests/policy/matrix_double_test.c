/* The products, in every way they take through the matrix library, against sums written out. In
   double precision. */
#include "confx/rng.h"
#include "policy/matrix.h"
#include "suite.h"

#include <math.h>

/* One row; few rows; few rows cut by columns into parts (8 and 16 x 256 x 512) with a remainder;
   many rows. */
static const size_t sizes[][3] = {{1, 7, 5},     {1, 256, 512},  {3, 4, 1},
                                  {8, 256, 512}, {16, 300, 250}, {70, 256, 80}};
enum { SIZES = sizeof sizes / sizeof *sizes };

typedef struct {
    size_t rows, inner, columns;
    matrix_t a;     /* (rows, inner), rows apart */
    real_t *w;      /* (inner, columns) */
    matrix_t c;     /* (rows, columns), rows apart */
    real_t *before; /* what c held */
} product_t;

static real_t *numbers(size_t n, uint64_t seed)
{
    rng_t rng = rng_begin(seed, RNG_TEST, 0, 0, 0);
    real_t *all = matrix_memory(n);
    for (size_t i = 0; i < n; i++) all[i] = rng_normal(&rng);
    return all;
}

static product_t product_open(const size_t size[3])
{
    product_t product = {.rows = size[0], .inner = size[1], .columns = size[2]};
    product.a = (matrix_t){numbers(size[0] * (size[1] + 3), 1), size[1] + 3};
    product.w = numbers(size[1] * size[2], 2);
    product.c = (matrix_t){numbers(size[0] * (size[2] + 2), 3), size[2] + 2};
    product.before = numbers(size[0] * (size[2] + 2), 3);
    return product;
}

static void product_close(product_t *product)
{
    free(product->a.data);
    free(product->w);
    free(product->c.data);
    free(product->before);
}

static double at(matrix_t matrix, size_t row, size_t column)
{
    return matrix.data[row * matrix.stride + column];
}

/* Sum over k of a[i][k] w[k][j]. */
static double entry(const product_t *product, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < product->inner; k++)
        sum += at(product->a, i, k) * product->w[k * product->columns + j];
    return sum;
}

START_TEST(a_product_is_added_to_what_is_there_and_to_nothing_beside_it)
{
    for (size_t s = 0; s < SIZES; s++) {
        product_t p = product_open(sizes[s]);
        double worst = 0;
        matrix_add_product(p.rows, p.inner, p.columns, p.a, p.w, p.c);
        for (size_t i = 0; i < p.rows; i++)
            for (size_t j = 0; j < p.c.stride; j++) {
                const double sum =
                    p.before[i * p.c.stride + j] + (j < p.columns ? entry(&p, i, j) : 0);
                worst = fmax(worst, fabs(at(p.c, i, j) - sum));
            }
        ck_assert_msg(worst < 1e-11, "size %zu is off by %g", s, worst);
        product_close(&p);
    }
}
END_TEST

START_TEST(a_product_with_the_transposed_is_that_with_the_original)
{
    for (size_t s = 0; s < SIZES; s++) {
        product_t p = product_open(sizes[s]);
        real_t *turned = matrix_memory(p.inner * p.columns);
        double worst = 0;
        matrix_transpose(p.inner, p.columns, p.w, turned);
        matrix_product_transposed(p.rows, p.inner, p.columns, p.a, turned, p.c);
        for (size_t i = 0; i < p.rows; i++)
            for (size_t j = 0; j < p.columns; j++)
                worst = fmax(worst, fabs(at(p.c, i, j) - entry(&p, i, j)));
        ck_assert_msg(worst < 1e-11, "size %zu is off by %g", s, worst);
        free(turned);
        product_close(&p);
    }
}
END_TEST

START_TEST(an_outer_product_sums_over_rows)
{
    for (size_t s = 0; s < SIZES; s++) {
        product_t p = product_open(sizes[s]);
        real_t *expected = numbers(p.inner * p.columns, 2);
        double worst = 0;
        matrix_add_outer(p.rows, p.inner, p.columns, p.a, p.c, p.w);
        for (size_t i = 0; i < p.rows; i++)
            for (size_t k = 0; k < p.inner; k++)
                for (size_t j = 0; j < p.columns; j++)
                    expected[k * p.columns + j] += at(p.a, i, k) * at(p.c, i, j);
        for (size_t i = 0; i < p.inner * p.columns; i++)
            worst = fmax(worst, fabs((double)(p.w[i] - expected[i])));
        ck_assert_msg(worst < 1e-11, "size %zu is off by %g", s, worst);
        free(expected);
        product_close(&p);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matrix products in double precision");
    TCase *tests = tcase_create("matrix");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_product_is_added_to_what_is_there_and_to_nothing_beside_it);
    tcase_add_test(tests, a_product_with_the_transposed_is_that_with_the_original);
    tcase_add_test(tests, an_outer_product_sums_over_rows);
    return suite_run(suite);
}
