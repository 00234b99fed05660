/* What the accounting exact (src/cost/EXACT.md) says of a point beside its cost: counts by part,
   and what the cycles are spent on; or, where it refuses the mapping, a witness: a MAC that the
   mapping does not do exactly once. */
#ifndef CONFX_COST_EXACT_H
#define CONFX_COST_EXACT_H

#include "confx/dataflow.h"
#include "confx/hardware.h"
#include "confx/workload.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    CONFX_TENSOR_INPUT,
    CONFX_TENSOR_FILTER,
    CONFX_TENSOR_OUTPUT,
    CONFX_TENSORS
} confx_tensor_t;

/* Parts that NoC cycles are spent in. */
typedef enum {
    CONFX_BOUND_COMPUTE,
    CONFX_BOUND_INGRESS,
    CONFX_BOUND_EGRESS,
    CONFX_BOUNDS
} confx_cost_bound_t;

/* What the accounting exact counts beside (src/cost/EXACT.md, sections 5 to 7). */
typedef struct {
    int64_t steps, active_pe_steps; /* all steps; the PEs that have work in a step, summed over all
                                       steps */
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

/* What bounds the runtime: "off-chip" where more than a twentieth of it is beyond the cycles of the
   NoC, else what most of these are spent in, the first of "compute", "ingress" and "egress" that
   is. */
const char *confx_cost_bound_text(const confx_cost_exact_t *exact);

/* ---- of a point that is refused -------------------------------------------------------------- */

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

/* The same in plain words, such as "MAC k 0, c 1, y 2, x 0, r 0, s 1 is done 2 times: the map of Y
   in level 1 (0: the outermost) repeats it"; of the layer's own dimensions. */
enum { CONFX_COST_WITNESS_TEXT_MAX = 256 };
void confx_cost_witness_text(const confx_cost_witness_t *witness, const confx_layer_t *layer,
                             char text[CONFX_COST_WITNESS_TEXT_MAX]);

#ifdef __cplusplus
}
#endif

#endif
