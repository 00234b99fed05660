/* What the engine tells of an evaluation, written down. */
#include "confx/try.h"
#include "cost/explain/explain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- one case -------------------------------------------------------------------------------- */

/* Cases come in section 4's order, so that a case's number names its states. */
static void trace_name_phases(const tile_t *tile, int64_t number, int64_t occurrences,
                              char phases[CONFX_DIM_COUNT + 1])
{
    const int maps_n = tile->level->maps_n;
    int64_t inside = 1, product = 1;
    assert(maps_n <= CONFX_DIM_COUNT);
    for (int i = 0; i < maps_n; i++) inside *= tile->states[i].n; /* at most 3^9 */
    for (int i = 0; i < maps_n; i++) {
        const states_t *states = &tile->states[i];
        /* `inside` is the number of cases of the maps behind this one. */
        inside /= states->n;
        const state_t *state = &states->state[(number + inside - 1) / inside % states->n];
        phases[i] = state->phase == PHASE_INIT && state->edge ? 'i' : "ISE"[state->phase];
        product *= state->occurrences;
    }
    assert(product == occurrences); /* it is this case that the engine has told */
    (void)product;
    (void)occurrences;
    phases[maps_n] = 0;
}

/* Which of the engine's cycles the delay is; among equals the one that comes first in this
   order. */
static bound_t trace_bound(const kind_t *kind, bool first)
{
    if (first) return kind->delay == kind->compute + kind->fill ? BOUND_FIRST : BOUND_OFFCHIP;
    if (kind->delay == kind->compute) return BOUND_COMPUTE;
    if (kind->delay == kind->fill) return BOUND_INGRESS;
    return kind->delay == kind->drain ? BOUND_EGRESS : BOUND_OFFCHIP;
}

static row_t trace_row(const evaluation_walk_t *walk, const kind_t *kind, int64_t number,
                       int64_t occurrences)
{
    const volumes_t *volumes = &kind->volumes;
    row_t row = {.valid = volumes->critical > 0,
                 .stopped = walk->analysis->fault != CONFX_COST_VALID,
                 .bound = BOUND_COMPUTE,
                 .occurrences = occurrences,
                 .egress = volumes->egress,
                 .macs = volumes->macs,
                 .critical = volumes->critical};
    trace_name_phases(&walk->tile, number, occurrences, row.phases);
    for (int tensor = 0; tensor < INGRESSES; tensor++)
        row.ingress[tensor] = volumes->ingress[tensor];
    /* The engine has no cycles of cases that MAESTRO passes over, or refuses. */
    if (!row.valid || row.stopped) return row;
    row.compute = kind->compute;
    row.fill = kind->fill;
    row.drain = kind->drain;
    row.delay = kind->delay;
    row.bound = trace_bound(kind, number == 0);
    return row;
}

