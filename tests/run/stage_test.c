/* The stages of a search: who gets how many samples, and how the last update is cut. */
#include "run/steps.h"
#include "suite.h"

#include <string.h>

static setting_t setting;
static cluster_t *cluster;

/* A run with a job of these settings, far enough open for planning. */
static run_t run_with(job_t **job, const char *const *sets, size_t n)
{
    ck_assert_ok(job_parse("workload: example\nhardware: maestro\n", "test.yaml", sets, n, job));
    memset(&setting, 0, sizeof setting);
    ck_assert_ok(setting_open(*job, &setting));
    return (run_t){.cluster = cluster, .job = *job, .setting = setting};
}

static void close_run(job_t *job)
{
    setting_close(&setting);
    job_close(job);
}

START_TEST(the_default_preset_gives_60_or_500_samples_to_the_policy_or_a_third_of_few)
{
    const struct {
        const char *sets[2];
        uint64_t policy;
    } cases[] = {{{"search.samples=3700", "search.memory=true"}, 60},
                 {{"search.samples=15000", "search.memory=true"}, 60},
                 {{"search.samples=200", "search.memory=true"}, 60},
                 {{"search.samples=3700", "search.memory=false"}, 500},
                 {{"search.samples=900", "search.memory=false"}, 300},
                 {{"search.samples=31", "search.memory=true"}, 10},
                 {{"search.samples=5", "search.memory=true"}, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_t *job;
        stage_t stages[STAGES_MAX];
        const run_t run = run_with(&job, cases[i].sets, 2);
        ck_assert_uint_eq(stages_plan(&run, stages), 2);
        ck_assert_msg(stages[0].samples == cases[i].policy, "%s: %llu to the policy",
                      cases[i].sets[0], (unsigned long long)stages[0].samples);
        ck_assert_uint_eq(stages[0].samples + stages[1].samples, job->search.samples);
        close_run(job);
    }
}
END_TEST

START_TEST(the_paper_preset_counts_as_the_original_does)
{
    const char *const sets[] = {"search.preset=paper", "search.samples=3673"};
    job_t *job;
    stage_t stages[STAGES_MAX];
    const run_t run = run_with(&job, sets, 2);
    (void)stages_plan(&run, stages);
    ck_assert_uint_eq(stages[0].samples, 333); /* the original's: 333 episodes + 167 x 20 */
    ck_assert_uint_eq(stages[1].samples, 3340);
    close_run(job);
}
END_TEST

START_TEST(one_algorithm_alone_gets_all_samples)
{
    const char *const sets[] = {"search.algorithm=islands", "search.samples=100"};
    job_t *job;
    stage_t stages[STAGES_MAX];
    const run_t run = run_with(&job, sets, 2);
    ck_assert_uint_eq(stages_plan(&run, stages), 1);
    ck_assert_uint_eq(stages[0].samples, 100);
    ck_assert_int_eq(stages[0].algorithm, ALGORITHM_ISLANDS);
    close_run(job);
}
END_TEST

START_TEST(what_a_run_is_extended_by_goes_to_its_last_stage)
{
    const char *const sets[] = {"search.samples=9000"};
    job_t *job;
    stage_t stages[STAGES_MAX];
    run_t run = run_with(&job, sets, 1);
    run.legs[0] = (leg_t){.samples = 200, .updates = 25};
    run.legs[1] = (leg_t){.samples = 9000};
    run.legs_n = 2;
    const uint64_t wanted[] = {200, 9000};
    for (run.leg = 0; run.leg < 2; run.leg++) {
        ck_assert_uint_eq(stages_plan(&run, stages), 2);
        ck_assert_uint_eq(stages[0].samples, 60); /* as of 200 samples, not of 9,000 */
        ck_assert_uint_eq(stages[0].planned, 60);
        ck_assert_uint_eq(stages[1].samples, wanted[run.leg] - 60);
        ck_assert_uint_eq(stages[1].planned, 140);
    }
    close_run(job);
}
END_TEST

START_TEST(the_last_update_is_cut_in_order_of_units)
{
    const char *const sets[] = {"search.algorithm=islands", "search.samples=103"};
    job_t *job;
    run_t run = run_with(&job, sets, 2);
    run.stages_n = stages_plan(&run, run.stages);
    run.work.layout = (search_layout_t){.units = 4, .samples = 4};
    run.stage_samples = 96;
    const uint64_t wanted[4] = {4, 3, 0, 0};
    const uint64_t before[5] = {0, 4, 7, 7, 7};
    update_t update = stage_plan_update(&run);
    ck_assert(update_is_cut(&update));
    ck_assert_uint_eq(update.samples, 7);
    for (size_t unit = 0; unit < 4; unit++)
        ck_assert_uint_eq(update_samples_of(&update, unit), wanted[unit]);
    for (size_t unit = 0; unit <= 4; unit++)
        ck_assert_uint_eq(update_samples_before(&update, unit), before[unit]);
    run.stage_samples = 80;
    update = stage_plan_update(&run);
    ck_assert(!update_is_cut(&update));
    for (size_t unit = 0; unit < 4; unit++) ck_assert_uint_eq(update_samples_of(&update, unit), 4);
    close_run(job);
}
END_TEST

START_TEST(progress_keeps_its_rows_as_it_grows)
{
    progress_t progress = {.n = 0};
    for (size_t i = 0; i < 1000; i++) {
        double row[PROGRESS_COLUMNS];
        for (int column = 0; column < PROGRESS_COLUMNS; column++)
            row[column] = (double)(i * 100) + column;
        ck_assert_ok(progress_add(&progress, row));
    }
    ck_assert_uint_eq(progress.n, 1000);
    for (size_t i = 0; i < 1000; i++)
        for (int column = 0; column < PROGRESS_COLUMNS; column++)
            ck_assert_double_eq(progress.columns[column][i], (double)(i * 100) + column);
    progress_close(&progress);
}
END_TEST

START_TEST(a_shelf_says_when_something_did_not_fit)
{
    datasets_t datasets;
    datasets_begin(&datasets);
    for (int i = 0; i < DATASETS_ARRAYS; i++) datasets_real(&datasets, "/x", i, NULL);
    ck_assert_ok(datasets_status(&datasets));
    datasets_real(&datasets, "/one/too/many", 0, NULL);
    ck_assert_int_eq(datasets_status(&datasets).code, CONFX_STATUS_MEMORY);
    datasets_end(&datasets);
    for (int i = 0; i < DATASETS_ATTRIBUTES; i++) datasets_text_on(&datasets, "/x", "name", "text");
    ck_assert_ok(datasets_status(&datasets));
    datasets_text_on(&datasets, "/x", "one_too_many", "text");
    ck_assert_int_eq(datasets_status(&datasets).code, CONFX_STATUS_MEMORY);
    datasets_end(&datasets);
}
END_TEST

int main(int argc, char **argv)
{
    const confx_status_t opened = cluster_open(&argc, &argv, &cluster);
    if (opened.code != CONFX_STATUS_OK) return EXIT_FAILURE;
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("stage");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests,
                   the_default_preset_gives_60_or_500_samples_to_the_policy_or_a_third_of_few);
    tcase_add_test(tests, the_paper_preset_counts_as_the_original_does);
    tcase_add_test(tests, one_algorithm_alone_gets_all_samples);
    tcase_add_test(tests, what_a_run_is_extended_by_goes_to_its_last_stage);
    tcase_add_test(tests, the_last_update_is_cut_in_order_of_units);
    tcase_add_test(tests, progress_keeps_its_rows_as_it_grows);
    tcase_add_test(tests, a_shelf_says_when_something_did_not_fit);
    const int result = suite_run(suite);
    cluster_close(cluster);
    return result;
}
