/* Scores, needs and their order, held against brute force over all assignments of two layers. */
#include "models.h"

enum { LAYERS = TRIAL_LAYERS, CELLS = LAYERS * TRIAL_AXES, DRAWS = 400 };

/* What the layers of an assignment are by themselves. */
static void layers_of(trial_t *trial, const uint16_t *assignment,
                      double metrics[LAYERS][TRIAL_METRICS])
{
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(trial->problem, layer);
        const uint64_t point =
            space_point(problem_space(trial->problem), assignment + layer * TRIAL_AXES);
        trial_metrics(&trial->model, distinct,
                      space_canonical(problem_space(trial->problem), distinct, point),
                      metrics[layer]);
    }
}

static double sum_of(double metrics[LAYERS][TRIAL_METRICS], size_t metric)
{
    double sum = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) sum += metrics[layer][metric];
    return sum;
}

static double most_of(double metrics[LAYERS][TRIAL_METRICS], size_t metric)
{
    double most = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) most = fmax(most, metrics[layer][metric]);
    return most;
}

static double layer_products(double metrics[LAYERS][TRIAL_METRICS])
{
    double sum = 0;
    for (size_t layer = 0; layer < LAYERS; layer++)
        sum += metrics[layer][TRIAL_LATENCY] * metrics[layer][TRIAL_ENERGY];
    return sum;
}

static void open_everything(trial_t *trial)
{
    const terms_t terms = {.objectives_n = 4,
                           .constraints_n = 4,
                           .objectives = {trial_term("latency", AGGREGATE_SUM, 0),
                                          trial_term("latency", AGGREGATE_MAX, 0),
                                          trial_edp(AGGREGATE_PRODUCT), trial_edp(AGGREGATE_SUM)},
                           .constraints = {trial_term("area", AGGREGATE_SUM, 30),
                                           trial_term("power", AGGREGATE_MAX, 9),
                                           trial_term("power", AGGREGATE_SUM, 26),
                                           trial_term("energy", AGGREGATE_SUM, 140)}};
    trial_open(trial, (trial_model_t){.draw = 5}, &terms);
}

START_TEST(layers_come_together_as_the_terms_say)
{
    trial_t trial;
    rng_t rng = rng_begin(1, RNG_TEST, 0, 0, 0);
    size_t feasible = 0;
    open_everything(&trial);
    for (int i = 0; i < DRAWS; i++) {
        uint16_t assignment[CELLS];
        double metrics[LAYERS][TRIAL_METRICS];
        score_t score;
        trial_draw(trial.problem, &rng, assignment);
        layers_of(&trial, assignment, metrics);
        ck_assert_ok(problem_scores(trial.problem, &(assignments_t){1, assignment}, &score));
        const double latency = sum_of(metrics, TRIAL_LATENCY),
                     energy = sum_of(metrics, TRIAL_ENERGY);
        const double area = sum_of(metrics, TRIAL_AREA), power = sum_of(metrics, TRIAL_POWER);
        const double peak = most_of(metrics, TRIAL_POWER);
        ck_assert(score.objectives[0] == latency);
        ck_assert(score.objectives[1] == most_of(metrics, TRIAL_LATENCY));
        ck_assert(score.objectives[2] == latency * energy);
        ck_assert(score.objectives[3] == layer_products(metrics));
        ck_assert(score.constraints[0] == area && score.constraints[1] == peak);
        ck_assert(score.constraints[2] == power && score.constraints[3] == energy);
        const bool fits = area <= 30 && peak <= 9 && power <= 26;
        ck_assert_int_eq(terms_feasible(problem_terms(trial.problem), &score),
                         fits && energy <= 140);
        feasible += fits && energy <= 140;

        /* Needs know all of it but the energy, which must be sampled. */
        need_t need = {{0}, 0};
        for (size_t layer = 0; layer < LAYERS; layer++) {
            const need_t own = problem_needs(
                trial.problem, problem_distinct_of(trial.problem, layer),
                space_point(problem_space(trial.problem), assignment + layer * TRIAL_AXES));
            need_add(&need, &own);
        }
        ck_assert_int_eq(terms_fits(problem_terms(trial.problem), &need), fits);
        ck_assert(need.of[0] == area);
    }
    ck_assert_uint_gt(feasible, 5);
    ck_assert_uint_lt(feasible, DRAWS - 5);
    trial_close(&trial);
}
END_TEST

