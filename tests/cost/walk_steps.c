#include "walk_steps.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    confx_dim_t dim;
    bool outputs; /* of Y or X: it tiles outputs, not rows or columns of the input */
    int64_t size, offset;
} map_t;

/* All spatial maps of a level are one loop. */
typedef struct {
    bool spatial;
    int maps_n;
    map_t maps[STAGE_DIRECTIVES_MAX];
} loop_t;

typedef struct {
    int64_t units;
    int implicit_n; /* loops of level 0 that no directive stands for: its first ones */
    int loops_n;
    loop_t loops[STAGE_DIRECTIVES_MAX + 2];
} level_t;

typedef struct {
    const confx_layer_t *layer;
    int levels_n;
    level_t levels[CONFX_DATAFLOW_LEVELS_MAX];
    int64_t tuples_n, outermost_n;
    steps_t *steps;
    walk_t *walk;
} walker_t;

/* ---- the layer: section 1 -------------------------------------------------------------------- */

static bool type_has(confx_layer_type_t type, confx_dim_t dim)
{
    switch (dim) {
    case CONFX_DIM_M:
        return type == CONFX_LAYER_GEMM;
    case CONFX_DIM_N:
    case CONFX_DIM_K:
        return true;
    case CONFX_DIM_G:
        return type == CONFX_LAYER_NGCONV;
    default:
        return type != CONFX_LAYER_GEMM;
    }
}

/* A batch, groups or a multiplier may be missing and are 1 then. */
static bool type_needs(confx_layer_type_t type, confx_dim_t dim)
{
    if (type == CONFX_LAYER_GEMM) return type_has(type, dim);
    if (dim == CONFX_DIM_N || dim == CONFX_DIM_G) return false;
    if (dim == CONFX_DIM_K && type == CONFX_LAYER_DSCONV) return false;
    return type_has(type, dim);
}

static int64_t size_of(const confx_layer_t *layer, confx_dim_t dim)
{
    const bool optional = type_has(layer->type, dim) && !type_needs(layer->type, dim);
    return optional && layer->dim[dim] == 0 ? 1 : layer->dim[dim];
}

/* False: there is no such layer. */
static bool layer_extents(const confx_layer_t *layer, int64_t extent[CONFX_DIM_COUNT])
{
    for (int i = 0; i < CONFX_DIM_COUNT; i++) {
        const confx_dim_t dim = (confx_dim_t)i;
        if (type_needs(layer->type, dim) && layer->dim[dim] < 1) return false;
        extent[dim] = type_has(layer->type, dim) ? size_of(layer, dim) : 1;
    }
    if (layer->type == CONFX_LAYER_GEMM) return true;
    if (layer->dim[CONFX_DIM_R] > layer->dim[CONFX_DIM_Y]) return false;
    if (layer->dim[CONFX_DIM_S] > layer->dim[CONFX_DIM_X]) return false;
    extent[CONFX_DIM_Y] = (layer->dim[CONFX_DIM_Y] - layer->dim[CONFX_DIM_R]) / layer->stride_y + 1;
    extent[CONFX_DIM_X] = (layer->dim[CONFX_DIM_X] - layer->dim[CONFX_DIM_S]) / layer->stride_x + 1;
    return true;
}

/* ---- levels and their loops: sections 2.1, 2.4 to 2.7, 3.3 ------------------------------------
 */

static int64_t measure_value(const measure_t *measure, const confx_layer_t *layer, int64_t pes,
                             int64_t buffer)
{
    switch (measure->kind) {
    case MEASURE_DIM:
        return size_of(layer, measure->dim);
    case MEASURE_PES:
        return pes;
    case MEASURE_BUFFER:
        return buffer;
    default:
        return measure->number;
    }
}

static void add_map(level_t *level, bool spatial, const map_t *map)
{
    /* A further spatial map joins the loop of the first one. */
    for (int i = 0; i < level->loops_n && spatial; i++) {
        if (!level->loops[i].spatial) continue;
        level->loops[i].maps[level->loops[i].maps_n++] = *map;
        return;
    }
    level->loops[level->loops_n++] = (loop_t){.spatial = spatial, .maps_n = 1, .maps = {*map}};
}

static uint32_t fault_bit(confx_cost_fault_t fault)
{
    return UINT32_C(1) << fault;
}

