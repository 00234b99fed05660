/* Illegal actions: known before any sample, left out of budgets and least needs, and refused where
   a layer has no other. */
#include "models.h"
#include "setting.h"

#include <math.h>

/* ---- models ---------------------------------------------------------------------------------- */

enum { KINDS = 2 };

/* A cheap model whose validity is static, a late one, and one whose invalid points samples find. */
static trial_model_t model_of(int i)
{
    return (trial_model_t){.draw = 9, .illegal = i < KINDS, .late = i == 1, .invalid = i == KINDS};
}

START_TEST(what_is_illegal_is_known_without_a_sample)
{
    const terms_t terms = trial_terms_axes();
    trial_t trial;
    uint64_t illegal = 0;
    trial_open(&trial, model_of(_i), &terms);
    problem_t *problem = trial.problem;
    const space_t *space = problem_space(problem);
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
        for (uint64_t choice = 0; choice < space_choices(space); choice++) {
            const size_t distinct = problem_distinct_of(problem, layer);
            const uint64_t point = space_choice_point(space, choice);
            const bool legal =
                trial_is_valid(&trial.model, distinct, space_canonical(space, distinct, point));
            const need_t needs = problem_needs(problem, distinct, point);
            double own[TRIAL_METRICS];
            ck_assert_int_eq(problem_is_legal(problem, distinct, point), legal);
            ck_assert_int_eq(isinf(problem_need(problem, distinct, point)) != 0, !legal);
            ck_assert_uint_eq(needs.illegal, !legal);
            /* Sums of needs can be changed back, as none of them is infinite. */
            trial_metrics(&trial.model, distinct, space_canonical(space, distinct, point), own);
            ck_assert(needs.of[0] == own[TRIAL_AREA]);
            illegal += !legal;
        }
    ck_assert_uint_gt(illegal, 0);
    ck_assert_uint_eq(problem_illegal(problem), illegal);
    if (trial.model.late) ck_assert_uint_eq(trial.model.asked, 0);
    trial_close(&trial);
}
END_TEST

/* What samples have to find out is no more known beforehand than it was. */
START_TEST(what_is_merely_invalid_is_not_illegal)
{
    const terms_t terms = trial_terms_axes();
    trial_t trial;
    trial_open(&trial, model_of(KINDS), &terms);
    const uint64_t last = space_points(problem_space(trial.problem)) - 1;
    ck_assert(!trial_is_valid(&trial.model, 1, last));
    ck_assert(problem_is_legal(trial.problem, 1, last));
    ck_assert(isfinite(problem_need(trial.problem, 1, last)));
    ck_assert_uint_eq(problem_illegal(trial.problem), 0);
    trial_close(&trial);
}
END_TEST

START_TEST(no_assignment_with_an_illegal_action_fits)
{
    terms_t terms = trial_terms_axes();
    terms.constraints[0].limit = 1e9;
    trial_t trial;
    uint16_t assignment[TRIAL_LAYERS * TRIAL_AXES];
    size_t fitting = 0, others = 0;
    trial_open(&trial, model_of(_i), &terms);
    for (uint64_t draw = 0; draw < 500; draw++) {
        rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
        bool legal = true;
        trial_draw(trial.problem, &rng, assignment);
        for (size_t layer = 0; layer < TRIAL_LAYERS; layer++)
            legal = legal && trial_is_valid(&trial.model, trial.workload.distinct_of[layer],
                                            trial_point(&trial.model, assignment, layer));
        const need_t sum = problem_assignment_needs(trial.problem, assignment);
        ck_assert_int_eq(problem_fits(trial.problem, assignment), legal);
        ck_assert_int_eq(isinf(terms_weight(problem_terms(trial.problem), &sum)) != 0, !legal);
        /* An illegal action taken out again leaves the sum that there was. */
        const need_t nothing = {{0}, 0};
        const need_t none = need_change(&sum, &sum, &nothing);
        ck_assert(none.of[0] == 0);
        ck_assert_uint_eq(none.illegal, 0);
        fitting += legal;
        others += !legal;
    }
    ck_assert(fitting > 10 && others > 10);
    trial_close(&trial);
}
END_TEST

/* ---- budgets --------------------------------------------------------------------------------- */

/* The least and the largest area of a layer's legal levels. */
static void extremes_of(const trial_t *trial, const space_t *space, size_t distinct, double ends[2])
{
    ends[0] = INFINITY;
    ends[1] = -INFINITY;
    for (uint64_t choice = 0; choice < space_choices(space); choice++) {
        const uint64_t point = space_canonical(space, distinct, space_choice_point(space, choice));
        double own[TRIAL_METRICS];
        if (!trial_is_valid(&trial->model, distinct, point)) continue;
        trial_metrics(&trial->model, distinct, point, own);
        ends[0] = fmin(ends[0], own[TRIAL_AREA]);
        ends[1] = fmax(ends[1], own[TRIAL_AREA]);
    }
}

