/* What is inferred from totals, against the formulas written down densely; what is kept, and kept
   over a resume. */
#include "dense.h"

enum { SAMPLES = 14, HYPOTHESES = 6, FITS_PER_CHOICE = 5 };
static const double noises[] = {1e-8, 1e-5, 1e-3};

static setting_t setting;
static toy_t toy;
static batch_t batch;
static posterior_t posterior;
static dense_t dense;
static conditioned_t conditioned;

/* Samples over the levels, or all integers. Their totals nearly add up, to what falls with PEs. */
static void draw_samples(uint64_t draw, bool integers, size_t n)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
    ck_assert_uint_le(n, batch.capacity);
    batch.n = n;
    for (size_t s = 0; s < n; s++) {
        batch.objective[s] = 1e6 * rng_normal(&rng);
        for (size_t gene = s * SMALL_LAYERS; gene < (s + 1) * SMALL_LAYERS; gene++) {
            const uint32_t *levels[] = {problem_level_values(setting.problem, 0),
                                        problem_level_values(setting.problem, 1)};
            batch.pes[gene] =
                (uint16_t)(integers ? 1 + rng_below(&rng, 4) : levels[0][rng_below(&rng, 3)]);
            batch.buffer[gene] =
                (uint16_t)(integers ? 1 + rng_below(&rng, 4) : levels[1][rng_below(&rng, 3)]);
            batch.objective[s] += 1e9 * (1.0 / batch.pes[gene] + 0.2 / batch.buffer[gene]);
        }
    }
}

static void open_batch(size_t capacity)
{
    small_open(&setting, &toy);
    ck_assert_ok(batch_open(capacity, SMALL_LAYERS, &batch));
}

static void open_all(size_t capacity, bool integers)
{
    open_batch(4 * capacity);
    ck_assert_ok(posterior_open(setting.problem, integers, capacity, &posterior));
}

static void close_all(void)
{
    posterior_close(&posterior);
    batch_close(&batch);
    setting_close(&setting);
}

/* As a checkpoint taken between two choices has it: the next fits stay with it. */
static void suppose(residual_t residual, double noise)
{
    posterior.state.residual = (double)residual;
    posterior.state.noise = noise;
    posterior.state.fits = 1;
}

/* An estimate from a number of samples under one of the hypotheses, and the dense one. */
static void infer(uint64_t draw, bool integers, size_t hypothesis)
{
    const residual_t residual = hypothesis % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING;
    open_all(SAMPLES, integers);
    draw_samples(draw, integers, SAMPLES);
    suppose(residual, noises[hypothesis / 2]);
    posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    dense_open(&setting, &posterior.kernel.axes, residual, &dense);
    dense_condition(&dense, &setting, &batch, noises[hypothesis / 2], &conditioned);
    ck_assert_uint_eq(dense.cells, posterior_cells(&posterior));
}

/* ---- the posterior --------------------------------------------------------------------------- */

static double largest_total(void)
{
    double most = 0;
    for (size_t s = 0; s < batch.n; s++) most = fmax(most, fabs(batch.objective[s]));
    return most;
}

