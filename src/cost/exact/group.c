#include "cost/exact/group.h"

#include "cost/exact/trie.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NO_LEAF = -1, GROUP_CLASSES_MOST = 1 << 20 };

typedef struct {
    const trie_t *trie, *below; /* below: of outermost steps all steps, else NULL */
    network_t network;
    group_t *group;
    /* By element: units of the leaf behind that hold it, and those of them that held it before. */
    uint32_t *need[CONFX_TENSORS], *have[CONFX_TENSORS];
    uint64_t *stamps[CONFX_TENSORS]; /* the last unit that was seen to hold it before */
    uint64_t stamp;
} group_work_t;

/* ---- factors of one transition --------------------------------------------------------------- */

typedef struct {
    int64_t held, kept, any, still, carried;
} group_overlap_t;

static void group_take_up(group_work_t *work, int tensor, const trie_unit_t *unit, bool stamped,
                          group_overlap_t *overlap)
{
    const int32_t *elements = &work->trie->elements[unit->from[tensor]];
    uint32_t *need = work->need[tensor], *have = work->have[tensor];
    for (size_t i = 0; i < unit->n[tensor]; i++) {
        const int32_t element = elements[i];
        overlap->any += need[element]++ == 0;
        if (!stamped || work->stamps[tensor][element] != work->stamp) continue;
        overlap->carried += have[element]++ == 0;
        overlap->kept++;
    }
    overlap->held += (int64_t)unit->n[tensor];
}

/* The unit's elements before are stamped with a number that no other unit ever had. */
static void group_stamp(group_work_t *work, int tensor, const trie_unit_t *unit)
{
    const int32_t *elements = &work->trie->elements[unit->from[tensor]];
    work->stamp++;
    for (size_t i = 0; i < unit->n[tensor]; i++) work->stamps[tensor][elements[i]] = work->stamp;
}

/* Count the elements that all who need them have; and leave need and have at zero. */
static void group_clear(group_work_t *work, int tensor, const trie_leaf_t *behind,
                        group_overlap_t *overlap)
{
    uint32_t *need = work->need[tensor], *have = work->have[tensor];
    for (size_t i = behind->from; i < behind->from + behind->n; i++) {
        const trie_unit_t *unit = &work->trie->units[i];
        const int32_t *elements = &work->trie->elements[unit->from[tensor]];
        for (size_t j = 0; j < unit->n[tensor]; j++) {
            overlap->still += need[elements[j]] > 0 && need[elements[j]] == have[elements[j]];
            need[elements[j]] = have[elements[j]] = 0;
        }
    }
}

/* An empty leaf stands for before the first step. */
static group_overlap_t group_overlap(group_work_t *work, int tensor, const trie_leaf_t *before,
                                     const trie_leaf_t *behind)
{
    group_overlap_t overlap = {0, 0, 0, 0, 0};
    const trie_unit_t *units = work->trie->units;
    size_t i = before->from;
    const size_t end = before->from + before->n;
    for (size_t j = behind->from; j < behind->from + behind->n; j++) {
        while (i < end && units[i].unit < units[j].unit) i++;
        const bool both = i < end && units[i].unit == units[j].unit;
        if (both) group_stamp(work, tensor, &units[i]);
        group_take_up(work, tensor, &units[j], both, &overlap);
    }
    group_clear(work, tensor, behind, &overlap);
    return overlap;
}

static const trie_leaf_t *group_leaf(const group_work_t *work, int64_t leaf)
{
    static const trie_leaf_t none = {.n = 0};
    return leaf == NO_LEAF ? &none : &work->trie->leaves[leaf];
}

static factors_t group_factors(group_work_t *work, int64_t from, int64_t to)
{
    const trie_leaf_t *before = group_leaf(work, from), *behind = group_leaf(work, to);
    const trie_leaf_t none = {.n = 0};
    const group_overlap_t input = group_overlap(work, CONFX_TENSOR_INPUT, before, behind);
    const group_overlap_t filter = group_overlap(work, CONFX_TENSOR_FILTER, before, behind);
    const group_overlap_t output = group_overlap(work, CONFX_TENSOR_OUTPUT, before, behind);
    const group_overlap_t left = group_overlap(work, CONFX_TENSOR_OUTPUT, &none, before);
    return (factors_t){{
        [INPUT_HELD] = input.held,
        [INPUT_KEPT] = input.kept,
        [INPUT_ANY] = input.any,
        [INPUT_STILL] = input.still,
        [FILTER_HELD] = filter.held,
        [FILTER_KEPT] = filter.kept,
        [FILTER_ANY] = filter.any,
        [FILTER_STILL] = filter.still,
        [OUTPUT_HELD] = output.held,
        [OUTPUT_KEPT] = output.kept,
        [OUTPUT_ANY] = output.any,
        [OUTPUT_CARRIED] = output.carried,
        [OUTPUT_FIRST] = behind->first,
        [OUTPUT_LEFT_HELD] = left.held,
        [OUTPUT_LEFT_ANY] = left.any,
        [OUTPUT_LAST] = before->last,
    }};
}

