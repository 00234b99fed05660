#include "confx/datasets.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

void shelf_begin(shelf_t *shelf)
{
    memset(shelf, 0, sizeof *shelf);
}

void shelf_end(shelf_t *shelf)
{
    for (size_t i = 0; i < shelf->owned_n; i++) free(shelf->owned[i]);
    shelf_begin(shelf);
}

void shelf_show_array(shelf_t *shelf, const array_t *array)
{
    if (shelf->arrays_n == SHELF_ARRAYS)
        shelf->failed = true;
    else
        shelf->arrays[shelf->arrays_n++] = *array;
}

void shelf_show(shelf_t *shelf, const char *name, array_type_t type, size_t rows, size_t columns, void *data,
                const char *units)
{
    const array_t array = {
        .name = name, .type = type, .rank = columns ? 2 : 1, .dims = {rows, columns}, .data = data, .units = units};
    shelf_show_array(shelf, &array);
}

void *shelf_make(shelf_t *shelf, const char *name, array_type_t type, size_t rows, size_t columns, const char *units)
{
    const size_t items = rows * (columns ? columns : 1);
    void *data = shelf->owned_n < SHELF_ARRAYS + SHELF_ATTRIBUTES ? calloc(items + 1, array_type_bytes(type)) : NULL;
    if (!data) {
        shelf->failed = true;
        return NULL;
    }
    shelf->owned[shelf->owned_n++] = data;
    shelf_show(shelf, name, type, rows, columns, data, units);
    return data;
}

void shelf_real(shelf_t *shelf, const char *name, double value, const char *units)
{
    double *data = shelf_make(shelf, name, ARRAY_F64, 1, 0, units);
    if (!data) return;
    *data = value;
    shelf->arrays[shelf->arrays_n - 1].rank = 0;
}

static void datasets_add_attribute(shelf_t *shelf, attribute_t attribute)
{
    if (shelf->attributes_n == SHELF_ATTRIBUTES)
        shelf->failed = true;
    else
        shelf->attributes[shelf->attributes_n++] = attribute;
}

void shelf_text(shelf_t *shelf, const char *name, const char *text)
{
    datasets_add_attribute(shelf, (attribute_t){.path = "/", .name = name, .text = text});
}

void shelf_integer(shelf_t *shelf, const char *name, int64_t value)
{
    datasets_add_attribute(shelf, (attribute_t){.path = "/", .name = name, .whole = true, .integer = value});
}

void shelf_text_on(shelf_t *shelf, const char *path, const char *name, const char *text)
{
    char *copy = shelf->owned_n < SHELF_ARRAYS + SHELF_ATTRIBUTES ? strdup(text) : NULL;
    if (!copy) {
        shelf->failed = true;
        return;
    }
    shelf->owned[shelf->owned_n++] = copy;
    datasets_add_attribute(shelf, (attribute_t){.path = path, .name = name, .text = copy});
}

void shelf_integer_on(shelf_t *shelf, const char *path, const char *name, int64_t value)
{
    datasets_add_attribute(shelf, (attribute_t){.path = path, .name = name, .whole = true, .integer = value});
}

void shelf_fail(shelf_t *shelf, confx_status_t status)
{
    if (shelf->status.code == CONFX_STATUS_OK) shelf->status = status;
}

confx_status_t shelf_status(const shelf_t *shelf)
{
    if (shelf->status.code != CONFX_STATUS_OK) return shelf->status;
    return shelf->failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for what a commit writes") : status_ok();
}
