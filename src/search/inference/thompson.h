/* The estimate at work in a stage: fed at the root, told to all ranks with the brief. All go by its mean; each unit
   also by a draw of its own, so that what is in doubt is tried (Thompson sampling). */
#ifndef SEARCH_ADVICE_H
#define SEARCH_ADVICE_H

#include "confx/search.h"
#include "search/common/cost_view.h"
#include "search/inference/posterior.h"

typedef struct {
    estimate_t estimate; /* fed at the root only */
    size_t units, first, n, points;
    uint64_t seed, first_update;
    double *table; /* (cells) as estimated */
    float *mean;   /* (D, points); infinite off the axes */
    float *draws;  /* (n, D, points) of my units */
    bool ready;    /* something was told */
} advice_t;

/* integers: of all integer actions; otherwise of the levels alone. before: what an earlier stage has learned; NULL: no
   such stage. */
confx_status_t advice_open(const search_setup_t *setup, size_t units, bool integers, const estimate_t *before,
                           advice_t *advice);
void advice_close(advice_t *advice); /* also of one never opened, all zero */

/* Its part of the brief: multiples of 8 bytes. */
size_t advice_bytes(const advice_t *advice);
void advice_write(advice_t *advice, void *bytes); /* root */
void advice_read(advice_t *advice, const void *bytes);

belief_t advice_mean(const advice_t *advice);
belief_t advice_draw(const advice_t *advice, size_t unit);

#endif
