/* What a budget means, and which are refused. */
#include "setting.h"

#include <math.h>

enum { LEAST, MOST };

/* Need of one action for all layers, summed in the network's order. */
static double uniform_need(const setting_t *setting, uint32_t pes, uint32_t buffer)
{
    double need = 0;
    for (size_t layer = 0; layer < setting->workload.layers_n; layer++) {
        confx_cost_t cost;
        setting_cost(setting, layer, pes, buffer, &cost);
        need += setting_need(setting, &cost);
    }
    return need;
}

static void extremes(const setting_t *setting, double range[2])
{
    const job_actions_t *actions = &setting->job->actions;
    const uint32_t pes[2] = {actions->pe[0], actions->pe[actions->pe_count - 1]};
    const uint32_t buffer[2] = {actions->buffer[0], actions->buffer[actions->buffer_count - 1]};
    range[LEAST] = INFINITY;
    range[MOST] = 0;
    for (int i = 0; i < 4; i++) {
        const double need = uniform_need(setting, pes[i & 1], buffer[i >> 1]);
        range[LEAST] = fmin(range[LEAST], need);
        range[MOST] = fmax(range[MOST], need);
    }
}

static const struct {
    const char *dataflow, *hardware, *constraint;
} corners[] = {{"dla", "asic", "area"},
               {"dla", "maestro", "power"},
               {"eye", "asic, accounting: maestro", "power"},
               {"shi", "maestro", "area"}};

enum { CORNERS = sizeof corners / sizeof *corners };

START_TEST(a_fraction_lies_between_the_extreme_uniform_assignments)
{
    static const double fractions[] = {0.05, 0.1, 0.5, 1};
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
        setting_t setting;
        double range[2];
        setting_read(&setting,
                     "{workload: mobilenet_v2, dataflow: %s, hardware: %s, budget: {constraint: "
                     "%s, fraction: %g}}",
                     corners[_i].dataflow, corners[_i].hardware, corners[_i].constraint,
                     fractions[i]);
        setting_open(&setting);
        extremes(&setting, range);
        ck_assert(range[LEAST] < range[MOST]);
        ck_assert(same_number(problem_need_least(setting.problem), range[LEAST]));
        ck_assert(same_number(problem_need_most(setting.problem), range[MOST]));
        ck_assert(same_number(problem_budget(setting.problem),
                              range[LEAST] + fractions[i] * (range[MOST] - range[LEAST])));
        setting_close(&setting);
    }
}
END_TEST

START_TEST(a_name_stands_for_its_fraction)
{
    static const struct {
        const char *name;
        double fraction;
    } names[] = {{"cloud", 0.5}, {"iot", 0.1}, {"iotx", 0.05}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setting_t setting;
        setting_read(&setting, "{workload: example, budget: {name: %s}}", names[i].name);
        setting_open(&setting);
        const double least = problem_need_least(setting.problem);
        const double most = problem_need_most(setting.problem);
        ck_assert(same_number(problem_budget(setting.problem),
                              least + names[i].fraction * (most - least)));
        setting_close(&setting);
    }
}
END_TEST

START_TEST(a_limit_is_the_budget)
{
    setting_t setting;
    setting_read(&setting, "{workload: example, budget: {limit: 123456789.125}}");
    setting_open(&setting);
    ck_assert(problem_budget(setting.problem) == 123456789.125);
    setting_close(&setting);
}
END_TEST

/* ---- what fits ------------------------------------------------------------------------------- */

static bool fits(const setting_t *setting, double need)
{
    return terms_fits(problem_terms(setting->problem), &(need_t){{need}, 0});
}

START_TEST(a_need_fits_up_to_the_rounding_of_a_sum)
{
    setting_t setting;
    setting_read(&setting, "{workload: mobilenet_v2, budget: {fraction: 0.3}}");
    setting_open(&setting);
    const double budget = problem_budget(setting.problem);
    ck_assert(fits(&setting, 0));
    ck_assert(fits(&setting, budget));
    ck_assert(fits(&setting, budget * (1 + 52 * 0x1p-53))); /* one rounding a layer */
    ck_assert(!fits(&setting, budget * (1 + 1e-9)));
    ck_assert(!fits(&setting, NAN));
    ck_assert(!fits(&setting, INFINITY));
    setting_close(&setting);
}
END_TEST