/* ---- classes --------------------------------------------------------------------------------- */

static int group_compare(const void *left, const void *right)
{
    const class_t *one = left, *other = right;
    if (one->to != other->to) return one->to < other->to ? -1 : 1;
    if (one->from != other->from) return one->from < other->from ? -1 : 1;
    for (int i = 0; i < TRAITS; i++)
        if (one->of[i] != other->of[i]) return one->of[i] < other->of[i] ? -1 : 1;
    return 0;
}

/* Sort the classes and make one of those that are alike. */
static void group_merge(group_t *group)
{
    size_t kept = 0;
    if (group->classes_n == 0) return;
    qsort(group->classes, group->classes_n, sizeof *group->classes, group_compare);
    for (size_t i = 1; i < group->classes_n; i++) {
        if (group_compare(&group->classes[kept], &group->classes[i]) == 0)
            group->classes[kept].leaves += group->classes[i].leaves;
        else
            group->classes[++kept] = group->classes[i];
    }
    group->classes_n = kept + 1;
}

static bool group_add_class(group_t *group, const class_t *class)
{
    if (group->classes_n == group->classes_room) {
        /* Merging first keeps the table small: it grows only where it stays half full. */
        group_merge(group);
        const size_t room = group->classes_n < group->classes_room / 2 ? group->classes_room
                            : group->classes_room                      ? 2 * group->classes_room
                                                                       : 256;
        class_t *grown = room > GROUP_CLASSES_MOST
                             ? NULL
                             : realloc(group->classes, room * sizeof *group->classes);
        if (grown == NULL) return false;
        group->classes = grown;
        group->classes_room = room;
    }
    group->classes[group->classes_n++] = *class;
    return true;
}

static void group_set_traits(const group_work_t *work, const factors_t *to, const factors_t *from,
                             class_t *class)
{
    const bool multicast = work->network.multicast, reduction = work->network.reduction;
    int64_t *of = class->of;
    of[EGRESS_LEFT] = to->of[reduction ? OUTPUT_LEFT_ANY : OUTPUT_LEFT_HELD];
    of[EGRESS_KEPT] = to->of[reduction ? OUTPUT_CARRIED : OUTPUT_KEPT];
    of[EGRESS_LAST] = to->of[OUTPUT_LAST];
    of[INGRESS_INPUT] = from->of[multicast ? INPUT_ANY : INPUT_HELD];
    of[INGRESS_INPUT_KEPT] = from->of[multicast ? INPUT_STILL : INPUT_KEPT];
    of[INGRESS_FILTER] = from->of[multicast ? FILTER_ANY : FILTER_HELD];
    of[INGRESS_FILTER_KEPT] = from->of[multicast ? FILTER_STILL : FILTER_KEPT];
    of[INGRESS_OUTPUT] = from->of[reduction ? OUTPUT_ANY : OUTPUT_HELD];
    of[INGRESS_OUTPUT_KEPT] = from->of[reduction ? OUTPUT_CARRIED : OUTPUT_KEPT];
    of[INGRESS_FIRST] = from->of[OUTPUT_FIRST];
}

/* ---- what outermost steps compute ------------------------------------------------------------ */

static int group_compare_work(const void *left, const void *right)
{
    const work_t *one = left, *other = right;
    return (one->volume > other->volume) - (one->volume < other->volume);
}

static bool group_add_work(group_t *group, int64_t volume)
{
    if (group->work_n == group->work_room) {
        const size_t room = group->work_room ? 2 * group->work_room : 64;
        work_t *grown = realloc(group->work, room * sizeof *grown);
        if (grown == NULL) return false;
        group->work = grown;
        group->work_room = room;
    }
    group->work[group->work_n++] = (work_t){volume, 1};
    return true;
}

