#include "walk.h"
#include "walk_sets.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* All of a layer that is legal, while it is counted. Two sets of each tensor a holder: what it held
   in the step before and what it holds now. Holders are the PEs, or the L2 alone. */
typedef struct {
    const confx_hardware_t *hardware;
    const space_t *space;
    int holders_n;
    set_t *before[CONFX_TENSORS], *now[CONFX_TENSORS]; /* (holders_n) each */
    set_t some;    /* of input or filter: what some holder misses now */
    set_t carried; /* outputs that some holder has before and now */
    set_t written, begun;
    bool *earlier;      /* (outputs) held by any in some step so far */
    int64_t *last_step; /* (outputs) in which any holds it */
} store_t;

/* What moves between two steps. */
typedef struct {
    int64_t fills[CONFX_TENSORS], reads[CONFX_TENSORS]; /* of input and filter */
    int64_t taken_up, let_go, read_back;                /* outputs */
    int64_t finished, sums;                             /* written */
} moves_t;

/* ---- sets that are held ------------------------------------------------------------------------
 */

static store_t store_open(const confx_hardware_t *hardware, const space_t *space, int holders_n)
{
    store_t store = {.hardware = hardware, .space = space, .holders_n = holders_n};
    int64_t most = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const int64_t elements_n = space->elements_n[tensor];
        if (elements_n > most) most = elements_n;
        store.before[tensor] = calloc((size_t)holders_n, sizeof(set_t));
        store.now[tensor] = calloc((size_t)holders_n, sizeof(set_t));
        if (store.before[tensor] == NULL || store.now[tensor] == NULL) abort();
        for (int u = 0; u < holders_n; u++) {
            store.before[tensor][u] = set_open(elements_n);
            store.now[tensor][u] = set_open(elements_n);
        }
    }
    store.some = set_open(most);
    store.carried = set_open(space->outputs_n);
    store.written = set_open(space->outputs_n);
    store.begun = set_open(space->outputs_n);
    store.earlier = calloc((size_t)space->outputs_n, sizeof *store.earlier);
    store.last_step = calloc((size_t)space->outputs_n, sizeof *store.last_step);
    if (store.earlier == NULL || store.last_step == NULL) abort();
    return store;
}

static void store_close(store_t *store)
{
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        for (int u = 0; u < store->holders_n; u++) {
            set_close(&store->before[tensor][u]);
            set_close(&store->now[tensor][u]);
        }
        free(store->before[tensor]);
        free(store->now[tensor]);
    }
    set_close(&store->some);
    set_close(&store->carried);
    set_close(&store->written);
    set_close(&store->begun);
    free(store->earlier);
    free(store->last_step);
}

/* A step has passed: what was held now was held before, and nothing is held yet. */
static void store_pass(store_t *store)
{
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        set_t *emptied = store->before[tensor];
        store->before[tensor] = store->now[tensor];
        store->now[tensor] = emptied;
        for (int u = 0; u < store->holders_n; u++) set_empty(&emptied[u]);
    }
}

/* The holder has all that the work of a place uses. The number of its MACs. */
static int64_t store_hold(store_t *store, int holder, const place_t *place)
{
    int64_t mac[CONFX_DIM_COUNT], macs = 0;
    if (place->idle) return 0;
    space_first(place, mac);
    do {
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
            (void)set_add(&store->now[tensor][holder],
                          space_element(store->space, (confx_tensor_t)tensor, mac));
        macs++;
    } while (space_next(store->space, place, mac));
    return macs;
}

/* The largest set of each tensor that any holder has had, in `most`. */
static void store_measure(const store_t *store, int64_t most[CONFX_TENSORS])
{
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        for (int u = 0; u < store->holders_n; u++)
            if (store->now[tensor][u].n > most[tensor]) most[tensor] = store->now[tensor][u].n;
}

