/* Perceptrons and the distributions behind them: each derivative against central differences, in
   double precision. */
#include "confx/mlp.h"
#include "confx/rng.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { ROWS = 5 };

static const double STEP = 1e-5;
static const double TOLERANCE = 1e-8;

static const mlp_shape_t shapes[] = {{3, 2, 0, {0}, MLP_TANH},
                                     {4, 3, 1, {5}, MLP_TANH},
                                     {4, 2, 2, {6, 5}, MLP_RELU},
                                     {2, 4, 3, {4, 3, 5}, MLP_TANH}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void fill(size_t n, uint64_t item, double scale, real_t *to)
{
    rng_t rng = rng_begin(3, RNG_TEST, 0, 0, item);
    for (size_t i = 0; i < n; i++) to[i] = scale * rng_normal(&rng);
}

typedef struct {
    const mlp_shape_t *shape;
    mlp_t *mlp;
    size_t size, rows;
    real_t *parameters, *inputs, *d_outputs, *gradient, *d_inputs;
} bench_t;

static bench_t bench_open(const mlp_shape_t *shape, size_t rows)
{
    bench_t bench = {.shape = shape, .size = mlp_size(shape), .rows = rows};
    ck_assert_ok(mlp_open(shape, rows + 2, &bench.mlp));
    bench.parameters = calloc(bench.size, sizeof(real_t));
    bench.gradient = calloc(bench.size, sizeof(real_t));
    bench.inputs = calloc(rows * shape->inputs, sizeof(real_t));
    bench.d_inputs = calloc(rows * shape->inputs, sizeof(real_t));
    bench.d_outputs = calloc(rows * shape->outputs, sizeof(real_t));
    fill(bench.size, 1, 0.6, bench.parameters);
    fill(rows * shape->inputs, 2, 1, bench.inputs);
    fill(rows * shape->outputs, 3, 1, bench.d_outputs);
    return bench;
}

static void bench_close(bench_t *bench)
{
    mlp_close(bench->mlp);
    real_t *const owned[] = {bench->parameters, bench->gradient, bench->inputs, bench->d_inputs,
                             bench->d_outputs};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

/* A loss whose derivative by the outputs is d_outputs. */
static double loss(const bench_t *bench)
{
    const real_t *outputs = mlp_forward(bench->mlp, bench->parameters, bench->rows, bench->inputs);
    double sum = 0;
    for (size_t i = 0; i < bench->rows * bench->shape->outputs; i++)
        sum += bench->d_outputs[i] * outputs[i];
    return sum;
}

static double difference(const bench_t *bench, real_t *number)
{
    const real_t kept = *number;
    *number = kept + STEP;
    const double above = loss(bench);
    *number = kept - STEP;
    const double below = loss(bench);
    *number = kept;
    return (above - below) / (2 * STEP);
}

static void check(const bench_t *bench, const char *what, size_t n, real_t *numbers,
                  const real_t *gradient)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        const double expected = difference(bench, numbers + i);
        ck_assert_msg(fabs(gradient[i] - expected) < TOLERANCE * fmax(1, fabs(expected)),
                      "%s %zu: %g, not %g", what, i, gradient[i], expected);
        largest = fmax(largest, fabs(gradient[i]));
    }
    ck_assert_msg(largest > 1e-3, "the test does not reach %s", what);
}

static void check_rows(const mlp_shape_t *shape, size_t rows)
{
    bench_t bench = bench_open(shape, rows);
    (void)loss(&bench);
    mlp_backward(bench.mlp, bench.parameters, bench.d_outputs, bench.gradient, bench.d_inputs);
    for (size_t i = 0; i < mlp_layers(bench.mlp); i++) {
        const mlp_layer_t layer = mlp_layer(bench.mlp, i);
        const size_t weights = layer.inputs * layer.outputs;
        check(&bench, "weights", weights, bench.parameters + layer.weight,
              bench.gradient + layer.weight);
        check(&bench, "bias", layer.outputs, bench.parameters + layer.weight + weights,
              bench.gradient + layer.weight + weights);
    }
    check(&bench, "inputs", rows * shape->inputs, bench.inputs, bench.d_inputs);
    bench_close(&bench);
}

START_TEST(the_gradient_is_that_of_the_loss)
{
    check_rows(&shapes[_i], ROWS);
    check_rows(&shapes[_i], 1);
}
END_TEST

