/* The cost of a level, and of those below it (src/cost/README.md, section 6). */
#include "cost/engine/evaluation.h"
#include "cost/engine/energy_area.h"
#include "cost/language/whole.h"

#include <assert.h>
#include <string.h>

static void evaluation_explore(analysis_t *analysis, int depth, uint32_t edges);

static const outcome_t *evaluation_outcome_below(analysis_t *analysis, int depth, uint32_t edges)
{
    const memo_t *memo = &analysis->memo[depth];
    assert(edges < EDGES && depth + 1 < analysis->levels.n);
    /* A tile of the level below has for each map here either its full or its edge extent. So the
       set of maps at their edge names the tile, and each tile is walked over once. */
    if (!(memo->known[edges / 64] >> edges % 64 & 1)) evaluation_explore(analysis, depth, edges);
    return &memo->outcome[edges];
}

/* ---- cycles ---------------------------------------------------------------------------------- */

/* The next whole number; analyse() has seen to it that cycles fit. */
static int64_t evaluation_whole(double cycles)
{
    const int64_t down = (int64_t)cycles;
    return down + ((double)down < cycles);
}

static int64_t evaluation_transfer_cycles(const analysis_t *analysis, int64_t elements)
{
    return evaluation_whole((double)elements / analysis->hardware->noc_bandwidth) +
           analysis->latency - 1;
}

static void evaluation_join(outcome_t *outcome, const outcome_t *below, int64_t clusters)
{
    outcome->runtime = whole_max(outcome->runtime, below->runtime);
    outcome->active += below->active * (double)clusters;
}

/* Step 5: by the level below, whose full tiles and partial tile differ. */
static outcome_t evaluation_compute(evaluation_walk_t *walk, const volumes_t *volumes)
{
    analysis_t *analysis = walk->analysis;
    const spatial_t *spatial = volumes->spatial;
    outcome_t outcome = {0, 0};
    if (walk->depth == analysis->levels.n - 1) {
        /* A sub-cluster of the innermost level is one PE: it multiplies `simd_lanes` pairs a
           cycle. */
        outcome.runtime =
            evaluation_whole((double)volumes->critical / analysis->hardware->simd_lanes);
    } else {
        /* The partial sub-cluster comes first: the first level that is walked to its end decides
           the L1 (section 7), and MAESTRO begins with this one. All of them run side by side, so
           that the slowest counts, while their active PEs add up. */
        if (spatial->partial)
            evaluation_join(&outcome,
                            evaluation_outcome_below(analysis, walk->depth,
                                                     volumes->edges | spatial->edges_partial),
                            1);
        if (spatial->full > 0)
            evaluation_join(
                &outcome,
                evaluation_outcome_below(analysis, walk->depth, volumes->edges | spatial->edges),
                spatial->full);
    }
    /* No PEs below means that the sub-clusters are the PEs (section 9). */
    if (outcome.active == 0) outcome.active = (double)(spatial->full + spatial->partial);
    return outcome;
}

/* ---- kinds of cases -------------------------------------------------------------------------- */

/* Steps 5 to 8 for a kind with work. The first case fills before it computes; later ones
   overlap. */
static void evaluation_time_kind(evaluation_walk_t *walk, kind_t *kind)
{
    analysis_t *analysis = walk->analysis;
    if (kind->volumes.refused) analysis->fault = CONFX_COST_REUSE;
    if (analysis->fault != CONFX_COST_VALID) return;
    const outcome_t outcome = evaluation_compute(walk, &kind->volumes);
    kind->compute = outcome.runtime;
    kind->active = outcome.active;
    kind->ingress =
        kind->volumes.ingress[CONFX_TENSOR_INPUT] + kind->volumes.ingress[CONFX_TENSOR_FILTER];
    kind->fill = evaluation_transfer_cycles(analysis, kind->ingress);
    kind->drain = evaluation_transfer_cycles(analysis, kind->volumes.egress);
    /* Step 7. Kind 1 is the case before any map moves: its data have to arrive before anything is
       computed, and nothing leaves yet. In all later cases double buffers hide the two shorter ones
       of ingress, compute and egress behind the longest. */
    kind->delay = kind->number == 1 ? kind->compute + kind->fill
                                    : whole_max(kind->compute, whole_max(kind->fill, kind->drain));
    if (!walk->traffic || analysis->fault != CONFX_COST_VALID) return;
    /* From here on this is the outermost level. MAESTRO divides elements by the cycles of a case,
       and dies where a level below found no work. */
    if (kind->compute == 0) {
        analysis->fault = CONFX_COST_NO_COMPUTE;
        return;
    }
    /* Step 8: the L2 is filled once from outside while a case is computed (quirk 11). */
    kind->delay = whole_max(kind->delay, walk->traffic->offchip);
    kind->busiest = whole_max(kind->ingress, kind->volumes.egress);
    kind->offchip = traffic_offchip(walk->traffic, kind->compute);
}

