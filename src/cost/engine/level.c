/* From directives to levels (src/cost/README.md, section 2), in MAESTRO's order: resolve, inherit,
   unroll, stride. */
#include "cost/engine/level.h"

#include <assert.h>
#include <string.h>

/* ---- the list of maps ------------------------------------------------------------------------ */

static void level_append(level_t *level, confx_dim_t dim, bool spatial, int64_t size,
                         int64_t offset)
{
    level->at[dim] = level->maps_n;
    map_t *map = &level->maps[level->maps_n++];
    map->dim = dim;
    map->spatial = spatial;
    map->size = size;
    map->offset = offset;
}

/* A temporal map of a filter dimension has to cover the filter, or MAESTRO refuses the mapping. */
static bool level_covers_filter(const map_t *map, const confx_layer_t *layer)
{
    if (map->spatial || layer->type == CONFX_LAYER_GEMM ||
        (map->dim != CONFX_DIM_R && map->dim != CONFX_DIM_S))
        return true;
    return map->size == layer->dim[map->dim] && map->offset == layer->dim[map->dim];
}

/* Step 1: a map of outputs X' becomes one of inputs X, wider by the window less one. */
static void level_turn_inward(level_t *level, const directive_t *directive)
{
    const confx_dim_t filter = directive->dim == CONFX_DIM_X ? CONFX_DIM_S : CONFX_DIM_R;
    /* The parser has seen to it that a level with X' maps S as well, and one with Y' maps R. */
    assert(!directive->outward || level->at[filter] != NOWHERE);
    if (directive->outward)
        level->maps[level->at[directive->dim]].size += level->maps[level->at[filter]].size - 1;
}

/* Step 2: maps of the upper level that are missing here come to the front one by one, hence in
   reversed order. */
static int level_missing_of(const level_t *upper, const dataflow_level_t *stage,
                            const map_t *missing[CONFX_DIM_COUNT])
{
    /* What counts is the level's own list as its file has it, before anything is appended to it. */
    uint32_t here = 0;
    for (int i = 0; i < stage->directives_n; i++) here |= dim_bit(stage->directives[i].dim);
    int n = 0;
    for (int i = upper->maps_n - 1; i >= 0; i--) {
        if (!(here & dim_bit(upper->maps[i].dim))) missing[n++] = &upper->maps[i];
    }
    return n;
}

static void level_inherit(level_t *level, const level_t *upper, const dataflow_level_t *stage)
{
    const map_t *missing[CONFX_DIM_COUNT];
    const int n = level_missing_of(upper, stage, missing);
    assert(level->maps_n == 0); /* so that appending is the same as putting them to the front */
    /* A spatial map of the level above is a temporal one here: its sub-clusters each have one
       tile. */
    for (int i = 0; i < n; i++)
        level_append(level, missing[i]->dim, false, missing[i]->size, missing[i]->offset);
}

/* Step 3: what no level maps is taken whole. */
static void level_unroll(level_t *level)
{
    /* In the order of confx_dim_t, which is alphabetical, as MAESTRO goes through a sorted set. */
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        const int64_t whole = level->dim[dim];
        if (whole > 0 && level->at[dim] == NOWHERE)
            level_append(level, (confx_dim_t)dim, false, whole, whole);
    }
}

/* Step 4: a window moves by whole strides. The map's count of outputs stays size - window + 1 all
   the same (a quirk). */
static void level_stride(level_t *level, confx_dim_t dim, int64_t window, int64_t step, bool top)
{
    map_t *map = &level->maps[level->at[dim]];
    if (step <= 1 || map->size < window) return;
    /* `outputs` windows, `step` apart, need outputs x step elements and the overlap of two windows.
       With windows that do not meet (window < step) only the windows themselves are kept. */
    const int64_t outputs = (map->size + step - window) / step;
    const int64_t overlap = window > step ? window - step : 0;
    map->size = outputs * (step < window ? step : window) + overlap;
    /* Below the top such windows lie packed, side by side. */
    map->offset = !top && window < step ? outputs * window : outputs * step;
}

/* ---- dimensions mapped twice ----------------------------------------------------------------- */

/* MAESTRO has no rule for a dimension that a level maps again: each map is a loop of its own, and
   which of them "the map of S" is elsewhere in the rules is not known. Of one element all of that
   comes to one step of one element, as measured on the published *_rs.m files; anything else is
   refused. Two spatial maps are both sub-clusters' loops, and X' beside X is unspecified: neither
   was ever measured. */
static bool level_repeats_well(const level_t *level, const dataflow_level_t *stage,
                               const confx_layer_t *layer, int64_t pes, int64_t buffer,
                               confx_dim_t dim)
{
    /* `single`: all of its maps, and the dimension itself, have one element. */
    int maps = 0, spatial = 0;
    bool single = level->dim[dim] == 1, outward = false;
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *directive = &stage->directives[i];
        if (directive->dim != dim) continue;
        maps++;
        spatial += directive->spatial;
        outward = outward || directive->outward;
        single = single && measure_resolve(directive->size, layer->dim, pes, buffer) == 1;
    }
    return maps <= 1 || (single && spatial <= 1 && !outward);
}