START_TEST(the_gradient_is_added_and_may_be_left_out)
{
    bench_t bench = bench_open(&shapes[_i], ROWS);
    real_t *twice = calloc(bench.size, sizeof(real_t));
    (void)loss(&bench);
    mlp_backward(bench.mlp, bench.parameters, bench.d_outputs, bench.gradient, NULL);
    mlp_backward(bench.mlp, bench.parameters, bench.d_outputs, NULL, bench.d_inputs);
    for (int i = 0; i < 2; i++)
        mlp_backward(bench.mlp, bench.parameters, bench.d_outputs, twice, NULL);
    for (size_t i = 0; i < bench.size; i++)
        ck_assert_double_eq_tol(twice[i], 2 * bench.gradient[i], 1e-12);
    free(twice);
    bench_close(&bench);
}
END_TEST

START_TEST(initial_parameters_are_within_their_bounds)
{
    bench_t bench = bench_open(&shapes[2], ROWS);
    mlp_initialise(bench.mlp, 5, 0, 0.01, bench.parameters);
    for (size_t i = 0; i < mlp_layers(bench.mlp); i++) {
        const mlp_layer_t layer = mlp_layer(bench.mlp, i);
        const double bound =
            (i + 1 == mlp_layers(bench.mlp) ? 0.01 : 1) / sqrt((double)layer.inputs);
        double most = 0;
        for (size_t j = 0; j < layer.inputs * layer.outputs; j++)
            most = fmax(most, fabs(bench.parameters[layer.weight + j]));
        ck_assert_double_le(most, bound);
        ck_assert_double_gt(most, bound / 2);
    }
    fill(bench.size, 9, 1, bench.gradient);
    mlp_initialise(bench.mlp, 5, 1, 0.01, bench.gradient);
    ck_assert_int_ne(memcmp(bench.gradient, bench.parameters, bench.size * sizeof(real_t)), 0);
    bench_close(&bench);
}
END_TEST

START_TEST(clipping_keeps_the_direction_and_following_goes_a_share_of_the_way)
{
    real_t numbers[3] = {3, 0, 4};
    ck_assert_double_eq_tol(mlp_clip(3, 10, numbers), 5, 1e-12);
    ck_assert_double_eq(numbers[2], 4);
    ck_assert_double_eq_tol(mlp_clip(3, 1, numbers), 5, 1e-12);
    ck_assert_double_eq_tol(numbers[0], 0.6, 1e-12);
    real_t target[3] = {0, 1, 0.8};
    mlp_follow(3, 0.5, numbers, target);
    ck_assert_double_eq_tol(target[0], 0.3, 1e-12);
    ck_assert_double_eq_tol(target[1], 0.5, 1e-12);
    ck_assert_double_eq_tol(target[2], 0.8, 1e-12);
}
END_TEST

/* ---- categorical ----------------------------------------------------------------------------- */

static const categorical_t heads = {2, {4, 3}};

static double categorical_loss(const real_t *logits, real_t *log, real_t *probability,
                               const uint16_t *choice)
{
    static const uint8_t allowed[7] = {1, 0, 1, 1, 1, 1, 0};
    memcpy(log, logits, 7 * sizeof *log);
    categorical_forward(4, allowed, log, probability);
    categorical_forward(3, allowed + 4, log + 4, probability + 4);
    return -(1.7 * categorical_log(&heads, log, choice) +
             0.3 * categorical_entropy(&heads, probability, log));
}

START_TEST(the_categorical_gradient_is_that_of_its_loss)
{
    const uint16_t choice[2] = {2, 1};
    real_t logits[7];
    real_t log[7];
    real_t probability[7];
    real_t d_logits[7];
    fill(7, 4, 1, logits);
    ck_assert_uint_eq(categorical_width(&heads), 7);
    (void)categorical_loss(logits, log, probability, choice);
    ck_assert_double_eq_tol(probability[0] + probability[2] + probability[3], 1, 1e-12);
    ck_assert_double_eq(probability[1], 0);
    categorical_backward(&heads, probability, log, choice, 1.7, 0.3, d_logits);
    for (int i = 0; i < 7; i++) {
        const real_t kept = logits[i];
        logits[i] = kept + STEP;
        const double above = categorical_loss(logits, log, probability, choice);
        logits[i] = kept - STEP;
        const double below = categorical_loss(logits, log, probability, choice);
        logits[i] = kept;
        ck_assert_double_eq_tol(d_logits[i], (above - below) / (2 * STEP), TOLERANCE);
    }
}
END_TEST

