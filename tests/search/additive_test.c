/* The search that knows that costs add up: its model against Bayesian linear regression written
   down densely, and the whole against brute force. */
#include "dense.h"
#include "search/baselines/additive.h"

enum { N = 18 };
static const additive_prior_t prior = {0.05, 1e-3};

static small_t small;
static additive_model_t model;
static batch_t batch;
static double totals[N];
static dense_t by_weights, whole;
static conditioned_t conditioned;

/* ---- the same, densely ----------------------------------------------------------------------- */

/* Products of the inverse values of the axes with an order, in each of them one of two; where the
   values without order are the same, once more. */
static double weights_covariance(const cell_t *one, const cell_t *other)
{
    double least = 0.05 * 0.05; /* of what does not fall with the first axis */
    double product = 1;
    double groups = 1;
    for (size_t axis = 0; axis < space_axes(small.space); axis++) {
        if (space_axis(small.space, axis)->kind == AXIS_CATEGORICAL)
            groups += one->action[axis] == other->action[axis];
        else {
            product *= least + 1.0 / space_value(small.space, axis, one->action[axis]) /
                                   space_value(small.space, axis, other->action[axis]);
            least = 1;
        }
    }
    return one->distinct == other->distinct ? product * groups : 0;
}

static double remainders_covariance(const cell_t *one, const cell_t *other)
{
    double product = prior.share;
    for (size_t axis = 0; axis < space_axes(small.space); axis++)
        product *= near_of(small.space, axis, one->action[axis], other->action[axis]);
    return one->distinct == other->distinct ? product : 0;
}

static void condition_densely(void)
{
    conditioned_t *out = &conditioned;
    *out = (conditioned_t){.n = N};
    by_weights = (dense_t){0};
    dense_list_cells(&small, SPACE_LEVELS, &by_weights);
    whole = by_weights;
    for (size_t i = 0; i < whole.cells; i++)
        for (size_t j = 0; j < whole.cells; j++) {
            const cell_t *one = &whole.cell[i];
            const cell_t *other = &whole.cell[j];
            by_weights.covariance[i][j] = weights_covariance(one, other);
            whole.covariance[i][j] =
                by_weights.covariance[i][j] + remainders_covariance(one, other);
        }
    for (size_t s = 0; s < N; s++) dense_row(&whole, &small, &batch, s, out->rows[s]);
    for (size_t s = 0; s < N; s++)
        for (size_t i = 0; i < whole.cells; i++)
            for (size_t j = 0; j < whole.cells; j++) {
                out->reach[i][s] += (long double)whole.covariance[i][j] * out->rows[s][j];
                out->inverse[s][s] += (long double)prior.noise * out->rows[s][i] *
                                      by_weights.covariance[i][j] * out->rows[s][j];
            }
    for (size_t s = 0; s < N; s++)
        for (size_t t = 0; t < N; t++)
            for (size_t i = 0; i < whole.cells; i++)
                out->inverse[s][t] += out->rows[s][i] * out->reach[i][t];
    dense_invert(out);
}

static void open_both(bool three)
{
    small_open(&small, three);
    ck_assert_ok(batch_open(small.problem, N, &batch));
    batch.n = N;
    small_draw(&small, SPACE_LEVELS, 3, &batch);
    ck_assert_ok(additive_model_open(small.problem, N, &model));
    for (size_t s = 0; s < N; s++) {
        totals[s] = batch.scores[s].objectives[0];
        additive_model_add(&model, batch_assignment(&batch, s));
    }
    condition_densely();
    ck_assert_uint_eq(additive_model_cells(&model), whole.cells);
}

static void close_both(void)
{
    additive_model_close(&model);
    batch_close(&batch);
    small_close(&small);
}

/* ---- the model ------------------------------------------------------------------------------- */

/* 1, 1/p, 1/b, 1/(p b) of two axes with an order; of a third one without order once more for each
   of its levels. */
START_TEST(weights_are_as_many_as_told)
{
    open_both(_i);
    ck_assert_uint_eq(model.features, _i ? 4 * (1 + model.axes.n[1]) : 4);
    close_both();
}
END_TEST

/* Also where the factor has grown by rows. */
START_TEST(mean_and_variance_are_those_of_dense_regression)
{
    static const size_t grown_from[] = {N, 5};
    double table[CELLS_MAX];
    open_both(_i);
    const double variance = dense_variance(&conditioned, totals);
    for (size_t way = 0; way < 2; way++) {
        ck_assert(additive_model_factor(&model, grown_from[way], prior));
        while (model.factored < N) ck_assert(additive_model_append(&model));
        const double likelihood = additive_model_fit(&model, totals);
        ck_assert_double_eq_tol(model.variance, variance, 1e-8 * variance);
        ck_assert_double_eq_tol(
            likelihood, -0.5 * (N * log(variance) + (double)conditioned.log_determinant), 1e-6);
        additive_model_mean(&model, table);
        for (size_t cell = 0; cell < whole.cells; cell++)
            ck_assert_double_eq_tol(table[cell], dense_respond(&conditioned, cell, totals),
                                    1e-8 * sqrt(variance));
    }
    close_both();
}
END_TEST

