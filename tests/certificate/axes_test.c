/* Certificates of problems that no job describes yet: three axes, one without order, and maxima
   among the limits, against every assignment; and the reasons why there is none. */
#include "confx/certificate.h"
#include "confx/figures.h"
#include "problem/models.h"

enum { POINTS = 45 };

/* The layers' points that are made of levels, or all. */
static bool is_in(const space_t *space, space_part_t part, uint64_t point)
{
    if (part == SPACE_INTEGERS) return true;
    for (uint64_t choice = 0; choice < space_choices(space); choice++)
        if (space_choice_point(space, choice) == point) return true;
    return false;
}

typedef struct {
    trial_t *trial;
    space_part_t part;
    score_t best;
} search_t;

static void search_all(search_t *self, size_t layer, totals_t totals)
{
    problem_t *problem = self->trial->problem;
    const terms_t *terms = problem_terms(problem);
    if (layer == TRIAL_LAYERS) {
        score_t score;
        terms_end(terms, &totals, &score);
        if (terms_feasible(terms, &score) && score_compare(&score, &self->best) < 0)
            self->best = score;
        return;
    }
    const size_t distinct = problem_distinct_of(problem, layer);
    for (uint64_t point = 0; point < POINTS; point++) {
        if (space_canonical(problem_space(problem), distinct, point) != point) continue;
        if (!is_in(problem_space(problem), self->part, point)) continue;
        double metrics[TRIAL_METRICS];
        totals_t next = totals;
        (void)problem_metrics(problem, distinct, point, metrics);
        terms_add(terms, &next, (membership_t){0, 1}, metrics);
        search_all(self, layer + 1, next);
    }
}

static terms_t wanted(int i)
{
    terms_t terms = trial_terms_axes();
    if (i == 1) terms.objectives[0] = trial_edp(AGGREGATE_PRODUCT);
    if (i == 2) terms.objectives[0] = trial_edp(AGGREGATE_SUM);
    if (i == 3) {
        terms = trial_terms_peak();
        terms.objectives[0] = trial_term("latency", AGGREGATE_SUM, 0);
    }
    if (i == 4) terms = trial_terms_peak();
    if (i == 5) terms = trial_terms_budgets();
    if (i == 6) terms = trial_terms_sampled();
    if (i == 7) {
        terms = trial_terms_sampled();
        terms.objectives[0] = trial_term("latency", AGGREGATE_MAX, 0);
    }
    if (i == 8) terms.constraints[0] = trial_term("energy", AGGREGATE_SUM, 110);
    return terms;
}

enum { WANTED = 9 };

static size_t sums_of(const terms_t *terms)
{
    size_t n = 0;
    for (size_t i = 0; i < terms->constraints_n; i++)
        n += terms->constraints[i].aggregate == AGGREGATE_SUM;
    return n;
}

START_TEST(the_optimum_over_any_axes_is_the_best_of_all_assignments)
{
    const terms_t terms = wanted(_i % WANTED);
    trial_t trial;
    knapsack_t knapsack;
    totals_t none;
    trial_open(&trial, (trial_model_t){.draw = 40 + (uint64_t)_i, .invalid = true}, &terms);
    search_t all = {&trial, _i < WANTED ? SPACE_LEVELS : SPACE_INTEGERS, {{NAN}, {0}}};
    ck_assert_ptr_null(certificate_obstacle(trial.problem));
    ck_assert_ok(certificate_solve(trial.problem, all.part, NULL, &knapsack));
    terms_begin(problem_terms(trial.problem), &none);
    search_all(&all, 0, none);
    ck_assert(knapsack.feasible && knapsack.solved);
    ck_assert_double_eq_tol(knapsack.optimum, all.best.objectives[0], 1e-9 * knapsack.optimum);
    ck_assert(knapsack.lower_bound <= knapsack.optimum);
    /* Of several budgets equals in the objective may need more of one and less of another. */
    if (sums_of(&terms) == 1) ck_assert_double_eq_tol(knapsack.need, all.best.constraints[0], 1e-9);
    for (size_t i = 0; i < terms.constraints_n; i++) {
        const bool one = sums_of(&terms) == 1 && terms.constraints[i].aggregate == AGGREGATE_SUM;
        ck_assert(knapsack.needs[i] <= terms.constraints[i].limit);
        if (one) ck_assert_double_eq(knapsack.needs[i], knapsack.need);
    }
    ck_assert_uint_eq(knapsack.choice_n, TRIAL_LAYERS);
    knapsack_close(&knapsack);
    trial_close(&trial);
}
END_TEST

/* ---- why there is none ----------------------------------------------------------------------- */

static void check_obstacle(trial_model_t model, terms_t terms, const char *reason)
{
    trial_t trial;
    trial_open(&trial, model, &terms);
    const char *obstacle = certificate_obstacle(trial.problem);
    ck_assert_ptr_nonnull(obstacle);
    ck_assert_msg(strstr(obstacle, reason) != NULL, "%s", obstacle);
    /* Then nothing is known, nothing is claimed, and nothing was evaluated. */
    knapsack_t none;
    ck_assert_ok(certificate_solve(trial.problem, SPACE_LEVELS, NULL, &none));
    ck_assert(none.feasible && !none.solved && none.choice == NULL);
    ck_assert(isnan(none.lower_bound) && isnan(none.optimum) && isnan(none.price));
    knapsack_close(&none);
    ck_assert_uint_eq(trial.model.late ? trial.model.asked : 0, 0);
    trial_close(&trial);
}

START_TEST(where_there_is_none_it_is_said_why)
{
    const trial_model_t prompt = {.draw = 1};
    terms_t several = trial_terms_axes();
    terms_t product = trial_terms_budgets();
    check_obstacle((trial_model_t){.late = true}, trial_terms_axes(), "too expensive");
    product.objectives[0] = trial_edp(AGGREGATE_PRODUCT);
    check_obstacle(prompt, product, "several budgets");
    several.objectives_n = 2;
    several.objectives[1] = trial_term("energy", AGGREGATE_SUM, 0);
    check_obstacle(prompt, several, "several objectives");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("axes");
    TCase *tests = tcase_create("axes");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_optimum_over_any_axes_is_the_best_of_all_assignments, 0,
                        2 * WANTED);
    tcase_add_test(tests, where_there_is_none_it_is_said_why);
    return suite_run(suite);
}
