/* The best so far against samples, as the samples that improved it. */
#ifndef REPORT_CURVE_H
#define REPORT_CURVE_H

#include "confx/status.h"

#include <stddef.h>

typedef struct {
    size_t n, room;
    double *at, *best; /* (n) number of the sample, from 1, rising; what it scored, falling */
    double samples;    /* drawn in all */
} curve_t;

void curve_close(curve_t *curve);
/* One more sample; NaN or infinite: not feasible. */
confx_status_t curve_add(curve_t *curve, double objective);
/* After so many samples; NaN before the first feasible one, and beyond the last sample drawn. */
double curve_value(const curve_t *curve, double samples);
/* Samples until the best is at most `objective`; NaN: never. */
double curve_reach(const curve_t *curve, double objective);

#endif
