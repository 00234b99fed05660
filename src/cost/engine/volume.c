#include "cost/engine/spatial.h"

#include <assert.h>

/* Counts are sums over cases of occurrences times products of extents. While the sum of all such
   terms with every factor at its largest stays below this, nothing can overflow; the margin covers
   double buffering and sums. */
static const double count_max = 0x1p58;

static const product_t one = {{1, 1, 1, 1}};

/* ---- factors of temporal maps ---------------------------------------------------------------- */

/* Section 5.2: at a step or an edge the whole tile counts, not the edge's (quirk 3). */
static int64_t volume_ingress_factor(const map_t *map, const state_t *state)
{
    return state->phase == PHASE_INIT && state->edge ? map->input.mapped_edge : map->input.mapped;
}

/* Multiply by the factors of a map in that state. */
static void volume_fold(const level_t *level, int i, const state_t *state, product_t *product)
{
    const map_t *map = &level->maps[i];
    if (map->spatial) return; /* spatial.c has the spatial maps' factors */
    const int64_t ingress = volume_ingress_factor(map, state);
    const int64_t egress = state->edge ? map->output.mapped_edge : map->output.mapped;
    if (level->coupled[CONFX_TENSOR_INPUT] >> i & 1) product->of[CHAIN_INPUT] *= ingress;
    if (level->coupled[CONFX_TENSOR_FILTER] >> i & 1) product->of[CHAIN_FILTER] *= ingress;
    if (level->coupled[CONFX_TENSOR_OUTPUT] >> i & 1) product->of[CHAIN_OUTPUT] *= egress;
    /* Partial sums: along a dimension that the output does not have, `output` is the same as
       `input`, so that one factor for every map gives the multiplications (section 5.4). */
    product->of[CHAIN_MACS] *= egress;
}

static void volume_multiply(const product_t *a, const product_t *b, product_t *product)
{
    for (int chain = 0; chain < CHAINS; chain++) product->of[chain] = a->of[chain] * b->of[chain];
}

/* ---- tables ---------------------------------------------------------------------------------- */

static double volume_iterations(const states_t *states)
{
    double sum = 0;
    for (int s = 0; s < states->n; s++) sum += (double)states->state[s].occurrences;
    return sum;
}

static void volume_add_fixed(tile_t *tile, int i, product_t *folded)
{
    const state_t *state = &tile->states[i].state[0];
    volume_fold(tile->level, i, state, folded);
    if (state->edge && !tile->level->maps[i].spatial) tile->edges |= map_bit(i);
}

/* How many of the tensor's spatial maps give a sub-cluster only what its neighbour does not have:
   those inside the map that moved, and that map itself unless something inside restarted. They are
   always the innermost ones. */
static int volume_sharing(const level_t *level, confx_tensor_t tensor, int moved, bool restarted)
{
    /* Bits of the maps from `moved` on, or behind it. Two shifts, as one by 32 would be
       undefined. */
    const uint32_t inside = restarted ? ~UINT32_C(0) << moved << 1 : ~UINT32_C(0) << moved;
    int n = 0;
    for (int i = 0; i < level->spatial_n; i++)
        n += (level->coupled[tensor] & inside & map_bit(level->spatial[i])) != 0;
    return n;
}

/* Section 5.2. Only what is new of the moved map is read, unless an inner map of the tensor starts
   anew, which reads the tile again. Of what does not depend on the moved map nothing is read at all
   (quirk 2). `behind` is the factor of all maps behind the moved one. */
static void volume_fill_motion(const tile_t *tile, int moved, confx_tensor_t tensor, int64_t behind,
                               motion_t *motion)
{
    const level_t *level = tile->level;
    const map_t *map = &level->maps[moved];
    *motion = (motion_t){.factor = 0};
    if (!(level->coupled[tensor] >> moved & 1)) return;
    /* Maps inside the moved one are in their first states here. If one of them has more than one
       tile to go through, it begins again, and the tile of the moved map is read once more as a
       whole. */
    const bool restarted = (level->coupled[tensor] & tile->restart) >> moved >> 1;
    const int64_t fresh = restarted ? map->input.mapped : map->input.unique;
    motion->factor = map->spatial ? behind : fresh * behind;
    motion->sharing = volume_sharing(level, tensor, moved, restarted);
    /* A step that brings nothing new: MAESTRO leaves with status 255 (section 5.2). */
    motion->refused = !map->spatial && fresh == 0;
}

/* Moving map j, with the maps behind it that do not move folded. */
static void volume_add_moving(tile_t *tile, int j, const product_t *folded)
{
    const level_t *level = tile->level;
    const int map = tile->moving[j];
    /* One entry for the first state and one for the edge. A steady step has the factors of the
       first state: it has a full tile, too, and reading less of it is `motion`'s business. */
    for (int s = 0; s < tile->states[map].n; s++) {
        const state_t *state = &tile->states[map].state[s];
        if (state->phase == PHASE_STEADY) continue;
        volume_step_t *step = &tile->step[j][state->edge];
        step->spatial =
            level->maps[map].spatial && state->edge ? 1 << (map != level->spatial[0]) : 0;
        step->edges = level->maps[map].spatial || !state->edge ? 0 : map_bit(map);
        step->factor = *folded;
        volume_fold(level, map, state, &step->factor);
    }
    /* What is read when this map is the last one that has moved. rest[j + 1] stands for the moving
       maps behind it in their first states, `folded` for those between them that never move. */
    for (int tensor = 0; tensor < INGRESSES; tensor++)
        volume_fill_motion(tile, map, (confx_tensor_t)tensor,
                           folded->of[tensor] * tile->rest[j + 1].of[tensor],
                           &tile->motion[j][tensor]);
    /* A map that moves is not at its edge in its first state: else it would have that state
       alone. */
    volume_multiply(&tile->step[j][false].factor, &tile->rest[j + 1], &tile->rest[j]);
}

