/* The collectives but the sum against what is known exactly, on however many ranks and nodes this
   is started. */
#include "confx/cluster.h"
#include "confx/try.h"
#include "mpi_suite.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static cluster_t *cluster; /* Check hands tests no argument */

/* Tests of units run once for each number of them, 0 .. UNITS_MOST: the number in Check's
   report. */
enum { UNITS_MOST = 64 };

/* A record that says which unit made it; 3 x 4 bytes. */
typedef struct {
    uint32_t unit, round, check;
} record_t;

static record_t record_of(size_t unit, uint32_t round)
{
    return (record_t){
        .unit = (uint32_t)unit, .round = round, .check = (uint32_t)unit * 2654435761U ^ round};
}

static void fill_records(share_t share, uint32_t round, record_t *records)
{
    for (size_t i = 0; i < share.n; i++) records[i] = record_of(share.first + i, round);
}

static bool are_records(share_t share, uint32_t round, const record_t *records)
{
    for (size_t i = 0; i < share.n; i++) {
        const record_t expected = record_of(share.first + i, round);
        if (memcmp(&records[i], &expected, sizeof expected) != 0) return false;
    }
    return true;
}

typedef struct {
    int rank, node;
    bool writer, root;
} place_t;

START_TEST(ranks_of_a_node_are_in_a_row_and_nodes_are_numbered_by_them)
{
    const place_t mine = {.rank = cluster_rank(cluster),
                          .node = cluster_node(cluster),
                          .writer = cluster_is_writer(cluster),
                          .root = cluster_is_root(cluster)};
    const void *merged = NULL;
    size_t bytes = 0;
    ck_assert_ok(cluster_merge(cluster, &mine, sizeof mine, &merged, &bytes));
    ck_assert_uint_eq(bytes, (size_t)cluster_size(cluster) * sizeof mine);
    const place_t *of = merged;
    for (int rank = 0; rank < cluster_size(cluster); rank++) {
        const bool first = rank == 0 || of[rank].node != of[rank - 1].node;
        ck_assert_int_eq(of[rank].rank, rank);
        ck_assert_int_eq(of[rank].node, rank == 0 ? 0 : of[rank - 1].node + first);
        ck_assert_int_eq(of[rank].writer, first);
        ck_assert_int_eq(of[rank].root, rank == 0);
    }
    ck_assert_int_eq(cluster_nodes(cluster), of[cluster_size(cluster) - 1].node + 1);
}
END_TEST

START_TEST(shares_are_those_of_the_rule)
{
    const size_t units = (size_t)_i;
    const share_t mine = cluster_share(cluster, units),
                  node = cluster_share_of_node(cluster, units);
    const share_t rule = share_deal(units, cluster_size(cluster), cluster_rank(cluster));
    ck_assert_everywhere(cluster, mine.first == rule.first && mine.n == rule.n);
    ck_assert_everywhere(cluster,
                         node.first <= mine.first && mine.first + mine.n <= node.first + node.n);
    ck_assert_everywhere(cluster, cluster_nodes(cluster) > 1 || node.n == units);
}
END_TEST

START_TEST(all_agree_when_none_fails)
{
    ck_assert_int_eq(cluster_agree(cluster, status_ok()).code, CONFX_STATUS_OK);
    ck_assert_str_eq(cluster_agree(cluster, status_ok()).message, "");
}
END_TEST

static confx_status_t fail_here(void)
{
    return status_frame(status_fail(CONFX_STATUS_IO, "disk of rank %d", cluster_rank(cluster)),
                        __func__, 100 + cluster_rank(cluster));
}

