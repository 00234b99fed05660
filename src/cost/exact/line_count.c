/* The transitions of a line, and which leaves they lie between. */
#include "cost/exact/line_factors.h"
#include "cost/language/whole.h"

#include <assert.h>

/* ---- transitions ----------------------------------------------------------------------------- */

/* A leaf by its indices. */
typedef struct {
    int64_t outer, inner;
} line_at_t;

static int line_count_kind(const line_t *line, int64_t outer)
{
    return line->kinds == 2 && outer == line->outer_n - 1;
}

static line_at_t line_count_last(const line_t *line, int64_t outer)
{
    return (line_at_t){outer, line->inner[line_count_kind(line, outer)].steps - 1};
}

static const line_leaf_t *line_count_leaf(const line_t *line, line_at_t at)
{
    const line_loop_t *inner = &line->inner[line_count_kind(line, at.outer)];
    return at.inner == inner->steps - 1 && !inner->alike ? &inner->rest : &inner->full;
}

static bool line_count_is_first(line_at_t at)
{
    return at.outer == 0 && at.inner == 0;
}

static bool line_count_is_last(const line_t *line, line_at_t at)
{
    const line_at_t last = line_count_last(line, line->outer_n - 1);
    return at.outer == last.outer && at.inner == last.inner;
}

static bool line_count_new(const line_t *line, line_at_t from, line_at_t to, factors_t *factors)
{
    const line_move_t move = {.before = line_count_leaf(line, from),
                              .behind = line_count_leaf(line, to),
                              .delta = (to.outer - from.outer) * line->outer_step +
                                       (to.inner - from.inner) * line->inner_step,
                              .same = to.outer == from.outer && to.inner == from.inner};
    return line_factors_visits(line, &move, line_count_is_first(to), line_count_is_last(line, from),
                               factors);
}

/* What tells a transition from others: the leaves' kinds, how far they are apart, and whether they
   are the first and the last of all. */
static uint32_t line_count_key(const line_t *line, line_at_t from, line_at_t to, int number)
{
    const bool same = from.outer == to.outer && from.inner == to.inner;
    uint32_t key = same ? 0 : (uint32_t)number + 1;
    key = 4 * key + 2 * (uint32_t)line_count_kind(line, from.outer) +
          (line_count_leaf(line, from) == &line->inner[line_count_kind(line, from.outer)].rest);
    key = 4 * key + 2 * (uint32_t)line_count_kind(line, to.outer) +
          (line_count_leaf(line, to) == &line->inner[line_count_kind(line, to.outer)].rest);
    if (line_ends_matter(line))
        key = 4 * key + 2 * line_count_is_first(to) + line_count_is_last(line, from);
    return key;
}

/* The place of a transition's factors; -1: there is no closed form. */
static int line_count_transition(const line_t *line, line_at_t from, line_at_t to, int number,
                                 line_group_t *own)
{
    const uint32_t key = line_count_key(line, from, to, number);
    for (int i = 0; i < own->factors_n; i++)
        if (own->keys[i] == key) return i;
    if (own->factors_n == LINE_FACTORS_MAX ||
        !line_count_new(line, from, to, &own->factors[own->factors_n]))
        return -1;
    own->keys[own->factors_n] = key;
    return own->factors_n++;
}

/* What the busiest unit computes in a leaf, or in all steps below it. */
static double line_count_compute(const line_t *line, const line_group_t *own,
                                 const line_leaf_t *leaf, int work)
{
    double compute = 0;
    if (line->works == NULL) return (double)line_volume(line, leaf);
    for (int i = own->works[work]; i < own->works[work + 1]; i++)
        compute += (double)(own->work[i].volume * own->work[i].steps);
    return compute;
}

/* ---- leaves ---------------------------------------------------------------------------------- */

/* The transitions to a leaf, or from it: their numbers, and where their factors are. */
typedef struct {
    int n;
    int number[LINE_DEPTH_MAX + 2], factors[LINE_DEPTH_MAX + 2];
} line_list_t;

typedef struct {
    const line_t *line;
    bool inside;
    network_t network;
    line_group_t *own;
    bool failed;
} line_count_t;

static void line_count_add(line_count_t *count, line_at_t from, line_at_t to, int number,
                           line_list_t *list)
{
    const int factors = line_count_transition(count->line, from, to, number, count->own);
    count->failed = count->failed || factors < 0;
    list->number[list->n] = number;
    list->factors[list->n++] = factors;
}

