#include "cost/explain/explain.h"
#include "confx/try.h"
#include "cost/explain/reference.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static confx_status_t explain_walk_below(explanation_t *explanation, int depth,
                                         const int64_t dim[CONFX_DIM_COUNT],
                                         const explanation_walk_t **walk);

static int64_t explain_greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t explain_inputs_of(const int64_t of[CONFX_TENSORS])
{
    return of[CONFX_TENSOR_INPUT] + of[CONFX_TENSOR_FILTER];
}

/* ---- cycles ---------------------------------------------------------------------------------- */

static int64_t explain_transfer_cycles(const confx_hardware_t *hardware, int64_t elements)
{
    return (int64_t)ceil((double)elements / hardware->noc_bandwidth) +
           (int64_t)ceil(hardware->noc_latency) - 1;
}

static bool explain_fits(const confx_hardware_t *hardware, int64_t elements)
{
    const double slowest = fmin(hardware->noc_bandwidth, hardware->simd_lanes);
    return (double)elements / slowest < 0x1p60 && hardware->noc_latency < 0x1p60;
}

/* Step 5: the slower of the sub-clusters with a full tile and the one with a partial tile. */
static confx_status_t explain_compute_below(explanation_t *explanation, int depth,
                                            const reference_t *reference, const turn_t *turn,
                                            row_t *row, double *active)
{
    bool partial;
    const int64_t clusters = reference_active(reference, turn, &partial);
    assert(depth + 1 < explanation->levels.n && clusters >= partial);
    row->compute = 0;
    *active = 0;
    /* The partial sub-cluster first: the L1 is that of the walk that is completed first (section
       7). */
    for (int last = partial; last >= 0; last--) {
        int64_t dim[CONFX_DIM_COUNT];
        const int64_t n = last ? 1 : clusters - partial;
        const explanation_walk_t *below = NULL;
        if (n <= 0) continue;
        reference_tile(reference, turn, last, dim);
        TRY(explain_walk_below(explanation, depth + 1, dim, &below));
        assert(below);
        row->compute = explain_greatest(row->compute, below->sum.delay);
        *active += below->active * (double)n;
    }
    return status_ok();
}

static confx_status_t explain_compute(explanation_t *explanation, int depth,
                                      const reference_t *reference, const turn_t *turn, row_t *row,
                                      double *active)
{
    bool partial;
    *active = 0;
    assert(row->critical > 0);
    if (depth + 1 < explanation->levels.n)
        TRY(explain_compute_below(explanation, depth, reference, turn, row, active));
    else
        row->compute = (int64_t)ceil((double)row->critical / explanation->hardware->simd_lanes);
    /* At the innermost level, or where a level below had no case with work (section 9). */
    if (*active == 0) *active = (double)reference_active(reference, turn, &partial);
    return status_ok();
}

/* Steps 7 and 8. */
static void explain_set_delay(const explanation_walk_t *walk, bool first, row_t *row)
{
    /* The first case fills before it computes. Of the others the longest of compute, ingress and
       egress counts, and among equals the one that comes first in this order is named. */
    row->bound = first ? BOUND_FIRST : BOUND_COMPUTE;
    row->delay = first ? row->compute + row->fill : row->compute;
    if (!first && row->fill > row->delay) row->bound = BOUND_INGRESS;
    if (!first) row->delay = explain_greatest(row->delay, row->fill);
    if (!first && row->drain > row->delay) row->bound = BOUND_EGRESS;
    if (!first) row->delay = explain_greatest(row->delay, row->drain);
    /* Step 8: the outermost level alone has the chip's edge to wait for. */
    if (walk->depth == 0 && walk->offchip > row->delay) row->bound = BOUND_OFFCHIP;
    if (walk->depth == 0) row->delay = explain_greatest(row->delay, walk->offchip);
}

/* ---- one case -------------------------------------------------------------------------------- */

static void explain_name_phases(const reference_t *reference, const turn_t *turn,
                                char phases[CONFX_DIM_COUNT + 1])
{
    for (int i = 0; i < reference->level.maps_n; i++) {
        const state_t *state = turn->state[i];
        phases[i] = state->phase == PHASE_INIT && state->edge ? 'i' : "ISE"[state->phase];
    }
    assert(reference->level.maps_n <= CONFX_DIM_COUNT);
    phases[reference->level.maps_n] = 0;
}

