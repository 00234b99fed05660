#include "search/common/cost_view.h"
#include "confx/try.h"

#include <assert.h>

enum { CELLS_MOST = 1 << 24 };   /* of a table: 128 MB of doubles */
enum { CELLS_WISHED = 1 << 18 }; /* of a table over integers */
enum { MAPPED_MOST = 1 << 20 };  /* points that are looked up at once */

/* ---- indices --------------------------------------------------------------------------------- */

/* Up to `whole` integers are all in a table. Of more it is all up to `dense`, and from there on one
   in steps of a share: what is inferred depends on logarithms. */
typedef struct {
    size_t whole, dense, steps; /* a step is value / steps */
} cost_view_grid_t;

/* The first axis, and the others. The first of these that leaves a table no more than CELLS_WISHED
   cells is taken, or else the last: all that is gone by takes time and memory for each cell at
   every update. The others are thinned first: of the first axis, that of work spread over hardware,
   single values stand out, those that divide a dimension with little left over. */
static const cost_view_grid_t cost_view_grids[][2] = {
    {{1024, 256, 50}, {1024, 256, 50}}, {{1024, 256, 50}, {64, 64, 16}},
    {{1024, 256, 50}, {16, 16, 4}},     {{192, 192, 40}, {16, 16, 4}},
    {{128, 128, 32}, {8, 8, 4}},        {{128, 128, 32}, {4, 4, 2}},
    {{96, 96, 24}, {4, 4, 2}},          {{64, 64, 16}, {4, 4, 2}},
    {{32, 32, 8}, {4, 4, 2}},           {{16, 16, 4}, {4, 4, 2}}};
enum { GRIDS = sizeof cost_view_grids / sizeof *cost_view_grids };

static size_t cost_view_integer_after(const cost_view_grid_t *grid, size_t value, size_t most)
{
    const size_t step = most > grid->whole && value >= grid->dense ? value / grid->steps : 1;
    return most - value < step ? most : value + step;
}

/* Indices of the integers from 1 to `most`; NULL: their number alone. */
static size_t cost_view_integers(const cost_view_grid_t *grid, size_t most, uint16_t *indices)
{
    size_t n = 0;
    for (size_t value = 1;; value = cost_view_integer_after(grid, value, most)) {
        if (indices) indices[n] = (uint16_t)(value - 1);
        n++;
        if (value == most) return n;
    }
}

/* A range that is not all integers is the levels themselves. */
static bool cost_view_is_refined(const space_t *space, size_t axis, space_part_t part)
{
    return part == SPACE_INTEGERS && space_axis(space, axis)->refined;
}

/* Fills how many indices each axis has. The cells of all kinds together. */
static double cost_view_count(const space_t *space, space_part_t part,
                              const cost_view_grid_t grids[2], size_t distinct, table_axes_t *axes)
{
    double cells = (double)distinct;
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        axes->n[axis] = cost_view_is_refined(space, axis, part)
                            ? cost_view_integers(&grids[axis > 0], space_range(space, axis), NULL)
                            : space_levels(space, axis);
        cells *= (double)axes->n[axis];
    }
    return cells;
}

static void cost_view_open_axis(size_t axis, space_part_t part, const cost_view_grid_t *grid,
                                arena_t *arena, table_axes_t *axes)
{
    const space_t *space = axes->space;
    const size_t range = space_range(space, axis);
    const bool integers = cost_view_is_refined(space, axis, part);
    ARENA_TAKE(arena, axes->indices[axis], axes->n[axis]);
    ARENA_TAKE(arena, axes->place[axis], range);
    if (arena->failed) return;
    if (integers) (void)cost_view_integers(grid, range, axes->indices[axis]);
    for (size_t i = 0; !integers && i < axes->n[axis]; i++)
        axes->indices[axis][i] = space_level_index(space, axis, i);
    /* What lies between two indices of the table is looked up at the lower one. */
    for (size_t index = 0, at = 0; index < range; index++) {
        while (at + 1 < axes->n[axis] && axes->indices[axis][at + 1] <= index) at++;
        axes->place[axis][index] = (uint16_t)at;
    }
}

/* ---- cells and points ------------------------------------------------------------------------ */

uint64_t table_axes_point(const table_axes_t *axes, size_t cell)
{
    uint16_t action[SPACE_AXES] = {0};
    assert(cell < axes->cells);
    for (size_t axis = space_axes(axes->space); axis-- > 0; cell /= axes->n[axis])
        action[axis] = axes->indices[axis][cell % axes->n[axis]];
    return space_point(axes->space, action);
}

uint32_t table_axes_find(const table_axes_t *axes, uint64_t point)
{
    uint16_t action[SPACE_AXES] = {0};
    size_t cell = 0;
    space_action(axes->space, point, action);
    for (size_t axis = 0; axis < space_axes(axes->space); axis++) {
        const uint16_t place = axes->place[axis][action[axis]];
        /* The place is that of the index at or below; only where it is the index itself is there a
           cell. */
        if (axes->indices[axis][place] != action[axis]) return TABLE_NO_CELL;
        cell = cell * axes->n[axis] + place;
    }
    return (uint32_t)cell;
}

confx_status_t table_axes_open(const problem_t *problem, space_part_t part, arena_t *arena,
                               table_axes_t *axes)
{
    const space_t *space = problem_space(problem);
    const uint64_t points = space_points(space);
    const size_t distinct = problem_distinct(problem);
    size_t grid = 0;
    *axes = (table_axes_t){.space = space};
    double all = cost_view_count(space, part, cost_view_grids[grid], distinct, axes);
    while (all > CELLS_WISHED && grid + 1 < GRIDS)
        all = cost_view_count(space, part, cost_view_grids[++grid], distinct, axes);
    const double cells = all / (double)distinct;
    if (all > CELLS_MOST)
        return status_fail(CONFX_STATUS_INPUT,
                           "nothing can be inferred from totals: %.0f actions of each of %zu "
                           "layers are more than %d in all (search.memory: false goes without)",
                           cells, distinct, (int)CELLS_MOST);
    for (size_t axis = 0; axis < space_axes(space); axis++)
        cost_view_open_axis(axis, part, &cost_view_grids[grid][axis > 0], arena, axes);
    axes->cells = (size_t)cells;
    if (points <= MAPPED_MOST) ARENA_TAKE(arena, axes->cell, points);
    TRY(arena_status(arena, "a table of %zu actions", axes->cells));
    /* The map would not be worth its memory where a table has few of very many points. */
    for (uint64_t point = 0; axes->cell && point < points; point++)
        axes->cell[point] = table_axes_find(axes, point);
    return status_ok();
}