/* Of the maps of one dimension the spatial one stays, or the first: the others are loops of one
   step that scale * nothing. */
static bool level_is_repeat(const dataflow_level_t *stage, int directive)
{
    const directive_t *one = &stage->directives[directive];
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *other = &stage->directives[i];
        if (i != directive && other->dim == one->dim &&
            (other->spatial || (i < directive && !one->spatial)))
            return true;
    }
    return false;
}

/* ---- one level ------------------------------------------------------------------------------- */

static confx_cost_fault_t level_place_directives(level_t *level, const dataflow_level_t *stage,
                                                 const confx_layer_t *layer, int64_t pes,
                                                 int64_t buffer)
{
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *directive = &stage->directives[i];
        const int64_t size = measure_resolve(directive->size, layer->dim, pes, buffer);
        const int64_t offset = measure_resolve(directive->offset, layer->dim, pes, buffer);
        const map_t map = {
            .dim = directive->dim, .spatial = directive->spatial, .size = size, .offset = offset};
        /* The order of these questions decides which reason a point is given that fails several. */
        if (level->dim[map.dim] <= 0)
            return layer->dim[map.dim] > 0 ? CONFX_COST_UNUSED : CONFX_COST_DIMENSION;
        if (size <= 0 || offset <= 0) return CONFX_COST_SIZE;
        if (stage->repeats && !level_repeats_well(level, stage, layer, pes, buffer, map.dim))
            return CONFX_COST_TWICE;
        if (!level_covers_filter(&map, layer)) return CONFX_COST_TILE;
        if (!stage->repeats || !level_is_repeat(stage, i))
            level_append(level, map.dim, map.spatial, size, offset);
    }
    /* Only when all maps have their place is the map of S or R found that step 1 needs. */
    for (int i = 0; i < stage->directives_n; i++) level_turn_inward(level, &stage->directives[i]);
    return CONFX_COST_VALID;
}

static confx_cost_fault_t level_find_spatial(level_t *level)
{
    level->spatial_n = 0;
    for (int i = 0; i < level->maps_n; i++) {
        if (!level->maps[i].spatial) continue;
        if (level->spatial_n == SPATIAL_MAX) return CONFX_COST_SPATIAL;
        level->spatial[level->spatial_n++] = i;
    }
    return level->spatial_n ? CONFX_COST_VALID : CONFX_COST_SPATIAL;
}

/* The later one in the tensor's order of dimensions among its spatial maps, as an index into
   spatial. */
static int level_last_spatial(const level_t *level, confx_layer_type_t type, confx_tensor_t tensor)
{
    int last = NOWHERE, place = 0;
    /* Places begin at 1, so that any spatial map of the tensor is later than none. */
    for (int i = 0; i < level->spatial_n; i++) {
        const confx_dim_t dim = level->maps[level->spatial[i]].dim;
        if (!tensor_indexed(type, tensor, dim) || tensor_places[type][dim] < place) continue;
        last = i;
        place = tensor_places[type][dim];
    }
    return last;
}

static void level_couple(level_t *level, confx_layer_type_t type)
{
    /* Turned round once: from the tensors of a dimension to the maps of a tensor. */
    uint32_t input = 0, filter = 0, output = 0;
    for (int i = 0; i < level->maps_n; i++) {
        const uint32_t tensors = tensors_indexed[type][level->maps[i].dim];
        input |= (tensors >> CONFX_TENSOR_INPUT & 1) << i;
        filter |= (tensors >> CONFX_TENSOR_FILTER & 1) << i;
        output |= (tensors >> CONFX_TENSOR_OUTPUT & 1) << i;
    }
    level->coupled[CONFX_TENSOR_INPUT] = input;
    level->coupled[CONFX_TENSOR_FILTER] = filter;
    level->coupled[CONFX_TENSOR_OUTPUT] = output;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++)
        level->last_spatial[tensor] = level_last_spatial(level, type, (confx_tensor_t)tensor);
}

static void level_stride_both(level_t *level, const confx_layer_t *layer, bool top)
{
    if (layer->type == CONFX_LAYER_GEMM) return;
    level_stride(level, CONFX_DIM_X, layer->dim[CONFX_DIM_S], layer->stride_x, top);
    level_stride(level, CONFX_DIM_Y, layer->dim[CONFX_DIM_R], layer->stride_y, top);
}

/* ---- all levels ------------------------------------------------------------------------------ */

/* A depthwise layer has no K of its own; where a dataflow maps it all the same, it is a loop like
   any other, coupled to no tensor. */
static uint32_t level_dims_mapped_beyond(const confx_dataflow_t *dataflow,
                                         const confx_layer_t *layer)
{
    if (layer->type != CONFX_LAYER_DSCONV || layer->dim[CONFX_DIM_K] <= 0) return 0;
    for (int i = 0; i < dataflow->stages_n; i++) {
        const dataflow_level_t *stage = &dataflow->stages[i];
        for (int j = 0; j < stage->directives_n; j++)
            if (stage->directives[j].dim == CONFX_DIM_K) return dim_bit(CONFX_DIM_K);
    }
    return 0;
}