/* Steps 2, 4 and 9 for all cases of a kind together. */
static void evaluation_settle(evaluation_walk_t *walk, const kind_t *kind)
{
    int64_t cycles = 0;
    /* What a case without work would write and multiply stays in the sums: the source of negative
       counts (section 6, step 3). tile_begin has bounded these products below 2^58. */
    walk->written += kind->occurrences * kind->volumes.egress;
    walk->multiplied += kind->occurrences * kind->volumes.macs;
    if (kind->volumes.critical <= 0) return;
    walk->macs += kind->occurrences * kind->volumes.macs;
    /* A delay also contains latencies and cycles of levels below, which that bound does not cover.
       A quarter of the range leaves room for the sums of a level above. */
    if (walk->large || __builtin_mul_overflow(kind->occurrences, kind->delay, &cycles) ||
        __builtin_add_overflow(walk->runtime, cycles, &walk->runtime) ||
        walk->runtime > INT64_MAX / 4) {
        walk->runtime = 0;
        walk->large = true;
    } else if (walk->traffic) {
        traffic_kind(walk->traffic, kind);
    }
}

/* Step 1, for a case up to the first valid one. */
static void evaluation_lead(evaluation_walk_t *walk, const volumes_t *volumes)
{
    assert(walk->occurrences == 0);
    /* Leading cases without work are counted: each of them sizes the buffers anew (section 6, step
       1). */
    walk->buffers++;
    if (volumes->refused) walk->analysis->fault = CONFX_COST_REUSE;
    if (walk->traffic) traffic_buffer(walk->traffic, volumes, walk->analysis->hardware);
}

/* Who watches is told every case: a kind without a number is not found again, so that the next case
   of it is measured once more and told as well. Nobody else pays for that. */
__attribute__((noinline)) static void evaluation_tell(evaluation_walk_t *walk, kind_t *kind,
                                                      int64_t occurrences)
{
    const evaluation_watch_t *watch = walk->watch;
    watch->visit(watch->watcher, walk, kind, occurrences);
    kind->number = 0;
}

/* The first case of a kind: volumes, and cycles where there is work. Apart from visit(), which goes
   on quickly without. */
__attribute__((noinline)) static void evaluation_meet(evaluation_walk_t *walk, uint32_t number,
                                                      int digits, kind_t *kind)
{
    const uint32_t bit = UINT32_C(1) << number % KINDS;
    assert(kind == &walk->kind[number % KINDS] && number >> digits == 1);
    /* Five or more moving maps may have more kinds than there are slots. The one that had this slot
       is added to the sums first; should it come back, it is measured again and its cases join the
       sums, in which order does not matter. */
    if (walk->kinds & bit) evaluation_settle(walk, kind);
    walk->kinds |= bit;
    kind->number = number;
    kind->occurrences = 0;
    volumes_fill(&walk->tile, number, digits, &kind->volumes);
    if (walk->occurrences == 0) evaluation_lead(walk, &kind->volumes);
    if (kind->volumes.critical > 0) evaluation_time_kind(walk, kind);
}

/* ---- cases ----------------------------------------------------------------------------------- */

/* Steps 1 to 3. A case without work is passed over, but what it has added to the sums by then
   stays. */
static inline void evaluation_visit(evaluation_walk_t *walk, uint32_t number, int digits,
                                    int64_t occurrences)
{
    kind_t *kind = &walk->kind[number % KINDS];
    const bool known = walk->kinds >> number % KINDS & 1 && kind->number == number;
    if (!known) {
        evaluation_meet(walk, number, digits, kind);
        if (walk->watch) evaluation_tell(walk, kind, occurrences);
    } else if (walk->occurrences == 0) {
        evaluation_lead(walk, &kind->volumes);
    }
    kind->occurrences += occurrences;
    if (kind->volumes.critical <= 0 || walk->analysis->fault != CONFX_COST_VALID) return;
    walk->occurrences += occurrences;
    walk->active += kind->active * (double)occurrences;
    if (walk->traffic) traffic_case(walk->traffic, kind, occurrences);
}