/* What is wrong with a map by itself, or beside others of its level. */
static uint32_t map_faults(const confx_layer_t *layer, const dataflow_level_t *stage, int at,
                           const map_t *map)
{
    uint32_t faults = 0;
    for (int i = 0; i < at; i++)
        if (stage->directives[i].dim == map->dim) faults |= fault_bit(CONFX_COST_TWICE);
    if (!type_has(layer->type, map->dim))
        faults |= fault_bit(CONFX_COST_UNUSED) | fault_bit(CONFX_COST_DIMENSION);
    if (map->size < 1 || map->offset < 1) faults |= fault_bit(CONFX_COST_SIZE);
    return faults;
}

/* Which of R and S some level so far cuts. */
typedef struct {
    bool r, s;
} cut_t;

/* Section 3.3: at a stride a map in rows may mean outputs. */
static void read_as_outputs(const confx_layer_t *layer, const cut_t *cut, map_t *map)
{
    const bool along_y = map->dim == CONFX_DIM_Y;
    const int64_t window = layer->dim[along_y ? CONFX_DIM_R : CONFX_DIM_S];
    const int64_t stride = along_y ? layer->stride_y : layer->stride_x;
    if (map->outputs || (along_y ? cut->r : cut->s)) return;
    if (map->offset != map->size - window + 1) return;
    map->outputs = true;
    map->size = map->offset = (map->size - window) / stride + 1;
}

static void level_maps(walker_t *walker, const dataflow_level_t *stage, int64_t pes, int64_t buffer,
                       cut_t *cut)
{
    const confx_layer_t *layer = walker->layer;
    level_t *level = &walker->levels[walker->levels_n];
    map_t maps[STAGE_DIRECTIVES_MAX];
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *directive = &stage->directives[i];
        maps[i] = (map_t){directive->dim, directive->outward,
                          measure_value(&directive->size, layer, pes, buffer),
                          measure_value(&directive->offset, layer, pes, buffer)};
        walker->walk->faults |= map_faults(layer, stage, i, &maps[i]);
        if (maps[i].dim == CONFX_DIM_R && maps[i].size < layer->dim[CONFX_DIM_R]) cut->r = true;
        if (maps[i].dim == CONFX_DIM_S && maps[i].size < layer->dim[CONFX_DIM_S]) cut->s = true;
    }
    /* Now it is known whether this level or one above it cuts R or S. */
    for (int i = 0; i < stage->directives_n; i++) {
        if (maps[i].dim == CONFX_DIM_Y || maps[i].dim == CONFX_DIM_X)
            read_as_outputs(layer, cut, &maps[i]);
        add_map(level, stage->directives[i].spatial, &maps[i]);
    }
}

static bool maps_anywhere(const confx_dataflow_t *dataflow, confx_dim_t dim)
{
    for (int i = 0; i < dataflow->stages_n; i++)
        for (int j = 0; j < dataflow->stages[i].directives_n; j++)
            if (dataflow->stages[i].directives[j].dim == dim) return true;
    return false;
}

static void add_implicit(walker_t *walker, const confx_dataflow_t *dataflow, confx_dim_t dim)
{
    const map_t map = {.dim = dim, .size = 1, .offset = 1};
    const confx_layer_type_t type = walker->layer->type;
    if (type_needs(type, dim) || !type_has(type, dim) || maps_anywhere(dataflow, dim)) return;
    add_map(&walker->levels[0], false, &map);
    walker->levels[0].implicit_n++;
}

/* Sets faults where there are no such levels. */
static void build_levels(walker_t *walker, const confx_dataflow_t *dataflow, int64_t pes,
                         int64_t buffer)
{
    int64_t clusters = 1;
    cut_t cut = {false, false};
    add_implicit(walker, dataflow, CONFX_DIM_N);
    add_implicit(walker, dataflow, CONFX_DIM_G);
    for (int i = 0; i < dataflow->stages_n; i++) {
        const dataflow_level_t *stage = &dataflow->stages[i];
        if (i > 0) {
            const int64_t size = measure_value(&stage->cluster, walker->layer, pes, buffer);
            if (size < 1) walker->walk->faults |= fault_bit(CONFX_COST_SIZE);
            walker->levels[i].units = size;
            /* More than there are PEs is all that matters of a large product. */
            if (size >= 1 && clusters <= pes) clusters *= size;
        }
        level_maps(walker, stage, pes, buffer, &cut);
        walker->levels_n++;
    }
    walker->levels[0].units = pes / clusters;
    if (pes / clusters < 1) walker->walk->faults |= fault_bit(CONFX_COST_FEW_PES);
}

/* ---- tiles and places: sections 2.2 to 2.5, 3 -------------------------------------------------
 */