static bool trace_fits(int64_t occurrences, int64_t cycles, int64_t *sum)
{
    int64_t product;
    return !__builtin_mul_overflow(occurrences, cycles, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

/* False: a sum of cycles does not fit. The engine finds that out when it adds up, which is after
   the cases were told. Its bound on a tile's counts holds for all other sums. */
static bool trace_add(const row_t *row, row_t *sum)
{
    assert(row->occurrences > 0);
    sum->occurrences += row->occurrences;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        sum->ingress[tensor] += row->occurrences * row->ingress[tensor];
    sum->egress += row->occurrences * row->egress;
    sum->macs += row->occurrences * row->macs;
    return trace_fits(row->occurrences, row->compute, &sum->compute) &&
           trace_fits(row->occurrences, row->fill, &sum->fill) &&
           trace_fits(row->occurrences, row->drain, &sum->drain) &&
           trace_fits(row->occurrences, row->delay, &sum->delay);
}

/* ---- what the engine calls ------------------------------------------------------------------- */

static explanation_walk_t *trace_find(const explanation_t *explanation, int depth,
                                      const int64_t dim[CONFX_DIM_COUNT])
{
    for (explanation_walk_t *walk = explanation->walks; walk; walk = walk->next)
        if (walk->depth == depth && memcmp(walk->dim, dim, sizeof walk->dim) == 0) return walk;
    return NULL;
}

static explanation_walk_t *trace_new_walk(explanation_t *explanation, int depth,
                                          const int64_t dim[CONFX_DIM_COUNT])
{
    explanation_walk_t *walk = calloc(1, sizeof *walk);
    if (walk == NULL) {
        explanation->full = true;
        return NULL;
    }
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

static void trace_begin(void *watcher, const evaluation_walk_t *walk,
                        const int64_t dim[CONFX_DIM_COUNT])
{
    explanation_t *explanation = watcher;
    const int depth = walk->depth;
    assert((explanation->walks == NULL) == (depth == 0) || explanation->full);
    if (depth == 0) {
        explanation->levels = walk->analysis->levels;
        explanation->built = true;
    }
    /* The engine knows a tile by the maps at their edge. Where an edge is as wide as a full tile it
       goes through equal tiles twice: once is enough to read. */
    explanation->now[depth] =
        trace_find(explanation, depth, dim) ? NULL : trace_new_walk(explanation, depth, dim);
}

static void trace_visit(void *watcher, const evaluation_walk_t *walk, const kind_t *kind,
                        int64_t occurrences)
{
    explanation_t *explanation = watcher;
    explanation_walk_t *told = explanation->now[walk->depth];
    if (told == NULL || explanation->large) return;
    const row_t row = trace_row(walk, kind, told->cases++, occurrences);
    if (told->rows_n < TURNS_SHOWN)
        told->rows[told->rows_n++] = row;
    else
        explanation->large = !trace_add(&row, &told->rest);
    if (!row.valid || row.stopped || explanation->large) return;
    explanation->large = !trace_add(&row, &told->sum);
    if (explanation->large) return;
    /* A part of the sum of delays, which fits. */
    told->bound_cycles[row.bound] += row.occurrences * row.delay;
}

static void trace_end(void *watcher, const evaluation_walk_t *walk)
{
    explanation_t *explanation = watcher;
    explanation_walk_t *told = explanation->now[walk->depth];
    if (told == NULL) return;
    told->active = walk->active;
    if (walk->traffic == NULL) return;
    memcpy(told->need, walk->traffic->need, sizeof told->need);
    told->offchip = walk->traffic->offchip;
}

/* ---- the whole ------------------------------------------------------------------------------- */

bool explanation_has_figures(const explanation_t *explanation)
{
    const confx_cost_fault_t fault = explanation->cost.fault;
    return fault == CONFX_COST_VALID || fault == CONFX_COST_NO_CASE || fault == CONFX_COST_NEGATIVE;
}

confx_status_t explanation_open(const evaluation_point_t *point, explanation_t *explanation)
{
    const evaluation_watch_t watch = {
        .watcher = explanation, .begin = trace_begin, .visit = trace_visit, .end = trace_end};
    *explanation = (explanation_t){.point = *point};
    evaluation_evaluate(point, &watch, &explanation->cost);
    if (explanation->full) {
        explanation_close(explanation);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for an explanation");
    }
    /* What was counted before a count could have become too large is not worth being shown. */
    assert(!explanation->large || !explanation_has_figures(explanation));
    if (explanation->cost.fault == CONFX_COST_OVERFLOW || explanation->large) {
        explanation_close(explanation);
        explanation->built = false;
    }
    if (explanation->built && explanation_has_figures(explanation))
        explanation_mac_difference(explanation);
    return status_ok();
}

void explanation_close(explanation_t *explanation)
{
    for (explanation_walk_t *walk = explanation->walks, *next; walk; walk = next) {
        next = walk->next;
        free(walk);
    }
    explanation->walks = explanation->last = NULL;
}
