/* What is inferred from totals, against the formulas written down densely; what is kept, and kept
   over a resume. */
#include "dense.h"

enum { SAMPLES = 14, HYPOTHESES = 6 };
static const double noises[] = {1e-8, 1e-5, 1e-3};

static small_t small;
static batch_t batch;
static posterior_t posterior;
static dense_t dense;
static conditioned_t conditioned;
static double totals[SAMPLES_MAX]; /* of the batch */

static double *total_of(size_t sample)
{
    return &batch.scores[sample].objectives[0];
}

static const double *totals_of_batch(void)
{
    for (size_t s = 0; s < batch.n; s++) totals[s] = *total_of(s);
    return totals;
}

/* What follows from the totals for all cells. */
static void respond(double *mean)
{
    for (size_t i = 0; i < dense.cells; i++)
        mean[i] = dense_respond(&conditioned, i, totals_of_batch());
}

static void draw_samples(uint64_t draw, space_part_t part, size_t n)
{
    ck_assert_uint_le(n, batch.capacity);
    batch.n = n;
    small_draw(&small, part, draw, &batch);
}

static void open_axes(bool three, size_t capacity, space_part_t part)
{
    small_open(&small, three);
    ck_assert_ok(batch_open(small.problem, 4 * capacity, &batch));
    ck_assert_ok(posterior_open(small.problem, part, capacity, &posterior));
}

/* Of two axes. */
static void open_all(size_t capacity, space_part_t part)
{
    open_axes(false, capacity, part);
}

static void close_all(void)
{
    posterior_close(&posterior);
    batch_close(&batch);
    small_close(&small);
}

/* Steps of the parts' variances: of the first residual, and of the second without some groups. */
static const double steps[2][KERNEL_PARTS] = {{0, 0, -1, 1, -3, 0, -4}, {0, 2, -4, -1, -2, -4, 0}};

/* What they stand for: 1 of the first part, 1/4 of the others, each step a factor of 9; the lowest
   one 0. */
static const double *variances_at(const double *step)
{
    static double variances[KERNEL_PARTS];
    for (size_t part = 0; part < KERNEL_PARTS; part++)
        variances[part] = step[part] > -4 ? (part ? 0.25 : 1) * pow(9, step[part]) : 0;
    return variances;
}

/* As a checkpoint taken between two choices has it: the next fits of so few samples stay with it.
 */
static void suppose(residual_t residual, double noise)
{
    memcpy(posterior.state.step, steps[residual], sizeof steps[residual]);
    posterior.state.noise = noise;
    posterior.state.fits = 1;
    posterior.state.chosen = SAMPLES;
}

static void find_mean(posterior_t *of, double *table)
{
    posterior_find(of, &(posterior_function_t){.table = table}, 1);
}

static void find_draw(posterior_t *of, rng_t *rng, double boldness, double *table)
{
    posterior_find(of, &(posterior_function_t){.rng = rng, .boldness = boldness, .table = table},
                   1);
}

/* A posterior of samples under one of the hypotheses, and the dense one: over levels and integers,
   of three axes from `FIRST_OF_THREE` on. */
enum { FIRST_OF_THREE = 24 };
static size_t infer(int i)
{
    const size_t hypothesis = (size_t)i / 2 % HYPOTHESES;
    const space_part_t part = i % 2 ? SPACE_INTEGERS : SPACE_LEVELS;
    const residual_t residual = hypothesis % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    open_axes(i >= FIRST_OF_THREE, SAMPLES, part);
    draw_samples((uint64_t)i, part, SAMPLES);
    suppose(residual, noises[hypothesis / 2]);
    posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    dense_open(&small, part, variances_at(steps[residual]), &dense);
    dense_condition(&dense, &small, &batch, noises[hypothesis / 2], &conditioned);
    ck_assert_uint_eq(dense.cells, posterior_cells(&posterior));
    return hypothesis;
}

/* ---- the posterior --------------------------------------------------------------------------- */

static double maxima_total(void)
{
    double most = 0;
    for (size_t s = 0; s < batch.n; s++) most = fmax(most, fabs(*total_of(s)));
    return most;
}