START_TEST(draws_follow_the_chances)
{
    const real_t probability[4] = {0.25, 0, 0.5, 0.25};
    ck_assert_uint_eq(categorical_draw(4, probability, 0), 0);
    ck_assert_uint_eq(categorical_draw(4, probability, 0.2499), 0);
    ck_assert_uint_eq(categorical_draw(4, probability, 0.25), 2);
    ck_assert_uint_eq(categorical_draw(4, probability, 0.7499), 2);
    ck_assert_uint_eq(categorical_draw(4, probability, 0.9999999), 3);
    const real_t short_of_one[3] = {0.5, 0.49999, 0};
    ck_assert_uint_eq(categorical_draw(3, short_of_one, 0.999999), 1);
}
END_TEST

/* ---- squashed Gaussian ----------------------------------------------------------------------- */

static double gaussian_loss(const real_t outputs[4], const real_t noise[2],
                            const real_t d_action[2])
{
    real_t action[2];
    const double log_density = gaussian_act(2, outputs, noise, action);
    return 0.4 * log_density + d_action[0] * action[0] + d_action[1] * action[1];
}

START_TEST(the_gaussian_gradient_is_that_of_its_loss)
{
    real_t outputs[4] = {0.3, -1.2, -0.5, 0.4};
    const real_t noise[2] = {0.7, -1.1};
    const real_t d_action[2] = {1.3, -0.6};
    real_t action[2];
    real_t d_outputs[4];
    (void)gaussian_act(2, outputs, noise, action);
    gaussian_backward(2, outputs, noise, action, 0.4, d_action, d_outputs);
    for (int i = 0; i < 4; i++) {
        const real_t kept = outputs[i];
        outputs[i] = kept + STEP;
        const double above = gaussian_loss(outputs, noise, d_action);
        outputs[i] = kept - STEP;
        const double below = gaussian_loss(outputs, noise, d_action);
        outputs[i] = kept;
        ck_assert_double_eq_tol(d_outputs[i], (above - below) / (2 * STEP), TOLERANCE);
    }
}
END_TEST

/* The density integrates to 1 over the actions, and is that of the formula of the paper. */
START_TEST(the_gaussian_density_is_one)
{
    enum { PIECES = 200000 };
    const real_t outputs[2] = {0.4, -0.3};
    double sum = 0;
    for (int i = 0; i < PIECES; i++) {
        const double wanted = -1 + 2 * (i + 0.5) / PIECES;
        const real_t noise = (atanh(wanted) - outputs[0]) / exp(outputs[1]);
        real_t action;
        const double log_density = gaussian_act(1, outputs, &noise, &action);
        ck_assert_double_eq_tol(action, wanted, 1e-9);
        sum += exp(log_density) * 2 / PIECES;
    }
    ck_assert_double_eq_tol(sum, 1, 1e-6);
}
END_TEST

START_TEST(far_out_the_gaussian_stays_finite)
{
    const real_t outputs[4] = {400, -400, 50, -90};
    const real_t noise[2] = {3, -3};
    real_t action[2];
    real_t d_outputs[4];
    ck_assert(isfinite(gaussian_act(2, outputs, noise, action)));
    gaussian_backward(2, outputs, noise, action, 1, (real_t[]){1, 1}, d_outputs);
    for (int i = 0; i < 4; i++) ck_assert(isfinite(d_outputs[i]));
    ck_assert_double_eq(d_outputs[2], 0); /* deviations are held there */
    ck_assert_double_eq(d_outputs[3], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("perceptrons in double precision");
    TCase *tests = tcase_create("perceptrons");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_gradient_is_that_of_the_loss, 0, SHAPES);
    tcase_add_loop_test(tests, the_gradient_is_added_and_may_be_left_out, 0, SHAPES);
    tcase_add_test(tests, initial_parameters_are_within_their_bounds);
    tcase_add_test(tests, clipping_keeps_the_direction_and_following_goes_a_share_of_the_way);
    tcase_add_test(tests, the_categorical_gradient_is_that_of_its_loss);
    tcase_add_test(tests, draws_follow_the_chances);
    tcase_add_test(tests, the_gaussian_gradient_is_that_of_its_loss);
    tcase_add_test(tests, the_gaussian_density_is_one);
    tcase_add_test(tests, far_out_the_gaussian_stays_finite);
    return suite_run(suite);
}
