/* What any action of any layer may cost, by the per-layer costs that were revealed so far: for what
   was not seen an estimate and its deviation. With d a kind of layer and x an action,

       ln c(d, x) = offset(d) + trend(x) + residual(d, x)

   The trend is shared by all kinds: before any sample a power law of the first axis with an order,
   later the mean of what offsets leave at x, smoothed over near actions. The offset is the mean of
   what costs seen of the kind exceed the trend by; of a kind of which nothing was seen, ln of its
   multiplications plus what the other kinds' offsets exceed theirs by, on average. The residual of
   each kind is a Gaussian process by itself, whose covariance is a constant, a part that falls with
   the distance along each axis, and one that falls with the distance along all; its variance is
   calibrated by the residuals seen. What was seen is known exactly. Source: Rasmussen, Williams
   2006, chapters 2 and 5. */
#ifndef SEARCH_SURROGATE_H
#define SEARCH_SURROGATE_H

#include "search/common/cost_view.h"

typedef struct {
    problem_t *problem;
    table_axes_t axes; /* the levels */
    size_t distinct;
    double *nearness[SPACE_AXES]; /* (n, n) of the values of an axis: 1 of the same, falling */
    double *work;                 /* (D) ln of the multiplications */
    double *seen; /* (D, cells) ln cost; NaN: not seen; infinite: found invalid, or no design */
    double *need; /* (D, cells) as one number; infinite: no design, or not the canonical action */
    double *mean; /* (D, cells) of ln cost; infinite where `seen` is, or where need is */
    double *deviation; /* (D, cells) of ln cost; 0 where it was seen */
    double *risk;      /* (D, cells) chance that an action not seen is invalid; 0: seen */
    double *trend;     /* (cells) */
    double *offset;    /* (D) */
    double *surprise, *surprises;   /* (D) sum of squares, over what was expected; their number */
    double *sum, *number, *scratch; /* (cells) */
    double *rows;                   /* (points of a kind, cells) */
    arena_t arena;
} surrogate_t;

/* Is the space small enough to have a table for each kind of layer? */
bool surrogate_affords(const problem_t *problem);

/* Of a space that can be afforded; CONFX_STATUS_MEMORY. The problem must stay alive as long. The
   caller closes. */
confx_status_t surrogate_open(problem_t *problem, surrogate_t *surrogate);
void surrogate_close(surrogate_t *surrogate); /* also of one never opened, all zero */

/* weights: NULL, or those at which what was sampled of constraints adds to a cost; what is known
   beforehand does not, as nobody needs to guess it.
   Anew from all that the memory holds, in an order that does not depend on the order of its
   arrival, so that all ranks, and a search gone on with, come to the same bits. */
void surrogate_learn(surrogate_t *surrogate, const memory_t *memory, const weights_t *weights);

#endif
