/* The stand-in of one rank, and the arithmetic of shares. No launcher, no MPI. */
#include "confx/cluster.h"
#include "confx/try.h"
#include "suite.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static cluster_t *cluster; /* Check hands tests no argument */

START_TEST(without_a_launcher_there_is_one_rank)
{
    ck_assert_int_eq(cluster_size(cluster), 1);
    ck_assert_int_eq(cluster_rank(cluster), 0);
    ck_assert_int_eq(cluster_nodes(cluster), 1);
    ck_assert_int_eq(cluster_node(cluster), 0);
    ck_assert(cluster_is_root(cluster));
    ck_assert(cluster_is_writer(cluster));
}
END_TEST

START_TEST(tasks_of_srun_that_do_not_know_of_each_other_are_refused)
{
    cluster_t *refused = NULL;
    ck_assert_int_eq(setenv("SLURM_STEP_NUM_TASKS", "4", 1), 0);
    ck_assert_fails(cluster_open(NULL, NULL, &refused), CONFX_STATUS_INPUT, "4 tasks");
    ck_assert_ptr_null(refused);
    ck_assert_int_eq(setenv("SLURM_STEP_NUM_TASKS", "1", 1), 0);
    ck_assert_ok(cluster_open(NULL, NULL, &refused));
    cluster_close(refused);
    ck_assert_int_eq(unsetenv("SLURM_STEP_NUM_TASKS"), 0);
}
END_TEST

START_TEST(shares_are_contiguous_cover_all_units_and_differ_by_at_most_one)
{
    for (size_t units = 0; units <= 70; units++) {
        for (int ranks = 1; ranks <= 17; ranks++) {
            size_t next = 0;
            const size_t most = share_deal(units, ranks, 0).n;
            for (int rank = 0; rank < ranks; rank++) {
                const share_t share = share_deal(units, ranks, rank);
                ck_assert_msg(share.first == next, "%zu units, rank %d of %d: a gap or an overlap",
                              units, rank, ranks);
                ck_assert_msg(share.n == most || share.n + 1 == most,
                              "%zu units on %d ranks: uneven", units, ranks);
                next += share.n;
            }
            ck_assert_msg(next == units, "%zu units on %d ranks: %zu dealt", units, ranks, next);
        }
    }
}
END_TEST

START_TEST(with_fewer_units_than_ranks_the_first_ranks_own_one_each)
{
    for (int rank = 0; rank < 5; rank++)
        ck_assert_uint_eq(share_deal(3, 5, rank).n, rank < 3 ? 1 : 0);
    ck_assert_uint_eq(share_deal(3, 5, 4).first, 3);
}
END_TEST

START_TEST(the_owner_of_a_unit_has_it_in_its_share)
{
    for (size_t units = 1; units <= 70; units++) {
        for (int ranks = 1; ranks <= 17; ranks++) {
            for (size_t unit = 0; unit < units; unit++) {
                const share_t share = share_deal(units, ranks, share_owner(units, ranks, unit));
                ck_assert_msg(unit >= share.first && unit - share.first < share.n,
                              "unit %zu of %zu on %d ranks", unit, units, ranks);
            }
        }
    }
}
END_TEST

START_TEST(the_one_rank_owns_everything)
{
    const share_t shares[] = {cluster_share(cluster, 13), cluster_share_of(cluster, 13, 0),
                              cluster_share_of_node(cluster, 13)};
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(shares[i].first, 0);
        ck_assert_uint_eq(shares[i].n, 13);
    }
}
END_TEST

START_TEST(the_one_rank_agrees_with_itself)
{
    ck_assert_ok(cluster_agree(cluster, status_ok()));
    ck_assert_fails(cluster_agree(cluster, status_fail(CONFX_STATUS_IO, "disk %d", 7)),
                    CONFX_STATUS_IO, "disk 7");
    ck_assert(cluster_any(cluster, true));
    ck_assert(!cluster_any(cluster, false));
}
END_TEST

START_TEST(records_moved_between_one_rank_are_copied)
{
    const uint16_t mine[3] = {7, 11, 13};
    uint16_t out[3] = {0};
    cluster_gather(cluster, 3, sizeof *mine, mine, out);
    ck_assert_mem_eq(out, mine, sizeof mine);
    memset(out, 0, sizeof out);
    cluster_gather_node(cluster, 3, sizeof *mine, mine, out);
    ck_assert_mem_eq(out, mine, sizeof mine);
    cluster_broadcast(cluster, out, sizeof out);
    ck_assert_mem_eq(out, mine, sizeof mine);
}
END_TEST

START_TEST(no_units_and_no_memory_are_fine)
{
    cluster_gather(cluster, 0, 8, NULL, NULL);
    cluster_gather_node(cluster, 0, 8, NULL, NULL);
    cluster_ring(cluster, 0, 8, NULL, NULL);
    cluster_broadcast(cluster, NULL, 0);
    double zero[2] = {1, 1};
    ck_assert_ok(cluster_sum(cluster, 0, ARRAY_F64, 2, NULL, zero));
    ck_assert(zero[0] == 0 && zero[1] == 0);
}
END_TEST