START_TEST(the_mean_is_the_formulas)
{
    double mean[CELLS_MAX];
    (void)infer(_i);
    find_mean(&posterior, mean);
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(mean[i], dense_respond(&conditioned, i, totals_of_batch()),
                                1e-10 * maxima_total());
    ck_assert_double_eq_tol(posterior.variance / dense_variance(&conditioned, totals_of_batch()), 1,
                            1e-10);
    close_all();
}
END_TEST

/* Of a sample's total, by the prior of variance 1. */
static double variance_of_total(size_t s)
{
    double sum = 0;
    for (size_t i = 0; i < dense.cells; i++)
        for (size_t j = 0; j < dense.cells; j++)
            sum += conditioned.rows[s][i] * dense.covariance[i][j] * conditioned.rows[s][j];
    return sum;
}

/* A draw of the prior and of the noise, and what follows from its misfit; both are drawn by the
   same numbers here. */
START_TEST(a_draw_is_one_of_the_prior_put_right)
{
    const double boldness = 0.6;
    double draw[CELLS_MAX];
    double kernel[CELLS_MAX];
    double weights[KERNEL_SHAPES * SMALL_DISTINCT];
    static const double nothing[CELLS_MAX];
    double misfit[SAMPLES];
    rng_t rngs[2] = {rng_begin(3, RNG_TEST, (uint64_t)_i, 0, 0),
                     rng_begin(3, RNG_TEST, (uint64_t)_i, 0, 0)};
    const size_t hypothesis = infer(_i);
    find_draw(&posterior, &rngs[0], boldness, draw);
    kernel_draw(&posterior.kernel, posterior.covariance.variances, &rngs[1], weights, kernel);
    for (size_t d = 0; d < SMALL_DISTINCT; d++)
        kernel_respond(&posterior.kernel, posterior.covariance.variances, d, weights, nothing,
                       kernel + d * posterior.kernel.axes.cells);
    const double deviation = boldness * sqrt(dense_variance(&conditioned, totals_of_batch()));
    for (size_t s = 0; s < SAMPLES; s++) {
        const double noise = sqrt(noises[hypothesis / 2] * variance_of_total(s));
        misfit[s] = *total_of(s) - deviation * noise * rng_normal(&rngs[1]);
        for (size_t i = 0; i < dense.cells; i++)
            misfit[s] -= conditioned.rows[s][i] * deviation * kernel[i];
    }
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(draw[i],
                                deviation * kernel[i] + dense_respond(&conditioned, i, misfit),
                                1e-9 * maxima_total());
    close_all();
}
END_TEST

/* Within five standard errors of an estimated mean and variance. */
START_TEST(draws_have_the_posteriors_mean_and_variance)
{
    enum { DRAWS = 2000 };
    double sums[CELLS_MAX] = {0};
    double squares[CELLS_MAX] = {0};
    double mean[CELLS_MAX];
    rng_t rng = rng_begin(4, RNG_TEST, (uint64_t)_i, 0, 0);
    (void)infer(_i);
    const double variance = dense_variance(&conditioned, totals_of_batch());
    respond(mean);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double table[CELLS_MAX];
        find_draw(&posterior, &rng, 1, table);
        for (size_t i = 0; i < dense.cells; i++) {
            const double off = table[i] - mean[i];
            sums[i] += off / DRAWS;
            squares[i] += off * off / DRAWS;
        }
    }
    size_t doubtful = 0;
    for (size_t i = 0; i < dense.cells; i++) {
        const double doubt = variance * dense_doubt(&dense, &conditioned, i);
        ck_assert_double_eq_tol(sums[i], 0, 5 * sqrt(doubt / DRAWS));
        ck_assert_double_eq_tol(squares[i], doubt, 5 * doubt * sqrt(2.0 / DRAWS));
        doubtful += doubt > 0.01 * variance * dense.covariance[i][i];
    }
    ck_assert_uint_gt(doubtful, dense.cells / 2);
    close_all();
}
END_TEST

/* No doubt at all: the mean, bit for bit. */
START_TEST(a_draw_without_boldness_is_the_mean)
{
    double mean[CELLS_MAX];
    double draw[CELLS_MAX];
    rng_t rng = rng_begin(5, RNG_TEST, 0, 0, 0);
    (void)infer(7);
    find_mean(&posterior, mean);
    find_draw(&posterior, &rng, 0, draw);
    for (size_t i = 0; i < dense.cells; i++) ck_assert(mean[i] == draw[i]);
    close_all();
}
END_TEST

