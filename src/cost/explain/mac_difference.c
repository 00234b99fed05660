/* Why MAESTRO counts other MACs than there are: quirks are mended until the count is true. */
#include "cost/explain/explain.h"
#include "cost/explain/reference.h"

#include <assert.h>

/* ---- counts with quirks mended --------------------------------------------------------------- */

static bool mac_difference_count_mended(const explanation_t *explanation, unsigned mends,
                                        int64_t *macs)
{
    const level_t *level = &explanation->levels.level[0];
    reference_t reference;
    turn_t turn;
    *macs = 0;
    /* Level 0 alone decides about MACs: a level below gives cycles, and its counts are not used. */
    if (!reference_begin(&reference, level, explanation->layer, mends, level->dim)) return false;
    for (int64_t i = 0; i < reference.cases; i++) {
        reference_turn(&reference, i, &turn);
        if (reference_critical(&reference, &turn) > 0)
            *macs += turn.occurrences * reference_macs(&reference, &turn);
    }
    return true;
}

/* The fewest that do. */
static unsigned mac_difference_find_reasons(const explanation_t *explanation)
{
    /* Sets of one quirk, then of two, and so on: the first that gives the true count is a smallest
       one. There are 2^MENDS - 1 of them, each one pass over the cases. */
    for (int most = 1; most <= MENDS; most++) {
        for (unsigned mends = 1; mends < 1U << MENDS; mends++) {
            int64_t macs;
            assert(mends);
            if (__builtin_popcount(mends) != most) continue;
            if (mac_difference_count_mended(explanation, mends, &macs) &&
                (double)macs == explanation->true_macs)
                return mends;
        }
    }
    return 0;
}

void explanation_mac_difference(explanation_t *explanation)
{
    assert(explanation->walks && explanation->reasons == 0);
    explanation->true_macs = confx_layer_macs(explanation->layer);
    if (explanation->fault == CONFX_COST_OVERFLOW) return;
    if ((double)explanation->walks->sum.macs != explanation->true_macs)
        explanation->reasons = mac_difference_find_reasons(explanation);
}

/* ---- map by map ------------------------------------------------------------------------------ */

/* What a map alone counts: the states of the others are held at their first. Their factors are
   taken out by counting with the map's own extents as one. */
static int64_t mac_difference_count_along(const reference_t *reference, int map)
{
    const map_t *one = &reference->level.maps[map];
    int64_t sum = 0;
    for (int s = 0; s < reference->states[map].n; s++) {
        const state_t *state = &reference->states[map].state[s];
        sum += state->occurrences * (state->edge ? one->output.mapped_edge : one->output.mapped);
    }
    return sum;
}

/* A spatial map's count is that of the whole array: the level stripped of all other maps. */
static int64_t mac_difference_count_across(const reference_t *reference, int map)
{
    assert(reference->level.maps[map].spatial && reference->level.spatial_n == 1);
    /* With no other map, all cases of the level are this map's states, and the MACs of the array
       are what the map contributes to them. */
    reference_t alone = *reference;
    int64_t sum = 0;
    alone.level.maps_n = 1;
    alone.level.maps[0] = reference->level.maps[map];
    alone.level.spatial[0] = 0;
    alone.states[0] = reference->states[map];
    alone.cases = alone.states[0].n;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        alone.level.coupled[tensor] = reference->level.coupled[tensor] >> map & 1;
    for (int64_t i = 0; i < alone.cases; i++) {
        turn_t turn;
        reference_turn(&alone, i, &turn);
        sum += turn.occurrences * reference_macs(&alone, &turn);
    }
    return sum;
}

bool explanation_count(const explanation_t *explanation, int map, int64_t *counted,
                       int64_t *outputs)
{
    const level_t *level = &explanation->levels.level[0];
    reference_t reference;
    assert(map >= 0 && map < level->maps_n);
    *outputs = confx_layer_extent(explanation->layer, level->maps[map].dim);
    /* Two spatial maps advance together: neither has a count of its own. */
    if (level->maps[map].spatial && level->spatial_n > 1) return false;
    if (!reference_begin(&reference, level, explanation->layer, 0, level->dim)) return false;
    *counted = level->maps[map].spatial ? mac_difference_count_across(&reference, map)
                                        : mac_difference_count_along(&reference, map);
    return true;
}
