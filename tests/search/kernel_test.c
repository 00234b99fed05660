/* The covariance of per-layer costs against its formula, cell by cell: what the code never writes
   down as a whole. */
#include "dense.h"

#include <lapacke.h>

static small_t small;
static kernel_t kernel;
static dense_t dense;

static void open_all(bool three, space_part_t part, residual_t residual)
{
    small_open(&small, three);
    ck_assert_ok(kernel_open(small.problem, part, &kernel));
    dense_open(&small, part, variances_of(residual), &dense);
    ck_assert_uint_eq(dense.cells, SMALL_DISTINCT * kernel.axes.cells);
}

static void close_all(void)
{
    kernel_close(&kernel);
    small_close(&small);
}

/* Both residuals, over levels and over integers, of two axes and of three. */
static residual_t open_case(int i)
{
    const residual_t residual = i % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    open_all(i / 4, i / 2 % 2 ? SPACE_INTEGERS : SPACE_LEVELS, residual);
    return residual;
}

static void respond(const double *variances, const double *weights, const double *impulses,
                    double *table)
{
    for (size_t d = 0; d < SMALL_DISTINCT; d++)
        kernel_respond(&kernel, variances, d, weights, impulses + d * kernel.axes.cells,
                       table + d * kernel.axes.cells);
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
                kernel_shape(&kernel, shape, at->distinct, at->action);
    impulses[cell] = 1;
    for (size_t i = 0; i < dense.cells; i++) column[i] = 0;
    respond(variances_of(residual), weights, impulses, column);
}

START_TEST(the_covariance_is_the_formulas)
{
    const residual_t residual = open_case(_i);
    for (size_t j = 0; j < dense.cells; j++) {
        double column[CELLS_MAX];
        column_of(j, residual, column);
        for (size_t i = 0; i < dense.cells; i++)
            ck_assert_double_eq_tol(column[i], dense.covariance[i][j],
                                    1e-13 * (1 + dense.covariance[i][j]));
    }
    close_all();
}
END_TEST

START_TEST(the_covariance_is_symmetric_and_semidefinite)
{
    static double columns[CELLS_MAX * CELLS_MAX];
    double eigenvalues[CELLS_MAX];
    const residual_t residual = open_case(_i);
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
    close_all();
}
END_TEST

/* Within five standard errors of an estimated covariance. */
START_TEST(draws_have_the_covariance)
{
    enum { DRAWS = 20000 };
    static double sums[CELLS_MAX][CELLS_MAX];
    static const double nothing[CELLS_MAX];
    const residual_t residual = open_case(_i);
    rng_t rng = rng_begin(7, RNG_TEST, (uint64_t)_i, 0, 0);
    memset(sums, 0, sizeof sums);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double table[CELLS_MAX];
        double weights[KERNEL_SHAPES * SMALL_DISTINCT];
        kernel_draw(&kernel, variances_of(residual), &rng, weights, table);
        respond(variances_of(residual), weights, nothing, table);
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
    close_all();
}
END_TEST

/* The levels; or all integers of an axis that is refined. Cells are found again from their
   points. */
START_TEST(a_table_is_over_the_levels_or_the_ranges)
{
    const space_part_t part = _i % 2 ? SPACE_INTEGERS : SPACE_LEVELS;
    open_all(_i / 2, part, RESIDUAL_LEVEL);
    const table_axes_t *axes = &kernel.axes;
    size_t found = 0;
    for (size_t axis = 0; axis < space_axes(small.space); axis++) {
        ck_assert_uint_eq(axes->n[axis], small_values(&small, part, axis));
        for (size_t i = 0; i < axes->n[axis]; i++)
            ck_assert_uint_eq(axes->indices[axis][i], small_index(&small, part, axis, i));
    }
    for (size_t cell = 0; cell < axes->cells; cell++) {
        const uint64_t point = table_axes_point(axes, cell);
        ck_assert(point == space_point(small.space, dense.cell[cell].action));
        ck_assert_uint_eq(table_axes_find(axes, point), cell);
    }
    for (uint64_t point = 0; point < space_points(small.space); point++) {
        ck_assert_uint_eq(axes->cell[point], table_axes_find(axes, point));
        found += axes->cell[point] != TABLE_NO_CELL;
    }
    ck_assert_uint_eq(found, axes->cells);
    close_all();
}
END_TEST