/* Worked out together with others, each is what it is alone, to the bit. */
START_TEST(functions_do_not_know_of_each_other)
{
    enum { N = POSTERIOR_TOGETHER };
    static const double bold[N] = {0.6, 0, 1, 0.3};
    double together[N][CELLS_MAX];
    posterior_function_t functions[N];
    rng_t rngs[N];
    (void)infer(_i);
    for (size_t i = 0; i < N; i++) {
        rngs[i] = rng_begin(8, RNG_TEST, i, 0, 0);
        functions[i] = (posterior_function_t){
            .rng = i == 1 ? NULL : &rngs[i], .boldness = bold[i], .table = together[i]};
    }
    posterior_find(&posterior, functions, N);
    for (size_t i = 0; i < N; i++) {
        double alone[CELLS_MAX];
        rng_t rng = rng_begin(8, RNG_TEST, i, 0, 0);
        posterior_find(&posterior,
                       &(posterior_function_t){
                           .rng = i == 1 ? NULL : &rng, .boldness = bold[i], .table = alone},
                       1);
        ck_assert(!memcmp(alone, together[i], dense.cells * sizeof(double)));
    }
    close_all();
}
END_TEST

/* ---- the hypothesis -------------------------------------------------------------------------- */

typedef struct {
    double step[KERNEL_PARTS], noise;
} hypothesis_t;

static double log_likelihood(const hypothesis_t *hypothesis)
{
    dense_open(&small, SPACE_INTEGERS, variances_at(hypothesis->step), &dense);
    dense_condition(&dense, &small, &batch, hypothesis->noise, &conditioned);
    return -0.5 * (double)batch.n * log(dense_variance(&conditioned, totals_of_batch())) -
           0.5 * (double)conditioned.log_determinant;
}

static void try_step(hypothesis_t *at, double *there, double value, double *best)
{
    const double before = *there;
    *there = value;
    const double likelihood = log_likelihood(at);
    if (likelihood > *best)
        *best = likelihood;
    else
        *there = before;
}

/* A step up or down of one part after the other, then of the noise. */
static void climb(hypothesis_t *at)
{
    double best = log_likelihood(at);
    for (size_t part = 1; part < KERNEL_PARTS; part++) {
        const double before = at->step[part];
        if (before < 2) try_step(at, &at->step[part], before + 1, &best);
        if (before > -4) try_step(at, &at->step[part], before - 1, &best);
    }
    const double noise = at->noise;
    try_step(at, &at->noise, fmin(1e-2, noise * 100), &best);
    try_step(at, &at->noise, fmax(1e-8, noise / 100), &best);
}

/* Samples with more or less that does not add up. */
static void take_draw(uint64_t draw)
{
    static const double misfits[] = {0, 1e-3, 0.1};
    rng_t rng = rng_begin(draw, RNG_TEST, 1, 0, 0);
    draw_samples(draw, SPACE_INTEGERS, SAMPLES);
    for (size_t s = 0; s < SAMPLES; s++) *total_of(s) *= 1 + misfits[draw % 3] * rng_normal(&rng);
    posterior_add(&posterior, &batch);
}

/* The first time two climbs from where all begin. */
START_TEST(a_likelier_hypothesis_is_climbed_to)
{
    hypothesis_t at = {.step = {0, 0, 0, 0, 0, 0, -4}, .noise = 1e-6};
    open_all(SAMPLES, SPACE_INTEGERS);
    take_draw((uint64_t)_i);
    const double before = log_likelihood(&at);
    climb(&at);
    climb(&at);
    ck_assert(posterior_fit(&posterior));
    for (size_t part = 0; part < KERNEL_PARTS; part++)
        ck_assert(posterior.state.step[part] == at.step[part]);
    ck_assert_double_eq_tol(posterior.state.noise / at.noise, 1, 1e-12);
    ck_assert_double_gt(log_likelihood(&at), before);
    close_all();
}
END_TEST

/* It is looked for when there are a quarter more samples than the last time, and stays until
   then. */