START_TEST(an_invalid_layer_makes_every_objective_none)
{
    const terms_t terms = trial_terms_peak();
    trial_t trial;
    uint16_t assignment[CELLS] = {0};
    score_t score;
    trial_open(&trial, (trial_model_t){.invalid = true}, &terms);
    assignment[1 * TRIAL_AXES] = 4;
    ck_assert_ok(problem_scores(trial.problem, &(assignments_t){1, assignment}, &score));
    ck_assert(isnan(score.objectives[0]));
    ck_assert(isfinite(score.constraints[0]) && isfinite(score.constraints[1]));
    ck_assert(!terms_feasible(problem_terms(trial.problem), &score));
    assignment[1 * TRIAL_AXES] = 3;
    ck_assert_ok(problem_scores(trial.problem, &(assignments_t){1, assignment}, &score));
    ck_assert(score.objectives[0] > 0);
    trial_close(&trial);
}
END_TEST

/* One layer's action changes: the need that was kept up to date is the one counted anew, of maxima
   as well. */
START_TEST(a_change_of_one_layer_is_a_change_of_the_need)
{
    const terms_t terms = trial_terms_peak();
    trial_t trial;
    rng_t rng = rng_begin(2, RNG_TEST, 0, 0, 0);
    trial_open(&trial, (trial_model_t){.draw = 6}, &terms);
    uint64_t points[LAYERS] = {0};
    need_t need = {{0}, 0};
    for (size_t layer = 0; layer < LAYERS; layer++) {
        const need_t own =
            problem_needs(trial.problem, problem_distinct_of(trial.problem, layer), 0);
        need_add(&need, &own);
    }
    for (int i = 0; i < DRAWS; i++) {
        const size_t layer = rng_below(&rng, LAYERS);
        const size_t distinct = problem_distinct_of(trial.problem, layer);
        const uint64_t point = rng_below(&rng, 45);
        const need_t from = problem_needs(trial.problem, distinct, points[layer]);
        const need_t to = problem_needs(trial.problem, distinct, point);
        points[layer] = point;
        need = need_change(&need, &from, &to);
        need_t anew = {{0}, 0};
        for (size_t l = 0; l < LAYERS; l++) {
            const need_t own =
                problem_needs(trial.problem, problem_distinct_of(trial.problem, l), points[l]);
            need_add(&anew, &own);
        }
        for (size_t k = 0; k < TERMS_MAX; k++) ck_assert(need.of[k] == anew.of[k]);
    }
    trial_close(&trial);
}
END_TEST

START_TEST(one_number_stands_for_several_needs)
{
    terms_t terms = trial_terms_budgets();
    const double metrics[TRIAL_METRICS] = {1, 1, 6, 12};
    const model_t model = {.name = "none", .metrics_n = 0};
    trial_t trial;
    trial_open(&trial, (trial_model_t){.draw = 1}, &terms);
    const terms_t *bound = problem_terms(trial.problem);
    const need_t both = terms_need(bound, metrics);
    ck_assert(terms_weight(bound, &both) == (6 + 12 * (30.0 / 24)) / 2);
    ck_assert(terms_weight(bound, &(need_t){{30, 24}, 0}) == terms_scale(bound));
    ck_assert(terms_scale(bound) == 30 && !terms_is_single(bound));
    trial_close(&trial);
    terms = trial_terms_axes();
    trial_open(&trial, (trial_model_t){.draw = 1}, &terms);
    bound = problem_terms(trial.problem);
    const need_t one = terms_need(bound, metrics);
    ck_assert(terms_weight(bound, &one) == 6 && terms_scale(bound) == 30 && terms_is_single(bound));
    trial_close(&trial);
    terms = trial_terms_peak();
    trial_open(&trial, (trial_model_t){.draw = 1}, &terms);
    bound = problem_terms(trial.problem);
    const need_t peak = terms_need(bound, metrics); /* 12 is beyond the maximum of 9 */
    ck_assert(terms_weight(bound, &peak) == 6 + 2 * 34 && !terms_fits(bound, &peak));
    trial_close(&trial);
    ck_assert_fails(terms_bind(&terms, &model), CONFX_STATUS_INPUT,
                    "model none has no metric latency");
}
END_TEST

/* Limits of 0, in either place: the weight is a number, and it is within the scale exactly where
   the layer alone is within the limits. */
