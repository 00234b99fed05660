/* The analytical cost model: MAESTRO's numbers, from rules (src/cost/README.md). A dataflow is a
   list of directives whose sizes may name the two quantities that a search decides: ClusterSz, the
   number of processing elements (PEs), and KTileSz, the buffer level (the K tile). An evaluation
   allocates nothing, prints nothing and may run in any thread with 128 KB of stack. */
#ifndef CONFX_COST_H
#define CONFX_COST_H

#include "confx/hardware.h"
#include "confx/status.h"
#include "confx/workload.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- dataflows (src/cost/README.md, sections 1 and 2) ---------------------------------------- */

enum { CONFX_DATAFLOW_LEVELS_MAX = 8 }; /* one more than the Cluster directives of a dataflow */
typedef struct confx_dataflow confx_dataflow_t;

/* Read a `Dataflow { ... }` file, with Constant lines before it. CTileSz is 1 unless a Constant
   says otherwise. CONFX_STATUS_INPUT names file, line and directive. The caller closes. */
confx_status_t confx_dataflow_open(const char *path, confx_dataflow_t **dataflow);
confx_status_t confx_dataflow_parse(const char *text, const char *file,
                                    confx_dataflow_t **dataflow);
void confx_dataflow_close(confx_dataflow_t *dataflow);

/* ---- evaluation (sections 3 to 10) ----------------------------------------------------------- */

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
      "the accounting exact does not cover transposed convolutions: files do not say how far "     \
      "their input is spread")                                                                     \
    X(CONFX_COST_MULTIPLIER, "the accounting maestro lacks a channel multiplier (K of DSCONV)")    \
    X(CONFX_COST_LARGE,                                                                            \
      "its maps tie dimensions together, so that more tiles would be counted one by one than "     \
      "there is memory for")

#define CONFX_COST_FAULT_ENUM(fault, text) fault,
typedef enum { CONFX_COST_FAULT_LIST(CONFX_COST_FAULT_ENUM) CONFX_COST_FAULTS } confx_cost_fault_t;
#undef CONFX_COST_FAULT_ENUM
typedef enum {
    CONFX_TENSOR_INPUT,
    CONFX_TENSOR_FILTER,
    CONFX_TENSOR_OUTPUT,
    CONFX_TENSORS
} confx_tensor_t;

typedef struct {
    int64_t min, max, average; /* cycles */
} confx_cost_delay_t;

/* Parts that NoC cycles are spent in. */
typedef enum {
    CONFX_BOUND_COMPUTE,
    CONFX_BOUND_INGRESS,
    CONFX_BOUND_EGRESS,
    CONFX_BOUNDS
} confx_cost_bound_t;

/* What the accounting exact counts beside (src/cost/EXACT.md, sections 5 to 7). */
typedef struct {
    int64_t steps, active_pe_steps; /* that exist; of all steps, PEs that have work */
    /* Elements between the L2 and the PEs: reads of input, filter and sums; writes of finished
       outputs and sums. l2_read and l2_write have what goes off-chip and comes from there as
       well. */
    int64_t noc_read[CONFX_TENSORS], noc_written;
    int64_t reductions; /* additions in the network */
    int64_t offchip_read[CONFX_TENSORS], offchip_written;
    int64_t outputs;                    /* of the layer */
    int64_t noc_cycles, offchip_cycles; /* the larger one is the runtime */
    int64_t bound_cycles[CONFX_BOUNDS]; /* parts of noc_cycles */
    double l1_nj, l2_nj, mac_nj, reduction_nj, noc_nj, offchip_nj; /* parts of energy_nj */
    double utilisation;                                            /* MACs per PE, lane and cycle */
} confx_cost_exact_t;

typedef struct {
    confx_cost_fault_t fault; /* figures hold only if this is CONFX_COST_VALID */
    int64_t runtime_cycles;
    double energy_nj, area_um2, power_mw;
    int64_t l1_bytes, l2_bytes; /* of one L1, and of the L2; both buffers of each */
    int64_t macs;               /* as MAESTRO counts them; confx_layer_macs has the true number */
    double macs_per_cycle;      /* NaN where the runtime is 0 */
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

/* Of a point that is CONFX_COST_ILLEGAL: the first MAC that is not done exactly once (EXACT.md,
   section 4.3), and how often it is done; false of any other point. */
typedef struct {
    int64_t mac[CONFX_DIM_COUNT]; /* y and x are those of outputs; 0 of dimensions that the type
                                     lacks */
    int64_t times;
    int level;       /* of the map that is to blame, 0 the outermost */
    confx_dim_t dim; /* that it maps */
} confx_cost_witness_t;
bool confx_cost_witness(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                        const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                        confx_cost_witness_t *witness);

const char *confx_cost_fault_text(confx_cost_fault_t fault);

/* Limits of the hardware that a valid cost exceeds: a bit each, 0 where it keeps to all; their keys
   in a hardware file, between blanks; and the end of a sentence, "exceeds KEY of LIMIT UNIT by
   EXCESS", or false and "" where none is exceeded. */
enum { CONFX_COST_LIMITS_TEXT_MAX = 256 };
unsigned confx_cost_exceeded(const confx_cost_t *cost, const confx_hardware_t *hardware);
void confx_cost_exceeded_keys(unsigned exceeded, char text[CONFX_COST_LIMITS_TEXT_MAX]);
bool confx_cost_exceeded_text(const confx_cost_t *cost, const confx_hardware_t *hardware,
                              char text[CONFX_COST_LIMITS_TEXT_MAX]);

/* One evaluation as a text that a person can check by hand: levels and tiles, cases, what bounds
   delays, energy, area and power by part, and why the count of MACs departs from the true one. It
   goes by the rules case by case, apart from confx_cost_evaluate, and says so if their figures
   should differ. The caller frees *text. CONFX_STATUS_MEMORY. */
confx_status_t confx_cost_explain(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                                  char **text);

#ifdef __cplusplus
}
#endif

#endif
