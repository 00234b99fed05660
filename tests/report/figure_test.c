/* Numbers and axes as people read them. */
#include "report/figure.h"
#include "report/plot/axis.h"
#include "report/plot/gnuplot.h"
#include "report/sanitise.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(thousands_stand_apart)
{
    ck_assert_str_eq(figure_fixed(0, 0).text, "0");
    ck_assert_str_eq(figure_fixed(999, 0).text, "999");
    ck_assert_str_eq(figure_fixed(1000, 0).text, "1,000");
    ck_assert_str_eq(figure_fixed(33974305, 0).text, "33,974,305");
    ck_assert_str_eq(figure_fixed(-1234567.891, 2).text, "-1,234,567.89");
    ck_assert_str_eq(figure_fixed(999.999, 2).text, "1,000.00");
    ck_assert_str_eq(figure_fixed(1e14, 0).text, "100,000,000,000,000");
    ck_assert_str_eq(figure_fixed(1e300, 1).text, "1e+300");
    ck_assert_str_eq(figure_fixed(NAN, 3).text, "-");
    ck_assert_str_eq(figure_fixed(INFINITY, 3).text, "inf");
}
END_TEST

START_TEST(numbers_keep_six_digits_or_all_of_a_whole_number)
{
    ck_assert_str_eq(figure_number(2.386930937e15).text, "2.38693e+15");
    ck_assert_str_eq(figure_number(-2e18).text, "-2e+18");
    ck_assert_str_eq(figure_number(33974305).text, "33,974,305");
    ck_assert_str_eq(figure_number(313524.31).text, "313,524");
    ck_assert_str_eq(figure_number(1234.5678).text, "1,234.57");
    ck_assert_str_eq(figure_number(3.6).text, "3.6");
    ck_assert_str_eq(figure_number(0.000123456789).text, "0.000123457");
    ck_assert_str_eq(figure_number(99999.99999).text, "100,000");
    ck_assert_str_eq(figure_number(INFINITY).text, "inf");
}
END_TEST

START_TEST(percents_keep_three_digits)
{
    ck_assert_str_eq(figure_percent(0.00012).text, "0.012 %");
    ck_assert_str_eq(figure_percent(0.12345).text, "12.3 %");
    ck_assert_str_eq(figure_percent(1).text, "100 %");
    ck_assert_str_eq(figure_percent(0.9997).text, "99.97 %");
    ck_assert_str_eq(figure_percent(12.345).text, "1,234 %");
    ck_assert_str_eq(figure_percent(0).text, "0 %");
}
END_TEST

START_TEST(times_are_told_in_two_units)
{
    ck_assert_str_eq(figure_seconds(0.4217).text, "0.422 s");
    ck_assert_str_eq(figure_seconds(59.9).text, "59.9 s");
    ck_assert_str_eq(figure_seconds(59.97).text, "1 min 0 s");
    ck_assert_str_eq(figure_seconds(200.9).text, "3 min 21 s");
    ck_assert_str_eq(figure_seconds(3600).text, "1 h 0 min");
    ck_assert_str_eq(figure_seconds(7545).text, "2 h 5 min");
}
END_TEST

START_TEST(large_areas_are_told_in_square_millimetres)
{
    ck_assert_str_eq(figure_quantity(1.0311398e8, "um^2").text, "103.114 mm^2");
    ck_assert_str_eq(figure_quantity(999999, "um^2").text, "999,999 um^2");
    ck_assert_str_eq(figure_quantity(5e9, "cycles").text, "5,000,000,000 cycles");
}
END_TEST

START_TEST(cycles_are_told_as_a_time_where_there_is_a_clock)
{
    ck_assert_str_eq(figure_clock(24.8e6, "cycles", 0.8, FIGURE_TIME).text, " (31 ms at 0.8 GHz)");
    ck_assert_str_eq(figure_clock(2e9, "cycles", 1, FIGURE_TIME).text, " (2 s at 1 GHz)");
    ck_assert_str_eq(figure_clock(1500, "cycles", 1, FIGURE_TIME).text, " (1.5 us at 1 GHz)");
    ck_assert_str_eq(figure_clock(2, "cycles", 2, FIGURE_TIME).text, " (1 ns at 2 GHz)");
    ck_assert_str_eq(figure_clock(1e7, "cycles", 1, FIGURE_RATE).text, " (100 inputs/s at 1 GHz)");
    ck_assert_str_eq(figure_clock(1e7, "nJ", 1, FIGURE_TIME).text, "");
    ck_assert_str_eq(figure_clock(1e7, "cycles", NAN, FIGURE_TIME).text, "");
    ck_assert_str_eq(figure_clock(NAN, "cycles", 1, FIGURE_TIME).text, "");
}
END_TEST

START_TEST(estimates_are_rounded_to_three_digits)
{
    ck_assert_double_eq(figure_round(81647.2), 81600);
    ck_assert_double_eq_tol(figure_round(0.0123456), 0.0123, 1e-15);
    ck_assert_double_eq(figure_round(0), 0);
    ck_assert_double_eq(figure_round(-999.9), -1000);
}
END_TEST

START_TEST(texts_are_made_harmless)
{
    char escape[] = "a\033[31m\tb\177";
    char umlaut[] = "r\303\266t";
    char c1[] = "x\302\233y";
    char broken[] = "r\366t";
    sanitise_clean(escape);
    sanitise_clean(umlaut);
    sanitise_clean(c1);
    sanitise_clean(broken);
    ck_assert_str_eq(escape, "a?[31m?b?");
    ck_assert_str_eq(umlaut, "r\303\266t");
    ck_assert_str_eq(c1, "x??y");
    ck_assert_str_eq(broken, "r?t");
}
END_TEST