/* From the innermost map outwards; a moving map takes the fixed ones behind it into its factors. */
static void volume_fold_factors(tile_t *tile)
{
    product_t folded = one;
    int j = tile->moving_n;
    tile->rest[j] = one;
    tile->edges = 0;
    /* `folded` has the fixed maps met since the last moving one. */
    for (int i = tile->level->maps_n - 1; i >= 0; i--) {
        if (tile->states[i].n == 1) {
            volume_add_fixed(tile, i, &folded);
            continue;
        }
        volume_add_moving(tile, --j, &folded);
        folded = one;
    }
    /* What is left lies before the first moving map, and is a factor of every case. */
    assert(j == 0);
    tile->lead = folded;
}

static bool volume_has_edge(const states_t *states)
{
    return states->state[states->n - 1].phase == PHASE_EDGE;
}

static const state_t *volume_at_edge(const states_t *states, bool edge)
{
    return &states->state[edge ? states->n - 1 : 0];
}

static void volume_fill_spatial(tile_t *tile)
{
    const level_t *level = tile->level;
    const states_t *outer = &tile->states[level->spatial[0]];
    const states_t *inner = &tile->states[level->spatial[level->spatial_n - 1]];
    const int outers = volume_has_edge(outer) ? 2 : 1;
    const int inners = level->spatial_n == SPATIAL_MAX && volume_has_edge(inner) ? 2 : 1;
    /* With one spatial map `inner` is `outer`, of which spatial_fill takes the first alone. */
    for (int i = 0; i < inners; i++) {
        for (int o = 0; o < outers; o++)
            spatial_fill(level, volume_at_edge(outer, o), volume_at_edge(inner, i),
                         tile->moving_n > 0, &tile->spatial[o + 2 * i]);
    }
}

bool tile_begin(tile_t *tile, const level_t *level, const int64_t dim[CONFX_DIM_COUNT])
{
    double count = level->reach;
    tile->level = level;
    tile->moving_n = 0;
    tile->restart = 0;
    for (int i = 0; i < level->maps_n; i++) {
        states_t *states = &tile->states[i];
        iteration_states_fill(level, i, dim[level->maps[i].dim], states);
        if (!states->unrolled) tile->restart |= map_bit(i);
        if (states->n == 1) continue;
        count *= volume_iterations(states);
        tile->moving[tile->moving_n++] = i;
    }
    /* `reach` bounds the volumes of one case, the iterations how many cases there are, each with
       its occurrences: whatever is summed over the tile is below their product. */
    tile->bound = count;
    if (count > count_max) return false;
    volume_fold_factors(tile);
    volume_fill_spatial(tile);
    return true;
}

/* ---- kinds ----------------------------------------------------------------------------------- */

void volumes_fill(const tile_t *tile, uint32_t kind, int digits, volumes_t *volumes)
{
    product_t product = tile->lead, before = product;
    int index = 0;
    assert(digits >= 0 && digits <= tile->moving_n && kind >> digits == 1);
    /* The digits from the left are the moving maps from outside: multiply their factors along. In
       the end `before` has those of the maps outside the one that moved last. */
    volumes->edges = tile->edges;
    for (int j = 0; j < digits; j++) {
        const volume_step_t *step = &tile->step[j][kind >> (digits - 1 - j) & 1];
        before = product;
        volume_multiply(&before, &step->factor, &product);
        index += step->spatial;
        volumes->edges |= step->edges;
    }
    /* Moving maps behind the last digit are in their first states. */
    volume_multiply(&product, &tile->rest[digits], &product);
    assert(index < SPATIAL_COMBINATIONS);
    const spatial_t *spatial = &tile->spatial[index];
    volumes->spatial = spatial;
    volumes->refused = false;
    /* Ingress (section 5.2): everything before any map has moved; later what the last moved map
       makes new, times the whole tiles of the maps outside it. */
    for (int tensor = 0; tensor < INGRESSES; tensor++) {
        if (digits == 0) {
            volumes->ingress[tensor] = product.of[tensor] * spatial->first[tensor];
            continue;
        }
        const motion_t *motion = &tile->motion[digits - 1][tensor];
        volumes->ingress[tensor] =
            before.of[tensor] * motion->factor * spatial->moved[tensor][motion->sharing];
        volumes->refused |= motion->refused;
    }
    /* Egress and multiplications (section 5.4) do not depend on which map has moved. */
    volumes->egress = product.of[CHAIN_OUTPUT] * spatial->egress;
    volumes->macs = product.of[CHAIN_MACS] * spatial->macs;
    volumes->critical = product.of[CHAIN_MACS] * spatial->critical;
}
