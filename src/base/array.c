#include "confx/array.h"

size_t array_type_bytes(array_type_t type)
{
#define ARRAY_BYTES(type, c_type, bytes) bytes,
    static const size_t bytes[] = {ARRAY_LIST(ARRAY_BYTES)};
#undef ARRAY_BYTES
    return bytes[type];
}

size_t array_items(const array_t *array)
{
    size_t items = 1;
    for (size_t i = 0; i < array->rank; i++) items *= array->dims[i];
    return items;
}

size_t array_bytes(const array_t *array)
{
    return array_items(array) * array_type_bytes(array->type);
}