START_TEST(a_limit_of_nothing_is_weighed)
{
    static const struct {
        double limits[2], needs[2], scale, weight;
        aggregate_t second;
    } cases[] = {
        {{0, 24}, {0, 12}, 24, 12, AGGREGATE_SUM},
        {{0, 24}, {3, 12}, 24, 2 * 24 + 12, AGGREGATE_SUM},
        {{24, 0}, {12, 0}, 24, 12, AGGREGATE_SUM},
        {{24, 0}, {12, 3}, 24, 12 + 2 * 24, AGGREGATE_SUM},
        {{0, 0}, {3, 4}, 0, 3.5, AGGREGATE_SUM},
        {{0, 9}, {3, 8}, 0, 3, AGGREGATE_MAX},
        {{0, 9}, {0, 12}, 0, 1, AGGREGATE_MAX},
        {{0, 9}, {0, 8}, 0, 0, AGGREGATE_MAX},
        {{24, 0}, {12, 0}, 24, 12, AGGREGATE_MAX},
        {{24, 0}, {12, 3}, 24, 12 + 2 * 24, AGGREGATE_MAX},
    };
    const terms_t budgets = trial_terms_budgets();
    trial_t trial;
    trial_open(&trial, (trial_model_t){.draw = 1}, &budgets);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        terms_t terms = *problem_terms(trial.problem);
        const double metrics[TRIAL_METRICS] = {1, 1, cases[i].needs[0], cases[i].needs[1]};
        terms.constraints[0].limit = cases[i].limits[0];
        terms.constraints[1].limit = cases[i].limits[1];
        terms.constraints[1].aggregate = cases[i].second;
        const need_t need = terms_need(&terms, metrics);
        ck_assert(terms_scale(&terms) == cases[i].scale);
        ck_assert(terms_weight(&terms, &need) == cases[i].weight);
        ck_assert_int_eq(terms_weight(&terms, &need) <= terms_scale(&terms),
                         terms_fits(&terms, &need));
    }
    trial_close(&trial);
}
END_TEST

START_TEST(limits_that_nothing_keeps_to_are_refused)
{
    static const struct {
        double area, power;
        const char *message;
    } cases[] = {{5, 99, "area of 5"}, {99, 5, "power of 5"}};
    for (size_t i = 0; i < 2; i++)
        for (int late = 0; late < 2; late++) {
            terms_t terms = trial_terms_budgets();
            trial_t trial;
            terms.constraints[0].limit = cases[i].area;
            terms.constraints[1].limit = cases[i].power;
            trial_read(&trial, (trial_model_t){.late = late});
            ck_assert_fails(trial_make(&trial, &terms, NAN), CONFX_STATUS_INFEASIBLE,
                            cases[i].message);
            trial_close(&trial);
        }
    terms_t terms = trial_terms_peak();
    trial_t trial;
    terms.constraints[1].limit = 2;
    trial_read(&trial, (trial_model_t){.draw = 0});
    ck_assert_fails(trial_make(&trial, &terms, NAN), CONFX_STATUS_INFEASIBLE,
                    "that one of the layers needs");
    trial_close(&trial);
    terms.constraints[0] = trial_edp(AGGREGATE_PRODUCT);
    trial_read(&trial, (trial_model_t){.draw = 0});
    ck_assert_fails(trial_make(&trial, &terms, NAN), CONFX_STATUS_INPUT, "limit on a product");
    trial_close(&trial);
}
END_TEST

START_TEST(a_limit_on_a_sum_of_what_layers_share_is_refused)
{
    const terms_t terms = trial_terms_axes();
    trial_t trial;
    trial_read(&trial, (trial_model_t){.shared = 1});
    ck_assert_fails(trial_make(&trial, &terms, NAN), CONFX_STATUS_INPUT,
                    "area: a limit on a sum over layers that share one width");
    trial_close(&trial);
}
END_TEST

/* The figures of the trial model itself, not the problem's. */
static bool layer_shares(const trial_model_t *model, const terms_t *terms, size_t distinct,
                         uint16_t width)
{
    for (uint64_t own = 0; own < 9; own++) {
        const uint64_t point = width * (uint64_t)9 + own;
        const bool is_level = own % 3 != 1; /* of depths 1, 2, 3 the levels are 1 and 3 */
        double metrics[TRIAL_METRICS];
        trial_metrics(model, distinct, space_canonical(model->space, distinct, point), metrics);
        if (is_level && trial_is_valid(model, distinct, point) &&
            space_canonical(model->space, distinct, point) == point &&
            metrics[TRIAL_AREA] <= terms->constraints[0].limit &&
            metrics[TRIAL_POWER] <= terms->constraints[1].limit)
            return true;
    }
    return false;
}

/* Each layer by itself may be within the limits, and all together with no width: a problem is
   opened just where some level of the width may be had by all. */
