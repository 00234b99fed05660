#include "cost/exact/line_factors.h"

#include "cost/language/tensor.h"

#include <assert.h>
#include <string.h>

/* A map that has more than one tile, of a loop of so many units. */
typedef struct {
    int level;
    uint8_t loop;
    int64_t units, size;
} line_map_t;

/* On the way through a group's loops, from the outermost on. */
typedef struct {
    const plan_t *plan;
    confx_dim_t dim;
    int64_t extent;
    int64_t length, rows; /* that a unit has at most, of the dimension and of the input */
    line_map_t maps[LINE_DEPTH_MAX];
    int maps_n;
    bool spread; /* some map deals to several units */
    line_t *line;
} line_search_t;

/* ---- the group's loops ----------------------------------------------------------------------- */

static bool line_begin(line_search_t *search, const plan_t *plan, uint32_t dims)
{
    line_t *line = search->line;
    const int least = __builtin_ctz(dims),
              rest = __builtin_ctz(dims & (dims - 1) ? dims & (dims - 1) : dims);
    line->window = rest != least;
    line->diagonal = false;
    line->works = NULL;
    line->tensors = 0;
    /* R and S come before Y and X in the order of dimensions. */
    search->plan = plan;
    search->dim = (confx_dim_t)rest;
    if (line->window && (dims != (dim_bit(search->dim) | dim_bit(plan_window(search->dim)))))
        return false;
    for (int tensor = 0; tensor < CONFX_TENSORS; tensor++) {
        const uint32_t of = plan_tensor_dims(plan->layer->type, (confx_tensor_t)tensor);
        /* Of which tensors an index is one of this dimension. */
        line->tensors |= (of >> search->dim & 1) << tensor;
    }
    search->extent = search->length = plan->extent[search->dim];
    search->rows = plan->dim[search->dim];
    search->maps_n = 0;
    search->spread = false;
    line->stride = plan->stride[search->dim];
    line->height = line->window ? plan->dim[plan_window(search->dim)] : 1;
    return true;
}

/* A map of the dimension itself. Where it has one tile, only the first unit of its loop works, and
   it has all that the parent has. */
static bool line_pass(line_search_t *search, const plan_loop_t *loop, uint8_t number)
{
    const plan_map_t *map = &loop->maps[0];
    const bool outputs = search->line->window && map->outward;
    if (search->line->window && !map->outward) return map->size >= search->rows;
    const bool single = map->size >= search->length;
    /* Tiles side by side do everything once; whether any others do, is found out elsewhere. */
    if (!single && (map->offset != map->size || search->maps_n == LINE_DEPTH_MAX)) return false;
    if (!single) {
        const int64_t units = loop->spatial ? search->plan->units[loop->level] : 1;
        /* From here on a unit has no more than one tile of this map; maps further in deal from
           that. */
        search->maps[search->maps_n++] = (line_map_t){loop->level, number, units, map->size};
        search->spread = search->spread || units > 1;
        search->length = map->size;
    }
    if (outputs) search->rows = (search->length - 1) * search->line->stride + search->line->height;
    return true;
}

/* A row and its part of the filter for each unit: with one output that is all of its window. */
static bool line_pass_diagonal(line_search_t *search, const plan_loop_t *loop)
{
    line_t *line = search->line;
    if (!line->window || loop->maps_n != 2 || search->length != 1 || search->spread) return false;
    /* The two maps of the loop, in whichever order they stand: that of rows and that of the
       filter's. */
    const plan_map_t *rows = &loop->maps[loop->maps[0].dim != search->dim];
    const plan_map_t *filter = &loop->maps[loop->maps[0].dim == search->dim];
    if (rows->outward && filter->size >= line->height) return true; /* one tile of each */
    if (rows->outward || rows->size != 1 || rows->offset != 1 || filter->size != 1 ||
        filter->offset != 1 || search->plan->units[loop->level] < line->height)
        return false;
    line->diagonal = true;
    return true;
}