/* The least that any assignment over the levels needs. */
static double least_need(const setting_t *setting)
{
    const job_actions_t *actions = &setting->job->actions;
    double sum = 0;
    for (size_t layer = 0; layer < setting->workload.layers_n; layer++) {
        double least = INFINITY;
        for (unsigned i = 0; i < actions->pe_count * actions->buffer_count; i++) {
            confx_cost_t cost;
            setting_cost(setting, layer, actions->pe[i / actions->buffer_count],
                         actions->buffer[i % actions->buffer_count], &cost);
            least = fmin(least, setting_need(setting, &cost));
        }
        sum += least;
    }
    return sum;
}

static confx_status_t open_limited(setting_t *setting, double limit)
{
    *setting->job->budget.limit = limit;
    const problem_parts_t parts = setting_parts(setting);
    problem_close(setting->problem);
    setting->problem = NULL;
    return problem_open(&parts, &setting->problem);
}

START_TEST(a_budget_nothing_fits_is_refused_with_both_numbers)
{
    setting_t setting;
    char text[128];
    const char *units = _i ? "mW" : "um^2";
    setting_read(&setting,
                 "{workload: mobilenet_v2, dataflow: eye, accounting: maestro, budget: "
                 "{constraint: %s, limit: 1}}",
                 _i ? "power" : "area");
    const double least = least_need(&setting);
    ck_assert_ok(open_limited(&setting, least));
    const double limit = least * (1 - 1e-9);
    (void)snprintf(text, sizeof text,
                   "%s of %.6g %s is below the least that any assignment needs, %.6g %s",
                   _i ? "power" : "area", limit, units, least, units);
    ck_assert_fails(open_limited(&setting, limit), CONFX_STATUS_INFEASIBLE, text);
    (void)snprintf(text, sizeof text,
                   "of 2.5 %s is below the least that any assignment needs, %.6g %s", units, least,
                   units);
    ck_assert_fails(open_limited(&setting, 2.5), CONFX_STATUS_INFEASIBLE, text);
    setting_close(&setting);
}
END_TEST

/* ---- of another dataflow's range ------------------------------------------------------------- */

/* A fraction of another dataflow's range is the limit that this dataflow has by itself, whatever
   the job's own is; and what fractions refer to is that range. */
START_TEST(a_fraction_may_be_of_another_dataflow)
{
    static const char *const dataflows[] = {"dla", "rs", "shi"};
    setting_t of, setting;
    char path[FILE_PATH_MAX];
    const char *constraint = _i % 2 ? "power" : "area";
    setting_read(&of, "{dataflow: dla, budget: {constraint: %s, fraction: 0.1}}", constraint);
    setting_open(&of);
    setting_read(&setting, "{dataflow: %s, budget: {constraint: %s, fraction: 0.1, of: dla}}",
                 dataflows[_i / 2], constraint);
    problem_parts_t parts = setting_parts(&setting);
    confx_dataflow_t *dla;
    problem_t *own;
    ck_assert_ok(job_find(setting.job, JOB_BUDGET_DATAFLOW, path));
    ck_assert_ok(confx_dataflow_open(path, &dla));
    ck_assert_ok(problem_open(&parts, &own));
    parts.budget_of = dla;
    ck_assert_ok(problem_open(&parts, &setting.problem));
    ck_assert_double_eq(problem_budget(setting.problem), problem_budget(of.problem));
    ck_assert_double_eq(problem_need_least(setting.problem), problem_need_least(of.problem));
    ck_assert_double_eq(problem_need_most(setting.problem), problem_need_most(of.problem));
    /* Without it the area would be another one, or the test would show nothing. */
    ck_assert((problem_budget(own) == problem_budget(of.problem)) == (_i / 2 == 0));
    problem_close(own);
    confx_dataflow_close(dla);
    setting_close(&setting);
    setting_close(&of);
}
END_TEST

/* ---- a network of whole numbers -------------------------------------------------------------- */

/* Two layers, PEs 1, 2, 4 and one buffer; a layer needs its PEs. Layer 2 runs on `least` PEs or
   more. */
static bool evaluate_small(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                           double *objective, double *need)
{
    const uint32_t *least = context;
    (void)buffer;
    *objective = 100.0 / pes;
    *need = pes;
    return distinct == 0 || pes >= *least;
}

