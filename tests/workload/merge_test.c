/* Several networks as one workload. */
#include "confx/workload.h"
#include "failing_memory.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define HEADER "name,K,C,Y,X,R,S,T\n"
/* b1 is like a2, and b2 like a1 and a3. */
static const char first_csv[] = HEADER "a1,8,4,8,8,3,3,1\na2,16,8,8,8,1,1,1\na3,8,4,8,8,3,3,1\n";
static const char second_csv[] = HEADER "b1,16,8,8,8,1,1,1\nb2,8,4,8,8,3,3,1\nb3,2,2,4,4,1,1,1\n";

static void open_pair(confx_workload_t pair[2])
{
    ck_assert_ok(confx_workload_parse(first_csv, "nets/first.csv", &pair[0]));
    ck_assert_ok(confx_workload_parse(second_csv, "second.csv", &pair[1]));
}

static void close_pair(confx_workload_t pair[2])
{
    confx_workload_close(&pair[0]);
    confx_workload_close(&pair[1]);
}

static void check_kinds(double first, double second, bool apart, size_t kinds, const uint16_t of[6])
{
    confx_workload_t pair[2];
    confx_workload_t joined;
    open_pair(pair);
    const confx_workload_part_t parts[] = {{&pair[0], first}, {&pair[1], second}};
    ck_assert_ok(confx_workload_join(parts, 2, apart, &joined));
    close_pair(pair); /* copied */
    ck_assert_str_eq(joined.name, "first+second");
    ck_assert_uint_eq(joined.layers_n, 6);
    ck_assert_uint_eq(joined.networks_n, 2);
    ck_assert_str_eq(joined.networks[1].name, "second");
    ck_assert_uint_eq(joined.networks[1].first, 3);
    ck_assert_uint_eq(joined.networks[1].layers_n, 3);
    ck_assert_uint_eq(joined.distinct_n, kinds);
    for (size_t i = 0; i < 6; i++) {
        static const char *const names[] = {"first/a1",  "first/a2",  "first/a3",
                                            "second/b1", "second/b2", "second/b3"};
        ck_assert_str_eq(joined.layers[i].name, names[i]);
        ck_assert_uint_eq(confx_workload_network_of(&joined, i), i / 3);
        ck_assert_double_eq(confx_workload_weight_of(&joined, i), i / 3 ? second : first);
        ck_assert_uint_eq(joined.distinct_of[i], of[i]);
        ck_assert_uint_le(joined.first_of[of[i]], i);
    }
    confx_workload_close(&joined);
}

START_TEST(alike_layers_are_one_kind_where_they_count_alike)
{
    static const uint16_t shared[] = {0, 1, 0, 1, 0, 2}, apart[] = {0, 1, 0, 2, 3, 4};
    check_kinds(1, 1, false, 3, shared);
    check_kinds(2.5, 2.5, false, 3, shared);
    check_kinds(3, 1, false, 5, apart);
    check_kinds(1, 1, true, 5, apart);
}
END_TEST

START_TEST(one_network_keeps_its_names)
{
    confx_workload_t pair[2];
    confx_workload_t joined;
    open_pair(pair);
    const confx_workload_part_t part = {&pair[0], 3};
    ck_assert_ok(confx_workload_join(&part, 1, false, &joined));
    ck_assert_str_eq(joined.name, "first");
    ck_assert_str_eq(joined.layers[1].name, "a2");
    ck_assert_uint_eq(joined.distinct_n, 2);
    ck_assert_double_eq(confx_workload_weight_of(&joined, 2), 3);
    ck_assert_double_eq(confx_workload_weight_of(&pair[0], 2), 1);
    confx_workload_close(&joined);
    close_pair(pair);
}
END_TEST

START_TEST(names_must_tell_networks_and_layers_apart)
{
    confx_workload_t pair[2];
    confx_workload_t joined;
    char text[256];
    const confx_workload_part_t parts[] = {{&pair[0], 1}, {&pair[1], 1}};
    ck_assert_ok(confx_workload_parse(first_csv, "x/net.csv", &pair[0]));
    ck_assert_ok(confx_workload_parse(second_csv, "y/net.csv", &pair[1]));
    ck_assert_fails(confx_workload_join(parts, 2, false, &joined), CONFX_STATUS_INPUT,
                    "two networks are called net");
    close_pair(pair);
    /* 33 + 30 bytes and what stands between them. */
    (void)snprintf(text, sizeof text, HEADER "%.30s,8,4,8,8,3,3,1\n",
                   "abcdefghijklmnopqrstuvwxyz0123456789");
    ck_assert_ok(confx_workload_parse(text, "abcdefghijklmnopqrstuvwxyz0123456.csv", &pair[0]));
    ck_assert_ok(confx_workload_parse(second_csv, "second.csv", &pair[1]));
    ck_assert_fails(confx_workload_join(parts, 2, false, &joined), CONFX_STATUS_INPUT,
                    "at most 62 bytes");
    ck_assert_ptr_null(joined.layers);
    confx_workload_close(&pair[0]);
    ck_assert_ok(confx_workload_parse(text, "abcdefghijklmnopqrstuvwxyz012345.csv", &pair[0]));
    ck_assert_ok(confx_workload_join(parts, 2, false, &joined));
    ck_assert_uint_eq(strlen(joined.layers[0].name), CONFX_LAYER_NAME_MAX - 1);
    confx_workload_close(&joined);
    close_pair(pair);
}
END_TEST

static confx_status_t join_pair(void)
{
    confx_workload_t pair[2] = {{.layers_n = 0}, {.layers_n = 0}};
    confx_workload_t joined = {.layers_n = 0};
    const confx_workload_part_t parts[] = {{&pair[0], 1}, {&pair[1], 2}};
    confx_status_t status = confx_workload_parse(first_csv, "first.csv", &pair[0]);
    if (status.code == CONFX_STATUS_OK)
        status = confx_workload_parse(second_csv, "second.csv", &pair[1]);
    if (status.code == CONFX_STATUS_OK) status = confx_workload_join(parts, 2, false, &joined);
    if (status.code != CONFX_STATUS_OK) ck_assert_ptr_null(joined.layers);
    confx_workload_close(&joined);
    close_pair(pair);
    return status;
}

START_TEST(joining_survives_every_failed_allocation)
{
    fail_each(join_pair, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("join");
    TCase *tests = tcase_create("join");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, alike_layers_are_one_kind_where_they_count_alike);
    tcase_add_test(tests, one_network_keeps_its_names);
    tcase_add_test(tests, names_must_tell_networks_and_layers_apart);
    tcase_add_test(tests, joining_survives_every_failed_allocation);
    return suite_run(suite);
}
