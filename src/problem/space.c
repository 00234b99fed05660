/* The space: axes, points, assignments. */
#include "confx/space.h"
#include "confx/rng.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct space {
    size_t axes_n;
    space_axis_t axes[SPACE_AXES];
    size_t range[SPACE_AXES];      /* values in the range of each axis */
    uint16_t *indices[SPACE_AXES]; /* (levels_n) where each level is in the range */
    uint32_t *levels[SPACE_AXES];  /* copies that the axes point to; NULL where categorical */
    uint64_t points, choices;
    size_t shared; /* axes of the network */
    uint64_t own_points, own_choices;
    space_use_t use;
};

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t space_check_axis(const space_axis_t *axis)
{
    if (axis->levels_n == 0 || axis->levels_n > SPACE_RANGE_MAX)
        return status_input(NULL, 0, axis->name, "%zu levels, expected 1 to %d", axis->levels_n,
                            SPACE_RANGE_MAX);
    if (axis->initial >= axis->levels_n)
        return status_input(NULL, 0, axis->name, "level %zu as the default, of %zu levels",
                            axis->initial, axis->levels_n);
    for (size_t i = 0; axis->kind == AXIS_ORDINAL && i < axis->levels_n; i++) {
        const uint32_t before = i > 0 ? axis->levels[i - 1] : 0;
        if (axis->levels[i] <= before || axis->levels[i] > SPACE_RANGE_MAX)
            return status_input(NULL, 0, axis->name,
                                "level %u behind %u, expected rising ones from 1 to %d",
                                axis->levels[i], before, SPACE_RANGE_MAX);
    }
    return status_ok();
}

static confx_status_t space_add_axis(space_t *space, const space_axis_t *axis)
{
    const size_t at = space->axes_n++;
    const size_t n = axis->levels_n;
    const bool refined = axis->refined && axis->kind == AXIS_ORDINAL;
    /* The axis is counted before anything can fail, so that space_close frees what it has got by
       then. */
    TRY(space_check_axis(axis));
    if (axis->scope == AXIS_NETWORK && space->shared < at)
        return status_input(
            NULL, 0, axis->name,
            "one value for the network behind an axis of layers, expected it before");
    space->axes[at] = *axis;
    space->axes[at].refined = refined;
    space->axes[at].levels = NULL;
    space->indices[at] = malloc(n * sizeof *space->indices[at]);
    space->levels[at] = malloc(n * sizeof *space->levels[at]);
    if (!space->indices[at] || !space->levels[at])
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu levels", n);
    /* The range of a refined axis is 1 to its largest level, and the index of a value is the value
       less one; of any other axis the range is the levels. */
    for (size_t i = 0; i < n; i++) {
        space->levels[at][i] = axis->kind == AXIS_ORDINAL ? axis->levels[i] : (uint32_t)i;
        space->indices[at][i] = (uint16_t)(refined ? axis->levels[i] - 1 : i);
    }
    if (axis->kind == AXIS_ORDINAL) space->axes[at].levels = space->levels[at];
    space->range[at] = refined ? axis->levels[n - 1] : n;

    /* A point plus one must fit into 63 bits, so that keys and sums of a few points do. */
    if ((double)space->points * (double)space->range[at] >= 9.2e18)
        return status_input(NULL, 0, axis->name,
                            "the actions of a layer are too many to be numbered in 63 bits");
    space->points *= space->range[at];
    space->choices *= n;
    if (axis->scope == AXIS_NETWORK) {
        space->shared++;
        return status_ok();
    }
    space->own_points *= space->range[at];
    space->own_choices *= n;
    return status_ok();
}

confx_status_t space_open(const space_axis_t *axes, size_t n, space_use_t use, space_t **out)
{
    assert(n >= 1 && n <= SPACE_AXES);
    space_t *space = calloc(1, sizeof *space);
    if (!space) return status_fail(CONFX_STATUS_MEMORY, "no memory for a space");
    space->use = use;
    space->points = space->choices = space->own_points = space->own_choices = 1;
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++)
        status = space_add_axis(space, &axes[i]);
    if (status.code == CONFX_STATUS_OK)
        *out = space;
    else
        space_close(space);
    return status;
}

void space_close(space_t *space)
{
    if (!space) return;
    for (size_t axis = 0; axis < space->axes_n; axis++) {
        free(space->indices[axis]);
        free(space->levels[axis]);
    }
    free(space);
}

size_t space_axes(const space_t *space)
{
    return space->axes_n;
}

const space_axis_t *space_axis(const space_t *space, size_t axis)
{
    assert(axis < space->axes_n);
    return &space->axes[axis];
}

size_t space_levels(const space_t *space, size_t axis)
{
    return space->axes[axis].levels_n;
}

size_t space_range(const space_t *space, size_t axis)
{
    return space->range[axis];
}

uint64_t space_points(const space_t *space)
{
    return space->points;
}

uint64_t space_choices(const space_t *space)
{
    return space->choices;
}

size_t space_shared(const space_t *space)
{
    return space->shared;
}

uint64_t space_own_points(const space_t *space)
{
    return space->own_points;
}

uint64_t space_own_choices(const space_t *space)
{
    return space->own_choices;
}

/* ---- values ---------------------------------------------------------------------------------- */

uint32_t space_value(const space_t *space, size_t axis, uint16_t index)
{
    assert(index < space->range[axis]);
    return space->axes[axis].refined ? (uint32_t)index + 1 : space->levels[axis][index];
}

const char *space_word(const space_t *space, size_t axis, uint16_t index)
{
    const space_axis_t *of = &space->axes[axis];
    return of->kind == AXIS_CATEGORICAL && of->words ? of->words[index] : NULL;
}

