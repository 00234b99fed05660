/* Why more PEs may change nothing. Their number enters a point in three places only: widths of
   arrays, sizes and offsets of maps, and at the end area and power (energy_area.c), which rise with
   it.

   A width counts where a spatial map has further tiles to hand out. If every spatial map of the
   level covers its dimension with some of the array to spare, each is in its first state only, at
   its edge: then the number of active sub-clusters follows from dimension, size and offset alone,
   and a tensor either depends on such a map or is not spread.

   A size beyond its dimension counts as the dimension: the map has one state, at its edge, and the
   tile there is the dimension. That also holds for the level below, whose dimensions are the tiles.
   A level is also gone through for tiles of other sizes than its own dimensions, strides making
   some of them larger (quirk 13): what is said of the dimension has to hold of the largest. Offsets
   beyond the dimension lead nowhere. A spatial map of that kind leaves one sub-cluster with work,
   in which the output alone is at the edge (spatial.c, critical_factor): the output has to depend
   on it. Of two spatial maps, sizes of R and S, on which others depend, and dimensions mapped twice
   no such thing is claimed.

   Built sizes are compared, strides and windows being in them, and they never fall as PEs rise: so
   what is true of some number of PEs is true of all larger ones. */
#include "cost/engine/saturation.h"
#include "cost/engine/level.h"

#include <assert.h>

static bool saturation_is_of_pes(measure_t measure)
{
    return measure.kind == MEASURE_PES;
}

/* The maps of a level, as bits of their dimensions, whose size or offset follows the PEs: by their
   directives, or, where the level has none for the dimension, as inherited from the level above. */
static uint32_t saturation_growing(const dataflow_level_t *stage, uint32_t above)
{
    uint32_t here = 0, growing = 0;
    /* A directive of its own takes the place of what the level would inherit (section 2, step
       2). */
    for (int i = 0; i < stage->directives_n; i++) {
        const directive_t *directive = &stage->directives[i];
        here |= dim_bit(directive->dim);
        if (saturation_is_of_pes(directive->size) || saturation_is_of_pes(directive->offset))
            growing |= dim_bit(directive->dim);
    }
    return growing | (above & ~here);
}

/* Inner widths follow the PEs by their Cluster directive; the outermost one is what these leave of
   them. A valid point of several PEs has one such Cluster at most, and then nothing is left to the
   outermost level. */
static bool saturation_outermost_grows(const confx_dataflow_t *dataflow)
{
    for (int i = 1; i < dataflow->stages_n; i++)
        if (saturation_is_of_pes(dataflow->stages[i].cluster)) return false;
    return true;
}

typedef struct {
    const level_t *level;
    uint32_t growing;              /* bits of dimensions */
    bool wider;                    /* its width follows the PEs */
    int64_t most[CONFX_DIM_COUNT]; /* of the level's own dimension and all tiles it is gone through
                                      for */
} saturation_scope_t;

static bool saturation_grows(const saturation_scope_t *scope, confx_dim_t dim)
{
    return scope->growing & dim_bit(dim);
}

static void saturation_raise(int64_t *most, int64_t value)
{
    if (value > *most) *most = value;
}

/* The outermost level's tile is the layer. Maps that grow leave their edge to the level below; it
   is the dimension. */
static void saturation_scope_measure(saturation_scope_t *scope, const saturation_scope_t *above)
{
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) scope->most[dim] = scope->level->dim[dim];
    /* A map above hands down its full tile and its edge. A full tile of a map that grows never
       comes up: it is larger than its dimension, so that the edge is all there is. */
    for (int i = 0; above && i < above->level->maps_n; i++) {
        const map_t *map = &above->level->maps[i];
        saturation_raise(&scope->most[map->dim], map->input.mapped_edge);
        if (!saturation_grows(above, map->dim))
            saturation_raise(&scope->most[map->dim], map->input.mapped);
    }
}

/* Does the array cover the map's dimension with some of it to spare? */
static bool saturation_is_covered(const saturation_scope_t *scope, const map_t *map)
{
    return scope->most[map->dim] < map->size + map->offset * (scope->level->width - 1);
}

static bool saturation_map_is_saturated(const saturation_scope_t *scope, int i)
{
    const level_t *level = scope->level;
    const map_t *map = &level->maps[i];
    const int64_t dim = scope->most[map->dim];
    /* Size and offset both beyond the dimension: one state, at its edge, whatever larger they
       become. */
    if (map->dim == CONFX_DIM_R || map->dim == CONFX_DIM_S || dim >= map->size ||
        dim >= map->offset)
        return false;
    if (!map->spatial) return true;
    /* Only the case of a single cluster was looked into: then there is one sub-cluster with
       work. */
    return level->spatial_n == 1 && level->width == 1 &&
           level->coupled[CONFX_TENSOR_OUTPUT] >> i & 1;
}

static bool saturation_level_is_saturated(const saturation_scope_t *scope)
{
    for (int i = 0; i < scope->level->maps_n; i++) {
        const map_t *map = &scope->level->maps[i];
        if (saturation_grows(scope, map->dim) && !saturation_map_is_saturated(scope, i))
            return false;
        /* A wider array is of no use if it covers the map's dimension already, with some to
           spare. */
        if (scope->wider && map->spatial &&
            (saturation_grows(scope, map->dim) || !saturation_is_covered(scope, map)))
            return false;
    }
    return true;
}

/* Area and power rise with the PEs unless a profile fits a bus or an arbiter that shrinks. Sums and
   products of numbers that do not fall do not fall in floating point either. */
bool saturation_hardware_grows(const confx_hardware_t *hardware)
{
    const confx_hardware_units_t *units = &hardware->units;
    return units->bus_size[0] >= 0 && units->arbiter_size[0] >= 0 && units->arbiter_size[1] >= 0;
}

bool saturation_by_maestro(const confx_dataflow_t *dataflow, const confx_layer_t *layer,
                           int64_t pes, int64_t buffer)
{
    levels_t levels;
    if (layer->type != CONFX_LAYER_CONV && layer->type != CONFX_LAYER_DSCONV)
        return false; /* the others: not looked into */
    if (levels_build(dataflow, layer, pes, buffer, &levels) != CONFX_COST_VALID) return false;
    saturation_scope_t scope, above = {.growing = 0};
    /* From outside inwards, as what grows is inherited. One level that is not saturated is
       enough. */
    for (int i = 0; i < levels.n; i++, above = scope) {
        const dataflow_level_t *stage = &dataflow->stages[i];
        scope.level = &levels.level[i];
        scope.growing = saturation_growing(stage, above.growing);
        scope.wider =
            i ? saturation_is_of_pes(stage->cluster) : saturation_outermost_grows(dataflow);
        assert(scope.level->width >= 1 && scope.level->spatial_n >= 1);
        saturation_scope_measure(&scope, i ? &above : NULL);
        if (stage->repeats || !saturation_level_is_saturated(&scope)) return false;
    }
    return true;
}
