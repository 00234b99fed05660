/* The frontier of small networks, against every assignment within every budget. */
#include "confx/batch.h"
#include "confx/frontier.h"
#include "problem/setting.h"

#include <math.h>
#include <stdlib.h>

enum { LAYERS = 3, CHOICES = 8, ALL = CHOICES * CHOICES * CHOICES };

static const char *const networks[] = {
    "K,C,Y,X,R,S,T\n32,16,28,28,3,3,1\n64,32,14,14,1,1,1\n1,64,14,14,3,3,2\n",
    "K,C,Y,X,R,S,T\n16,8,14,14,3,3,1\n16,8,14,14,3,3,1\n16,16,14,14,1,1,1\n",
    "K,C,Y,X,R,S,T\n3,5,9,9,3,3,1\n7,11,13,13,1,1,1\n9,3,17,17,5,5,1\n"};
static const char *const objectives[] = {"latency", "energy", "edp"};

/* What a whole assignment takes and costs. */
typedef struct {
    double need, objective;
} whole_t;

static int by_need(const void *one, const void *other)
{
    const double a = ((const whole_t *)one)->need;
    const double b = ((const whole_t *)other)->need;
    return (a > b) - (a < b);
}

/* Every assignment of PEs 1 to 4 and buffers 1 to 2, or of the PE levels 1, 2, 4 alone; valid ones
   in the order of their needs. */
static size_t score_all(problem_t *problem, space_part_t part, whole_t all[ALL])
{
    size_t n = 0;
    batch_t batch;
    ck_assert_ok(batch_open(problem, 1, &batch));
    for (size_t i = 0; i < ALL; i++) {
        size_t rest = i;
        bool within = true;
        for (size_t layer = 0; layer < LAYERS; layer++, rest /= CHOICES) {
            uint16_t *action = batch.assignments + layer * batch.axes;
            action[0] = (uint16_t)(rest % CHOICES / 2);
            action[1] = (uint16_t)(rest % 2);
            within = within && (part == SPACE_INTEGERS || action[0] != 2);
        }
        batch.n = 1;
        ck_assert_ok(problem_score(problem, &batch));
        if (!within || isnan(batch.scores[0].objectives[0])) continue;
        all[n++] = (whole_t){batch.scores[0].constraints[0], batch.scores[0].objectives[0]};
    }
    batch_close(&batch);
    qsort(all, n, sizeof *all, by_need);
    return n;
}

/* The stairs: needs at which the least objective of all that need no more falls. Sums of another
   order are the same. */
static size_t stairs(const whole_t *all, size_t n, whole_t steps[ALL])
{
    size_t found = 0;
    double least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (!(all[i].objective < least * (1 - 1e-9)) && isfinite(least)) continue;
        least = all[i].objective;
        /* Of equal needs the last one is the least. */
        if (found && fabs(steps[found - 1].need / all[i].need - 1) < 1e-12) found--;
        steps[found++] = all[i];
    }
    return found;
}

static void check_design(problem_t *problem, const frontier_step_t *step)
{
    const assignments_t one = {1, step->assignment};
    score_t score;
    ck_assert_ok(problem_scores(problem, &one, &score));
    ck_assert_double_eq_tol(score.objectives[0] / step->optimum, 1, 1e-12);
    ck_assert_double_eq_tol(score.constraints[0] / step->from, 1, 1e-12);
}

START_TEST(a_frontier_is_that_of_all_assignments)
{
    const space_part_t part = _i % 2 ? SPACE_LEVELS : SPACE_INTEGERS;
    const char *objective = objectives[_i / 2 % 3];
    static whole_t all[ALL], steps[ALL];
    setting_t setting;
    frontier_t frontier;
    setting_read(&setting,
                 "{workload: example, objective: %s, actions: {pe: [1, 2, 4], buffer: [1, 2]}, "
                 "budget: {fraction: 1}}",
                 objective);
    setting_take_layers(&setting, networks[_i / 6]);
    setting_open(&setting);
    const size_t n = stairs(all, score_all(setting.problem, part, all), steps);
    ck_assert_ok(frontier_solve(setting.problem, part, 200, NULL, &frontier));
    ck_assert_uint_eq(frontier.n, n);
    for (size_t i = 0; i < n; i++) {
        const frontier_step_t *step = &frontier.steps[i];
        ck_assert_double_eq_tol(step->optimum / steps[i].objective, 1, 1e-12);
        ck_assert_double_eq_tol(step->from / steps[i].need, 1, 1e-12);
        check_design(setting.problem, step);
        if (i + 1 == n) continue;
        ck_assert(step->closed);
        ck_assert_double_eq(step->to, frontier.steps[i + 1].from);
    }
    /* Of sums it is also proven that more is of no use. */
    ck_assert(frontier.complete == (strcmp(objective, "edp") != 0));
    ck_assert(isinf(frontier.steps[n - 1].to) == frontier.complete);
    frontier_close(&frontier);
    setting_close(&setting);
}
END_TEST

/* Where there are more steps than budgets, what is told of each holds all the same. */
START_TEST(a_part_of_a_frontier_is_true)
{
    static whole_t all[ALL], steps[ALL];
    setting_t setting;
    frontier_t frontier;
    setting_read(&setting,
                 "{workload: example, actions: {pe: [1, 2, 4], buffer: [1, 2]}, budget: {fraction: "
                 "1}}");
    setting_take_layers(&setting, networks[_i]);
    setting_open(&setting);
    const size_t n = stairs(all, score_all(setting.problem, SPACE_INTEGERS, all), steps);
    ck_assert_ok(frontier_solve(setting.problem, SPACE_INTEGERS, 4, NULL, &frontier));
    ck_assert(!frontier.complete);
    ck_assert_uint_lt(frontier.n, n);
    for (size_t i = 0; i < frontier.n; i++) {
        const frontier_step_t *step = &frontier.steps[i];
        size_t at = 0;
        while (at + 1 < n && steps[at + 1].need <= step->to) at++;
        if (step->closed && isfinite(step->to)) at--;
        ck_assert_double_eq_tol(step->optimum / steps[at].objective, 1, 1e-12);
        ck_assert_double_eq_tol(step->from / steps[at].need, 1, 1e-12);
    }
    frontier_close(&frontier);
    setting_close(&setting);
}
END_TEST

static bool refuse(void *context, const char *what, size_t done, size_t of)
{
    size_t *told = context;
    (void)what;
    (void)done;
    (void)of;
    return ++*told < 20;
}

START_TEST(a_frontier_may_be_stopped)
{
    size_t told = 0;
    const solve_watch_t watch = {.context = &told, .tell = refuse};
    setting_t setting;
    frontier_t frontier;
    setting_read(&setting, "{workload: example}");
    setting_open(&setting);
    ck_assert_fails(frontier_solve(setting.problem, SPACE_LEVELS, 10, &watch, &frontier),
                    CONFX_STATUS_STOPPED, "stopped");
    ck_assert_uint_eq(frontier.n, 0);
    ck_assert_ptr_null(frontier.steps);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frontier");
    TCase *tests = tcase_create("frontier");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 0);
    tcase_add_loop_test(tests, a_frontier_is_that_of_all_assignments, 0, 18);
    tcase_add_loop_test(tests, a_part_of_a_frontier_is_true, 0, 3);
    tcase_add_test(tests, a_frontier_may_be_stopped);
    return suite_run(suite);
}
