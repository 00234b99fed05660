#include "workload/kinds.h"
#include "workload/layer.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>

typedef struct {
    const confx_layer_t *layer;
    double group;
} kinds_layer_t;

static int kinds_compare(const void *one, const void *other)
{
    const kinds_layer_t *a = one;
    const kinds_layer_t *b = other;
    const int order = layer_compare(a->layer, b->layer);
    return order ? order : (a->group > b->group) - (a->group < b->group);
}

static void kinds_keep(void *kind)
{
    (void)kind; /* one of an array */
}

bool workload_number_kinds(confx_workload_t *workload, const double *groups)
{
    void *known = NULL;
    size_t i = 0;
    kinds_layer_t *kinds = calloc(workload->layers_n, sizeof *kinds);
    workload->distinct_n = 0;
    for (; kinds && i < workload->layers_n; i++) {
        kinds[i] = (kinds_layer_t){&workload->layers[i], groups ? groups[i] : 0};
        const kinds_layer_t *const *found = tsearch(&kinds[i], &known, kinds_compare);
        if (!found) break;
        /* The tree holds the first of each kind, so the node's layer is that one, or this is it. */
        const size_t first = (size_t)(*found - kinds);
        assert(first <= i);
        const bool is_new = first == i;
        if (is_new) workload->first_of[workload->distinct_n] = (uint16_t)i;
        workload->distinct_of[i] =
            is_new ? (uint16_t)workload->distinct_n++ : workload->distinct_of[first];
    }
    tdestroy(known, kinds_keep);
    free(kinds);
    assert(workload->distinct_n <= workload->layers_n);
    return i == workload->layers_n;
}