static int64_t store_bytes(const store_t *store, const int64_t most[CONFX_TENSORS])
{
    return 2 * (most[CONFX_TENSOR_INPUT] + most[CONFX_TENSOR_FILTER] +
                store->hardware->psum_bytes * most[CONFX_TENSOR_OUTPUT]);
}

/* ---- what moves between two steps: section 5.1 to 5.3, 5.7 -------------------------------------
 */

static void move_operand(store_t *store, confx_tensor_t tensor, bool multicast, moves_t *moves)
{
    set_empty(&store->some);
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *now = &store->now[tensor][u];
        for (int64_t i = 0; i < now->n; i++) {
            const int64_t element = now->members[i];
            if (set_has(&store->before[tensor][u], element)) continue;
            moves->fills[tensor]++;
            /* One read serves all that miss the element in this step. */
            const bool first = set_add(&store->some, element);
            if (first || !multicast) moves->reads[tensor]++;
        }
    }
}

/* A write behind the last step in which any holds the output is the finished one; of several
   there, one is. */
static void write_output(store_t *store, int64_t output, int64_t step, moves_t *moves)
{
    const bool last = store->last_step[output] == step;
    if (last && set_add(&store->written, output))
        moves->finished++;
    else
        moves->sums++;
}

/* Without reduction: each that lets go writes, each that takes up reads back, but one at the
   output's beginning. */
static void move_sums_apart(store_t *store, int64_t step_before, moves_t *moves)
{
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *before = &store->before[CONFX_TENSOR_OUTPUT][u];
        const set_t *now = &store->now[CONFX_TENSOR_OUTPUT][u];
        for (int64_t i = 0; i < before->n; i++)
            if (!set_has(now, before->members[i]))
                write_output(store, before->members[i], step_before, moves);
        for (int64_t i = 0; i < now->n; i++) {
            const int64_t output = now->members[i];
            if (set_has(before, output)) continue;
            const bool from_zero = !store->earlier[output] && set_add(&store->begun, output);
            if (!from_zero) moves->read_back++;
        }
    }
}

/* With reduction: an output that nobody carries over is written once, and read back once. */
static void move_sums_together(store_t *store, int64_t step_before, moves_t *moves)
{
    set_empty(&store->carried);
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *before = &store->before[CONFX_TENSOR_OUTPUT][u];
        for (int64_t i = 0; i < before->n; i++)
            if (set_has(&store->now[CONFX_TENSOR_OUTPUT][u], before->members[i]))
                (void)set_add(&store->carried, before->members[i]);
    }
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *before = &store->before[CONFX_TENSOR_OUTPUT][u];
        const set_t *now = &store->now[CONFX_TENSOR_OUTPUT][u];
        for (int64_t i = 0; i < before->n; i++) {
            const int64_t output = before->members[i];
            if (set_has(&store->carried, output) || !set_add(&store->some, output)) continue;
            write_output(store, output, step_before, moves);
        }
        for (int64_t i = 0; i < now->n; i++) {
            const int64_t output = now->members[i];
            if (set_has(&store->carried, output) || !set_add(&store->begun, output)) continue;
            if (store->earlier[output]) moves->read_back++;
        }
    }
}

/* From the step `step_before` to the one that is now; either may be none. */
static moves_t store_moves(store_t *store, int64_t step_before, bool multicast, bool reduction)
{
    moves_t moves = {.taken_up = 0};
    move_operand(store, CONFX_TENSOR_INPUT, multicast, &moves);
    move_operand(store, CONFX_TENSOR_FILTER, multicast, &moves);
    set_empty(&store->some);
    set_empty(&store->written);
    set_empty(&store->begun);
    if (reduction)
        move_sums_together(store, step_before, &moves);
    else
        move_sums_apart(store, step_before, &moves);
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *before = &store->before[CONFX_TENSOR_OUTPUT][u];
        const set_t *now = &store->now[CONFX_TENSOR_OUTPUT][u];
        for (int64_t i = 0; i < before->n; i++)
            if (!set_has(now, before->members[i])) moves.let_go++;
        for (int64_t i = 0; i < now->n; i++)
            if (!set_has(before, now->members[i])) moves.taken_up++;
    }
    for (int u = 0; u < store->holders_n; u++) {
        const set_t *now = &store->now[CONFX_TENSOR_OUTPUT][u];
        for (int64_t i = 0; i < now->n; i++) store->earlier[now->members[i]] = true;
    }
    return moves;
}

