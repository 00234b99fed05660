/* The books of the outermost level while its cases go by (COST_MODEL.md sections 6 and 9). */
#ifndef COST_ACCOUNT_H
#define COST_ACCOUNT_H

#include "volume.h"

/* One case in figures. */
typedef struct {
    int64_t occurrences;
    int64_t ingress[INGRESSES], egress; /* elements over the NoC */
    int64_t macs, critical;             /* of the whole array, of its busiest sub-cluster */
    int64_t compute, fill, drain;       /* cycles; fill and drain are the NoC delays of ingress and egress */
} case_t;

typedef struct {
    int64_t minimum, maximum, sum;
} span_t;

typedef struct {
    int64_t need[TENSORS];   /* L2 bytes, double buffered */
    int64_t offchip;         /* cycles that one fill of the L2 takes off the chip */
    int64_t read[INGRESSES]; /* L2 reads of valid cases */
    int64_t occurrences;     /* of valid cases */
    int64_t bandwidth_peak, bandwidth_sum, offchip_bandwidth;
    int64_t last_macs, last_ingress, last_compute, last_bandwidth; /* of the last valid case; the last: off the chip */
    span_t fill, drain, compute;
} account_t;

void account_open(account_t *account);

/* Section 6 step 1, for cases up to the first valid one; step 4 and section 9, for valid ones. */
void account_buffer(account_t *account, const case_t *one, const hardware_t *hardware);
void account_valid(account_t *account, const case_t *one);

/* Write what the books hold of input and filter, and the columns of section 9, into *cost; cost->macs is there. */
void account_close(const account_t *account, const layer_t *layer, cost_t *cost);

#endif
