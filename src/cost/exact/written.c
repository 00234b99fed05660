#include "cost/exact/written.h"

#include "confx/array.h"
#include "cost/exact/trie.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NO_LEAF = -1, WRITTEN_KINDS_MOST = 1 << 20 };

/* Leaves that are alike: compute is the number of their work where they are outermost steps. */
typedef struct {
    int to, from;
    traits_t traits;
} written_kind_t;

typedef struct {
    const trie_t *trie, *below; /* below: of outermost steps all steps, else NULL */
    network_t network;
    written_t *own;
    size_t kinds_n, kinds_room;
    written_kind_t *kinds; /* of classes, by to, from */
    size_t works_n, works_room, work_n, work_room;
    /* By element: units of the leaf behind that hold it, and those of them that held it before. */
    uint32_t *need[CONFX_TENSORS], *have[CONFX_TENSORS];
    uint64_t *stamps[CONFX_TENSORS]; /* the last unit that was seen to hold it before */
    uint64_t stamp;
} written_build_t;

/* ---- factors of one transition --------------------------------------------------------------- */

typedef struct {
    int64_t held, kept, any, still, carried;
} written_overlap_t;

static void written_take_up(written_build_t *work, int tensor, const trie_unit_t *unit,
                            bool stamped, written_overlap_t *overlap)
{
    const int32_t *elements = &work->trie->elements[unit->from[tensor]];
    uint32_t *need = work->need[tensor], *have = work->have[tensor];
    for (size_t i = 0; i < unit->n[tensor]; i++) {
        const int32_t element = elements[i];
        /* Elements are counted by how many units hold them: `any` at the first of these, and
           `carried` at the first that held the element before. */
        overlap->any += need[element]++ == 0;
        if (!stamped || work->stamps[tensor][element] != work->stamp) continue;
        overlap->carried += have[element]++ == 0;
        overlap->kept++;
    }
    overlap->held += (int64_t)unit->n[tensor];
}

/* The unit's elements before are stamped with a number that no other unit ever had. */
static void written_stamp(written_build_t *work, int tensor, const trie_unit_t *unit)
{
    const int32_t *elements = &work->trie->elements[unit->from[tensor]];
    work->stamp++;
    for (size_t i = 0; i < unit->n[tensor]; i++) work->stamps[tensor][elements[i]] = work->stamp;
}

/* Count the elements that all who need them have; and leave need and have at zero. */
static void written_clear(written_build_t *work, int tensor, const trie_leaf_t *behind,
                          written_overlap_t *overlap)
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
static written_overlap_t written_overlap(written_build_t *work, int tensor,
                                         const trie_leaf_t *before, const trie_leaf_t *behind)
{
    written_overlap_t overlap = {0, 0, 0, 0, 0};
    const trie_unit_t *units = work->trie->units;
    size_t i = before->from;
    const size_t end = before->from + before->n;
    for (size_t j = behind->from; j < behind->from + behind->n; j++) {
        /* The units of a leaf stand by their numbers, so that one pass over both leaves finds those
           that work in both. */
        while (i < end && units[i].unit < units[j].unit) i++;
        const bool both = i < end && units[i].unit == units[j].unit;
        if (both) written_stamp(work, tensor, &units[i]);
        written_take_up(work, tensor, &units[j], both, &overlap);
    }
    written_clear(work, tensor, behind, &overlap);
    return overlap;
}

static const trie_leaf_t *written_leaf(const written_build_t *work, int64_t leaf)
{
    static const trie_leaf_t none = {.n = 0};
    assert(leaf == NO_LEAF || (leaf >= 0 && (size_t)leaf < work->trie->leaves_n));
    return leaf == NO_LEAF ? &none : &work->trie->leaves[leaf];
}

