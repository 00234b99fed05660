/* tests/suite.h for programs run by mpirun: one report instead of one a rank, and one verdict. */
#ifndef TESTS_MPI_SUITE_H
#define TESTS_MPI_SUITE_H

#include "confx/cluster.h"
#include "confx/try.h"
#include "suite.h"

#include <stdbool.h>
#include <stdio.h>

/* Collective: the condition holds on every rank, or the test fails on every rank and names the
   first where it does not. A plain ck_assert that fails on one rank only leaves the others waiting
   in their next collective. */
#define ck_assert_everywhere(cluster, condition)                                                   \
    do {                                                                                           \
        const confx_status_t everywhere = cluster_agree(                                           \
            (cluster),                                                                             \
            (condition) ? status_ok()                                                              \
                        : status_fail(CONFX_STATUS_DAMAGED, "rank %d of %d: not %s",               \
                                      cluster_rank(cluster), cluster_size(cluster), #condition));  \
        ck_assert_msg(everywhere.code == CONFX_STATUS_OK, "%s", everywhere.message);               \
    } while (0)

#if defined(__SANITIZE_ADDRESS__)
#define MPI_SUITE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MPI_SUITE_ASAN 1
#endif
#endif

/* Leaks must be looked for while MPI's modules are loaded: at exit they are gone, their leaks have
   no names and the suppressions of tests/lsan.supp no longer match. */
#ifdef MPI_SUITE_ASAN
#include <sanitizer/lsan_interface.h>
static inline bool mpi_suite_leaks(void)
{
    return __lsan_do_recoverable_leak_check() != 0;
}
#else
static inline bool mpi_suite_leaks(void)
{
    return false;
}
#endif

static inline cluster_t *mpi_suite_open(int *argc, char ***argv)
{
    cluster_t *cluster = NULL;
    const confx_status_t status = cluster_open(argc, argv, &cluster);
    if (status.code == CONFX_STATUS_OK) return cluster;
    (void)fprintf(stderr, "%s\n", status.message);
    exit(confx_status_exit_code(status.code));
}

/* Run one suite on all ranks and close the cluster; the exit code of every rank: failure if any
   failed. The root reports, and so does every rank that failed. */
static inline int mpi_suite_run(cluster_t *cluster, Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, cluster_is_root(cluster) ? CK_NORMAL : CK_SILENT);
    const bool failed = srunner_ntests_failed(runner) > 0;
    if (failed && !cluster_is_root(cluster)) srunner_print(runner, CK_NORMAL);
    srunner_free(runner);
    const bool any = cluster_any(cluster, mpi_suite_leaks() || failed);
    cluster_close(cluster);
    return any ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
