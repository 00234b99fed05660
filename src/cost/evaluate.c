/* The cost of a level, and of those below it (COST_MODEL.md section 6). */
#include "account.h"
#include "outputs.h"

#include <string.h>

enum { EDGES = 1 << CONFX_DIM_COUNT, KINDS = 32 }; /* four moving maps never have more kinds */

/* What a level asks of the one below: all that depends on the tile. */
typedef struct {
    int64_t runtime;
    double active; /* average number of active PEs */
} outcome_t;

/* A level's tile is known by the maps of the level above that are at their edge, so it has at most EDGES outcomes. */
typedef struct {
    uint64_t known[EDGES / 64];
    outcome_t outcome[EDGES];
} memo_t;

typedef struct {
    const confx_hardware_t *hardware;
    int64_t latency; /* of the NoC, in whole cycles */
    double slowest;  /* cycles an element or a multiplication takes at most */
    levels_t levels;
    memo_t memo[CONFX_DATAFLOW_LEVELS_MAX];
    int results;      /* levels gone through to the end so far */
    int64_t l1_bytes; /* need of the first of them: MAESTRO's L1 */
    confx_cost_fault_t fault;
} analysis_t;

/* One level over one tile. */
typedef struct {
    analysis_t *analysis;
    int depth;
    tile_t tile;
    int64_t runtime, macs;
    int64_t occurrences;         /* of valid cases, as runtime and macs */
    int64_t written, multiplied; /* elements of output and multiplications of all cases */
    int64_t buffers;             /* cases up to the first valid one */
    double active;               /* active PEs times occurrences */
    account_t *account;          /* of the outermost level; else NULL */
    uint32_t kinds;              /* bit i: kind[i] is one */
    kind_t kind[KINDS];          /* the last one met of those whose number is i modulo KINDS */
} sweep_t;

static void explore(analysis_t *analysis, int depth, uint32_t edges);

static const outcome_t *outcome_below(analysis_t *analysis, int depth, uint32_t edges)
{
    const memo_t *memo = &analysis->memo[depth];
    if (!(memo->known[edges / 64] >> edges % 64 & 1)) explore(analysis, depth, edges);
    return &memo->outcome[edges];
}

/* ---- cycles ------------------------------------------------------------------------------------------------------ */

static int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The next whole number; analyse() has seen to it that cycles fit. */
static int64_t whole(double cycles)
{
    const int64_t down = (int64_t)cycles;
    return down + ((double)down < cycles);
}

static int64_t transfer_cycles(const analysis_t *analysis, int64_t elements)
{
    return whole((double)elements / analysis->hardware->noc_bandwidth) + analysis->latency - 1;
}

static void join(outcome_t *outcome, const outcome_t *below, int64_t clusters)
{
    outcome->runtime = greatest(outcome->runtime, below->runtime);
    outcome->active += below->active * (double)clusters;
}

/* Step 5: by the level below, whose full tiles and partial tile differ. */
static outcome_t compute(sweep_t *sweep, const volumes_t *volumes)
{
    analysis_t *analysis = sweep->analysis;
    const formation_t *formation = volumes->formation;
    outcome_t outcome = {0, 0};
    if (sweep->depth == analysis->levels.n - 1) {
        outcome.runtime = whole((double)volumes->critical / analysis->hardware->simd_lanes);
    } else {
        if (formation->partial)
            join(&outcome, outcome_below(analysis, sweep->depth, volumes->edges | formation->edges_partial), 1);
        if (formation->full > 0)
            join(&outcome, outcome_below(analysis, sweep->depth, volumes->edges | formation->edges), formation->full);
    }
    if (outcome.active == 0) outcome.active = (double)(formation->full + formation->partial);
    return outcome;
}

/* ---- kinds of cases ---------------------------------------------------------------------------------------------- */