static factors_t written_factors(written_build_t *work, int64_t from, int64_t to)
{
    const trie_leaf_t *before = written_leaf(work, from), *behind = written_leaf(work, to);
    const trie_leaf_t none = {.n = 0};
    const written_overlap_t input = written_overlap(work, CONFX_TENSOR_INPUT, before, behind);
    const written_overlap_t filter = written_overlap(work, CONFX_TENSOR_FILTER, before, behind);
    const written_overlap_t output = written_overlap(work, CONFX_TENSOR_OUTPUT, before, behind);
    /* What the leaf before held, as if it were all new: by that letting go is told from carrying
       on. */
    const written_overlap_t left = written_overlap(work, CONFX_TENSOR_OUTPUT, &none, before);
    return (factors_t){{
        [INPUT_HELD] = (double)input.held,
        [INPUT_KEPT] = (double)input.kept,
        [INPUT_ANY] = (double)input.any,
        [INPUT_STILL] = (double)input.still,
        [FILTER_HELD] = (double)filter.held,
        [FILTER_KEPT] = (double)filter.kept,
        [FILTER_ANY] = (double)filter.any,
        [FILTER_STILL] = (double)filter.still,
        [OUTPUT_HELD] = (double)output.held,
        [OUTPUT_KEPT] = (double)output.kept,
        [OUTPUT_ANY] = (double)output.any,
        [OUTPUT_CARRIED] = (double)output.carried,
        [OUTPUT_FIRST] = (double)behind->first,
        [OUTPUT_LEFT_HELD] = (double)left.held,
        [OUTPUT_LEFT_ANY] = (double)left.any,
        [OUTPUT_LAST] = (double)before->last,
    }};
}

/* ---- classes --------------------------------------------------------------------------------- */

static int written_compare(const void *left, const void *right)
{
    const written_kind_t *one = left, *other = right;
    if (one->to != other->to) return one->to < other->to ? -1 : 1;
    if (one->from != other->from) return one->from < other->from ? -1 : 1;
    for (int i = 0; i < LEAVES; i++)
        if (one->traits.of[i] < other->traits.of[i])
            return -1;
        else if (one->traits.of[i] > other->traits.of[i])
            return 1;
    return 0;
}

/* Sort the classes and make one of those that are alike. */
static void written_merge(written_build_t *work)
{
    size_t kept = 0;
    if (work->kinds_n == 0) return;
    qsort(work->kinds, work->kinds_n, sizeof *work->kinds, written_compare);
    for (size_t i = 1; i < work->kinds_n; i++) {
        if (written_compare(&work->kinds[kept], &work->kinds[i]) == 0)
            work->kinds[kept].traits.of[LEAVES] += work->kinds[i].traits.of[LEAVES];
        else
            work->kinds[++kept] = work->kinds[i];
    }
    work->kinds_n = kept + 1;
}

static bool written_add_kind(written_build_t *work, const written_kind_t *kind)
{
    if (work->kinds_n == work->kinds_room) {
        /* Merging first keeps the table small: it grows only where it stays half full. */
        written_merge(work);
        const size_t room = work->kinds_n < work->kinds_room / 2 ? work->kinds_room
                            : work->kinds_room                   ? 2 * work->kinds_room
                                                                 : 256;
        written_kind_t *grown =
            room > WRITTEN_KINDS_MOST ? NULL : realloc(work->kinds, room * sizeof *work->kinds);
        if (grown == NULL) return false;
        work->kinds = grown;
        work->kinds_room = room;
    }
    work->kinds[work->kinds_n++] = *kind;
    return true;
}

/* ---- what outermost steps compute ------------------------------------------------------------ */

static int written_compare_work(const void *left, const void *right)
{
    const volume_steps_t *one = left, *other = right;
    return (one->volume > other->volume) - (one->volume < other->volume);
}

static bool written_add_work(written_build_t *work, int64_t volume)
{
    volume_steps_t *grown =
        array_grown(work->own->work, &work->work_room, work->work_n + 1, sizeof *grown);
    if (grown == NULL) return false;
    work->own->work = grown;
    work->own->work[work->work_n++] = (volume_steps_t){volume, 1};
    return true;
}

