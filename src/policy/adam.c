/* Adam: Kingma and Ba 2015, algorithm 1. */
#include "confx/adam.h"
#include "confx/try.h"
#include "confx/vector.h"
#include "policy/matrix.h"

#include <assert.h>
#include <stdlib.h>
#include <tgmath.h>

confx_status_t adam_open(size_t n, real_t beta1, real_t beta2, adam_t *adam)
{
    assert(n > 0 && beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1);
    real_t *moments = matrix_memory(2 * n); /* both begin as 0, which the step corrects for */
    if (!moments)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the moments of %zu parameters", n);
    *adam =
        (adam_t){.first = moments, .second = moments + n, .n = n, .beta1 = beta1, .beta2 = beta2};
    adam->epsilon = (real_t)1e-8;
    return status_ok();
}

void adam_close(adam_t *adam)
{
    free(adam->first);
    *adam = (adam_t){.n = 0};
}

typedef struct {
    real_t beta1, beta2, epsilon;
    real_t rate;   /* with the correction of the first moment's bias */
    real_t unbias; /* correction of the second's */
} adam_move_t;

WIDE static void adam_move(size_t n, const adam_move_t *how, const real_t *restrict gradient,
                           real_t *restrict first, real_t *restrict second,
                           real_t *restrict parameters)
{
    /* m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  step = rate m / (sqrt(v) +
                                                                     epsilon),
       with m and v divided by 1 - beta^t: `rate` and `unbias` have these factors. */
    const adam_move_t by = *how;
    for (size_t i = 0; i < n; i++) {
        first[i] = by.beta1 * first[i] + (1 - by.beta1) * gradient[i];
        second[i] = by.beta2 * second[i] + (1 - by.beta2) * gradient[i] * gradient[i];
        parameters[i] -= by.rate * first[i] / (sqrt(second[i] * by.unbias) + by.epsilon);
    }
}

void adam_step(adam_t *adam, real_t rate, const real_t *gradient, real_t *parameters)
{
    /* The corrections in double precision: 1 - 0.999^t loses half its digits in single. */
    const double step = (double)++adam->steps;
    const adam_move_t how = {.beta1 = adam->beta1,
                             .beta2 = adam->beta2,
                             .epsilon = adam->epsilon,
                             .rate = (real_t)((double)rate / (1 - pow((double)adam->beta1, step))),
                             .unbias = (real_t)(1 / (1 - pow((double)adam->beta2, step)))};
    adam_move(adam->n, &how, gradient, adam->first, adam->second, parameters);
}
