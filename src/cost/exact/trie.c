#include "cost/exact/trie.h"

#include "confx/array.h"
#include "cost/exact/place.h"
#include "cost/language/tensor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A unit on its way down the levels: where its parent is, and the tiles that it has been dealt. */
typedef struct {
    int64_t unit;
    region_t place; /* of the last level that is complete */
    int64_t tile[CONFX_DIM_COUNT];
} trie_dealt_t;

typedef struct {
    const plan_t *plan;
    const plan_group_t *group;
    trie_t *trie;
    trie_dealt_t *partials; /* one list behind the other, of the loops from the outermost on */
    size_t partials_n, partials_room;
    int64_t tuple[PLAN_LOOPS_MAX], before[PLAN_LOOPS_MAX]; /* of this leaf and of the last one */
    uint64_t *done;                                        /* a bit for each MAC of the group */
    int64_t macs, worked;                                  /* there are; are done so far */
    size_t visits;
    confx_cost_fault_t fault;
} trie_build_t;

/* The items, with room for one more than n; NULL, and they are where they were, if there is none.
 */
static void *trie_grown(void *items, size_t *room, size_t n, size_t size)
{
    return n < TRIE_MOST ? array_grown(items, room, n + 1, size) : NULL;
}

/* False: no room for one more. */
static bool trie_grow_elements(trie_t *trie)
{
    int32_t *grown =
        trie_grown(trie->elements, &trie->elements_room, trie->elements_n, sizeof *grown);
    if (grown != NULL) trie->elements = grown;
    return grown != NULL;
}

static bool trie_grow_units(trie_t *trie)
{
    trie_unit_t *grown = trie_grown(trie->units, &trie->units_room, trie->units_n, sizeof *grown);
    if (grown != NULL) trie->units = grown;
    return grown != NULL;
}

static bool trie_grow_leaves(trie_t *trie)
{
    trie_leaf_t *grown =
        trie_grown(trie->leaves, &trie->leaves_room, trie->leaves_n, sizeof *grown);
    if (grown != NULL) trie->leaves = grown;
    return grown != NULL;
}

static bool trie_grow_partials(trie_build_t *build)
{
    trie_dealt_t *grown =
        trie_grown(build->partials, &build->partials_room, build->partials_n, sizeof *grown);
    if (grown != NULL) build->partials = grown;
    return grown != NULL;
}

/* ---- elements -------------------------------------------------------------------------------- */

/* The elements of one tensor in one place. */
typedef struct {
    trie_build_t *build;
    const region_t *place;
    uint32_t dims; /* of the group and the tensor */
    bool input;
} trie_elements_t;

static void trie_emit(trie_build_t *build, int64_t element)
{
    trie_t *trie = build->trie;
    if (!trie_grow_elements(trie)) {
        build->fault = CONFX_COST_LARGE;
        return;
    }
    assert(trie->elements_n < trie->elements_room && element >= 0 && element <= INT32_MAX);
    trie->elements[trie->elements_n++] = (int32_t)element;
}

static void trie_emit_from(const trie_elements_t *elements, int dim, int64_t base);

/* Rows that the window touches at any of the outputs, each once. */
static void trie_emit_rows(const trie_elements_t *elements, int dim, int64_t base)
{
    const plan_t *plan = elements->build->plan;
    const interval_t outputs = elements->place->mac[dim];
    const interval_t window = elements->place->mac[plan_window((confx_dim_t)dim)];
    int64_t next = 0;
    for (int64_t out = outputs.from; out < outputs.to; out++) {
        const int64_t start = out * plan->stride[dim];
        /* Windows of neighbours overlap where they are higher than the stride: what the one before
           has emitted is passed over. */
        const int64_t from = start + window.from > next ? start + window.from : next;
        next = start + window.to;
        for (int64_t row = from; row < next; row++)
            trie_emit_from(elements, dim + 1, base * plan->dim[dim] + row);
    }
}