/* Sort what stands behind `from` and make one of equal volumes. */
static void written_merge_work(written_build_t *work, size_t from)
{
    size_t kept = from;
    qsort(&work->own->work[from], work->work_n - from, sizeof *work->own->work,
          written_compare_work);
    for (size_t i = from + 1; i < work->work_n; i++) {
        if (work->own->work[kept].volume == work->own->work[i].volume)
            work->own->work[kept].steps += work->own->work[i].steps;
        else
            work->own->work[++kept] = work->own->work[i];
    }
    work->work_n = kept + 1;
}

static bool written_same_work(const written_build_t *work, size_t number, size_t from)
{
    const size_t n = (size_t)(work->own->works[number + 1] - work->own->works[number]);
    const volume_steps_t *one = &work->own->work[work->own->works[number]],
                         *other = &work->own->work[from];
    if (n != work->work_n - from) return false;
    for (size_t i = 0; i < n; i++)
        if (one[i].volume != other[i].volume || one[i].steps != other[i].steps) return false;
    return true;
}

/* The number of the work of leaves [from, to) below an outermost step; -1: no memory. */
static int64_t written_number_work(written_build_t *work, size_t from, size_t to)
{
    int *grown = array_grown(work->own->works, &work->works_room, work->works_n + 2, sizeof *grown);
    if (grown == NULL) return -1;
    work->own->works = grown;
    work->own->works[0] = 0;
    /* The new work is written behind those that are known. If one of these is the same, it goes
       again. */
    const size_t start = (size_t)work->own->works[work->works_n];
    for (size_t i = from; i < to; i++)
        if (!written_add_work(work, work->below->leaves[i].volume)) return -1;
    written_merge_work(work, start);
    /* Neighbours are mostly alike, so that the last ones are asked first. */
    for (size_t number = work->works_n; number-- > 0;) {
        if (!written_same_work(work, number, start)) continue;
        work->work_n = start;
        return (int64_t)number;
    }
    work->own->works[++work->works_n] = (int)work->work_n;
    return (int64_t)work->works_n - 1;
}

static int64_t written_compute(written_build_t *work, int64_t leaf)
{
    const trie_t *trie = work->trie;
    const size_t next = (size_t)leaf + 1;
    /* Of an outermost step `volume` is the first of the leaves below it; those up to the next
       step's first are its own. */
    if (work->below == NULL) return trie->leaves[leaf].volume;
    const int64_t end =
        next < trie->leaves_n ? trie->leaves[next].volume : (int64_t)work->below->leaves_n;
    return written_number_work(work, (size_t)trie->leaves[leaf].volume, (size_t)end);
}

/* ---- all leaves ------------------------------------------------------------------------------ */

/* At each depth the first and the last leaf of the node that a leaf is below. */
typedef struct {
    int64_t first[PLAN_LOOPS_MAX + 1], last[PLAN_LOOPS_MAX + 1];
} written_nodes_t;

/* The depth of the loop that moves from the leaf before to this one; 0 of the first leaf. */
static int written_arrival(const trie_t *trie, int64_t leaf)
{
    return leaf == 0 || leaf == (int64_t)trie->leaves_n ? 0 : trie->leaves[leaf].common + 1;
}

/* A leaf is the first one of its nodes from its arrival's depth on; those above stay. */
static void written_find_nodes(const trie_t *trie, int64_t leaf, written_nodes_t *nodes)
{
    const int arrival = written_arrival(trie, leaf);
    for (int depth = arrival; depth <= trie->depth; depth++) {
        int64_t last = leaf;
        /* Leaves that share their first `depth` indices stand in a row: the node ends where they
           differ. */
        while (last + 1 < (int64_t)trie->leaves_n && trie->leaves[last + 1].common >= depth) last++;
        nodes->first[depth] = leaf;
        nodes->last[depth] = last;
    }
}