/* Whatever it holds, a text is one literal: no command, no substitution, no end of a data block. */
START_TEST(a_text_is_quoted_for_gnuplot)
{
    static const char *const texts[][2] = {
        {"plain", "'plain'"},
        {"it's", "'it''s'"},
        {"'; system('id')", "'''; system(''id'')'"},
        {"a\n!id\nEND\n", "'a?!id?END?'"},
        {"`id` \\ \"$END\" {/Symbol a}", "'`id` \\ \"$END\" {/Symbol a}'"},
        {"r\303\266t\r", "'r\303\266t?'"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *script = NULL;
        size_t length;
        FILE *stream = open_memstream(&script, &length);
        ck_assert_ptr_nonnull(stream);
        gnuplot_quote(texts[i][0], stream);
        ck_assert_int_eq(fclose(stream), 0);
        ck_assert_str_eq(script, texts[i][1]);
        free(script);
    }
}
END_TEST

START_TEST(texts_are_measured_and_cut_by_characters)
{
    char text[] = "r\303\266te\342\202\254";
    ck_assert_uint_eq(sanitise_width(text), 5);
    sanitise_cut(text, 5);
    ck_assert_uint_eq(sanitise_width(text), 5);
    sanitise_cut(text, 4);
    ck_assert_str_eq(text, "r\303\266te");
    sanitise_cut(text, 2);
    ck_assert_str_eq(text, "r\303\266");
    sanitise_cut(text, 0);
    ck_assert_str_eq(text, "");
}
END_TEST

static axis_t axis_over(double low, double high)
{
    axis_t axis = axis_begin();
    axis_cover(&axis, low);
    axis_cover(&axis, NAN);
    axis_cover(&axis, high);
    axis_cover(&axis, INFINITY);
    axis_finish(&axis);
    return axis;
}

START_TEST(an_axis_covers_its_values_in_a_fitting_unit)
{
    const double ranges[][2] = {{3.4e7, 1.6e8}, {3.4e7, 3.5e7}, {0, 0},      {-5, 5},
                                {7, 7},         {1e-3, 1e4},    {2e13, 2e13}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const axis_t axis = axis_over(ranges[i][0], ranges[i][1]);
        ck_assert_double_lt(axis.low, ranges[i][0] / axis.unit);
        ck_assert_double_gt(axis.high, ranges[i][1] / axis.unit);
        ck_assert(!axis.logarithmic || axis.low > 0);
    }
    const axis_t wide = axis_over(3.4e7, 1.6e8);
    ck_assert(wide.logarithmic);
    ck_assert_double_eq(wide.unit, 1e6);
    ck_assert_str_eq(wide.prefix, "million ");
    ck_assert(!axis_over(3.4e7, 3.5e7).logarithmic);
}
END_TEST

START_TEST(an_axis_of_nothing_still_has_a_range)
{
    axis_t axis = axis_begin();
    ck_assert(axis_is_empty(&axis));
    axis_finish(&axis);
    ck_assert_double_lt(axis.low, axis.high);
}
END_TEST

START_TEST(distances_span_whole_decades_with_zero_below)
{
    const double values[] = {NAN, 250, 130, 100.5, 100};
    distance_axis_t axis = distance_axis(values, 4, 100);
    ck_assert(!axis.reached);
    ck_assert_double_eq(axis.low, 0.1);
    ck_assert_double_eq(axis.high, 1000);
    axis = distance_axis(values, 5, 100);
    ck_assert(axis.reached);
    ck_assert_double_eq(axis.low, 0.01);
    ck_assert_double_eq(distance_place(&axis, 100, 100), 0.01);
    ck_assert_double_eq(distance_place(&axis, 150, 100), 50);
    ck_assert(isnan(distance_place(&axis, NAN, 100)));
    axis = distance_axis(values + 4, 1, 100);
    ck_assert_double_lt(axis.low, axis.high);
}
END_TEST

START_TEST(steps_are_one_two_or_five)
{
    ck_assert_double_eq(axis_step(12, 6), 2);
    ck_assert_double_eq(axis_step(48, 6), 10);
    ck_assert_double_eq(axis_step(128, 6), 50);
    ck_assert_double_eq(axis_step(1, 6), 0.2);
    ck_assert_double_eq(axis_step(5900, 6), 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("figure");
    TCase *tests = tcase_create("figure");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, thousands_stand_apart);
    tcase_add_test(tests, numbers_keep_six_digits_or_all_of_a_whole_number);
    tcase_add_test(tests, percents_keep_three_digits);
    tcase_add_test(tests, times_are_told_in_two_units);
    tcase_add_test(tests, large_areas_are_told_in_square_millimetres);
    tcase_add_test(tests, cycles_are_told_as_a_time_where_there_is_a_clock);
    tcase_add_test(tests, estimates_are_rounded_to_three_digits);
    tcase_add_test(tests, texts_are_made_harmless);
    tcase_add_test(tests, a_text_is_quoted_for_gnuplot);
    tcase_add_test(tests, texts_are_measured_and_cut_by_characters);
    tcase_add_test(tests, an_axis_covers_its_values_in_a_fitting_unit);
    tcase_add_test(tests, an_axis_of_nothing_still_has_a_range);
    tcase_add_test(tests, distances_span_whole_decades_with_zero_below);
    tcase_add_test(tests, steps_are_one_two_or_five);
    return suite_run(suite);
}