/* A uniform assignment of extreme levels, illegal actions by the layer's own extremes. */
static double corner_area(const trial_t *trial, const space_t *space, uint64_t corner, int end)
{
    double sum = 0;
    for (size_t layer = 0; layer < TRIAL_LAYERS; layer++) {
        const size_t distinct = trial->workload.distinct_of[layer];
        const uint64_t point = space_canonical(space, distinct, corner);
        double own[TRIAL_METRICS], ends[2];
        trial_metrics(&trial->model, distinct, point, own);
        extremes_of(trial, space, distinct, ends);
        sum += trial_is_valid(&trial->model, distinct, point) ? own[TRIAL_AREA] : ends[end];
    }
    return sum;
}

START_TEST(a_fraction_is_between_legal_assignments)
{
    const terms_t terms = trial_terms_axes();
    static const uint32_t widths[] = {1, 5}, depths[] = {1, 3};
    trial_t trial;
    double least = INFINITY, most = -INFINITY;
    size_t replaced = 0;
    trial_read(&trial, model_of(_i));
    ck_assert_ok(trial_make(&trial, &terms, 0.25));
    const space_t *space = problem_space(trial.problem);
    for (size_t i = 0; i < 12; i++) {
        uint16_t action[TRIAL_AXES] = {0, (uint16_t)(i % 3), 0};
        ck_assert(space_find(space, 0, widths[i / 6], &action[0]));
        ck_assert(space_find(space, 2, depths[i / 3 % 2], &action[2]));
        const uint64_t corner = space_point(space, action);
        least = fmin(least, corner_area(&trial, space, corner, 0));
        most = fmax(most, corner_area(&trial, space, corner, 1));
        for (size_t distinct = 0; distinct < TRIAL_DISTINCT; distinct++)
            replaced += !problem_is_legal(trial.problem, distinct, corner);
    }
    ck_assert_uint_gt(replaced, 0);
    ck_assert(problem_need_least(trial.problem) == least);
    ck_assert(problem_need_most(trial.problem) == most);
    ck_assert(problem_budget(trial.problem) == least + 0.25 * (most - least));
    for (size_t distinct = 0; distinct < TRIAL_DISTINCT; distinct++) {
        const uint64_t point = problem_least_point(trial.problem, distinct);
        double ends[2];
        extremes_of(&trial, space, distinct, ends);
        ck_assert(problem_need(trial.problem, distinct, point) == ends[0]);
    }
    trial_close(&trial);
}
END_TEST

/* ---- the cost room's model ------------------------------------------------------------------- */

/* MAESTRO's row-stationary dataflow does only the diagonal of a tile. */
START_TEST(a_layer_that_no_action_is_legal_for_is_refused_with_a_witness)
{
    setting_t setting;
    setting_read(&setting,
                 "{workload: example, dataflow: eye, actions: {pe: [4, 9], buffer: [1]}}");
    const problem_parts_t parts = setting_parts(&setting);
    const confx_status_t status = problem_open(&parts, &setting.problem);
    ck_assert_int_eq(status.code, CONFX_STATUS_INFEASIBLE);
    ck_assert_msg(strstr(status.message, "runs it on none of the levels; on pe 4, buffer 1: MAC "),
                  "%s", status.message);
    ck_assert_msg(strstr(status.message, "use the dataflow rs under the accounting exact"), "%s",
                  status.message);
    setting_close(&setting);

    /* By MAESTRO's accounting the same is counted, as it always was. */
    setting_read(&setting, "{workload: example, dataflow: eye, accounting: maestro, "
                           "actions: {pe: [4, 9], buffer: [1]}}");
    setting_open(&setting);
    ck_assert_uint_eq(problem_illegal(setting.problem), 0);
    setting_close(&setting);
}
END_TEST

/* Fewer PEs than the cluster sizes ask for are a fault as well, which is static. */
START_TEST(faults_of_the_exact_accounting_are_static)
{
    setting_t setting;
    setting_read(&setting,
                 "{workload: example, dataflow: dla, actions: {pe: [2, 8], buffer: [1, 4]}}");
    setting_open(&setting);
    problem_t *problem = setting.problem;
    for (size_t distinct = 0; distinct < problem_distinct(problem); distinct++)
        for (uint64_t point = 0; point < space_points(problem_space(problem)); point++) {
            double metrics[MODEL_METRICS];
            ck_assert_int_eq(problem_metrics(problem, distinct, point, metrics),
                             problem_is_legal(problem, distinct, point));
        }
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("legal");
    TCase *tests = tcase_create("legal");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_is_illegal_is_known_without_a_sample, 0, KINDS);
    tcase_add_test(tests, what_is_merely_invalid_is_not_illegal);
    tcase_add_loop_test(tests, no_assignment_with_an_illegal_action_fits, 0, KINDS);
    tcase_add_loop_test(tests, a_fraction_is_between_legal_assignments, 0, KINDS);
    tcase_add_test(tests, a_layer_that_no_action_is_legal_for_is_refused_with_a_witness);
    tcase_add_test(tests, faults_of_the_exact_accounting_are_static);
    return suite_run(suite);
}
