#include "confx/array.h"

#include <assert.h>

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