/* Of the ranks from `lowest` on, each `step`-th fails. */
static void check_agreement(int lowest, int step)
{
    char message[64], trace[64];
    const int rank = cluster_rank(cluster);
    const bool failing = rank >= lowest && (rank - lowest) % step == 0;
    const confx_status_t agreed = cluster_agree(cluster, failing ? fail_here() : status_ok());
    (void)snprintf(message, sizeof message, "disk of rank %d", lowest);
    (void)snprintf(trace, sizeof trace, "fail_here:%d", 100 + lowest);
    ck_assert_int_eq(agreed.code, CONFX_STATUS_IO);
    ck_assert_str_eq(agreed.message, message);
    ck_assert_str_eq(agreed.trace, trace);
}

START_TEST(the_failure_of_one_rank_becomes_that_of_all)
{
    for (int rank = 0; rank < cluster_size(cluster); rank++)
        check_agreement(rank, cluster_size(cluster));
}
END_TEST

START_TEST(of_several_failures_that_of_the_lowest_rank_counts)
{
    for (int rank = 0; rank < cluster_size(cluster); rank++) {
        check_agreement(rank, 1);
        check_agreement(rank, 2);
    }
}
END_TEST

START_TEST(any_is_true_when_one_rank_says_so)
{
    ck_assert(!cluster_any(cluster, false));
    ck_assert(cluster_any(cluster, true));
    for (int rank = 0; rank < cluster_size(cluster); rank++)
        ck_assert(cluster_any(cluster, cluster_rank(cluster) == rank));
}
END_TEST

START_TEST(a_broadcast_gives_all_ranks_the_roots_bytes)
{
    static const size_t sizes[] = {0, 1, 1000, 700000};
    static unsigned char data[700000];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizeof data; k++)
            data[k] = cluster_is_root(cluster) ? (unsigned char)(k * 31 + i) : 0;
        cluster_broadcast(cluster, data, sizes[i]);
        bool right = true;
        for (size_t k = 0; k < sizes[i]; k++)
            right = right && data[k] == (unsigned char)(k * 31 + i);
        ck_assert_everywhere(cluster, right);
        ck_assert_everywhere(cluster, cluster_is_root(cluster) || sizes[i] == sizeof data ||
                                          data[sizes[i]] == 0);
    }
}
END_TEST

START_TEST(gathered_records_are_in_order_of_units)
{
    const size_t units = (size_t)_i;
    record_t mine[UNITS_MOST], all[UNITS_MOST];
    fill_records(cluster_share(cluster, units), 1, mine);
    cluster_gather(cluster, units, sizeof *mine, mine, cluster_is_root(cluster) ? all : NULL);
    const share_t whole = {.first = 0, .n = cluster_is_root(cluster) ? units : 0};
    ck_assert_everywhere(cluster, are_records(whole, 1, all));
}
END_TEST

START_TEST(the_writer_of_a_node_gathers_the_records_of_its_ranks)
{
    const size_t units = (size_t)_i;
    record_t mine[UNITS_MOST], all[UNITS_MOST];
    fill_records(cluster_share(cluster, units), 2, mine);
    cluster_gather_node(cluster, units, sizeof *mine, mine,
                        cluster_is_writer(cluster) ? all : NULL);
    share_t node = cluster_share_of_node(cluster, units);
    if (!cluster_is_writer(cluster)) node.n = 0;
    ck_assert_everywhere(cluster, are_records(node, 2, all));
}
END_TEST

/* 0 to 2 records, another number in each round. */
static share_t merge_share(int rank, uint32_t round)
{
    return (share_t){.first = 10 * (size_t)rank, .n = ((size_t)rank + 1 + round) % 3};
}

static bool merge_round(uint32_t round)
{
    record_t mine[2];
    const share_t share_mine = merge_share(cluster_rank(cluster), round);
    fill_records(share_mine, round, mine);
    const void *merged = NULL;
    size_t bytes = 0, expected = 0;
    if (cluster_merge(cluster, mine, share_mine.n * sizeof *mine, &merged, &bytes).code !=
        CONFX_STATUS_OK)
        return false;
    const record_t *next = merged;
    bool right = true;
    for (int rank = 0; rank < cluster_size(cluster); rank++) {
        const share_t share = merge_share(rank, round);
        right = right && are_records(share, round, next + expected);
        expected += share.n;
    }
    return right && bytes == expected * sizeof *mine;
}

