/* What each layer takes of the constraints (terms.h), and what all layers take together. Static
   constraints, which are those on static metrics, are known before anything is sampled: what a
   layer takes of one of them is its need. Needs can be added up whatever the constraint: where the
   limit is on the largest layer, the need of a layer is 1 if the layer alone exceeds the limit and
   else 0, and the sum must be 0. What layers take of the other constraints is revealed by samples.
   */
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

/* The needs of a layer as one number, for heuristics that trade them against an objective:
   terms_scale times the mean over the constraints of need / limit. An assignment that is at all its
   limits thus weighs terms_scale. Where there is only one constraint, the number is the need
   itself. A layer that exceeds the limit of a maximum weighs twice the scale (1 where the scale is
   0); so does a layer that needs anything of a sum whose limit is 0 while the scale is not.
   Infinite where the action is illegal. */
double terms_weight(const terms_t *terms, const need_t *need);
/* Of the static constraints on sums the first limit that is not 0. 0: all these limits are 0; 1:
   there is no such constraint. */
double terms_scale(const terms_t *terms);
/* Is there exactly one static constraint, and is it on a sum? Then weight and scale are need and
   limit. */
bool terms_is_single(const terms_t *terms);

/* ---- what a sample reveals ------------------------------------------------------------------- */

/* Of a layer: shares of the objectives, then values of constraints that are not static; or NaN. */
size_t terms_revealed(const terms_t *terms);
void terms_reveal(const terms_t *terms, double weight, const double *metrics, double *values);

/* terms_add_learned adds to the need of a layer what its revealed values say of the constraints
   that are not static; a limit on a maximum counts as above, 1 where the layer alone exceeds it.
   For sums of such needs: is one constraint kept, static or not; and by how much are those that
   must be sampled exceeded, as a sum of shares of their limits? */
void terms_add_learned(const terms_t *terms, const double *values, need_t *need);
bool terms_keeps_one(const terms_t *terms, size_t constraint, const need_t *sum);
double terms_excess(const terms_t *terms, const need_t *sum);

#endif