/* Steps 5 to 8 for a kind with work. The first case fills before it computes; later ones overlap. */
static void time_kind(sweep_t *sweep, kind_t *kind)
{
    analysis_t *analysis = sweep->analysis;
    if (kind->volumes.refused) analysis->fault = CONFX_COST_REUSE;
    if (analysis->fault != CONFX_COST_VALID) return;
    const outcome_t outcome = compute(sweep, &kind->volumes);
    kind->compute = outcome.runtime;
    kind->active = outcome.active;
    kind->ingress = kind->volumes.ingress[CONFX_TENSOR_INPUT] + kind->volumes.ingress[CONFX_TENSOR_FILTER];
    kind->fill = transfer_cycles(analysis, kind->ingress);
    kind->drain = transfer_cycles(analysis, kind->volumes.egress);
    kind->delay =
        kind->number == 1 ? kind->compute + kind->fill : greatest(kind->compute, greatest(kind->fill, kind->drain));
    if (!sweep->account || analysis->fault != CONFX_COST_VALID) return;
    if (kind->compute == 0) {
        analysis->fault = CONFX_COST_NO_COMPUTE;
        return;
    }
    kind->delay = greatest(kind->delay, sweep->account->offchip);
    kind->busiest = greatest(kind->ingress, kind->volumes.egress);
    kind->offchip = account_offchip(sweep->account, kind->compute);
}

/* Steps 2, 4 and 9 for all cases of a kind together. */
static void settle(sweep_t *sweep, const kind_t *kind)
{
    int64_t cycles = 0;
    sweep->written += kind->occurrences * kind->volumes.egress;
    sweep->multiplied += kind->occurrences * kind->volumes.macs;
    if (kind->volumes.critical <= 0) return;
    sweep->macs += kind->occurrences * kind->volumes.macs;
    if (__builtin_mul_overflow(kind->occurrences, kind->delay, &cycles) ||
        __builtin_add_overflow(sweep->runtime, cycles, &sweep->runtime) || sweep->runtime > INT64_MAX / 4)
        sweep->analysis->fault = CONFX_COST_OVERFLOW;
    else if (sweep->account)
        account_kind(sweep->account, kind);
}

/* Step 1, for a case up to the first valid one. */
static void lead(sweep_t *sweep, const volumes_t *volumes)
{
    sweep->buffers++;
    if (volumes->refused) sweep->analysis->fault = CONFX_COST_REUSE;
    if (sweep->account) account_buffer(sweep->account, volumes, sweep->analysis->hardware);
}

/* The first case of a kind: volumes, and cycles where there is work. Apart from visit(), which goes on quickly without.
 */
__attribute__((noinline)) static void meet(sweep_t *sweep, uint32_t number, int digits, kind_t *kind)
{
    const uint32_t bit = UINT32_C(1) << number % KINDS;
    if (sweep->kinds & bit) settle(sweep, kind);
    sweep->kinds |= bit;
    kind->number = number;
    kind->occurrences = 0;
    volumes_fill(&sweep->tile, number, digits, &kind->volumes);
    if (sweep->occurrences == 0) lead(sweep, &kind->volumes);
    if (kind->volumes.critical > 0) time_kind(sweep, kind);
}

/* ---- cases ------------------------------------------------------------------------------------------------------- */

/* Steps 1 to 3. A case without work is passed over, but what it has left in the books by then stays. */
static inline void visit(sweep_t *sweep, uint32_t number, int digits, int64_t occurrences)
{
    kind_t *kind = &sweep->kind[number % KINDS];
    const bool known = sweep->kinds >> number % KINDS & 1 && kind->number == number;
    if (!known)
        meet(sweep, number, digits, kind);
    else if (sweep->occurrences == 0)
        lead(sweep, &kind->volumes);
    kind->occurrences += occurrences;
    if (kind->volumes.critical <= 0 || sweep->analysis->fault != CONFX_COST_VALID) return;
    sweep->occurrences += occurrences;
    sweep->active += kind->active * (double)occurrences;
    if (sweep->account) account_case(sweep->account, kind, occurrences);
}

/* Section 4's order after the first case: outer maps slowest, each map's first state last. */
static void walk(sweep_t *sweep, uint32_t number, int digits, int64_t occurrences)
{
    const states_t *states = &sweep->tile.states[sweep->tile.moving[digits]];
    const bool last = digits + 1 == sweep->tile.moving_n;
    for (int s = 1; s < states->n; s++) {
        const uint32_t next = 2 * number + states->state[s].edge;
        const int64_t product = occurrences * states->state[s].occurrences;
        if (!last) walk(sweep, next, digits + 1, product);
        if (sweep->analysis->fault != CONFX_COST_VALID) return;
        visit(sweep, next, digits + 1, product);
    }
    if (!last) walk(sweep, 2 * number, digits + 1, occurrences);
}

static void walk_all(sweep_t *sweep)
{
    sweep->kinds = 0;
    visit(sweep, 1, 0, 1);
    if (sweep->tile.moving_n > 0) walk(sweep, 1, 0, 1);
    for (uint32_t kinds = sweep->kinds; kinds && sweep->analysis->fault == CONFX_COST_VALID; kinds &= kinds - 1)
        settle(sweep, &sweep->kind[__builtin_ctz(kinds)]);
}