/* Section 4's order after the first case: outer maps slowest, each map's first state last. */
static void evaluation_walk(evaluation_walk_t *walk, uint32_t number, int digits,
                            int64_t occurrences)
{
    const states_t *states = &walk->tile.states[walk->tile.moving[digits]];
    const bool last = digits + 1 == walk->tile.moving_n;
    for (int s = 1; s < states->n; s++) {
        /* The map has moved, which appends a digit to the kind's number. Of the cases with it in
           this state the one in which all later maps are in their first states comes last: that is
           what section 4's rounding up amounts to. */
        const uint32_t next = 2 * number + states->state[s].edge;
        const int64_t product = occurrences * states->state[s].occurrences;
        if (!last) evaluation_walk(walk, next, digits + 1, product);
        if (walk->analysis->fault != CONFX_COST_VALID) return;
        evaluation_visit(walk, next, digits + 1, product);
    }
    /* The map in its first state: that counts as not at its edge, hence the digit 0, and the case
       in which no later map moves either was visited before this call. */
    if (!last) evaluation_walk(walk, 2 * number, digits + 1, occurrences);
}

static void evaluation_walk_all(evaluation_walk_t *walk)
{
    /* All-Init is case 0, of kind 1; the walk visits every other case once. */
    walk->kinds = 0;
    evaluation_visit(walk, 1, 0, 1);
    if (walk->tile.moving_n > 0) evaluation_walk(walk, 1, 0, 1);
    /* Each slot holds one kind whose cases are not in the sums yet. */
    for (uint32_t kinds = walk->kinds; kinds && walk->analysis->fault == CONFX_COST_VALID;
         kinds &= kinds - 1)
        evaluation_settle(walk, &walk->kind[__builtin_ctz(kinds)]);
    /* Last: when a kind is added to the sums depends on the slots and on whether somebody watches,
       and the verdict must not. A case that MAESTRO refuses comes before it. */
    if (walk->large && walk->analysis->fault == CONFX_COST_VALID)
        walk->analysis->fault = CONFX_COST_OVERFLOW;
}

/* Section 6 step 1: windows of input are counted for the output too, and the layer's size does not
   clip (quirk 4). */
static int64_t evaluation_l1_bytes(const level_t *level, int64_t buffers)
{
    int64_t sum = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        /* The 2 is the double buffer. Of leading cases without work input and filter pile up. */
        int64_t product = tensor == CONFX_TENSOR_OUTPUT ? 2 : 2 * buffers;
        for (int i = 0; i < level->maps_n; i++) {
            if (level->coupled[tensor] >> i & 1) product *= level->maps[i].size;
        }
        sum += product;
    }
    return sum;
}

static void evaluation_analyse(analysis_t *analysis, int depth, const int64_t dim[CONFX_DIM_COUNT],
                               traffic_t *traffic, evaluation_walk_t *walk)
{
    assert(depth >= 0 && depth < analysis->levels.n && (depth == 0) == (traffic != NULL));
    const level_t *level = &analysis->levels.level[depth];
    walk->analysis = analysis;
    walk->depth = depth;
    walk->traffic = traffic;
    walk->watch = analysis->watch;
    walk->runtime = walk->macs = walk->occurrences = 0;
    walk->written = walk->multiplied = walk->buffers = 0;
    walk->active = 0;
    walk->large = false;
    /* `bound` is above every count of the tile, so times the slowest rate it is above every number
       of cycles that follows from counts. The comparison is false of infinities and of no number,
       too. */
    if (!tile_begin(&walk->tile, level, dim) || !(walk->tile.bound * analysis->slowest < 0x1p60)) {
        analysis->fault = CONFX_COST_OVERFLOW;
        return;
    }
    if (walk->watch) walk->watch->begin(walk->watch->watcher, walk, dim);
    evaluation_walk_all(walk);
    if (walk->occurrences) walk->active /= (double)walk->occurrences;
    if (walk->watch) walk->watch->end(walk->watch->watcher, walk);
    /* Section 7: the L1 is that of the result that is complete first, mostly the innermost
       level's. */
    if (analysis->results++ == 0) analysis->l1_bytes = evaluation_l1_bytes(level, walk->buffers);
}

