/* What the outermost level moves, counted while its cases go by (src/cost/README.md, sections 6
   and 9). */
#ifndef COST_TRAFFIC_H
#define COST_TRAFFIC_H

#include "cost/engine/volume.h"

/* A kind of cases. */
typedef struct {
    uint32_t number;     /* 0: none */
    int64_t occurrences; /* of its cases so far */
    volumes_t volumes; /* without `critical` its cases have no work and are passed over; the rest is
                          then unset: */
    int64_t compute;   /* cycles */
    int64_t fill, drain; /* NoC delays of ingress and egress */
    int64_t delay;       /* what a case takes in the end */
    int64_t ingress;     /* of input and filter */
    int64_t busiest,
        offchip;   /* elements over the busier direction of the NoC; off-chip elements per cycle */
    double active; /* average active PEs */
} kind_t;

typedef struct {
    int64_t minimum, maximum, sum;
} span_t;

typedef struct {
    int64_t need[CONFX_TENSORS]; /* L2 bytes, double buffered */
    int64_t offchip;             /* cycles that one fill of the L2 takes off the chip */
    int64_t read[INGRESSES];     /* L2 reads of valid cases */
    int64_t occurrences;         /* of valid cases */
    int64_t bandwidth_peak, bandwidth_sum, offchip_bandwidth;
    int64_t last_macs, last_ingress; /* of the last valid case */
    span_t fill, drain, compute;
} traffic_t;

void traffic_open(traffic_t *traffic);

/* Section 6 step 1: a case up to the first valid one. */
void traffic_buffer(traffic_t *traffic, const volumes_t *volumes, const confx_hardware_t *hardware);

/* What of section 9 depends on the order of valid cases, or is rounded at each: the off-chip figure
   is halved at each case, and the last case's intensity stands. */
static inline void traffic_case(traffic_t *traffic, const kind_t *kind, int64_t occurrences)
{
    /* The product comes first and the quotient is whole: so MAESTRO rounds at each case. */
    traffic->bandwidth_sum += occurrences * kind->busiest / kind->compute;
    traffic->offchip_bandwidth =
        (kind->offchip > traffic->offchip_bandwidth ? kind->offchip : traffic->offchip_bandwidth) /
        2;
    traffic->last_macs = kind->volumes.macs;
    traffic->last_ingress = kind->ingress;
}

/* Off-chip elements per cycle, once traffic_buffer is through. */
int64_t traffic_offchip(const traffic_t *traffic, int64_t compute);

/* Step 4, and the rest of section 9, for all cases of a kind with work together. */
void traffic_kind(traffic_t *traffic, const kind_t *kind);

/* Write what was counted of input and filter, and the columns of section 9, into *cost;
   cost->macs is there. */
void traffic_close(const traffic_t *traffic, const confx_layer_t *layer, confx_cost_t *cost);

#endif
