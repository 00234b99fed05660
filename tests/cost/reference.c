#include "cost/reference.h"

#include <assert.h>

static int64_t reference_greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t reference_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- quirks mended --------------------------------------------------------------------------- */

/* Section 3's e, without its quirk. */
static void reference_mend_wide(map_t *map, int64_t dim)
{
    /* Only where offset <= dim < size: there the quirk takes dim - offset for the edge, and the
       truth is what the map really holds, the whole dimension. */
    if (map->offset > dim || dim >= map->size) return;
    map->input.mapped_edge = dim;
    map->input.unique_edge = reference_greatest(map->offset - (map->size - dim), 0);
}

static int64_t reference_windows(int64_t extent, int64_t filter, int64_t stride)
{
    return extent < filter ? extent - filter + 1 : (extent - filter) / stride + 1;
}

static void reference_count_outputs(level_t *level, confx_dim_t along, confx_dim_t window,
                                    int64_t stride)
{
    if (level->at[along] == NOWHERE || level->at[window] == NOWHERE) return;
    map_t *map = &level->maps[level->at[along]];
    const extent_t *filter = &level->maps[level->at[window]].input;
    map->output.mapped = reference_windows(map->input.mapped, filter->mapped, stride);
    map->output.mapped_edge =
        reference_windows(map->input.mapped_edge, filter->mapped_edge, stride);
    map->output.unique_edge = reference_least(map->offset, map->output.mapped_edge);
}

static void reference_mend_extents(level_t *level, const confx_layer_t *layer, unsigned mends)
{
    const bool strides = mends >> MEND_STRIDE & 1;
    /* Outputs are counted anew from the inputs, after these are mended. */
    for (int i = 0; i < level->maps_n; i++) {
        map_t *map = &level->maps[i];
        if (mends >> MEND_WIDE & 1) reference_mend_wide(map, level->dim[map->dim]);
        map->output = map->input;
    }
    reference_count_outputs(level, CONFX_DIM_X, CONFX_DIM_S, strides ? layer->stride_x : 1);
    reference_count_outputs(level, CONFX_DIM_Y, CONFX_DIM_R, strides ? layer->stride_y : 1);
}

/* Section 3's ne, the partly filled sub-cluster counted. */
static void reference_mend_active(level_t *level)
{
    const map_t *map = &level->maps[level->spatial[0]];
    const int64_t dim = level->dim[map->dim];
    const int64_t round = map->offset * level->width;
    /* Where one round covers the dimension, ne counts the partial sub-cluster already. */
    if (dim <= map->size + round - map->offset) return;
    const int64_t rounds = ((dim - map->size) / map->offset + 1) / level->width;
    const int64_t rest = dim - rounds * round;
    /* The sub-clusters that are counted end at `last`: elements behind it belong to one more. */
    const int64_t last = (level->active_edge - 1) * map->offset + map->size;
    if (last < rest) level->active_edge++;
}

/* ---- cases (section 4) ----------------------------------------------------------------------- */

/* No count of a case exceeds the product of the largest extents. */
static double reference_largest(const map_t *map)
{
    const int64_t input = reference_greatest(
        reference_greatest(map->input.mapped, -map->input.mapped_edge), map->input.mapped_edge);
    const int64_t output = reference_greatest(
        reference_greatest(map->output.mapped, -map->output.mapped), map->output.mapped_edge);
    return (double)reference_greatest(reference_greatest(input, output),
                                      reference_greatest(-map->output.mapped_edge, 1));
}

