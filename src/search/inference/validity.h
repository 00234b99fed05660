/* Which actions of which layers are invalid, inferred where samples reveal totals alone: a total
   that is missing says that some layer's action is invalid, and not which. What occurred in a
   valid sample is proven; an invalid sample all of whose actions but one are proven convicts that
   one; what is left is a matter of chances, by what is known of like actions (likeness.h) and by
   what the invalid samples share (noisy_or.h).

   The root owns it. Pairs of a distinct layer and an action are known by their cells on a table's
   axes; where a range is so large that a cell stands for several actions, one that is proven stands
   for all of them. */
#ifndef SEARCH_VALIDITY_H
#define SEARCH_VALIDITY_H

#include "confx/array.h"
#include "confx/batch.h"
#include "search/inference/likeness.h"
#include "search/inference/noisy_or.h"

typedef struct validity {
    const problem_t *problem;
    const table_axes_t *axes;
    size_t layers, pairs, capacity;
    uint8_t *states;    /* (D, cells) pair_state_t */
    uint32_t *suspects; /* (capacity, L) the open pairs of invalid samples that no conviction
                           explains, rising; NOISY_OR_NONE behind the last one; oldest first */
    struct {
        double n;              /* such samples kept */
        double valid, invalid; /* samples so far */
        double budget;         /* of doubt for a sample, so that few are invalid (doubt.h) */
        double known_then, invalid_then; /* known pairs and invalid samples that likeness has heard
                                            of */
    } state;

    likeness_t likeness;
    float *unlike;    /* (D, cells) -ln of the chance to be valid by likeness, when last asked */
    float *chance;    /* (D, cells) of being invalid, by likeness alone; scratch, as what follows */
    double *evidence; /* (D, cells) what invalid samples say; 0 between updates, as is `extra` */
    float *extra;     /* (D, cells) chance by both, as far as it is above that by likeness */
    double *weights;  /* (capacity) of the samples: see noisy_or.h */
    double *messages; /* (capacity, L) */
    uint32_t *sample; /* (L) */
    arena_t arena;
} validity_t;

/* The axes must stay alive as long. CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t validity_open(const problem_t *problem, const table_axes_t *axes, size_t capacity,
                             validity_t *validity);
void validity_close(validity_t *validity);

/* Take samples in. Of invalid ones that nothing explains the oldest goes at the capacity. */
void validity_add(validity_t *validity, const batch_t *batch);
/* All that another one has found out of the same problem, of the actions that it had. */
void validity_inherit(validity_t *validity, const validity_t *other);

/* doubt (D, cells): -ln of the chance that a pair is valid; 0 where proven, infinite where
   convicted. Likeness is asked anew when enough has become known since; asked again without new
   samples the answer is the same. */
void validity_weigh(validity_t *validity, float *doubt);

/* For checkpoints, read back in place into one just opened. */
enum { VALIDITY_ARRAYS = 4 };
size_t validity_arrays(validity_t *validity, array_t arrays[VALIDITY_ARRAYS]);
/* After reading: the name of an array that cannot be, or NULL. */
const char *validity_check(const validity_t *validity);

#endif
