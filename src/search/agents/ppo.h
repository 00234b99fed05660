/* The clipped surrogate of PPO, apart for its test. */
#ifndef SEARCH_PPO_H
#define SEARCH_PPO_H

/* What grad log pi weighs in the gradient of min(ratio A, clip(ratio, 1 - epsilon, 1 + epsilon) A):
   ratio A, and 0 where the clipped branch is the lesser. */
double ppo_weight(double advantage, double log_ratio);

#endif
