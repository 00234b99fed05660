#include "search/agents/gae.h"

#include <math.h>

void advantage_estimate(size_t steps, double discount, double lambda, const double *rewards,
                        const double *values, double *advantages)
{
    double behind = 0;
    for (size_t t = steps; t-- > 0;) {
        /* From the last step back: what a step's own surprise is worth, and a share of those behind
           it. */
        const double next = t + 1 < steps ? values[t + 1] : 0;
        behind = rewards[t] + discount * next - values[t] + discount * lambda * behind;
        advantages[t] = behind;
    }
}

void advantage_standardise(size_t n, double *advantages)
{
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) mean += advantages[i] / (double)n;
    for (size_t i = 0; i < n; i++) squares += (advantages[i] - mean) * (advantages[i] - mean);
    const double deviation = sqrt(squares / (double)n);
    for (size_t i = 0; i < n; i++) advantages[i] = (advantages[i] - mean) / (deviation + 1e-8);
}
