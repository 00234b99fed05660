/* Generalised advantage estimation: Schulman et al. 2016, equation 16. */
#ifndef SEARCH_GAE_H
#define SEARCH_GAE_H

#include <stddef.h>

/* advantages (T) = sum over l of (discount lambda)^l delta(t + l), delta(t) = reward + discount
   value(t + 1) - value(t); the value behind the last step is 0. */
void advantage_estimate(size_t steps, double discount, double lambda, const double *rewards,
                        const double *values, double *advantages);

/* To mean 0 and deviation 1 (PPO's users do so in each minibatch); equal ones become 0. */
void advantage_standardise(size_t n, double *advantages);

#endif