static void trie_emit_from(const trie_elements_t *elements, int dim, int64_t base)
{
    while (dim < CONFX_DIM_COUNT && !(elements->dims >> dim & 1)) dim++;
    if (dim == CONFX_DIM_COUNT) {
        trie_emit(elements->build, base);
        return;
    }
    if (elements->input && (dim == CONFX_DIM_Y || dim == CONFX_DIM_X)) {
        trie_emit_rows(elements, dim, base);
        return;
    }
    /* Elements are numbered in mixed radix over the tensor's dimensions, the last one fastest. */
    const interval_t own = elements->place->mac[dim];
    for (int64_t i = own.from; i < own.to; i++)
        trie_emit_from(elements, dim + 1, base * elements->build->plan->extent[dim] + i);
}

/* The dimensions of the group by which a tensor's elements are numbered: of the input R and S are
   within rows and columns. */
static uint32_t trie_tensor_dims(const plan_t *plan, const plan_group_t *group, int tensor)
{
    uint32_t dims = group->dims & plan_tensor_dims(plan->layer->type, (confx_tensor_t)tensor);
    if (tensor == CONFX_TENSOR_INPUT) dims &= ~(dim_bit(CONFX_DIM_R) | dim_bit(CONFX_DIM_S));
    return dims;
}

/* ---- work ------------------------------------------------------------------------------------ */

/* Mark the MACs of a place as done; false at one that was done before. */
static bool trie_do(trie_build_t *build, const region_t *place, int dim, int64_t base)
{
    while (dim < CONFX_DIM_COUNT && !(build->group->dims >> dim & 1)) dim++;
    if (dim == CONFX_DIM_COUNT) {
        /* A MAC that two units do makes the mapping illegal, and so does one that nobody does,
           which the number of those done tells at the end. */
        const uint64_t bit = UINT64_C(1) << (base & 63);
        if (build->done[base >> 6] & bit) return false;
        build->done[base >> 6] |= bit;
        build->worked++;
        return true;
    }
    for (int64_t i = place->mac[dim].from; i < place->mac[dim].to; i++)
        if (!trie_do(build, place, dim + 1, base * build->plan->extent[dim] + i)) return false;
    return true;
}

static int64_t trie_volume(const trie_build_t *build, const region_t *place)
{
    int64_t volume = 1;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (build->group->dims >> dim & 1) volume *= place->mac[dim].to - place->mac[dim].from;
    return volume;
}

static void trie_add_unit(trie_build_t *build, const trie_dealt_t *partial)
{
    trie_t *trie = build->trie;
    if (!trie_grow_units(trie)) {
        build->fault = CONFX_COST_LARGE;
        return;
    }
    /* A MAC that another unit or an earlier step has done already makes the mapping illegal. */
    if (!trie_do(build, &partial->place, 0, 0)) {
        build->fault = CONFX_COST_ILLEGAL;
        return;
    }
    trie_unit_t *unit = &trie->units[trie->units_n++];
    unit->unit = partial->unit;
    unit->volume = trie_volume(build, &partial->place);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const trie_elements_t elements = {build, &partial->place,
                                          trie_tensor_dims(build->plan, build->group, tensor),
                                          tensor == CONFX_TENSOR_INPUT};
        unit->from[tensor] = trie->elements_n;
        trie_emit_from(&elements, 0, 0);
        unit->n[tensor] = trie->elements_n - unit->from[tensor];
    }
}

static void trie_add_leaf(trie_build_t *build, size_t from, size_t to)
{
    trie_t *trie = build->trie;
    if (!trie_grow_leaves(trie)) {
        build->fault = CONFX_COST_LARGE;
        return;
    }
    trie_leaf_t leaf = {.from = trie->units_n, .n = to - from};
    for (size_t i = from; i < to; i++) {
        trie_add_unit(build, &build->partials[i]);
        if (build->fault != CONFX_COST_VALID) return;
        const int64_t volume = trie->units[trie->units_n - 1].volume;
        if (volume > leaf.volume) leaf.volume = volume;
    }
    /* The leaf is one more only when all of its units are there. */
    while (trie->leaves_n > 0 && leaf.common < trie->depth &&
           build->tuple[leaf.common] == build->before[leaf.common])
        leaf.common++;
    memcpy(build->before, build->tuple, (size_t)trie->depth * sizeof *build->tuple);
    trie->leaves[trie->leaves_n++] = leaf;
}