/* Sort what stands behind `from` and make one of equal volumes. */
static void group_merge_work(group_t *group, size_t from)
{
    size_t kept = from;
    qsort(&group->work[from], group->work_n - from, sizeof *group->work, group_compare_work);
    for (size_t i = from + 1; i < group->work_n; i++) {
        if (group->work[kept].volume == group->work[i].volume)
            group->work[kept].steps += group->work[i].steps;
        else
            group->work[++kept] = group->work[i];
    }
    group->work_n = kept + 1;
}

static bool group_same_work(const group_t *group, size_t number, size_t from)
{
    const size_t n = group->works[number + 1] - group->works[number];
    const work_t *one = &group->work[group->works[number]], *other = &group->work[from];
    if (n != group->work_n - from) return false;
    for (size_t i = 0; i < n; i++)
        if (one[i].volume != other[i].volume || one[i].steps != other[i].steps) return false;
    return true;
}

/* The number of the work of leaves [from, to) below an outermost step; -1: no memory. */
static int64_t group_number_work(group_work_t *work, size_t from, size_t to)
{
    group_t *group = work->group;
    if (group->works_n + 2 > group->works_room) {
        const size_t room = group->works_room ? 2 * group->works_room : 64;
        size_t *grown = realloc(group->works, room * sizeof *grown);
        if (grown == NULL) return -1;
        group->works = grown;
        group->works_room = room;
    }
    group->works[0] = 0;
    const size_t start = group->works[group->works_n];
    for (size_t i = from; i < to; i++)
        if (!group_add_work(group, work->below->leaves[i].volume)) return -1;
    group_merge_work(group, start);
    /* Neighbours are mostly alike, so that the last ones are asked first. */
    for (size_t number = group->works_n; number-- > 0;) {
        if (!group_same_work(group, number, start)) continue;
        group->work_n = start;
        return (int64_t)number;
    }
    group->works[++group->works_n] = group->work_n;
    return (int64_t)group->works_n - 1;
}

static int64_t group_compute(group_work_t *work, int64_t leaf)
{
    const trie_t *trie = work->trie;
    const size_t next = (size_t)leaf + 1;
    if (work->below == NULL) return trie->leaves[leaf].volume;
    const int64_t end =
        next < trie->leaves_n ? trie->leaves[next].volume : (int64_t)work->below->leaves_n;
    return group_number_work(work, (size_t)trie->leaves[leaf].volume, (size_t)end);
}

/* ---- all leaves ------------------------------------------------------------------------------ */

/* At each depth the first and the last leaf of the node that a leaf is below. */
typedef struct {
    int64_t first[PLAN_LOOPS_MAX + 1], last[PLAN_LOOPS_MAX + 1];
} group_nodes_t;

/* The depth of the loop that moves from the leaf before to this one; 0 of the first leaf. */
static int group_arrival(const trie_t *trie, int64_t leaf)
{
    return leaf == 0 || leaf == (int64_t)trie->leaves_n ? 0 : trie->leaves[leaf].common + 1;
}

/* A leaf is the first one of its nodes from its arrival's depth on; those above stay. */
static void group_find_nodes(const trie_t *trie, int64_t leaf, group_nodes_t *nodes)
{
    const int arrival = group_arrival(trie, leaf);
    for (int depth = arrival; depth <= trie->depth; depth++) {
        int64_t last = leaf;
        while (last + 1 < (int64_t)trie->leaves_n && trie->leaves[last + 1].common >= depth) last++;
        nodes->first[depth] = leaf;
        nodes->last[depth] = last;
    }
}

typedef struct {
    int n;
    int number[PLAN_LOOPS_MAX + 2];
    factors_t factors[PLAN_LOOPS_MAX + 2];
} group_transitions_t;

static void group_arrive(group_work_t *work, int64_t leaf, const group_nodes_t *nodes,
                         group_transitions_t *to)
{
    const int arrival = group_arrival(work->trie, leaf);
    to->n = 0;
    if (arrival > 0) {
        to->number[to->n] = group_moves(arrival);
        to->factors[to->n++] = group_factors(work, leaf - 1, leaf);
    }
    for (int depth = arrival; depth <= work->trie->depth; depth++) {
        to->number[to->n] = group_stays(depth);
        to->factors[to->n++] = group_factors(work, nodes->last[depth], leaf);
    }
    /* A transition arrives at one leaf, so that each is added up once. */
    for (int i = 0; i < to->n; i++)
        for (int f = 0; f < FACTORS; f++)
            work->group->transitions[to->number[i]].of[f] += to->factors[i].of[f];
}

