/* Episodes under the mask: within the budget, and not twice into what is known to be invalid. */
#include "problems.h"
#include "search/common/moves.h"

static void check_fit(const stage_t *stage)
{
    const double budget = problem_budget(stage->problem);
    for (size_t i = 0; i < stage->trace.n; i++) {
        const double used = stage->trace.scores[i].constraints[0];
        ck_assert_msg(used <= budget * (1 + 1e-12), "sample %zu needs %.17g of %.17g", i, used,
                      budget);
        ck_assert(stage->trace.feasible[i]);
    }
}

START_TEST(every_episode_of_the_36_settings_fits)
{
    static const char *const leagues[] = {"", "memory: false", "feedback: total"};
    setting_t setting;
    stage_t stage;
    baseline_open(&setting, _i, leagues[_i / 2 % 3]);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 40, 1, NULL);
    stage_run(&stage);
    check_fit(&stage);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* Whether all layers of a sample have one action, and if so which. */
static bool is_uniform(const stage_t *stage, size_t sample, uint64_t *point)
{
    const problem_t *problem = stage->problem;
    const uint16_t *assignment = batch_assignment(&stage->trace, sample);
    *point = problem_point(problem, assignment, 0);
    for (size_t layer = 1; layer < problem_layers(problem); layer++)
        if (problem_point(problem, assignment, layer) != *point) return false;
    return true;
}

/* None that needs more would do. */
static void check_widest(const setting_t *setting, uint64_t point)
{
    problem_t *problem = setting->problem;
    const space_t *space = problem_space(problem);
    const need_t need = moves_uniform_needs(problem, point);
    ck_assert(terms_fits(problem_terms(problem), &need));
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const need_t other = moves_uniform_needs(problem, space_choice_point(space, choice));
        ck_assert(other.of[0] <= need.of[0] || !terms_fits(problem_terms(problem), &other));
    }
}

START_TEST(the_first_sample_gives_all_layers_what_just_fits)
{
    static const char *const leagues[] = {"", "memory: false", "feedback: total"};
    setting_t setting;
    stage_t stage;
    uint64_t point;
    baseline_open(&setting, _i, leagues[_i % 3]);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 40, 1, NULL);
    stage_run(&stage);
    ck_assert(is_uniform(&stage, 0, &point));
    check_widest(&setting, point);
    for (size_t i = 1; i < stage.trace.n; i++) ck_assert(!is_uniform(&stage, i, &point));
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

START_TEST(every_episode_of_other_networks_fits)
{
    static const char *const networks[] = {"resnet50", "vgg16", "densenet", "googlenet", "example"};
    setting_t setting;
    stage_t stage;
    setting_read(&setting, "{workload: %s, hardware: asic, budget: {name: iotx}}", networks[_i]);
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 20, 1, NULL);
    stage_run(&stage);
    check_fit(&stage);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

