#include "cost/oracle.h"
#include "confx/try.h"
#include "cost/reference.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static confx_status_t oracle_walk_below(oracle_t *oracle, int depth,
                                        const int64_t dim[CONFX_DIM_COUNT],
                                        const oracle_walk_t **walk);

static int64_t oracle_greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t oracle_inputs_of(const int64_t of[CONFX_TENSORS])
{
    return of[CONFX_TENSOR_INPUT] + of[CONFX_TENSOR_FILTER];
}

/* ---- cycles ---------------------------------------------------------------------------------- */

static int64_t oracle_transfer_cycles(const confx_hardware_t *hardware, int64_t elements)
{
    return (int64_t)ceil((double)elements / hardware->noc_bandwidth) +
           (int64_t)ceil(hardware->noc_latency) - 1;
}

static bool oracle_fits(const confx_hardware_t *hardware, int64_t elements)
{
    const double slowest = fmin(hardware->noc_bandwidth, hardware->simd_lanes);
    return (double)elements / slowest < 0x1p60 && hardware->noc_latency < 0x1p60;
}

/* Step 5: the slower of the sub-clusters with a full tile and the one with a partial tile. */
static confx_status_t oracle_compute_below(oracle_t *oracle, int depth,
                                           const reference_t *reference, const turn_t *turn,
                                           row_t *row, double *active)
{
    bool partial;
    const int64_t clusters = reference_active(reference, turn, &partial);
    assert(depth + 1 < oracle->levels.n && clusters >= partial);
    row->compute = 0;
    *active = 0;
    /* The partial sub-cluster first: the L1 is that of the walk that is completed first (section
       7). */
    for (int last = partial; last >= 0; last--) {
        int64_t dim[CONFX_DIM_COUNT];
        const int64_t n = last ? 1 : clusters - partial;
        const oracle_walk_t *below = NULL;
        if (n <= 0) continue;
        reference_tile(reference, turn, last, dim);
        TRY(oracle_walk_below(oracle, depth + 1, dim, &below));
        assert(below);
        row->compute = oracle_greatest(row->compute, below->sum.delay);
        *active += below->active * (double)n;
    }
    return status_ok();
}

static confx_status_t oracle_compute(oracle_t *oracle, int depth, const reference_t *reference,
                                     const turn_t *turn, row_t *row, double *active)
{
    bool partial;
    *active = 0;
    assert(row->critical > 0);
    if (depth + 1 < oracle->levels.n)
        TRY(oracle_compute_below(oracle, depth, reference, turn, row, active));
    else
        row->compute = (int64_t)ceil((double)row->critical / oracle->point.hardware->simd_lanes);
    /* At the innermost level, or where a level below had no case with work (section 9). */
    if (*active == 0) *active = (double)reference_active(reference, turn, &partial);
    return status_ok();
}

/* Steps 7 and 8. */
static void oracle_set_delay(const oracle_walk_t *walk, bool first, row_t *row)
{
    /* The first case fills before it computes. Of the others the longest of compute, ingress and
       egress counts, and among equals the one that comes first in this order is named. */
    row->bound = first ? BOUND_FIRST : BOUND_COMPUTE;
    row->delay = first ? row->compute + row->fill : row->compute;
    if (!first && row->fill > row->delay) row->bound = BOUND_INGRESS;
    if (!first) row->delay = oracle_greatest(row->delay, row->fill);
    if (!first && row->drain > row->delay) row->bound = BOUND_EGRESS;
    if (!first) row->delay = oracle_greatest(row->delay, row->drain);
    /* Step 8: the outermost level alone has the chip's edge to wait for. */
    if (walk->depth == 0 && walk->offchip > row->delay) row->bound = BOUND_OFFCHIP;
    if (walk->depth == 0) row->delay = oracle_greatest(row->delay, walk->offchip);
}

/* ---- one case -------------------------------------------------------------------------------- */