START_TEST(a_hypothesis_lasts_until_there_are_a_quarter_more_samples)
{
    enum { FIRST = 8, CHOICES = 3 };
    static const size_t at[CHOICES] = {8, 10, 13};
    size_t choices = 0;
    open_all(SAMPLES, SPACE_INTEGERS);
    const batch_t all = batch;
    for (size_t n = 1; n <= SAMPLES; n++) {
        batch = all;
        draw_samples(n, SPACE_INTEGERS, 1);
        posterior_add(&posterior, &batch);
        if (n < FIRST) continue;
        /* A noise that is none of the hypotheses' stands until one is chosen. */
        posterior.state.noise = 0.25;
        ck_assert(posterior_fit(&posterior));
        const bool chosen = posterior.state.noise != 0.25;
        ck_assert_int_eq(chosen, choices < CHOICES && n == at[choices]);
        choices += chosen;
        ck_assert(posterior_fit(&posterior));
        ck_assert((posterior.state.noise != 0.25) == chosen);
    }
    ck_assert_uint_eq(choices, CHOICES);
    batch = all;
    close_all();
}
END_TEST

/* ---- what is taken in ------------------------------------------------------------------------ */

static size_t kept(void)
{
    return (size_t)posterior.state.n;
}

/* The posterior's number i is the batch's sample. */
static void check_kept(size_t i, size_t sample)
{
    const size_t cells = SMALL_LAYERS * batch.axes;
    ck_assert(posterior.total[i] == *total_of(sample));
    ck_assert(!memcmp(posterior.assignments + i * cells, batch_assignment(&batch, sample),
                      cells * sizeof(uint16_t)));
}

START_TEST(two_totals_say_something)
{
    open_all(SAMPLES, SPACE_INTEGERS);
    ck_assert(!posterior_fit(&posterior));
    draw_samples(1, SPACE_INTEGERS, 1);
    posterior_add(&posterior, &batch);
    ck_assert(!posterior_fit(&posterior));
    draw_samples(2, SPACE_INTEGERS, 1);
    posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    close_all();
}
END_TEST

/* Without a total nothing is learned; a total beyond the budget tells as much as any. */
START_TEST(invalid_samples_are_left_out_and_infeasible_ones_are_not)
{
    open_all(SAMPLES, SPACE_INTEGERS);
    draw_samples(1, SPACE_INTEGERS, 5);
    memset(batch.feasible, 0, batch.n);
    *total_of(0) = *total_of(3) = NAN;
    posterior_add(&posterior, &batch);
    ck_assert_uint_eq(kept(), 3);
    for (size_t i = 0; i < 3; i++) {
        const size_t sample = (size_t[]){1, 2, 4}[i];
        check_kept(i, sample);
    }
    close_all();
}
END_TEST

/* The first kind does not use the last axis: what is kept of it has the initial level. */
START_TEST(actions_that_mean_the_same_are_kept_alike)
{
    open_axes(true, SAMPLES, SPACE_INTEGERS);
    draw_samples(3, SPACE_INTEGERS, SAMPLES);
    posterior_add(&posterior, &batch);
    const uint16_t initial = space_level_index(small.space, 2, 1);
    size_t changed = 0;
    for (size_t i = 0; i < SAMPLES * SMALL_LAYERS; i++) {
        const uint16_t *mine = posterior.assignments + i * 3;
        const uint16_t *drawn = batch.assignments + i * 3;
        const bool uses = problem_distinct_of(small.problem, i % SMALL_LAYERS) != 0;
        ck_assert(mine[0] == drawn[0] && mine[1] == drawn[1]);
        ck_assert_uint_eq(mine[2], uses ? drawn[2] : initial);
        changed += mine[2] != drawn[2];
    }
    ck_assert_uint_gt(changed, 0);
    close_all();
}
END_TEST

START_TEST(totals_of_nothing_say_nothing)
{
    open_all(SAMPLES, SPACE_INTEGERS);
    draw_samples(1, SPACE_INTEGERS, 5);
    for (size_t s = 0; s < 5; s++) *total_of(s) = 0;
    posterior_add(&posterior, &batch);
    ck_assert(!posterior_fit(&posterior));
    close_all();
}
END_TEST

