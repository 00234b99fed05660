/* Updates of parameters: Adam (Kingma and Ba 2015, algorithm 1) and gradient clipping (Pascanu et
   al. 2013, algorithm 1). Vectors have n numbers; parameters and gradients are the caller's. */
#ifndef CONFX_ADAM_H
#define CONFX_ADAM_H

#include "confx/policy.h"

typedef struct {
    real_t *first, *second; /* (n) moments */
    size_t n;
    uint64_t steps; /* taken so far */
    real_t beta1, beta2, epsilon;
} adam_t;

/* Moments of 0, epsilon 1e-8. The betas are in [0, 1). The caller closes. CONFX_STATUS_MEMORY. */
confx_status_t adam_open(size_t n, real_t beta1, real_t beta2, adam_t *adam);
void adam_close(adam_t *adam);

/* parameters (n) -= rate x first / (sqrt(second) + epsilon), both corrected for beginning at 0. */
void adam_step(adam_t *adam, real_t rate, const real_t *gradient, real_t *parameters);

/* Scale the gradient so that the norm of the recurrent tensors is at most `recurrent` and that of
   the others at most `others`; returns the norm of all before. With recurrent <= 0 one norm over
   all, limited by `others`. */
double policy_clip(const policy_t *policy, real_t recurrent, real_t others, real_t *gradient);

#endif
