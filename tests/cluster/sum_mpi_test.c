/* The sum over units: its bits are those of the tree over unit numbers, computed here serially as
   the tree is defined. */
#include "confx/cluster.h"
#include "mpi_suite.h"

#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

static cluster_t *cluster; /* Check hands tests no argument */

/* Tests run once for each number of units, 0 .. UNITS_MOST: the number in Check's report. */
enum { UNITS_MOST = 64, ELEMENTS = 41 };

static double rounded(array_type_t type, double value)
{
    return type == ARRAY_F32 ? (double)(float)value : value;
}

/* Values of many magnitudes and both signs, so that another order of adding gives other bits. */
static double value_of(array_type_t type, size_t unit, size_t element)
{
    static const double scales[] = {1e-4, 1.0, 1e3, 1e7};
    const uint32_t hash = ((uint32_t)unit * 2654435761U ^ (uint32_t)element * 40503U) * 2246822519U;
    return rounded(type, ((double)hash / 0x1p32 - 0.5) * scales[(hash >> 7) % 4]);
}

/* Node i of a level; nodes 2i and 2i+1 of the level below are its parts. A float sum is the double
   sum rounded. */
static double node_of(array_type_t type, size_t units, size_t level, size_t i, size_t element)
{
    if (level == 0) return value_of(type, i, element);
    const double left = node_of(type, units, level - 1, 2 * i, element);
    const bool paired = (2 * i + 1) << (level - 1) < units;
    return paired ? rounded(type, left + node_of(type, units, level - 1, 2 * i + 1, element))
                  : left;
}

static double tree_of(array_type_t type, size_t units, size_t element)
{
    size_t level = 0;
    while ((size_t)1 << level < units) level++;
    return units ? node_of(type, units, level, 0, element) : 0;
}

static double left_to_right_of(array_type_t type, size_t units, size_t element)
{
    double sum = 0;
    for (size_t unit = 0; unit < units; unit++)
        sum = rounded(type, sum + value_of(type, unit, element));
    return sum;
}

static void put(array_type_t type, void *values, size_t i, double value)
{
    if (type == ARRAY_F32) ((float *)values)[i] = (float)value;
    if (type == ARRAY_F64) ((double *)values)[i] = value;
}

static bool sum_is_the_trees(array_type_t type, size_t units)
{
    static double mine[UNITS_MOST * ELEMENTS];
    double out[ELEMENTS], expected[ELEMENTS];
    const share_t share = cluster_share(cluster, units);
    const bool root = cluster_is_root(cluster);
    for (size_t i = 0; i < share.n * ELEMENTS; i++)
        put(type, mine, i, value_of(type, share.first + i / ELEMENTS, i % ELEMENTS));
    for (size_t i = 0; i < ELEMENTS; i++) put(type, expected, i, tree_of(type, units, i));
    const confx_status_t status =
        cluster_sum(cluster, units, type, ELEMENTS, mine, root ? out : NULL);
    return status.code == CONFX_STATUS_OK &&
           (!root || memcmp(out, expected, ELEMENTS * array_type_bytes(type)) == 0);
}

START_TEST(sums_have_the_bits_of_the_serial_tree)
{
    ck_assert_everywhere(cluster, sum_is_the_trees(ARRAY_F32, (size_t)_i));
    ck_assert_everywhere(cluster, sum_is_the_trees(ARRAY_F64, (size_t)_i));
}
END_TEST

START_TEST(the_values_tell_one_order_from_another)
{
    static const array_type_t types[] = {ARRAY_F32, ARRAY_F64};
    const size_t units = (size_t)_i;
    const bool one_order = units <= 3; /* with so few units the tree is left to right */
    for (int type = 0; type < 2; type++) {
        size_t differ = 0;
        for (size_t i = 0; i < ELEMENTS; i++)
            differ += tree_of(types[type], units, i) != left_to_right_of(types[type], units, i);
        ck_assert_msg(one_order == (differ == 0), "%zu of %d differ", differ, ELEMENTS);
    }
}
END_TEST

/* The allocators of the address sanitizer and of valgrind do not live with a limit on memory. */
static bool memory_can_be_limited(void)
{
#ifdef MPI_SUITE_ASAN
    return false;
#else
    const char *preload = getenv("LD_PRELOAD");
    return !preload || !strstr(preload, "vgpreload");
#endif
}

/* A sum of vectors so large that malloc asks the system for them, which the limit refuses on the
   failing rank. */
static confx_status_t sum_without_memory(bool failing, double *mine, double *out)
{
    enum { TOO_MANY = 1 << 23 }; /* 64 MiB */
    struct rlimit before;
    ck_assert_everywhere(cluster, getrlimit(RLIMIT_AS, &before) == 0);
    struct rlimit none = before;
    none.rlim_cur = 1 << 20;
    if (failing) (void)setrlimit(RLIMIT_AS, &none);
    const confx_status_t status =
        cluster_sum(cluster, (size_t)cluster_size(cluster), ARRAY_F64, TOO_MANY, mine, out);
    if (failing) (void)setrlimit(RLIMIT_AS, &before);
    return status;
}

START_TEST(a_rank_without_memory_fails_the_sum_on_all_and_the_next_one_works)
{
    if (cluster_size(cluster) == 1) return; /* needs no memory for what comes from other ranks */
    if (!memory_can_be_limited()) return;
    double mine = 1, out = 0;
    const confx_status_t status =
        sum_without_memory(cluster_rank(cluster) == _i % cluster_size(cluster), &mine, &out);
    ck_assert_everywhere(cluster, status.code == CONFX_STATUS_MEMORY && mine == 1 && out == 0);
    ck_assert_ok(cluster_sum(cluster, (size_t)cluster_size(cluster), ARRAY_F64, 1, &mine, &out));
    ck_assert_everywhere(cluster, out == (cluster_is_root(cluster) ? cluster_size(cluster) : 0));
}
END_TEST

int main(int argc, char **argv)
{
    cluster = mpi_suite_open(&argc, &argv);
    Suite *suite = suite_create("cluster, sum");
    TCase *tests = tcase_create("sum");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, sums_have_the_bits_of_the_serial_tree, 0, UNITS_MOST + 1);
    tcase_add_loop_test(tests, the_values_tell_one_order_from_another, 0, UNITS_MOST + 1);
    tcase_add_loop_test(tests, a_rank_without_memory_fails_the_sum_on_all_and_the_next_one_works, 0,
                        4);
    return mpi_suite_run(cluster, suite);
}
