/* What every test program needs round Check: one suite, no forking (MPI), a process exit code. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* The status of a call is OK; says the message when it is not. */
#define ck_assert_ok(call)                                                                         \
    do {                                                                                           \
        const confx_status_t ck_status = (call);                                                   \
        ck_assert_msg(ck_status.code == CONFX_STATUS_OK, "%s: %s [%s]", #call, ck_status.message,  \
                      ck_status.trace);                                                            \
    } while (0)

/* The call fails with that code and its message holds that text. */
#define ck_assert_fails(call, expected, text)                                                      \
    do {                                                                                           \
        const confx_status_t ck_status = (call);                                                   \
        ck_assert_msg(ck_status.code == (expected), "%s: code %d, %s", #call, (int)ck_status.code, \
                      ck_status.message);                                                          \
        ck_assert_msg(strstr(ck_status.message, (text)) != NULL, "%s: says \"%s\"", #call,         \
                      ck_status.message);                                                          \
    } while (0)

/* Run one suite; the process's exit code. */
static inline int suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
