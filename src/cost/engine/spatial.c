/* What the spatial maps contribute to the volumes of a case (src/cost/README.md, sections 5.1 to
   5.4).

   A volume of the whole array is a sum over its sub-clusters of products over the maps.
   Sub-clusters of one sort (spatial_member_t) have the same product. So the sum is: for each
   sort, how many there are (count_members) times the factors of the one or two spatial maps. The
   temporal maps' factors do not depend on the sub-cluster and are multiplied in by volume.c. */
#include "cost/engine/spatial.h"

#include <assert.h>

/* Sorts of sub-clusters: the first one gets its whole tile, the others what is new; `partial` is
   the one whose edge tile is not full. */
typedef enum {
    MEMBER_FIRST,
    MEMBER_FIRST_PARTIAL,
    MEMBER_OTHER,
    MEMBER_OTHER_PARTIAL,
    MEMBERS
} spatial_member_t;

static bool spatial_is_first(spatial_member_t member)
{
    return member == MEMBER_FIRST || member == MEMBER_FIRST_PARTIAL;
}

static bool spatial_is_partial(spatial_member_t member)
{
    return member == MEMBER_FIRST_PARTIAL || member == MEMBER_OTHER_PARTIAL;
}

/* ---- which sub-clusters (5.3) ---------------------------------------------------------------- */

typedef struct {
    bool spatial, edge, partial;
} spatial_spread_t;

/* How the spatial maps among `maps` (bits) spread a tensor; `last` decides about the partial
   sub-cluster. */
static spatial_spread_t spatial_spread_over(const spatial_t *spatial, uint32_t maps, int last)
{
    return (spatial_spread_t){.spatial = last != NOWHERE,
                              .edge = (maps & spatial->edges_partial) != 0,
                              .partial = last != NOWHERE && spatial->state[last]->partial};
}

static void spatial_count_members(const level_t *level, spatial_spread_t spread,
                                  int64_t shares[MEMBERS])
{
    const int64_t active = level->active_edge;
    for (spatial_member_t member = MEMBER_FIRST; member < MEMBERS; member++) shares[member] = 0;
    /* At an edge with one sub-cluster, that one is the partial one, if any is. */
    if (spread.edge && active == 1 && spread.partial) {
        shares[MEMBER_FIRST_PARTIAL] = 1;
        return;
    }
    /* A tensor that no spatial map spreads is the same for all sub-clusters: it is counted once. */
    shares[MEMBER_FIRST] = 1;
    if (!spread.spatial) return;
    /* Otherwise: the first, the partial one where there is one, and all others between them. */
    if (!spread.edge) {
        shares[MEMBER_OTHER] = level->width - 1;
    } else if (active > 1) {
        shares[MEMBER_OTHER] = active - spread.partial - 1;
        shares[MEMBER_OTHER_PARTIAL] = spread.partial;
    }
}

/* ---- volumes that leave, and multiplications (5.4) ------------------------------------------- */

/* At a spatial edge with one active sub-cluster MAESTRO takes the input extent, X for X' (quirk
   7). */
static int64_t spatial_output_factor(const level_t *level, int i, const state_t *state,
                                     spatial_member_t member, bool reuse)
{
    const extent_t *extent = &level->maps[level->spatial[i]].output;
    const bool alone = level->active_edge == 1;
    if (state->phase == PHASE_EDGE && alone) return member == MEMBER_OTHER ? 1 : level->alone[i];
    /* The partial sub-cluster gives off its edge extent: only what is new of it, since its
       neighbour has the overlap, unless it is alone, or each result is counted wherever it is
       made. */
    if (state->edge && spatial_is_partial(member)) {
        const bool whole = state->phase == PHASE_INIT && (alone || !reuse);
        return whole ? extent->mapped_edge : extent->unique_edge;
    }
    /* A full tile. A first state whose edge is not this member's also counts as one (section
       5.4). */
    if (spatial_is_first(member)) return extent->mapped;
    return extent->unique ? extent->unique : 1;
}

/* The product over the spatial maps among `maps`. */
static int64_t spatial_output_product(const level_t *level, const spatial_t *spatial, uint32_t maps,
                                      spatial_member_t member, bool reuse)
{
    int64_t product = 1;
    for (int i = 0; i < level->spatial_n; i++) {
        if (maps >> level->spatial[i] & 1)
            product *= spatial_output_factor(level, i, spatial->state[i], member, reuse);
    }
    return product;
}

static int64_t spatial_egress_factor(const level_t *level, const spatial_t *spatial,
                                     spatial_spread_t spread)
{
    int64_t shares[MEMBERS], sum = 0;
    spatial_count_members(level, spread, shares);
    /* Only the maps that the output depends on: what several sub-clusters add to the same outputs
       is reduced on its way and leaves once. */
    for (spatial_member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member])
            sum += shares[member] * spatial_output_product(level, spatial,
                                                           level->coupled[CONFX_TENSOR_OUTPUT],
                                                           member, true);
    }
    return sum;
}

/* All sub-clusters multiply as much as the first one, but for the partial one. */
static int64_t spatial_macs_factor(const level_t *level, const spatial_t *spatial,
                                   spatial_spread_t spread)
{
    int64_t shares[MEMBERS], sum = 0;
    spatial_count_members(level, spread, shares);
    /* Overlapping inputs are received once but multiplied in every sub-cluster (section 5.4,
       `ps`). */
    shares[MEMBER_FIRST] += shares[MEMBER_OTHER];
    shares[MEMBER_OTHER] = 0;
    for (spatial_member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member])
            sum +=
                shares[member] * spatial_output_product(level, spatial, UINT32_MAX, member, false);
    }
    return sum;
}