/* Step 1: sizes of the L2 come from the cases up to the first valid one. */
static void explain_size_buffers(const explanation_t *explanation, const row_t *row,
                                 explanation_walk_t *walk)
{
    const double bandwidth = explanation->hardware->offchip_bandwidth;
    walk->leading++;
    walk->need[CONFX_TENSOR_INPUT] += 2 * row->ingress[CONFX_TENSOR_INPUT];
    walk->need[CONFX_TENSOR_FILTER] += 2 * row->ingress[CONFX_TENSOR_FILTER];
    walk->need[CONFX_TENSOR_OUTPUT] = 2 * row->egress;
    /* In floating point, rounded towards zero at both divisions, as the whole numbers of MAESTRO
       are. */
    const double inputs = trunc((double)explain_inputs_of(walk->need) / bandwidth);
    const double outputs = trunc((double)walk->need[CONFX_TENSOR_OUTPUT] / bandwidth);
    walk->offchip = (int64_t)fmin(fmax(trunc(inputs / 2), trunc(outputs / 2)), 0x1p60);
}

/* False: MAESTRO refuses what the case takes in. */
static bool explain_measure(const reference_t *reference, const turn_t *turn, row_t *row)
{
    bool refused = false;
    explain_name_phases(reference, turn, row->phases);
    row->occurrences = turn->occurrences;
    row->egress = reference_egress(reference, turn);
    row->macs = reference_macs(reference, turn);
    row->critical = reference_critical(reference, turn);
    row->ingress[CONFX_TENSOR_INPUT] =
        reference_ingress(reference, turn, CONFX_TENSOR_INPUT, &refused);
    row->ingress[CONFX_TENSOR_FILTER] =
        reference_ingress(reference, turn, CONFX_TENSOR_FILTER, &refused);
    row->valid = row->critical > 0;
    return !refused;
}

static void explain_add(const row_t *row, row_t *sum)
{
    assert(row->occurrences > 0);
    sum->occurrences += row->occurrences;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        sum->ingress[tensor] += row->occurrences * row->ingress[tensor];
    sum->egress += row->occurrences * row->egress;
    sum->macs += row->occurrences * row->macs;
    sum->compute += row->occurrences * row->compute;
    sum->fill += row->occurrences * row->fill;
    sum->drain += row->occurrences * row->drain;
    sum->delay += row->occurrences * row->delay;
}

static void explain_keep(const row_t *row, explanation_walk_t *walk)
{
    if (walk->rows_n < TURNS_SHOWN)
        walk->rows[walk->rows_n++] = *row;
    else
        explain_add(row, &walk->rest);
    /* Section 6, step 2: written and multiplied, of a case that is passed over too. */
    walk->written += row->occurrences * row->egress;
    walk->multiplied += row->occurrences * row->macs;
    if (!row->valid) return;
    explain_add(row, &walk->sum);
    walk->bound_cycles[row->bound] += row->occurrences * row->delay;
}

static confx_status_t explain_visit(explanation_t *explanation, const reference_t *reference,
                                    const turn_t *turn, explanation_walk_t *walk)
{
    row_t row = {.bound = BOUND_COMPUTE};
    double active = 0;
    const bool leading = walk->sum.occurrences == 0;
    const bool accepted = explain_measure(reference, turn, &row);
    /* Behind the first valid case, one without work is passed over before anything is taken in. */
    if (!accepted && (leading || row.valid)) explanation->fault = CONFX_COST_REUSE;
    if (leading) explain_size_buffers(explanation, &row, walk);
    /* Steps 5 to 8 need the buffer sizes of step 1. */
    if (row.valid) {
        TRY(explain_compute(explanation, walk->depth, reference, turn, &row, &active));
        row.fill = explain_transfer_cycles(explanation->hardware, explain_inputs_of(row.ingress));
        row.drain = explain_transfer_cycles(explanation->hardware, row.egress);
        explain_set_delay(walk, turn->moved == NOWHERE, &row);
        walk->active += active * (double)row.occurrences;
    }
    if (walk->depth == 0 && row.valid && row.compute == 0 && explanation->fault == CONFX_COST_VALID)
        explanation->fault = CONFX_COST_NO_COMPUTE;
    explain_keep(&row, walk);
    return status_ok();
}

/* ---- a level over a tile --------------------------------------------------------------------- */

/* Section 6 step 1: windows of input count for the output too, and the layer's size does not clip
   (quirk 4). */
static int64_t explain_l1_bytes(const level_t *level, int64_t leading)
{
    int64_t sum = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        int64_t product = tensor == CONFX_TENSOR_OUTPUT ? 2 : 2 * leading;
        for (int i = 0; i < level->maps_n; i++)
            if (level->coupled[tensor] >> i & 1) product *= level->maps[i].size;
        sum += product;
    }
    return sum;
}

static explanation_walk_t *explain_new_walk(explanation_t *explanation, int depth,
                                            const int64_t dim[CONFX_DIM_COUNT])
{
    explanation_walk_t *walk = calloc(1, sizeof *walk);
    if (walk == NULL) return NULL;
    assert((explanation->walks == NULL) == (depth == 0)); /* the outermost level's comes first */
    walk->depth = depth;
    memcpy(walk->dim, dim, sizeof walk->dim);
    if (explanation->last)
        explanation->last->next = walk;
    else
        explanation->walks = walk;
    explanation->last = walk;
    explanation->walks_n++;
    return walk;
}