/* ---- the descent ----------------------------------------------------------------------------- */

/* The largest tile number that a unit of this place takes part with in a loop. */
static int64_t trie_last_tile(const plan_loop_t *loop, const region_t *place)
{
    int64_t last = INT64_MAX;
    for (int i = 0; i < loop->maps_n; i++) {
        const int64_t tiles = plan_tiles(&loop->maps[i], place_length(&loop->maps[i], place));
        if (tiles - 1 < last) last = tiles - 1;
    }
    return last;
}

/* A copy of a partial unit, with a tile of each map of the loop. */
static void trie_deal(trie_build_t *build, const plan_loop_t *loop, size_t parent, int64_t unit,
                      int64_t tile)
{
    if (!trie_grow_partials(build)) {
        build->fault = CONFX_COST_LARGE;
        return;
    }
    trie_dealt_t *partial = &build->partials[build->partials_n++];
    *partial = build->partials[parent];
    partial->unit = unit;
    for (int i = 0; i < loop->maps_n; i++) partial->tile[loop->maps[i].dim] = tile;
}

/* Section 2.4: in step t unit j has tile t n + j; those without one are left out. */
static void trie_deal_all(trie_build_t *build, const plan_loop_t *loop, size_t parent, int64_t step)
{
    const int64_t n = build->plan->units[loop->level];
    const int64_t last = trie_last_tile(loop, &build->partials[parent].place);
    const int64_t unit = build->partials[parent].unit;
    if (!loop->spatial) {
        if (step <= last) trie_deal(build, loop, parent, unit, step);
        return;
    }
    for (int64_t j = 0; j < n && step * n + j <= last && build->fault == CONFX_COST_VALID; j++)
        trie_deal(build, loop, parent, unit * n + j, step * n + j);
}

/* Once all loops of a level have their index, its units' places are known. */
static bool trie_settle(const trie_build_t *build, int depth, trie_dealt_t *partial)
{
    const plan_t *plan = build->plan;
    const region_t parent = partial->place;
    const int level = plan->loops[build->group->loops[depth]].level;
    /* The windows come first: what rows and outputs mean depends on the unit's own window. */
    for (int pass = 0; pass < 2; pass++)
        for (int d = depth; d >= 0; d--) {
            const plan_loop_t *loop = &plan->loops[build->group->loops[d]];
            if (loop->level != level) break;
            for (int i = 0; i < loop->maps_n; i++) {
                const plan_map_t *map = &loop->maps[i];
                const bool late = map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X;
                if (late == (pass == 1) &&
                    !place_narrow(plan, map, partial->tile[map->dim], &parent, &partial->place))
                    return false;
            }
        }
    return true;
}

static void trie_settle_all(trie_build_t *build, int depth, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < build->partials_n; i++) {
        if (!trie_settle(build, depth, &build->partials[i])) continue;
        if (kept != i) build->partials[kept] = build->partials[i];
        kept++;
    }
    build->partials_n = kept;
}

static int64_t trie_steps(const trie_build_t *build, const plan_loop_t *loop, size_t from,
                          size_t to)
{
    const int64_t n = loop->spatial ? build->plan->units[loop->level] : 1;
    int64_t steps = 0;
    for (size_t i = from; i < to; i++) {
        const int64_t own = trie_last_tile(loop, &build->partials[i].place) / n + 1;
        if (own > steps) steps = own;
    }
    return steps;
}

static bool trie_level_ends(const trie_build_t *build, int depth)
{
    const plan_t *plan = build->plan;
    const uint8_t *loops = build->group->loops;
    return depth + 1 == build->group->loops_n ||
           plan->loops[loops[depth + 1]].level != plan->loops[loops[depth]].level;
}

