/* A line of one leaf, or of one loop that moves: few enough transitions to name each. */
#include "cost/exact/line_factors.h"

#include <assert.h>

/* Places in line_group_t.factors. A leaf that stays is told apart where it is the first one, or the
   last one, of which the tile may be smaller. */
enum { MOVE, MOVE_LAST, RETURN, STAY_FIRST, STAY, STAY_LAST, PLACES };

/* Places in line_group_t.transitions; the only leaf has the first one alone. */
enum { ROUND, ON, SAME, ONE_NUMBERS };

/* Of a leaf, and of all transitions. */
typedef struct {
    line_group_t *own;
    const traits_t *traits; /* by place in line_group_t.factors */
    double compute;
    int work;
} line_one_t;

/* The transitions to a leaf and from it: their numbers, and the places of their factors. */
typedef struct {
    uint8_t to, from, egress, ingress;
} line_one_span_t;

#define SPAN(...) ((line_one_span_t){__VA_ARGS__})

/* So many leaves between two transitions. */
static void line_one_class(const line_one_t *leaf, line_one_span_t span, int64_t leaves)
{
    line_group_t *own = leaf->own;
    int *list = &own->lists[span.to * ONE_NUMBERS + span.from];
    if (leaves == 0) return;
    assert(leaves > 0 && own->classes_n < LINE_CLASSES_MAX);
    class_t *class = &own->classes[own->classes_n];
    /* What a step lets go depends on how its leaf was come to, what it takes in on how it is left;
       so the two halves of the traits come from two transitions. */
    const double *egress = leaf->traits[span.egress].of;
    class->traits = leaf->traits[span.ingress];
    for (int t = EGRESS_LEFT; t <= EGRESS_LAST; t++) class->traits.of[t] = egress[t];
    class->traits.of[COMPUTE] = leaf->compute;
    class->traits.of[LEAVES] = (double)leaves;
    class->work = leaf->work;
    class->next = *list;
    *list = own->classes_n++;
}

/* Where a loop of another group moves inside, leaves stay as well. */
static void line_one_list_stays(const line_one_t *full, const line_one_t *last, int64_t n,
                                bool matter)
{
    const bool alike = full->compute == last->compute && full->work == last->work;
    line_one_class(full, SPAN(ROUND, SAME, RETURN, STAY_FIRST), 1);
    line_one_class(last, SPAN(SAME, ROUND, STAY_LAST, RETURN), 1);
    if (matter) {
        line_one_class(full, SPAN(SAME, SAME, STAY, STAY_FIRST), 1);
        line_one_class(full, SPAN(SAME, SAME, STAY, STAY), n - 2);
        line_one_class(last, SPAN(SAME, SAME, STAY_LAST, STAY_LAST), 1);
    } else {
        line_one_class(full, SPAN(SAME, SAME, STAY, STAY), alike ? n : n - 1);
        if (!alike) line_one_class(last, SPAN(SAME, SAME, STAY_LAST, STAY_LAST), 1);
    }
    if (alike) {
        line_one_class(full, SPAN(SAME, ON, STAY, MOVE), n - 1);
        line_one_class(full, SPAN(ON, SAME, MOVE, STAY), n - 1);
        return;
    }
    line_one_class(full, SPAN(SAME, ON, STAY, MOVE), n - 2);
    line_one_class(full, SPAN(SAME, ON, STAY, MOVE_LAST), 1);
    line_one_class(full, SPAN(ON, SAME, MOVE, STAY), n - 2);
    line_one_class(last, SPAN(ON, SAME, MOVE_LAST, STAY_LAST), 1);
}

/* The first leaf is come to by going back, and the last one left so; those between by moving on. */
static void line_one_list(const line_one_t *full, const line_one_t *last, int64_t n, bool alike)
{
    if (alike) {
        line_one_class(full, SPAN(ROUND, ON, RETURN, MOVE), 1);
        line_one_class(full, SPAN(ON, ROUND, MOVE, RETURN), 1);
        line_one_class(full, SPAN(ON, ON, MOVE, MOVE), n - 2);
        return;
    }
    line_one_class(last, SPAN(ON, ROUND, MOVE_LAST, RETURN), 1);
    /* Of two leaves that differ the only move is the one to the last. */
    if (n == 2) {
        line_one_class(full, SPAN(ROUND, ON, RETURN, MOVE_LAST), 1);
        return;
    }
    line_one_class(full, SPAN(ROUND, ON, RETURN, MOVE), 1);
    line_one_class(full, SPAN(ON, ON, MOVE, MOVE), n - 3);
    line_one_class(full, SPAN(ON, ON, MOVE, MOVE_LAST), 1);
}

/* ---- factors --------------------------------------------------------------------------------- */

static void line_one_stay(const line_t *line, const line_leaf_t *leaf, bool first, bool last,
                          factors_t *factors)
{
    const line_move_t move = {.before = leaf, .behind = leaf, .same = true};
    const bool counted = line_factors_visits(line, &move, first, last, factors);
    assert(counted);
    (void)counted;
}