typedef struct {
    int n;
    int number[PLAN_LOOPS_MAX + 2];
    factors_t factors[PLAN_LOOPS_MAX + 2];
} written_transitions_t;

static void written_arrive(written_build_t *work, int64_t leaf, const written_nodes_t *nodes,
                           written_transitions_t *to)
{
    const int arrival = written_arrival(work->trie, leaf);
    to->n = 0;
    if (arrival > 0) {
        to->number[to->n] = group_moves(arrival);
        to->factors[to->n++] = written_factors(work, leaf - 1, leaf);
    }
    for (int depth = arrival; depth <= work->trie->depth; depth++) {
        to->number[to->n] = group_stays(depth);
        to->factors[to->n++] = written_factors(work, nodes->last[depth], leaf);
    }
    /* A transition arrives at one leaf, so that each is added up once. */
    for (int i = 0; i < to->n; i++)
        for (int f = 0; f < FACTORS; f++)
            work->own->transitions[to->number[i]].of[f] += to->factors[i].of[f];
}

static void written_depart(written_build_t *work, int64_t leaf, const written_nodes_t *nodes,
                           written_transitions_t *from)
{
    const int departure = written_arrival(work->trie, leaf + 1);
    from->n = 0;
    if (departure > 0) {
        from->number[from->n] = group_moves(departure);
        from->factors[from->n++] = written_factors(work, leaf, leaf + 1);
    }
    for (int depth = departure; depth <= work->trie->depth; depth++) {
        from->number[from->n] = group_stays(depth);
        from->factors[from->n++] = written_factors(work, leaf, nodes->first[depth]);
    }
}

static void written_measure_leaf(written_build_t *work, int64_t leaf)
{
    const trie_t *trie = work->trie;
    const trie_leaf_t *own = &trie->leaves[leaf];
    work->own->group.active += (int64_t)own->n;
    for (size_t i = own->from; i < own->from + own->n; i++)
        for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
            const int64_t n = (int64_t)trie->units[i].n[tensor];
            if (n > work->own->group.most[tensor]) work->own->group.most[tensor] = n;
        }
}

static bool written_classify(written_build_t *work, int64_t leaf, const written_transitions_t *to,
                             const written_transitions_t *from)
{
    const int64_t compute = written_compute(work, leaf);
    if (compute < 0) return false;
    for (int i = 0; i < to->n; i++)
        for (int j = 0; j < from->n; j++) {
            /* A leaf may be come to and left in several ways; each pair of them is a class. */
            written_kind_t kind = {.to = to->number[i], .from = from->number[j]};
            group_set_egress(work->network, &to->factors[i], &kind.traits);
            group_set_ingress(work->network, &from->factors[j], &kind.traits);
            kind.traits.of[COMPUTE] = (double)compute;
            kind.traits.of[LEAVES] = 1;
            if (!written_add_kind(work, &kind)) return false;
        }
    return true;
}

static bool written_count(written_build_t *work)
{
    written_nodes_t nodes = {.first = {0}};
    written_transitions_t to, from;
    const int64_t leaves = (int64_t)work->trie->leaves_n;
    work->own->group.steps = leaves;
    /* Before the first leaf and behind the last one nothing is held. */
    work->own->ends[0] = written_factors(work, NO_LEAF, 0);
    work->own->ends[1] = written_factors(work, leaves - 1, NO_LEAF);
    for (int64_t leaf = 0; leaf < leaves; leaf++) {
        written_find_nodes(work->trie, leaf, &nodes);
        written_measure_leaf(work, leaf);
        written_arrive(work, leaf, &nodes, &to);
        written_depart(work, leaf, &nodes, &from);
        if (!written_classify(work, leaf, &to, &from)) return false;
    }
    written_merge(work);
    return true;
}

