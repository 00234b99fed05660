/* K-FAC (Martens and Grosse 2015): the Fisher information of a perceptron's layer as a Kronecker
   product A x G, and the natural gradient by it. */
#ifndef CONFX_KFAC_H
#define CONFX_KFAC_H

#include "confx/mlp.h"

typedef struct kfac
    kfac_t; /* for each layer the running factors A = E[x x^T] and G = E[d_y d_y^T] */

/* decay: of the running averages; damping: lambda. The mlp's shape is copied. The caller closes. */
confx_status_t kfac_open(const mlp_t *mlp, double decay, double damping, kfac_t **kfac);
void kfac_close(kfac_t *kfac);
/* Adds what the mlp's last backward pass says, d_y being derivatives of log likelihoods under the
   model's own draws. */
void kfac_add(kfac_t *kfac, const mlp_t *mlp);
/* Folds the rows added since into the averages and inverts the damped factors. */
void kfac_fold(kfac_t *kfac);
/* natural = (A + pi sqrt(lambda) I)^-1 gradient (G + sqrt(lambda)/pi I)^-1 for each layer (section
   6.3: pi balances the two traces). */
void kfac_natural(kfac_t *kfac, const real_t *gradient, real_t *natural);
/* What a checkpoint keeps: the averages, and how many folds there were in the last one. */
real_t *kfac_averages(kfac_t *kfac, size_t *n);

#endif