/* ---- legality: section 4.3 ---------------------------------------------------------------------
 */

/* How often each MAC is done; NULL: more than can be walked. The caller frees. */
static int64_t *count_macs(const steps_t *steps, const space_t *space)
{
    int64_t *times = calloc((size_t)space->macs_n, sizeof *times);
    int64_t mac[CONFX_DIM_COUNT], done = 0;
    if (times == NULL) abort();
    for (int64_t i = 0; i < steps->steps_n * steps->pes_n; i++) {
        const place_t *place = &steps->places[i];
        if (place->idle) continue;
        space_first(place, mac);
        do {
            times[space_number(space, mac)]++;
            if (++done <= WALK_MACS_MAX) continue;
            free(times);
            return NULL;
        } while (space_next(space, place, mac));
    }
    return times;
}

static walk_verdict_t judge(const steps_t *steps, const space_t *space, walk_t *walk)
{
    walk_verdict_t verdict = WALK_LEGAL;
    int64_t *times = count_macs(steps, space);
    if (times == NULL) return WALK_TOO_LARGE;
    for (int64_t i = 0; i < space->macs_n && verdict == WALK_LEGAL; i++) {
        if (times[i] == 1) continue;
        verdict = WALK_ILLEGAL;
        walk->witness.times = times[i];
        space_mac(space, i, walk->witness.mac);
    }
    free(times);
    return verdict;
}

/* ---- cycles: section 6 -------------------------------------------------------------------------
 */

/* Of each step; the egress is behind it. */
typedef struct {
    int64_t compute, ingress, egress;
} timing_t;

static int64_t noc_transfer(const confx_hardware_t *hardware, int64_t bytes)
{
    if (bytes == 0) return 0;
    return (int64_t)ceil(hardware->noc_latency) +
           (int64_t)ceil((double)bytes / hardware->noc_bandwidth) - 1;
}

static int64_t offchip_transfer(const confx_hardware_t *hardware, int64_t bytes)
{
    return (int64_t)ceil((double)bytes / hardware->offchip_bandwidth);
}

/* Computing a step, filling for the next one and draining the one before go on at once. */
static int64_t overlapped(const timing_t *timing, int64_t n, int64_t bound[CONFX_BOUNDS])
{
    int64_t total = timing[0].ingress + timing[n - 1].egress;
    bound[CONFX_BOUND_COMPUTE] = 0;
    bound[CONFX_BOUND_INGRESS] = timing[0].ingress;
    bound[CONFX_BOUND_EGRESS] = timing[n - 1].egress;
    for (int64_t t = 0; t < n; t++) {
        int64_t parts[CONFX_BOUNDS] = {0};
        int largest = CONFX_BOUND_COMPUTE;
        parts[CONFX_BOUND_COMPUTE] = timing[t].compute;
        if (t + 1 < n) parts[CONFX_BOUND_INGRESS] = timing[t + 1].ingress;
        if (t > 0) parts[CONFX_BOUND_EGRESS] = timing[t - 1].egress;
        for (int part = 0; part < CONFX_BOUNDS; part++)
            if (parts[part] > parts[largest]) largest = part;
        total += parts[largest];
        bound[largest] += parts[largest];
    }
    return total;
}

/* ---- the PEs and the L2 ------------------------------------------------------------------------
 */

static int64_t bytes_in(const moves_t *moves, const confx_hardware_t *hardware)
{
    return moves->reads[CONFX_TENSOR_INPUT] + moves->reads[CONFX_TENSOR_FILTER] +
           hardware->psum_bytes * moves->read_back;
}

