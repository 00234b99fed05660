#include "confx/datasets.h"
#include "confx/try.h"

#include <stdlib.h>
#include <string.h>

void datasets_begin(datasets_t *datasets)
{
    memset(datasets, 0, sizeof *datasets);
}

void datasets_end(datasets_t *datasets)
{
    for (size_t i = 0; i < datasets->owned_n; i++) free(datasets->owned[i]);
    datasets_begin(datasets);
}

void datasets_show_array(datasets_t *datasets, const array_t *array)
{
    if (datasets->arrays_n == DATASETS_ARRAYS)
        datasets->failed = true;
    else
        datasets->arrays[datasets->arrays_n++] = *array;
}

void datasets_show(datasets_t *datasets, const char *name, array_type_t type, size_t rows,
                   size_t columns, void *data, const char *units)
{
    const array_t array = {.name = name,
                           .type = type,
                           .rank = columns ? 2 : 1,
                           .dims = {rows, columns},
                           .data = data,
                           .units = units};
    datasets_show_array(datasets, &array);
}

void *datasets_make(datasets_t *datasets, const char *name, array_type_t type, size_t rows,
                    size_t columns, const char *units)
{
    const size_t items = rows * (columns ? columns : 1);
    void *data = datasets->owned_n < DATASETS_ARRAYS + DATASETS_ATTRIBUTES
                     ? calloc(items + 1, array_type_bytes(type))
                     : NULL;
    if (!data) {
        datasets->failed = true;
        return NULL;
    }
    /* It is owned before it is shown: where no place for it is left it is freed with the others. */
    datasets->owned[datasets->owned_n++] = data;
    datasets_show(datasets, name, type, rows, columns, data, units);
    return data;
}

void datasets_real(datasets_t *datasets, const char *name, double value, const char *units)
{
    double *data = datasets_make(datasets, name, ARRAY_F64, 1, 0, units);
    if (!data) return;
    *data = value;
    datasets->arrays[datasets->arrays_n - 1].rank = 0;
}

static void datasets_add_attribute(datasets_t *datasets, attribute_t attribute)
{
    if (datasets->attributes_n == DATASETS_ATTRIBUTES)
        datasets->failed = true;
    else
        datasets->attributes[datasets->attributes_n++] = attribute;
}

void datasets_text(datasets_t *datasets, const char *name, const char *text)
{
    datasets_add_attribute(datasets, (attribute_t){.path = "/", .name = name, .text = text});
}

void datasets_integer(datasets_t *datasets, const char *name, int64_t value)
{
    datasets_add_attribute(
        datasets, (attribute_t){.path = "/", .name = name, .whole = true, .integer = value});
}

void datasets_text_on(datasets_t *datasets, const char *path, const char *name, const char *text)
{
    char *copy = datasets->owned_n < DATASETS_ARRAYS + DATASETS_ATTRIBUTES ? strdup(text) : NULL;
    if (!copy) {
        datasets->failed = true;
        return;
    }
    datasets->owned[datasets->owned_n++] = copy;
    datasets_add_attribute(datasets, (attribute_t){.path = path, .name = name, .text = copy});
}

void datasets_integer_on(datasets_t *datasets, const char *path, const char *name, int64_t value)
{
    datasets_add_attribute(
        datasets, (attribute_t){.path = path, .name = name, .whole = true, .integer = value});
}

void datasets_fail(datasets_t *datasets, confx_status_t status)
{
    if (datasets->status.code == CONFX_STATUS_OK) datasets->status = status;
}

confx_status_t datasets_status(const datasets_t *datasets)
{
    if (datasets->status.code != CONFX_STATUS_OK) return datasets->status;
    return datasets->failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for what a commit writes")
                            : status_ok();
}