static void level_dims_of_layer(const confx_layer_t *layer, uint32_t present,
                                int64_t dim[CONFX_DIM_COUNT])
{
    for (int i = 0; i < CONFX_DIM_COUNT; i++)
        dim[i] = present & dim_bit((confx_dim_t)i) ? layer->dim[i] : 0;
}

/* Step 6: the next level's dimensions are this one's tiles. */
static void level_dims_below(const level_t *upper, int64_t dim[CONFX_DIM_COUNT])
{
    /* A map larger than its dimension does not enlarge what the level below sees. */
    memcpy(dim, upper->dim, sizeof upper->dim);
    for (int i = 0; i < upper->maps_n; i++) {
        const map_t *map = &upper->maps[i];
        if (map->size < dim[map->dim]) dim[map->dim] = map->size;
    }
}

/* Widths: the outermost level has as many clusters as the PEs allow, each inner one the size its
   Cluster names. */
static confx_cost_fault_t level_set_widths(const confx_dataflow_t *dataflow,
                                           const confx_layer_t *layer, int64_t pes, int64_t buffer,
                                           levels_t *levels)
{
    int64_t cluster = 1;
    for (int i = 1; i < levels->n; i++) {
        const int64_t width = measure_resolve(dataflow->stages[i].cluster, layer->dim, pes, buffer);
        if (width <= 0) return CONFX_COST_SIZE;
        levels->level[i].width = width;
        /* cluster x width <= pes, without a product that could overflow. */
        if (width > pes / cluster) return CONFX_COST_FEW_PES;
        cluster *= width;
    }
    assert(pes < 1 || (cluster >= 1 && cluster <= pes));
    levels->level[0].width = pes / cluster;
    return pes < 1 ? CONFX_COST_FEW_PES : CONFX_COST_VALID;
}

/* Sizes up to DATAFLOW_SIZE_MAX each, and no tensor of more than 2^60 elements, so that sums and
   products of two sizes, and counts of elements, need no further check. */
static bool level_within_range(const confx_layer_t *layer, int64_t pes, int64_t buffer)
{
    bool within = pes <= DATAFLOW_SIZE_MAX && buffer <= DATAFLOW_SIZE_MAX &&
                  layer->stride_x <= DATAFLOW_SIZE_MAX && layer->stride_y <= DATAFLOW_SIZE_MAX;
    double product = 1;
    for (int i = 0; i < CONFX_DIM_COUNT; i++) {
        within = within && layer->dim[i] <= DATAFLOW_SIZE_MAX;
        if (layer->dim[i] > 0) product *= (double)layer->dim[i];
    }
    return within && product < 0x1p60;
}

static confx_cost_fault_t level_build(level_t *level, const level_t *upper,
                                      const dataflow_level_t *stage, const confx_layer_t *layer,
                                      int64_t pes, int64_t buffer)
{
    if (upper) level_dims_below(upper, level->dim);
    level->maps_n = 0;
    for (int i = 0; i < CONFX_DIM_COUNT; i++) level->at[i] = NOWHERE;
    /* MAESTRO puts inherited maps in front of the level's own. */
    if (upper) level_inherit(level, upper, stage);
    confx_cost_fault_t fault = level_place_directives(level, stage, layer, pes, buffer);
    if (fault == CONFX_COST_VALID) fault = level_find_spatial(level);
    if (fault != CONFX_COST_VALID) return fault;
    /* Spatial maps are known by now: what is unrolled is temporal and goes to the end. Strides come
       last as they also apply to inherited and unrolled maps. */
    level_unroll(level);
    assert(level->maps_n >= 1 && level->maps_n <= CONFX_DIM_COUNT);
    level_stride_both(level, layer, upper == NULL);
    level_couple(level, layer->type);
    extents_fill(level);
    return CONFX_COST_VALID;
}

confx_cost_fault_t levels_build(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                                int64_t pes, int64_t buffer, levels_t *levels)
{
    if (!level_within_range(layer, pes, buffer)) return CONFX_COST_OVERFLOW;
    const uint32_t present = tensor_dims_present(layer);
    if (!tensor_dims_suffice(layer->type, present)) return CONFX_COST_DIMENSION;
    level_dims_of_layer(layer, present | level_dims_mapped_beyond(dataflow, layer),
                        levels->level[0].dim);
    levels->n = dataflow->stages_n;
    assert(levels->n >= 1 && levels->n <= CONFX_DATAFLOW_LEVELS_MAX);
    /* From outside inwards: a level is made of its directives and of the level above, which is
       done. */
    confx_cost_fault_t fault = level_set_widths(dataflow, layer, pes, buffer, levels);
    for (int i = 0; i < levels->n && fault == CONFX_COST_VALID; i++) {
        fault = level_build(&levels->level[i], i ? &levels->level[i - 1] : NULL,
                            &dataflow->stages[i], layer, pes, buffer);
    }
    return fault;
}
