/* The walker: the accounting exact (src/cost/EXACT.md) by brute force, for small layers. Plain
   loops over every level, unit and step, and sets of elements. No formula, and no code of the
   engine; of the cost room it uses what the language's reader leaves, and nothing else. */
#ifndef TESTS_COST_WALK_H
#define TESTS_COST_WALK_H

#include "confx/cost.h"

enum {
    WALK_PES_MAX = 128,        /* that have a name; others are idle and need none */
    WALK_TUPLES_MAX = 1 << 16, /* of loop indices */
    WALK_MACS_MAX = 1 << 20    /* that the layer has, or that the steps do */
};

typedef enum {
    WALK_LEGAL,
    WALK_ILLEGAL,  /* some MAC is not done exactly once: see the witness */
    WALK_REFUSED,  /* before any step: see the faults */
    WALK_TOO_LARGE /* for a walk; says nothing of the mapping */
} walk_verdict_t;

typedef struct {
    walk_verdict_t verdict;
    uint32_t faults;              /* a bit for each confx_cost_fault_t that applies */
    confx_cost_witness_t witness; /* its MAC and how often that is done; no level, no dimension */
    int levels_n;
    /* For each level: of the loops that the mapping writes there (not the implicit ones), the most
       indices that have a step, while those of the levels above stand still. */
    int64_t level_steps[CONFX_DATAFLOW_LEVELS_MAX];
    confx_cost_t cost; /* of a legal mapping, the whole numbers that EXACT.md defines */
} walk_t;

walk_t walk_layer(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer);

#endif
