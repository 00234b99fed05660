#include "workload/layer.h"

#include <assert.h>
#include <string.h>

const char *confx_dim_letters(void)
{
    static const char letters[CONFX_DIM_COUNT + 1] = "CGKMNRSXY";
    return letters;
}

const char *confx_layer_type_name(confx_layer_type_t type)
{
#define LAYER_TYPE_NAME(type, name, code) name,
    static const char *const names[] = {CONFX_LAYER_TYPE_LIST(LAYER_TYPE_NAME)};
#undef LAYER_TYPE_NAME
    assert(type < CONFX_LAYER_TYPES);
    return names[type];
}

bool layer_type_of_code(int64_t code, confx_layer_type_t *type)
{
#define LAYER_TYPE_CODE(type, name, code) code,
    static const int64_t codes[] = {CONFX_LAYER_TYPE_LIST(LAYER_TYPE_CODE)};
#undef LAYER_TYPE_CODE
    for (int i = 0; i < CONFX_LAYER_TYPES; i++) {
        /* 0 stands for "not available in a CSV", which no file can name. */
        if (codes[i] == 0 || codes[i] != code) continue;
        *type = (confx_layer_type_t)i;
        return true;
    }
    return false;
}

static int layer_compare_numbers(int64_t one, int64_t other)
{
    return (one > other) - (one < other);
}

int layer_compare(const void *one, const void *other)
{
    const confx_layer_t *a = one;
    const confx_layer_t *b = other;
    /* The first difference decides; any total order would do, as only equality means something. */
    int order = layer_compare_numbers(a->type, b->type);
    for (int dim = 0; dim < CONFX_DIM_COUNT && order == 0; dim++)
        order = layer_compare_numbers(a->dim[dim], b->dim[dim]);
    if (order == 0) order = layer_compare_numbers(a->stride_y, b->stride_y);
    return order ? order : layer_compare_numbers(a->stride_x, b->stride_x);
}

int layer_compare_names(const void *one, const void *other)
{
    const confx_layer_t *a = one;
    const confx_layer_t *b = other;
    return strcmp(a->name, b->name);
}

bool confx_layer_same(const confx_layer_t *one, const confx_layer_t *other)
{
    return layer_compare(one, other) == 0;
}
