/* Regression by a Gaussian process against the textbook's formula, solved another way; expected
   improvement against an integral. */
#include "confx/rng.h"
#include "search/baselines/gp.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { POINTS = 24, ASKED = 9, WIDTH = 5 };
static const gp_kernel_t kernel = {1.3, 1e-2};

typedef struct {
    gp_t gp;
    double targets[POINTS];
} fixture_t;

static void open_fixture(fixture_t *fixture, uint64_t draw)
{
    rng_t rng = rng_begin(draw, RNG_TEST, 0, 0, 0);
    ck_assert_ok(gp_open(POINTS, ASKED, WIDTH, &fixture->gp));
    for (size_t i = 0; i < POINTS * WIDTH; i++) fixture->gp.inputs[i] = rng_uniform(&rng);
    for (size_t i = 0; i < ASKED * WIDTH; i++) fixture->gp.asked[i] = 2 * rng_uniform(&rng) - 0.5;
    for (size_t i = 0; i < POINTS; i++) fixture->targets[i] = rng_normal(&rng);
}

/* Equation 4.17, term by term. */
static double covariance(const double *one, const double *other)
{
    double squared = 0;
    for (size_t i = 0; i < WIDTH; i++) squared += (one[i] - other[i]) * (one[i] - other[i]);
    const double r = sqrt(squared);
    const double l = kernel.length;
    return (1 + sqrt(5) * r / l + 5 * squared / (3 * l * l)) * exp(-sqrt(5) * r / l);
}

/* Gauss-Jordan: x = (K + noise)^-1 b of the first n points; the log of the determinant. */
static double solve(const gp_t *gp, size_t n, const double *b, double *x)
{
    double a[POINTS][POINTS + 1];
    double logs = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            a[i][j] = covariance(gp->inputs + i * WIDTH, gp->inputs + j * WIDTH) +
                      (i == j ? kernel.noise : 0);
        a[i][n] = b[i];
    }
    for (size_t k = 0; k < n; k++) {
        logs += log(a[k][k]);
        for (size_t i = 0; i < n; i++) {
            const double factor = a[i][k] / a[k][k];
            for (size_t j = k; j <= n && i != k; j++) a[i][j] -= factor * a[k][j];
        }
    }
    for (size_t i = 0; i < n; i++) x[i] = a[i][n] / a[i][i];
    return logs;
}

/* Equations 2.25 and 2.26, the signal's variance as likelihood would have it. */
static void check_posterior(const fixture_t *fixture, size_t n, const double *targets)
{
    double weights[POINTS];
    double scale = 0;
    (void)solve(&fixture->gp, n, targets, weights);
    for (size_t i = 0; i < n; i++) scale += targets[i] * weights[i] / (double)n;
    for (size_t c = 0; c < ASKED; c++) {
        double reach[POINTS];
        double solved[POINTS];
        double mean = 0;
        double variance = 1;
        for (size_t i = 0; i < n; i++)
            reach[i] = covariance(fixture->gp.asked + c * WIDTH, fixture->gp.inputs + i * WIDTH);
        (void)solve(&fixture->gp, n, reach, solved);
        for (size_t i = 0; i < n; i++) {
            mean += reach[i] * weights[i];
            variance -= reach[i] * solved[i];
        }
        ck_assert_double_eq_tol(fixture->gp.mean[c], mean, 1e-9);
        ck_assert_double_eq_tol(fixture->gp.variance[c], fixture->gp.scale * variance, 1e-9);
    }
    if (targets == fixture->targets) ck_assert_double_eq_tol(fixture->gp.scale, scale, 1e-9);
}

/* The factor made at once, and row by row. */
START_TEST(the_posterior_is_the_textbooks)
{
    fixture_t fixture;
    open_fixture(&fixture, (uint64_t)_i);
    const size_t at_once = (size_t)_i % POINTS + 1;
    gp_cover(&fixture.gp, at_once, kernel.length);
    ck_assert(gp_factor(&fixture.gp, kernel.noise));
    while (fixture.gp.n < POINTS) ck_assert(gp_append(&fixture.gp));
    (void)gp_fit(&fixture.gp, fixture.targets);
    gp_ask(&fixture.gp, 0, 4);
    gp_ask(&fixture.gp, 4, ASKED - 4);
    check_posterior(&fixture, POINTS, fixture.targets);
    gp_close(&fixture.gp);
}
END_TEST

