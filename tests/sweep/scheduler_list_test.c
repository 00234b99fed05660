/* What is told of a list of searches when all are over. */
#include "confx/scheduler.h"
#include "confx/try.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { SEARCHES = 6 };

static scheduler_search_t search_of(scheduler_state_t state, double gap)
{
    return (scheduler_search_t){.state = state, .result = {.gap = gap}};
}

/* Wherever the gaps that are not known stand: they are neither the median nor the worst, and take
   nothing from the order of the others. */
START_TEST(gaps_that_are_not_known_take_no_part)
{
    const double known[] = {0.03, 0.01, 0.04, 0.02};
    for (size_t one = 0; one < SEARCHES; one++)
        for (size_t other = 0; other < SEARCHES; other++) {
            scheduler_search_t searches[SEARCHES];
            scheduler_gaps_t gaps;
            size_t n = 0;
            if (one == other) continue;
            for (size_t i = 0; i < SEARCHES; i++)
                searches[i] =
                    search_of(SCHEDULER_COMPLETE, i == one || i == other ? NAN : known[n++]);
            ck_assert_ok(scheduler_gaps(searches, SEARCHES, &gaps));
            ck_assert_uint_eq(gaps.n, 4);
            ck_assert_double_eq(gaps.median, 0.025);
            ck_assert_double_eq(searches[gaps.worst].result.gap, 0.04);
            searches[other] = search_of(SCHEDULER_COMPLETE, 0.5);
            ck_assert_ok(scheduler_gaps(searches, SEARCHES, &gaps));
            ck_assert_uint_eq(gaps.worst, other);
            ck_assert_double_eq(gaps.median, 0.03);
        }
}
END_TEST

START_TEST(only_complete_searches_have_a_gap)
{
    static const scheduler_state_t others[] = {SCHEDULER_WAITING, SCHEDULER_RUNNING,
                                               SCHEDULER_INFEASIBLE, SCHEDULER_FAILED,
                                               SCHEDULER_STOPPED};
    scheduler_search_t searches[SEARCHES];
    scheduler_gaps_t gaps;
    for (size_t i = 0; i < SEARCHES - 1; i++) searches[i] = search_of(others[i], 9);
    ck_assert_ok(scheduler_gaps(searches, SEARCHES - 1, &gaps));
    ck_assert(gaps.n == 0 && isnan(gaps.median));
    searches[SEARCHES - 1] = search_of(SCHEDULER_COMPLETE, 0.25);
    ck_assert_ok(scheduler_gaps(searches, SEARCHES, &gaps));
    ck_assert(gaps.n == 1 && gaps.median == 0.25 && gaps.worst == SEARCHES - 1);
}
END_TEST

START_TEST(what_found_nothing_feasible_has_not_failed)
{
    const job_t job = {.output = "out/runs/name"};
    scheduler_search_t searches[SEARCHES];
    for (size_t i = 0; i < SEARCHES; i++) {
        searches[i] = search_of(i % 2 ? SCHEDULER_INFEASIBLE : SCHEDULER_COMPLETE, 0);
        searches[i].job = &job;
        if (i % 2) searches[i].status = status_fail(CONFX_STATUS_INFEASIBLE, "none was feasible");
    }
    ck_assert_ok(scheduler_verdict(searches, SEARCHES));
    for (size_t i = 3; i < 5; i++) {
        searches[i].state = SCHEDULER_FAILED;
        searches[i].status = status_fail(i == 3 ? CONFX_STATUS_IO : CONFX_STATUS_INPUT, "no room");
    }
    ck_assert_fails(scheduler_verdict(searches, SEARCHES), CONFX_STATUS_IO,
                    "2 of 6 searches failed, the first is out/runs/name: no room");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scheduler_list");
    TCase *tests = tcase_create("scheduler_list");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, gaps_that_are_not_known_take_no_part);
    tcase_add_test(tests, only_complete_searches_have_a_gap);
    tcase_add_test(tests, what_found_nothing_feasible_has_not_failed);
    return suite_run(suite);
}