START_TEST(random_assignments_fit)
{
    setting_t setting;
    stage_t stage;
    baseline_open(&setting, 24 + _i, "");
    stage_open(&stage, &setting, ALGORITHM_RANDOM, 40, 1, NULL);
    stage_run(&stage);
    check_fit(&stage);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- the paper's have no mask ---------------------------------------------------------------- */

START_TEST(the_papers_episodes_do_leave_the_budget)
{
    setting_t setting;
    stage_t stage;
    size_t feasible = 0;
    baseline_open(&setting, 12, "preset: paper");
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 10, 1, NULL);
    stage_run(&stage);
    for (size_t i = 0; i < stage.trace.n; i++) feasible += stage.trace.feasible[i];
    ck_assert_uint_eq(feasible, 0);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- invalid points -------------------------------------------------------------------------- */

static uint64_t point_of(const stage_t *stage, size_t cell)
{
    return problem_point(stage->problem, batch_assignment(&stage->trace, cell / stage->layers),
                         cell % stage->layers);
}

/* Invalid points met for the first time, and met again in a later update than that. */
typedef struct {
    size_t first, again;
} met_t;

static met_t run_and_count(stage_t *stage)
{
    const problem_t *problem = stage->problem;
    met_t met = {0, 0};
    memory_t *known;
    ck_assert_ok(memory_open(problem, &known));
    memory_copy(stage->ranks[0].memory, known);
    while (stage->trace.n < stage->samples) {
        const size_t before = stage->trace.n;
        stage_update(stage);
        for (size_t cell = before * stage->layers; cell < stage->trace.n * stage->layers; cell++) {
            const size_t distinct = problem_distinct_of(problem, cell % stage->layers);
            met.again += memory_invalid(known, distinct, point_of(stage, cell));
            met.first += !memory_seen(known, distinct, point_of(stage, cell)) &&
                         memory_invalid(stage->ranks[0].memory, distinct, point_of(stage, cell));
        }
        memory_copy(stage->ranks[0].memory, known);
    }
    memory_close(known);
    return met;
}

START_TEST(a_remembered_invalid_point_is_not_sampled_again)
{
    setting_t setting;
    stage_t stages[2];
    setting_read(&setting,
                 "{workload: alexnet, dataflow: eye, accounting: maestro, objective: %s, budget: "
                 "{fraction: %g}, "
                 "search: {seed: %d}}",
                 _i & 1 ? "energy" : "latency", _i & 2 ? 0.05 : 0.5, _i);
    setting_open(&setting);
    stage_open(&stages[0], &setting, ALGORITHM_REINFORCE, 200, 1, NULL);
    const met_t met = run_and_count(&stages[0]);
    ck_assert_uint_gt(met.first, 0);
    ck_assert_uint_eq(met.again, 0);
    stage_open(&stages[1], &setting, ALGORITHM_ISLANDS, 400, 1, &stages[0]);
    ck_assert_uint_eq(run_and_count(&stages[1]).again, 0);
    for (int i = 0; i < 2; i++) stage_close(&stages[i]);
    setting_close(&setting);
}
END_TEST

/* Three layers that need their PEs, of 1, 2 or 4; the first runs on 2 or more. */
static bool evaluate_tight(void *context, size_t distinct, uint32_t pes, uint32_t buffer,
                           double *objective, double *need)
{
    (void)context, (void)buffer;
    *objective = 100 - 10 * pes;
    *need = pes;
    return distinct != 0 || pes > 1;
}

/* The others must not eat up what the first layer is known to need. */
START_TEST(what_is_kept_for_the_layers_to_come_can_run_them)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{actions: {pe: [1, 2, 4], buffer: [1]}, budget: {limit: %d}, search: {seed: 3}}",
                 4 + _i);
    setting_take_layers(&setting, "K,C,Y,X,R,S,T\n1,1,9,9,3,3,1\n2,1,9,9,3,3,1\n3,1,9,9,3,3,1\n");
    setting_open_with(&setting, (evaluator_t){NULL, evaluate_tight, false, 0});
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 200, 1, NULL);
    const met_t met = run_and_count(&stage);
    ck_assert_uint_gt(met.first, 0);
    ck_assert_uint_eq(met.again, 0);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("episodes");
    TCase *tests = tcase_create("episodes");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, every_episode_of_the_36_settings_fits, 0, SETTINGS);
    tcase_add_loop_test(tests, the_first_sample_gives_all_layers_what_just_fits, 0, SETTINGS);
    tcase_add_loop_test(tests, every_episode_of_other_networks_fits, 0, 5);
    tcase_add_loop_test(tests, random_assignments_fit, 0, 12);
    tcase_add_test(tests, the_papers_episodes_do_leave_the_budget);
    tcase_add_loop_test(tests, a_remembered_invalid_point_is_not_sampled_again, 0, 4);
    tcase_add_loop_test(tests, what_is_kept_for_the_layers_to_come_can_run_them, 0, 3);
    return suite_run(suite);
}
