/* Probabilities as the caller sees them: masks, priors, extremes. In single precision, as the
   program runs. */
#include "block.h"
#include "confx/policy.h"
#include "suite.h"

#include <math.h>

enum { LEVELS = 5 };

static const policy_shape_t one_head = {.inputs = {2}, .lstm = 3, .heads = 1, .levels = {LEVELS}};

typedef struct {
    policy_t *policy;
    pass_t *pass;
} net_t;

/* A policy of zeros: its logits are the prior. */
static net_t net_open(size_t batch)
{
    net_t net;
    ck_assert_ok(policy_open(&one_head, &net.policy));
    ck_assert_ok(pass_open(net.policy, batch, 2, &net.pass));
    pass_begin(net.pass, batch);
    return net;
}

static void net_close(net_t *net)
{
    pass_close(net->pass);
    policy_close(net->policy);
}

static const real_t *probabilities(net_t *net, const uint8_t *allowed, const real_t *prior)
{
    const real_t inputs[2 * 2] = {0};
    pass_observe(net->pass, inputs, NULL);
    return pass_head(net->pass, 0, allowed, prior);
}

START_TEST(a_forbidden_level_has_probability_exactly_zero)
{
    net_t net = net_open(2);
    const uint8_t allowed[2 * LEVELS] = {1, 0, 1, 1, 0, 0, 0, 0, 1, 0};
    const real_t prior[2 * LEVELS] = {1, 50, 2, 3, -50, 7, 7, 7, 7, 7};
    const real_t *p = probabilities(&net, allowed, prior);
    const double sum = exp(1) + exp(2) + exp(3);
    for (size_t i = 0; i < 2 * LEVELS; i++)
        if (!allowed[i]) ck_assert(p[i] == 0);
    ck_assert_double_eq_tol((double)p[0], exp(1) / sum, 1e-7);
    ck_assert_double_eq_tol((double)p[3], exp(3) / sum, 1e-7);
    ck_assert(p[LEVELS + 3] == 1);
    net_close(&net);
}
END_TEST

START_TEST(a_forbidden_level_gets_no_gradient)
{
    net_t net = net_open(1);
    const uint8_t allowed[LEVELS] = {1, 0, 1, 1, 0};
    const real_t advantage = 3;
    const uint16_t choice = 2;
    real_t *gradient = calloc(policy_size(net.policy), sizeof(real_t));
    const policy_tensor_t *bias = NULL;
    for (size_t i = 0; i < policy_tensors(net.policy); i++)
        if (strcmp(policy_tensor(net.policy, i)->name, "logits.bias") == 0)
            bias = policy_tensor(net.policy, i);
    (void)probabilities(&net, allowed, NULL);
    pass_choose(net.pass, 0, &choice);
    pass_backward(net.pass, &advantage, (real_t)0.1, NULL, gradient);
    ck_assert_ptr_nonnull(bias);
    const real_t *d = gradient + bias->offset;
    ck_assert(d[1] == 0 && d[4] == 0);
    ck_assert_double_eq_tol((double)d[0], 1, 1e-6);
    ck_assert_double_eq_tol((double)d[2], -2, 1e-6);
    free(gradient);
    net_close(&net);
}
END_TEST

START_TEST(probabilities_sum_to_one)
{
    policy_t *policy;
    pass_t *pass;
    block_t block = block_open(&small_default, 7, 9, 4);
    ck_assert_ok(policy_open(&small_default, &policy));
    ck_assert_ok(pass_open(policy, 7, 9, &pass));
    fill_parameters(policy, 2, 6);
    for (size_t step = 0; step < 9; step++) {
        pass_observe(pass, block.input + step * 7 * block.inputs, block.row + step * 7);
        for (size_t head = 0; head < 3; head++) {
            const size_t levels = small_default.levels[head];
            const real_t *p = pass_head(pass, head, block.allowed[head] + step * 7 * levels, NULL);
            for (size_t b = 0; b < 7; b++) {
                double sum = 0;
                for (size_t level = 0; level < levels; level++)
                    sum += (double)p[b * levels + level];
                ck_assert_double_eq_tol(sum, 1, 3e-7);
            }
            pass_choose(pass, head, block.choice[head] + step * 7);
        }
    }
    block_close(&block);
    pass_close(pass);
    policy_close(policy);
}
END_TEST

START_TEST(huge_logits_do_not_overflow)
{
    net_t net = net_open(2);
    const uint8_t allowed[2 * LEVELS] = {1, 1, 1, 0, 1, 1, 1, 1, 1, 0};
    const real_t prior[2 * LEVELS] = {3e38F,  3e38F,     -3e38F, 3e38F,  0,
                                      -3e38F, -INFINITY, -1e30F, -1e29F, 1};
    const real_t advantage[2] = {1, -1};
    const uint16_t choices[2] = {2, 0};
    real_t *gradient = calloc(policy_size(net.policy), sizeof(real_t));
    const real_t *p = probabilities(&net, allowed, prior);
    ck_assert(p[0] == 0.5F && p[1] == 0.5F && p[3] == 0);
    ck_assert(p[LEVELS + 3] == 1);
    ck_assert(p[2] < 1e-30F && p[LEVELS + 1] < 1e-30F);
    pass_choose(net.pass, 0, choices);
    pass_backward(net.pass, advantage, 1, NULL, gradient);
    for (size_t i = 0; i < policy_size(net.policy); i++) ck_assert(isfinite((double)gradient[i]));
    ck_assert(isfinite(pass_entropy(net.pass)));
    free(gradient);
    net_close(&net);
}
END_TEST

START_TEST(entropy_is_that_of_the_allowed_levels)
{
    net_t net = net_open(2);
    const uint8_t allowed[2 * LEVELS] = {1, 1, 0, 1, 1, 0, 0, 1, 0, 0};
    const uint16_t choices[2] = {0, 2};
    (void)probabilities(&net, allowed, NULL);
    pass_choose(net.pass, 0, choices);
    ck_assert_double_eq_tol(pass_entropy(net.pass), log(4) / 2, 1e-7);
    net_close(&net);
}
END_TEST

START_TEST(a_head_may_be_asked_again_with_another_mask)
{
    net_t net = net_open(1);
    const uint8_t all[LEVELS] = {1, 1, 1, 1, 1};
    const uint8_t two[LEVELS] = {0, 1, 0, 0, 1};
    const real_t *p = probabilities(&net, all, NULL);
    ck_assert(p[0] == 0.2F);
    p = pass_head(net.pass, 0, two, NULL);
    ck_assert(p[0] == 0 && p[1] == 0.5F && p[4] == 0.5F);
    net_close(&net);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("softmax");
    TCase *tests = tcase_create("softmax");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_forbidden_level_has_probability_exactly_zero);
    tcase_add_test(tests, a_forbidden_level_gets_no_gradient);
    tcase_add_test(tests, probabilities_sum_to_one);
    tcase_add_test(tests, huge_logits_do_not_overflow);
    tcase_add_test(tests, entropy_is_that_of_the_allowed_levels);
    tcase_add_test(tests, a_head_may_be_asked_again_with_another_mask);
    return suite_run(suite);
}
