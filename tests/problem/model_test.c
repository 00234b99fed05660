/* Models: the cost room's, and one that is slow to answer and may fail; what a problem makes of
   both. */
#include "models.h"
#include "setting.h"

enum { SAMPLES = 12, CELLS = TRIAL_LAYERS * TRIAL_AXES };

START_TEST(the_builtin_models_columns_are_the_cost_models)
{
    setting_t setting;
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    setting_read(&setting, "{workload: mobilenet_v2}");
    setting_open(&setting);
    const model_t *model = problem_model(setting.problem);
    ck_assert_uint_eq(model_metric(model, "area"), BUILTIN_AREA);
    ck_assert_uint_eq(model_metric(model, "weight"), model->metrics_n);
    for (int i = 0; i < 200; i++) {
        const size_t layer = rng_below(&rng, problem_layers(setting.problem));
        const uint32_t pes = 1 + (uint32_t)rng_below(&rng, 128),
                       buffer = 1 + (uint32_t)rng_below(&rng, 12);
        double metrics[BUILTIN_COLUMNS];
        confx_cost_t cost;
        setting_cost(&setting, layer, pes, buffer, &cost);
        ck_assert(problem_metrics(setting.problem, problem_distinct_of(setting.problem, layer),
                                  setting_point(setting.problem, pes, buffer), metrics));
        ck_assert(metrics[BUILTIN_LATENCY] == (double)cost.runtime_cycles);
        ck_assert(metrics[BUILTIN_ENERGY] == cost.energy_nj);
        ck_assert(metrics[BUILTIN_AREA] == cost.area_um2);
        ck_assert(metrics[BUILTIN_POWER] == cost.power_mw);
        ck_assert(metrics[BUILTIN_L1] == (double)cost.l1_bytes);
        ck_assert(metrics[BUILTIN_L2] == (double)cost.l2_bytes);
        ck_assert(metrics[BUILTIN_MACS] == (double)cost.macs);
        ck_assert(metrics[BUILTIN_MACS_PER_CYCLE] == cost.macs_per_cycle);
    }
    setting_close(&setting);
}
END_TEST

static void draw(const trial_t *trial, uint16_t *assignments)
{
    rng_t rng = rng_begin(7, RNG_TEST, 0, 0, 0);
    for (size_t e = 0; e < SAMPLES; e++) trial_draw(trial->problem, &rng, assignments + e * CELLS);
}

static void check_same(const score_t *one, const score_t *other)
{
    for (size_t i = 0; i < TERMS_MAX; i++) {
        ck_assert(same_number(one->objectives[i], other->objectives[i]));
        ck_assert(same_number(one->constraints[i], other->constraints[i]));
    }
}

/* Each point is asked for once; what comes late, or failed before it came, is what a prompt model
   says. */
START_TEST(late_answers_are_the_same_answers)
{
    const terms_t terms = trial_terms_budgets();
    trial_t prompt, late;
    uint16_t assignments[SAMPLES * CELLS];
    score_t expected[SAMPLES], scores[SAMPLES];
    trial_open(&prompt, (trial_model_t){.draw = 3, .invalid = true}, &terms);
    trial_open(&late, (trial_model_t){.draw = 3, .invalid = true, .late = true}, &terms);
    draw(&prompt, assignments);
    ck_assert_ok(problem_scores(prompt.problem, &(assignments_t){SAMPLES, assignments}, expected));
    ck_assert_ok(problem_scores(late.problem, &(assignments_t){SAMPLES, assignments}, scores));
    for (size_t e = 0; e < SAMPLES; e++) check_same(&scores[e], &expected[e]);
    const size_t asked = late.model.asked;
    ck_assert_uint_gt(asked, 0);
    ck_assert_uint_lt(asked, SAMPLES * TRIAL_LAYERS);
    ck_assert_ok(problem_scores(late.problem, &(assignments_t){SAMPLES, assignments}, scores));
    ck_assert_uint_eq(late.model.asked, asked);
    trial_close(&late);
    trial_close(&prompt);
}
END_TEST

START_TEST(what_failed_is_asked_again)
{
    const terms_t terms = trial_terms_budgets();
    trial_t prompt, late;
    uint16_t assignments[SAMPLES * CELLS];
    score_t expected[SAMPLES], scores[SAMPLES];
    trial_open(&prompt, (trial_model_t){.draw = 4}, &terms);
    trial_open(&late, (trial_model_t){.draw = 4, .late = true, .fails = true}, &terms);
    draw(&prompt, assignments);
    ck_assert_ok(problem_scores(prompt.problem, &(assignments_t){SAMPLES, assignments}, expected));

    /* What fails three times in a row is left for the next time; in the end all is answered. */
    size_t left = 1;
    for (int round = 0; round < 20 && left > 0; round++) {
        ck_assert_ok(problem_scores(late.problem, &(assignments_t){SAMPLES, assignments}, scores));
        left = 0;
        for (size_t e = 0; e < SAMPLES; e++)
            if (isnan(scores[e].objectives[0])) left++;
    }
    ck_assert_uint_eq(left, 0);
    for (size_t e = 0; e < SAMPLES; e++) check_same(&scores[e], &expected[e]);
    trial_close(&late);
    trial_close(&prompt);
}
END_TEST

