#include "confx/array.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

size_t array_type_bytes(array_type_t type)
{
#define ARRAY_BYTES(type, c_type, bytes) bytes,
    static const size_t bytes[] = {ARRAY_LIST(ARRAY_BYTES)};
#undef ARRAY_BYTES
    assert((size_t)type < sizeof bytes / sizeof *bytes);
    return bytes[type];
}

size_t array_items(const array_t *array)
{
    size_t items = 1; /* of a scalar, which has no dimensions */
    assert(array->rank <= sizeof array->dims / sizeof *array->dims);
    for (size_t i = 0; i < array->rank; i++) items *= array->dims[i];
    return items;
}

size_t array_bytes(const array_t *array)
{
    return array_items(array) * array_type_bytes(array->type);
}

void *array_grown(void *items, size_t *room, size_t wanted, size_t bytes)
{
    enum { FIRST = 16 };
    size_t more = *room ? *room : FIRST;
    if (*room && wanted <= *room) return items;
    while (more < wanted) more *= 2;
    void *grown = realloc(items, more * bytes);
    if (grown) *room = more;
    return grown;
}

static int array_by_value(const void *one, const void *other)
{
    const double a = *(const double *)one;
    const double b = *(const double *)other;
    if (isnan(a) || isnan(b)) return (isnan(a) != 0) - (isnan(b) != 0);
    return (a > b) - (a < b);
}

double array_median(double *values, size_t n)
{
    if (n == 0) return NAN;
    qsort(values, n, sizeof *values, array_by_value);
    /* A missing value sorts last, so where it reaches the middle, `above` is NaN and so is the
       result. */
    const double above = values[n / 2];
    if (n % 2) return above;
    const double below = values[n / 2 - 1];
    return below + (above - below) / 2;
}
