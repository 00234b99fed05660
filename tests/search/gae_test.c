/* Advantages against their definition, and the clipped surrogate in each of its cases. */
#include "confx/rng.h"
#include "search/agents/gae.h"
#include "search/agents/ppo.h"
#include "suite.h"

#include <math.h>

enum { STEPS = 9 };

static double direct(size_t at, double discount, double lambda, const double *rewards,
                     const double *values)
{
    double sum = 0;
    for (size_t t = at; t < STEPS; t++) {
        const double next = t + 1 < STEPS ? values[t + 1] : 0;
        sum +=
            pow(discount * lambda, (double)(t - at)) * (rewards[t] + discount * next - values[t]);
    }
    return sum;
}

START_TEST(an_advantage_is_the_sum_of_its_definition)
{
    static const double lambdas[] = {0, 0.5, 0.95, 1};
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    double rewards[STEPS];
    double values[STEPS];
    double advantages[STEPS];
    for (int i = 0; i < STEPS; i++) rewards[i] = rng_normal(&rng);
    for (int i = 0; i < STEPS; i++) values[i] = rng_normal(&rng);
    for (int i = 0; i < 4; i++) {
        advantage_estimate(STEPS, 0.9, lambdas[i], rewards, values, advantages);
        for (size_t t = 0; t < STEPS; t++)
            ck_assert_double_eq_tol(advantages[t], direct(t, 0.9, lambdas[i], rewards, values),
                                    1e-12);
    }
}
END_TEST

/* With lambda = 1 it is the discounted return less the value. */
START_TEST(with_lambda_1_an_advantage_is_a_return_less_the_value)
{
    const double rewards[3] = {1, 2, 4};
    const double values[3] = {10, 20, 30};
    double advantages[3];
    advantage_estimate(3, 0.5, 1, rewards, values, advantages);
    ck_assert_double_eq_tol(advantages[0], 1 + 1 + 1 - 10, 1e-12);
    ck_assert_double_eq_tol(advantages[2], 4 - 30, 1e-12);
}
END_TEST

START_TEST(standardised_advantages_have_mean_0_and_deviation_1)
{
    double advantages[4] = {1, 2, 3, 6};
    advantage_standardise(4, advantages);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 4; i++) {
        sum += advantages[i];
        squares += advantages[i] * advantages[i];
    }
    ck_assert_double_eq_tol(sum, 0, 1e-9);
    ck_assert_double_eq_tol(squares / 4, 1, 1e-6);
    double equal[2] = {7, 7};
    advantage_standardise(2, equal);
    ck_assert_double_eq(equal[0], 0);
}
END_TEST

static double surrogate(double advantage, double log_ratio)
{
    const double ratio = exp(log_ratio);
    return fmin(ratio * advantage, fmax(0.8, fmin(1.2, ratio)) * advantage);
}

/* The weight is the surrogate's derivative by log pi. */
START_TEST(a_clipped_decision_weighs_nothing)
{
    static const double log_ratios[] = {-1, -0.3, -0.1, 0, 0.1, 0.3, 1};
    for (int i = 0; i < 7; i++)
        for (double advantage = -2; advantage <= 2; advantage += 4) {
            const double at = log_ratios[i];
            const double slope =
                (surrogate(advantage, at + 1e-6) - surrogate(advantage, at - 1e-6)) / 2e-6;
            ck_assert_double_eq_tol(ppo_weight(advantage, at), slope, 1e-6);
        }
    ck_assert_double_eq(ppo_weight(2, 0.3), 0);
    ck_assert_double_eq(ppo_weight(-2, -0.3), 0);
    ck_assert_double_lt(ppo_weight(-2, 0.3), -2);
    ck_assert_double_gt(ppo_weight(2, -0.3), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("advantage");
    TCase *tests = tcase_create("advantage");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, an_advantage_is_the_sum_of_its_definition);
    tcase_add_test(tests, with_lambda_1_an_advantage_is_a_return_less_the_value);
    tcase_add_test(tests, standardised_advantages_have_mean_0_and_deviation_1);
    tcase_add_test(tests, a_clipped_decision_weighs_nothing);
    return suite_run(suite);
}
