/* What the spatial maps contribute to the volumes of a case (COST_MODEL.md sections 5.3 and 5.4). */
#include "formation.h"

#include <assert.h>

/* Sorts of sub-clusters: the first one gets its whole tile, the others what is new; `partial` is the one whose edge
   tile is not full. */
typedef enum { MEMBER_FIRST, MEMBER_FIRST_PARTIAL, MEMBER_OTHER, MEMBER_OTHER_PARTIAL, MEMBERS } member_t;

static bool is_first(member_t member)
{
    return member == MEMBER_FIRST || member == MEMBER_FIRST_PARTIAL;
}

static bool is_partial(member_t member)
{
    return member == MEMBER_FIRST_PARTIAL || member == MEMBER_OTHER_PARTIAL;
}

/* ---- which sub-clusters (5.3) ------------------------------------------------------------------------------------ */

typedef struct {
    bool spatial, edge, partial;
} spread_t;

/* How the spatial maps among `maps` (bits) spread a tensor; `last` decides about the partial sub-cluster. */
static spread_t spread_over(const formation_t *formation, uint32_t maps, int last)
{
    return (spread_t){.spatial = last != NOWHERE,
                      .edge = (maps & formation->edges_partial) != 0,
                      .partial = last != NOWHERE && formation->state[last]->partial};
}

static void count_members(const level_t *level, spread_t spread, int64_t shares[MEMBERS])
{
    const int64_t active = level->active_edge;
    for (member_t member = MEMBER_FIRST; member < MEMBERS; member++) shares[member] = 0;
    if (spread.edge && active == 1 && spread.partial) {
        shares[MEMBER_FIRST_PARTIAL] = 1;
        return;
    }
    shares[MEMBER_FIRST] = 1;
    if (!spread.spatial) return;
    if (!spread.edge) {
        shares[MEMBER_OTHER] = level->width - 1;
    } else if (active > 1) {
        shares[MEMBER_OTHER] = active - spread.partial - 1;
        shares[MEMBER_OTHER_PARTIAL] = spread.partial;
    }
}

/* ---- volumes that leave, and multiplications (5.4) --------------------------------------------------------------- */

static int64_t or_one(int64_t count)
{
    return count ? count : 1;
}

/* At a spatial edge with one active sub-cluster MAESTRO takes the input extent, X for X' (quirk 7). */
static int64_t output_factor(const level_t *level, int map, const state_t *state, member_t member, bool reuse)
{
    const extent_t *extent = &level->maps[map].output;
    const bool alone = level->active_edge == 1;
    if (state->phase == PHASE_EDGE && alone) return member == MEMBER_OTHER ? 1 : level->maps[map].input.mapped_edge;
    if (state->edge && is_partial(member)) {
        const bool whole = state->phase == PHASE_INIT && (alone || !reuse);
        return whole ? extent->mapped_edge : extent->unique_edge;
    }
    return is_first(member) ? extent->mapped : or_one(extent->unique);
}

/* The product over the spatial maps among `maps`. */
static int64_t output_product(const level_t *level, const formation_t *formation, uint32_t maps, member_t member,
                              bool reuse)
{
    int64_t product = 1;
    for (int i = 0; i < level->spatial_n; i++) {
        const int map = level->spatial[i];
        if (maps >> map & 1) product *= output_factor(level, map, formation->state[i], member, reuse);
    }
    return product;
}

static int64_t egress_factor(const level_t *level, const formation_t *formation, spread_t spread)
{
    int64_t shares[MEMBERS], sum = 0;
    count_members(level, spread, shares);
    for (member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member])
            sum += shares[member] * output_product(level, formation, level->coupled[CONFX_TENSOR_OUTPUT], member, true);
    }
    return sum;
}

/* All sub-clusters multiply as much as the first one, but for the partial one. */
static int64_t macs_factor(const level_t *level, const formation_t *formation, spread_t spread)
{
    int64_t shares[MEMBERS], sum = 0;
    count_members(level, spread, shares);
    shares[MEMBER_FIRST] += shares[MEMBER_OTHER];
    shares[MEMBER_OTHER] = 0;
    for (member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member]) sum += shares[member] * output_product(level, formation, UINT32_MAX, member, false);
    }
    return sum;
}

