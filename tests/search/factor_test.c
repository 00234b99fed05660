/* A Cholesky factor that grows by rows: the factor's product with itself is the covariance, and its
   bits are the same however the rows came. */
#include "confx/rng.h"
#include "driver.h"
#include "search/inference/factor.h"

#include <math.h>

enum { MOST = 70 };

static double lower[MOST * MOST]; /* of a covariance */
static arena_t arena;

/* Sums of squares of `rank` normal numbers and of one of its own for each row. */
static covariance_view_t draw(uint64_t number, size_t rank, double noise)
{
    static double vectors[MOST][MOST];
    rng_t rng = rng_begin(number, RNG_TEST, 0, 0, 0);
    for (size_t i = 0; i < MOST; i++)
        for (size_t k = 0; k < rank; k++) vectors[i][k] = rng_normal(&rng);
    for (size_t i = 0; i < MOST; i++)
        for (size_t j = 0; j < MOST; j++) {
            double sum = 0;
            for (size_t k = 0; k < rank; k++) sum += vectors[i][k] * vectors[j][k];
            /* What is above the diagonal must not matter. */
            lower[i * MOST + j] = j <= i ? sum : NAN;
        }
    return (covariance_view_t){lower, MOST, noise};
}

static cholesky_t open_factor(size_t capacity)
{
    cholesky_t factor;
    factor_open(capacity, &arena, &factor);
    ck_assert_ok(arena_status(&arena, "a factor"));
    return factor;
}

static double entry(const cholesky_t *factor, size_t i, size_t j)
{
    return factor->lower[i * factor->stride + j];
}

/* Of each number of rows, whole groups or not. */
START_TEST(the_factor_times_itself_is_the_covariance)
{
    const size_t n = (size_t)_i;
    const covariance_view_t covariance = draw(n, MOST, 0.125);
    cholesky_t factor = open_factor(n);
    double worst = 0;
    ck_assert(factor_extend(&factor, &covariance, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            long double sum = 0;
            for (size_t k = 0; k <= j; k++)
                sum += (long double)entry(&factor, i, k) * entry(&factor, j, k);
            const double expected = lower[i * MOST + j] * (i == j ? 1.125 : 1);
            worst = fmax(worst, fabs((double)sum - expected));
        }
    ck_assert_double_lt(worst, 1e-12 * MOST);
    arena_close(&arena);
}
END_TEST

static void check_same_bits(const cholesky_t *one, const cholesky_t *other)
{
    bool same = one->n == other->n;
    for (size_t i = 0; i < one->n; i++)
        same &= !memcmp(one->lower + i * one->stride, other->lower + i * other->stride,
                        (i + 1) * sizeof(double));
    ck_assert(same);
}

/* So many at a time, and all at once after each of them. */
START_TEST(rows_have_the_same_bits_whenever_they_are_appended)
{
    const covariance_view_t covariance = draw(1, MOST, 1e-3);
    cholesky_t grown = open_factor(MOST);
    cholesky_t made = open_factor(MOST + 30);
    for (size_t n = 0; n < MOST;) {
        n = n + (size_t)_i < MOST ? n + (size_t)_i : MOST;
        ck_assert(factor_extend(&grown, &covariance, n));
        factor_forget(&made);
        ck_assert(factor_extend(&made, &covariance, n));
        check_same_bits(&grown, &made);
    }
    arena_close(&arena);
}
END_TEST

/* So many at a time, of a factor that is made anew halfway. */
START_TEST(a_factor_is_told_row_by_row)
{
    static double told[MOST * (MOST + 1) / 2];
    const covariance_view_t covariance = draw(2, MOST, 1e-3);
    cholesky_t factor = open_factor(MOST);
    cholesky_t other = open_factor(MOST);
    for (size_t n = 0; n < MOST;) {
        n = n + (size_t)_i < MOST ? n + (size_t)_i : MOST;
        if (n > MOST / 2 && n <= MOST / 2 + (size_t)_i) factor_forget(&factor);
        ck_assert(factor_extend(&factor, &covariance, n));
        const size_t first = factor.told;
        const size_t numbers = (n * (n + 1) - first * (first + 1)) / 2;
        ck_assert_uint_eq(factor_tell(&factor, told), numbers);
        ck_assert_uint_eq(factor_hear(&other, first, n, told), numbers);
        check_same_bits(&factor, &other);
    }
    ck_assert_uint_eq(factor_tell(&factor, told), 0);
    arena_close(&arena);
}
END_TEST

START_TEST(a_solution_solves)
{
    const size_t n = (size_t)_i;
    const covariance_view_t covariance = draw(n, MOST, 1);
    cholesky_t factor = open_factor(MOST);
    double solution[MOST];
    double worst = 0;
    double product = 1;
    ck_assert(factor_extend(&factor, &covariance, n));
    for (size_t i = 0; i < n; i++) solution[i] = (double)i - 3;
    factor_solve(&factor, solution);
    for (size_t i = 0; i < n; i++) {
        long double sum = lower[i * MOST + i] * (long double)solution[i]; /* the noise */
        for (size_t j = 0; j < n; j++)
            sum += (long double)lower[j <= i ? i * MOST + j : j * MOST + i] * solution[j];
        worst = fmax(worst, fabs((double)sum - ((double)i - 3)));
        product *= entry(&factor, i, i) / 10;
    }
    ck_assert_double_lt(worst, 1e-11 * MOST);
    ck_assert_double_eq_tol(factor_log_determinant(&factor), log(product) + (double)n * log(10),
                            1e-11 * MOST);
    arena_close(&arena);
}
END_TEST

/* Fewer normal numbers than rows: only noise keeps it definite. What cannot be factored is
   forgotten, and the same rows with more noise can be had. */
START_TEST(what_is_not_definite_has_no_factor)
{
    enum { RANK = 20 };
    covariance_view_t covariance = draw(3, RANK, -1e-9);
    cholesky_t factor = open_factor(MOST);
    ck_assert(factor_extend(&factor, &covariance, RANK - 1));
    ck_assert(!factor_extend(&factor, &covariance, RANK + 1));
    ck_assert_uint_eq(factor.n, 0);
    covariance.noise = 1e-6;
    ck_assert(factor_extend(&factor, &covariance, MOST));
    ck_assert_uint_eq(factor.n, MOST);
    lower[(MOST - 1) * MOST + 3] = NAN;
    factor_forget(&factor);
    ck_assert(!factor_extend(&factor, &covariance, MOST));
    arena_close(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("factor");
    TCase *tests = tcase_create("factor");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_factor_times_itself_is_the_covariance, 1, MOST + 1);
    tcase_add_loop_test(tests, rows_have_the_same_bits_whenever_they_are_appended, 1, 35);
    tcase_add_loop_test(tests, a_factor_is_told_row_by_row, 1, 35);
    tcase_add_loop_test(tests, a_solution_solves, 1, 40);
    tcase_add_test(tests, what_is_not_definite_has_no_factor);
    return suite_run(suite);
}