/* Section 6 step 1: windows of input are counted for the output too, and the layer's size does not clip (quirk 4). */
static int64_t l1_bytes(const level_t *level, int64_t buffers)
{
    int64_t sum = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        int64_t product = tensor == CONFX_TENSOR_OUTPUT ? 2 : 2 * buffers;
        for (int i = 0; i < level->maps_n; i++) {
            if (level->coupled[tensor] >> i & 1) product *= level->maps[i].size;
        }
        sum += product;
    }
    return sum;
}

static void analyse(analysis_t *analysis, int depth, const int64_t dim[CONFX_DIM_COUNT], account_t *account,
                    sweep_t *sweep)
{
    const level_t *level = &analysis->levels.level[depth];
    sweep->analysis = analysis;
    sweep->depth = depth;
    sweep->account = account;
    sweep->runtime = sweep->macs = sweep->occurrences = 0;
    sweep->written = sweep->multiplied = sweep->buffers = 0;
    sweep->active = 0;
    if (!tile_begin(&sweep->tile, level, dim) || !(sweep->tile.bound * analysis->slowest < 0x1p60)) {
        analysis->fault = CONFX_COST_OVERFLOW;
        return;
    }
    walk_all(sweep);
    if (sweep->occurrences) sweep->active /= (double)sweep->occurrences;
    if (analysis->results++ == 0) analysis->l1_bytes = l1_bytes(level, sweep->buffers);
}

/* The level below `depth`, over the tile that those maps at their edge leave to it. */
static void explore(analysis_t *analysis, int depth, uint32_t edges)
{
    const level_t *upper = &analysis->levels.level[depth];
    memo_t *memo = &analysis->memo[depth];
    int64_t dim[CONFX_DIM_COUNT] = {0};
    for (int i = 0; i < upper->maps_n; i++) {
        const map_t *map = &upper->maps[i];
        dim[map->dim] = edges >> i & 1 ? map->input.mapped_edge : map->input.mapped;
    }
    sweep_t sweep;
    analyse(analysis, depth + 1, dim, NULL, &sweep);
    memo->known[edges / 64] |= UINT64_C(1) << edges % 64;
    memo->outcome[edges] = (outcome_t){.runtime = sweep.runtime, .active = sweep.active};
}

static void begin(analysis_t *analysis, const confx_hardware_t *hardware)
{
    analysis->hardware = hardware;
    analysis->results = 0;
    analysis->fault = hardware->noc_latency < 0x1p60 ? CONFX_COST_VALID : CONFX_COST_OVERFLOW;
    analysis->latency = analysis->fault == CONFX_COST_VALID ? whole(hardware->noc_latency) : 0;
    analysis->slowest =
        1 / (hardware->noc_bandwidth < hardware->simd_lanes ? hardware->noc_bandwidth : hardware->simd_lanes);
    for (int i = 0; i < analysis->levels.n; i++) memset(analysis->memo[i].known, 0, sizeof analysis->memo[i].known);
}

void confx_cost_evaluate(const confx_dataflow_t *dataflow, const confx_layer_t *layer, const confx_hardware_t *hardware,
                         int64_t pes, int64_t buffer, confx_cost_t *cost)
{
    analysis_t analysis;
    sweep_t sweep;
    account_t account;
    confx_cost_fault_t fault = levels_build(dataflow, layer, pes, buffer, &analysis.levels);
    if (fault == CONFX_COST_VALID) {
        begin(&analysis, hardware);
        account_open(&account);
        analyse(&analysis, 0, analysis.levels.level[0].dim, &account, &sweep);
        fault = analysis.fault;
    }
    if (fault != CONFX_COST_VALID) {
        outputs_none(cost, fault);
        return;
    }
    *cost = (confx_cost_t){.runtime_cycles = sweep.runtime, .macs = sweep.macs, .active_pes = sweep.active};
    cost->l1_bytes = analysis.l1_bytes;
    cost->l2_write[CONFX_TENSOR_OUTPUT] = sweep.written;
    cost->l1_read[CONFX_TENSOR_OUTPUT] = cost->l1_write[CONFX_TENSOR_OUTPUT] = sweep.multiplied;
    account_close(&account, layer, cost);
    outputs_fill(cost, hardware, pes, analysis.results == 1);
}