static void oracle_name_phases(const reference_t *reference, const turn_t *turn,
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
static void oracle_size_buffers(const oracle_t *oracle, const row_t *row, oracle_walk_t *walk)
{
    const double bandwidth = oracle->point.hardware->offchip_bandwidth;
    walk->leading++;
    walk->need[CONFX_TENSOR_INPUT] += 2 * row->ingress[CONFX_TENSOR_INPUT];
    walk->need[CONFX_TENSOR_FILTER] += 2 * row->ingress[CONFX_TENSOR_FILTER];
    walk->need[CONFX_TENSOR_OUTPUT] = 2 * row->egress;
    /* In floating point, rounded towards zero at both divisions, as the whole numbers of MAESTRO
       are. */
    const double inputs = trunc((double)oracle_inputs_of(walk->need) / bandwidth);
    const double outputs = trunc((double)walk->need[CONFX_TENSOR_OUTPUT] / bandwidth);
    walk->offchip = (int64_t)fmin(fmax(trunc(inputs / 2), trunc(outputs / 2)), 0x1p60);
}

/* False: MAESTRO refuses what the case takes in. */
static bool oracle_measure(const reference_t *reference, const turn_t *turn, row_t *row)
{
    bool refused = false;
    oracle_name_phases(reference, turn, row->phases);
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

/* Half of the range leaves room for the fill that a level above adds. */
static bool oracle_sum_fits(int64_t occurrences, int64_t cycles, int64_t *sum)
{
    int64_t product;
    return !__builtin_mul_overflow(occurrences, cycles, &product) &&
           !__builtin_add_overflow(*sum, product, sum) && *sum <= INT64_MAX / 2;
}

/* False: a sum of cycles does not fit. Only where MAESTRO stops half-way: the engine refuses the
   point otherwise, and nothing is walked over. */
static bool oracle_add(const row_t *row, row_t *sum)
{
    assert(row->occurrences > 0);
    sum->occurrences += row->occurrences;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        sum->ingress[tensor] += row->occurrences * row->ingress[tensor];
    sum->egress += row->occurrences * row->egress;
    sum->macs += row->occurrences * row->macs;
    return oracle_sum_fits(row->occurrences, row->compute, &sum->compute) &&
           oracle_sum_fits(row->occurrences, row->fill, &sum->fill) &&
           oracle_sum_fits(row->occurrences, row->drain, &sum->drain) &&
           oracle_sum_fits(row->occurrences, row->delay, &sum->delay);
}

static bool oracle_keep(const row_t *row, oracle_walk_t *walk)
{
    if (walk->rows_n < TURNS_SHOWN)
        walk->rows[walk->rows_n++] = *row;
    else if (!oracle_add(row, &walk->rest))
        return false;
    /* Section 6, step 2: written and multiplied, of a case that is passed over too. */
    walk->written += row->occurrences * row->egress;
    walk->multiplied += row->occurrences * row->macs;
    if (!row->valid) return true;
    if (!oracle_add(row, &walk->sum)) return false;
    walk->bound_cycles[row->bound] += row->occurrences * row->delay;
    return true;
}

static confx_status_t oracle_visit(oracle_t *oracle, const reference_t *reference,
                                   const turn_t *turn, oracle_walk_t *walk)
{
    row_t row = {.bound = BOUND_COMPUTE};
    double active = 0;
    const bool leading = walk->sum.occurrences == 0;
    const bool accepted = oracle_measure(reference, turn, &row);
    /* Behind the first valid case, one without work is passed over before anything is taken in. */
    if (!accepted && (leading || row.valid)) oracle->fault = CONFX_COST_REUSE;
    if (leading) oracle_size_buffers(oracle, &row, walk);
    /* Steps 5 to 8 need the buffer sizes of step 1. */
    if (row.valid) {
        TRY(oracle_compute(oracle, walk->depth, reference, turn, &row, &active));
        row.fill = oracle_transfer_cycles(oracle->point.hardware, oracle_inputs_of(row.ingress));
        row.drain = oracle_transfer_cycles(oracle->point.hardware, row.egress);
        oracle_set_delay(walk, turn->moved == NOWHERE, &row);
        walk->active += active * (double)row.occurrences;
    }
    if (walk->depth == 0 && row.valid && row.compute == 0 && oracle->fault == CONFX_COST_VALID)
        oracle->fault = CONFX_COST_NO_COMPUTE;
    if (!oracle_keep(&row, walk)) oracle->fault = CONFX_COST_OVERFLOW;
    return status_ok();
}

/* ---- a level over a tile --------------------------------------------------------------------- */

/* Section 6 step 1: windows of input count for the output too, and the layer's size does not clip
   (quirk 4). */
static int64_t oracle_l1_bytes(const level_t *level, int64_t leading)
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

static oracle_walk_t *oracle_new_walk(oracle_t *oracle, int depth,
                                      const int64_t dim[CONFX_DIM_COUNT])
{
    oracle_walk_t *walk = calloc(1, sizeof *walk);
    if (walk == NULL) return NULL;
    assert((oracle->walks == NULL) == (depth == 0)); /* the outermost level's comes first */
    walk->depth = depth;
    memcpy(walk->dim, dim, sizeof walk->dim);
    if (oracle->last)
        oracle->last->next = walk;
    else
        oracle->walks = walk;
    oracle->last = walk;
    oracle->walks_n++;
    return walk;
}

static confx_status_t oracle_walk_over(oracle_t *oracle, int depth,
                                       const int64_t dim[CONFX_DIM_COUNT],
                                       const oracle_walk_t **done)
{
    assert(depth >= 0 && depth < oracle->levels.n);
    const level_t *level = &oracle->levels.level[depth];
    reference_t reference;
    turn_t turn;
    oracle_walk_t *walk = oracle_new_walk(oracle, depth, dim);
    *done = walk;
    if (walk == NULL) return status_fail(CONFX_STATUS_MEMORY, "no memory for an oracle");
    /* Counts that could overflow are not walked over: the figures would be wrong, not only
       large. */
    const bool counts_fit = reference_begin(&reference, level, oracle->point.layer, 0, dim);
    if (!counts_fit || !oracle_fits(oracle->point.hardware, INT64_C(1) << 58))
        oracle->fault = CONFX_COST_OVERFLOW;
    walk->cases = reference.cases;
    for (int64_t i = 0; i < reference.cases && oracle->fault != CONFX_COST_OVERFLOW; i++) {
        reference_turn(&reference, i, &turn);
        TRY(oracle_visit(oracle, &reference, &turn, walk));
    }
    if (walk->sum.occurrences) walk->active /= (double)walk->sum.occurrences;
    /* Walks of inner levels are completed before the walk that needed them. */
    if (oracle->completed++ == 0) oracle->l1_bytes = oracle_l1_bytes(level, walk->leading);
    return status_ok();
}

/* A tile is walked over once. */
static confx_status_t oracle_walk_below(oracle_t *oracle, int depth,
                                        const int64_t dim[CONFX_DIM_COUNT],
                                        const oracle_walk_t **walk)
{
    for (*walk = oracle->walks; *walk; *walk = (*walk)->next)
        if ((*walk)->depth == depth && memcmp((*walk)->dim, dim, sizeof(*walk)->dim) == 0)
            return status_ok();
    return oracle_walk_over(oracle, depth, dim, walk);
}

/* ---- counts with quirks mended --------------------------------------------------------------- */

static bool oracle_count_mended(const oracle_t *oracle, unsigned mends, int64_t *macs)
{
    const level_t *level = &oracle->levels.level[0];
    reference_t reference;
    turn_t turn;
    *macs = 0;
    /* Level 0 alone decides about MACs: a level below gives cycles, and its counts are not used. */
    if (!reference_begin(&reference, level, oracle->point.layer, mends, level->dim)) return false;
    for (int64_t i = 0; i < reference.cases; i++) {
        reference_turn(&reference, i, &turn);
        if (reference_critical(&reference, &turn) > 0)
            *macs += turn.occurrences * reference_macs(&reference, &turn);
    }
    return true;
}

/* The fewest that do. */
static unsigned oracle_find_reasons(const oracle_t *oracle)
{
    for (int most = 1; most <= MENDS; most++) {
        for (unsigned mends = 1; mends < 1U << MENDS; mends++) {
            int64_t macs;
            if (__builtin_popcount(mends) != most) continue;
            if (oracle_count_mended(oracle, mends, &macs) && (double)macs == oracle->true_macs)
                return mends;
        }
    }
    return 0;
}

static void oracle_mac_difference(oracle_t *oracle)
{
    assert(oracle->walks && oracle->reasons == 0);
    oracle->true_macs = confx_layer_macs(oracle->point.layer);
    if (oracle->fault == CONFX_COST_OVERFLOW) return;
    if ((double)oracle->walks->sum.macs != oracle->true_macs)
        oracle->reasons = oracle_find_reasons(oracle);
}

/* ---- the whole ------------------------------------------------------------------------------- */

confx_status_t oracle_open(const evaluation_point_t *point, oracle_t *oracle)
{
    const oracle_walk_t *top;
    *oracle = (oracle_t){.point = *point};
    /* The engine's figures first, which the walks are held against at the end. */
    evaluation_evaluate(point, NULL, &oracle->cost);
    if (oracle->cost.fault == CONFX_COST_OVERFLOW) return status_ok();
    oracle->built = levels_build(point->dataflow, point->layer, point->pes, point->buffer,
                                 &oracle->levels) == CONFX_COST_VALID;
    if (!oracle->built) return status_ok();
    const confx_status_t status = oracle_walk_over(oracle, 0, oracle->levels.level[0].dim, &top);
    if (status.code == CONFX_STATUS_OK)
        oracle_mac_difference(oracle);
    else
        oracle_close(oracle);
    return status;
}

void oracle_close(oracle_t *oracle)
{
    for (oracle_walk_t *walk = oracle->walks, *next; walk; walk = next) {
        next = walk->next;
        free(walk);
    }
    oracle->walks = oracle->last = NULL;
}

bool oracle_agrees(const oracle_t *oracle)
{
    const confx_cost_t *cost = &oracle->cost;
    /* Without figures of the walks the engine must have none either. Whether a figure is negative,
       or there is no case with work, is a verdict on figures that both have. */
    if (!oracle->built || oracle->fault != CONFX_COST_VALID)
        return cost->fault != CONFX_COST_VALID && cost->fault != CONFX_COST_NO_CASE &&
               cost->fault != CONFX_COST_NEGATIVE;
    const oracle_walk_t *top = oracle->walks;
    assert(top && top->depth == 0);
    /* Whole numbers must be equal; the average of PEs is summed in another order. */
    const int64_t l2_bytes = oracle_inputs_of(top->need) + top->need[CONFX_TENSOR_OUTPUT];
    return cost->runtime_cycles == top->sum.delay && cost->macs == top->sum.macs &&
           cost->l2_read[CONFX_TENSOR_INPUT] == top->sum.ingress[CONFX_TENSOR_INPUT] &&
           cost->l2_read[CONFX_TENSOR_FILTER] == top->sum.ingress[CONFX_TENSOR_FILTER] &&
           cost->l2_write[CONFX_TENSOR_OUTPUT] == top->written &&
           cost->l1_write[CONFX_TENSOR_OUTPUT] == top->multiplied &&
           cost->l1_bytes == oracle->l1_bytes && cost->l2_bytes == l2_bytes &&
           fabs(cost->active_pes - top->active) <= 1e-12 * fabs(top->active);
}

/* ---- against an explanation ------------------------------------------------------------------ */

static bool oracle_row_is(const row_t *row, const row_t *told)
{
    return strcmp(row->phases, told->phases) == 0 && row->valid == told->valid &&
           row->bound == told->bound && row->occurrences == told->occurrences &&
           memcmp(row->ingress, told->ingress, sizeof row->ingress) == 0 &&
           row->egress == told->egress && row->macs == told->macs &&
           row->critical == told->critical && row->compute == told->compute &&
           row->fill == told->fill && row->drain == told->drain && row->delay == told->delay;
}

static const char *oracle_walk_difference(const oracle_walk_t *walk, const explanation_walk_t *told)
{
    if (walk->depth != told->depth || memcmp(walk->dim, told->dim, sizeof walk->dim) != 0)
        return "which tile of which level";
    if (walk->rows_n != told->rows_n || walk->cases != told->cases) return "the number of cases";
    for (int i = 0; i < walk->rows_n; i++)
        if (!oracle_row_is(&walk->rows[i], &told->rows[i])) return "a case";
    if (!oracle_row_is(&walk->rest, &told->rest)) return "the cases that are not listed";
    if (!oracle_row_is(&walk->sum, &told->sum)) return "the sum of all cases";
    if (walk->depth == 0 && memcmp(walk->need, told->need, sizeof walk->need) != 0)
        return "what the L2 holds";
    if (walk->depth == 0 && walk->offchip != told->offchip) return "the off-chip cycles";
    if (memcmp(walk->bound_cycles, told->bound_cycles, sizeof walk->bound_cycles) != 0)
        return "what bounds the delay";
    const bool active = fabs(walk->active - told->active) <= 1e-12 * fabs(walk->active);
    return active ? NULL : "the active PEs";
}

/* The engine stops where MAESTRO does, the walks here go on. */
static const char *oracle_begun_difference(const oracle_t *oracle, const explanation_t *explanation)
{
    const oracle_walk_t *walk = oracle->walks;
    for (const explanation_walk_t *told = explanation->walks; told; told = told->next) {
        /* Tiles that only a case behind the last one needs are not told. */
        while (walk &&
               (walk->depth != told->depth || memcmp(walk->dim, told->dim, sizeof told->dim)))
            walk = walk->next;
        if (walk == NULL) return "a tile";
        for (int i = 0; i < told->rows_n; i++)
            if (!told->rows[i].stopped && !oracle_row_is(&walk->rows[i], &told->rows[i]))
                return "a case before MAESTRO stops";
    }
    return NULL;
}

const char *oracle_difference(const oracle_t *oracle, const explanation_t *explanation)
{
    const oracle_walk_t *walk = oracle->walks;
    const explanation_walk_t *told = explanation->walks;
    /* All members behind the fault have eight bytes, so that there are no gaps between them. */
    const size_t figures = offsetof(confx_cost_t, runtime_cycles);
    if (oracle->cost.fault != explanation->cost.fault ||
        memcmp((const char *)&oracle->cost + figures, (const char *)&explanation->cost + figures,
               sizeof oracle->cost - figures) != 0)
        return "the cost, watched or not";
    if (explanation->large && explanation->built) return "what is too large to show";
    /* The walks here stop where a sum does not fit, wherever the engine does. */
    if (explanation->large || oracle->fault == CONFX_COST_OVERFLOW) return NULL;
    if (oracle->built != explanation->built) return "whether there are levels";
    if (oracle->fault != CONFX_COST_VALID) return oracle_begun_difference(oracle, explanation);
    for (; walk && told; walk = walk->next, told = told->next) {
        const char *difference = oracle_walk_difference(walk, told);
        if (difference) return difference;
    }
    if (walk || told) return "the number of tiles";
    if (oracle->built && explanation_has_figures(explanation) &&
        (oracle->reasons != explanation->reasons || oracle->true_macs != explanation->true_macs))
        return "why MACs depart";
    return NULL;
}
