/* Groups of ranks, letters, and patient waiting, on however many ranks and nodes this is
   started. */
#include "confx/clock.h"
#include "confx/cluster.h"
#include "confx/try.h"
#include "mpi_suite.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static cluster_t *cluster; /* Check hands tests no argument */

/* ---- groups ---------------------------------------------------------------------------------- */

START_TEST(groups_are_rows_of_ranks_as_clusters)
{
    const int ranks = cluster_size(cluster);
    for (int groups = 1; groups <= ranks; groups++) {
        cluster_t *group;
        ck_assert_ok(cluster_split(cluster, (size_t)groups, &group));
        const int number = share_owner((size_t)ranks, groups, (size_t)cluster_rank(cluster));
        const share_t share = share_deal((size_t)ranks, groups, number);
        ck_assert_everywhere(cluster, (size_t)cluster_size(group) == share.n);
        ck_assert_everywhere(cluster, (size_t)cluster_rank(group) + share.first ==
                                          (size_t)cluster_rank(cluster));
        ck_assert_everywhere(cluster, cluster_nodes(group) >= 1 &&
                                          cluster_node(group) < cluster_nodes(group));
        ck_assert_everywhere(cluster, !cluster_is_root(group) || cluster_is_writer(group));
        cluster_close(group);
    }
}
END_TEST

START_TEST(collectives_of_a_group_stay_in_it)
{
    const size_t groups = cluster_size(cluster) > 1 ? 2 : 1;
    cluster_t *group;
    ck_assert_ok(cluster_split(cluster, groups, &group));
    const int number =
        share_owner((size_t)cluster_size(cluster), (int)groups, (size_t)cluster_rank(cluster));
    int word = cluster_is_root(group) ? 100 + number : 0;
    cluster_broadcast(group, &word, sizeof word);
    ck_assert_everywhere(cluster, word == 100 + number);
    const confx_status_t mine = number == 0 ? status_fail(CONFX_STATUS_IO, "group 0") : status_ok();
    const confx_status_t all = cluster_agree(group, mine);
    ck_assert_everywhere(cluster, all.code == mine.code);
    double vectors[7] = {0};
    double sum = 0;
    const share_t share = cluster_share(group, 7);
    for (size_t i = 0; i < share.n; i++) vectors[i] = (double)(share.first + i) + number;
    ck_assert_ok(
        cluster_sum(group, 7, ARRAY_F64, 1, vectors, cluster_is_root(group) ? &sum : NULL));
    ck_assert_everywhere(cluster, !cluster_is_root(group) ||
                                      (sum > 20.5 + 7 * number && sum < 21.5 + 7 * number));
    cluster_close(group);
}
END_TEST

/* ---- letters --------------------------------------------------------------------------------- */

enum { LETTERS = 50, LONG = 40000 };

typedef struct {
    int from, number;
    char rest[LONG];
} long_letter_t;

/* Short ones and long ones by turns: all come, whole, those of one rank in their order. */
START_TEST(letters_come_whole_and_in_order)
{
    static long_letter_t letter;
    if (!cluster_is_root(cluster)) {
        for (int i = 0; i < LETTERS; i++) {
            letter.from = cluster_rank(cluster);
            letter.number = i;
            memset(letter.rest, i, sizeof letter.rest);
            cluster_post(cluster, 0, &letter, i % 2 ? sizeof letter : 2 * sizeof(int));
        }
    }
    int next[64] = {0};
    bool good = true;
    const int expected = cluster_is_root(cluster) ? LETTERS * (cluster_size(cluster) - 1) : 0;
    for (int n = 0; n < expected;) {
        size_t bytes = 0;
        int from = -1;
        memset(&letter, 255, sizeof letter);
        if (!cluster_fetch(cluster, &letter, sizeof letter, &bytes, &from)) continue;
        n++;
        good = good && from == letter.from && letter.number == next[from]++;
        good = good && bytes == (letter.number % 2 ? sizeof letter : 2 * sizeof(int));
        if (bytes == sizeof letter)
            good =
                good && letter.rest[0] == letter.number && letter.rest[LONG - 1] == letter.number;
    }
    ck_assert_everywhere(cluster, good);
}
END_TEST

START_TEST(nothing_is_fetched_where_nothing_was_posted)
{
    char letter[8];
    size_t bytes;
    int from;
    ck_assert_everywhere(cluster, !cluster_fetch(cluster, letter, sizeof letter, &bytes, &from));
}
END_TEST

/* ---- waiting --------------------------------------------------------------------------------- */

/* Whether that process sleeps at this moment: the letter behind its name in /proc. */
static bool is_asleep(pid_t process)
{
    char path[64];
    char text[512] = "";
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    const size_t n = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[n] = 0;
    const char *end = strrchr(text, ')');
    return end && end[1] == ' ' && end[2] == 'S';
}

/* The root comes when it has seen each of the others asleep many times: one that waits by turning
   round never is. How often it looks does not matter; five minutes are a hang. */
static bool sees_them_asleep(const pid_t *processes, int n)
{
    enum { TIMES = 20 };
    const double give_up = clock_seconds() + 300;
    for (int i = 1; i < n; i++) {
        for (int seen = 0; seen < TIMES; seen += is_asleep(processes[i])) {
            if (clock_seconds() > give_up) return false;
            cluster_nap(0.001);
        }
    }
    return true;
}

/* The root comes late: nobody goes on before, and the others sleep meanwhile. */
START_TEST(those_who_rest_wait_and_sleep)
{
    enum { RANKS_MAX = 64 };
    const int ranks = cluster_size(cluster);
    const pid_t mine = getpid();
    pid_t all[RANKS_MAX];
    ck_assert_int_le(ranks, RANKS_MAX);
    const share_t share = cluster_share(cluster, (size_t)ranks);
    ck_assert_uint_eq(share.n, 1);
    cluster_gather(cluster, (size_t)ranks, sizeof mine, &mine, all);
    const bool asleep = !cluster_is_root(cluster) || sees_them_asleep(all, ranks);
    double came = clock_seconds(); /* of one machine: all have the same clock */
    cluster_rest(cluster);
    const double left = clock_seconds();
    cluster_broadcast(cluster, &came, sizeof came);
    ck_assert_everywhere(cluster, asleep);
    ck_assert_everywhere(cluster, left >= came);
}
END_TEST

int main(int argc, char **argv)
{
    cluster = mpi_suite_open(&argc, &argv);
    Suite *suite = suite_create("split");
    TCase *tests = tcase_create("split");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, groups_are_rows_of_ranks_as_clusters);
    tcase_add_test(tests, collectives_of_a_group_stay_in_it);
    tcase_add_test(tests, letters_come_whole_and_in_order);
    tcase_add_test(tests, nothing_is_fetched_where_nothing_was_posted);
    tcase_add_test(tests, those_who_rest_wait_and_sleep);
    return mpi_suite_run(cluster, suite);
}
