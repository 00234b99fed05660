/* Bound and optimum against GLPK, which solves the same problem as a linear and as an integer
   programme. */
#include "confx/knapsack.h"
#include "instance.h"
#include "suite.h"

#include <glpk.h>
#include <string.h>

static double least_need_of(const option_class_t *class)
{
    double least = INFINITY;
    for (size_t i = 0; i < class->n; i++) least = fmin(least, class->options[i].need);
    return least;
}

/* One column per option that fits beside the least of the others: how many members choose it. Row 1
   is the budget, row 1 + c says that all members of class c choose. */
static void add_option(glp_prob *programme, size_t class, const option_class_t *c,
                       const option_t *option, double room)
{
    if (option->need > room) return;
    const int column = glp_add_cols(programme, 1);
    glp_set_col_bnds(programme, column, GLP_DB, 0, (double)c->members);
    glp_set_obj_coef(programme, column, option->cost);
    const int rows[] = {0, 1, 2 + (int)class};
    const double values[] = {0, option->need, 1};
    glp_set_mat_col(programme, column, 2, rows, values);
}

/* all: options that do not fit as well, as the price has it. */
static glp_prob *programme_of(const instance_t *instance, bool all)
{
    glp_prob *programme = glp_create_prob();
    glp_add_rows(programme, 1 + (int)instance->classes_n);
    glp_set_row_bnds(programme, 1, GLP_UP, 0, instance->budget);
    const double spare = instance->budget - extreme_need(instance, -1);
    for (size_t c = 0; c < instance->classes_n; c++) {
        const option_class_t *class = &instance->classes[c];
        glp_set_row_bnds(programme, 2 + (int)c, GLP_FX, (double)class->members,
                         (double)class->members);
        for (size_t i = 0; i < class->n; i++)
            add_option(programme, c, class, &class->options[i],
                       all ? INFINITY : spare + least_need_of(class));
    }
    return programme;
}

static double linear_optimum(glp_prob *programme)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    ck_assert_int_eq(glp_simplex(programme, &how), 0);
    ck_assert_int_eq(glp_get_status(programme), GLP_OPT);
    return glp_get_obj_val(programme);
}

static double integer_optimum(glp_prob *programme)
{
    glp_iocp how;
    glp_init_iocp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.tol_obj = 1e-9;
    for (int column = 1; column <= glp_get_num_cols(programme); column++)
        glp_set_col_kind(programme, column, GLP_IV);
    ck_assert_int_eq(glp_intopt(programme, &how), 0);
    ck_assert_int_eq(glp_mip_status(programme), GLP_OPT);
    return glp_mip_obj_val(programme);
}

static instance_t instance;

/* Without DRAW_HAIR: GLPK's tolerances, 1e-7, are wider than a hair. */
static const draw_t draws[] = {DRAW_DIGITS, DRAW_SIGNED, DRAW_TIED, DRAW_FRACTION};
enum {
    DRAWS_USED = sizeof draws / sizeof *draws,
    WHOLE_DRAWS = 3
}; /* the needs of the first few are whole */

/* An instance with a finite budget that some choice fits. */
static void draw_feasible(uint64_t trial, draw_t draw, size_t classes_max, size_t options_max,
                          size_t members_max)
{
    rng_t rng = rng_begin(7, RNG_TEST, trial, draw, 0);
    do {
        draw_instance(&rng, draw, classes_max, options_max, members_max, &instance);
    } while (!isfinite(instance.budget) || instance.budget < extreme_need(&instance, -1));
}

static double check_bound(glp_prob *programme)
{
    knapsack_t knapsack;
    ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                knapsack_limits(1 << 20), &knapsack));
    ck_assert(knapsack.solved);
    const double linear = linear_optimum(programme), optimum = knapsack.optimum;
    ck_assert_msg(fabs(knapsack.lower_bound - linear) <= 1e-9 * fmax(1, fabs(linear)),
                  "bound %.17g, linear programme %.17g, optimum %.17g", knapsack.lower_bound,
                  linear, optimum);
    ck_assert_double_le(knapsack.lower_bound, optimum);
    knapsack_close(&knapsack);
    return optimum;
}

START_TEST(the_bound_is_the_linear_programme)
{
    for (uint64_t trial = 0; trial < 150; trial++) {
        draw_feasible(trial, draws[_i], 6, 12, 4);
        glp_prob *programme = programme_of(&instance, false);
        check_bound(programme);
        glp_delete_prob(programme);
    }
}
END_TEST

START_TEST(the_optimum_is_the_integer_programme)
{
    for (uint64_t trial = 0; trial < 40; trial++) {
        draw_feasible(1000 + trial, draws[_i], 8, 15, 4);
        glp_prob *programme = programme_of(&instance, false);
        const double optimum = check_bound(programme), integer = integer_optimum(programme);
        ck_assert_msg(fabs(optimum - integer) <= 1e-9 * fmax(1, fabs(integer)),
                      "optimum %.17g, integer programme %.17g", optimum, integer);
        glp_delete_prob(programme);
    }
}
END_TEST

static double linear_optimum_within(double budget)
{
    instance.budget = budget;
    glp_prob *programme = programme_of(&instance, true);
    const double optimum = linear_optimum(programme);
    glp_delete_prob(programme);
    return optimum;
}

/* Between the sums of needs, which are whole 1024ths, the price is what the linear programme's dual
   says. */
START_TEST(the_price_is_the_dual_of_the_budget)
{
    for (uint64_t trial = 0; trial < 100; trial++) {
        draw_feasible(2000 + trial, DRAW_FRACTION, 6, 12, 4);
        instance.budget += ldexp(1, -12);
        glp_prob *programme = programme_of(&instance, true);
        knapsack_t knapsack;
        (void)linear_optimum(programme);
        ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, instance.budget,
                                    knapsack_limits(1 << 20), &knapsack));
        ck_assert_double_eq_tol(knapsack.price, -glp_get_row_dual(programme, 1),
                                1e-9 * (1 + knapsack.price));
        knapsack_close(&knapsack);
        glp_delete_prob(programme);
    }
}
END_TEST

/* At a sum of needs there are two slopes, and the price is the one behind it: needs are whole here,
   so that the linear programme is straight from one whole budget to the next. */
START_TEST(the_price_is_what_the_next_unit_saves)
{
    for (uint64_t trial = 0; trial < 100; trial++) {
        knapsack_t knapsack;
        draw_feasible(3000 + trial, draws[_i], 5, 8, 3);
        const double budget = floor(instance.budget);
        if (budget < extreme_need(&instance, -1)) continue;
        ck_assert_ok(knapsack_solve(instance.classes, instance.classes_n, budget,
                                    knapsack_limits(1 << 20), &knapsack));
        const double saved = linear_optimum_within(budget) - linear_optimum_within(budget + 1);
        ck_assert_double_eq_tol(knapsack.price, saved, 1e-7 * (1 + fabs(knapsack.optimum)));
        knapsack_close(&knapsack);
    }
}
END_TEST

int main(void)
{
    glp_term_out(GLP_OFF);
    Suite *suite = suite_create("relaxation");
    TCase *tests = tcase_create("relaxation");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_bound_is_the_linear_programme, 0, DRAWS_USED);
    tcase_add_loop_test(tests, the_optimum_is_the_integer_programme, 0, DRAWS_USED);
    tcase_add_test(tests, the_price_is_the_dual_of_the_budget);
    tcase_add_loop_test(tests, the_price_is_what_the_next_unit_saves, 0, WHOLE_DRAWS);
    const int code = suite_run(suite);
    glp_free_env();
    return code;
}
