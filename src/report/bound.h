/* What bounds the delay of a layer. */
#ifndef REPORT_BOUND_H
#define REPORT_BOUND_H

/* What most of a layer's cycles are bound by: X(bound, word in the file, in plain words). */
#define REPORT_BOUND_LIST(X)                                                                       \
    X(BOUND_COMPUTE, "compute", "compute")                                                         \
    X(BOUND_PES, "pes", "too few channels or rows to fill the PEs")                                \
    X(BOUND_INGRESS, "ingress", "ingress from the L2")                                             \
    X(BOUND_EGRESS, "egress", "egress to the L2")                                                  \
    X(BOUND_OFFCHIP, "off-chip", "off-chip memory")
#define BOUND_ENUM(bound, word, words) bound,
typedef enum { REPORT_BOUND_LIST(BOUND_ENUM) BOUNDS } report_bound_t;
#undef BOUND_ENUM

const char *report_bound_word(report_bound_t bound);  /* as the file has it */
const char *report_bound_plain(report_bound_t bound); /* for people */

#endif
