/* The gradient of every parameter against central differences of the loss, in double precision. */
#include "block.h"
#include "confx/policy.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 5 };

static const double STEP = 1e-5;
static const double TOLERANCE = 1e-8; /* relative to the larger of 1 and the gradient */

typedef struct {
    policy_t *policy;
    pass_t *pass;
    block_t block;
    real_t *gradient;
} bench_t;

static bench_t bench_open(const policy_shape_t *shape, size_t batch)
{
    bench_t bench = {.block = block_open(shape, batch, STEPS, 11)};
    ck_assert_ok(policy_open(shape, &bench.policy));
    ck_assert_ok(pass_open(bench.policy, batch + 1, STEPS + 1, &bench.pass));
    fill_parameters(bench.policy, 0.5, 5);
    bench.gradient = calloc(policy_size(bench.policy), sizeof(real_t));
    block_gradient(&bench.block, bench.pass, bench.gradient);
    return bench;
}

static void bench_close(bench_t *bench)
{
    block_close(&bench->block);
    pass_close(bench->pass);
    policy_close(bench->policy);
    free(bench->gradient);
}

static double difference(const bench_t *bench, size_t index)
{
    real_t *parameter = policy_parameters(bench->policy) + index;
    const real_t kept = *parameter;
    *parameter = kept + STEP;
    const double above = block_loss(&bench->block, bench->pass);
    *parameter = kept - STEP;
    const double below = block_loss(&bench->block, bench->pass);
    *parameter = kept;
    return (above - below) / (2 * STEP);
}

/* The largest error of a tensor's gradient, relative to the larger of 1 and the gradient. */
static double worst_error(const bench_t *bench, const policy_tensor_t *tensor)
{
    double worst = 0;
    for (size_t i = tensor->offset; i < tensor->offset + tensor->rows * tensor->columns; i++) {
        const double expected = difference(bench, i);
        worst = fmax(worst, fabs(bench->gradient[i] - expected) / fmax(1, fabs(expected)));
    }
    return worst;
}

static double largest(const bench_t *bench, const policy_tensor_t *tensor)
{
    double most = 0;
    for (size_t i = 0; i < tensor->rows * tensor->columns; i++)
        most = fmax(most, fabs(bench->gradient[tensor->offset + i]));
    return most;
}

static void check_block(const policy_shape_t *shape, size_t batch)
{
    bench_t bench = bench_open(shape, batch);
    for (size_t i = 0; i < policy_tensors(bench.policy); i++) {
        const policy_tensor_t *tensor = policy_tensor(bench.policy, i);
        const double error = worst_error(&bench, tensor);
        ck_assert_msg(error < TOLERANCE, "gradient of %s is off by %g", tensor->name, error);
        ck_assert_msg(largest(&bench, tensor) > 1e-3, "the test does not reach %s", tensor->name);
    }
    bench_close(&bench);
}

/* One episode takes another way through the matrix library than several. */
static void check_shape(const policy_shape_t *shape)
{
    check_block(shape, 1);
    check_block(shape, 3);
}

START_TEST(the_gradient_of_the_papers_network_is_that_of_its_loss)
{
    check_shape(&small_paper);
}
END_TEST

START_TEST(the_gradient_with_tables_and_chained_heads_is_that_of_its_loss)
{
    check_shape(&small_default);
}
END_TEST

START_TEST(the_gradient_with_a_trunk_but_no_encoders_is_that_of_its_loss)
{
    check_shape(&small_trunk);
}
END_TEST

START_TEST(the_gradient_with_encoders_but_no_trunk_is_that_of_its_loss)
{
    check_shape(&small_encoders);
}
END_TEST

START_TEST(a_gradient_wrong_in_one_number_is_noticed)
{
    bench_t bench = bench_open(&small_default, 3);
    for (size_t i = 0; i < policy_tensors(bench.policy); i++) {
        const policy_tensor_t *tensor = policy_tensor(bench.policy, i);
        bench.gradient[tensor->offset + tensor->columns - 1] += 1e-7;
        ck_assert_msg(worst_error(&bench, tensor) > TOLERANCE, "an error in %s goes unnoticed",
                      tensor->name);
    }
    bench_close(&bench);
}
END_TEST

START_TEST(the_gradient_is_added_to_what_is_there)
{
    bench_t bench = bench_open(&small_paper, 3);
    const size_t n = policy_size(bench.policy);
    real_t *twice = calloc(n, sizeof(real_t));
    block_gradient(&bench.block, bench.pass, twice);
    pass_backward(bench.pass, bench.block.advantage, bench.block.entropy_weight, bench.block.length,
                  twice);
    for (size_t i = 0; i < n; i++) ck_assert_double_eq_tol(twice[i], 2 * bench.gradient[i], 1e-12);
    free(twice);
    bench_close(&bench);
}
END_TEST

/* What comes after an episode's end is walked with the block but counts for nothing. */
START_TEST(steps_behind_an_episodes_end_leave_no_gradient)
{
    bench_t bench = bench_open(&small_default, 3);
    const size_t n = policy_size(bench.policy);
    block_t *block = &bench.block;
    real_t *again = calloc(n, sizeof(real_t));
    const double loss = block_loss(block, bench.pass);
    for (size_t b = 0; b < block->batch; b++)
        for (size_t step = block->length[b]; step < STEPS; step++) {
            block->row[step * block->batch + b] = 0;
            for (size_t i = 0; i < block->inputs; i++)
                block->input[(step * block->batch + b) * block->inputs + i] = 9;
            for (size_t head = 0; head < block->shape.heads; head++)
                block->advantage[(step * block->shape.heads + head) * block->batch + b] = 1000;
        }
    ck_assert_uint_lt(block->length[1], STEPS);
    ck_assert_double_eq(block_loss(block, bench.pass), loss);
    block_gradient(block, bench.pass, again);
    for (size_t i = 0; i < n; i++) ck_assert_double_eq_tol(again[i], bench.gradient[i], 1e-12);
    free(again);
    bench_close(&bench);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient in double precision");
    TCase *tests = tcase_create("gradient");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_gradient_of_the_papers_network_is_that_of_its_loss);
    tcase_add_test(tests, the_gradient_with_tables_and_chained_heads_is_that_of_its_loss);
    tcase_add_test(tests, the_gradient_with_a_trunk_but_no_encoders_is_that_of_its_loss);
    tcase_add_test(tests, the_gradient_with_encoders_but_no_trunk_is_that_of_its_loss);
    tcase_add_test(tests, a_gradient_wrong_in_one_number_is_noticed);
    tcase_add_test(tests, the_gradient_is_added_to_what_is_there);
    tcase_add_test(tests, steps_behind_an_episodes_end_leave_no_gradient);
    return suite_run(suite);
}
