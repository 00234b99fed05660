/* What was found at points of a large problem that are looked at without being sampled: by a
   certificate, or to know their needs. For each point a byte and the metrics that the terms use are
   kept, and not a row of all metrics. */
#ifndef PROBLEM_LOOKED_H
#define PROBLEM_LOOKED_H

#include "confx/terms.h"

typedef struct {
    size_t columns_n, columns[MODEL_METRICS]; /* the metrics that terms are made of */
    uint8_t *status;                          /* (keys) evaluation_status_t; 0: not looked at yet */
    double *values;                           /* (keys, columns_n) */
} looked_t;

/* Of up to LARGE points a problem keeps all metrics of every one that it evaluates. */
enum { LOOKED_LARGE = 1 << 18 };

/* For keys below `keys`. If that is too many nothing is kept, and points are evaluated each time.
   The operating system provides memory only for the part that is used. CONFX_STATUS_MEMORY. The
   caller closes, also what failed to open. */
confx_status_t looked_open(const terms_t *terms, uint64_t keys, looked_t *looked);
void looked_close(looked_t *looked);

void looked_enter(looked_t *looked, uint64_t key, evaluation_status_t status,
                  const double *metrics);
/* EVALUATION_PENDING where the key was not entered. Else metrics (metrics_n) of the terms, the
   others NaN. */
evaluation_status_t looked_find(const looked_t *looked, uint64_t key, size_t metrics_n,
                                double *metrics);

#endif