static void line_one_fill_stays(const line_t *line, const line_leaf_t *full,
                                const line_leaf_t *last, line_group_t *own)
{
    line_one_stay(line, full, false, false, &own->factors[STAY]);
    /* Staying is the same everywhere but at the ends: the first leaf has what nobody held before,
       and the last one what nobody holds any more, and may be smaller. */
    own->factors[STAY_FIRST] = own->factors[STAY];
    if (line_ends_matter(line)) own->factors[STAY_FIRST].of[OUTPUT_FIRST] = 1;
    own->factors[STAY_LAST] = own->factors[STAY];
    if (line->kinds == 2)
        line_one_stay(line, last, false, true, &own->factors[STAY_LAST]);
    else if (line_ends_matter(line))
        own->factors[STAY_LAST].of[OUTPUT_LAST] = 1;
    for (int f = 0; f < FACTORS; f++)
        own->transitions[SAME].of[f] = own->factors[STAY_FIRST].of[f] +
                                       (double)(line->outer_n - 2) * own->factors[STAY].of[f] +
                                       own->factors[STAY_LAST].of[f];
}

static bool line_one_fill(const line_t *line, const line_leaf_t *full, const line_leaf_t *last,
                          line_group_t *own)
{
    const int64_t n = line->outer_n, step = line->outer_step;
    const line_move_t move = {.before = full, .behind = full, .delta = step};
    const line_move_t move_last = {.before = full, .behind = last, .delta = step};
    /* Three kinds of moves: from a full leaf to the next, to the last one, and from that back to
       the first. */
    const line_move_t back = {.before = last, .behind = full, .delta = -(n - 1) * step};
    if (!line_factors_visits(line, &move, false, false, &own->factors[MOVE]) ||
        !line_factors_visits(line, &back, true, true, &own->factors[RETURN]))
        return false;
    if (line->kinds == 1)
        own->factors[MOVE_LAST] = own->factors[MOVE];
    else if (!line_factors_visits(line, &move_last, false, false, &own->factors[MOVE_LAST]))
        return false;
    /* A factor is a sum over moves: n - 2 between full leaves and one to the last. */
    own->transitions[ROUND] = own->factors[RETURN];
    for (int f = 0; f < FACTORS; f++)
        own->transitions[ON].of[f] =
            (double)(n - 2) * own->factors[MOVE].of[f] + own->factors[MOVE_LAST].of[f];
    return true;
}

/* ---- the group ------------------------------------------------------------------------------- */

/* But for its traits, which are set once its moves are counted. */
static line_one_t line_one_leaf(const line_t *line, int kind, line_group_t *own)
{
    line_one_t leaf = {.own = own, .work = 2 * kind + 1};
    if (line->works == NULL) {
        leaf.compute = (double)line_volume(line, &line->inner[kind].rest);
        return leaf;
    }
    const volume_steps_t *works = line->works->of[kind][1];
    for (int i = 0; i < line->works->n[kind][1]; i++)
        leaf.compute += (double)(works[i].volume * works[i].steps);
    return leaf;
}

static void line_one_set_traits(const line_group_t *own, int from, int to, network_t network,
                                traits_t traits[PLACES])
{
    for (int i = from; i < to; i++) {
        group_set_egress(network, &own->factors[i], &traits[i]);
        group_set_ingress(network, &own->factors[i], &traits[i]);
    }
}

static bool line_one_count_still(const line_t *line, network_t network, line_group_t *own)
{
    traits_t traits[PLACES];
    const line_leaf_t *leaf = &line->inner[0].rest;
    line_one_t only = line_one_leaf(line, 0, own);
    only.traits = traits;
    line_one_stay(line, leaf, true, true, &own->transitions[0]);
    own->factors[MOVE] = own->transitions[0];
    line_one_set_traits(own, MOVE, MOVE + 1, network, traits);
    line_one_class(&only, SPAN(0, 0, MOVE, MOVE), 1);
    return true;
}

bool line_count_one(const line_t *line, bool inside, network_t network, line_group_t *own)
{
    const int last_kind = line->kinds - 1;
    const line_leaf_t *full = &line->inner[0].rest, *last = &line->inner[last_kind].rest;
    traits_t traits[PLACES];
    line_one_t fulls = line_one_leaf(line, 0, own), lasts = line_one_leaf(line, last_kind, own);
    fulls.traits = lasts.traits = traits;
    line_factors_end(line, last, &own->end);
    if (!line_factors_visits(line, &(line_move_t){.behind = full}, true, false, &own->begin))
        return false;
    /* A group without a loop has one leaf, which it never leaves. */
    if (line->depth == 0) return line_one_count_still(line, network, own);
    if (!line_one_fill(line, full, last, own)) return false;
    line_one_set_traits(own, MOVE, RETURN + 1, network, traits);
    line_one_list(&fulls, &lasts, line->outer_n, line->kinds == 1);
    if (!inside) return true;
    line_one_fill_stays(line, full, last, own);
    line_one_set_traits(own, STAY_FIRST, STAY_LAST + 1, network, traits);
    line_one_list_stays(&fulls, &lasts, line->outer_n, line_ends_matter(line));
    return true;
}
