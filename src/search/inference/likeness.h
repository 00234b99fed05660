/* How likely an action of a layer is to be invalid by what is known of others, before anything is
   known of itself: validity clusters. Several hypotheses say in what: it depends on one axis of the
   action alone, or on all of them; and it changes within an octave of a value, or within a quarter.
   Under each of them the chance comes from what is known nearby of the same layer,
   then of the whole layer, then of all layers; hypotheses count by how well they would have
   foretold what is known (leave one out; Rasmussen and Williams 2006, 5.4.2). */
#ifndef SEARCH_LIKENESS_H
#define SEARCH_LIKENESS_H

#include "search/common/cost_view.h"

/* What is known of a pair of a distinct layer and a cell of a table's axes. */
typedef enum { PAIR_OPEN, PAIR_PROVEN, PAIR_CONVICTED, PAIR_STATES } pair_state_t;

typedef struct {
    size_t distinct;
    const table_axes_t *axes;
    double *position[SPACE_AXES]; /* (n) of each value of an axis, in octaves */
    float *decay[SPACE_AXES];     /* (n) of what it says to the one before: scratch */
    uint16_t *place[SPACE_AXES];  /* (cells) of a cell on an axis */
    float *invalid, *valid;       /* (D, cells) scratch, as are the following: counts by place */
    float *voice, *voice_invalid; /* each place counted at most once: all, the invalid part */
    float *near, *near_invalid;   /* the same of all neighbours, by nearness */
    arena_t arena;
} likeness_t;

/* The axes must stay alive as long. CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t likeness_open(size_t distinct, const table_axes_t *axes, likeness_t *likeness);
void likeness_close(likeness_t *likeness);

/* chance (D, cells) of each pair by the states (D, cells) of all, and by how much more than
   foretold open ones are suspected, extra (D, cells) in [0, 1]. */
void likeness_foretell(likeness_t *likeness, const uint8_t *states, const float *extra,
                       float *chance);

#endif
