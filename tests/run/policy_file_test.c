/* A policy on its way into a file, back, and into another network's policy. */
#include "run/policy_file.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "K,C,Y,X,R,S,T\n"
#define SMALL  "8,4,9,9,3,3,1\n"
#define WIDE   "16,4,9,9,3,3,1\n"
#define DEEP   "8,8,9,9,3,3,1\n"

typedef struct {
    confx_workload_t workload;
    policy_t *policy;
    policy_file_t learned;
} pupil_t;

/* A policy with a row of its table for each distinct layer; parameter i is first + i. */
static void open_pupil(pupil_t *pupil, const char *csv, size_t pe_levels, real_t first)
{
    ck_assert_ok(confx_workload_parse(csv, "net.csv", &pupil->workload));
    const policy_shape_t shape = {.inputs = {3},
                                  .lstm = 2,
                                  .heads = 2,
                                  .levels = {pe_levels, 3},
                                  .tables = pupil->workload.distinct_n,
                                  .chained = true};
    ck_assert_ok(policy_open(&shape, &pupil->policy));
    for (size_t i = 0; i < policy_size(pupil->policy); i++)
        policy_parameters(pupil->policy)[i] = first + (real_t)i;
    ck_assert_ok(policy_file_open(pupil->policy, &pupil->workload, &pupil->learned));
    policy_file_take(pupil->policy, &pupil->learned);
}

static void close_pupil(pupil_t *pupil)
{
    policy_file_close(&pupil->learned);
    policy_close(pupil->policy);
    confx_workload_close(&pupil->workload);
}

static char path[64];

static void begin(void)
{
    (void)snprintf(path, sizeof path, "/tmp/confx-learned-XXXXXX");
    const int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    (void)close(file);
}

static void end(void)
{
    (void)remove(path);
}

static store_t *write_and_open(const policy_file_t *learned, bool parameters)
{
    datasets_t datasets;
    store_t *store;
    datasets_begin(&datasets);
    policy_file_show(learned, parameters, &datasets);
    ck_assert_ok(datasets_status(&datasets));
    ck_assert_ok(store_write(path, datasets.arrays, datasets.arrays_n, NULL, 0, NULL));
    datasets_end(&datasets);
    ck_assert_ok(store_open(path, &store));
    return store;
}

START_TEST(what_is_read_is_what_was_written)
{
    pupil_t pupil;
    policy_file_t read;
    open_pupil(&pupil, HEADER SMALL WIDE SMALL, 4, 100);
    store_t *store = write_and_open(&pupil.learned, true);
    bool is;
    ck_assert_ok(policy_file_is_in(store, &is));
    ck_assert(is);
    ck_assert_ok(policy_file_read(store, &read));
    ck_assert_uint_eq(read.size, policy_size(pupil.policy));
    ck_assert_uint_eq(read.kinds_n, 2);
    ck_assert_uint_eq(policy_file_common(&read, &pupil.learned), policy_tensors(pupil.policy));
    ck_assert_mem_eq(read.parameters, policy_parameters(pupil.policy), read.size * sizeof(real_t));
    ck_assert_mem_eq(read.layers, pupil.learned.layers, 2 * sizeof *read.layers);
    policy_file_close(&read);
    store_close(store);
    close_pupil(&pupil);
}
END_TEST

START_TEST(a_file_without_the_parameters_holds_no_policy)
{
    pupil_t pupil;
    open_pupil(&pupil, HEADER SMALL, 4, 0);
    store_t *store = write_and_open(&pupil.learned, false);
    bool is;
    ck_assert_ok(policy_file_is_in(store, &is));
    ck_assert(!is);
    store_close(store);
    close_pupil(&pupil);
}
END_TEST

START_TEST(nothing_learned_leaves_nothing)
{
    const policy_file_t none = {.size = 0};
    datasets_t datasets;
    datasets_begin(&datasets);
    policy_file_show(&none, true, &datasets);
    ck_assert_uint_eq(datasets.arrays_n, 0);
    datasets_end(&datasets);
}
END_TEST