START_TEST(what_always_fails_is_never_scored_nor_remembered)
{
    const terms_t terms = trial_terms_axes();
    trial_t trial;
    memory_t *memory;
    uint16_t assignments[SAMPLES * CELLS];
    score_t scores[SAMPLES];
    trial_open(&trial, (trial_model_t){.late = true, .never = true}, &terms);
    ck_assert_ok(memory_open(trial.problem, &memory));
    draw(&trial, assignments);
    ck_assert_ok(problem_scores(trial.problem, &(assignments_t){SAMPLES, assignments}, scores));
    ck_assert_ok(memory_reveal(memory, trial.problem, &(assignments_t){SAMPLES, assignments}));
    for (size_t e = 0; e < SAMPLES; e++) {
        ck_assert(isnan(scores[e].objectives[0]));
        ck_assert(!terms_feasible(problem_terms(trial.problem), &scores[e]));
    }
    ck_assert_uint_eq(memory_size(memory), 0);
    memory_close(memory);
    trial_close(&trial);
}
END_TEST

START_TEST(opening_evaluates_nothing_where_that_is_expensive)
{
    const terms_t terms = trial_terms_budgets();
    trial_t trial;
    trial_open(&trial, (trial_model_t){.late = true}, &terms);
    ck_assert_uint_eq(trial.model.asked, 0);
    for (size_t d = 0; d < TRIAL_DISTINCT; d++)
        (void)problem_needs(trial.problem, d, problem_least_point(trial.problem, d));
    ck_assert_uint_eq(trial.model.asked, 0);
    trial_close(&trial);
}
END_TEST

/* A fraction of what is static is as good as told; of latency it would take evaluations. */
START_TEST(a_fraction_of_what_must_be_sampled_is_refused)
{
    terms_t terms = trial_terms_axes();
    trial_t trial, prompt;
    trial_read(&trial, (trial_model_t){.late = true});
    trial_read(&prompt, (trial_model_t){.late = false});
    ck_assert_ok(trial_make(&trial, &terms, 0.5));
    ck_assert_ok(trial_make(&prompt, &terms, 0.5));
    ck_assert_uint_eq(trial.model.asked, 0);
    ck_assert(problem_budget(trial.problem) == problem_budget(prompt.problem));
    trial_close(&trial);
    trial_close(&prompt);
    terms.constraints[0] = trial_term("energy", AGGREGATE_SUM, 0);
    trial_read(&trial, (trial_model_t){.late = true});
    trial_read(&prompt, (trial_model_t){.late = false});
    ck_assert_fails(trial_make(&trial, &terms, 0.5), CONFX_STATUS_INPUT,
                    "a fraction of the energy cannot be told");
    ck_assert_ok(trial_make(&prompt, &terms, 0.5));
    trial_close(&trial);
    trial_close(&prompt);
}
END_TEST

/* ---- whole networks -------------------------------------------------------------------------- */

/* A cheap one is asked once for each, and so is one that answers late. */
START_TEST(a_model_may_score_whole_networks)
{
    const terms_t terms = trial_terms_axes();
    trial_t trial;
    memory_t *memory;
    uint16_t assignments[SAMPLES * CELLS];
    score_t scores[SAMPLES];
    trial_open(&trial, (trial_model_t){.draw = 5, .networks = true, .invalid = true, .late = _i},
               &terms);
    ck_assert_uint_eq(trial.model.asked, 0);
    ck_assert_ok(memory_open(trial.problem, &memory));
    draw(&trial, assignments);
    space_copy(problem_space(trial.problem), TRIAL_LAYERS, assignments,
               assignments + CELLS); /* the first two are the same */
    const assignments_t drawn = {SAMPLES, assignments};
    ck_assert_ok(problem_scores(trial.problem, &drawn, scores));
    ck_assert_uint_eq(trial.model.asked, SAMPLES - 1);
    size_t invalid = 0;
    for (size_t e = 0; e < SAMPLES; e++) {
        double metrics[TRIAL_METRICS];
        const bool valid = trial_network(&trial.model, assignments + e * CELLS, metrics);
        ck_assert(same_number(scores[e].objectives[0], valid ? metrics[TRIAL_LATENCY] : NAN));
        ck_assert(scores[e].constraints[0] == metrics[TRIAL_AREA]);
        invalid += !valid;
    }
    ck_assert(invalid > 0 && invalid < SAMPLES);
    ck_assert_ok(problem_scores(trial.problem, &drawn, scores));
    ck_assert_uint_eq(trial.model.asked, SAMPLES - 1);
    ck_assert_ok(memory_reveal(memory, trial.problem, &drawn));
    ck_assert_uint_eq(memory_size(memory), SAMPLES - 1);
    memory_close(memory);
    trial_close(&trial);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model");
    TCase *tests = tcase_create("model");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_builtin_models_columns_are_the_cost_models);
    tcase_add_test(tests, late_answers_are_the_same_answers);
    tcase_add_test(tests, what_failed_is_asked_again);
    tcase_add_test(tests, what_always_fails_is_never_scored_nor_remembered);
    tcase_add_test(tests, opening_evaluates_nothing_where_that_is_expensive);
    tcase_add_test(tests, a_fraction_of_what_must_be_sampled_is_refused);
    tcase_add_loop_test(tests, a_model_may_score_whole_networks, 0, 2);
    return suite_run(suite);
}