static void line_count_arrive(line_count_t *count, line_at_t at, line_list_t *to)
{
    const line_t *line = count->line;
    const int depth = line->depth;
    to->n = 0;
    /* How a leaf is reached: by the inner loop, or by the outer one, which comes from the last leaf
       of the step before. It stays as it is where a loop of another group moves inside of its
       own. */
    if (at.inner > 0)
        line_count_add(count, (line_at_t){at.outer, at.inner - 1}, at, group_moves(2), to);
    else if (at.outer > 0)
        line_count_add(count, line_count_last(line, at.outer - 1), at, group_moves(1), to);
    if (count->inside || depth == 0) line_count_add(count, at, at, group_stays(depth), to);
    if (depth == 2 && at.inner == 0)
        line_count_add(count, line_count_last(line, at.outer), at, group_stays(1), to);
    if (depth > 0 && line_count_is_first(at))
        line_count_add(count, line_count_last(line, line->outer_n - 1), at, group_stays(0), to);
}

static void line_count_depart(line_count_t *count, line_at_t at, line_list_t *from)
{
    const line_t *line = count->line;
    const int depth = line->depth;
    const bool ends = at.inner == line_count_last(line, at.outer).inner;
    from->n = 0;
    /* The same the other way round: what comes behind the leaf. */
    if (!ends)
        line_count_add(count, at, (line_at_t){at.outer, at.inner + 1}, group_moves(2), from);
    else if (at.outer < line->outer_n - 1)
        line_count_add(count, at, (line_at_t){at.outer + 1, 0}, group_moves(1), from);
    if (count->inside || depth == 0) line_count_add(count, at, at, group_stays(depth), from);
    /* Where a loop of another group moves between the two loops, the inner one begins anew; where
       one moves outside of both, the whole line does. */
    if (depth == 2 && ends)
        line_count_add(count, at, (line_at_t){at.outer, 0}, group_stays(1), from);
    if (depth > 0 && line_count_is_last(line, at))
        line_count_add(count, at, (line_at_t){0, 0}, group_stays(0), from);
}

static bool line_count_same_class(const class_t *one, const class_t *other)
{
    bool same = one->work == other->work;
    for (int t = 0; t < LEAVES; t++) same = same && one->traits.of[t] == other->traits.of[t];
    return same;
}

static void line_count_class(line_group_t *own, const class_t *class, int *list)
{
    for (int i = *list; i != GROUP_NONE; i = own->classes[i].next) {
        /* Leaves that do the same between the same transitions are one class, with their number. */
        if (!line_count_same_class(&own->classes[i], class)) continue;
        own->classes[i].traits.of[LEAVES] += class->traits.of[LEAVES];
        return;
    }
    assert(own->classes_n < LINE_CLASSES_MAX);
    own->classes[own->classes_n] = *class;
    own->classes[own->classes_n].next = *list;
    *list = own->classes_n++;
}

static void line_count_leaves(line_count_t *count, line_at_t at, int64_t leaves)
{
    const line_t *line = count->line;
    line_group_t *own = count->own;
    const int kind = line_count_kind(line, at.outer), numbers = 2 * line->depth + 1;
    const line_leaf_t *leaf = line_count_leaf(line, at);
    line_list_t to, from;
    line_count_arrive(count, at, &to);
    line_count_depart(count, at, &from);
    if (count->failed) return;
    /* Every pair of a way to the leaf and a way from it is a step of its own: what it takes in
       depends on the move behind it, what it lets go on the one before. */
    class_t class = {.work = 2 * kind + (leaf == &line->inner[kind].rest)};
    class.traits.of[LEAVES] = (double)leaves;
    class.traits.of[COMPUTE] = line_count_compute(line, own, leaf, class.work);
    for (int i = 0; i < to.n; i++) {
        const factors_t *arrival = &own->factors[to.factors[i]];
        for (int f = 0; f < FACTORS; f++)
            own->transitions[to.number[i]].of[f] += (double)leaves * arrival->of[f];
        group_set_egress(count->network, arrival, &class.traits);
        for (int j = 0; j < from.n; j++) {
            group_set_ingress(count->network, &own->factors[from.factors[j]], &class.traits);
            line_count_class(own, &class, &own->lists[to.number[i] * numbers + from.number[j]]);
        }
    }
}

/* Indices that stand for all of a loop: those in the middle are alike but for the one before the
   last, whose next one is another kind. */
typedef struct {
    int n;
    int64_t at[4], times[4];
} line_range_t;