/* Each change alone makes the file one that no run has written. */
START_TEST(tensors_that_do_not_make_up_the_parameters_are_damage)
{
    enum { OFFSET, ROWS };
    const struct {
        int column;
        int64_t change;
    } changes[] = {{OFFSET, 1}, {OFFSET, -1}, {ROWS, 1}, {ROWS, -1}, {ROWS, INT64_MAX / 2}};
    pupil_t pupil;
    policy_file_t read;
    open_pupil(&pupil, HEADER SMALL WIDE, 4, 0);
    for (size_t tensor = 0; tensor < pupil.learned.tensors_n; tensor++) {
        int64_t *number = &pupil.learned.places[tensor][changes[_i].column];
        const int64_t before = *number;
        *number += changes[_i].change;
        store_t *store = write_and_open(&pupil.learned, true);
        ck_assert_int_eq(policy_file_read(store, &read).code, CONFX_STATUS_DAMAGED);
        store_close(store);
        *number = before;
    }
    close_pupil(&pupil);
}
END_TEST

/* Of the four tensors behind one another the table alone has other rows. */
START_TEST(another_network_gets_all_tensors_and_the_rows_of_equal_layers)
{
    pupil_t teacher;
    pupil_t pupil;
    open_pupil(&teacher, HEADER SMALL WIDE, 4, 1000);
    open_pupil(&pupil, HEADER DEEP WIDE DEEP SMALL, 4, 0);
    ck_assert_uint_eq(policy_file_common(&teacher.learned, &pupil.learned),
                      policy_tensors(pupil.policy));
    policy_file_give(&teacher.learned, &pupil.learned, pupil.policy);
    for (size_t i = 0; i < policy_tensors(pupil.policy); i++) {
        const policy_tensor_t *to = policy_tensor(pupil.policy, i);
        const policy_tensor_t *from = policy_tensor(teacher.policy, i);
        const bool table = !strcmp(to->name, "table");
        const size_t origin[] = {SIZE_MAX, 1, 0}; /* of the table's rows: DEEP, WIDE, SMALL */
        for (size_t row = 0; row < to->rows; row++) {
            const size_t source = table ? origin[row] : row;
            for (size_t column = 0; column < to->columns; column++) {
                const size_t at = to->offset + row * to->columns + column;
                const size_t there = from->offset + source * from->columns + column;
                const real_t expected = source == SIZE_MAX ? (real_t)at : 1000 + (real_t)there;
                ck_assert_msg(policy_parameters(pupil.policy)[at] == expected, "%s, row %zu",
                              to->name, row);
            }
        }
    }
    close_pupil(&teacher);
    close_pupil(&pupil);
}
END_TEST

START_TEST(policies_of_other_levels_differ)
{
    pupil_t one;
    pupil_t other;
    open_pupil(&one, HEADER SMALL, 4, 0);
    open_pupil(&other, HEADER SMALL, 5, 0);
    const size_t common = policy_file_common(&one.learned, &other.learned);
    ck_assert_uint_lt(common, one.learned.tensors_n);
    ck_assert_str_eq(one.learned.names[common], "logits.weight");
    close_pupil(&one);
    close_pupil(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learned");
    TCase *tests = tcase_create("learned");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, what_is_read_is_what_was_written);
    tcase_add_test(tests, a_file_without_the_parameters_holds_no_policy);
    tcase_add_test(tests, nothing_learned_leaves_nothing);
    tcase_add_loop_test(tests, tensors_that_do_not_make_up_the_parameters_are_damage, 0, 5);
    tcase_add_test(tests, another_network_gets_all_tensors_and_the_rows_of_equal_layers);
    tcase_add_test(tests, policies_of_other_levels_differ);
    return suite_run(suite);
}