/* The level below `depth`, over the tile that those maps at their edge leave to it. */
static void evaluation_explore(analysis_t *analysis, int depth, uint32_t edges)
{
    const level_t *upper = &analysis->levels.level[depth];
    memo_t *memo = &analysis->memo[depth];
    int64_t dim[CONFX_DIM_COUNT] = {0};
    assert(edges >> upper->maps_n == 0);
    for (int i = 0; i < upper->maps_n; i++) {
        const map_t *map = &upper->maps[i];
        dim[map->dim] = edges >> i & 1 ? map->input.mapped_edge : map->input.mapped;
    }
    /* Recursion goes at most CONFX_DATAFLOW_LEVELS_MAX deep, with one evaluation_walk_t of stack
       each. */
    evaluation_walk_t walk;
    evaluation_analyse(analysis, depth + 1, dim, NULL, &walk);
    memo->known[edges / 64] |= UINT64_C(1) << edges % 64;
    memo->outcome[edges] = (outcome_t){.runtime = walk.runtime, .active = walk.active};
}

static void evaluation_begin(analysis_t *analysis, const confx_hardware_t *hardware,
                             const evaluation_watch_t *watch)
{
    analysis->hardware = hardware;
    analysis->watch = watch;
    assert(analysis->levels.n >= 1 && analysis->levels.n <= CONFX_DATAFLOW_LEVELS_MAX);
    analysis->results = 0;
    analysis->fault = hardware->noc_latency < 0x1p60 ? CONFX_COST_VALID : CONFX_COST_OVERFLOW;
    analysis->latency =
        analysis->fault == CONFX_COST_VALID ? evaluation_whole(hardware->noc_latency) : 0;
    analysis->slowest =
        1 / (hardware->noc_bandwidth < hardware->simd_lanes ? hardware->noc_bandwidth
                                                            : hardware->simd_lanes);
    /* Outcomes need no clearing: they are read only where their bit is set. */
    for (int i = 0; i < analysis->levels.n; i++)
        memset(analysis->memo[i].known, 0, sizeof analysis->memo[i].known);
}

void evaluation_evaluate(const evaluation_point_t *point, const evaluation_watch_t *watch,
                         confx_cost_t *cost)
{
    analysis_t analysis;
    evaluation_walk_t walk;
    traffic_t traffic;
    /* Three steps, each of which may find that there are no numbers: levels from directives
       (section 2), the recursion over them (section 6), and what follows from their counts (section
       7). */
    confx_cost_fault_t fault =
        levels_build(point->dataflow, point->layer, point->pes, point->buffer, &analysis.levels);
    if (fault == CONFX_COST_VALID) {
        evaluation_begin(&analysis, point->hardware, watch);
        traffic_open(&traffic);
        evaluation_analyse(&analysis, 0, analysis.levels.level[0].dim, &traffic, &walk);
        fault = analysis.fault;
    }
    if (fault != CONFX_COST_VALID) {
        energy_area_none(cost, fault);
        return;
    }
    /* A point may still be invalid, but it has numbers: those that MAESTRO prints. */
    *cost = (confx_cost_t){
        .runtime_cycles = walk.runtime, .macs = walk.macs, .active_pes = walk.active};
    cost->l1_bytes = analysis.l1_bytes;
    cost->l2_write[CONFX_TENSOR_OUTPUT] = walk.written;
    cost->l1_read[CONFX_TENSOR_OUTPUT] = cost->l1_write[CONFX_TENSOR_OUTPUT] = walk.multiplied;
    traffic_close(&traffic, point->layer, cost);
    /* Where one level alone was completed, the accesses to the L1 count (quirk 1). */
    energy_area_fill(cost, point->hardware, point->pes, analysis.results == 1);
}

bool evaluation_macs(const level_t *level, const confx_hardware_t *hardware, bool all,
                     int64_t *macs)
{
    analysis_t analysis;
    evaluation_walk_t walk;
    traffic_t traffic;
    /* Without levels below: these give cycles alone. */
    analysis.levels.n = 1;
    analysis.levels.level[0] = *level;
    evaluation_begin(&analysis, hardware, NULL);
    traffic_open(&traffic);
    evaluation_analyse(&analysis, 0, level->dim, &traffic, &walk);
    *macs = all ? walk.multiplied : walk.macs;
    return analysis.fault == CONFX_COST_VALID;
}