static int64_t bytes_out(const moves_t *moves, const confx_hardware_t *hardware)
{
    return moves->finished + hardware->psum_bytes * moves->sums;
}

/* In which step, or outermost step, an output is held for the last time. */
static void find_last_steps(const steps_t *steps, store_t *store, bool outermost)
{
    int64_t mac[CONFX_DIM_COUNT];
    for (int64_t i = 0; i < steps->steps_n * steps->pes_n; i++) {
        const int64_t step = i / steps->pes_n;
        if (steps->places[i].idle) continue;
        space_first(&steps->places[i], mac);
        do {
            store->last_step[space_element(store->space, CONFX_TENSOR_OUTPUT, mac)] =
                outermost ? steps->outermost[step] : step;
        } while (space_next(store->space, &steps->places[i], mac));
    }
}

/* Sections 5.1 to 5.4, between the PEs and the L2. */
static void add_noc_moves(const moves_t *moves, bool reduction, confx_cost_t *cost)
{
    for (int tensor = CONFX_TENSOR_INPUT; tensor <= CONFX_TENSOR_FILTER; tensor++) {
        cost->l1_write[tensor] += moves->fills[tensor];
        cost->exact.noc_read[tensor] += moves->reads[tensor];
        cost->l2_read[tensor] += moves->reads[tensor];
    }
    const int64_t written = moves->finished + moves->sums;
    cost->exact.noc_read[CONFX_TENSOR_OUTPUT] += moves->read_back;
    cost->exact.noc_written += written;
    if (reduction) cost->exact.reductions += moves->let_go - written;
    cost->l2_read[CONFX_TENSOR_OUTPUT] += moves->read_back;
    cost->l2_write[CONFX_TENSOR_OUTPUT] += written;
    cost->l1_read[CONFX_TENSOR_OUTPUT] += moves->let_go - (moves->taken_up - moves->read_back);
    cost->l1_write[CONFX_TENSOR_OUTPUT] += moves->read_back;
}

/* What PEs compute and hold in a step. The cycles of the one that needs the most. */
static int64_t hold_step(const steps_t *steps, int64_t step, store_t *store, confx_cost_t *cost)
{
    int64_t compute = 0;
    for (int u = 0; u < steps->pes_n; u++) {
        const int64_t macs = store_hold(store, u, &steps->places[step * steps->pes_n + u]);
        const int64_t cycles = (int64_t)ceil((double)macs / store->hardware->simd_lanes);
        if (cycles > compute) compute = cycles;
        if (macs > 0) cost->exact.active_pe_steps++;
        cost->macs += macs;
    }
    return compute;
}

/* Step by step; `timing` has room for all of them. */
static void count_pes(const steps_t *steps, const space_t *space, const confx_hardware_t *hardware,
                      timing_t *timing, confx_cost_t *cost)
{
    store_t store = store_open(hardware, space, steps->pes_n);
    int64_t most[CONFX_TENSORS] = {0};
    find_last_steps(steps, &store, false);
    /* Behind the last step comes one in which nothing is held. */
    for (int64_t t = 0; t <= steps->steps_n; t++) {
        store_pass(&store);
        if (t < steps->steps_n) timing[t].compute = hold_step(steps, t, &store, cost);
        const moves_t moves = store_moves(&store, t - 1, hardware->multicast, hardware->reduction);
        add_noc_moves(&moves, hardware->reduction, cost);
        if (t < steps->steps_n)
            timing[t].ingress = noc_transfer(hardware, bytes_in(&moves, hardware));
        if (t > 0) timing[t - 1].egress = noc_transfer(hardware, bytes_out(&moves, hardware));
        store_measure(&store, most);
    }
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        cost->l1_read[tensor] += cost->macs;
        if (tensor == CONFX_TENSOR_OUTPUT) cost->l1_write[tensor] += cost->macs;
    }
    cost->exact.steps = steps->steps_n;
    cost->l1_bytes = store_bytes(&store, most);
    cost->exact.noc_cycles = overlapped(timing, steps->steps_n, cost->exact.bound_cycles);
    store_close(&store);
}

