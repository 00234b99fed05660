/* Best so far against samples, samples to come near, medians where some are missing. */
#include "confx/array.h"
#include "confx/status.h"
#include "report/compare/curve.h"
#include "suite.h"

#include <math.h>

static curve_t curve_of(const double *objectives, size_t n)
{
    curve_t curve = {.n = 0};
    for (size_t i = 0; i < n; i++) ck_assert_ok(curve_add(&curve, objectives[i]));
    return curve;
}

START_TEST(a_curve_falls_at_the_samples_that_improve_it)
{
    const double objectives[] = {NAN, 50, INFINITY, 60, 50, 40, NAN, 10, 20};
    curve_t curve = curve_of(objectives, 9);
    ck_assert_uint_eq(curve.n, 3);
    ck_assert(isnan(curve_value(&curve, 0)));
    ck_assert(isnan(curve_value(&curve, 1)));
    ck_assert_double_eq(curve_value(&curve, 2), 50);
    ck_assert_double_eq(curve_value(&curve, 5), 50);
    ck_assert_double_eq(curve_value(&curve, 6), 40);
    ck_assert_double_eq(curve_value(&curve, 8), 10);
    ck_assert_double_eq(curve_value(&curve, 9), 10);
    curve_close(&curve);
}
END_TEST

START_TEST(beyond_its_last_sample_nothing_is_known)
{
    const double objectives[] = {3, 2};
    curve_t curve = curve_of(objectives, 2);
    ck_assert(isnan(curve_value(&curve, 3)));
    curve_close(&curve);
}
END_TEST

START_TEST(samples_to_come_near_count_from_one_and_reach_the_limit_itself)
{
    const double objectives[] = {NAN, 50, 60, 40, 10};
    curve_t curve = curve_of(objectives, 5);
    ck_assert_double_eq(curve_reach(&curve, 100), 2);
    ck_assert_double_eq(curve_reach(&curve, 50), 2);
    ck_assert_double_eq(curve_reach(&curve, 49.9), 4);
    ck_assert_double_eq(curve_reach(&curve, 10), 5);
    ck_assert(isnan(curve_reach(&curve, 9.9)));
    curve_close(&curve);
}
END_TEST

START_TEST(nothing_feasible_is_never_near)
{
    const double objectives[] = {NAN, NAN, INFINITY};
    curve_t curve = curve_of(objectives, 3);
    ck_assert_uint_eq(curve.n, 0);
    ck_assert(isnan(curve_value(&curve, 3)));
    ck_assert(isnan(curve_reach(&curve, 1e300)));
    curve_close(&curve);
}
END_TEST

START_TEST(a_long_curve_keeps_every_step)
{
    enum { STEPS = 1000 };
    curve_t curve = {.n = 0};
    for (int i = 0; i < STEPS; i++) {
        ck_assert_ok(curve_add(&curve, STEPS - i));
        ck_assert_ok(curve_add(&curve, STEPS));
    }
    ck_assert_uint_eq(curve.n, STEPS);
    for (int i = 0; i < STEPS; i++) {
        ck_assert_double_eq(curve_value(&curve, 2 * i + 1), STEPS - i);
        ck_assert_double_eq(curve_value(&curve, 2 * i + 2), STEPS - i);
        ck_assert_double_eq(curve_reach(&curve, STEPS - i), 2 * i + 1);
    }
    curve_close(&curve);
}
END_TEST

/* ---- medians --------------------------------------------------------------------------------- */

static double median_of(size_t n, double a, double b, double c, double d, double e)
{
    double values[] = {a, b, c, d, e};
    return array_median(values, n);
}

START_TEST(a_median_is_the_middle_or_the_mean_of_the_two)
{
    ck_assert_double_eq(median_of(1, 7, 0, 0, 0, 0), 7);
    ck_assert_double_eq(median_of(3, 9, 1, 4, 0, 0), 4);
    ck_assert_double_eq(median_of(4, 9, 1, 4, 2, 0), 3);
    ck_assert_double_eq(median_of(5, 5, 4, 3, 2, 100), 4);
    ck_assert(isnan(median_of(0, 0, 0, 0, 0, 0)));
}
END_TEST

START_TEST(what_is_missing_lies_beyond_all_others)
{
    ck_assert_double_eq(median_of(3, NAN, 1, 4, 0, 0), 4);
    ck_assert_double_eq(median_of(5, NAN, 1, 4, NAN, 2), 4);
    ck_assert_double_eq(median_of(4, NAN, 1, 4, 2, 0), 3);
    ck_assert(isnan(median_of(3, NAN, 1, NAN, 0, 0)));
    ck_assert(isnan(median_of(2, NAN, 1, 0, 0, 0)));
    ck_assert(isnan(median_of(4, NAN, 1, 4, NAN, 0)));
    ck_assert(isnan(median_of(1, NAN, 0, 0, 0, 0)));
}
END_TEST

START_TEST(values_are_left_sorted_the_missing_ones_last)
{
    double values[] = {NAN, 3, NAN, 1, 2};
    ck_assert_double_eq(array_median(values, 5), 3);
    ck_assert_double_eq(values[0], 1);
    ck_assert_double_eq(values[1], 2);
    ck_assert_double_eq(values[2], 3);
    ck_assert(isnan(values[3]) && isnan(values[4]));
}
END_TEST

int main(void)
{
    const TTest *const list[] = {a_curve_falls_at_the_samples_that_improve_it,
                                 beyond_its_last_sample_nothing_is_known,
                                 samples_to_come_near_count_from_one_and_reach_the_limit_itself,
                                 nothing_feasible_is_never_near,
                                 a_long_curve_keeps_every_step,
                                 a_median_is_the_middle_or_the_mean_of_the_two,
                                 what_is_missing_lies_beyond_all_others,
                                 values_are_left_sorted_the_missing_ones_last};
    Suite *suite = suite_create("curve");
    TCase *tests = tcase_create("curve");
    suite_add_tcase(suite, tests);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) tcase_add_test(tests, list[i]);
    return suite_run(suite);
}
