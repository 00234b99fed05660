/* The workload of run.h5: what its layers are, and the networks that they belong to. */
#include "report/workload_data.h"
#include "confx/try.h"
#include "report/fetch.h"
#include "report/run_data.h"

#include <stdlib.h>
#include <string.h>

/* The number of a type, from 1 on, that has this name; 0: none has. */
static int64_t workload_data_type_of(const char *name)
{
    for (int type = 0; type < CONFX_LAYER_TYPES; type++)
        if (!strcmp(confx_layer_type_name((confx_layer_type_t)type), name)) return type + 1;
    return 0;
}

/* Types are words; before schema 4 they were numbers, and have been read as such. */
static confx_status_t workload_data_read_types(report_t *report, store_t *store, const char *name)
{
    enum { WORD_MAX = 16 };
    void *words;
    array_t found;
    TRY(store_describe(store, name, &found));
    if (found.type != ARRAY_TEXT) return status_ok();
    const confx_status_t status =
        fetch_array(store, name, ARRAY_TEXT, report->layers_n, WORD_MAX, &words);
    for (size_t layer = 0; status.code == CONFX_STATUS_OK && layer < report->layers_n; layer++) {
        char *word = (char *)words + layer * WORD_MAX;
        /* A file may hold a word that fills its place. */
        word[WORD_MAX - 1] = 0;
        report->shapes[layer * SHAPE_COLUMNS + SHAPE_TYPE] = workload_data_type_of(word);
    }
    free(words);
    return status;
}

static confx_status_t workload_data_read_shapes(report_t *report, store_t *store)
{
    static const char *const names[SHAPE_COLUMNS] = {
        "/workload/K",    "/workload/C",     "/workload/Y",        "/workload/X",
        "/workload/R",    "/workload/S",     "/workload/stride_y", "/workload/stride_x",
        "/workload/type", "/workload/groups"};
    const size_t n = report->layers_n;
    int64_t *column = calloc(n + 1, sizeof *column);
    report->shapes = calloc(n + 1, SHAPE_COLUMNS * sizeof *report->shapes);
    confx_status_t status;
    if (!column || !report->shapes) {
        status = status_fail(CONFX_STATUS_MEMORY, "no memory for %zu layers", n);
        goto out;
    }
    for (size_t i = 0; i < SHAPE_COLUMNS; i++) {
        array_t found;
        TRY_OUT(store_describe(store, names[i], &found));
        /* Types as words are read below, by another function. */
        if (found.type == ARRAY_TEXT) continue;
        TRY_OUT(fetch_check_rows(store, names[i], n));
        TRY_OUT(store_read_rows(store, names[i], ARRAY_I64, 0, n, column));
        for (size_t layer = 0; layer < n; layer++)
            report->shapes[layer * SHAPE_COLUMNS + i] = column[layer];
    }
    TRY_OUT(workload_data_read_types(report, store, names[SHAPE_TYPE]));
out:
    free(column);
    return status;
}

static confx_status_t workload_data_check_shapes(const report_t *report, const char *path)
{
    for (size_t layer = 0; layer < report->layers_n; layer++) {
        const int64_t type = report->shapes[layer * SHAPE_COLUMNS + SHAPE_TYPE];
        if (type < 1 || type > CONFX_LAYER_TYPES)
            return status_fail(CONFX_STATUS_DAMAGED, "%s: layer %zu is of no known type", path,
                               layer + 1);
    }
    return status_ok();
}

/* Where there are several, or one that counts by a weight. */
static confx_status_t workload_data_read_networks(report_t *report, store_t *store)
{
    void *names;
    bool has;
    TRY(store_has(store, "/network", &has));
    if (!has) return status_ok();
    TRY(store_rows(store, "/network", &report->networks_n));
    const confx_status_t named = fetch_array(store, "/network", ARRAY_TEXT, report->networks_n,
                                             CONFX_LAYER_NAME_MAX, &names);
    report->networks = names;
    TRY(named);
    fetch_clean(report->networks, report->networks_n, CONFX_LAYER_NAME_MAX);
    TRY(fetch_reals(store, "/network_weight", report->networks_n, &report->of_network.weight));
    return fetch_reals(store, "/workload/weight", report->layers_n, &report->weights);
}

confx_status_t workload_data_read(report_t *report, const char *path, store_t *store)
{
    void *names;
    TRY(store_rows(store, "/workload/K", &report->layers_n));
    TRY(workload_data_read_shapes(report, store));
    const confx_status_t named = fetch_array(store, "/workload/name", ARRAY_TEXT, report->layers_n,
                                             CONFX_LAYER_NAME_MAX, &names);
    /* The report owns the array before the status is looked at: report_close frees it, filled or
       not. */
    report->names = names;
    TRY(named);
    fetch_clean(report->names, report->layers_n, CONFX_LAYER_NAME_MAX);
    TRY(workload_data_read_networks(report, store));
    return workload_data_check_shapes(report, path);
}