bool reference_begin(reference_t *reference, const level_t *level, const confx_layer_t *layer,
                     unsigned mends, const int64_t dim[CONFX_DIM_COUNT])
{
    double count = (double)level->width + 2;
    assert(level->maps_n >= 1 && level->maps_n <= CONFX_DIM_COUNT && mends < 1U << MENDS);
    reference->level = *level;
    reference->mends = mends;
    reference->cases = 1;
    if (mends) reference_mend_extents(&reference->level, layer, mends);
    if (mends >> MEND_PARTIAL & 1) reference_mend_active(&reference->level);
    for (int i = 0; i < level->maps_n; i++) {
        states_t *states = &reference->states[i];
        double occurrences = 0;
        iteration_states_fill(&reference->level, i, dim[level->maps[i].dim], states);
        for (int s = 0; s < states->n; s++) occurrences += (double)states->state[s].occurrences;
        assert(states->n >= 1 && states->n <= PHASES);
        reference->cases *= states->n; /* at most 3^9 */
        count *= reference_largest(&reference->level.maps[i]) * occurrences;
    }
    return count < 0x1p58;
}

void reference_turn(const reference_t *reference, int64_t number, turn_t *turn)
{
    assert(number >= 0 && number < reference->cases);
    int64_t inside = reference->cases; /* cases of the maps from here on */
    turn->occurrences = 1;
    turn->moved = NOWHERE;
    for (int i = 0; i < reference->level.maps_n; i++) {
        const states_t *states = &reference->states[i];
        /* Section 4's index: the quotient rounded up, modulo the number of states. */
        inside /= states->n;
        const int64_t s = (number + inside - 1) / inside % states->n;
        turn->state[i] = &states->state[s];
        turn->occurrences *= states->state[s].occurrences;
        if (s) turn->moved = i;
    }
    assert(inside == 1 && (number == 0) == (turn->moved == NOWHERE));
}

/* ---- which sub-clusters (5.3) ---------------------------------------------------------------- */

typedef struct {
    bool first, partial;
} reference_member_t;

static const reference_member_t first = {true, false}, first_partial = {true, true};
static const reference_member_t other = {false, false}, other_partial = {false, true};

typedef struct {
    bool spatial, edge, partial;
} reference_spread_t;

/* Over the spatial maps among `maps` (bits), of which the one at `last` decides about the partial
   sub-cluster. */
static reference_spread_t reference_spread_over(const reference_t *reference, const turn_t *turn,
                                                uint32_t maps, int last)
{
    const level_t *level = &reference->level;
    reference_spread_t spread = {.spatial = last != NOWHERE};
    for (int i = 0; i < level->spatial_n; i++) {
        const int map = level->spatial[i];
        if (maps >> map & 1 && turn->state[map]->edge) spread.edge = true;
    }
    assert(last < level->spatial_n);
    spread.partial = spread.spatial && turn->state[level->spatial[last]]->partial;
    return spread;
}

static reference_spread_t reference_spread_of(const reference_t *reference, const turn_t *turn,
                                              confx_tensor_t tensor)
{
    return reference_spread_over(reference, turn, reference->level.coupled[tensor],
                                 reference->level.last_spatial[tensor]);
}

/* The sub-clusters that count: the first one, as what it counts; where the maps are spread, those
   between it and the last one, which count as `other`; and the partial one behind them. */
typedef struct {
    reference_member_t leader;
    int64_t others, partial;
} reference_members_t;

static reference_members_t reference_members(const reference_t *reference,
                                             reference_spread_t spread)
{
    const int64_t active = spread.edge ? reference->level.active_edge : reference->level.width;
    const bool alone = spread.edge && active == 1;
    const bool partial = spread.spatial && spread.edge && spread.partial;
    reference_members_t members = {.leader = alone && partial ? first_partial : first};
    if (!spread.spatial || alone) return members;
    members.partial = partial;
    members.others = reference_greatest(active - partial - 1, 0);
    return members;
}

/* ---- ingress (5.1 and 5.2) ------------------------------------------------------------------- */

static int64_t reference_mapped(const reference_t *reference, const turn_t *turn, int i,
                                reference_member_t member)
{
    const extent_t *extent = &reference->level.maps[i].input;
    /* Section 5.1, line by line. */
    if (!turn->state[i]->edge) return extent->mapped;
    if (!reference->level.maps[i].spatial) return extent->mapped_edge;
    if (reference->level.active_edge == 1)
        return member.first || member.partial ? extent->mapped_edge : 1;
    return member.partial ? extent->mapped_edge : extent->mapped;
}

