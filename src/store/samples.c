/* The columns of the table of all samples: one dataset each in every segment and, virtually, in
   run.h5. */
#include "confx/segments.h"
#include "confx/try.h"

#include <assert.h>
#include <stdlib.h>

size_t samples_columns(const samples_shape_t *shape)
{
    assert(shape->metrics_n <= SAMPLES_METRICS_MAX);
    return SAMPLES_METRICS + shape->metrics_n;
}

array_t samples_column(const samples_shape_t *shape, size_t column, size_t n)
{
#define SAMPLES_COLUMN(column_name, column_type, width, long_name)                                 \
    {#column_name, column_type, width},
    static const struct {
        const char *name;
        array_type_t type;
        samples_width_t width;
    } fixed[] = {SAMPLES_LIST(SAMPLES_COLUMN)};
#undef SAMPLES_COLUMN
    assert(column < samples_columns(shape));
    if (column >= SAMPLES_METRICS)
        return (array_t){.name = shape->metrics[column - SAMPLES_METRICS],
                         .type = ARRAY_F64,
                         .rank = 1,
                         .dims = {n}};
    array_t array = {.name = fixed[column].name, .type = fixed[column].type, .dims = {n}};
    array.rank = 1;
    switch (fixed[column].width) {
    case SAMPLES_ONE:
        break;
    case SAMPLES_ASSIGNMENT:
        array.dims[array.rank++] = shape->layers;
        array.dims[array.rank++] = shape->axes;
        break;
    case SAMPLES_CONSTRAINTS:
        array.dims[array.rank++] = shape->constraints;
        break;
    }
    return array;
}

const char *samples_long_name(size_t column)
{
#define SAMPLES_LONG_NAME(column_name, column_type, width, long_name) long_name,
    static const char *const names[] = {SAMPLES_LIST(SAMPLES_LONG_NAME)};
#undef SAMPLES_LONG_NAME
    assert(column < SAMPLES_METRICS);
    return names[column];
}

confx_status_t samples_open(const samples_shape_t *shape, size_t n, samples_t *samples)
{
    bool complete = true;
    *samples = (samples_t){.shape = shape};
    for (size_t i = 0; i < samples_columns(shape); i++) {
        const array_t column = samples_column(shape, i, n);
        /* One byte more than it takes, so that a column without values is not taken for a lack of
           memory. */
        samples->columns[i] = malloc(array_bytes(&column) + 1);
        complete = complete && samples->columns[i];
    }
    return complete ? status_ok()
                    : status_fail(CONFX_STATUS_MEMORY, "no memory for %zu rows of samples", n);
}

void samples_close(samples_t *samples)
{
    for (size_t i = 0; i < SAMPLES_COLUMNS_MAX; i++) free(samples->columns[i]);
    *samples = (samples_t){.shape = NULL};
}
