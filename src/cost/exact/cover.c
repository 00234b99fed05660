#include "cost/exact/cover.h"

#include "cost/exact/place.h"
#include "cost/language/tensor.h"
#include "cost/language/whole.h"

#include <assert.h>
#include <string.h>

/* The order of section 4.3, of the types with a window and of GEMM. */
static const confx_dim_t cover_order[CONFX_DIM_COUNT] = {CONFX_DIM_N, CONFX_DIM_G, CONFX_DIM_M,
                                                         CONFX_DIM_K, CONFX_DIM_C, CONFX_DIM_Y,
                                                         CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};
static const confx_dim_t cover_order_gemm[CONFX_DIM_COUNT] = {
    CONFX_DIM_M, CONFX_DIM_N, CONFX_DIM_K, CONFX_DIM_G, CONFX_DIM_C,
    CONFX_DIM_Y, CONFX_DIM_X, CONFX_DIM_R, CONFX_DIM_S};

static const confx_dim_t *cover_order_of(const plan_t *plan)
{
    return plan->layer->type == CONFX_LAYER_GEMM ? cover_order_gemm : cover_order;
}

/* ---- one MAC --------------------------------------------------------------------------------- */

/* The maps of one level of a group, those of windows first: what rows mean depends on them. */
typedef struct {
    int level, maps_n;
    plan_map_t maps[CONFX_DIM_COUNT];
    bool spatial[CONFX_DIM_COUNT];
} cover_level_t;

typedef struct {
    const plan_t *plan;
    uint32_t dims; /* of the group */
    int levels_n;
    cover_level_t levels[CONFX_DATAFLOW_LEVELS_MAX];
    const int64_t *mac;
    int blamed; /* the outermost level in which the MAC is in no tile, or in several */
    confx_dim_t blamed_dim;
} cover_t;

/* Tiles of which the MAC can be a part: all that have its element; of rows, its whole window. */
static interval_t cover_tiles(const cover_t *cover, const plan_map_t *map, const region_t *parent,
                              const region_t *place)
{
    const bool rows = (map->dim == CONFX_DIM_Y || map->dim == CONFX_DIM_X) && !map->outward;
    int64_t from = cover->mac[map->dim] - parent->mac[map->dim].from, to = from + 1;
    if (rows) {
        /* A tile of rows has an output only if all rows of its window are there, of the part of the
           window that this place has. */
        const interval_t window = place->mac[plan_window(map->dim)];
        const int64_t start = cover->mac[map->dim] * cover->plan->stride[map->dim] -
                              parent->rows[place_axis(map->dim)].from;
        from = start + window.from;
        to = start + window.to;
    }
    /* Tile i is [i o, i o + m): it has to begin at `from` or before, and to end at `to` or later.
     */
    const int64_t least = to > map->size ? (to - map->size + map->offset - 1) / map->offset : 0;
    const int64_t most = from < 0 ? -1 : from / map->offset;
    const int64_t tiles = plan_tiles(map, place_length(map, parent));
    return (interval_t){least, whole_min(most + 1, tiles)};
}

static bool cover_contains(const cover_t *cover, const region_t *place, confx_dim_t dim)
{
    return cover->mac[dim] >= place->mac[dim].from && cover->mac[dim] < place->mac[dim].to;
}

static int64_t cover_count(cover_t *cover, int level, const region_t *parent);

/* The tiles of one map after the other; `dealt`: the number that the level's spatial maps have in
   common, or -1 up to the first of them. */
static int64_t cover_count_maps(cover_t *cover, int level, int map_number, const region_t *parent,
                                const region_t *place, int64_t dealt)
{
    const cover_level_t *own = &cover->levels[level];
    if (map_number == own->maps_n) return cover_count(cover, level + 1, place);
    const plan_map_t *map = &own->maps[map_number];
    const bool spatial = own->spatial[map_number];
    interval_t tiles = cover_tiles(cover, map, parent, place);
    int64_t times = 0, parts = 0;
    if (spatial && dealt >= 0) {
        /* Spatial maps of a level are dealt together: unit i gets tile i of each, so that the first
           of them decides the tile of the others. */
        if (dealt < tiles.from || dealt >= tiles.to)
            tiles.to = tiles.from;
        else
            tiles = (interval_t){dealt, dealt + 1};
    }
    for (int64_t tile = tiles.from; tile < tiles.to; tile++) {
        region_t next = *place;
        if (!place_narrow(cover->plan, map, tile, parent, &next) ||
            !cover_contains(cover, &next, map->dim))
            continue;
        parts++;
        times +=
            cover_count_maps(cover, level, map_number + 1, parent, &next, spatial ? tile : dealt);
    }
    /* The MAC is done once if each map has it in just one tile. Of the levels where that fails the
       outermost is told, as it is there that the dataflow goes wrong first. */
    if (parts != 1 && own->level <= cover->blamed) {
        cover->blamed = own->level;
        cover->blamed_dim = map->dim;
    }
    return times;
}

static int64_t cover_count(cover_t *cover, int level, const region_t *parent)
{
    if (level == cover->levels_n) return 1;
    return cover_count_maps(cover, level, 0, parent, parent, -1);
}

/* ---- a group --------------------------------------------------------------------------------- */