/* The number of the first tile that reaches the end of the parent's interval. */
static int64_t last_tile(const map_t *map, range_t parent)
{
    int64_t tile = 0;
    while (tile * map->offset + map->size < parent.to - parent.from) tile++;
    return tile;
}

static range_t tile_range(const map_t *map, range_t parent, int64_t tile)
{
    const int64_t from = parent.from + tile * map->offset;
    const int64_t to = from + map->size;
    return (range_t){from, to < parent.to ? to : parent.to};
}

/* The interval of the parent that a map tiles. */
static range_t tiled_range(const map_t *map, const place_t *parent)
{
    if (map->outputs || (map->dim != CONFX_DIM_Y && map->dim != CONFX_DIM_X))
        return parent->of[map->dim];
    return map->dim == CONFX_DIM_Y ? parent->rows : parent->columns;
}

/* Steps of a loop within that parent. */
static int64_t loop_steps(const loop_t *loop, int64_t units, const place_t *parent)
{
    int64_t most = 0;
    for (int i = 0; i < loop->maps_n; i++) {
        const int64_t tiles = last_tile(&loop->maps[i], tiled_range(&loop->maps[i], parent)) + 1;
        const int64_t steps = loop->spatial ? (tiles + units - 1) / units : tiles;
        if (steps > most) most = steps;
    }
    return most;
}

/* Section 3.1: the rows from the first row of the first output to the last row of the last one. */
static range_t rows_of_outputs(range_t outputs, range_t filter, int64_t stride)
{
    return (range_t){outputs.from * stride + filter.from, (outputs.to - 1) * stride + filter.to};
}

/* Section 3.2: the outputs of the parent whose window lies in these rows. */
static range_t outputs_in_rows(range_t parent, range_t rows, range_t filter, int64_t stride)
{
    range_t outputs = {0, 0};
    for (int64_t p = parent.from; p < parent.to; p++) {
        if (p * stride + filter.from < rows.from || p * stride + filter.to - 1 >= rows.to) continue;
        if (outputs.to == 0) outputs.from = p;
        outputs.to = p + 1;
    }
    return outputs;
}

/* A tile of Y or X, once the unit's own R and S are known. */
static void place_window(const confx_layer_t *layer, const map_t *map, range_t tile,
                         const place_t *parent, place_t *place)
{
    const bool along_y = map->dim == CONFX_DIM_Y;
    const range_t filter = place->of[along_y ? CONFX_DIM_R : CONFX_DIM_S];
    const int64_t stride = along_y ? layer->stride_y : layer->stride_x;
    range_t *rows = along_y ? &place->rows : &place->columns;
    range_t *outputs = &place->of[map->dim];
    if (map->outputs) {
        *outputs = tile;
        *rows = rows_of_outputs(tile, filter, stride);
    } else {
        *rows = tile;
        *outputs = outputs_in_rows(parent->of[map->dim], tile, filter, stride);
    }
}

/* The place of a unit below `parent`, at these indices of its level's loops. */
static place_t unit_place(const walker_t *walker, const level_t *level, const int64_t *index,
                          int64_t unit, const place_t *parent)
{
    const map_t *windows[2] = {NULL, NULL};
    range_t window_tiles[2] = {{0, 0}, {0, 0}};
    place_t place = *parent;
    if (parent->idle) return place;
    for (int i = 0; i < level->loops_n; i++) {
        const loop_t *loop = &level->loops[i];
        const int64_t number = loop->spatial ? index[i] * level->units + unit : index[i];
        for (int j = 0; j < loop->maps_n; j++) {
            const map_t *map = &loop->maps[j];
            const range_t whole = tiled_range(map, parent);
            /* No such tile: this unit has no work in this step. */
            if (number > last_tile(map, whole)) place.idle = true;
            const range_t tile = tile_range(map, whole, number);
            const bool is_window = map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X;
            if (is_window) {
                windows[map->dim == CONFX_DIM_X] = map;
                window_tiles[map->dim == CONFX_DIM_X] = tile;
            } else {
                place.of[map->dim] = tile;
            }
        }
    }
    for (int i = 0; i < 2; i++)
        if (windows[i]) place_window(walker->layer, windows[i], window_tiles[i], parent, &place);
    /* Section 4.2: without work it is idle. */
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        if (place.of[dim].from >= place.of[dim].to) place.idle = true;
    return place;
}

/* ---- steps: section 4.1 -----------------------------------------------------------------------
 */

static void *grown(void *array, int64_t count, size_t size)
{
    /* Room doubles: it is full whenever the count is a power of two. */
    if ((count & (count - 1)) != 0) return array;
    void *larger = realloc(array, (size_t)(count ? 2 * count : 1) * size);
    if (larger == NULL) abort();
    return larger;
}