static int64_t critical_factor(const level_t *level, const formation_t *formation, spread_t output)
{
    const bool partial = output.edge && level->active_edge == 1 && output.partial;
    const member_t member = partial ? MEMBER_FIRST_PARTIAL : MEMBER_FIRST;
    return output_product(level, formation, UINT32_MAX, member, true);
}

/* ---- volumes that enter (5.1 and 5.2) ---------------------------------------------------------------------------- */

static int64_t first_factor(const level_t *level, int map, const state_t *state, member_t member)
{
    const extent_t *extent = &level->maps[map].input;
    if (!state->edge) return extent->mapped;
    if (level->active_edge == 1) return member == MEMBER_OTHER ? 1 : extent->mapped_edge;
    return is_partial(member) ? extent->mapped_edge : extent->mapped;
}

/* Sub-clusters but the first one receive only what is new where a map shares. */
static int64_t moved_factor(const level_t *level, int map, member_t member, bool shares)
{
    const extent_t *extent = &level->maps[map].input;
    if (is_partial(member)) return shares && !is_first(member) ? extent->unique_edge : extent->mapped_edge;
    return shares && !is_first(member) ? extent->unique : extent->mapped;
}

static int64_t first_product(const level_t *level, const formation_t *formation, uint32_t maps, member_t member)
{
    int64_t product = 1;
    for (int i = 0; i < level->spatial_n; i++) {
        const int map = level->spatial[i];
        if (maps >> map & 1) product *= first_factor(level, map, formation->state[i], member);
    }
    return product;
}

/* The innermost `sharing` of the spatial maps among `maps` share. */
static int64_t moved_product(const level_t *level, uint32_t maps, member_t member, int sharing)
{
    int64_t product = 1;
    for (int i = level->spatial_n - 1; i >= 0; i--) {
        const int map = level->spatial[i];
        if (maps >> map & 1) product *= moved_factor(level, map, member, sharing-- > 0);
    }
    return product;
}

static void fill_ingress(const level_t *level, confx_tensor_t tensor, bool moving, formation_t *formation)
{
    const uint32_t maps = level->coupled[tensor];
    int64_t shares[MEMBERS];
    count_members(level, spread_over(formation, maps, level->last_spatial[tensor]), shares);
    formation->first[tensor] = 0;
    for (int sharing = 0; sharing <= SPATIAL_MAX; sharing++) formation->moved[tensor][sharing] = 0;
    for (member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member] == 0) continue;
        formation->first[tensor] += shares[member] * first_product(level, formation, maps, member);
        for (int sharing = 0; moving && sharing <= level->spatial_n; sharing++)
            formation->moved[tensor][sharing] += shares[member] * moved_product(level, maps, member, sharing);
    }
}

/* ---- one formation ----------------------------------------------------------------------------------------------- */

static void fill_edges(const level_t *level, formation_t *formation)
{
    const int64_t active = formation->state[0]->edge ? level->active_edge : level->width;
    formation->partial = formation->state[0]->partial;
    formation->full = active - formation->partial;
    formation->edges = formation->edges_partial = 0;
    for (int i = 0; i < level->spatial_n; i++) {
        if (!formation->state[i]->edge) continue;
        formation->edges_partial |= map_bit(level->spatial[i]);
        if (level->active_edge == 1) formation->edges |= map_bit(level->spatial[i]);
    }
}

void formation_fill(const level_t *level, const state_t *outer, const state_t *inner, bool moving,
                    formation_t *formation)
{
    assert(level->spatial_n >= 1 && level->spatial_n <= SPATIAL_MAX);
    formation->state[0] = outer;
    formation->state[1] = inner;
    fill_edges(level, formation);
    fill_ingress(level, CONFX_TENSOR_INPUT, moving, formation);
    fill_ingress(level, CONFX_TENSOR_FILTER, moving, formation);
    const spread_t output =
        spread_over(formation, level->coupled[CONFX_TENSOR_OUTPUT], level->last_spatial[CONFX_TENSOR_OUTPUT]);
    const spread_t array = spread_over(formation, UINT32_MAX, level->spatial_n - 1);
    formation->egress = egress_factor(level, formation, output);
    formation->macs = macs_factor(level, formation, array);
    formation->critical = critical_factor(level, formation, output);
}
