/* The prior over per-layer costs against its formula, cell by cell: what the code never writes down
   as a whole. */
#include "dense.h"

#include <lapacke.h>

static setting_t setting;
static toy_t toy;
static kernel_t kernel;
static dense_t dense;

static void open_prior(bool integers, residual_t residual)
{
    small_open(&setting, &toy);
    ck_assert_ok(kernel_open(setting.problem, integers, &kernel));
    dense_open(&setting, &kernel.axes, residual, &dense);
}

static void close_prior(void)
{
    kernel_close(&kernel);
    setting_close(&setting);
}

/* The column of the covariance that belongs to a cell, as kernel_respond has it. */
static void column_of(size_t cell, residual_t residual, double *column)
{
    double weights[KERNEL_SHAPES * SMALL_DISTINCT];
    double impulses[CELLS_MAX] = {0};
    const cell_t *at = &dense.cell[cell];
    for (size_t shape = 0; shape < KERNEL_SHAPES; shape++)
        for (size_t d = 0; d < SMALL_DISTINCT; d++)
            weights[shape * SMALL_DISTINCT + d] =
                kernel.layer_kernel[d * SMALL_DISTINCT + at->distinct] *
                kernel_shape(shape, at->pes, at->buffer);
    impulses[cell] = 1;
    for (size_t i = 0; i < dense.cells; i++) column[i] = 0;
    kernel_respond(&kernel, residual, weights, impulses, column);
}

/* Both wiggles, over levels and over integers. */
START_TEST(the_covariance_is_the_formulas)
{
    const residual_t residual = _i % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    open_prior(_i / 2, residual);
    for (size_t j = 0; j < dense.cells; j++) {
        double column[CELLS_MAX];
        column_of(j, residual, column);
        for (size_t i = 0; i < dense.cells; i++)
            ck_assert_double_eq_tol(column[i], dense.covariance[i][j],
                                    1e-13 * (1 + dense.covariance[i][j]));
    }
    close_prior();
}
END_TEST

START_TEST(the_covariance_is_symmetric_and_semidefinite)
{
    const residual_t residual = _i % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    double columns[CELLS_MAX * CELLS_MAX];
    double eigenvalues[CELLS_MAX];
    open_prior(_i / 2, residual);
    const size_t n = dense.cells;
    for (size_t j = 0; j < n; j++) column_of(j, residual, columns + j * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_double_eq_tol(columns[i * n + j], columns[j * n + i],
                                    1e-13 * (1 + columns[i * n + j]));
    ck_assert_int_eq(LAPACKE_dsyev(LAPACK_COL_MAJOR, 'N', 'L', (lapack_int)n, columns,
                                   (lapack_int)n, eigenvalues),
                     0);
    ck_assert_double_gt(eigenvalues[0], -1e-12 * eigenvalues[n - 1]);
    ck_assert_double_gt(eigenvalues[n - 1], 1);
    close_prior();
}
END_TEST

/* Within five standard errors of an estimated covariance. */
START_TEST(draws_have_the_covariance)
{
    enum { DRAWS = 20000 };
    static double sums[CELLS_MAX][CELLS_MAX];
    const residual_t residual = _i % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    rng_t rng = rng_begin(7, RNG_TEST, (uint64_t)_i, 0, 0);
    memset(sums, 0, sizeof sums);
    open_prior(_i / 2, residual);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double table[CELLS_MAX];
        kernel_draw(&kernel, residual, &rng, table);
        for (size_t i = 0; i < dense.cells; i++)
            for (size_t j = 0; j <= i; j++) sums[i][j] += table[i] * table[j] / DRAWS;
    }
    for (size_t i = 0; i < dense.cells; i++)
        for (size_t j = 0; j <= i; j++) {
            const double expected = dense.covariance[i][j];
            const double square =
                dense.covariance[i][i] * dense.covariance[j][j] + expected * expected;
            ck_assert_double_eq_tol(sums[i][j], expected, 5 * sqrt(square / DRAWS));
        }
    close_prior();
}
END_TEST

