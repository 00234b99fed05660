/* Bayesian optimisation from inside: bayes.c (points, the interface) and bayes_propose.c
   (surrogate, acquisition). */
#ifndef SEARCH_BAYES_H
#define SEARCH_BAYES_H

#include "search/baselines/gp.h"
#include "search/common/moves.h"
#include "search/kind.h"

enum { BAYES_FOUNDERS = 40 }; /* random samples to begin with */
/* Candidates of an update: random ones and neighbours of the best; then rounds around the one
   chosen. */
enum { BAYES_RANDOM = 128, BAYES_NEAR = 256, BAYES_ROUND = 32 };
enum { BAYES_CANDIDATES = BAYES_RANDOM + BAYES_NEAR + BAYES_ROUND };

/* What a checkpoint keeps beside the points. */
typedef struct {
    int64_t n;             /* points */
    int64_t fitted;        /* of these when the kernel was sought last; 0: it must be */
    int64_t length, noise; /* the kernel found: which ones of the grid */
    int64_t heard;         /* samples in all */
} counts_t;

typedef struct {
    search_setup_t setup;
    size_t layers, cells; /* L, L x A */
    size_t points;        /* the most points */
    size_t samples;       /* of a unit */
    size_t proposals;     /* of an update */
    counts_t counts;
    double *logs;          /* (points) log of the objective */
    uint16_t *assignments; /* (points, L, A) canonical */
    double *targets;       /* (points) scratch: standardised */
    uint16_t *asked;       /* (BAYES_CANDIDATES, L, A) canonical */
    uint16_t *proposed;    /* (proposals, L, A) on all ranks */
    bool published;        /* there are proposals */
    uint16_t *scratch;     /* (L, A) */
    arena_t arena;
    gp_t gp;
} bayes_t;

/* Are these numbers of a kernel that is on the grid? */
bool bayes_is_kernel(int64_t length, int64_t noise);

/* Fill `proposed`. False: the surrogate is none in floating point. */
bool bayes_propose(bayes_t *self);

/* Inputs that describe an assignment to the surrogate. */
size_t bayes_width(const problem_t *problem);

/* Of several assignments in one piece the one numbered i. */
static inline uint16_t *bayes_assignment(const bayes_t *self, uint16_t *all, size_t i)
{
    return all + i * self->cells;
}

/* Is one point better than another: by score, and of equals the earlier one? */
bool bayes_better(const bayes_t *self, size_t point, size_t other);

#endif
