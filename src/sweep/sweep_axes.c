/* The keys of a sweep: the grid's axes and their values. */
#include "confx/text.h"
#include "confx/try.h"
#include "sweep/sweep_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static confx_status_t sweep_axes_join_key(const sweep_file_t *file, const char *parent,
                                          const char *key, char out[SWEEP_PATH_MAX])
{
    const int length = snprintf(out, SWEEP_PATH_MAX, "%s%s%s", parent, *parent ? "." : "", key);
    if (length < SWEEP_PATH_MAX) return status_ok();
    return yaml_refuse(file->tree, parent, "expected shorter keys");
}

/* ---- key paths ------------------------------------------------------------------------------- */

static confx_status_t sweep_axes_add_key(const sweep_file_t *file, const char *place,
                                         const char *key, sweep_t *sweep)
{
    for (size_t i = 0; i < sweep->keys_n; i++)
        if (!strcmp(sweep->keys[i], key)) return status_ok();
    /* Two searches must never write to one directory, so the sweep gives each its own, and a key
       that would override it is refused where it stands. */
    if (!strcmp(key, "output"))
        return yaml_refuse(file->tree, place, "each search has its own; leave it out");
    if (sweep->keys_n == SWEEP_KEYS_MAX)
        return yaml_refuse(file->tree, place, "more than %d keys", SWEEP_KEYS_MAX);
    sweep->keys[sweep->keys_n] = strdup(key);
    if (!sweep->keys[sweep->keys_n])
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its keys", file->path);
    sweep->keys_n++;
    return status_ok();
}

static confx_status_t sweep_axes_add_keys_below(const sweep_file_t *file, const char *place,
                                                const char *key, sweep_t *sweep)
{
    if (!yaml_is_map(file->tree, place)) return sweep_axes_add_key(file, place, key, sweep);
    const char *name;
    for (size_t i = 0; (name = yaml_key(file->tree, place, i)); i++) {
        char inner_place[SWEEP_PATH_MAX];
        char inner_key[SWEEP_PATH_MAX];
        TRY(sweep_axes_join_key(file, place, name, inner_place));
        TRY(sweep_axes_join_key(file, key, name, inner_key));
        TRY(sweep_axes_add_keys_below(file, inner_place, inner_key, sweep));
    }
    return status_ok();
}

confx_status_t sweep_keys_add(const sweep_file_t *file, const char *place, sweep_t *sweep)
{
    return sweep_axes_add_keys_below(file, place, "", sweep);
}

/* ---- axes ------------------------------------------------------------------------------------ */

/* "1..5" */
static bool sweep_axes_read_range(const char *text, int64_t *first, int64_t *last)
{
    char number[32];
    const char *dots = text ? strstr(text, "..") : NULL;
    if (!dots || (size_t)(dots - text) >= sizeof number) return false;
    /* The first number is copied because it needs an end of its own; the second one runs to the end
       of the text, so anything behind it makes the text no range. */
    (void)snprintf(number, sizeof number, "%.*s", (int)(dots - text), text);
    return text_to_integer(number, INT64_MIN, INT64_MAX, first) &&
           text_to_integer(dots + 2, INT64_MIN, INT64_MAX, last);
}

static confx_status_t sweep_axes_fill_axis(const sweep_file_t *file, sweep_axis_t *axis)
{
    int64_t last = 0;
    const char *text = yaml_scalar(file->tree, axis->place);
    axis->range = sweep_axes_read_range(text, &axis->first, &last);
    if (!axis->range && !yaml_is_list(file->tree, axis->place))
        return yaml_refuse(file->tree, axis->place,
                           "expected a list, or whole numbers such as 1..5, found \"%.60s\"",
                           text ? text : "");
    /* The length is compared in unsigned arithmetic: the distance of two values of int64_t may
       exceed INT64_MAX, which a signed difference could not hold. */
    if (axis->range &&
        (last < axis->first || (uint64_t)last - (uint64_t)axis->first >= SWEEP_SEARCHES_MAX))
        return yaml_refuse(file->tree, axis->place,
                           "expected a rising range of at most %d numbers, found \"%.60s\"",
                           SWEEP_SEARCHES_MAX, text);
    axis->n = axis->range ? (size_t)(last - axis->first) + 1 : yaml_size(file->tree, axis->place);
    if (axis->n == 0) return yaml_refuse(file->tree, axis->place, "expected at least one value");
    return status_ok();
}

static confx_status_t sweep_axes_add_axis(sweep_file_t *file, const char *place)
{
    char in_set[SWEEP_PATH_MAX];
    if (file->axes_n == SWEEP_KEYS_MAX)
        return yaml_refuse(file->tree, place, "more than %d keys", SWEEP_KEYS_MAX);
    sweep_axis_t *axis = &file->axes[file->axes_n++];
    (void)snprintf(axis->place, sizeof axis->place, "%s", place);
    (void)snprintf(axis->key, sizeof axis->key, "%s", place + strlen("grid."));
    /* A key that is both in `set` and in the grid would silently lose its value in `set`, as the
       grid is laid upon it. */
    TRY(sweep_axes_join_key(file, "set", axis->key, in_set));
    if (yaml_has(file->tree, in_set))
        return yaml_refuse(file->tree, place, "this key is given twice, here and in set");
    TRY(sweep_axes_fill_axis(file, axis));
    /* The product is checked after each axis, so it is at most the limit before it is multiplied
       and cannot overflow. */
    file->combinations *= axis->n;
    if (file->combinations <= SWEEP_SEARCHES_MAX) return status_ok();
    return yaml_refuse(file->tree, place, "expected a grid of at most %d searches",
                       SWEEP_SEARCHES_MAX);
}

static confx_status_t sweep_axes_read_axes(sweep_file_t *file, const char *place)
{
    if (!yaml_is_map(file->tree, place)) return sweep_axes_add_axis(file, place);
    const char *name;
    for (size_t i = 0; (name = yaml_key(file->tree, place, i)); i++) {
        char inner[SWEEP_PATH_MAX];
        TRY(sweep_axes_join_key(file, place, name, inner));
        TRY(sweep_axes_read_axes(file, inner));
    }
    return status_ok();
}

confx_status_t sweep_axes_read(sweep_file_t *file)
{
    file->combinations = 1;
    if (!yaml_has(file->tree, "grid")) {
        file->combinations = 0;
        return status_ok();
    }
    if (!yaml_is_map(file->tree, "grid") || yaml_size(file->tree, "grid") == 0)
        return yaml_refuse(file->tree, "grid", "expected keys with lists of values");
    return sweep_axes_read_axes(file, "grid");
}

confx_status_t sweep_axis_pick(const sweep_file_t *file, const sweep_axis_t *axis, size_t index,
                               yaml_t **value)
{
    char text[32];
    char place[SWEEP_PATH_MAX + 32];
    (void)snprintf(text, sizeof text, "%" PRId64, axis->first + (int64_t)index);
    (void)snprintf(place, sizeof place, "%s[%zu]", axis->place, index);
    /* A range has one scalar in the file, whose place serves for all of its values with the number
       as text instead; a list has a place for each value. */
    return yaml_pick(file->tree, axis->range ? axis->place : place, axis->key,
                     axis->range ? text : NULL, value);
}