START_TEST(the_axes_are_the_levels_or_all_integers)
{
    static const uint32_t levels[2][3] = {{1, 2, 4}, {1, 3, 4}};
    open_prior(_i, RESIDUAL_LEVEL);
    ck_assert_uint_eq(kernel.axes.pes_n, _i ? 4 : 3);
    ck_assert_uint_eq(kernel.axes.buffers_n, _i ? 4 : 3);
    for (uint32_t i = 0; i < kernel.axes.pes_n; i++) {
        ck_assert_uint_eq(kernel.axes.pes[i], _i ? i + 1 : levels[0][i]);
        ck_assert_uint_eq(kernel.axes.buffers[i], _i ? i + 1 : levels[1][i]);
    }
    close_prior();
}
END_TEST

/* Nobody is out of memory where arithmetic fails. */
START_TEST(a_covariance_without_a_root_is_told_as_such)
{
    static const struct {
        double covariance[4];
        const char *told; /* NULL: there is a root */
    } matrices[] = {{{4, 2, 2, 3}, NULL},
                    {{1, 1, 1, 1}, NULL}, /* singular: the ridge makes it definite */
                    {{1, 2, 2, 1}, "covariance of the 2 layers is not positive definite"},
                    {{-1, 0, 0, 1}, "covariance of the 2 layers is not positive definite"},
                    {{NAN, 0, 0, 1}, "covariance of the 2 layers is not finite"},
                    {{1, 0, NAN, 1}, "covariance of the 2 layers is not finite"}};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        const double *covariance = matrices[i].covariance;
        double root[4];
        const confx_status_t status = kernel_root("layers", covariance, 2, root);
        ck_assert_int_eq(status.code, matrices[i].told ? CONFX_STATUS_INPUT : CONFX_STATUS_OK);
        if (matrices[i].told) ck_assert_ptr_nonnull(strstr(status.message, matrices[i].told));
        for (size_t at = 0; at < 4 && !matrices[i].told; at++) {
            const double product =
                root[at / 2 * 2] * root[at % 2 * 2] + root[at / 2 * 2 + 1] * root[at % 2 * 2 + 1];
            ck_assert_double_eq_tol(product, covariance[at], 1e-9);
        }
    }
}
END_TEST

/* Of up to 1024 PEs all are asked about, of more one in steps of a fiftieth at most, the largest
   among them. */
START_TEST(axes_of_many_integers_are_thinned)
{
    static const uint32_t mosts[] = {1023, 1024, 1025, 4096, 65535};
    const uint32_t most = mosts[_i];
    setting_read(&setting, "{actions: {pe: [1, %u], buffer: [1, 2]}}", most);
    setting_open(&setting);
    ck_assert_ok(kernel_open(setting.problem, true, &kernel));
    const axes_t *axes = &kernel.axes;
    ck_assert_uint_eq(axes->buffers_n, 2);
    ck_assert_uint_le(axes->pes_n, 1024);
    if (most <= 1024) ck_assert_uint_eq(axes->pes_n, most);
    ck_assert_uint_eq(axes->pes[0], 1);
    ck_assert_uint_eq(axes->pes[axes->pes_n - 1], most);
    for (size_t i = 1; i < axes->pes_n; i++) {
        ck_assert_uint_gt(axes->pes[i], axes->pes[i - 1]);
        ck_assert_uint_le(axes->pes[i] - axes->pes[i - 1],
                          axes->pes[i] > 256 ? axes->pes[i] / 50 + 1 : 1);
    }
    kernel_close(&kernel);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prior");
    TCase *tests = tcase_create("prior");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_covariance_is_the_formulas, 0, 4);
    tcase_add_loop_test(tests, the_covariance_is_symmetric_and_semidefinite, 0, 4);
    tcase_add_loop_test(tests, draws_have_the_covariance, 0, 4);
    tcase_add_test(tests, a_covariance_without_a_root_is_told_as_such);
    tcase_add_loop_test(tests, the_axes_are_the_levels_or_all_integers, 0, 2);
    tcase_add_loop_test(tests, axes_of_many_integers_are_thinned, 0, 5);
    return suite_run(suite);
}