static void cover_begin(cover_t *cover, const plan_t *plan, int group, const int64_t *mac)
{
    *cover = (cover_t){.plan = plan, .dims = plan->groups[group].dims, .mac = mac};
    for (int i = 0; i < plan->groups[group].loops_n; i++) {
        const plan_loop_t *loop = &plan->loops[plan->groups[group].loops[i]];
        /* Loops come from the outermost on, so that those of one level stand in a row. */
        if (cover->levels_n == 0 || cover->levels[cover->levels_n - 1].level != loop->level)
            cover->levels[cover->levels_n++].level = loop->level;
        assert(cover->levels_n <= CONFX_DATAFLOW_LEVELS_MAX);
        cover_level_t *level = &cover->levels[cover->levels_n - 1];
        for (int m = 0; m < loop->maps_n; m++) {
            /* A window's map is put in front of the others. */
            const confx_dim_t dim = loop->maps[m].dim;
            const bool front = dim == CONFX_DIM_R || dim == CONFX_DIM_S;
            const int at = front ? 0 : level->maps_n;
            assert(level->maps_n < CONFX_DIM_COUNT);
            memmove(&level->maps[at + 1], &level->maps[at],
                    (size_t)(level->maps_n - at) * sizeof *level->maps);
            memmove(&level->spatial[at + 1], &level->spatial[at],
                    (size_t)(level->maps_n - at) * sizeof *level->spatial);
            level->maps[at] = loop->maps[m];
            level->spatial[at] = loop->spatial;
            level->maps_n++;
        }
    }
}

/* How often the group has the MAC whose indices are mac[]. */
static int64_t cover_times(cover_t *cover)
{
    region_t whole;
    place_whole(cover->plan, &whole);
    cover->blamed = CONFX_DATAFLOW_LEVELS_MAX;
    return cover_count(cover, 0, &whole);
}

/* The next MAC of the group in the order of 4.3; false behind the last one. */
static bool cover_next(const plan_t *plan, uint32_t dims, int64_t *mac)
{
    const confx_dim_t *order = cover_order_of(plan);
    for (int i = CONFX_DIM_COUNT - 1; i >= 0; i--) {
        const confx_dim_t dim = order[i];
        if (!(dims >> dim & 1)) continue;
        if (++mac[dim] < plan->extent[dim]) return true;
        mac[dim] = 0;
    }
    return false;
}

bool cover_probe(const plan_t *plan, int group)
{
    int64_t mac[CONFX_DIM_COUNT] = {0};
    cover_t cover;
    cover_begin(&cover, plan, group, mac);
    if (cover_times(&cover) != 1) return false;
    for (int dim = 0; dim < CONFX_DIM_COUNT; dim++) {
        if (!(cover.dims >> dim & 1) || plan->extent[dim] == 1) continue;
        /* Gaps and overlaps show at the second index or at the last one, each dimension by itself
           and the others at 0. What this probe lets through is counted as a whole later. */
        const int64_t ends[] = {1, plan->extent[dim] - 1};
        for (int i = 0; i < 2; i++) {
            mac[dim] = ends[i];
            if (cover_times(&cover) != 1) return false;
        }
        mac[dim] = 0;
    }
    return true;
}

/* ---- all groups ------------------------------------------------------------------------------ */

static bool cover_is_before(const plan_t *plan, const int64_t *one, const int64_t *other)
{
    const confx_dim_t *order = cover_order_of(plan);
    for (int i = 0; i < CONFX_DIM_COUNT; i++)
        if (one[order[i]] != other[order[i]]) return one[order[i]] < other[order[i]];
    return false;
}

/* Keep a MAC if it comes before what was found up to here. */
static void cover_keep(const cover_t *cover, int64_t times, bool *found,
                       confx_cost_witness_t *witness)
{
    if (*found && !cover_is_before(cover->plan, cover->mac, witness->mac)) return;
    *found = true;
    memcpy(witness->mac, cover->mac, sizeof witness->mac);
    witness->times = times;
    witness->level = cover->blamed;
    witness->dim = cover->blamed_dim;
}

/* MAC 0, which is done as often as the product of the groups says. */
static int64_t cover_times_of_first(const plan_t *plan, cover_t *blamed)
{
    static const int64_t zero[CONFX_DIM_COUNT];
    int64_t times = plan->copies;
    for (int g = 0; g < plan->groups_n; g++) {
        cover_t cover;
        cover_begin(&cover, plan, g, zero);
        const int64_t own = cover_times(&cover);
        times *= own;
        /* The first group whose own count is not 1 is the one that is told of. */
        if (g == 0 || (own != 1 && blamed->blamed == CONFX_DATAFLOW_LEVELS_MAX)) *blamed = cover;
    }
    return times;
}

/* The level whose units all do the same. */
static int cover_level_without_spatial(const plan_t *plan)
{
    for (int level = 0; level < plan->levels_n; level++) {
        bool spatial = plan->units[level] == 1;
        for (int i = 0; i < plan->loops_n; i++)
            spatial = spatial || (plan->loops[i].level == level && plan->loops[i].spatial);
        if (!spatial) return level;
    }
    return 0;
}

bool cover_witness(const plan_t *plan, confx_cost_witness_t *witness)
{
    int64_t mac[CONFX_DIM_COUNT] = {0};
    bool found = false;
    cover_t cover = {.plan = plan};
    const int64_t times = cover_times_of_first(plan, &cover);
    cover.mac = mac;
    if (times != 1) {
        cover_keep(&cover, times, &found, witness);
        if (plan->copies > 1) witness->level = cover_level_without_spatial(plan);
        return true;
    }
    /* Every group has its first MAC once, so that with these of the others the first bad one of a
       group is one of the layer, and the first of all is among them. */
    for (int g = 0; g < plan->groups_n; g++) {
        cover_begin(&cover, plan, g, mac);
        memset(mac, 0, sizeof mac);
        while (cover_next(plan, cover.dims, mac)) {
            const int64_t own = cover_times(&cover);
            if (own == 1) continue;
            cover_keep(&cover, own, &found, witness);
            break;
        }
    }
    return found;
}