/* ---- a group of it --------------------------------------------------------------------------- */

static void written_set_class(const written_build_t *work, const written_kind_t *kind,
                              class_t *class)
{
    const written_t *own = work->own;
    class->traits = kind->traits;
    if (work->below == NULL) return;
    class->work = (int)kind->traits.of[COMPUTE];
    class->traits.of[COMPUTE] = 0;
    for (int i = own->works[class->work]; i < own->works[class->work + 1]; i++)
        class->traits.of[COMPUTE] += (double)(own->work[i].volume * own->work[i].steps);
}

static bool written_list_classes(written_build_t *work)
{
    written_t *own = work->own;
    const int numbers = 2 * own->group.depth + 1;
    own->classes = calloc(work->kinds_n, sizeof *own->classes);
    own->lists = malloc((size_t)numbers * (size_t)numbers * sizeof *own->lists);
    if (own->classes == NULL || own->lists == NULL) return false;
    for (int i = 0; i < numbers * numbers; i++) own->lists[i] = GROUP_NONE;
    /* From the last one on, so that each list has its classes in their order. */
    for (size_t i = work->kinds_n; i-- > 0;) {
        const written_kind_t *kind = &work->kinds[i];
        int *list = &own->lists[kind->to * numbers + kind->from];
        written_set_class(work, kind, &own->classes[i]);
        own->classes[i].next = *list;
        *list = (int)i;
    }
    return true;
}

static void written_point(written_t *own)
{
    own->group.begin = &own->ends[0];
    own->group.end = &own->ends[1];
    own->group.transitions = own->transitions;
    own->group.lists = own->lists;
    own->group.classes = own->classes;
    own->group.works = own->works;
    own->group.work = own->work;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static confx_cost_fault_t written_of_trie(const trie_t *trie, const trie_t *below,
                                          network_t network, written_t *own)
{
    written_build_t work = {.trie = trie, .below = below, .network = network, .own = own};
    own->group.depth = trie->depth;
    own->transitions = calloc(2 * (size_t)trie->depth + 1, sizeof *own->transitions);
    bool made = own->transitions != NULL;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const size_t space = (size_t)trie->space[tensor];
        work.need[tensor] = calloc(space, sizeof *work.need[tensor]);
        work.have[tensor] = calloc(space, sizeof *work.have[tensor]);
        work.stamps[tensor] = calloc(space, sizeof *work.stamps[tensor]);
        made = made && work.need[tensor] && work.have[tensor] && work.stamps[tensor];
    }
    made = made && written_count(&work) && written_list_classes(&work);
    if (made) written_point(own);
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        free(work.need[tensor]);
        free(work.have[tensor]);
        free(work.stamps[tensor]);
    }
    free(work.kinds);
    return made ? CONFX_COST_VALID : CONFX_COST_LARGE;
}

confx_cost_fault_t written_open(const plan_t *plan, int group, network_t network, written_t *fine,
                                written_t *outermost)
{
    trie_t trie, cut = {.depth = 0};
    *fine = *outermost = (written_t){.group = {.depth = 0}};
    confx_cost_fault_t fault = trie_open(plan, group, &trie);
    if (fault == CONFX_COST_VALID)
        /* Off-chip traffic is counted over outermost steps: the same tree, with its leaves united
           step by step. */
        fault = trie_outermost(&trie, plan->groups[group].outermost_n, &cut);
    if (fault == CONFX_COST_VALID) fault = written_of_trie(&trie, NULL, network, fine);
    if (fault == CONFX_COST_VALID) fault = written_of_trie(&cut, &trie, network, outermost);
    fine->group.loops = outermost->group.loops = plan->groups[group].loops;
    trie_close(&trie);
    trie_close(&cut);
    return fault;
}

void written_close(written_t *written)
{
    free(written->transitions);
    free(written->lists);
    free(written->classes);
    free(written->works);
    free(written->work);
}
