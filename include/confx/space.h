/* The space of a problem: what one layer is given is an action, a value on each of a few axes
   (processing elements, buffer, dataflow, ...). An axis has `levels`, which policies choose from,
   and a `range`, which variation and certificates may use: all integers from 1 to the largest
   level, or the levels themselves. Ranges are never written out: a value is known by its index in
   the range.

       action      uint16_t[A]     an index into the range of each axis
       point       uint64_t        an action's number, mixed radix over the ranges, last axis
                                   fastest
       choice      uint64_t        the number of an action all of whose values are levels, likewise
                                   over the levels
       assignment  uint16_t[L][A]  an action for each layer, one array without gaps

   Axes with one value for the whole network stand before all others: what layers share is the first
   part of each action. The space knows no layers but by what it is told in a call. */
#ifndef CONFX_SPACE_H
#define CONFX_SPACE_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPACE_AXES = 8, SPACE_RANGE_MAX = 1 << 16 };

/* Values of a categorical axis have names and no order: there is no step from one to the next. */
typedef enum { AXIS_ORDINAL, AXIS_CATEGORICAL } space_axis_kind_t;
/* One value for each layer, or one for the whole network. */
typedef enum { AXIS_LAYER, AXIS_NETWORK } space_axis_scope_t;
/* Where a choice is looked for: the levels, or the whole ranges. */
typedef enum { SPACE_LEVELS, SPACE_INTEGERS } space_part_t;

typedef struct {
    const char *name;
    space_axis_kind_t kind;
    space_axis_scope_t scope;
    size_t levels_n;
    const uint32_t *levels; /* (levels_n) rising, from 1 on; NULL where categorical: 0, 1, 2, ... */
    const char *const
        *words;     /* (levels_n) names of a categorical axis' values; NULL where ordinal */
    bool refined;   /* the range is all integers from 1 to the largest level; ordinal alone */
    size_t initial; /* the level that a layer has which does not use it */
} space_axis_t;

/* Does a layer of this distinct kind use the axis, when it has this action? NULL: every layer uses
   every axis. Where it does not, all values of the axis mean the same, and the initial one stands
   for them. What decides it for an axis are axes before it. */
typedef struct {
    void *context;
    bool (*uses)(void *context, size_t distinct, const uint16_t *action, size_t axis);
} space_use_t;

typedef struct space space_t;

/* The axes are copied. CONFX_STATUS_INPUT where an axis has no level, levels that do not rise or
   are beyond 65,536, where one of the network stands behind one of layers, or where there are more
   than 2^63 points; CONFX_STATUS_MEMORY. The caller closes. */
confx_status_t space_open(const space_axis_t *axes, size_t n, space_use_t use, space_t **space);
void space_close(space_t *space);

size_t space_axes(const space_t *space);                           /* A */
const space_axis_t *space_axis(const space_t *space, size_t axis); /* alive as long as the space */
size_t space_levels(const space_t *space, size_t axis);
size_t space_range(const space_t *space, size_t axis);
uint64_t space_points(const space_t *space);
uint64_t space_choices(const space_t *space);

/* How many axes are of the network, the first ones, and how many points and choices a layer has
   under one value of each of these. */
size_t space_shared(const space_t *space);
uint64_t space_own_points(const space_t *space);
uint64_t space_own_choices(const space_t *space);

/* ---- values ---------------------------------------------------------------------------------- */

/* What an index stands for, for models and logs: the number itself; of a categorical axis the
   number of its name. */
uint32_t space_value(const space_t *space, size_t axis, uint16_t index);
const char *space_word(const space_t *space, size_t axis, uint16_t index); /* NULL where ordinal */
/* The index of a value. False: it is not in the range. */
bool space_find(const space_t *space, size_t axis, uint32_t value, uint16_t *index);
uint16_t space_level_index(const space_t *space, size_t axis, size_t level);
/* The level that an index stands nearest to: the largest one that is not above it. */
size_t space_level(const space_t *space, size_t axis, uint16_t index);

/* ---- actions --------------------------------------------------------------------------------- */

uint64_t space_point(const space_t *space, const uint16_t *action);
void space_action(const space_t *space, uint64_t point, uint16_t *action); /* the way back */
uint64_t space_choice_point(const space_t *space, uint64_t choice);
/* An action's values of the network's axes, and on the others the own-th choice. */
uint64_t space_own_point(const space_t *space, const uint16_t *action, uint64_t own);
/* The one point that stands for all which mean the same to a layer: initial values if unused. */
uint64_t space_canonical(const space_t *space, size_t distinct, uint64_t point);
bool space_has_unused(const space_t *space); /* may there be several such points at all? */
bool space_uses(const space_t *space, size_t distinct, const uint16_t *action, size_t axis);

/* ---- assignments ----------------------------------------------------------------------------- */

size_t space_cells(const space_t *space, size_t layers); /* L x A, the uint16_t of an assignment */
void space_copy(const space_t *space, size_t layers, uint16_t *to, const uint16_t *from);
bool space_equal(const space_t *space, size_t layers, const uint16_t *one, const uint16_t *other);
/* All indices are in their ranges, and axes of the network have one value. */
bool space_is_sound(const space_t *space, size_t layers, const uint16_t *assignment);

/* 64 bits for n points in their order, never 0: different for different ones where `exact` (the
   points of an assignment fit into 63 bits), else a hash, which two of 10^13 pairs share. */
bool space_is_exact(const space_t *space, size_t layers);
uint64_t space_key(const space_t *space, size_t n, const uint64_t *points);

/* log10 of the number of assignments of a part of the space. */
double space_size(const space_t *space, space_part_t part, size_t layers);

#endif
