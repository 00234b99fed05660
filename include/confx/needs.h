/* What layers take of constraints (terms.h), and add up to. Before sampling a search may know
   static constraints, those of static metrics. What a layer takes of them is a need, which adds up
   whatever the term: of a maximum it is 1 where the layer alone exceeds the limit, and none may. Of
   the others samples reveal it. */
#ifndef CONFX_NEEDS_H
#define CONFX_NEEDS_H

#include "confx/terms.h"

/* ---- static constraints, layer by layer ------------------------------------------------------ */

typedef struct {
    double of[TERMS_MAX]; /* by constraint; 0 where it is not static */
    size_t illegal;       /* layers whose action is illegal (model.h): none may be */
} need_t;

/* Of one legal layer; NaN counts as infinite. */
need_t terms_need(const terms_t *terms, const double *metrics);
static inline void need_add(need_t *sum, const need_t *more)
{
    for (size_t i = 0; i < TERMS_MAX; i++) sum->of[i] += more->of[i];
    sum->illegal += more->illegal;
}
/* The sum with one layer's need in place of another: (sum - from) + to. */
static inline need_t need_change(const need_t *sum, const need_t *from, const need_t *to)
{
    need_t changed = {{0}, sum->illegal - from->illegal + to->illegal};
    for (size_t i = 0; i < TERMS_MAX; i++) changed.of[i] = sum->of[i] - from->of[i] + to->of[i];
    return changed;
}

/* Is a need within the static constraints, up to rounding, and without an illegal action? */
bool terms_fits(const terms_t *terms, const need_t *sum);
bool terms_fits_one(const terms_t *terms, size_t constraint, const need_t *sum); /* one of them */

/* One number for the needs of a layer, for heuristics that trade them against an objective: the
   mean of the needs, each in units of its own limit, times terms_scale, which is so what an
   assignment at all its limits weighs. A layer beyond a maximum, or with any need where the limit
   of a sum is 0 and the scale is not, weighs twice the scale (1 where that is 0). The need itself
   where there is but one constraint. Infinite where an action is illegal. */
double terms_weight(const terms_t *terms, const need_t *need);
/* Of the static constraints of sums the first limit that is not 0; 0: all are; 1: there is none. */
double terms_scale(const terms_t *terms);
/* The number of static constraints is one, a sum: then weight and scale are need and limit. */
bool terms_is_single(const terms_t *terms);

/* ---- what a sample reveals ------------------------------------------------------------------- */

/* Of a layer: shares of the objectives, then values of constraints that are not static; or NaN. */
size_t terms_revealed(const terms_t *terms);
void terms_reveal(const terms_t *terms, double weight, const double *metrics, double *values);

/* Adds what values revealed of a layer say of the constraints that are not static to its need, as
   needs of static ones are told: of a maximum 1 where the layer alone exceeds the limit. Held
   against such sums: is one constraint kept, of whichever kind; are all; and how far are those that
   must be sampled exceeded, in shares of their limits? */
void terms_add_learned(const terms_t *terms, const double *values, need_t *need);
bool terms_keeps_one(const terms_t *terms, size_t constraint, const need_t *sum);
double terms_excess(const terms_t *terms, const need_t *sum);

#endif
