/* What the fuzz harnesses share (libFuzzer: `make fuzz`): an input as text, and what holds for
   every cost there is. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "confx/cost.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The caller frees. Text ends at its first NUL, as a file's does. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* A refusal says why; anything else has nothing to say. */
static inline void fuzz_status(confx_status_t status)
{
    if ((status.code == CONFX_STATUS_OK) != (status.message[0] == '\0')) abort();
}

static inline void fuzz_counts(const confx_cost_t *cost)
{
    int64_t least = cost->macs | cost->l1_bytes | cost->l2_bytes;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        least |= cost->l1_read[tensor] | cost->l1_write[tensor] | cost->l2_read[tensor] |
                 cost->l2_write[tensor];
    if (cost->fault == CONFX_COST_VALID && (least < 0 || cost->runtime_cycles <= 0)) abort();
}

/* Of a valid point under exact: every MAC once, what is written and not finished is read again, and
   the runtime is the longer of two. */
static inline void fuzz_exact(const confx_cost_t *cost, const confx_layer_t *layer)
{
    const confx_cost_exact_t *exact = &cost->exact;
    const double macs = confx_layer_macs(layer);
    int64_t cycles = 0;
    for (int bound = 0; bound < CONFX_BOUNDS; bound++) cycles += exact->bound_cycles[bound];
    if (cycles != exact->noc_cycles) abort();
    if (macs < 0x1p53 && (double)cost->macs != macs) abort();
    if (exact->noc_read[CONFX_TENSOR_OUTPUT] != exact->noc_written - exact->outputs) abort();
    if (exact->offchip_read[CONFX_TENSOR_OUTPUT] != exact->offchip_written - exact->outputs)
        abort();
    if (cost->runtime_cycles != exact->noc_cycles && cost->runtime_cycles != exact->offchip_cycles)
        abort();
}

/* On few and many PEs, and on an odd number of them, under both accountings. */
static inline void fuzz_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                 const confx_hardware_t *hardware)
{
    static const int64_t points[][2] = {{1, 1}, {7, 5}, {256, 12}, {1 << 20, 1 << 10}};
    confx_hardware_t counted = *hardware;
    for (size_t i = 0; i < 2 * sizeof points / sizeof *points; i++) {
        confx_cost_t cost;
        const int64_t *point = points[i / 2];
        counted.accounting = i % 2 ? CONFX_ACCOUNTING_MAESTRO : CONFX_ACCOUNTING_EXACT;
        confx_cost_evaluate(dataflow, layer, &counted, point[0], point[1], &cost);
        fuzz_counts(&cost);
        if (i % 2 == 0 && cost.fault == CONFX_COST_VALID) fuzz_exact(&cost, layer);
    }
}

static const confx_hardware_t fuzz_hardware = {
    .name = "fuzz",
    .noc_bandwidth = 32,
    .noc_latency = 1,
    .offchip_bandwidth = 50,
    .simd_lanes = 2,
    .accounting = CONFX_ACCOUNTING_MAESTRO,
    .multicast = true,
    .reduction = true,
    .psum_bytes = 1,
    .units = {.mac_area_um2 = 1,
              .sram_cell_bytes = 64,
              .energy_unit_nj = 1,
              .l1_access = 1,
              .l2_access = 2},
};

#endif