static confx_status_t explain_walk_over(explanation_t *explanation, int depth,
                                        const int64_t dim[CONFX_DIM_COUNT],
                                        const explanation_walk_t **done)
{
    assert(depth >= 0 && depth < explanation->levels.n);
    const level_t *level = &explanation->levels.level[depth];
    reference_t reference;
    turn_t turn;
    explanation_walk_t *walk = explain_new_walk(explanation, depth, dim);
    *done = walk;
    if (walk == NULL) return status_fail(CONFX_STATUS_MEMORY, "no memory for an explanation");
    /* Counts that could overflow are not walked over: the figures would be wrong, not only
       large. */
    const bool counts_fit = reference_begin(&reference, level, explanation->layer, 0, dim);
    if (!counts_fit || !explain_fits(explanation->hardware, INT64_C(1) << 58))
        explanation->fault = CONFX_COST_OVERFLOW;
    walk->cases = reference.cases;
    for (int64_t i = 0; i < reference.cases && explanation->fault != CONFX_COST_OVERFLOW; i++) {
        reference_turn(&reference, i, &turn);
        TRY(explain_visit(explanation, &reference, &turn, walk));
    }
    if (walk->sum.occurrences) walk->active /= (double)walk->sum.occurrences;
    /* Walks of inner levels are completed before the walk that needed them. */
    if (explanation->completed++ == 0)
        explanation->l1_bytes = explain_l1_bytes(level, walk->leading);
    return status_ok();
}

/* A tile is walked over once. */
static confx_status_t explain_walk_below(explanation_t *explanation, int depth,
                                         const int64_t dim[CONFX_DIM_COUNT],
                                         const explanation_walk_t **walk)
{
    for (*walk = explanation->walks; *walk; *walk = (*walk)->next)
        if ((*walk)->depth == depth && memcmp((*walk)->dim, dim, sizeof(*walk)->dim) == 0)
            return status_ok();
    return explain_walk_over(explanation, depth, dim, walk);
}

/* ---- the whole ------------------------------------------------------------------------------- */

confx_status_t explanation_open(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                const confx_hardware_t *hardware, int64_t pes, int64_t buffer,
                                explanation_t *explanation)
{
    const explanation_walk_t *top;
    *explanation =
        (explanation_t){.layer = layer, .hardware = hardware, .pes = pes, .buffer = buffer};
    /* The engine's figures first, which the walks are held against at the end. */
    confx_cost_evaluate(dataflow, layer, hardware, pes, buffer, &explanation->cost);
    if (explanation->cost.fault == CONFX_COST_OVERFLOW) return status_ok();
    explanation->built =
        levels_build(dataflow, layer, pes, buffer, &explanation->levels) == CONFX_COST_VALID;
    if (!explanation->built) return status_ok();
    const confx_status_t status =
        explain_walk_over(explanation, 0, explanation->levels.level[0].dim, &top);
    if (status.code == CONFX_STATUS_OK)
        explanation_mac_difference(explanation);
    else
        explanation_close(explanation);
    return status;
}

void explanation_close(explanation_t *explanation)
{
    for (explanation_walk_t *walk = explanation->walks, *next; walk; walk = next) {
        next = walk->next;
        free(walk);
    }
    explanation->walks = explanation->last = NULL;
}

bool explanation_agrees(const explanation_t *explanation)
{
    const confx_cost_t *cost = &explanation->cost;
    /* Without figures of the walks the engine must have none either. Whether a figure is negative,
       or there is no case with work, is a verdict on figures that both have. */
    if (!explanation->built || explanation->fault != CONFX_COST_VALID)
        return cost->fault != CONFX_COST_VALID && cost->fault != CONFX_COST_NO_CASE &&
               cost->fault != CONFX_COST_NEGATIVE;
    const explanation_walk_t *top = explanation->walks;
    assert(top && top->depth == 0);
    /* Whole numbers must be equal; the average of PEs is summed in another order. */
    const int64_t l2_bytes = explain_inputs_of(top->need) + top->need[CONFX_TENSOR_OUTPUT];
    return cost->runtime_cycles == top->sum.delay && cost->macs == top->sum.macs &&
           cost->l2_read[CONFX_TENSOR_INPUT] == top->sum.ingress[CONFX_TENSOR_INPUT] &&
           cost->l2_read[CONFX_TENSOR_FILTER] == top->sum.ingress[CONFX_TENSOR_FILTER] &&
           cost->l2_write[CONFX_TENSOR_OUTPUT] == top->written &&
           cost->l1_write[CONFX_TENSOR_OUTPUT] == top->multiplied &&
           cost->l1_bytes == explanation->l1_bytes && cost->l2_bytes == l2_bytes &&
           fabs(cost->active_pes - top->active) <= 1e-12 * fabs(top->active);
}