START_TEST(the_mean_is_the_formulas)
{
    double mean[CELLS_MAX];
    infer((uint64_t)_i, _i % 2, (size_t)_i / 2 % HYPOTHESES);
    posterior_mean(&posterior, mean);
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(mean[i], dense_respond(&conditioned, i, batch.objective),
                                1e-10 * largest_total());
    ck_assert_double_eq_tol(posterior.variance / dense_variance(&conditioned, batch.objective), 1,
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
    double misfit[SAMPLES];
    rng_t rngs[2] = {rng_begin(3, RNG_TEST, (uint64_t)_i, 0, 0),
                     rng_begin(3, RNG_TEST, (uint64_t)_i, 0, 0)};
    const size_t hypothesis = (size_t)_i / 2 % HYPOTHESES;
    infer((uint64_t)_i, _i % 2, hypothesis);
    posterior_draw(&posterior, &rngs[0], boldness, draw);
    kernel_draw(&posterior.kernel, (residual_t)posterior.state.residual, &rngs[1], kernel);
    const double deviation = boldness * sqrt(dense_variance(&conditioned, batch.objective));
    for (size_t s = 0; s < SAMPLES; s++) {
        const double noise = sqrt(noises[hypothesis / 2] * variance_of_total(s));
        misfit[s] = batch.objective[s] - deviation * noise * rng_normal(&rngs[1]);
        for (size_t i = 0; i < dense.cells; i++)
            misfit[s] -= conditioned.rows[s][i] * deviation * kernel[i];
    }
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(draw[i],
                                deviation * kernel[i] + dense_respond(&conditioned, i, misfit),
                                1e-9 * largest_total());
    close_all();
}
END_TEST

/* Within five standard errors of an estimated mean and variance. */
START_TEST(draws_have_the_posteriors_mean_and_variance)
{
    enum { DRAWS = 2000 };
    double sums[CELLS_MAX] = {0};
    double squares[CELLS_MAX] = {0};
    rng_t rng = rng_begin(4, RNG_TEST, (uint64_t)_i, 0, 0);
    infer((uint64_t)_i, _i % 2, (size_t)_i / 2 % HYPOTHESES);
    const double variance = dense_variance(&conditioned, batch.objective);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        double table[CELLS_MAX];
        posterior_draw(&posterior, &rng, 1, table);
        for (size_t i = 0; i < dense.cells; i++) {
            const double off = table[i] - dense_respond(&conditioned, i, batch.objective);
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
    infer(1, true, 3);
    posterior_mean(&posterior, mean);
    posterior_draw(&posterior, &rng, 0, draw);
    for (size_t i = 0; i < dense.cells; i++) ck_assert(mean[i] == draw[i]);
    close_all();
}
END_TEST

/* ---- the hypothesis -------------------------------------------------------------------------- */

static double log_likelihood(size_t hypothesis)
{
    dense_open(&setting, &posterior.kernel.axes, hypothesis % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING,
               &dense);
    dense_condition(&dense, &setting, &batch, noises[hypothesis / 2], &conditioned);
    return -0.5 * SAMPLES * log(dense_variance(&conditioned, batch.objective)) -
           0.5 * (double)conditioned.log_determinant;
}

/* Taken in, with more or less that does not add up. */
static size_t likeliest_of_draw(uint64_t draw)
{
    static const double misfits[] = {0, 1e-3, 0.1};
    rng_t rng = rng_begin(draw, RNG_TEST, 1, 0, 0);
    size_t likeliest = 0;
    draw_samples(draw, true, SAMPLES);
    for (size_t s = 0; s < SAMPLES; s++)
        batch.objective[s] *= 1 + misfits[draw % 3] * rng_normal(&rng);
    posterior_add(&posterior, &batch);
    for (size_t i = 1; i < HYPOTHESES; i++)
        if (log_likelihood(i) > log_likelihood(likeliest)) likeliest = i;
    return likeliest;
}

START_TEST(the_likeliest_hypothesis_is_taken)
{
    enum { DRAWS = 30 };
    size_t taken[HYPOTHESES] = {0};
    size_t kinds = 0;
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        open_all(SAMPLES, true);
        const size_t likeliest = likeliest_of_draw(draw);
        ck_assert(posterior_fit(&posterior));
        ck_assert(posterior.state.residual == (likeliest % 2 ? RESIDUAL_LEVEL : RESIDUAL_FALLING));
        ck_assert(posterior.state.noise == noises[likeliest / 2]);
        taken[likeliest]++;
        close_all();
    }
    for (size_t i = 0; i < HYPOTHESES; i++) kinds += taken[i] > 0;
    ck_assert_uint_ge(kinds, 4);
}
END_TEST

/* It is looked for at every fifth fit, and stays in between. */
START_TEST(a_hypothesis_lasts_five_fits)
{
    open_all(SAMPLES, true);
    const size_t likeliest = likeliest_of_draw(0);
    const double unlikely = likeliest % 2 ? RESIDUAL_FALLING : RESIDUAL_LEVEL;
    ck_assert(posterior_fit(&posterior));
    posterior.state.residual = unlikely;
    for (int fit = 1; fit < FITS_PER_CHOICE; fit++) {
        ck_assert(posterior_fit(&posterior));
        ck_assert(posterior.state.residual == unlikely);
    }
    ck_assert(posterior_fit(&posterior));
    ck_assert(posterior.state.residual != unlikely);
    close_all();
}
END_TEST

/* ---- what is taken in ------------------------------------------------------------------------ */

static size_t kept(void)
{
    return (size_t)posterior.state.n;
}

START_TEST(two_totals_say_something)
{
    open_all(SAMPLES, true);
    ck_assert(!posterior_fit(&posterior));
    draw_samples(1, true, 1);
    posterior_add(&posterior, &batch);
    ck_assert(!posterior_fit(&posterior));
    draw_samples(2, true, 1);
    posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    close_all();
}
END_TEST

/* Without a total nothing is learned; a total beyond the budget tells as much as any. */
START_TEST(invalid_samples_are_left_out_and_infeasible_ones_are_not)
{
    open_all(SAMPLES, true);
    draw_samples(1, true, 5);
    memset(batch.feasible, 0, batch.n);
    batch.objective[0] = batch.objective[3] = NAN;
    posterior_add(&posterior, &batch);
    ck_assert_uint_eq(kept(), 3);
    for (size_t i = 0; i < 3; i++) {
        const size_t sample = (size_t[]){1, 2, 4}[i];
        const size_t at = sample * SMALL_LAYERS;
        ck_assert(posterior.total[i] == batch.objective[sample]);
        ck_assert(!memcmp(posterior.pes + i * SMALL_LAYERS, batch.pes + at,
                          SMALL_LAYERS * sizeof *batch.pes));
        ck_assert(!memcmp(posterior.buffer + i * SMALL_LAYERS, batch.buffer + at,
                          SMALL_LAYERS * sizeof *batch.buffer));
    }
    close_all();
}
END_TEST

START_TEST(totals_of_nothing_say_nothing)
{
    open_all(SAMPLES, true);
    draw_samples(1, true, 5);
    for (size_t s = 0; s < 5; s++) batch.objective[s] = 0;
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
    open_all(SAMPLES, true);
    draw_samples(1, true, 2);
    posterior_add(&posterior, &batch);
    suppose(RESIDUAL_LEVEL, noises[0]);
    ck_assert(posterior_fit(&posterior));
    posterior_mean(&posterior, mean);
    for (size_t i = 2; i < SAMPLES; i += 2) posterior_add(&posterior, &batch);
    ck_assert(posterior_fit(&posterior));
    posterior_mean(&posterior, again);
    for (size_t i = 0; i < posterior_cells(&posterior); i++)
        ck_assert_double_eq_tol(again[i], mean[i], 1e-6 * largest_total());
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
    if (batch.objective[one] != batch.objective[other])
        return batch.objective[one] < batch.objective[other];
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
    for (size_t i = 0; i < window->n; i++) {
        const size_t at = window->samples[i] * SMALL_LAYERS;
        ck_assert(posterior.total[i] == batch.objective[window->samples[i]]);
        ck_assert(!memcmp(posterior.pes + i * SMALL_LAYERS, batch.pes + at,
                          SMALL_LAYERS * sizeof *batch.pes));
        ck_assert(!memcmp(posterior.buffer + i * SMALL_LAYERS, batch.buffer + at,
                          SMALL_LAYERS * sizeof *batch.buffer));
    }
}

static batch_t one_of(size_t sample)
{
    batch_t one = batch;
    one.n = 1;
    one.pes += sample * SMALL_LAYERS;
    one.buffer += sample * SMALL_LAYERS;
    one.objective += sample;
    return one;
}

/* Totals in fours alike: equals are met. */
static void draw_window(uint64_t draw)
{
    draw_samples(draw, true, batch.capacity);
    for (size_t s = 0; s < batch.n; s++) batch.objective[s] = batch.objective[s / 4 * 4];
}

START_TEST(the_window_keeps_the_newest_and_the_best)
{
    window_t window = {0};
    open_all(16, true);
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
        posterior_mean(both[i], tables[i]);
        posterior_draw(both[i], &rng, 1, tables[2 + i]);
    }
    ck_assert(one->state.fits == other->state.fits);
    ck_assert(one->state.residual == other->state.residual &&
              one->state.noise == other->state.noise);
    const size_t bytes = posterior_cells(one) * sizeof(double);
    ck_assert(!memcmp(tables[0], tables[1], bytes) && !memcmp(tables[2], tables[3], bytes));
}