static void group_depart(group_work_t *work, int64_t leaf, const group_nodes_t *nodes,
                         group_transitions_t *from)
{
    const int departure = group_arrival(work->trie, leaf + 1);
    from->n = 0;
    if (departure > 0) {
        from->number[from->n] = group_moves(departure);
        from->factors[from->n++] = group_factors(work, leaf, leaf + 1);
    }
    for (int depth = departure; depth <= work->trie->depth; depth++) {
        from->number[from->n] = group_stays(depth);
        from->factors[from->n++] = group_factors(work, leaf, nodes->first[depth]);
    }
}

static void group_measure_leaf(group_work_t *work, int64_t leaf)
{
    const trie_t *trie = work->trie;
    const trie_leaf_t *own = &trie->leaves[leaf];
    work->group->active += (int64_t)own->n;
    for (size_t i = own->from; i < own->from + own->n; i++)
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
            const int64_t n = (int64_t)trie->units[i].n[tensor];
            if (n > work->group->most[tensor]) work->group->most[tensor] = n;
        }
}

static bool group_classify(group_work_t *work, int64_t leaf, const group_transitions_t *to,
                           const group_transitions_t *from)
{
    const int64_t compute = group_compute(work, leaf);
    if (compute < 0) return false;
    for (int i = 0; i < to->n; i++)
        for (int j = 0; j < from->n; j++) {
            class_t class = {.to = to->number[i], .from = from->number[j], .leaves = 1};
            group_set_traits(work, &to->factors[i], &from->factors[j], &class);
            class.of[COMPUTE] = compute;
            if (!group_add_class(work->group, &class)) return false;
        }
    return true;
}

static bool group_count(group_work_t *work)
{
    group_nodes_t nodes;
    group_transitions_t to, from;
    group_t *group = work->group;
    const int64_t leaves = (int64_t)work->trie->leaves_n;
    group->steps = leaves;
    group->begin = group_factors(work, NO_LEAF, 0);
    group->end = group_factors(work, leaves - 1, NO_LEAF);
    for (int64_t leaf = 0; leaf < leaves; leaf++) {
        group_find_nodes(work->trie, leaf, &nodes);
        group_measure_leaf(work, leaf);
        group_arrive(work, leaf, &nodes, &to);
        group_depart(work, leaf, &nodes, &from);
        if (!group_classify(work, leaf, &to, &from)) return false;
    }
    group_merge(group);
    return true;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static confx_cost_fault_t group_of_trie(const trie_t *trie, const trie_t *below, network_t network,
                                        group_t *group)
{
    group_work_t work = {.trie = trie, .below = below, .network = network, .group = group};
    group->depth = trie->depth;
    group->transitions = calloc((size_t)(2 * trie->depth + 1), sizeof *group->transitions);
    bool made = group->transitions != NULL;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const size_t space = (size_t)trie->space[tensor];
        work.need[tensor] = calloc(space, sizeof *work.need[tensor]);
        work.have[tensor] = calloc(space, sizeof *work.have[tensor]);
        work.stamps[tensor] = calloc(space, sizeof *work.stamps[tensor]);
        made = made && work.need[tensor] && work.have[tensor] && work.stamps[tensor];
    }
    made = made && group_count(&work);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        free(work.need[tensor]);
        free(work.have[tensor]);
        free(work.stamps[tensor]);
    }
    return made ? CONFX_COST_VALID : CONFX_COST_LARGE;
}

confx_cost_fault_t group_open(const plan_t *plan, int number, network_t network, group_t *fine,
                              group_t *outermost)
{
    trie_t trie, cut = {.depth = 0};
    *fine = *outermost = (group_t){.depth = 0};
    confx_cost_fault_t fault = trie_open(plan, number, &trie);
    if (fault == CONFX_COST_VALID)
        fault = trie_outermost(&trie, plan->groups[number].outermost_n, &cut);
    if (fault == CONFX_COST_VALID) fault = group_of_trie(&trie, NULL, network, fine);
    if (fault == CONFX_COST_VALID) fault = group_of_trie(&cut, &trie, network, outermost);
    trie_close(&trie);
    trie_close(&cut);
    return fault;
}

void group_close(group_t *group)
{
    free(group->transitions);
    free(group->classes);
    free(group->works);
    free(group->work);
}
