/* Shapes, tensors and first values. */
#include "block.h"
#include "confx/mlp.h"
#include "confx/policy.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static const policy_tensor_t *tensor_named(const policy_t *policy, const char *name)
{
    for (size_t i = 0; i < policy_tensors(policy); i++)
        if (strcmp(policy_tensor(policy, i)->name, name) == 0) return policy_tensor(policy, i);
    return NULL;
}

static void expect_tensor(const policy_t *policy, const char *name, size_t rows, size_t columns,
                          bool recurrent)
{
    const policy_tensor_t *tensor = tensor_named(policy, name);
    ck_assert_msg(tensor, "no tensor %s", name);
    ck_assert_msg(tensor->rows == rows && tensor->columns == columns, "%s is %zu x %zu", name,
                  tensor->rows, tensor->columns);
    ck_assert_msg(tensor->recurrent == recurrent, "%s: recurrent %d", name, tensor->recurrent);
}

START_TEST(the_papers_network_has_172124_parameters)
{
    policy_t *policy;
    const size_t encoders = (8 + 1) * 10 + (1 + 1) * 10 + (2 + 1) * 10;
    const size_t trunk = (30 + 1) * 128 + 2 * (128 + 1) * 128;
    const size_t lstm = (128 + 128 + 1) * 4 * 128;
    const size_t heads = 2 * ((128 + 1) * 12 + (12 + 1) * 12);
    ck_assert_ok(policy_open(&paper, &policy));
    ck_assert_uint_eq(policy_size(policy), encoders + trunk + lstm + heads);
    ck_assert_uint_eq(policy_size(policy), 172124);
    ck_assert_double_eq(policy_step_macs(policy),
                        110 + 30 * 128 + 2 * 128 * 128 + 256 * 512 + 2 * (128 * 12 + 144));
    policy_close(policy);
}
END_TEST

START_TEST(tensors_have_their_documented_names_and_shapes)
{
    policy_t *policy;
    ck_assert_ok(policy_open(&paper, &policy));
    expect_tensor(policy, "encoder0.weight", 8, 10, false);
    expect_tensor(policy, "encoder2.bias", 1, 10, false);
    expect_tensor(policy, "trunk0.weight", 30, 128, false);
    expect_tensor(policy, "trunk2.bias", 1, 128, false);
    expect_tensor(policy, "lstm.input", 128, 512, true);
    expect_tensor(policy, "lstm.recurrent", 128, 512, true);
    expect_tensor(policy, "lstm.bias", 1, 512, true);
    expect_tensor(policy, "hidden.weight", 128, 24, false);
    expect_tensor(policy, "logits1.weight", 12, 12, false);
    ck_assert_ptr_null(tensor_named(policy, "table"));
    policy_close(policy);
    ck_assert_ok(policy_open(&small_default, &policy));
    expect_tensor(policy, "lstm.input", 11, 24, true);
    expect_tensor(policy, "logits.weight", 6, 9, false);
    expect_tensor(policy, "table", 4, 9, false);
    expect_tensor(policy, "chain0", 4, 5, false);
    expect_tensor(policy, "chain1", 3, 2, false);
    policy_close(policy);
}
END_TEST

START_TEST(tensors_fill_the_parameters_without_gap_or_overlap)
{
    const policy_shape_t shapes[] = {paper, small_paper, small_default, small_trunk,
                                     small_encoders};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        policy_t *policy;
        size_t offset = 0;
        ck_assert_ok(policy_open(&shapes[i], &policy));
        for (size_t t = 0; t < policy_tensors(policy); t++) {
            const policy_tensor_t *tensor = policy_tensor(policy, t);
            ck_assert_uint_eq(tensor->offset, offset);
            offset += tensor->rows * tensor->columns;
        }
        ck_assert_uint_eq(offset, policy_size(policy));
        policy_close(policy);
    }
}
END_TEST

/* The smallest and the largest value of a tensor. */
static void extremes(policy_t *policy, const char *name, double *least, double *most)
{
    const policy_tensor_t *tensor = tensor_named(policy, name);
    *least = 0;
    *most = 0;
    for (size_t i = 0; i < tensor->rows * tensor->columns; i++) {
        const double value = (double)policy_parameters(policy)[tensor->offset + i];
        *least = fmin(*least, value);
        *most = fmax(*most, value);
    }
}

/* Within the bound, and near it on both sides in a tensor of many numbers. */
static void expect_bound(policy_t *policy, const char *name, double bound)
{
    double least;
    double most;
    extremes(policy, name, &least, &most);
    ck_assert_msg(most <= bound && most >= 0.9 * bound, "%s reaches %g, its bound is %g", name,
                  most, bound);
    ck_assert_msg(least >= -bound && least <= -0.9 * bound, "%s reaches %g, its bound is %g", name,
                  least, -bound);
}