/* As if nothing else had ever been taken in: the covariances have closed up. */
START_TEST(what_left_the_window_is_forgotten)
{
    posterior_t fresh;
    open_all(16, true);
    draw_window((uint64_t)_i);
    posterior_add(&posterior, &batch);
    ck_assert_uint_lt(kept(), batch.n);
    ck_assert_ok(posterior_open(setting.problem, true, 16, &fresh));
    posterior_inherit(&fresh, &posterior);
    assert_same_mind(&posterior, &fresh);
    posterior_close(&fresh);
    close_all();
}
END_TEST

/* ---- from one to another --------------------------------------------------------------------- */

static void restore(posterior_t *from, posterior_t *to)
{
    array_t saved[POSTERIOR_ARRAYS];
    array_t arrays[POSTERIOR_ARRAYS];
    ck_assert_uint_eq(posterior_arrays(from, saved), POSTERIOR_ARRAYS);
    ck_assert_uint_eq(posterior_arrays(to, arrays), POSTERIOR_ARRAYS);
    for (size_t i = 0; i < POSTERIOR_ARRAYS; i++) {
        ck_assert_str_eq(arrays[i].name, saved[i].name);
        ck_assert_uint_eq(array_bytes(&arrays[i]), array_bytes(&saved[i]));
        memcpy(arrays[i].data, saved[i].data, array_bytes(&saved[i]));
    }
}

