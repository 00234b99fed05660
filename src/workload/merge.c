/* Several networks as one workload. */
#include "confx/text.h"
#include "confx/try.h"
#include "workload/kinds.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static confx_status_t merge_check(const confx_workload_part_t *parts, size_t n, size_t *layers_n)
{
    *layers_n = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = parts[i].workload->name;
        assert(parts[i].weight > 0 && parts[i].workload->networks_n == 0);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(name, parts[j].workload->name))
                return status_input(NULL, 0, "workload",
                                    "two networks are called %s, expected different names (a "
                                    "weight makes one count more)",
                                    name);
        *layers_n += parts[i].workload->layers_n;
    }
    if (*layers_n <= UINT16_MAX) return status_ok();
    return status_input(NULL, 0, "workload", "expected at most %d layers in all, found %zu",
                        UINT16_MAX, *layers_n);
}

static confx_status_t merge_open(size_t networks_n, size_t layers_n, confx_workload_t *workload)
{
    workload->networks = calloc(networks_n, sizeof *workload->networks);
    workload->layers = calloc(layers_n, sizeof *workload->layers);
    workload->distinct_of = calloc(layers_n, sizeof *workload->distinct_of);
    workload->first_of = calloc(layers_n, sizeof *workload->first_of);
    if (workload->networks && workload->layers && workload->distinct_of && workload->first_of)
        return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu layers", layers_n);
}

/* Layers of several networks are told apart by the names of these. */
static confx_status_t merge_name(const confx_workload_t *part, bool alone, confx_layer_t *layer)
{
    char name[2 * CONFX_LAYER_NAME_MAX];
    if (alone) return status_ok();
    (void)snprintf(name, sizeof name, "%s/%s", part->name, layer->name);
    if (strlen(name) >= sizeof layer->name)
        return status_input(NULL, 0, "workload",
                            "layer %s of network %s: expected both names to have at most %d bytes "
                            "together",
                            layer->name, part->name, CONFX_LAYER_NAME_MAX - 2);
    memcpy(layer->name, name, strlen(name) + 1);
    return status_ok();
}

static confx_status_t merge_add(const confx_workload_part_t *part, bool alone,
                                confx_workload_t *workload)
{
    const confx_workload_t *from = part->workload;
    confx_network_t *network = &workload->networks[workload->networks_n++];
    *network = (confx_network_t){
        .weight = part->weight, .first = workload->layers_n, .layers_n = from->layers_n};
    memcpy(network->name, from->name, sizeof network->name);
    for (size_t i = 0; i < from->layers_n; i++) {
        confx_layer_t *layer = &workload->layers[workload->layers_n++];
        *layer = from->layers[i];
        TRY(merge_name(from, alone, layer));
    }
    return status_ok();
}

/* A+B, as far as there is room for all of them. */
static void merge_call(confx_workload_t *workload)
{
    size_t length = 0;
    for (size_t i = 0; i < workload->networks_n; i++)
        length += strlen(workload->networks[i].name) + 1;
    workload->name[0] = 0;
    if (length > sizeof workload->name)
        (void)snprintf(workload->name, sizeof workload->name, "%zu networks", workload->networks_n);
    else
        for (size_t i = 0; i < workload->networks_n; i++)
            text_append(workload->name, sizeof workload->name, "%s%s", i ? "+" : "",
                        workload->networks[i].name);
}

static confx_status_t merge_number(confx_workload_t *workload, bool apart)
{
    double *groups = calloc(workload->layers_n, sizeof *groups);
    bool numbered = groups != NULL;
    for (size_t i = 0; groups && i < workload->layers_n; i++)
        groups[i] = apart ? (double)confx_workload_network_of(workload, i)
                          : confx_workload_weight_of(workload, i);
    if (groups) numbered = workload_number_kinds(workload, groups);
    free(groups);
    if (numbered) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu layers", workload->layers_n);
}

confx_status_t confx_workload_join(const confx_workload_part_t *parts, size_t n, bool apart,
                                   confx_workload_t *workload)
{
    size_t layers_n;
    confx_status_t status;
    *workload = (confx_workload_t){.layers_n = 0};
    assert(n >= 1 && n <= CONFX_NETWORKS_MAX);
    TRY(merge_check(parts, n, &layers_n));
    TRY_OUT(merge_open(n, layers_n, workload));
    for (size_t i = 0; i < n; i++) TRY_OUT(merge_add(&parts[i], n == 1, workload));
    merge_call(workload);
    TRY_OUT(merge_number(workload, apart));
out:
    if (status.code != CONFX_STATUS_OK) confx_workload_close(workload);
    return status;
}

size_t confx_workload_network_of(const confx_workload_t *workload, size_t layer)
{
    size_t network = 0;
    assert(layer < workload->layers_n);
    while (network + 1 < workload->networks_n && workload->networks[network + 1].first <= layer)
        network++;
    return network;
}

double confx_workload_weight_of(const confx_workload_t *workload, size_t layer)
{
    if (workload->networks_n == 0) return 1;
    return workload->networks[confx_workload_network_of(workload, layer)].weight;
}
