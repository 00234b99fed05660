/* The analytical cost model, under either accounting: exact counts (src/cost/EXACT.md), or
   MAESTRO's numbers from rules (src/cost/README.md). An evaluation allocates nothing, prints
   nothing and may run in any thread with 128 KB of stack. */
#ifndef CONFX_COST_H
#define CONFX_COST_H

#include "confx/cost_exact.h"
#include "confx/dataflow.h"
#include "confx/hardware.h"
#include "confx/status.h"
#include "confx/workload.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(fault, text): why a point is invalid. MAESTRO dies on it, refuses it, or gives nonsense. */
#define CONFX_COST_FAULT_LIST(X)                                                                   \
    X(CONFX_COST_VALID, "valid")                                                                   \
    X(CONFX_COST_NO_CASE, "no iteration case has work (zero cycles)")                              \
    X(CONFX_COST_NEGATIVE, "a count is negative")                                                  \
    X(CONFX_COST_NO_COMPUTE, "the inner level has no work (MAESTRO divides by zero)")              \
    X(CONFX_COST_FEW_PES, "fewer PEs than the product of the cluster sizes")                       \
    X(CONFX_COST_DIMENSION,                                                                        \
      "the layer lacks a dimension that the dataflow maps or its type needs")                      \
    X(CONFX_COST_TILE, "a temporal map of R or S does not cover the filter")                       \
    X(CONFX_COST_SPATIAL, "a cluster level needs one or two spatial maps")                         \
    X(CONFX_COST_SIZE, "a map or cluster size or an offset is not positive")                       \
    X(CONFX_COST_REUSE, "an empty reuse tile (MAESTRO refuses it)")                                \
    X(CONFX_COST_OVERFLOW, "a count may exceed 64 bits")                                           \
    X(CONFX_COST_TWICE, "a dimension of more than one element is mapped twice in one level")       \
    X(CONFX_COST_UNUSED, "the dataflow maps a dimension that the type of layer does not use")      \
    X(CONFX_COST_UNREAD, "the file does not describe the layer as it should")                      \
    X(CONFX_COST_INFINITE, "a figure is infinite or too large to be added up")                     \
    X(CONFX_COST_ILLEGAL, "not every MAC of the layer is done exactly once")                       \
    X(CONFX_COST_TRANSPOSED,                                                                       \
      "the accounting exact lacks transposed convolutions (how far inputs spread is unknown)")     \
    X(CONFX_COST_LARGE, "maps that tie dimensions together have too many tiles to be counted")

#define CONFX_COST_FAULT_ENUM(fault, text) fault,
typedef enum { CONFX_COST_FAULT_LIST(CONFX_COST_FAULT_ENUM) CONFX_COST_FAULTS } confx_cost_fault_t;
#undef CONFX_COST_FAULT_ENUM
typedef struct {
    int64_t min, max, average; /* cycles */
} confx_cost_delay_t;

typedef struct {
    confx_cost_fault_t fault; /* figures hold only if this is CONFX_COST_VALID */
    int64_t runtime_cycles;
    double energy_nj, area_um2, power_mw;
    int64_t l1_bytes, l2_bytes; /* of one L1, and of the L2; both buffers of each */
    int64_t macs;          /* as the accounting counts them; confx_layer_macs has the true number */
    double macs_per_cycle; /* NaN where the runtime is 0 */
    int64_t l1_read[CONFX_TENSORS], l1_write[CONFX_TENSORS]; /* accesses, of all PEs together */
    int64_t l2_read[CONFX_TENSORS], l2_write[CONFX_TENSORS];
    int64_t noc_bandwidth_peak; /* elements per cycle */
    double noc_bandwidth_average;
    int64_t offchip_bandwidth;
    double pe_power_mw, l1_power_mw, l2_power_mw, noc_power_mw; /* parts of power_mw */
    double active_pes;                                          /* average */
    double arithmetic_intensity; /* MACs per element moved, in the last case */
    confx_cost_delay_t ingress, egress, compute;
    confx_cost_exact_t exact; /* zeros under the accounting maestro */
} confx_cost_t;

/* The cost of a layer on `pes` PEs with buffer level `buffer` (both >= 1) under a dataflow. An
   invalid point keeps the figures that MAESTRO gives for it, beside its fault; zeros and NaN where
   it gives none. */
void confx_cost_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                         const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                         confx_cost_t *cost);

const char *confx_cost_fault_text(confx_cost_fault_t fault);

/* Which limits of the hardware a valid cost exceeds: a bit for each, 0 where it keeps all. As a
   text: the keys of these limits in a hardware file, with blanks between them; or the end of a
   sentence, "exceeds KEY of LIMIT UNIT by EXCESS", which is "" (and false) where none is exceeded.
   */
enum { CONFX_COST_LIMITS_TEXT_MAX = 256 };
unsigned confx_cost_exceeded(const confx_cost_t *cost, const confx_hardware_t *hardware);
void confx_cost_exceeded_keys(unsigned exceeded, char text[CONFX_COST_LIMITS_TEXT_MAX]);
bool confx_cost_exceeded_text(const confx_cost_t *cost, const confx_hardware_t *hardware,
                              char text[CONFX_COST_LIMITS_TEXT_MAX]);

/* One evaluation as a text that a person can check by hand, written by the evaluation itself as it
   goes: cluster levels, what bounds the delays, energy, area and power by part. Under maestro also
   the iteration cases, and why the count of MACs departs from the true one. Under exact also the
   loops, what moves with each, steps that are alike, utilisation; or, of a mapping that is refused,
   the witness. The caller frees *text. CONFX_STATUS_MEMORY. */
confx_status_t confx_cost_explain(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                                  char **text);

#ifdef __cplusplus
}
#endif

#endif
