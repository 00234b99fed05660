/* The room's own exp, sigmoid and tanh against the C library's in double precision. */
#include "policy/activation.h"
#include "policy/lstm.h"
#include "suite.h"

#include <float.h>
#include <string.h>

static double in_units(double found, double exact)
{
    return fabs(found - exact) / (fmax(fabs(exact), (double)FLT_MIN) * (double)FLT_EPSILON);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* The largest error between two ends, in units in the last place. */
static double worst(real_t (*ours)(real_t), double (*exact)(double), double from, double to)
{
    enum { POINTS = 200000 };
    double most = 0;
    for (int i = 0; i <= POINTS; i++) {
        const float x = (float)(from + (to - from) * i / POINTS);
        most = fmax(most, in_units((double)ours(x), exact((double)x)));
    }
    return most;
}

START_TEST(exp_is_within_3_units_in_the_last_place)
{
    ck_assert_double_lt(worst(activation_exp, exp, -87, 88), 3);
    ck_assert_double_lt(worst(activation_exp, exp, -1, 1), 3);
}
END_TEST

START_TEST(tanh_and_sigmoid_are_within_4_units_in_the_last_place)
{
    ck_assert_double_lt(worst(activation_tanh, tanh, -40, 40), 4);
    ck_assert_double_lt(worst(activation_sigmoid, sigmoid, -40, 40), 4);
}
END_TEST

START_TEST(tanh_of_little_keeps_its_relative_precision)
{
    for (int digits = 0; digits < 30; digits += 3)
        ck_assert_double_lt(worst(activation_tanh, tanh, -pow(10, -digits), pow(10, -digits)), 4);
}
END_TEST

START_TEST(extremes_saturate)
{
    ck_assert(activation_tanh(1e30F) == 1 && activation_tanh(-1e30F) == -1);
    ck_assert(activation_tanh(INFINITY) == 1 && activation_tanh(-INFINITY) == -1);
    ck_assert(activation_sigmoid(INFINITY) == 1 && activation_sigmoid(-INFINITY) < 1e-37F);
    ck_assert(activation_exp(0) == 1);
    ck_assert(isfinite((double)activation_exp(INFINITY)));
}
END_TEST

/* The widest vectors of this machine against this program's plain loop: tails of every length. */
START_TEST(an_lstm_cell_has_the_same_bits_at_every_vector_width)
{
    enum { CELLS = 37 };
    float before[CELLS];
    float gates[4 * CELLS];
    for (size_t j = 0; j < CELLS; j++) before[j] = (float)j * 0.1F - 2;
    for (size_t n = 1; n <= CELLS; n++) {
        float after[CELLS];
        float squashed[CELLS];
        float output[CELLS];
        for (size_t j = 0; j < 4 * n; j++) gates[j] = (float)(j * 31 % 97) * 0.13F - 6;
        const lstm_step_t step = {before, gates, after, squashed};
        float pre[4 * CELLS];
        memcpy(pre, gates, sizeof pre);
        lstm_forward(1, n, &step, (matrix_t){output, n});
        for (size_t j = 0; j < n; j++) {
            const float in = activation_sigmoid(pre[j]);
            const float forget = activation_sigmoid(pre[n + j]);
            const float state = forget * before[j] + in * activation_tanh(pre[2 * n + j]);
            ck_assert(after[j] == state);
            ck_assert(output[j] == activation_sigmoid(pre[3 * n + j]) * activation_tanh(state));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("activations");
    TCase *tests = tcase_create("activation");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, exp_is_within_3_units_in_the_last_place);
    tcase_add_test(tests, tanh_and_sigmoid_are_within_4_units_in_the_last_place);
    tcase_add_test(tests, tanh_of_little_keeps_its_relative_precision);
    tcase_add_test(tests, extremes_saturate);
    tcase_add_test(tests, an_lstm_cell_has_the_same_bits_at_every_vector_width);
    return suite_run(suite);
}
