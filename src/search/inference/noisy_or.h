/* Which of several causes are at work, where all that is known is that each of some sets has at
   least one that is: the noisy-or of Pearl (1988) without leaks. Beliefs are passed between causes
   and sets until they settle (the sum-product algorithm; Kschischang, Frey, Loeliger 2001), which
   is exact where no two causes share more than one set, and none are in a ring of sets. */
#ifndef SEARCH_NOISY_OR_H
#define SEARCH_NOISY_OR_H

#include <stddef.h>
#include <stdint.h>

#define NOISY_OR_NONE UINT32_MAX

typedef struct {
    size_t sets, width;
    const uint32_t *members; /* (sets, width) causes, each once in a set; NOISY_OR_NONE behind the
                                last one */
    const double *weights;   /* (sets) what a set counts, of 1; NULL: all count 1 */
    double *messages;        /* (sets, width) scratch */
} noisy_or_t;

/* What the sets say of each cause beyond its prior chance, as a logarithm of odds, into evidence
   (causes), which is 0 before and stays 0 of causes in no set. prior (causes) in (0, 1). */
void noisy_or_infer(const noisy_or_t *sets, const float *prior, double *evidence);

/* The chance that has the odds of `prior` times exp(evidence), never quite 0 or 1. */
double noisy_or_chance(double prior, double evidence);

#endif