/* Something of the tensor inside the map that moved starts anew. */
static bool reference_restarts(const reference_t *reference, const turn_t *turn,
                               confx_tensor_t tensor)
{
    for (int i = turn->moved + 1; i < reference->level.maps_n; i++) {
        const bool coupled = reference->level.coupled[tensor] >> i & 1;
        if (coupled && turn->state[i]->phase == PHASE_INIT && !reference->states[i].unrolled)
            return true;
    }
    return false;
}

static int64_t reference_temporal_share(const reference_t *reference, const turn_t *turn, int i,
                                        bool restarted, bool *refused)
{
    const extent_t *extent = &reference->level.maps[i].input;
    /* A step takes in only what is new, and only of the map that moved: others restart or stand
       still. */
    if (turn->state[i]->phase == PHASE_INIT)
        return turn->state[i]->edge ? extent->mapped_edge : extent->mapped;
    if (i != turn->moved || restarted) return extent->mapped;
    assert(i == turn->moved && extent->unique >= 0);
    if (extent->unique == 0) *refused = true;
    return extent->unique;
}

static int64_t reference_spatial_share(const reference_t *reference, const turn_t *turn, int i,
                                       bool restarted, reference_member_t member)
{
    const extent_t *extent = &reference->level.maps[i].input;
    const int64_t full = member.partial ? extent->mapped_edge : extent->mapped;
    const int64_t unique = member.partial ? extent->unique_edge : extent->unique;
    /* Behind the first sub-cluster its neighbour already has the overlap, where data are shared. */
    if (member.first) return full;
    if (turn->state[i]->phase == PHASE_INIT) return i <= turn->moved ? full : unique;
    return i == turn->moved && !restarted ? unique : full;
}

static int64_t reference_ingress_of(const reference_t *reference, const turn_t *turn,
                                    confx_tensor_t tensor, reference_member_t member, bool *refused)
{
    const uint32_t coupled = reference->level.coupled[tensor];
    const bool restarted = reference_restarts(reference, turn, tensor);
    int64_t product = 1;
    /* What does not depend on the map that moved is not read again, whatever happens inside it. */
    if (turn->moved != NOWHERE && !(coupled >> turn->moved & 1)) return 0; /* quirk 2 */
    for (int i = 0; i < reference->level.maps_n; i++) {
        if (!(coupled >> i & 1)) continue;
        if (turn->moved == NOWHERE)
            product *= reference_mapped(reference, turn, i, member);
        else if (reference->level.maps[i].spatial)
            product *= reference_spatial_share(reference, turn, i, restarted, member);
        else
            product *= reference_temporal_share(reference, turn, i, restarted, refused);
    }
    return product;
}

int64_t reference_ingress(const reference_t *reference, const turn_t *turn, confx_tensor_t tensor,
                          bool *refused)
{
    const reference_spread_t spread = reference_spread_of(reference, turn, tensor);
    const reference_members_t members = reference_members(reference, spread);
    int64_t sum = reference_ingress_of(reference, turn, tensor, members.leader, refused);
    /* Who is not there is not asked: the answer might be that MAESTRO stops. */
    if (members.others)
        sum += members.others * reference_ingress_of(reference, turn, tensor, other, refused);
    if (members.partial)
        sum +=
            members.partial * reference_ingress_of(reference, turn, tensor, other_partial, refused);
    return sum;
}

/* ---- egress and multiplications (5.4) -------------------------------------------------------- */

static int64_t reference_or_one(int64_t count)
{
    return count ? count : 1;
}