static void add_step(walker_t *walker, const place_t *places)
{
    steps_t *steps = walker->steps;
    const size_t row = (size_t)steps->pes_n * sizeof *places;
    steps->places = grown(steps->places, steps->steps_n, row);
    steps->outermost = grown(steps->outermost, steps->steps_n, sizeof *steps->outermost);
    memcpy(steps->places + steps->steps_n * steps->pes_n, places, row);
    steps->outermost[steps->steps_n++] = walker->outermost_n;
}

/* The next tuple in lexicographic order; false behind the last one. */
static bool next_tuple(int n, const int64_t *ends, int64_t *index)
{
    for (int i = n - 1; i >= 0; i--) {
        if (++index[i] < ends[i]) return true;
        index[i] = 0;
    }
    return false;
}

static bool all_idle(const place_t *places, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!places[i].idle) return false;
    return true;
}

static bool implicit_at_start(const level_t *level, const int64_t *index)
{
    for (int i = 0; i < level->implicit_n; i++)
        if (index[i] != 0) return false;
    return true;
}

/* Go through the loops of level `depth` and of those below it, for all its parents together. */
static void walk_level(walker_t *walker, int depth, const place_t *parents, int64_t parents_n)
{
    const level_t *level = &walker->levels[depth];
    const int64_t units_n = parents_n * level->units;
    int64_t ends[STAGE_DIRECTIVES_MAX + 2] = {0}, index[STAGE_DIRECTIVES_MAX + 2] = {0};
    int64_t with_steps = 0;
    place_t units[WALK_PES_MAX];
    assert(units_n <= WALK_PES_MAX);
    /* All units go through the same tuples: as many as the longest of their loops asks for. */
    for (int i = 0; i < level->loops_n; i++) {
        for (int64_t p = 0; p < parents_n; p++) {
            if (parents[p].idle) continue;
            const int64_t steps = loop_steps(&level->loops[i], level->units, &parents[p]);
            if (steps > ends[i]) ends[i] = steps;
        }
    }
    do {
        const int64_t steps_before = walker->steps->steps_n;
        if (++walker->tuples_n > WALK_TUPLES_MAX) walker->steps->too_large = true;
        if (walker->steps->too_large) return;
        for (int64_t u = 0; u < units_n; u++)
            units[u] =
                unit_place(walker, level, index, u % level->units, &parents[u / level->units]);
        /* Where no unit has work there is no step, here or below. */
        if (all_idle(units, units_n)) continue;
        if (depth + 1 < walker->levels_n)
            walk_level(walker, depth + 1, units, units_n);
        else
            add_step(walker, units);
        if (walker->steps->steps_n == steps_before) continue;
        if (implicit_at_start(level, index)) with_steps++;
        if (depth == 0) walker->outermost_n++;
    } while (next_tuple(level->loops_n, ends, index));
    if (with_steps > walker->walk->level_steps[depth])
        walker->walk->level_steps[depth] = with_steps;
}

static place_t whole_layer(const confx_layer_t *layer, const steps_t *steps)
{
    place_t place = {.rows = {0, layer->dim[CONFX_DIM_Y]}, .columns = {0, layer->dim[CONFX_DIM_X]}};
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++)
        place.of[dim] = (range_t){0, steps->extent[dim]};
    return place;
}

bool steps_open(const confx_dataflow_t *dataflow, const confx_layer_t *layer, int64_t pes,
                int64_t buffer, steps_t *steps, walk_t *walk)
{
    walker_t walker = {.layer = layer, .steps = steps, .walk = walk};
    int64_t named = 1;
    *steps = (steps_t){.pes_n = 0};
    if (layer->type == CONFX_LAYER_TRCONV) walk->faults |= fault_bit(CONFX_COST_TRANSPOSED);
    if (!layer_extents(layer, steps->extent)) walk->faults |= fault_bit(CONFX_COST_DIMENSION);
    build_levels(&walker, dataflow, pes, buffer);
    walk->levels_n = walker.levels_n;
    if (walk->faults) return false;
    for (int i = 0; i < walker.levels_n; i++) named *= walker.levels[i].units;
    assert(named <= pes);
    steps->too_large = named > WALK_PES_MAX;
    if (steps->too_large) return true;
    steps->pes_n = (int)named;
    const place_t whole = whole_layer(layer, steps);
    walk_level(&walker, 0, &whole, 1);
    return true;
}

void steps_close(steps_t *steps)
{
    free(steps->places);
    free(steps->outermost);
}