START_TEST(the_likelihood_is_the_textbooks)
{
    fixture_t fixture;
    double weights[POINTS];
    open_fixture(&fixture, 7);
    gp_cover(&fixture.gp, POINTS, kernel.length);
    ck_assert(gp_factor(&fixture.gp, kernel.noise));
    const double found = gp_fit(&fixture.gp, fixture.targets);
    const double logs = solve(&fixture.gp, POINTS, fixture.targets, weights);
    double product = 0;
    for (size_t i = 0; i < POINTS; i++) product += fixture.targets[i] * weights[i];
    ck_assert_double_eq_tol(found, -0.5 * POINTS * log(product / POINTS) - 0.5 * logs, 1e-9);
    gp_close(&fixture.gp);
}
END_TEST

/* A candidate that is believed is a point whose target is its mean: the posterior of all points
   says so. */
START_TEST(what_is_believed_is_a_point_as_expected)
{
    enum { KNOWN = POINTS - 3 };
    fixture_t fixture;
    double targets[POINTS];
    open_fixture(&fixture, 3);
    gp_cover(&fixture.gp, KNOWN, kernel.length);
    ck_assert(gp_factor(&fixture.gp, kernel.noise));
    (void)gp_fit(&fixture.gp, fixture.targets);
    gp_ask(&fixture.gp, 0, ASKED);
    memcpy(targets, fixture.targets, sizeof targets);
    for (size_t i = 0; i < 3; i++) {
        targets[KNOWN + i] = fixture.gp.mean[2 * i];
        ck_assert(gp_believe(&fixture.gp, 2 * i));
    }
    check_posterior(&fixture, POINTS, targets);
    gp_ask(&fixture.gp, 0, ASKED);
    check_posterior(&fixture, POINTS, targets);
    gp_forget(&fixture.gp, KNOWN);
    gp_ask(&fixture.gp, 0, ASKED);
    check_posterior(&fixture, KNOWN, fixture.targets);
    gp_close(&fixture.gp);
}
END_TEST

/* The same point twice and no noise: there is no such factor, and the one that was is kept. */
START_TEST(a_kernel_that_is_none_is_told)
{
    fixture_t fixture;
    open_fixture(&fixture, 4);
    gp_cover(&fixture.gp, 1, 1.3);
    ck_assert(gp_factor(&fixture.gp, 0));
    memcpy(fixture.gp.inputs + WIDTH, fixture.gp.inputs, WIDTH * sizeof(double));
    ck_assert(!gp_append(&fixture.gp));
    ck_assert_uint_eq(fixture.gp.n, 1);
    gp_cover(&fixture.gp, POINTS, 1.3);
    ck_assert(!gp_factor(&fixture.gp, -2));
    gp_close(&fixture.gp);
}
END_TEST

/* Simpson's rule over max(best - y, 0) times the density. */
static double integrated(double mean, double deviation, double best)
{
    enum { STEPS = 20000 };
    const double low = mean - 12 * deviation;
    const double step = (best - low) / STEPS;
    double sum = 0;
    if (best <= low) return 0;
    for (int i = 0; i <= STEPS; i++) {
        const double y = low + i * step;
        const double z = (y - mean) / deviation;
        const double weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        sum += weight * (best - y) * exp(-z * z / 2) / (deviation * sqrt(2 * acos(-1)));
    }
    return sum * step / 3;
}

START_TEST(the_improvement_is_the_integral)
{
    for (double best = -3; best <= 3; best += 0.25)
        for (double deviation = 0.1; deviation < 3; deviation *= 2) {
            const double expected = integrated(0.5, deviation, best);
            ck_assert_double_eq_tol(gp_improvement(0.5, deviation, best), expected, 1e-10);
        }
    ck_assert(gp_improvement(1, 0, 3) == 2);
    ck_assert(gp_improvement(3, 0, 1) == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gp");
    TCase *tests = tcase_create("gp");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_posterior_is_the_textbooks, 0, POINTS);
    tcase_add_test(tests, the_likelihood_is_the_textbooks);
    tcase_add_test(tests, what_is_believed_is_a_point_as_expected);
    tcase_add_test(tests, a_kernel_that_is_none_is_told);
    tcase_add_test(tests, the_improvement_is_the_integral);
    return suite_run(suite);
}