/* With one axis that has an order, and with none. */
START_TEST(shapes_are_of_the_axes_that_have_an_order)
{
    static const uint32_t levels[] = {1, 2, 8};
    const terms_t terms = trial_terms_axes();
    for (size_t ordinals = 0; ordinals < 2; ordinals++) {
        space_axis_t axes[2] = {{.name = "flow", .kind = AXIS_CATEGORICAL, .levels_n = 3},
                                {.name = "width", .levels = levels, .levels_n = 3}};
        if (!ordinals) axes[1] = axes[0];
        trial_t trial;
        space_t *space;
        trial_read(&trial, (trial_model_t){.draw = 1});
        ck_assert_ok(space_open(axes, 2, (space_use_t){NULL, NULL}, &space));
        const model_t model = trial_model_of(&trial.model, space);
        const problem_design_t design = {&trial.workload, space, &model, &terms, {NAN}};
        ck_assert_ok(problem_make(&design, &trial.problem));
        ck_assert_ok(kernel_open(trial.problem, SPACE_INTEGERS, &kernel));
        /* 1 and 1/p, waves of four dimensions, cluster waves of three. */
        ck_assert_uint_eq(kernel.shapes, ordinals ? 2 + 4 + 3 : 1);
        for (uint16_t i = 0; i < 3; i++) {
            const uint16_t action[] = {1, i};
            const double first = ordinals ? levels[i] : 1;
            ck_assert(kernel_first(&kernel, action) == first);
            ck_assert(kernel_shape(&kernel, 0, 0, action) == 1);
            if (ordinals) ck_assert(kernel_shape(&kernel, 1, 0, action) == 1 / first);
            ck_assert_double_eq_tol(kernel_nearness(&kernel, action, (uint16_t[]){2, 1}),
                                    exp(-1) * (ordinals ? near_of(space, 1, i, 1)
                                               : i == 1 ? 1
                                                        : exp(-1)),
                                    1e-15);
        }
        kernel_close(&kernel);
        trial_close(&trial);
    }
}
END_TEST

/* Nothing is allocated that a machine could not hold, and it is told why. */
START_TEST(tables_that_are_too_large_are_refused)
{
    static const uint32_t levels[] = {1, 128};
    const terms_t terms = trial_terms_axes();
    space_axis_t axes[SPACE_AXES];
    trial_t trial;
    space_t *space;
    for (size_t i = 0; i < SPACE_AXES; i++)
        axes[i] = (space_axis_t){.name = "wide", .levels = levels, .levels_n = 2, .refined = true};
    trial_read(&trial, (trial_model_t){.draw = 1});
    ck_assert_ok(space_open(axes, SPACE_AXES, (space_use_t){NULL, NULL}, &space));
    const model_t model = trial_model_of(&trial.model, space);
    const problem_design_t design = {&trial.workload, space, &model, &terms, {NAN}};
    ck_assert_ok(problem_make(&design, &trial.problem));
    const confx_status_t status = kernel_open(trial.problem, SPACE_INTEGERS, &kernel);
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_ptr_nonnull(strstr(status.message, " actions of each of "));
    trial_close(&trial);
}
END_TEST

