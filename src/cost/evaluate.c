/* One evaluation under the accounting of its hardware, and what is said of it in words. */
#include "confx/saturation.h"
#include "confx/text.h"
#include "cost/engine/energy_area.h"
#include "cost/engine/evaluation.h"
#include "cost/engine/saturation.h"
#include "cost/exact/exact.h"

#include <assert.h>

void confx_cost_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                         const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                         confx_cost_t *cost)
{
    if (hardware->accounting == CONFX_ACCOUNTING_MAESTRO) {
        const evaluation_point_t point = {dataflow, layer, hardware, pes, buffer};
        evaluation_evaluate(&point, NULL, cost);
        return;
    }
    exact_evaluate(dataflow, layer, hardware, pes, buffer, cost);
    /* A point that is refused has no counts, and nothing follows from them. */
    if (cost->fault == CONFX_COST_VALID)
        energy_area_fill_exact(cost, hardware, pes);
    else
        energy_area_none(cost, cost->fault);
}

bool confx_cost_witness(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                        const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                        confx_cost_witness_t *witness)
{
    if (hardware->accounting == CONFX_ACCOUNTING_MAESTRO) return false;
    return exact_witness(dataflow, layer, hardware, pes, buffer, witness);
}

bool cost_saturated(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                    const confx_hardware_t *hardware, int64_t pes, int64_t buffer)
{
    if (pes < 2 || !saturation_hardware_grows(hardware)) return false;
    return hardware->accounting == CONFX_ACCOUNTING_MAESTRO
               ? saturation_by_maestro(dataflow, layer, pes, buffer)
               : exact_saturated(dataflow, layer, pes, buffer);
}

/* ---- words ----------------------------------------------------------------------------------- */

const char *confx_cost_fault_text(confx_cost_fault_t fault)
{
#define FAULT_TEXT(fault, text) text,
    static const char *const texts[] = {CONFX_COST_FAULT_LIST(FAULT_TEXT)};
#undef FAULT_TEXT
    assert(fault < CONFX_COST_FAULTS);
    return texts[fault];
}

const char *confx_cost_bound_text(const confx_cost_exact_t *exact)
{
    static const char *const names[CONFX_BOUNDS] = {
        [CONFX_BOUND_COMPUTE] = "compute",
        [CONFX_BOUND_INGRESS] = "ingress",
        [CONFX_BOUND_EGRESS] = "egress",
    };
    int largest = 0;
    /* Filling and emptying the L2 takes a few cycles more wherever the rest hides behind compute:
       what is within a twentieth is not what a wider memory would help. */
    if (exact->offchip_cycles - exact->noc_cycles > exact->offchip_cycles / 20) return "off-chip";
    for (int bound = 1; bound < CONFX_BOUNDS; bound++)
        if (exact->bound_cycles[bound] > exact->bound_cycles[largest]) largest = bound;
    return names[largest];
}

void confx_cost_witness_text(const confx_cost_witness_t *witness, const confx_layer_t *layer,
                             char text[CONFX_COST_WITNESS_TEXT_MAX])
{
    /* The order of EXACT.md, section 4.3; GEMM has m n k alone. */
    static const struct {
        confx_dim_t dim;
        const char *name;
    } order[] = {{CONFX_DIM_N, "n"}, {CONFX_DIM_G, "g"}, {CONFX_DIM_M, "m"},
                 {CONFX_DIM_K, "k"}, {CONFX_DIM_C, "c"}, {CONFX_DIM_Y, "y"},
                 {CONFX_DIM_X, "x"}, {CONFX_DIM_R, "r"}, {CONFX_DIM_S, "s"}};
    assert(witness->times != 1 && witness->dim < CONFX_DIM_COUNT);
    text[0] = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (layer->dim[order[i].dim] > 0)
            text_append(text, CONFX_COST_WITNESS_TEXT_MAX, "%s%s %lld", *text ? ", " : "MAC ",
                        order[i].name, (long long)witness->mac[order[i].dim]);
    if (witness->times == 0)
        text_append(text, CONFX_COST_WITNESS_TEXT_MAX, " is never done");
    else
        text_append(text, CONFX_COST_WITNESS_TEXT_MAX, " is done %lld times",
                    (long long)witness->times);
    text_append(text, CONFX_COST_WITNESS_TEXT_MAX,
                ": the map of %c in level %d (0: the outermost) %s",
                confx_dim_letters()[witness->dim], witness->level,
                witness->times ? "repeats it" : "leaves it out");
}