/* Of many draws mean and variance are the posterior's, within five deviations of such estimates. */
START_TEST(draws_are_of_the_posterior)
{
    enum { DRAWS = 4000 };
    static double sum[CELLS_MAX], squares[CELLS_MAX];
    double table[CELLS_MAX], mean[CELLS_MAX];
    open_both(_i);
    ck_assert(additive_model_factor(&model, N, prior));
    (void)additive_model_fit(&model, totals);
    additive_model_mean(&model, mean);
    for (size_t cell = 0; cell < whole.cells; cell++) sum[cell] = squares[cell] = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        rng_t rng = rng_begin(1, RNG_TEST, draw, 0, 0);
        additive_model_draw(&model, &rng, 0.5, table);
        for (size_t cell = 0; cell < whole.cells; cell++) {
            sum[cell] += table[cell] - mean[cell];
            squares[cell] += pow(table[cell] - mean[cell], 2);
        }
    }
    for (size_t cell = 0; cell < whole.cells; cell++) {
        const double doubt = 0.25 * model.variance * dense_doubt(&whole, &conditioned, cell);
        ck_assert_double_eq_tol(squares[cell] / DRAWS, doubt, 5 * sqrt(2.0 / DRAWS) * doubt);
        ck_assert_double_eq_tol(sum[cell] / DRAWS, 0, 5 * sqrt(doubt / DRAWS));
    }
    close_both();
}
END_TEST

/* ---- the search ------------------------------------------------------------------------------ */

static setting_t setting;
static toy_t toy;
static stage_t stage;

/* The least cost of all assignments of levels within the limit: needs are whole numbers. */
static double optimum_of_levels(size_t limit)
{
    static double best[2][1024];
    const space_t *space = problem_space(setting.problem);
    for (size_t room = 0; room <= limit; room++) best[0][room] = 0;
    for (size_t layer = 0; layer < TOY_LAYERS; layer++) {
        const size_t distinct = problem_distinct_of(setting.problem, layer);
        for (size_t room = 0; room <= limit; room++) best[(layer + 1) % 2][room] = INFINITY;
        for (uint64_t choice = 0; choice < space_choices(space); choice++) {
            double cost;
            double need;
            if (!problem_look(setting.problem, distinct, space_choice_point(space, choice), &cost,
                              &need))
                continue;
            for (size_t room = (size_t)need; room <= limit; room++)
                best[(layer + 1) % 2][room] =
                    fmin(best[(layer + 1) % 2][room], best[layer % 2][room - (size_t)need] + cost);
        }
    }
    return best[TOY_LAYERS % 2][limit];
}

/* Costs have nothing in common with the weights but a part of them, and every other draw has
   invalid actions, of which totals do not tell. */
START_TEST(small_problems_are_brought_to_their_optimum)
{
    enum { DRAWS = 20, SAMPLES = 240, LIMIT = 160 };
    size_t exact = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        toy = (toy_t){draw, draw % 2 ? 2 : 0, 100};
        toy_open(&setting, &toy, LIMIT, "feedback: total, seed: 1");
        const double best = optimum_of_levels(LIMIT);
        stage_open(&stage, &setting, ALGORITHM_ADDITIVE, SAMPLES, 1, NULL);
        stage_run(&stage);
        const double found = stage_best(&stage).score.objectives[0];
        ck_assert_double_ge(found, best);
        ck_assert_msg(found <= 1.1 * best, "draw %d: %g instead of %g", (int)draw, found, best);
        exact += found <= best;
        stage_close(&stage);
        setting_close(&setting);
    }
    ck_assert_msg(exact > 3 * DRAWS / 4, "only %zu of %d exact", exact, (int)DRAWS);
}
END_TEST

/* It opens with the widest action for all layers. Of more samples than the factor is made of at
   least a quarter goes, the best one never. */
START_TEST(the_best_stays_among_the_samples_kept)
{
    enum { SAMPLES = 640, MOST = 600 };
    array_t arrays[SEARCH_ARRAYS_MAX];
    uint64_t widest;
    toy = (toy_t){3, 0, 100};
    toy_open(&setting, &toy, 150, "feedback: total, seed: 2");
    stage_open(&stage, &setting, ALGORITHM_ADDITIVE, SAMPLES, 1, NULL);
    stage_run(&stage);
    ck_assert(moves_widest(setting.problem, &widest));
    for (size_t layer = 0; layer < TOY_LAYERS; layer++)
        ck_assert_uint_eq(problem_point(setting.problem, stage.trace.assignments, layer),
                          space_choice_point(problem_space(setting.problem), widest));
    ck_assert_uint_eq(search_arrays(stage.ranks[0].search, arrays), 3);
    const size_t n = (size_t) * (const int64_t *)arrays[0].data;
    double least = INFINITY;
    ck_assert_uint_lt(n, MOST * 3 / 4 + SAMPLES - MOST + 1);
    for (size_t i = 0; i < n; i++) least = fmin(least, ((const double *)arrays[1].data)[i]);
    ck_assert(least == stage_best(&stage).score.objectives[0]);
    stage_close(&stage);
    setting_close(&setting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("additive");
    TCase *tests = tcase_create("additive");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, weights_are_as_many_as_told, 0, 2);
    tcase_add_loop_test(tests, mean_and_variance_are_those_of_dense_regression, 0, 2);
    tcase_add_loop_test(tests, draws_are_of_the_posterior, 0, 2);
    tcase_add_test(tests, small_problems_are_brought_to_their_optimum);
    tcase_add_test(tests, the_best_stays_among_the_samples_kept);
    return suite_run(suite);
}