bool space_find(const space_t *space, size_t axis, uint32_t value, uint16_t *index)
{
    const space_axis_t *of = &space->axes[axis];
    if (of->refined) {
        *index = (uint16_t)(value - 1);
        return value >= 1 && value <= space->range[axis];
    }
    /* The range is the levels, by rising value. */
    size_t low = 0;
    for (size_t high = space->range[axis]; high - low > 1;) {
        const size_t middle = low + (high - low) / 2;
        if (space->levels[axis][middle] <= value)
            low = middle;
        else
            high = middle;
    }
    *index = (uint16_t)low;
    return space->levels[axis][low] == value;
}

uint16_t space_level_index(const space_t *space, size_t axis, size_t level)
{
    assert(level < space->axes[axis].levels_n);
    return space->indices[axis][level];
}

size_t space_level(const space_t *space, size_t axis, uint16_t index)
{
    size_t level = space->axes[axis].levels_n - 1;
    if (!space->axes[axis].refined) return index;
    while (level > 0 && space->indices[axis][level] > index) level--;
    return level;
}

/* ---- actions --------------------------------------------------------------------------------- */

uint64_t space_point(const space_t *space, const uint16_t *action)
{
    uint64_t point = 0;
    for (size_t axis = 0; axis < space->axes_n; axis++) {
        assert(action[axis] < space->range[axis]);
        point = point * space->range[axis] + action[axis];
    }
    return point;
}

void space_action(const space_t *space, uint64_t point, uint16_t *action)
{
    assert(point < space->points);
    for (size_t axis = space->axes_n; axis-- > 0; point /= space->range[axis])
        action[axis] = (uint16_t)(point % space->range[axis]);
}

uint64_t space_choice_point(const space_t *space, uint64_t choice)
{
    uint16_t action[SPACE_AXES] = {0};
    assert(choice < space->choices);
    for (size_t axis = space->axes_n; axis-- > 0; choice /= space->axes[axis].levels_n)
        action[axis] = space->indices[axis][choice % space->axes[axis].levels_n];
    return space_point(space, action);
}

uint64_t space_own_point(const space_t *space, const uint16_t *action, uint64_t own)
{
    uint16_t with[SPACE_AXES] = {0};
    assert(own < space->own_choices);
    memcpy(with, action, space->shared * sizeof *with);
    for (size_t axis = space->axes_n; axis-- > space->shared; own /= space->axes[axis].levels_n)
        with[axis] = space->indices[axis][own % space->axes[axis].levels_n];
    return space_point(space, with);
}

bool space_has_unused(const space_t *space)
{
    return space->use.uses != NULL;
}

bool space_uses(const space_t *space, size_t distinct, const uint16_t *action, size_t axis)
{
    /* What layers share each of them has, whether it makes a difference to it or not. */
    if (axis < space->shared) return true;
    return !space->use.uses || space->use.uses(space->use.context, distinct, action, axis);
}

uint64_t space_canonical(const space_t *space, size_t distinct, uint64_t point)
{
    uint16_t action[SPACE_AXES];
    if (!space->use.uses) return point;
    space_action(space, point, action);
    /* What decides whether an axis is used are axes before it, and these are canonical by then.
       What layers share stays, or they would not share it any more. */
    for (size_t axis = space->shared; axis < space->axes_n; axis++)
        if (!space_uses(space, distinct, action, axis))
            action[axis] = space->indices[axis][space->axes[axis].initial];
    return space_point(space, action);
}

/* ---- assignments ----------------------------------------------------------------------------- */

size_t space_cells(const space_t *space, size_t layers)
{
    return layers * space->axes_n;
}

void space_copy(const space_t *space, size_t layers, uint16_t *to, const uint16_t *from)
{
    memcpy(to, from, space_cells(space, layers) * sizeof *to);
}

bool space_equal(const space_t *space, size_t layers, const uint16_t *one, const uint16_t *other)
{
    return memcmp(one, other, space_cells(space, layers) * sizeof *one) == 0;
}

bool space_is_sound(const space_t *space, size_t layers, const uint16_t *assignment)
{
    for (size_t cell = 0; cell < space_cells(space, layers); cell++) {
        const size_t axis = cell % space->axes_n;
        if (assignment[cell] >= space->range[axis]) return false;
        if (space->axes[axis].scope == AXIS_NETWORK && assignment[cell] != assignment[axis])
            return false;
    }
    return true;
}

bool space_is_exact(const space_t *space, size_t layers)
{
    return (double)layers * log2((double)space->points) < 63;
}

uint64_t space_key(const space_t *space, size_t n, const uint64_t *points)
{
    /* Where all assignments can be numbered in 63 bits the key is that number, and no two share
       one; otherwise it is a chain of hashes. Neither is ever 0, which is a free place in tables of
       keys. */
    const bool exact = space_is_exact(space, n);
    uint64_t key = 0;
    for (size_t i = 0; i < n; i++) {
        assert(points[i] < space->points);
        key = exact ? key * space->points + points[i]
                    : rng_mix(key + points[i] + UINT64_C(0x9e3779b97f4a7c15));
    }
    if (exact) return key + 1;
    return key ? key : 1;
}

double space_size(const space_t *space, space_part_t part, size_t layers)
{
    double once = 1, each = 1; /* choices for the network, and for each layer */
    for (size_t axis = 0; axis < space->axes_n; axis++) {
        const double n =
            (double)(part == SPACE_LEVELS ? space->axes[axis].levels_n : space->range[axis]);
        if (space->axes[axis].scope == AXIS_NETWORK)
            once *= n;
        else
            each *= n;
    }
    return (double)layers * log10(each) + log10(once);
}