START_TEST(what_is_merged_belongs_to_the_cluster)
{
    char mine[] = "abc";
    const void *all = NULL;
    size_t bytes = 0;
    ck_assert_ok(cluster_merge(cluster, mine, 3, &all, &bytes));
    mine[0] = 'x';
    ck_assert_uint_eq(bytes, 3);
    ck_assert_mem_eq(all, "abc", 3);
    ck_assert_ok(cluster_merge(cluster, "longer than before", 18, &all, &bytes));
    ck_assert_uint_eq(bytes, 18);
    ck_assert_mem_eq(all, "longer than before", 18);
    ck_assert_ok(cluster_merge(cluster, NULL, 0, &all, &bytes));
    ck_assert_uint_eq(bytes, 0);
}
END_TEST

START_TEST(the_sum_of_three_units_is_first_and_second_then_third)
{
    float mine[3] = {1.0F, 0x1p-24F, 0x1p-24F}; /* each half is lost on 1, both together are not */
    float out = 0;
    ck_assert_ok(cluster_sum(cluster, 3, ARRAY_F32, 1, mine, &out));
    ck_assert(out == 1.0F);
    float four[4] = {1.0F, 0, 0x1p-24F, 0x1p-24F};
    ck_assert_ok(cluster_sum(cluster, 4, ARRAY_F32, 1, four, &out));
    ck_assert(out == 1.0F + 0x1p-23F);
}
END_TEST

START_TEST(on_the_ring_a_unit_receives_from_the_one_before)
{
    const uint16_t mine[3] = {7, 11, 13}, expected[3] = {13, 7, 11};
    uint16_t received[3] = {0};
    cluster_ring(cluster, 3, sizeof *mine, mine, received);
    ck_assert_mem_eq(received, expected, sizeof expected);
    cluster_ring(cluster, 1, sizeof *mine, mine, received);
    ck_assert_uint_eq(received[0], 7);
}
END_TEST

START_TEST(a_signal_is_told_and_does_not_kill)
{
    ck_assert(!cluster_told());
    cluster_listen();
    ck_assert(!cluster_told());
    ck_assert_int_eq(raise(SIGUSR1), 0);
    ck_assert(cluster_told());
    static const int others[] = {SIGTERM, SIGINT, SIGUSR2, SIGXCPU, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < 2 * sizeof others / sizeof *others; i++)
        ck_assert_int_eq(raise(others[i / 2]), 0);
    ck_assert(cluster_told());
}
END_TEST

/* As nohup starts a program. */
START_TEST(an_ignored_hangup_stays_ignored)
{
    struct sigaction action;
    ck_assert(signal(SIGHUP, SIG_IGN) != SIG_ERR);
    cluster_listen();
    ck_assert_int_eq(sigaction(SIGHUP, NULL, &action), 0);
    ck_assert(action.sa_handler == SIG_IGN);
}
END_TEST

START_TEST(a_file_beyond_a_limit_is_an_error_and_no_signal)
{
    const struct rlimit nothing = {0, 0};
    cluster_ignore();
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &nothing), 0);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(write(fileno(file), "x", 1), -1);
    ck_assert_int_eq(errno, EFBIG);
    (void)fclose(file);
}
END_TEST

int main(int argc, char **argv)
{
    const confx_status_t status = cluster_open(&argc, &argv, &cluster);
    if (status.code != CONFX_STATUS_OK) return confx_status_exit_code(status.code);
    Suite *suite = suite_create("cluster, one rank");
    TCase *tests = tcase_create("stand-in");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, without_a_launcher_there_is_one_rank);
    tcase_add_test(tests, tasks_of_srun_that_do_not_know_of_each_other_are_refused);
    tcase_add_test(tests, shares_are_contiguous_cover_all_units_and_differ_by_at_most_one);
    tcase_add_test(tests, with_fewer_units_than_ranks_the_first_ranks_own_one_each);
    tcase_add_test(tests, the_owner_of_a_unit_has_it_in_its_share);
    tcase_add_test(tests, the_one_rank_owns_everything);
    tcase_add_test(tests, the_one_rank_agrees_with_itself);
    tcase_add_test(tests, records_moved_between_one_rank_are_copied);
    tcase_add_test(tests, no_units_and_no_memory_are_fine);
    tcase_add_test(tests, what_is_merged_belongs_to_the_cluster);
    tcase_add_test(tests, the_sum_of_three_units_is_first_and_second_then_third);
    tcase_add_test(tests, on_the_ring_a_unit_receives_from_the_one_before);
    tcase_add_test(tests, a_signal_is_told_and_does_not_kill);
    tcase_add_test(tests, an_ignored_hangup_stays_ignored);
    tcase_add_test(tests, a_file_beyond_a_limit_is_an_error_and_no_signal);
    const int exit_code = suite_run(suite);
    cluster_close(cluster);
    return exit_code;
}