static bool line_pass_loops(line_search_t *search, const plan_group_t *group)
{
    for (int i = 0; i < group->loops_n; i++) {
        const plan_loop_t *loop = &search->plan->loops[group->loops[i]];
        /* Behind the diagonal each unit has one row of each kind: any map has one tile. */
        if (search->line->diagonal && loop->maps_n == 1) continue;
        if (loop->maps_n > 1) {
            if (search->line->diagonal || !line_pass_diagonal(search, loop)) return false;
        } else if (loop->maps[0].dim != search->dim) {
            if (loop->maps[0].size < search->line->height) return false;
        } else if (!line_pass(search, loop, group->loops[i])) {
            return false;
        }
    }
    return true;
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static int64_t line_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* `length` elements in tiles of `size`, so many units at a time. */
static line_loop_t line_deal(int64_t length, int64_t units, int64_t size)
{
    /* All steps but the last are full: every unit has a whole tile. The last one has the tiles that
       are left, of which the last may be shorter. */
    const int64_t tiles = line_up(length, size), steps = units == 1 ? tiles : line_up(tiles, units);
    const int64_t left = tiles - (steps - 1) * units, last = length - (tiles - 1) * size;
    return (line_loop_t){.steps = steps,
                         .full = {units, size, size},
                         .rest = {left, left > 1 ? size : last, last},
                         .alike = steps > 1 && left == units && last == size};
}

static line_loop_t line_one_step(line_leaf_t leaf)
{
    return (line_loop_t){.steps = 1, .rest = leaf};
}

static void line_shape_one(line_t *line, const line_map_t *map, int64_t extent)
{
    const line_loop_t loop = line_deal(extent, map->units, map->size);
    line->spacing = map->size;
    line->outer_n = loop.steps;
    line->outer_step = map->units * map->size;
    line->depth = loop.steps > 1;
    line->loops[0] = map->loop;
    line->inner[0] = line_one_step(loop.steps > 1 ? loop.full : loop.rest);
    line->inner[1] = line_one_step(loop.rest);
    line->kinds = loop.steps > 1 && !loop.alike ? 2 : 1;
}

/* Two maps, the outer one of a single unit at a time. */
static void line_shape_two(line_t *line, const line_map_t maps[2], int64_t extent)
{
    const int64_t size = maps[0].size;
    line->outer_n = line_up(extent, size);
    const int64_t last = extent - (line->outer_n - 1) * size;
    line->spacing = maps[1].size;
    line->outer_step = size;
    line->inner_step = maps[1].units * maps[1].size;
    /* The inner map deals from one tile of the outer one: from a whole one, or from the last, which
       may be shorter and then is a second kind. */
    line->inner[0] = line_deal(size, maps[1].units, maps[1].size);
    line->inner[1] = line_deal(last, maps[1].units, maps[1].size);
    line->kinds = last < size ? 2 : 1;
    line->depth = line->inner[0].steps > 1 ? 2 : 1;
    line->loops[0] = maps[0].loop;
    line->loops[1] = maps[1].loop;
}

static void line_shape(line_t *line, const line_map_t *maps, int maps_n, int64_t extent)
{
    if (maps_n == 2) {
        line_shape_two(line, maps, extent);
    } else if (maps_n == 1) {
        line_shape_one(line, maps, extent);
    } else {
        line->outer_n = line->kinds = 1;
        line->depth = 0;
        line->spacing = extent;
        line->inner[0] = line_one_step((line_leaf_t){1, extent, extent});
    }
}

/* ---- outermost steps ------------------------------------------------------------------------- */

static void line_add_work(const line_t *fine, const line_leaf_t *leaf, int64_t steps,
                          volume_steps_t *works, int *works_n)
{
    if (steps > 0) works[(*works_n)++] = (volume_steps_t){line_volume(fine, leaf), steps};
}

/* All steps of an outer one of that kind, `times` of them. */
static void line_add_inner(const line_t *fine, int kind, int64_t times, line_works_t *works, int to)
{
    const line_loop_t *inner = &fine->inner[kind];
    line_add_work(fine, &inner->full, (inner->steps - 1) * times, works->of[to][1],
                  &works->n[to][1]);
    line_add_work(fine, &inner->rest, times, works->of[to][1], &works->n[to][1]);
}

static void line_set_works(const line_t *fine, const line_t *line, line_works_t *works)
{
    memset(works->n, 0, sizeof works->n);
    if (line->depth == 0) {
        /* The only outermost step has all steps below it: those of the last outer one apart if that
           is of another kind. */
        line_add_inner(fine, 0, fine->outer_n - (fine->kinds - 1), works, 0);
        if (fine->kinds == 2) line_add_inner(fine, 1, 1, works, 0);
        return;
    }
    assert(line->kinds == fine->kinds && line->outer_n == fine->outer_n);
    for (int kind = 0; kind < line->kinds; kind++) {
        if (line->depth == fine->depth) {
            line_add_work(fine, &fine->inner[kind].full, line->depth == 2, works->of[kind][0],
                          &works->n[kind][0]);
            line_add_work(fine, &fine->inner[kind].rest, 1, works->of[kind][1], &works->n[kind][1]);
        } else {
            line_add_inner(fine, kind, 1, works, kind);
        }
    }
}

/* What all units of an outermost step hold lies side by side, as the tile of one. */
static void line_set_outermost(const line_search_t *search, const line_t *fine, line_t *outermost)
{
    line_map_t maps[LINE_DEPTH_MAX];
    int64_t length = search->extent;
    int maps_n = 0;
    *outermost = *fine;
    if (fine->alone) return;
    outermost->diagonal = false;
    for (int i = 0; i < search->maps_n && search->maps[i].level == 0; i++) {
        line_map_t map = search->maps[i];
        /* Units side by side count as one whose tile is all of theirs. A map that then has one tile
           moves nothing from outside, and is left out. */
        map.size *= map.units;
        map.units = 1;
        if (map.size >= length) continue;
        maps[maps_n++] = map;
        length = map.size;
    }
    line_shape(outermost, maps, maps_n, search->extent);
}

bool line_find(const plan_t *plan, int group, line_t *fine, line_t *outermost, line_works_t *works)
{
    line_search_t search = {.line = fine};
    if (!line_begin(&search, plan, plan->groups[group].dims)) return false;
    if (!line_pass_loops(&search, &plan->groups[group])) return false;
    /* Several units in the outer one of two maps are left to others. */
    if (search.maps_n == 2 && search.maps[0].units > 1) return false;
    fine->alone = !fine->diagonal;
    for (int i = 0; i < search.maps_n; i++)
        fine->alone = fine->alone && search.maps[i].level == 0 && search.maps[i].units == 1;
    line_shape(fine, search.maps, search.maps_n, search.extent);
    line_set_outermost(&search, fine, outermost);
    line_set_works(fine, outermost, works);
    outermost->works = works;
    return true;
}
