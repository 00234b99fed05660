/* The interface: sizes that ranks agree on, what an algorithm has no part in, how much work a
   sample is. */
#include "problems.h"

static const struct {
    const char *search;
    algorithm_t stage;
    size_t units, samples;
} plans[] = {{"", ALGORITHM_REINFORCE, 2, 5},
             {"", ALGORITHM_ISLANDS, 4, 4},
             {"preset: paper", ALGORITHM_REINFORCE, 1, 1},
             {"preset: paper", ALGORITHM_ISLANDS, 1, 20},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_REINFORCE, 6, 7},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_ISLANDS, 8, 9},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_RANDOM, 6, 7},
             {"", ALGORITHM_GRID, 4, 5},
             {"", ALGORITHM_UNIFORM, 4, 5},
             {"", ALGORITHM_ASSEMBLY, 4, 5},
             {"", ALGORITHM_ANNEALING, 1, 1},
             {"", ALGORITHM_GENETIC, 4, 3},
             {"", ALGORITHM_BAYES, 4, 1},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_ANNEALING, 8, 1},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_GENETIC, 8, 9},
             {"blocks: 6, episodes: 7, islands: 8, children: 9", ALGORITHM_BAYES, 6, 7}};

enum { PLANS = sizeof plans / sizeof *plans };

START_TEST(a_plan_is_the_presets_unless_the_job_says_otherwise)
{
    setting_t setting;
    setting_read(&setting, "{workload: example, search: {%s}}", plans[_i].search);
    setting_open(&setting);
    const search_setup_t setup = {.problem = setting.problem, .job = setting.job};
    const search_layout_t plan = search_plan(&setup, plans[_i].stage);
    ck_assert_uint_eq(plan.units, plans[_i].units);
    ck_assert_uint_eq(plan.samples, plans[_i].samples);
    ck_assert_uint_eq(plan.publish_bytes + plan.moments + plan.gradient + plan.migrant_bytes +
                          plan.state_bytes,
                      0);
    setting_close(&setting);
}
END_TEST

/* ---- parts ----------------------------------------------------------------------------------- */

/* The policy has parameters that travel and no units worth keeping, islands the reverse, random
   search neither. */
static void check_parts(const stage_t *stage, algorithm_t algorithm)
{
    const search_layout_t *layout = &stage->layout;
    array_t arrays[SEARCH_ARRAYS_MAX];
    const bool learns = algorithm == ALGORITHM_REINFORCE;
    const bool keeps = algorithm == ALGORITHM_ISLANDS;
    ck_assert_int_eq(layout->publish_bytes > layout->gradient * sizeof(real_t), learns);
    ck_assert_int_eq(layout->gradient > 0, learns);
    ck_assert_int_eq(layout->migrant_bytes > 0, keeps);
    ck_assert_int_eq(layout->state_bytes > layout->migrant_bytes, keeps);
    ck_assert_int_eq(search_arrays(stage->ranks[0].search, arrays) > 0, learns);
    ck_assert_int_eq(search_work(stage->ranks[0].search).macs > 0, learns);
}

START_TEST(parts_that_an_algorithm_lacks_are_left_out)
{
    static const algorithm_t stages[] = {ALGORITHM_REINFORCE, ALGORITHM_ISLANDS, ALGORITHM_RANDOM};
    setting_t setting;
    stage_t stage;
    setting_read(&setting, "{workload: example}");
    setting_open(&setting);
    stage_open(&stage, &setting, stages[_i], 40, 1, NULL);
    check_parts(&stage, stages[_i]);
    stage_update(&stage);
    const bool learns = stages[_i] == ALGORITHM_REINFORCE;
    ck_assert_int_eq(isnan(stage.summary.entropy), !learns);
    ck_assert_int_eq(isnan(stage.summary.gradient_norm), !learns);
    ck_assert_int_eq(isnan(stage.reports[0].entropy), !learns);
    if (stages[_i] != ALGORITHM_ISLANDS) ck_assert(!search_migrates(stage.ranks[0].search, 4));
    search_close(NULL);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* Gates 4 x 128 x (128 + 128), trunk 30 x 128 + 2 x 128 x 128, heads 128 x 24 + 2 x 12 x 12,
   encoders 10 x (7 + 1 + 2), and biases: 512 + 3 x 128 + 24 + 24 + 30. */
START_TEST(the_papers_policy_has_its_170_000_parameters)
{
    setting_t setting;
    stage_t stage;
    const double weights = 4 * 128 * 256 + 30 * 128 + 2 * 128 * 128 + 128 * 24 + 2 * 144 + 10 * 10;
    setting_read(&setting, "{workload: mobilenet_v2, search: {preset: paper}}");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 1, 1, NULL);
    ck_assert_uint_eq(stage.layout.gradient, (size_t)weights + 512 + 3 * 128 + 24 + 24 + 30);
    const search_work_t work = search_work(stage.ranks[0].search);
    ck_assert(work.macs == 3 * 52 * weights);
    ck_assert(work.rows == 1 && work.inner == 128 && work.columns == 512);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

/* ---- reports --------------------------------------------------------------------------------- */

/* A cut update leaves units without a sample: what they do not tell must not count. */
START_TEST(a_cut_update_reports_on_what_was_sampled)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{workload: mobilenet_v2, search: {blocks: 4, episodes: 3, memory: false}}");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 12 + 4, 1, NULL);
    stage_update(&stage);
    const double whole = stage.summary.entropy;
    ck_assert(whole > 0 && whole < log(12));
    stage_update(&stage);
    ck_assert_uint_eq(stage.trace.n, 16);
    ck_assert_double_eq_tol(stage.summary.entropy,
                            (stage.reports[0].entropy + stage.reports[1].entropy) / 2, 1e-12);
    ck_assert_double_eq_tol(stage.summary.entropy, whole, 0.3);
    for (size_t unit = 0; unit < 2; unit++)
        ck_assert(stage.reports[unit].feasible == (double)stage.batches[unit].n);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

START_TEST(a_report_tells_of_its_unit)
{
    setting_t setting;
    stage_t stage;
    setting_read(&setting,
                 "{workload: mobilenet_v2, search: {preset: paper, blocks: 2, episodes: 4}}");
    setting_open(&setting);
    stage_open(&stage, &setting, ALGORITHM_REINFORCE, 8, 1, NULL);
    stage_update(&stage);
    for (size_t unit = 0; unit < 2; unit++) {
        double feasible = 0;
        for (size_t e = 0; e < 4; e++) feasible += stage.batches[unit].feasible[e];
        ck_assert(stage.reports[unit].feasible == feasible);
        ck_assert_double_lt(stage.reports[unit].lowest, 0);
        ck_assert_double_eq_tol(stage.reports[unit].entropy, log(12),
                                0.1); /* untrained: nearly even */
    }
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("search");
    TCase *tests = tcase_create("search");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, a_plan_is_the_presets_unless_the_job_says_otherwise, 0, PLANS);
    tcase_add_loop_test(tests, parts_that_an_algorithm_lacks_are_left_out, 0, 3);
    tcase_add_test(tests, the_papers_policy_has_its_170_000_parameters);
    tcase_add_test(tests, a_cut_update_reports_on_what_was_sampled);
    tcase_add_test(tests, a_report_tells_of_its_unit);
    return suite_run(suite);
}