/* All leaves below the first `depth` indices, where the units of partials [from, to) take part. */
static void trie_descend(trie_build_t *build, int depth, size_t from, size_t to)
{
    if (depth == build->trie->depth) {
        trie_add_leaf(build, from, to);
        return;
    }
    const plan_loop_t *loop = &build->plan->loops[build->group->loops[depth]];
    const int64_t steps = trie_steps(build, loop, from, to);
    for (int64_t step = 0; step < steps && build->fault == CONFX_COST_VALID; step++) {
        /* The units of this step stand behind those of the levels above, and go when all leaves
           below them are there: the list is a stack. */
        for (size_t i = from; i < to; i++) trie_deal_all(build, loop, i, step);
        if (trie_level_ends(build, depth)) trie_settle_all(build, depth, to);
        build->tuple[depth] = step;
        /* Steps without work do not exist; but going through them takes time as well. */
        if (++build->visits > TRIE_MOST) build->fault = CONFX_COST_LARGE;
        if (build->partials_n > to && build->fault == CONFX_COST_VALID)
            trie_descend(build, depth + 1, to, build->partials_n);
        build->partials_n = to;
    }
}

/* ---- first and last visits ------------------------------------------------------------------- */

static int64_t trie_mark(const trie_t *trie, const trie_leaf_t *leaf, uint8_t *seen)
{
    int64_t marked = 0;
    for (size_t i = leaf->from; i < leaf->from + leaf->n; i++) {
        const trie_unit_t *unit = &trie->units[i];
        const int32_t *elements = &trie->elements[unit->from[CONFX_TENSOR_OUTPUT]];
        for (size_t j = 0; j < unit->n[CONFX_TENSOR_OUTPUT]; j++) {
            marked += !seen[elements[j]];
            seen[elements[j]] = 1;
        }
    }
    return marked;
}

static bool trie_count_visits(trie_t *trie)
{
    const size_t outputs = (size_t)trie->space[CONFX_TENSOR_OUTPUT];
    uint8_t *seen = calloc(2 * outputs, 1);
    if (seen == NULL) return false;
    for (size_t i = 0; i < trie->leaves_n; i++) {
        trie_leaf_t *back = &trie->leaves[trie->leaves_n - 1 - i];
        trie->leaves[i].first = trie_mark(trie, &trie->leaves[i], seen);
        /* From the front the leaf that first holds an output marks it, from the back the one that
           holds it last. */
        back->last = trie_mark(trie, back, seen + outputs);
    }
    free(seen);
    return true;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static bool trie_measure(trie_build_t *build)
{
    const plan_t *plan = build->plan;
    trie_t *trie = build->trie;
    build->macs = 1;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (build->group->dims >> dim & 1) build->macs *= plan->extent[dim];
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const uint32_t dims = trie_tensor_dims(plan, build->group, tensor);
        trie->space[tensor] = 1;
        for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
            if (dims >> dim & 1)
                trie->space[tensor] *=
                    tensor == CONFX_TENSOR_INPUT ? plan->dim[dim] : plan->extent[dim];
        /* There is an entry for each element of a tensor's part, and a bit for each MAC, so that
           groups that are too large are refused before anything is taken. */
        if (trie->space[tensor] > 8 * (int64_t)TRIE_MOST) return false;
    }
    return build->macs <= 8 * (int64_t)TRIE_MOST;
}

static void trie_build(trie_build_t *build)
{
    region_t whole;
    build->done = calloc((size_t)(build->macs / 64 + 1), sizeof *build->done);
    if (build->done == NULL || !trie_grow_partials(build)) {
        build->fault = CONFX_COST_LARGE;
        return;
    }
    place_whole(build->plan, &whole);
    build->partials[build->partials_n++] = (trie_dealt_t){.unit = 0, .place = whole};
    trie_descend(build, 0, 0, 1);
    /* No MAC was done twice; if some were not done at all the mapping is illegal too. */
    if (build->fault == CONFX_COST_VALID && build->worked < build->macs)
        build->fault = CONFX_COST_ILLEGAL;
    if (build->fault == CONFX_COST_VALID && !trie_count_visits(build->trie))
        build->fault = CONFX_COST_LARGE;
}

