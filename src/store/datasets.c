#include "confx/datasets.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdio.h>
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

/* Takes over memory, NULL for none. What cannot be owned is freed, and failed. */
static void *datasets_own(datasets_t *datasets, void *memory)
{
    if (memory && datasets->owned_n < DATASETS_OWNED) {
        datasets->owned[datasets->owned_n++] = memory;
        return memory;
    }
    free(memory);
    datasets->failed = true;
    return NULL;
}

const char *datasets_name(datasets_t *datasets, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return datasets_own(datasets, length < 0 ? NULL : text);
}

void *datasets_make(datasets_t *datasets, const char *name, array_type_t type, size_t rows,
                    size_t columns, const char *units)
{
    const size_t items = rows * (columns ? columns : 1);
    /* It is owned before it is shown: where no place for it is left it is freed with the others. */
    void *data = datasets_own(datasets, name ? calloc(items + 1, array_type_bytes(type)) : NULL);
    if (!data) return NULL;
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

void datasets_count(datasets_t *datasets, const char *name, int64_t value, const char *units)
{
    int64_t *data = datasets_make(datasets, name, ARRAY_I64, 1, 0, units);
    if (!data) return;
    *data = value;
    datasets->arrays[datasets->arrays_n - 1].rank = 0;
}

void datasets_line(datasets_t *datasets, const char *name, const char *text)
{
    const size_t width = strlen(text) + 1;
    char *data = datasets_make(datasets, name, ARRAY_TEXT, width, 0, NULL);
    if (data) memcpy(data, text, width);
}

void datasets_about(datasets_t *datasets, const char *long_name, const char *first,
                    const char *second)
{
    if (datasets->failed || !datasets->arrays_n) return;
    datasets->descriptions[datasets->arrays_n - 1] = (description_t){long_name, {first, second}};
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
    const char *copy = datasets_own(datasets, strdup(text));
    if (!copy) return;
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
