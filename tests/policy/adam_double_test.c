/* Adam against steps worked out by hand, in double precision. */
#include "confx/adam.h"
#include "suite.h"

#include <math.h>

START_TEST(two_steps_are_those_worked_out_by_hand)
{
    adam_t adam;
    double parameters[2] = {1, -2};
    const double first[2] = {0.5, -4};
    const double second[2] = {-0.25, 4};
    ck_assert_ok(adam_open(2, 0.9, 0.999, &adam));
    adam_step(&adam, 0.1, first, parameters);
    /* m = 0.1 g, v = 0.001 g^2; both corrections restore g and g^2: a step of the rate against the
       gradient's sign. */
    ck_assert_double_eq_tol(parameters[0], 1 - 0.1 * 0.5 / (0.5 + 1e-8), 1e-15);
    ck_assert_double_eq_tol(parameters[1], -2 + 0.1 * 4 / (4 + 1e-8), 1e-15);
    adam_step(&adam, 0.2, second, parameters);
    /* m = 0.9 x 0.05 + 0.1 x -0.25 = 0.02, over 1 - 0.81; v = 0.999 x 0.00025 + 0.001 x 0.0625,
       over 1 - 0.998001. */
    const double m = 0.02 / 0.19;
    const double v = 0.00031225 / 0.001999;
    ck_assert_double_eq_tol(parameters[0],
                            1 - 0.1 * 0.5 / (0.5 + 1e-8) - 0.2 * m / (sqrt(v) + 1e-8), 1e-13);
    /* m = 0.9 x -0.4 + 0.1 x 4 = 0.04; v = 0.016 x 1.999. */
    ck_assert_double_eq_tol(parameters[1],
                            -2 + 0.1 * 4 / (4 + 1e-8) - 0.2 * (0.04 / 0.19) / (4 + 1e-8), 1e-13);
    ck_assert_uint_eq(adam.steps, 2);
    adam_close(&adam);
    ck_assert_ptr_null(adam.first);
}
END_TEST

/* What a checkpoint keeps is all there is. */
START_TEST(moments_and_steps_carried_over_continue_with_the_same_bits)
{
    enum { N = 5 };
    adam_t one;
    adam_t other;
    double a[N] = {1, 2, 3, 4, 5};
    double b[N];
    const double gradient[N] = {0.1, -0.2, 0.3, 0, 7};
    ck_assert_ok(adam_open(N, 0.9, 0.99, &one));
    ck_assert_ok(adam_open(N, 0.9, 0.99, &other));
    for (int i = 0; i < 3; i++) adam_step(&one, 0.01, gradient, a);
    memcpy(b, a, sizeof b);
    memcpy(other.first, one.first, sizeof b);
    memcpy(other.second, one.second, sizeof b);
    other.steps = one.steps;
    adam_step(&one, 0.01, gradient, a);
    adam_step(&other, 0.01, gradient, b);
    ck_assert_mem_eq(a, b, sizeof a);
    adam_close(&one);
    adam_close(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("Adam");
    TCase *tests = tcase_create("adam");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, two_steps_are_those_worked_out_by_hand);
    tcase_add_test(tests, moments_and_steps_carried_over_continue_with_the_same_bits);
    return suite_run(suite);
}
