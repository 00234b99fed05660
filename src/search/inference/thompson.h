/* The estimate at work in a stage: fed at the root, told to all ranks with the brief. All go by its
   mean; each unit also by a draw of its own, so that what is in doubt is tried (Thompson
   sampling). */
#ifndef SEARCH_ADVICE_H
#define SEARCH_ADVICE_H

#include "confx/search.h"
#include "search/common/cost_view.h"
#include "search/inference/posterior.h"

typedef struct {
    posterior_t posterior; /* fed at the root only */
    size_t units, first, n, points;
    uint64_t seed, first_update;
    double *table; /* (cells) as estimated */
    float *mean;   /* (D, points); infinite off the axes */
    float *draws;  /* (n, D, points) of my units */
    bool ready;    /* something was told */
} thompson_t;

/* integers: of all integer actions; otherwise of the levels alone. before: what an earlier stage
   has learned; NULL: no such stage. */
confx_status_t thompson_open(const search_setup_t *setup, size_t units, bool integers,
                             const posterior_t *before, thompson_t *thompson);
void thompson_close(thompson_t *thompson); /* also of one never opened, all zero */

/* Its part of the brief: multiples of 8 bytes. */
size_t thompson_bytes(const thompson_t *thompson);
void thompson_write(thompson_t *thompson, void *bytes); /* root */
void thompson_read(thompson_t *thompson, const void *bytes);

cost_view_t thompson_mean(const thompson_t *thompson);
cost_view_t thompson_draw(const thompson_t *thompson, size_t unit);

#endif
