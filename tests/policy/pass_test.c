/* A pass as the program uses it, in single precision: the same bits again, blocks reused, speed
   named. */
#include "block.h"
#include "confx/policy.h"
#include "suite.h"

#include <math.h>

enum { BATCH = 6, STEPS = 8 };

enum { SHAPES = 5 };
static const policy_shape_t *const shapes[SHAPES] = {&paper, &small_paper, &small_default,
                                                     &small_trunk, &small_encoders};

static policy_t *filled(const policy_shape_t *shape)
{
    policy_t *policy;
    ck_assert_ok(policy_open(shape, &policy));
    fill_parameters(policy, 1 / sqrt((double)shape->lstm), 3);
    return policy;
}

static real_t *gradient_of(const block_t *block, pass_t *pass, const policy_t *policy)
{
    real_t *gradient = calloc(policy_size(policy), sizeof(real_t));
    block_gradient(block, pass, gradient);
    return gradient;
}

/* In a pass of its own, and in a larger one where a block of other width has left its numbers. */
static void expect_same_bits(const policy_shape_t *shape, size_t batch)
{
    policy_t *policy = filled(shape);
    block_t block = block_open(shape, batch, STEPS, 1);
    block_t other = block_open(shape, batch > 1 ? 1 : 3, STEPS - 1, 2);
    pass_t *fresh;
    pass_t *used;
    ck_assert_ok(pass_open(policy, batch, STEPS, &fresh));
    ck_assert_ok(pass_open(policy, batch + 3, STEPS + 5, &used));
    real_t *once = gradient_of(&block, fresh, policy);
    free(gradient_of(&other, used, policy));
    real_t *again = gradient_of(&block, used, policy);
    ck_assert_mem_eq(once, again, policy_size(policy) * sizeof(real_t));
    ck_assert_double_eq(pass_entropy(fresh), pass_entropy(used));
    free(once);
    free(again);
    pass_close(fresh);
    pass_close(used);
    block_close(&block);
    block_close(&other);
    policy_close(policy);
}

START_TEST(the_same_block_gives_the_same_bits_in_any_pass)
{
    for (size_t i = 0; i < SHAPES; i++) {
        expect_same_bits(shapes[i], 1);
        expect_same_bits(shapes[i], BATCH);
    }
}
END_TEST

/* Single precision's gradient along itself against the loss's rise, to what single precision can
   tell. */
START_TEST(the_loss_rises_along_the_gradient_as_it_says)
{
    const double step = 1e-3;
    for (size_t i = 0; i < SHAPES; i++) {
        policy_t *policy = filled(shapes[i]);
        block_t block = block_open(shapes[i], BATCH, STEPS, 1);
        pass_t *pass;
        ck_assert_ok(pass_open(policy, BATCH, STEPS, &pass));
        real_t *gradient = gradient_of(&block, pass, policy);
        real_t *parameters = policy_parameters(policy);
        const size_t n = policy_size(policy);
        double norm = 0;
        for (size_t p = 0; p < n; p++) norm += (double)gradient[p] * (double)gradient[p];
        norm = sqrt(norm);
        for (size_t p = 0; p < n; p++) parameters[p] += (real_t)(step / norm * (double)gradient[p]);
        const double above = block_loss(&block, pass);
        for (size_t p = 0; p < n; p++)
            parameters[p] -= (real_t)(2 * step / norm * (double)gradient[p]);
        const double rise = (above - block_loss(&block, pass)) / (2 * step);
        ck_assert_msg(fabs(rise / norm - 1) < 2e-3, "shape %zu: rises by %g, the gradient says %g",
                      i, rise, norm);
        free(gradient);
        pass_close(pass);
        block_close(&block);
        policy_close(policy);
    }
}
END_TEST

START_TEST(the_last_head_ends_the_step_and_a_new_block_forgets)
{
    policy_t *policy = filled(&small_paper);
    block_t block = block_open(&small_paper, BATCH, STEPS, 1);
    pass_t *pass;
    real_t first[BATCH * 4];
    ck_assert_ok(pass_open(policy, BATCH, STEPS, &pass));
    ck_assert_double_eq(pass_entropy(pass), 0);
    for (int time = 0; time < 2; time++) {
        pass_begin(pass, BATCH);
        pass_observe(pass, block.input, NULL);
        const real_t *p = pass_head(pass, 0, block.allowed[0], NULL);
        if (time) ck_assert_mem_eq(first, p, sizeof first);
        memcpy(first, p, sizeof first);
        block_walk(&block, pass);
        ck_assert_double_gt(pass_entropy(pass), 0);
    }
    pass_close(pass);
    block_close(&block);
    policy_close(policy);
}
END_TEST

START_TEST(an_untaken_pass_leaves_the_gradient_alone)
{
    policy_t *policy = filled(&small_paper);
    pass_t *pass;
    const real_t advantage = 1;
    real_t *gradient = calloc(policy_size(policy), sizeof(real_t));
    ck_assert_ok(pass_open(policy, 1, 1, &pass));
    pass_backward(pass, &advantage, 1, NULL, gradient);
    for (size_t i = 0; i < policy_size(policy); i++) ck_assert(gradient[i] == 0);
    free(gradient);
    pass_close(pass);
    policy_close(policy);
}
END_TEST

START_TEST(the_matrix_library_names_itself_and_is_measured)
{
    ck_assert_uint_gt(strlen(policy_kernels()), 0);
    ck_assert_double_gt(policy_matrix_rate(8, 256, 512, 0.005), 1e8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pass");
    TCase *tests = tcase_create("pass");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_same_block_gives_the_same_bits_in_any_pass);
    tcase_add_test(tests, the_loss_rises_along_the_gradient_as_it_says);
    tcase_add_test(tests, the_last_head_ends_the_step_and_a_new_block_forgets);
    tcase_add_test(tests, an_untaken_pass_leaves_the_gradient_alone);
    tcase_add_test(tests, the_matrix_library_names_itself_and_is_measured);
    return suite_run(suite);
}
