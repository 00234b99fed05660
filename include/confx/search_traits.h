/* What each algorithm acts on, what it is shown of samples, and what it is told beside them. */
#ifndef CONFX_SEARCH_TRAITS_H
#define CONFX_SEARCH_TRAITS_H

#include "confx/job.h"
#include "confx/space.h"

/* What an algorithm acts on and is shown: the feedback (job key search.feedback) may reveal more,
   it gets no more. */
typedef struct {
    space_part_t part; /* acts on the whole ranges, or on the levels alone */
    bool layers; /* is shown per-layer costs where the feedback reveals them; otherwise batch->cost
                    is NULL */
    bool weighs; /* when it remembers, it is shown them also of problems in which they alone do not
                    tell which action is better (terms_has_known, terms_has_learned) */
    bool layers_needed; /* cannot do without them, nor without remembering them */
    bool unrepeated;    /* where it may remember, its samples go through scored_renew */
    bool sums;          /* is told that costs add up over the layers, */
    bool kinds;         /* which layers are alike, */
    bool sizes;         /* and their dimensions, or what follows from them */
    bool shares;        /* can give all layers the same values of axes of the network */
} search_traits_t;
search_traits_t search_traits(algorithm_t algorithm);

/* What an algorithm is told beside what all are told, which is the totals of its samples and what
   any action takes of the static constraints: those of the words sums, kinds, sizes and costs (of
   each layer) that hold, with blanks between them; "-" where none does. layers: the feedback
   reveals costs of layers. */
const char *search_told(algorithm_t algorithm, bool layers);

#endif
