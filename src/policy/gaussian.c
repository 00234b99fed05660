/* A Gaussian squashed by tanh: reparameterised actions, the logarithm of their density, and both
   derivatives. */
#include "confx/mlp.h"

#include <assert.h>
#include <math.h>

static const double log_deviation_least = -20, log_deviation_most = 2;

static double gaussian_log_deviation(real_t output)
{
    return fmax(log_deviation_least, fmin(log_deviation_most, (double)output));
}

/* log(1 - tanh(u)^2) without cancellation: 2 (log 2 - u - softplus(-2 u)). */
static double gaussian_log_slope(double u)
{
    const double softplus = fmax(-2 * u, 0) + log1p(exp(-fabs(2 * u)));
    return 2 * (log(2) - u - softplus);
}

double gaussian_act(size_t n, const real_t *outputs, const real_t *noise, real_t *action)
{
    static const double half_log_two_pi = 0.918938533204672741780;
    double log_density = 0;
    assert(n >= 1 && n <= GAUSSIAN_MAX);
    /* u = mean + sigma e has the density of e divided by sigma; tanh divides it by 1 - tanh(u)^2
       again. */
    for (size_t i = 0; i < n; i++) {
        const double log_sigma = gaussian_log_deviation(outputs[n + i]);
        const double e = (double)noise[i];
        const double u = (double)outputs[i] + exp(log_sigma) * e;
        action[i] = (real_t)tanh(u);
        log_density -= e * e / 2 + log_sigma + half_log_two_pi + gaussian_log_slope(u);
    }
    return log_density;
}

void gaussian_backward(size_t n, const real_t *outputs, const real_t *noise, const real_t *action,
                       real_t weight, const real_t *d_action, real_t *d_outputs)
{
    for (size_t i = 0; i < n; i++) {
        const double raw = (double)outputs[n + i];
        const double a = (double)action[i];
        /* By u: -log(1 - tanh(u)^2) has the derivative 2 tanh(u), and the action 1 - tanh(u)^2. The
           mean moves u by 1, the logarithm of sigma by sigma e, beside its own -1 in the
           density. */
        const double d_u = (double)weight * 2 * a + (double)d_action[i] * (1 - a * a);
        /* Beyond its limits the deviation does not follow the output, so nothing reaches that. */
        const bool held = raw < log_deviation_least || raw > log_deviation_most;
        d_outputs[i] = (real_t)d_u;
        d_outputs[n + i] =
            held ? 0
                 : (real_t)(d_u * exp(gaussian_log_deviation(outputs[n + i])) * (double)noise[i] -
                            (double)weight);
    }
}
