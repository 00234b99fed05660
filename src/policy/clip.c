/* Gradient norms, and their limits (Pascanu et al. 2013, algorithm 1). */
#include "confx/adam.h"
#include "confx/mlp.h"
#include "policy/network.h"

#include <math.h>

enum { LANES = 8 };

/* In lanes, so that it goes by vectors, in one order whatever their width. */
static double clip_sum_of_squares(size_t n, const real_t *x)
{
    double lanes[LANES] = {0};
    const size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] += (double)x[i + lane] * (double)x[i + lane];
    for (size_t i = whole; i < n; i++) lanes[i - whole] += (double)x[i] * (double)x[i];
    double sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}

static void clip_scale(size_t n, real_t factor, real_t *x)
{
    for (size_t i = 0; i < n; i++) x[i] *= factor;
}

static double clip_factor_for(double squares, double limit)
{
    const double norm = sqrt(squares);
    return norm > limit ? limit / norm : 1;
}

double policy_clip(const policy_t *policy, real_t recurrent, real_t others, real_t *gradient)
{
    const bool apart = recurrent > 0;
    double squares[2] = {0}; /* of the others, of the recurrent tensors */
    /* Gradients through time may explode in the recurrent tensors alone: a norm of their own keeps
       them from scaling all others down. */
    for (size_t i = 0; i < policy->tensor_count; i++) {
        const policy_tensor_t *tensor = &policy->tensors[i];
        squares[apart && tensor->recurrent] +=
            clip_sum_of_squares(tensor->rows * tensor->columns, gradient + tensor->offset);
    }
    const double factors[2] = {clip_factor_for(squares[0], (double)others),
                               clip_factor_for(squares[1], (double)recurrent)};
    for (size_t i = 0; i < policy->tensor_count; i++) {
        const policy_tensor_t *tensor = &policy->tensors[i];
        const double factor = factors[apart && tensor->recurrent];
        if (factor < 1)
            clip_scale(tensor->rows * tensor->columns, (real_t)factor, gradient + tensor->offset);
    }
    return sqrt(squares[0] + squares[1]);
}

double mlp_clip(size_t n, real_t limit, real_t *gradient)
{
    const double squares = clip_sum_of_squares(n, gradient);
    const double factor = clip_factor_for(squares, (double)limit);
    if (factor < 1) clip_scale(n, (real_t)factor, gradient);
    return sqrt(squares);
}
