/* Norms and their limits. */
#include "block.h"
#include "confx/adam.h"
#include "suite.h"

#include <math.h>

typedef struct {
    policy_t *policy;
    real_t *gradient, *given;
    size_t n;
} case_t;

static case_t case_open(void)
{
    case_t given;
    ck_assert_ok(policy_open(&small_paper, &given.policy));
    given.n = policy_size(given.policy);
    fill_parameters(given.policy, 1, 9);
    given.given = policy_parameters(given.policy);
    given.gradient = malloc(given.n * sizeof(real_t));
    memcpy(given.gradient, given.given, given.n * sizeof(real_t));
    return given;
}

static void case_close(case_t *given)
{
    free(given->gradient);
    policy_close(given->policy);
}

/* Of the tensors that are recurrent, of those that are not, or (either) of all. */
static double norm(const case_t *given, const real_t *x, bool recurrent, bool either)
{
    double sum = 0;
    for (size_t t = 0; t < policy_tensors(given->policy); t++) {
        const policy_tensor_t *tensor = policy_tensor(given->policy, t);
        for (size_t i = 0;
             (either || tensor->recurrent == recurrent) && i < tensor->rows * tensor->columns; i++)
            sum += (double)x[tensor->offset + i] * (double)x[tensor->offset + i];
    }
    return sqrt(sum);
}

START_TEST(recurrent_and_other_tensors_are_limited_apart)
{
    case_t given = case_open();
    const double all = policy_clip(given.policy, 3, 5, given.gradient);
    ck_assert_double_eq_tol(all, norm(&given, given.given, false, true), 1e-9);
    ck_assert_double_eq_tol(norm(&given, given.gradient, true, false), 3, 1e-6);
    ck_assert_double_eq_tol(norm(&given, given.gradient, false, false), 5, 1e-6);
    case_close(&given);
}
END_TEST

START_TEST(without_a_recurrent_limit_all_are_limited_together)
{
    case_t given = case_open();
    const double all = policy_clip(given.policy, 0, 2, given.gradient);
    ck_assert_double_eq_tol(norm(&given, given.gradient, false, true), 2, 1e-6);
    for (size_t i = 0; i < given.n; i++)
        ck_assert_double_eq_tol((double)given.gradient[i], (double)given.given[i] * 2 / all, 1e-6);
    case_close(&given);
}
END_TEST

START_TEST(a_gradient_within_its_limits_keeps_its_bits)
{
    case_t given = case_open();
    (void)policy_clip(given.policy, 1000, 1000, given.gradient);
    ck_assert_mem_eq(given.gradient, given.given, given.n * sizeof(real_t));
    case_close(&given);
}
END_TEST

START_TEST(a_gradient_of_zeros_stays)
{
    case_t given = case_open();
    memset(given.gradient, 0, given.n * sizeof(real_t));
    ck_assert_double_eq(policy_clip(given.policy, 1, 1, given.gradient), 0);
    for (size_t i = 0; i < given.n; i++) ck_assert(given.gradient[i] == 0);
    case_close(&given);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clipping");
    TCase *tests = tcase_create("clip");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, recurrent_and_other_tensors_are_limited_apart);
    tcase_add_test(tests, without_a_recurrent_limit_all_are_limited_together);
    tcase_add_test(tests, a_gradient_within_its_limits_keeps_its_bits);
    tcase_add_test(tests, a_gradient_of_zeros_stays);
    return suite_run(suite);
}