START_TEST(first_values_are_uniform_within_their_fan_in)
{
    policy_t *policy;
    policy_shape_t shape = paper;
    shape.tables = 5;
    shape.chained = true;
    ck_assert_ok(policy_open(&shape, &policy));
    policy_initialise(policy, 7);
    expect_bound(policy, "encoder0.weight", 1 / sqrt(8));
    expect_bound(policy, "trunk0.weight", 1 / sqrt(30));
    expect_bound(policy, "trunk1.bias", 1 / sqrt(128));
    expect_bound(policy, "lstm.input", 1 / sqrt(128));
    expect_bound(policy, "lstm.bias", 1 / sqrt(128));
    expect_bound(policy, "logits0.weight", 1 / sqrt(12));
    expect_bound(policy, "table", 0);
    expect_bound(policy, "chain0", 0);
    policy_close(policy);
}
END_TEST

START_TEST(a_seed_gives_its_first_values_and_no_other)
{
    policy_t *one;
    policy_t *other;
    ck_assert_ok(policy_open(&paper, &one));
    ck_assert_ok(policy_open(&paper, &other));
    const size_t bytes = policy_size(one) * sizeof(real_t);
    policy_initialise(one, 7);
    fill_parameters(other, 1, 2);
    policy_initialise(other, 7);
    ck_assert_mem_eq(policy_parameters(one), policy_parameters(other), bytes);
    policy_initialise(other, 8);
    ck_assert_mem_ne(policy_parameters(one), policy_parameters(other), bytes);
    policy_close(one);
    policy_close(other);
}
END_TEST

static void expect_refused(policy_shape_t shape, const char *message)
{
    policy_t *policy;
    ck_assert_fails(policy_open(&shape, &policy), CONFX_STATUS_INPUT, message);
}

START_TEST(a_shape_that_cannot_be_is_refused_with_its_reason)
{
    policy_shape_t shape = paper;
    shape.trunk_layers = 9;
    expect_refused(shape, "trunk_layers is 9, expected 0 to 8");
    shape = paper;
    shape.trunk = 0;
    expect_refused(shape, "trunk is 0, expected 1 to 65535");
    shape = paper;
    shape.lstm = 0;
    expect_refused(shape, "lstm is 0");
    shape = paper;
    shape.heads = 9;
    expect_refused(shape, "heads is 9, expected 1 to 8");
    shape = paper;
    shape.levels[1] = 0;
    expect_refused(shape, "levels is 0");
    shape = paper;
    shape.tables = 70000;
    expect_refused(shape, "tables is 70000");
    shape = paper;
    memset(shape.inputs, 0, sizeof shape.inputs);
    expect_refused(shape, "inputs is 0");
}
END_TEST

START_TEST(a_pass_of_no_or_too_many_rows_is_refused)
{
    policy_t *policy;
    pass_t *pass;
    ck_assert_ok(policy_open(&small_paper, &policy));
    ck_assert_fails(pass_open(policy, 0, 5, &pass), CONFX_STATUS_INPUT, "0 episodes by 5 steps");
    ck_assert_fails(pass_open(policy, SIZE_MAX / 2, 4, &pass), CONFX_STATUS_INPUT, "expected 1 to");
    policy_close(policy);
    policy_close(NULL);
    pass_close(NULL);
}
END_TEST

/* Bytes of address space that this process has. */
static rlim_t address_space(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu", &pages), 1);
    (void)fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* The matrix library would try for ever to map its workspace. */
START_TEST(without_room_for_the_matrix_library_nothing_opens)
{
    policy_t *policy = NULL;
    mlp_t *mlp = NULL;
    const mlp_shape_t shape = {.inputs = 3, .outputs = 2, .hidden = 1, .width = {4}};
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = address_space() + (64 << 20);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_fails(policy_open(&paper, &policy), CONFX_STATUS_MEMORY, "matrix library");
    ck_assert_fails(mlp_open(&shape, 2, &mlp), CONFX_STATUS_MEMORY, "matrix library");
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_ok(policy_open(&paper, &policy));
    policy_close(policy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy shapes");
    TCase *tests = tcase_create("shape");
    suite_add_tcase(suite, tests);
    /* First, where tests share a process: a workspace that is mapped stays so. */
    tcase_add_test(tests, without_room_for_the_matrix_library_nothing_opens);
    tcase_add_test(tests, the_papers_network_has_172124_parameters);
    tcase_add_test(tests, tensors_have_their_documented_names_and_shapes);
    tcase_add_test(tests, tensors_fill_the_parameters_without_gap_or_overlap);
    tcase_add_test(tests, first_values_are_uniform_within_their_fan_in);
    tcase_add_test(tests, a_seed_gives_its_first_values_and_no_other);
    tcase_add_test(tests, a_shape_that_cannot_be_is_refused_with_its_reason);
    tcase_add_test(tests, a_pass_of_no_or_too_many_rows_is_refused);
    return suite_run(suite);
}