static confx_status_t open_small(double limit, uint32_t least, double *budget)
{
    setting_t setting;
    setting_read(
        &setting,
        "{workload: example, actions: {pe: [1, 2, 4], buffer: [1]}, budget: {limit: %.17g}}",
        limit);
    const problem_parts_t parts = setting_parts(&setting);
    const confx_status_t status = problem_open_with(
        &parts, (evaluator_t){&least, evaluate_small, false, 0}, &setting.problem);
    if (status.code == CONFX_STATUS_OK) *budget = problem_budget(setting.problem);
    setting_close(&setting);
    return status;
}

/* Which points are invalid is for samples to reveal; needs are known before. */
START_TEST(the_least_need_counts_invalid_levels_too)
{
    double budget;
    ck_assert_ok(open_small(2, 1, &budget));
    ck_assert(budget == 2);
    ck_assert_ok(open_small(2, 3, &budget));
    ck_assert_fails(open_small(1.5, 3, &budget), CONFX_STATUS_INFEASIBLE, "area of 1.5 um^2");
    ck_assert_fails(open_small(1.5, 3, &budget), CONFX_STATUS_INFEASIBLE, "needs, 2 um^2");
}
END_TEST

START_TEST(a_layer_that_runs_on_no_level_is_named)
{
    double budget;
    ck_assert_fails(open_small(100, 5, &budget), CONFX_STATUS_INFEASIBLE, "layer 2: ");
}
END_TEST

static bool evaluate_endless(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                             double *objective, double *need)
{
    (void)context, (void)distinct, (void)buffer;
    *objective = 1;
    *need = pes > 1 ? INFINITY : 1;
    return true;
}

START_TEST(needs_without_end_are_refused)
{
    setting_t setting;
    setting_read(&setting, "{workload: example}");
    const problem_parts_t parts = setting_parts(&setting);
    ck_assert_fails(problem_open_with(&parts, (evaluator_t){NULL, evaluate_endless, false, 0},
                                      &setting.problem),
                    CONFX_STATUS_INPUT, "area of an assignment is no finite number");
    setting_close(&setting);
}
END_TEST

/* Needs that rise with the PEs and fall with the buffer: the extremes are two of the mixed
   corners. */
static bool evaluate_crossed(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                             double *objective, double *need)
{
    (void)context, (void)distinct;
    *objective = 1;
    *need = 10.0 * pes - 3.0 * buffer;
    return true;
}

START_TEST(the_extremes_may_be_mixed_corners)
{
    setting_t setting;
    setting_read(
        &setting,
        "{workload: example, actions: {pe: [1, 2, 4], buffer: [1, 3]}, budget: {fraction: 0.25}}");
    setting_open_with(&setting, (evaluator_t){NULL, evaluate_crossed, false, 0});
    ck_assert(problem_need_least(setting.problem) == 2 * (10 - 9));
    ck_assert(problem_need_most(setting.problem) == 2 * (40 - 3));
    ck_assert(problem_budget(setting.problem) == 2 + 0.25 * (74 - 2));
    for (size_t distinct = 0; distinct < problem_distinct(setting.problem); distinct++)
        ck_assert_uint_eq(problem_least_point(setting.problem, distinct),
                          setting_point(setting.problem, 1, 3));
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("budget");
    TCase *tests = tcase_create("budget");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_fraction_lies_between_the_extreme_uniform_assignments, 0, CORNERS);
    tcase_add_test(tests, a_name_stands_for_its_fraction);
    tcase_add_test(tests, a_limit_is_the_budget);
    tcase_add_test(tests, a_need_fits_up_to_the_rounding_of_a_sum);
    tcase_add_loop_test(tests, a_budget_nothing_fits_is_refused_with_both_numbers, 0, 2);
    tcase_add_test(tests, the_least_need_counts_invalid_levels_too);
    tcase_add_test(tests, a_layer_that_runs_on_no_level_is_named);
    tcase_add_test(tests, needs_without_end_are_refused);
    tcase_add_test(tests, the_extremes_may_be_mixed_corners);
    tcase_add_loop_test(tests, a_fraction_may_be_of_another_dataflow, 0, 6);
    return suite_run(suite);
}