/* One row of the covariance, again and again: only the noise keeps it definite. */
START_TEST(the_same_sample_many_times_is_one)
{
    double mean[CELLS_MAX];
    double again[CELLS_MAX];
    open_all(SAMPLES, SPACE_INTEGERS);
    draw_samples(1, SPACE_INTEGERS, 2);
    posterior_add(&posterior, &batch);
    suppose(RESIDUAL_LEVEL, noises[0]);
    ck_assert(posterior_fit(&posterior));
    find_mean(&posterior, mean);
    for (size_t i = 2; i < SAMPLES; i += 2) posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    find_mean(&posterior, again);
    for (size_t i = 0; i < posterior_cells(&posterior); i++)
        ck_assert_double_eq_tol(again[i], mean[i], 1e-6 * maxima_total());
    close_all();
}
END_TEST

/* ---- the window ------------------------------------------------------------------------------ */

/* What the window is to hold: numbers of samples, oldest first. A full one of 16 keeps the newest 6
   and the best 6 of the older 10, the earlier of equals. */
typedef struct {
    size_t n, samples[16];
} window_t;

static bool is_better(size_t one, size_t other)
{
    if (*total_of(one) != *total_of(other)) return *total_of(one) < *total_of(other);
    return one < other;
}

static void window_add(window_t *window, size_t sample)
{
    if (window->n == 16) {
        const window_t full = *window;
        window->n = 0;
        for (size_t i = 0; i < 16; i++) {
            size_t better = 0;
            for (size_t j = 0; j < 10; j++) better += is_better(full.samples[j], full.samples[i]);
            if (i >= 10 || better < 6) window->samples[window->n++] = full.samples[i];
        }
        ck_assert_uint_eq(window->n, 12);
    }
    window->samples[window->n++] = sample;
}

static void check_window(const window_t *window)
{
    ck_assert_uint_eq(kept(), window->n);
    for (size_t i = 0; i < window->n; i++) check_kept(i, window->samples[i]);
}

static batch_t one_of(size_t sample)
{
    batch_t one = batch;
    one.n = 1;
    one.assignments = batch_assignment(&batch, sample);
    one.scores += sample;
    return one;
}

/* Totals in fours alike: equals are met. */
static void draw_window(uint64_t draw)
{
    draw_samples(draw, SPACE_INTEGERS, batch.capacity);
    for (size_t s = 0; s < batch.n; s++) *total_of(s) = *total_of(s / 4 * 4);
}

START_TEST(the_window_keeps_the_newest_and_the_best)
{
    window_t window = {0};
    open_all(16, SPACE_INTEGERS);
    draw_window((uint64_t)_i);
    for (size_t s = 0; s < batch.n; s++) {
        const batch_t one = one_of(s);
        posterior_add(&posterior, &one);
        window_add(&window, s);
        check_window(&window);
    }
    close_all();
}
END_TEST

static void assert_same_mind(posterior_t *one, posterior_t *other)
{
    double tables[4][CELLS_MAX];
    posterior_t *const both[] = {one, other};
    for (size_t i = 0; i < 2; i++) {
        rng_t rng = rng_begin(6, RNG_TEST, 0, 0, 0);
        ck_assert(posterior_fit(both[i]));
        find_mean(both[i], tables[i]);
        find_draw(both[i], &rng, 1, tables[2 + i]);
    }
    ck_assert(one->state.fits == other->state.fits);
    ck_assert(!memcmp(one->state.step, other->state.step, sizeof one->state.step) &&
              one->state.noise == other->state.noise);
    const size_t bytes = posterior_cells(one) * sizeof(double);
    ck_assert(!memcmp(tables[0], tables[1], bytes) && !memcmp(tables[2], tables[3], bytes));
}

/* As if nothing else had ever been taken in: the covariances have closed up. */
START_TEST(what_left_the_window_is_forgotten)
{
    posterior_t fresh;
    open_all(16, SPACE_INTEGERS);
    draw_window((uint64_t)_i);
    posterior_add(&posterior, &batch);
    ck_assert_uint_lt(kept(), batch.n);
    ck_assert_ok(posterior_open(small.problem, SPACE_INTEGERS, 16, &fresh));
    posterior_inherit(&fresh, &posterior);
    assert_same_mind(&posterior, &fresh);
    posterior_close(&fresh);
    close_all();
}
END_TEST

/* ---- from one to another --------------------------------------------------------------------- */