/* Sections 5.7 and 5.8, between the L2 and the memory off-chip. */
static void add_offchip_moves(const moves_t *moves, confx_cost_t *cost)
{
    for (int tensor = CONFX_TENSOR_INPUT; tensor <= CONFX_TENSOR_FILTER; tensor++) {
        cost->exact.offchip_read[tensor] += moves->reads[tensor];
        cost->l2_write[tensor] += moves->reads[tensor];
    }
    const int64_t written = moves->finished + moves->sums;
    cost->exact.offchip_read[CONFX_TENSOR_OUTPUT] += moves->read_back;
    cost->exact.offchip_written += written;
    cost->l2_write[CONFX_TENSOR_OUTPUT] += moves->read_back;
    cost->l2_read[CONFX_TENSOR_OUTPUT] += written;
}

/* Outermost step by outermost step; the L2 is the only holder. `inner` are the steps, `timing` has
   room for the outermost ones. */
static void count_l2(const steps_t *steps, const space_t *space, const confx_hardware_t *hardware,
                     const timing_t *inner, timing_t *timing, confx_cost_t *cost)
{
    const int64_t outermost_n = steps->outermost[steps->steps_n - 1] + 1;
    store_t store = store_open(hardware, space, 1);
    int64_t most[CONFX_TENSORS] = {0}, bound[CONFX_BOUNDS], t = 0;
    find_last_steps(steps, &store, true);
    for (int64_t w = 0; w <= outermost_n; w++) {
        store_pass(&store);
        /* The union of what all PEs hold in all steps of w. */
        for (; t < steps->steps_n && steps->outermost[t] == w; t++) {
            for (int u = 0; u < steps->pes_n; u++)
                (void)store_hold(&store, 0, &steps->places[t * steps->pes_n + u]);
            timing[w].compute += inner[t].compute;
        }
        const moves_t moves = store_moves(&store, w - 1, true, true);
        add_offchip_moves(&moves, cost);
        if (w < outermost_n)
            timing[w].ingress = offchip_transfer(hardware, bytes_in(&moves, hardware));
        if (w > 0) timing[w - 1].egress = offchip_transfer(hardware, bytes_out(&moves, hardware));
        store_measure(&store, most);
    }
    assert(t == steps->steps_n);
    cost->l2_bytes = store_bytes(&store, most);
    cost->exact.offchip_cycles = overlapped(timing, outermost_n, bound);
    store_close(&store);
}

static void count(const steps_t *steps, const space_t *space, const confx_hardware_t *hardware,
                  confx_cost_t *cost)
{
    timing_t *inner = calloc((size_t)steps->steps_n, sizeof *inner);
    timing_t *outer = calloc((size_t)steps->steps_n, sizeof *outer);
    if (inner == NULL || outer == NULL) abort();
    cost->exact.outputs = space->outputs_n;
    count_pes(steps, space, hardware, inner, cost);
    count_l2(steps, space, hardware, inner, outer, cost);
    const confx_cost_exact_t *exact = &cost->exact;
    cost->runtime_cycles =
        exact->noc_cycles > exact->offchip_cycles ? exact->noc_cycles : exact->offchip_cycles;
    free(inner);
    free(outer);
}

walk_t walk_layer(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                  const confx_hardware_t *hardware, int64_t pes, int64_t buffer)
{
    walk_t walk = {.verdict = WALK_REFUSED};
    steps_t steps;
    if (steps_open(dataflow, layer, pes, buffer, &steps, &walk)) {
        const space_t space = space_of(layer, steps.extent);
        walk.verdict = WALK_TOO_LARGE;
        if (!steps.too_large && space.macs_n <= WALK_MACS_MAX)
            walk.verdict = judge(&steps, &space, &walk);
        if (walk.verdict == WALK_LEGAL) count(&steps, &space, hardware, &walk.cost);
    }
    steps_close(&steps);
    return walk;
}
