#include "search/common/cost_view.h"
#include "confx/try.h"

#include <assert.h>

enum { CELLS_MOST = 1 << 24 };  /* of a table: 128 MB of doubles */
enum { MAPPED_MOST = 1 << 20 }; /* points that are looked up at once */

/* ---- indices --------------------------------------------------------------------------------- */

/* Up to INTEGERS_WHOLE integers are all in a table. Of more it is all up to INTEGERS_DENSE, and
   from there on one in steps of a fiftieth: what is inferred depends on logarithms, and its
   covariance takes the square of their number in memory. */
enum { INTEGERS_WHOLE = 1024, INTEGERS_DENSE = 256, INTEGERS_STEPS = 50 };

static size_t cost_view_integer_after(size_t value, size_t most)
{
    const size_t step =
        most > INTEGERS_WHOLE && value >= INTEGERS_DENSE ? value / INTEGERS_STEPS : 1;
    return most - value < step ? most : value + step;
}

/* Indices of the integers from 1 to `most`; NULL: their number alone. */
static size_t cost_view_integers(size_t most, uint16_t *indices)
{
    size_t n = 0;
    for (size_t value = 1;; value = cost_view_integer_after(value, most)) {
        if (indices) indices[n] = (uint16_t)(value - 1);
        n++;
        if (value == most) return n;
    }
}

static void cost_view_open_axis(const space_t *space, size_t axis, space_part_t part,
                                arena_t *arena, table_axes_t *axes)
{
    /* A range that is not all integers is the levels themselves. */
    const size_t range = space_range(space, axis);
    const bool integers = part == SPACE_INTEGERS && space_axis(space, axis)->refined;
    axes->n[axis] = integers ? cost_view_integers(range, NULL) : space_levels(space, axis);
    ARENA_TAKE(arena, axes->indices[axis], axes->n[axis]);
    ARENA_TAKE(arena, axes->place[axis], range);
    if (arena->failed) return;
    if (integers) (void)cost_view_integers(range, axes->indices[axis]);
    for (size_t i = 0; !integers && i < axes->n[axis]; i++)
        axes->indices[axis][i] = space_level_index(space, axis, i);
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
    double cells = 1;
    *axes = (table_axes_t){.space = space};
    for (size_t axis = 0; axis < space_axes(space); axis++) {
        cost_view_open_axis(space, axis, part, arena, axes);
        cells *= (double)axes->n[axis];
    }
    if (cells * (double)problem_distinct(problem) > CELLS_MOST)
        return status_fail(CONFX_STATUS_INPUT,
                           "nothing can be inferred from totals: %.0f actions of each of %zu "
                           "layers are more than %d in all (search.memory: false goes without)",
                           cells, problem_distinct(problem), (int)CELLS_MOST);
    axes->cells = (size_t)cells;
    if (points <= MAPPED_MOST) ARENA_TAKE(arena, axes->cell, points);
    TRY(arena_status(arena, "a table of %zu actions", axes->cells));
    /* The map would not be worth its memory where a table has few of very many points. */
    for (uint64_t point = 0; axes->cell && point < points; point++)
        axes->cell[point] = table_axes_find(axes, point);
    return status_ok();
}
