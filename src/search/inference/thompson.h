/* Inference from totals at work in a stage. Where samples reveal totals only and these may be
   remembered, the root collects them, infers from them, and publishes what is new with the stage's
   parameters: all ranks have the same posterior. All go by its mean; each unit also by a draw of
   its own, made by its rank, so that what is in doubt is tried (Thompson sampling). Once a sample
   was invalid, each unit leaves alone what is likely invalid, and nearly all that may be (doubt.h):
   costs of that are infinite.

   In any other stage nothing is inferred: then nothing is published or kept, all go by the memory,
   and every function here may be called all the same. */
#ifndef SEARCH_THOMPSON_H
#define SEARCH_THOMPSON_H

#include "confx/search.h"
#include "search/common/cost_view.h"
#include "search/inference/doubt.h"
#include "search/inference/posterior.h"
#include "search/inference/validity.h"

/* Draws from the prior for the first of this rank's units, made before it is known what they are to
   be corrected by. */
typedef struct {
    bool made;
    uint64_t turn;             /* that they are for, */
    double step[KERNEL_PARTS]; /* under this hypothesis */
    rng_t rngs[POSTERIOR_TOGETHER];
} thompson_ahead_t;

typedef struct {
    bool infers;            /* from totals; false: all that follows but the memory is 0 */
    const memory_t *memory; /* of the setup */
    posterior_t posterior;  /* fed at the root, and by it on all ranks */
    bool tells;             /* this rank wrote the message that it is about to be given */
    validity_t validity;    /* fed at the root only */
    doubt_t doubt;          /* as published */
    size_t units, first, n;
    size_t begins, published;             /* in bytes: its part of the message; the last one */
    uint64_t seed, first_update, samples; /* samples: so far, as published with the doubts */
    double *tables;                       /* (POSTERIOR_TOGETHER, D, cells) as inferred: scratch */
    float *mean;                          /* (D, cells) */
    float *draws;                         /* (n, D, cells) of my units */
    bool ready;                           /* something was published */
    bool mean_known;                      /* the mean of it, too */
    thompson_ahead_t ahead;
    uint8_t *barred; /* (n, D, cells) what my units leave alone in this update */
    arena_t arena;
} thompson_t;

/* Is there anything to infer: totals that may be remembered, and no per-layer costs? */
bool thompson_applies(const search_setup_t *setup);

/* Over the whole ranges or the levels alone; goes on from what the stage before has inferred. Where
   it infers, the layout's message grows by what is published, behind what is in it by now, and the
   root collects. The caller closes. */
confx_status_t thompson_open(const search_setup_t *setup, space_part_t part,
                             search_layout_t *layout, thompson_t *thompson);
void thompson_close(thompson_t *thompson); /* also of one never opened, all zero */

/* Its part of the stage's message, which is given whole. */
void thompson_publish(thompson_t *thompson, void *message); /* root */
void thompson_anticipate(thompson_t *thompson);             /* other ranks (search_anticipate) */
void thompson_receive(thompson_t *thompson, const void *message);
/* Covariances of what is about to be scored, divided over units (search_prepare). */
const void *thompson_prepare(thompson_t *thompson, const uint16_t *assignments, size_t n,
                             size_t *bytes);
void thompson_prepared(thompson_t *thompson, const void *all, size_t bytes);
void thompson_collect(thompson_t *thompson, const batch_t *batch); /* root */

/* Of a layer's points so many at most are gone by at once (tradeoff_open). */
uint64_t thompson_seen(const thompson_t *thompson, const search_setup_t *setup);
/* What to go by: all ranks alike; a unit of this rank. */
cost_view_t thompson_mean(thompson_t *thompson);
cost_view_t thompson_draw(const thompson_t *thompson, size_t unit);
/* What a unit of this rank is to leave alone, now that it is known what it would pick at a
   multiplier by its draw: costs of that become infinite in the draw. False: nothing is in doubt. */
bool thompson_spend(thompson_t *thompson, size_t unit, const tradeoff_t *tradeoff,
                    double multiplier);
/* (D, cells) of the table's axes: what a unit of this rank leaves alone; NULL: nothing is in doubt.
 */
const uint8_t *thompson_barred(const thompson_t *thompson, size_t unit);

/* Is sample `item` of an update one that gives layers the same choice, and which? So is every
   other one as long as all samples were invalid: what one layer cannot do like ones cannot, either,
   and of actions drawn at random hardly ever all are valid. */
bool thompson_opens(const thompson_t *thompson, problem_t *problem, uint64_t item,
                    uint64_t *choice);
/* Of an action, -ln of the chance to be valid as all ranks believe; 0 where nothing is in doubt. */
double thompson_doubt(const thompson_t *thompson, size_t distinct, uint64_t point);

/* What a later stage goes on from; for checkpoints (search_state.h). */
enum { THOMPSON_ARRAYS = /* at most */ (int)POSTERIOR_ARRAYS_MAX + (int)VALIDITY_ARRAYS };
const posterior_t *thompson_posterior(const thompson_t *thompson); /* NULL: nothing */
const validity_t *thompson_validity(const thompson_t *thompson);   /* likewise */
size_t thompson_arrays(thompson_t *thompson, array_t *arrays);     /* their number */
const char *thompson_check(const thompson_t *thompson);            /* NULL: all are sound */

#endif
