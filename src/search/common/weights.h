/* What a search minimises layer by layer where shares of the objective alone do not tell which
   action is better: their sum with what else counts of it, each at a price.

       cost = share + rate x known + sum over constraints of multiplier x value

   known: the layer's part of a sum that the objective multiplies with that of the shares, as area
   in latency x area: of a product the rate of the linear part, (sum of shares) / (sum known).
   values: of constraints that must be sampled, as samples revealed them. */
#ifndef SEARCH_WEIGHTS_H
#define SEARCH_WEIGHTS_H

#include "confx/memory.h"

typedef struct {
    problem_t *problem;
    bool known, learned; /* what counts beside shares */
    double rate;
    double multiplier[TERMS_MAX]; /* by constraint; 0 of static ones */
} weights_t;

/* Of a search that goes by a memory of per-layer costs, or by inferred totals, which say nothing of
   single constraints. Layers that share axes do not choose each for itself, and have none. */
static inline weights_t weights_of(problem_t *problem, bool remembers_layers)
{
    const terms_t *terms = problem_terms(problem);
    const bool apart = space_shared(problem_space(problem)) == 0;
    return (weights_t){.problem = problem,
                       .known = apart && terms_has_known(terms),
                       .learned = apart && remembers_layers && terms_has_learned(terms)};
}

static inline bool weights_matter(const weights_t *weights)
{
    return weights->known || weights->learned;
}

/* What is added to a share, given needs with what was learned (terms_add_learned). */
static inline double weights_add(const weights_t *weights, double known, const need_t *needs)
{
    const terms_t *terms = problem_terms(weights->problem);
    double sum = weights->known ? weights->rate * known : 0;
    for (size_t i = 0; weights->learned && i < terms->constraints_n; i++)
        if (weights->multiplier[i] > 0) sum += weights->multiplier[i] * needs->of[i];
    return sum;
}

/* The same of a point; values: what a memory has of it, or NULL. */
static inline double weights_beside(const weights_t *weights, size_t distinct, uint64_t point,
                                    const double *values)
{
    const double known = weights->known ? problem_known(weights->problem, distinct, point) : 0;
    need_t learned = {{0}, 0};
    if (weights->learned && values)
        terms_add_learned(problem_terms(weights->problem), values, &learned);
    return weights_add(weights, known, &learned);
}

#endif
