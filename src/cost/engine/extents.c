/* Static quantities of a level (src/cost/README.md, section 3). They use the level's own dimension
   table, also where the level is later evaluated for a smaller edge tile: MAESTRO's quirk 13. */
#include "cost/engine/level.h"
#include "cost/language/whole.h"

#include <assert.h>

/* Where o <= d < m the edge is d - o and not d: the quirk that makes eye and shi invalid for some
   numbers of PEs. */
static extent_t extents_extent_of(const map_t *map, int64_t dim)
{
    const int64_t size = map->size, offset = map->offset;
    /* Behind the first tile `steps` full tiles fit; an edge is what lies beyond them, or the
       dimension where not even the first tile is full. */
    const int64_t steps = whole_max((dim - size) / offset, 0);
    const bool has_edge = steps * offset + size < dim || size > dim;
    const int64_t past = dim - (steps + 1) * offset;
    const int64_t edge = past < 0 ? dim : past;
    /* Unique is what a step brings that the tile before it did not have: nothing where the first
       tile of a temporal map is all there is. At an edge the overlap size - edge is not new. */
    return (extent_t){
        .mapped = size,
        .unique = !map->spatial && dim <= size ? 0 : whole_min(size, offset),
        .mapped_edge = has_edge ? edge : size,
        .unique_edge = whole_max(offset - (size - edge), 0),
    };
}

/* Outputs along a sliding dimension whose filter dimension has the extent `filter`. */
static extent_t extents_extent_outward(const map_t *map, const extent_t *filter)
{
    /* May be 0 or negative where a tile is narrower than the filter: such cases have no work
       (section 6, step 3), and two such factors make a case valid again (quirk 8). */
    const int64_t edge = map->input.mapped_edge - filter->mapped_edge + 1;
    return (extent_t){
        .mapped = map->input.mapped - filter->mapped + 1,
        .unique = whole_min(map->offset, map->size),
        .mapped_edge = edge,
        .unique_edge = whole_min(map->offset, edge),
    };
}

static void extents_slide(level_t *level, confx_dim_t along, confx_dim_t filter)
{
    if (level->at[along] == NOWHERE || level->at[filter] == NOWHERE) return;
    map_t *map = &level->maps[level->at[along]];
    map->output = extents_extent_outward(map, &level->maps[level->at[filter]].input);
}

/* A partly filled last sub-cluster is not counted when the map does not cover the dimension at once
   (quirk 6). */
static int64_t extents_active_edge(const map_t *map, int64_t dim, int64_t width)
{
    const int64_t size = map->size, offset = map->offset;
    /* Several rounds: the rest behind the last full one, shared out in tiles. */
    if (dim > offset * (width - 1) + size) {
        const int64_t steps = ((dim - size) / offset + 1) / width - 1;
        const int64_t rest = dim - (steps + 1) * offset * width;
        return rest < size ? 1 : (rest - size) / offset + 1;
    }
    /* One round, and more than one tile: here a partly filled sub-cluster does count. */
    if (dim > size) {
        const int64_t full = (dim - size) / offset + 1;
        return offset * (full - 1) + size < dim ? full + 1 : full;
    }
    return 1;
}

static int64_t extents_largest_of(const extent_t *extent)
{
    const int64_t mapped = whole_max(extent->mapped, -extent->mapped);
    const int64_t edge = whole_max(extent->mapped_edge, -extent->mapped_edge);
    return whole_max(whole_max(mapped, edge), whole_max(extent->unique_edge, 1));
}

/* Every volume is a product of one extent a map, at most, summed over the sub-clusters. */
void extents_fill_reach(level_t *level)
{
    /* In floating point, which does not overflow. 2 more than the width: the first and the partial
       sub-cluster may be counted beside it. */
    double reach = (double)(level->width + 2);
    for (int i = 0; i < level->maps_n; i++) {
        const map_t *map = &level->maps[i];
        const int64_t input = extents_largest_of(&map->input);
        const bool slides = map->dim == CONFX_DIM_X ||
                            map->dim == CONFX_DIM_Y; /* of all others outputs are as inputs */
        reach *= (double)(slides ? whole_max(input, extents_largest_of(&map->output)) : input);
    }
    level->reach = reach;
}

void extents_fill(level_t *level)
{
    for (int i = 0; i < level->maps_n; i++) {
        map_t *map = &level->maps[i];
        map->input = map->output = extents_extent_of(map, level->dim[map->dim]);
    }
    /* Outputs along X and Y, which need the extents of S and R from the loop above. */
    extents_slide(level, CONFX_DIM_X, CONFX_DIM_S);
    extents_slide(level, CONFX_DIM_Y, CONFX_DIM_R);
    const map_t *first = &level->maps[level->spatial[0]];
    level->active_edge = extents_active_edge(first, level->dim[first->dim], level->width);
    assert(level->active_edge >= 1);
    /* X and not X': MAESTRO's way (quirk 7). */
    for (int i = 0; i < level->spatial_n; i++)
        level->alone[i] = level->maps[level->spatial[i]].input.mapped_edge;
    extents_fill_reach(level);
}