static int64_t reference_output_share(const reference_t *reference, const turn_t *turn, int i,
                                      reference_member_t member, bool reuse)
{
    const map_t *map = &reference->level.maps[i];
    const extent_t *extent = &map->output;
    const state_t *state = turn->state[i];
    const bool alone = reference->level.active_edge == 1;
    const int64_t full = member.first ? extent->mapped : reference_or_one(extent->unique);
    /* Section 5.4. `output` of a map that does not slide is the same as `input`, so that one rule
       serves the dimensions of the output and those of partial sums. */
    if (!map->spatial) return state->edge ? extent->mapped_edge : extent->mapped;
    if (state->phase == PHASE_EDGE && alone) {
        const int64_t edge = reference->mends >> MEND_WINDOW & 1
                                 ? extent->mapped_edge
                                 : map->input.mapped_edge; /* quirk 7 */
        return member.first || member.partial ? edge : 1;
    }
    if (state->phase == PHASE_EDGE) return member.partial ? extent->unique_edge : full;
    if (!state->edge || !member.partial) return full;
    return alone || !reuse ? extent->mapped_edge : extent->unique_edge;
}

static int64_t reference_output_of(const reference_t *reference, const turn_t *turn, uint32_t maps,
                                   reference_member_t member, bool reuse)
{
    int64_t product = 1;
    for (int i = 0; i < reference->level.maps_n; i++)
        if (maps >> i & 1) product *= reference_output_share(reference, turn, i, member, reuse);
    return product;
}

int64_t reference_egress(const reference_t *reference, const turn_t *turn)
{
    const uint32_t maps = reference->level.coupled[CONFX_TENSOR_OUTPUT];
    const reference_spread_t spread = reference_spread_of(reference, turn, CONFX_TENSOR_OUTPUT);
    const reference_members_t members = reference_members(reference, spread);
    /* As with ingress, over the maps that the output depends on. */
    return reference_output_of(reference, turn, maps, members.leader, true) +
           members.others * reference_output_of(reference, turn, maps, other, true) +
           members.partial * reference_output_of(reference, turn, maps, other_partial, true);
}

int64_t reference_macs(const reference_t *reference, const turn_t *turn)
{
    const reference_spread_t spread =
        reference_spread_over(reference, turn, UINT32_MAX, reference->level.spatial_n - 1);
    const int64_t active = reference->level.active_edge;
    const reference_member_t leader = reference_members(reference, spread).leader;
    /* Every sub-cluster but the partial one does as much as the first: inputs that overlap are
       received once but multiplied in each of them. */
    const int64_t full = reference_output_of(reference, turn, UINT32_MAX, first, true);
    if (!spread.edge) return reference->level.width * full;
    const int64_t sum = reference_output_of(reference, turn, UINT32_MAX, leader, true);
    if (active == 1) return sum;
    return sum + reference_greatest(active - spread.partial - 1, 0) * full +
           spread.partial * reference_output_of(reference, turn, UINT32_MAX, other_partial, false);
}

int64_t reference_critical(const reference_t *reference, const turn_t *turn)
{
    const reference_spread_t spread = reference_spread_of(reference, turn, CONFX_TENSOR_OUTPUT);
    return reference_output_of(reference, turn, UINT32_MAX,
                               reference_members(reference, spread).leader, true);
}

/* ---- below (5.5 and section 6, step 5) ------------------------------------------------------- */

void reference_tile(const reference_t *reference, const turn_t *turn, bool partial,
                    int64_t dim[CONFX_DIM_COUNT])
{
    for (int i = 0; i < CONFX_DIM_COUNT; i++) dim[i] = 0;
    for (int i = 0; i < reference->level.maps_n; i++) {
        const map_t *map = &reference->level.maps[i];
        /* A spatial edge is that of the partial sub-cluster, or of the only one (section 5.5). */
        const bool edge =
            turn->state[i]->edge && (!map->spatial || reference->level.active_edge == 1 || partial);
        dim[map->dim] = edge ? map->input.mapped_edge : map->input.mapped;
    }
}

int64_t reference_active(const reference_t *reference, const turn_t *turn, bool *partial)
{
    const state_t *state = turn->state[reference->level.spatial[0]];
    *partial = state->edge && state->partial;
    assert(reference->level.active_edge >= 1 && reference->level.width >= 1);
    return state->edge ? reference->level.active_edge : reference->level.width;
}