/* Where a space has too many points for a map of them, cells are worked out. */
START_TEST(costs_are_found_among_very_many_points)
{
    enum { AXES = 3, LEVELS = 3, CELLS = LEVELS * LEVELS * LEVELS };
    static const uint32_t levels[LEVELS] = {1, 100, 200};
    const terms_t terms = trial_terms_axes();
    float table[SMALL_DISTINCT * CELLS];
    space_axis_t axes[AXES];
    trial_t trial;
    space_t *space;
    for (size_t i = 0; i < AXES; i++)
        axes[i] =
            (space_axis_t){.name = "wide", .levels = levels, .levels_n = LEVELS, .refined = true};
    for (size_t i = 0; i < SMALL_DISTINCT * CELLS; i++) table[i] = (float)i;
    trial_read(&trial, (trial_model_t){.draw = 1});
    ck_assert_ok(space_open(axes, AXES, (space_use_t){NULL, NULL}, &space));
    const model_t model = trial_model_of(&trial.model, space);
    const problem_design_t design = {&trial.workload, space, &model, &terms, {NAN}};
    ck_assert_ok(problem_make(&design, &trial.problem));
    ck_assert_ok(kernel_open(trial.problem, SPACE_LEVELS, &kernel));
    ck_assert_ptr_null(kernel.axes.cell);
    const cost_view_t view = {.table = table, .axes = &kernel.axes};
    for (size_t d = 0; d < SMALL_DISTINCT; d++)
        for (size_t cell = 0; cell < CELLS; cell++) {
            const uint64_t point = space_choice_point(space, cell);
            ck_assert(cost_view_cost(&view, d, point) == (double)(d * CELLS + cell));
            if (cell % LEVELS == 0) ck_assert(isinf(cost_view_cost(&view, d, point + 1)));
        }
    kernel_close(&kernel);
    trial_close(&trial);
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

/* Of up to 1024 integers all are asked about, of more one in steps of a fiftieth at most, the
   largest among them. */
START_TEST(axes_of_many_integers_are_thinned)
{
    static const uint32_t mosts[] = {1023, 1024, 1025, 4096, 65535};
    const uint32_t most = mosts[_i];
    setting_t setting;
    setting_read(&setting, "{actions: {pe: [1, %u], buffer: [1, 2]}}", most);
    setting_open(&setting);
    ck_assert_ok(kernel_open(setting.problem, SPACE_INTEGERS, &kernel));
    const table_axes_t *axes = &kernel.axes;
    const uint16_t *indices = axes->indices[0];
    const size_t n = axes->n[0];
    ck_assert_uint_eq(axes->n[1], 2);
    ck_assert_uint_le(n, 1024);
    if (most <= 1024) ck_assert_uint_eq(n, most);
    ck_assert_uint_eq(indices[0], 0);
    ck_assert_uint_eq(indices[n - 1], most - 1);
    for (size_t i = 1; i < n; i++) {
        const size_t value = indices[i] + (size_t)1;
        ck_assert_uint_gt(indices[i], indices[i - 1]);
        ck_assert_uint_le(indices[i] - indices[i - 1], value > 256 ? value / 50 + 1 : 1);
    }
    /* Between two of them stands the lower one, which alone has a cell. */
    for (size_t index = 0, at = 0; index < most; index++) {
        if (at + 1 < n && indices[at + 1] == index) at++;
        ck_assert_uint_eq(axes->place[0][index], at);
        ck_assert_uint_eq(table_axes_find(axes, 2 * index),
                          indices[at] == index ? 2 * at : TABLE_NO_CELL);
    }
    kernel_close(&kernel);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel");
    TCase *tests = tcase_create("kernel");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_covariance_is_the_formulas, 0, 8);
    tcase_add_loop_test(tests, the_covariance_is_symmetric_and_semidefinite, 0, 8);
    tcase_add_loop_test(tests, draws_have_the_covariance, 0, 6);
    tcase_add_test(tests, a_covariance_without_a_root_is_told_as_such);
    tcase_add_loop_test(tests, a_table_is_over_the_levels_or_the_ranges, 0, 4);
    tcase_add_test(tests, shapes_are_of_the_axes_that_have_an_order);
    tcase_add_test(tests, costs_are_found_among_very_many_points);
    tcase_add_test(tests, tables_that_are_too_large_are_refused);
    tcase_add_loop_test(tests, axes_of_many_integers_are_thinned, 0, 5);
    return suite_run(suite);
}