static line_range_t line_count_range(int64_t steps)
{
    line_range_t range = {.n = 0};
    /* The second index stands for all up to the third from the end. */
    const int64_t at[4] = {0, 1, steps - 2, steps - 1}, times[4] = {1, steps - 3, 1, 1};
    for (int i = 0; i < 4; i++) {
        /* In a short loop some of the four are the same. */
        if (at[i] < 0 || (range.n > 0 && at[i] <= range.at[range.n - 1])) continue;
        if (i == 1 && steps <= 3) continue;
        range.at[range.n] = at[i];
        range.times[range.n++] = times[i];
    }
    return range;
}

/* ---- the group ------------------------------------------------------------------------------- */

static void line_count_most(const line_t *line, dimgroup_t *group)
{
    int64_t length = 0;
    for (int kind = 0; kind < line->kinds; kind++) {
        const line_loop_t *inner = &line->inner[kind];
        /* Full leaves exist only where there is more than one step; the last leaf may be the only
           one. */
        if (inner->steps > 1) length = whole_max(length, inner->full.length);
        length = whole_max(length, inner->rest.length);
    }
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        group->most[tensor] = line->tensors >> tensor & 1 ? length : 1;
    if (!line->window) return;
    group->most[CONFX_TENSOR_INPUT] = line->diagonal ? 1 : line_rows(line, length);
    group->most[CONFX_TENSOR_FILTER] = line->diagonal ? 1 : line->height;
}

static void line_count_steps(const line_t *line, dimgroup_t *group)
{
    group->steps = group->active = 0;
    for (int kind = 0; kind < line->kinds; kind++) {
        const line_loop_t *inner = &line->inner[kind];
        const int64_t times = kind == 1 ? 1 : line->outer_n - (line->kinds - 1);
        /* A loop has all steps but the last one full. */
        group->steps += times * inner->steps;
        group->active += times * ((inner->steps - 1) * inner->full.units + inner->rest.units);
    }
    if (line->diagonal) group->active *= line->height;
}

static bool line_count_ends(const line_t *line, line_group_t *own)
{
    const line_at_t first = {0, 0}, last = line_count_last(line, line->outer_n - 1);
    line_factors_end(line, line_count_leaf(line, last), &own->end);
    return line_factors_visits(line, &(line_move_t){.behind = line_count_leaf(line, first)}, true,
                               false, &own->begin);
}

static void line_count_works(const line_works_t *works, line_group_t *own)
{
    int n = 0;
    for (int leaf = 0; leaf < 4; leaf++) {
        own->works[leaf] = n;
        for (int i = 0; i < works->n[leaf / 2][leaf % 2]; i++)
            own->work[n++] = works->of[leaf / 2][leaf % 2][i];
    }
    own->works[4] = n;
}

static void line_count_begin(const line_t *line, line_group_t *own)
{
    const int numbers = 2 * line->depth + 1;
    own->factors_n = own->classes_n = 0;
    for (int i = 0; i < numbers * numbers; i++) own->lists[i] = GROUP_NONE;
    if (line->works) line_count_works(line->works, own);
    own->group = (dimgroup_t){.depth = line->depth,
                              .loops = line->loops,
                              .begin = &own->begin,
                              .end = &own->end,
                              .transitions = own->transitions,
                              .lists = own->lists,
                              .classes = own->classes,
                              .works = own->works,
                              .work = own->work};
}

static bool line_count_two(const line_t *line, bool inside, network_t network, line_group_t *own)
{
    line_count_t count = {.line = line, .inside = inside, .network = network, .own = own};
    for (int i = 0; i < 2 * line->depth + 1; i++) own->transitions[i] = (factors_t){.of = {0}};
    if (!line_count_ends(line, own)) return false;
    const line_range_t outer = line_count_range(line->outer_n);
    for (int i = 0; i < outer.n && !count.failed; i++) {
        const int kind = line_count_kind(line, outer.at[i]);
        /* An outer index and an inner one that each stand for several stand together for their
           product. */
        const line_range_t inner = line_count_range(line->inner[kind].steps);
        for (int j = 0; j < inner.n && !count.failed; j++)
            line_count_leaves(&count, (line_at_t){outer.at[i], inner.at[j]},
                              outer.times[i] * inner.times[j]);
    }
    return !count.failed;
}

bool line_count(const line_t *line, bool inside, network_t network, line_group_t *own)
{
    line_count_begin(line, own);
    line_count_most(line, &own->group);
    line_count_steps(line, &own->group);
    return line->depth < 2 ? line_count_one(line, inside, network, own)
                           : line_count_two(line, inside, network, own);
}
