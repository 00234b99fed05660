/* K-FAC against a dense Fisher matrix, in double precision. */
#include "confx/kfac.h"
#include "confx/rng.h"
#include "suite.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { INPUTS = 3, OUTPUTS = 2, ROWS = 6, SIDE = INPUTS + 1, SIZE = SIDE * OUTPUTS };

static const double damping = 0.01;
static const mlp_shape_t shape = {INPUTS, OUTPUTS, 0, {0}, MLP_TANH};

typedef struct {
    mlp_t *mlp;
    kfac_t *kfac;
    real_t parameters[SIZE], inputs[ROWS * INPUTS], d_outputs[ROWS * OUTPUTS], gradient[SIZE],
        natural[SIZE];
} bench_t;

/* same: all rows have one input, where the Fisher matrix is a Kronecker product exactly. */
static void bench_open(bench_t *bench, bool same, double decay)
{
    rng_t rng = rng_begin(4, RNG_TEST, 0, 0, 0);
    memset(bench, 0, sizeof *bench);
    ck_assert_ok(mlp_open(&shape, ROWS, &bench->mlp));
    ck_assert_ok(kfac_open(bench->mlp, decay, damping, &bench->kfac));
    for (int i = 0; i < SIZE; i++) bench->parameters[i] = rng_normal(&rng);
    for (int i = 0; i < SIZE; i++) bench->gradient[i] = rng_normal(&rng);
    for (int i = 0; i < ROWS * INPUTS; i++)
        bench->inputs[i] = same && i >= INPUTS ? bench->inputs[i % INPUTS] : rng_normal(&rng);
    for (int i = 0; i < ROWS * OUTPUTS; i++) bench->d_outputs[i] = rng_normal(&rng);
}

static void bench_close(bench_t *bench)
{
    kfac_close(bench->kfac);
    mlp_close(bench->mlp);
}

static void add(bench_t *bench)
{
    (void)mlp_forward(bench->mlp, bench->parameters, ROWS, bench->inputs);
    mlp_backward(bench->mlp, bench->parameters, bench->d_outputs, NULL, NULL);
    kfac_add(bench->kfac, bench->mlp);
}

/* The mean over rows of the outer product of the row's own gradient, from single rows through the
   network. */
static void dense_fisher(bench_t *bench, double fisher[SIZE * SIZE])
{
    memset(fisher, 0, SIZE * SIZE * sizeof *fisher);
    for (int row = 0; row < ROWS; row++) {
        real_t own[SIZE] = {0};
        (void)mlp_forward(bench->mlp, bench->parameters, 1, bench->inputs + row * INPUTS);
        mlp_backward(bench->mlp, bench->parameters, bench->d_outputs + row * OUTPUTS, own, NULL);
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++) fisher[i * SIZE + j] += own[i] * own[j] / ROWS;
    }
}

static double trace(const double *matrix, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += matrix[i * n + i];
    return sum;
}

/* (A + pi sqrt(lambda) I) x (G + sqrt(lambda)/pi I), dense. */
static void damped_product(const double *a, const double *g, double product[SIZE * SIZE])
{
    const double pi = sqrt(trace(a, SIDE) / SIDE / (trace(g, OUTPUTS) / OUTPUTS));
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            const int row[2] = {i / OUTPUTS, i % OUTPUTS};
            const int column[2] = {j / OUTPUTS, j % OUTPUTS};
            product[i * SIZE + j] =
                (a[row[0] * SIDE + column[0]] + (row[0] == column[0] ? pi * sqrt(damping) : 0)) *
                (g[row[1] * OUTPUTS + column[1]] + (row[1] == column[1] ? sqrt(damping) / pi : 0));
        }
}

START_TEST(the_factors_multiply_to_the_fisher_matrix)
{
    bench_t bench;
    double fisher[SIZE * SIZE];
    size_t n;
    bench_open(&bench, true, 0.9);
    add(&bench);
    kfac_fold(bench.kfac);
    const real_t *a = kfac_averages(bench.kfac, &n);
    const real_t *g = a + SIDE * SIDE;
    ck_assert_uint_eq(n, SIDE * SIDE + OUTPUTS * OUTPUTS + 1);
    dense_fisher(&bench, fisher);
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            ck_assert_double_eq_tol(a[i / OUTPUTS * SIDE + j / OUTPUTS] *
                                        g[i % OUTPUTS * OUTPUTS + j % OUTPUTS],
                                    fisher[i * SIZE + j], 1e-12);
    bench_close(&bench);
}
END_TEST

START_TEST(the_natural_gradient_solves_the_damped_product)
{
    bench_t bench;
    double product[SIZE * SIZE];
    double solution[SIZE];
    lapack_int pivots[SIZE];
    size_t n;
    bench_open(&bench, false, 0.9);
    add(&bench);
    kfac_fold(bench.kfac);
    const real_t *a = kfac_averages(bench.kfac, &n);
    damped_product(a, a + SIDE * SIDE, product);
    memcpy(solution, bench.gradient, sizeof solution);
    ck_assert_int_eq(LAPACKE_dgesv(LAPACK_ROW_MAJOR, SIZE, 1, product, SIZE, pivots, solution, 1),
                     0);
    kfac_natural(bench.kfac, bench.gradient, bench.natural);
    for (int i = 0; i < SIZE; i++)
        ck_assert_double_eq_tol(bench.natural[i], solution[i], 1e-9 * fabs(solution[i]) + 1e-9);
    bench_close(&bench);
}
END_TEST

/* Of equal batches the average is the batch; of a second one it counts what the decay leaves it. */
START_TEST(averages_run)
{
    bench_t bench;
    real_t first[SIDE * SIDE];
    size_t n;
    bench_open(&bench, false, 0.9);
    for (int i = 0; i < 3; i++) {
        add(&bench);
        kfac_fold(bench.kfac);
        const real_t *a = kfac_averages(bench.kfac, &n);
        if (i == 0) memcpy(first, a, sizeof first);
        for (int j = 0; j < SIDE * SIDE; j++) ck_assert_double_eq_tol(a[j], first[j], 1e-12);
    }
    for (int i = 0; i < ROWS * INPUTS; i++) bench.inputs[i] *= 2;
    add(&bench);
    add(&bench); /* twice the rows, the same mean */
    kfac_fold(bench.kfac);
    const real_t *a = kfac_averages(bench.kfac, &n);
    const double share = (1 - 0.9) / (1 - pow(0.9, 4));
    ck_assert_double_eq_tol(a[0], first[0] * (1 - share + 4 * share), 1e-12);
    ck_assert_double_eq_tol(a[SIDE * SIDE - 1], 1, 1e-12);
    bench_close(&bench);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("K-FAC in double precision");
    TCase *tests = tcase_create("K-FAC");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_factors_multiply_to_the_fisher_matrix);
    tcase_add_test(tests, the_natural_gradient_solves_the_damped_product);
    tcase_add_test(tests, averages_run);
    return suite_run(suite);
}