/* After any number of samples and fits, and both go on alike, past where the window moves. */
START_TEST(a_restored_estimate_has_the_same_bits)
{
    posterior_t restored;
    open_all(16, true);
    draw_window((uint64_t)_i);
    const size_t before = 3 + (size_t)_i * 3;
    for (size_t s = 0; s < batch.n; s++) {
        const batch_t one = one_of(s);
        if (s == before) {
            ck_assert_ok(posterior_open(setting.problem, true, 16, &restored));
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

/* What an estimate over the levels has kept, one over all integers takes over. */
START_TEST(another_stage_goes_on_from_all_that_was_kept)
{
    posterior_t later;
    double mean[CELLS_MAX];
    open_all(SAMPLES, false);
    draw_samples(1, false, SAMPLES);
    posterior_add(&posterior, &batch);
    ck_assert_ok(posterior_open(setting.problem, true, SAMPLES, &later));
    posterior_inherit(&later, &posterior);
    ck_assert(posterior_fit(&later));
    posterior_mean(&later, mean);
    const residual_t residual = (residual_t)later.state.residual;
    dense_open(&setting, &later.kernel.axes, residual, &dense);
    dense_condition(&dense, &setting, &batch, later.state.noise, &conditioned);
    for (size_t i = 0; i < dense.cells; i++)
        ck_assert_double_eq_tol(mean[i], dense_respond(&conditioned, i, batch.objective),
                                1e-10 * largest_total());
    posterior_close(&later);
    close_all();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("estimate");
    TCase *tests = tcase_create("estimate");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_mean_is_the_formulas, 0, 24);
    tcase_add_loop_test(tests, a_draw_is_one_of_the_prior_put_right, 0, 24);
    tcase_add_loop_test(tests, draws_have_the_posteriors_mean_and_variance, 0, 12);
    tcase_add_test(tests, a_draw_without_boldness_is_the_mean);
    tcase_add_test(tests, the_likeliest_hypothesis_is_taken);
    tcase_add_test(tests, a_hypothesis_lasts_five_fits);
    tcase_add_test(tests, two_totals_say_something);
    tcase_add_test(tests, invalid_samples_are_left_out_and_infeasible_ones_are_not);
    tcase_add_test(tests, totals_of_nothing_say_nothing);
    tcase_add_test(tests, the_same_sample_many_times_is_one);
    tcase_add_loop_test(tests, the_window_keeps_the_newest_and_the_best, 0, 8);
    tcase_add_loop_test(tests, what_left_the_window_is_forgotten, 0, 8);
    tcase_add_loop_test(tests, a_restored_estimate_has_the_same_bits, 0, 18);
    tcase_add_test(tests, another_stage_goes_on_from_all_that_was_kept);
    return suite_run(suite);
}