static int64_t spatial_critical_factor(const level_t *level, const spatial_t *spatial,
                                       spatial_spread_t output)
{
    /* The first sub-cluster has at least as much to do as the others, and is partial only alone. */
    const bool partial = output.edge && level->active_edge == 1 && output.partial;
    const spatial_member_t member = partial ? MEMBER_FIRST_PARTIAL : MEMBER_FIRST;
    return spatial_output_product(level, spatial, UINT32_MAX, member, true);
}

/* ---- volumes that enter (5.1 and 5.2) -------------------------------------------------------- */

static int64_t spatial_first_factor(const level_t *level, int map, const state_t *state,
                                    spatial_member_t member)
{
    const extent_t *extent = &level->maps[map].input;
    /* Before any map moves, every sub-cluster receives its tile as a whole (section 5.1). */
    if (!state->edge) return extent->mapped;
    if (level->active_edge == 1) return member == MEMBER_OTHER ? 1 : extent->mapped_edge;
    return spatial_is_partial(member) ? extent->mapped_edge : extent->mapped;
}

/* Sub-clusters but the first one receive only what is new where a map shares. */
static int64_t spatial_moved_factor(const level_t *level, int map, spatial_member_t member,
                                    bool shares)
{
    const extent_t *extent = &level->maps[map].input;
    if (spatial_is_partial(member))
        return shares && !spatial_is_first(member) ? extent->unique_edge : extent->mapped_edge;
    return shares && !spatial_is_first(member) ? extent->unique : extent->mapped;
}

static int64_t spatial_first_product(const level_t *level, const spatial_t *spatial, uint32_t maps,
                                     spatial_member_t member)
{
    int64_t product = 1;
    for (int i = 0; i < level->spatial_n; i++) {
        const int map = level->spatial[i];
        if (maps >> map & 1) product *= spatial_first_factor(level, map, spatial->state[i], member);
    }
    return product;
}

/* The innermost `sharing` of the spatial maps among `maps` share. */
static int64_t spatial_moved_product(const level_t *level, uint32_t maps, spatial_member_t member,
                                     int sharing)
{
    int64_t product = 1;
    /* From the innermost outwards; only maps among `maps` use up `sharing`. */
    for (int i = level->spatial_n - 1; i >= 0; i--) {
        const int map = level->spatial[i];
        if (maps >> map & 1) product *= spatial_moved_factor(level, map, member, sharing-- > 0);
    }
    return product;
}

static void spatial_fill_ingress(const level_t *level, confx_tensor_t tensor, bool moving,
                                 spatial_t *spatial)
{
    const uint32_t maps = level->coupled[tensor];
    int64_t shares[MEMBERS];
    spatial_count_members(level, spatial_spread_over(spatial, maps, level->last_spatial[tensor]),
                          shares);
    /* `moved` has an entry for each number of maps that may share: which of them holds depends on
       the map that moves last, and so on the case (volume.c, sharing). */
    spatial->first[tensor] = 0;
    for (int sharing = 0; sharing <= SPATIAL_MAX; sharing++) spatial->moved[tensor][sharing] = 0;
    for (spatial_member_t member = MEMBER_FIRST; member < MEMBERS; member++) {
        if (shares[member] == 0) continue;
        spatial->first[tensor] +=
            shares[member] * spatial_first_product(level, spatial, maps, member);
        for (int sharing = 0; moving && sharing <= level->spatial_n; sharing++)
            spatial->moved[tensor][sharing] +=
                shares[member] * spatial_moved_product(level, maps, member, sharing);
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void spatial_fill_edges(const level_t *level, spatial_t *spatial)
{
    /* How many sub-clusters the level below is walked over for: the first spatial map alone
       decides, also where there are two (quirk 12). */
    const int64_t active = spatial->state[0]->edge ? level->active_edge : level->width;
    spatial->partial = spatial->state[0]->partial;
    spatial->full = active - spatial->partial;
    spatial->edges = spatial->edges_partial = 0;
    for (int i = 0; i < level->spatial_n; i++) {
        /* The edge extent is that of the partial sub-cluster, and of one that is alone (section
           5.5). */
        if (!spatial->state[i]->edge) continue;
        spatial->edges_partial |= map_bit(level->spatial[i]);
        if (level->active_edge == 1) spatial->edges |= map_bit(level->spatial[i]);
    }
}

void spatial_fill(const level_t *level, const state_t *outer, const state_t *inner, bool moving,
                  spatial_t *spatial)
{
    assert(level->spatial_n >= 1 && level->spatial_n <= SPATIAL_MAX);
    assert(level->active_edge >= 1 && level->width >= 1);
    spatial->state[0] = outer;
    spatial->state[1] = inner;
    spatial_fill_edges(level, spatial);
    spatial_fill_ingress(level, CONFX_TENSOR_INPUT, moving, spatial);
    spatial_fill_ingress(level, CONFX_TENSOR_FILTER, moving, spatial);
    const spatial_spread_t output = spatial_spread_over(
        spatial, level->coupled[CONFX_TENSOR_OUTPUT], level->last_spatial[CONFX_TENSOR_OUTPUT]);
    /* Multiplications take place wherever any map spreads them, also one that the output lacks. */
    const spatial_spread_t array = spatial_spread_over(spatial, UINT32_MAX, level->spatial_n - 1);
    spatial->egress = spatial_egress_factor(level, spatial, output);
    spatial->macs = spatial_macs_factor(level, spatial, array);
    spatial->critical = spatial_critical_factor(level, spatial, output);
}