START_TEST(merged_bytes_are_in_order_of_ranks_whatever_each_brings)
{
    for (uint32_t round = 0; round < 5; round++) ck_assert_everywhere(cluster, merge_round(round));
}
END_TEST

START_TEST(nothing_merged_is_nothing)
{
    const void *merged = NULL;
    size_t bytes = 1;
    ck_assert_ok(cluster_merge(cluster, NULL, 0, &merged, &bytes));
    ck_assert_uint_eq(bytes, 0);
}
END_TEST

static bool ring_turns(size_t units, uint32_t round)
{
    record_t mine[UNITS_MOST], received[UNITS_MOST];
    const share_t share = cluster_share(cluster, units);
    fill_records(share, round, mine);
    cluster_ring(cluster, units, sizeof *mine, mine, received);
    bool right = true;
    for (size_t i = 0; i < share.n; i++) {
        const share_t before = {.first = (share.first + i + units - 1) % units, .n = 1};
        right = right && are_records(before, round, &received[i]);
    }
    return right;
}

START_TEST(on_the_ring_a_unit_receives_from_the_one_before)
{
    for (uint32_t round = 0; round < 3; round++)
        ck_assert_everywhere(cluster, ring_turns((size_t)_i, round));
}
END_TEST

START_TEST(the_number_of_units_on_the_ring_may_change_between_calls)
{
    for (uint32_t round = 0; round < 20; round++)
        ck_assert_everywhere(cluster, ring_turns(1 + round * 7 % 5, round));
}
END_TEST

START_TEST(what_one_rank_is_told_any_tells_all)
{
    ck_assert(!cluster_any(cluster, cluster_told()));
    cluster_listen();
    if (cluster_rank(cluster) == cluster_size(cluster) - 1) (void)raise(SIGUSR1);
    ck_assert_everywhere(cluster,
                         cluster_told() == (cluster_rank(cluster) == cluster_size(cluster) - 1));
    ck_assert(cluster_any(cluster, cluster_told()));
}
END_TEST

static Suite *cluster_suite(void)
{
    Suite *suite = suite_create("cluster, ranks");
    TCase *tests = tcase_create("ranks");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, ranks_of_a_node_are_in_a_row_and_nodes_are_numbered_by_them);
    tcase_add_loop_test(tests, shares_are_those_of_the_rule, 0, UNITS_MOST + 1);
    tcase_add_test(tests, all_agree_when_none_fails);
    tcase_add_test(tests, the_failure_of_one_rank_becomes_that_of_all);
    tcase_add_test(tests, of_several_failures_that_of_the_lowest_rank_counts);
    tcase_add_test(tests, any_is_true_when_one_rank_says_so);
    tcase_add_test(tests, a_broadcast_gives_all_ranks_the_roots_bytes);
    tcase_add_loop_test(tests, gathered_records_are_in_order_of_units, 0, UNITS_MOST + 1);
    tcase_add_loop_test(tests, the_writer_of_a_node_gathers_the_records_of_its_ranks, 0,
                        UNITS_MOST + 1);
    tcase_add_test(tests, merged_bytes_are_in_order_of_ranks_whatever_each_brings);
    tcase_add_test(tests, nothing_merged_is_nothing);
    tcase_add_loop_test(tests, on_the_ring_a_unit_receives_from_the_one_before, 0, UNITS_MOST + 1);
    tcase_add_test(tests, the_number_of_units_on_the_ring_may_change_between_calls);
    tcase_add_test(tests, what_one_rank_is_told_any_tells_all);
    return suite;
}

int main(int argc, char **argv)
{
    cluster = mpi_suite_open(&argc, &argv);
    return mpi_suite_run(cluster, cluster_suite());
}