confx_cost_fault_t trie_open(const plan_t *plan, int group, trie_t *trie)
{
    trie_build_t build = {
        .plan = plan, .group = &plan->groups[group], .trie = trie, .fault = CONFX_COST_VALID};
    *trie = (trie_t){.depth = plan->groups[group].loops_n};
    if (!trie_measure(&build)) return CONFX_COST_LARGE;
    trie_build(&build);
    free(build.partials);
    free(build.done);
    return build.fault;
}

void trie_close(trie_t *trie)
{
    free(trie->leaves);
    free(trie->units);
    free(trie->elements);
}

/* ---- outermost steps ------------------------------------------------------------------------- */

/* Add a tensor's elements of leaves [from, to) to the last unit, each once: `stamp` is its own. */
static bool trie_unite(const trie_t *fine, size_t from, size_t to, int tensor, uint32_t *stamps,
                       trie_t *trie)
{
    trie_unit_t *unit = &trie->units[trie->units_n - 1];
    const uint32_t stamp = (uint32_t)trie->units_n;
    const size_t end = fine->leaves[to - 1].from + fine->leaves[to - 1].n;
    unit->from[tensor] = trie->elements_n;
    for (size_t i = fine->leaves[from].from; i < end; i++) {
        const int32_t *elements = &fine->elements[fine->units[i].from[tensor]];
        for (size_t j = 0; j < fine->units[i].n[tensor]; j++) {
            /* The number of the unit stands where it has been: an element that several fine units
               hold is one element of the outermost step, and nothing need be cleared between
               steps. */
            if (stamps[elements[j]] == stamp) continue;
            stamps[elements[j]] = stamp;
            if (!trie_grow_elements(trie)) return false;
            trie->elements[trie->elements_n++] = elements[j];
        }
    }
    unit->n[tensor] = trie->elements_n - unit->from[tensor];
    return true;
}

static bool trie_add_outermost(const trie_t *fine, size_t from, size_t to,
                               uint32_t *const stamps[CONFX_TENSORS], trie_t *trie)
{
    if (!trie_grow_leaves(trie) || !trie_grow_units(trie)) return false;
    trie->units[trie->units_n++] = (trie_unit_t){.unit = 0};
    trie->leaves[trie->leaves_n++] = (trie_leaf_t){.from = trie->units_n - 1,
                                                   .n = 1,
                                                   .common = fine->leaves[from].common,
                                                   .volume = (int64_t)from};
    bool made = true;
    for (int tensor = 0; tensor < CONFX_TENSORS && made; tensor++)
        made = trie_unite(fine, from, to, tensor, stamps[tensor], trie);
    return made;
}

static bool trie_cut(const trie_t *fine, uint32_t *const stamps[CONFX_TENSORS], trie_t *trie)
{
    size_t from = 0;
    for (size_t i = 1; i <= fine->leaves_n; i++) {
        /* As long as a leaf has the outermost indices of the one before, it belongs to the same
           outermost step. */
        if (i < fine->leaves_n && fine->leaves[i].common >= trie->depth) continue;
        if (!trie_add_outermost(fine, from, i, stamps, trie)) return false;
        from = i;
    }
    return trie_count_visits(trie);
}

confx_cost_fault_t trie_outermost(const trie_t *fine, int depth, trie_t *trie)
{
    uint32_t *stamps[CONFX_TENSORS];
    bool made = true;
    *trie = (trie_t){.depth = depth};
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        trie->space[tensor] = fine->space[tensor];
        /* Zero is no unit's number: nothing has been seen yet. */
        stamps[tensor] = calloc((size_t)fine->space[tensor], sizeof *stamps[tensor]);
        made = made && stamps[tensor] != NULL;
    }
    made = made && trie_cut(fine, stamps, trie);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) free(stamps[tensor]);
    return made ? CONFX_COST_VALID : CONFX_COST_LARGE;
}