static void restore(posterior_t *from, posterior_t *to)
{
    array_t saved[POSTERIOR_ARRAYS_MAX];
    array_t arrays[POSTERIOR_ARRAYS_MAX];
    ck_assert_uint_eq(posterior_arrays(from, saved), POSTERIOR_ARRAYS);
    ck_assert_uint_eq(posterior_arrays(to, arrays), POSTERIOR_ARRAYS);
    for (size_t i = 0; i < POSTERIOR_ARRAYS; i++) {
        ck_assert_str_eq(arrays[i].name, saved[i].name);
        ck_assert_uint_eq(array_bytes(&arrays[i]), array_bytes(&saved[i]));
        memcpy(arrays[i].data, saved[i].data, array_bytes(&saved[i]));
    }
}

/* After any number of samples and fits, and both go on alike, past where the window moves. */
START_TEST(a_restored_posterior_has_the_same_bits)
{
    posterior_t restored;
    open_all(16, SPACE_INTEGERS);
    draw_window((uint64_t)_i);
    const size_t before = 3 + (size_t)_i * 3;
    for (size_t s = 0; s < batch.n; s++) {
        const batch_t one = one_of(s);
        if (s == before) {
            ck_assert_ok(posterior_open(small.problem, SPACE_INTEGERS, 16, &restored));
            restore(&posterior, &restored);
        }
        if (s >= before) assert_same_mind(&posterior, &restored);
        if (s < before && s % 2) (void)posterior_fit(&posterior);
        posterior_add(&posterior, &one);
        if (s >= before) posterior_add(&restored, &one);
    }
    posterior_close(&restored);
    close_all();
}
END_TEST

/* What a posterior over the levels has kept, one over all integers takes over. */
START_TEST(another_stage_goes_on_from_all_that_was_kept)
{
    posterior_t later;
    double mean[CELLS_MAX];
    open_all(SAMPLES, SPACE_LEVELS);
    draw_samples(1, SPACE_LEVELS, SAMPLES);
    posterior_add(&posterior, &batch);
    ck_assert_ok(posterior_open(small.problem, SPACE_INTEGERS, SAMPLES, &later));
    posterior_inherit(&later, &posterior);
    ck_assert(posterior_fit(&later));
    find_mean(&later, mean);
    dense_open(&small, SPACE_INTEGERS, variances_at(later.state.step), &dense);
    dense_condition(&dense, &small, &batch, later.state.noise, &conditioned);
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(mean[i], dense_respond(&conditioned, i, totals_of_batch()),
                                1e-10 * maxima_total());
    posterior_close(&later);
    close_all();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("posterior");
    TCase *tests = tcase_create("posterior");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_mean_is_the_formulas, 0, 48);
    tcase_add_loop_test(tests, a_draw_is_one_of_the_prior_put_right, 0, 48);
    tcase_add_loop_test(tests, draws_have_the_posteriors_mean_and_variance, 0, 12);
    tcase_add_loop_test(tests, draws_have_the_posteriors_mean_and_variance, FIRST_OF_THREE,
                        FIRST_OF_THREE + 6);
    tcase_add_test(tests, a_draw_without_boldness_is_the_mean);
    tcase_add_loop_test(tests, functions_do_not_know_of_each_other, 0, 4);
    tcase_add_loop_test(tests, a_likelier_hypothesis_is_climbed_to, 0, 12);
    tcase_add_test(tests, a_hypothesis_lasts_until_there_are_a_quarter_more_samples);
    tcase_add_test(tests, two_totals_say_something);
    tcase_add_test(tests, invalid_samples_are_left_out_and_infeasible_ones_are_not);
    tcase_add_test(tests, actions_that_mean_the_same_are_kept_alike);
    tcase_add_test(tests, totals_of_nothing_say_nothing);
    tcase_add_test(tests, the_same_sample_many_times_is_one);
    tcase_add_loop_test(tests, the_window_keeps_the_newest_and_the_best, 0, 8);
    tcase_add_loop_test(tests, what_left_the_window_is_forgotten, 0, 8);
    tcase_add_loop_test(tests, a_restored_posterior_has_the_same_bits, 0, 18);
    tcase_add_test(tests, another_stage_goes_on_from_all_that_was_kept);
    return suite_run(suite);
}