START_TEST(layers_must_be_able_to_share)
{
    enum { PROBLEMS = 60 };
    size_t opened = 0, apart = 0;
    terms_t terms = trial_terms_shared_two();
    terms.constraints[1].limit = 5;
    for (uint64_t draw = 0; draw < PROBLEMS; draw++) {
        trial_t trial;
        bool any = false;
        trial_read(&trial, (trial_model_t){.draw = draw, .illegal = true, .shared = 1});
        space_t *space = trial_space(1);
        trial_model_t model = trial.model;
        model.space = space;
        confx_status_t status = trial_make(&trial, &terms, NAN);
        if (status.code == CONFX_STATUS_OK) status = problem_levels_fit(trial.problem);
        for (uint16_t width = 0; width < 5; width++) {
            const uint16_t action[TRIAL_AXES] = {width, 0, 0};
            bool all = true;
            for (size_t d = 0; d < TRIAL_DISTINCT; d++)
                all = all && layer_shares(&model, &terms, d, width);
            any = any || (all && width % 2 == 0); /* the levels are 1, 3 and 5 */
            if (status.code == CONFX_STATUS_OK)
                ck_assert_int_eq(problem_shares(trial.problem, action), all);
        }
        ck_assert_int_eq(status.code == CONFX_STATUS_OK, any);
        opened += any;
        apart +=
            status.code == CONFX_STATUS_INFEASIBLE &&
            strstr(status.message, "no width of the levels that is the same in all layers") != NULL;
        space_close(space);
        trial_close(&trial);
    }
    ck_assert_uint_gt(opened, 5);
    ck_assert_uint_gt(apart, 5);
}
END_TEST

/* In the log the hardware of an assignment is there once, and work adds up. */
START_TEST(of_a_shared_array_the_largest_need_is_logged)
{
    const terms_t terms = trial_terms_shared();
    const double first[TRIAL_METRICS] = {3, 5, 7, 2}, second[TRIAL_METRICS] = {4, 6, 1, 9};
    trial_t trial;
    trial_open(&trial, (trial_model_t){.draw = 16, .shared = 1}, &terms);
    for (int one = 0; one < 2; one++) {
        double sums[TRIAL_METRICS] = {0};
        metrics_add(problem_model(trial.problem), one, sums, first);
        metrics_add(problem_model(trial.problem), one, sums, second);
        ck_assert(sums[TRIAL_LATENCY] == 7 && sums[TRIAL_ENERGY] == 11);
        ck_assert(sums[TRIAL_AREA] == (one ? 7 : 8) && sums[TRIAL_POWER] == (one ? 9 : 11));
    }
    trial_close(&trial);
}
END_TEST

START_TEST(scores_are_ordered_and_dominate)
{
    const score_t none = {{NAN, 0}, {0}}, best = {{1, 2}, {9}}, cheaper = {{1, 2}, {8}},
                  other = {{2, 1}, {1}}, worse = {{2, 2}, {1}};
    ck_assert_int_lt(score_compare(&best, &none), 0);
    ck_assert_int_gt(score_compare(&none, &best), 0);
    ck_assert_int_eq(score_compare(&none, &none), 0);
    ck_assert_int_gt(score_compare(&best, &cheaper), 0);
    ck_assert_int_lt(score_compare(&cheaper, &other), 0);
    ck_assert(!score_dominates(&best, &cheaper) && !score_dominates(&cheaper, &best));
    ck_assert(!score_dominates(&best, &other) && !score_dominates(&other, &best));
    ck_assert(score_dominates(&best, &worse) && score_dominates(&other, &worse) &&
              !score_dominates(&worse, &best));
    ck_assert(score_dominates(&worse, &none) && !score_dominates(&none, &worse));
}
END_TEST

/* Of the limits of everything the energy's alone must be sampled. */
START_TEST(limits_that_must_be_sampled_are_penalties)
{
    trial_t trial;
    score_t score = {{10, 1, 1, 1}, {99, 99, 99, 140}};
    open_everything(&trial);
    const terms_t *terms = problem_terms(trial.problem);
    ck_assert(terms_penalised(terms, &score) == 10);
    score.constraints[3] = 210; /* half of 140 beyond it */
    ck_assert(terms_penalised(terms, &score) == 10 + 4 * 0.5 * 10);
    score.objectives[0] = -10;
    ck_assert(terms_penalised(terms, &score) == -10 + 4 * 0.5 * 10);
    score.constraints[3] = INFINITY;
    ck_assert(isnan(terms_penalised(terms, &score)));
    score.objectives[0] = NAN;
    score.constraints[3] = 1;
    ck_assert(isnan(terms_penalised(terms, &score)));
    trial_close(&trial);
}
END_TEST

