/* Why MAESTRO counts other MACs than there are: the engine counts those of level 0 once more, with
   quirks mended in the level's static quantities (src/cost/README.md, section 3), until the count
   is true. */
#include "cost/explain/explain.h"
#include "cost/language/whole.h"

#include <assert.h>

/* ---- quirks mended --------------------------------------------------------------------------- */

/* Section 3's e, without its quirk. */
static void mac_difference_mend_wide(map_t *map, int64_t dim)
{
    /* Only where offset <= dim < size: there the quirk takes dim - offset for the edge, and the
       truth is what the map really holds, the whole dimension. */
    if (map->offset > dim || dim >= map->size) return;
    map->input.mapped_edge = dim;
    map->input.unique_edge = whole_max(map->offset - (map->size - dim), 0);
}

static int64_t mac_difference_windows(int64_t extent, int64_t filter, int64_t stride)
{
    return extent < filter ? extent - filter + 1 : (extent - filter) / stride + 1;
}

static void mac_difference_mend_outputs(level_t *level, confx_dim_t along, confx_dim_t window,
                                        int64_t stride)
{
    if (level->at[along] == NOWHERE || level->at[window] == NOWHERE) return;
    map_t *map = &level->maps[level->at[along]];
    const extent_t *filter = &level->maps[level->at[window]].input;
    extent_t *output = &map->output;
    output->mapped = mac_difference_windows(map->input.mapped, filter->mapped, stride);
    output->mapped_edge =
        mac_difference_windows(map->input.mapped_edge, filter->mapped_edge, stride);
    output->unique_edge = map->offset < output->mapped_edge ? map->offset : output->mapped_edge;
}

/* Section 3's ne, the partly filled sub-cluster counted. */
static void mac_difference_mend_active(level_t *level)
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

static void mac_difference_mend(level_t *level, const confx_layer_t *layer, unsigned mends)
{
    const bool strides = mends >> MEND_STRIDE & 1;
    assert(mends < 1U << MENDS);
    for (int i = 0; i < level->maps_n && mends >> MEND_WIDE & 1; i++) {
        map_t *map = &level->maps[i];
        mac_difference_mend_wide(map, level->dim[map->dim]);
        map->output.mapped_edge = map->input.mapped_edge;
        map->output.unique_edge = map->input.unique_edge;
    }
    /* Outputs are counted anew from the inputs, after these are mended. */
    mac_difference_mend_outputs(level, CONFX_DIM_X, CONFX_DIM_S, strides ? layer->stride_x : 1);
    mac_difference_mend_outputs(level, CONFX_DIM_Y, CONFX_DIM_R, strides ? layer->stride_y : 1);
    for (int i = 0; i < level->spatial_n; i++) {
        const map_t *map = &level->maps[level->spatial[i]];
        level->alone[i] =
            mends >> MEND_WINDOW & 1 ? map->output.mapped_edge : map->input.mapped_edge;
    }
    if (mends >> MEND_PARTIAL & 1) mac_difference_mend_active(level);
    extents_fill_reach(level);
}

/* ---- counts with quirks mended --------------------------------------------------------------- */

/* The fewest quirks whose mending makes the count true. */
static unsigned mac_difference_find_reasons(const explanation_t *explanation)
{
    /* Sets of one quirk, then of two, and so on: the first that gives the true count is a smallest
       one. There are 2^MENDS - 1 of them. Level 0 alone decides about MACs: a level below gives
       cycles, and its counts are not used. */
    for (int most = 1; most <= MENDS; most++) {
        for (unsigned mends = 1; mends < 1U << MENDS; mends++) {
            int64_t macs;
            if (__builtin_popcount(mends) != most) continue;
            level_t level = explanation->levels.level[0];
            mac_difference_mend(&level, explanation->point.layer, mends);
            if (evaluation_macs(&level, explanation->point.hardware, false, &macs) &&
                (double)macs == explanation->true_macs)
                return mends;
        }
    }
    return 0;
}

void explanation_mac_difference(explanation_t *explanation)
{
    assert(explanation->walks && explanation->reasons == 0);
    explanation->true_macs = confx_layer_macs(explanation->point.layer);
    if ((double)explanation->cost.macs != explanation->true_macs)
        explanation->reasons = mac_difference_find_reasons(explanation);
}

/* ---- map by map ------------------------------------------------------------------------------ */

/* What a temporal map counts along its dimension: the sum over its states. */
static int64_t mac_difference_count_along(const level_t *level, int i)
{
    const map_t *map = &level->maps[i];
    states_t states;
    int64_t sum = 0;
    iteration_states_fill(level, i, level->dim[map->dim], &states);
    for (int s = 0; s < states.n; s++) {
        const state_t *state = &states.state[s];
        sum += state->occurrences * (state->edge ? map->output.mapped_edge : map->output.mapped);
    }
    return sum;
}

/* A spatial map's count is that of the whole array: of the level without all other maps. */
static bool mac_difference_count_across(const explanation_t *explanation, int i, int64_t *sum)
{
    level_t alone = explanation->levels.level[0];
    assert(alone.maps[i].spatial && alone.spatial_n == 1);
    alone.maps[0] = alone.maps[i];
    alone.maps_n = 1;
    alone.spatial[0] = 0;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        alone.coupled[tensor] = alone.coupled[tensor] >> i & 1;
    extents_fill_reach(&alone);
    return evaluation_macs(&alone, explanation->point.hardware, true, sum);
}

bool explanation_count(const explanation_t *explanation, int map, int64_t *counted,
                       int64_t *outputs)
{
    const level_t *level = &explanation->levels.level[0];
    assert(map >= 0 && map < level->maps_n);
    *outputs = confx_layer_extent(explanation->point.layer, level->maps[map].dim);
    /* Two spatial maps advance together: neither has a count of its own. */
    if (level->maps[map].spatial && level->spatial_n > 1) return false;
    if (level->maps[map].spatial) return mac_difference_count_across(explanation, map, counted);
    *counted = mac_difference_count_along(level, map);
    return true;
}