/* Within the limits by the objective; beyond what must be sampled by how far, whatever the
   objective is; without any objective last. */
START_TEST(less_beyond_a_limit_is_better_than_more)
{
    const score_t ranked[] = {{{9, 0}, {1, 1, 1, 139}}, {{9, 0}, {1, 1, 1, 140}},
                              {{10, 0}, {1, 1, 1, 70}}, {{8, 0}, {1, 1, 1, 147}},
                              {{7, 0}, {1, 1, 1, 154}}, {{7, 0}, {1, 1, 1, INFINITY}},
                              {{NAN, 0}, {1, 1, 1, 1}}};
    static const double over[] = {0, 0, 0, 0.05, 0.1};
    trial_t trial;
    open_everything(&trial);
    const terms_t *terms = problem_terms(trial.problem);
    for (size_t i = 0; i < 7; i++) {
        if (i < 5) ck_assert_double_eq_tol(terms_over(terms, &ranked[i]), over[i], 1e-15);
        ck_assert(terms_keeps_known(terms, &ranked[i]) == (i < 6));
        for (size_t j = 0; j < 7; j++) {
            const int order = terms_compare(terms, &ranked[i], &ranked[j]);
            ck_assert(i == j ? order == 0 : i < j ? order < 0 : order > 0);
        }
    }
    const score_t beyond = {{1}, {31, 1, 1, 1}};
    ck_assert(!terms_keeps_known(terms, &beyond) && terms_over(terms, &beyond) == 0);
    trial_close(&trial);
}
END_TEST

/* Of the energy alone, in shares of its limit; layers add up to what the whole takes. */
START_TEST(what_layers_take_of_limits_that_must_be_sampled)
{
    const double metrics[TRIAL_METRICS] = {7, 35, 1, 2}, invalid[TRIAL_METRICS] = {7, NAN, 1, 2};
    trial_t trial;
    open_everything(&trial);
    const terms_t *terms = problem_terms(trial.problem);
    ck_assert(terms_limited(terms, 1, metrics) == 0.25);
    ck_assert(isinf(terms_limited(terms, 1, invalid)));
    trial_close(&trial);
}
END_TEST

START_TEST(what_a_sample_reveals)
{
    trial_t trial;
    const double metrics[TRIAL_METRICS] = {7, 11, 1, 2}, invalid[TRIAL_METRICS] = {NAN, NAN, 1, 2};
    double values[2 * TERMS_MAX];
    open_everything(&trial);
    const terms_t *terms = problem_terms(trial.problem);
    ck_assert_uint_eq(terms_revealed(terms), 5); /* four objectives, and the energy of the limit */
    terms_reveal(terms, 1, metrics, values);
    /* Of a maximum the share is the 32nd power. */
    ck_assert(values[0] == 7 && fabs(values[1] / pow(7, 32) - 1) < 1e-12 && values[2] == 77 &&
              values[3] == 77 && values[4] == 11);
    terms_reveal(terms, 1, invalid, values);
    for (int i = 0; i < 5; i++) ck_assert(isnan(values[i]));
    trial_close(&trial);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("terms");
    TCase *tests = tcase_create("terms");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, layers_come_together_as_the_terms_say);
    tcase_add_test(tests, an_invalid_layer_makes_every_objective_none);
    tcase_add_test(tests, a_change_of_one_layer_is_a_change_of_the_need);
    tcase_add_test(tests, one_number_stands_for_several_needs);
    tcase_add_test(tests, a_limit_of_nothing_is_weighed);
    tcase_add_test(tests, limits_that_nothing_keeps_to_are_refused);
    tcase_add_test(tests, a_limit_on_a_sum_of_what_layers_share_is_refused);
    tcase_add_test(tests, layers_must_be_able_to_share);
    tcase_add_test(tests, of_a_shared_array_the_largest_need_is_logged);
    tcase_add_test(tests, scores_are_ordered_and_dominate);
    tcase_add_test(tests, limits_that_must_be_sampled_are_penalties);
    tcase_add_test(tests, less_beyond_a_limit_is_better_than_more);
    tcase_add_test(tests, what_layers_take_of_limits_that_must_be_sampled);
    tcase_add_test(tests, what_a_sample_reveals);
    return suite_run(suite);
}
