#include "confx/file.h"
#include "confx/layer_table.h"
#include "confx/try.h"
#include "workload/kinds.h"
#include "workload/layer.h"

#include <assert.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = UINT16_MAX };

typedef struct {
    csv_t *csv;
    const char *file;
    layer_columns_t columns;
    void *names; /* tsearch tree of the layers read, by name */
} workload_reader_t;

/* ---- a row ----------------------------------------------------------------------------------- */

/* Layers without a name are called by their number. */
static confx_status_t workload_read_layer(workload_reader_t *reader, size_t number,
                                          confx_layer_t *layer)
{
    TRY(layer_columns_read(reader->csv, &reader->columns, layer));
    if (!*layer->name) (void)snprintf(layer->name, sizeof layer->name, "%zu", number);
    /* tsearch gives the node that has this name: our own layer if the name is new, else an earlier
       one. */
    const confx_layer_t *const *found = tsearch(layer, &reader->names, layer_compare_names);
    if (!found)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its names", reader->file);
    if (*found == layer) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), "name",
                        "\"%s\" is the name of an earlier layer", layer->name);
}

/* ---- the network ----------------------------------------------------------------------------- */

static size_t workload_count_lines(const char *text)
{
    size_t n = 1;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* Layers never move once read: the trees of tsearch point at them. */
static confx_status_t workload_open_layers(const workload_reader_t *reader, const char *text,
                                           confx_workload_t *workload)
{
    /* As many layers as lines at most: one allocation, and none moves while it is filled. */
    const size_t lines = workload_count_lines(text);
    const size_t room = lines < LAYERS_MAX ? lines : LAYERS_MAX;
    workload->layers = calloc(room, sizeof *workload->layers);
    workload->distinct_of = calloc(room, sizeof *workload->distinct_of);
    workload->first_of = calloc(room, sizeof *workload->first_of);
    if (workload->layers && workload->distinct_of && workload->first_of) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for %zu layers", reader->file, room);
}

static confx_status_t workload_read_layers(workload_reader_t *reader, confx_workload_t *workload)
{
    for (;;) {
        bool more;
        TRY(csv_next(reader->csv, &more));
        if (!more) break;
        if (workload->layers_n == LAYERS_MAX)
            return status_input(reader->file, csv_line(reader->csv), NULL,
                                "expected at most %d layers", LAYERS_MAX);
        TRY(workload_read_layer(reader, workload->layers_n + 1,
                                &workload->layers[workload->layers_n]));
        workload->layers_n++;
    }
    if (workload->layers_n > 0) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), NULL,
                        "expected a row for each layer, found none");
}

static void workload_keep(void *layer)
{
    (void)layer; /* the workload's own */
}

confx_status_t confx_workload_parse(const char *text, const char *file, confx_workload_t *workload)
{
    workload_reader_t reader = {.file = file};
    confx_status_t status;
    *workload = (confx_workload_t){.layers_n = 0};
    file_stem(file, workload->name, sizeof workload->name);
    TRY(file_check_name(file));
    TRY_OUT(csv_open(text, file, &reader.csv));
    TRY_OUT(layer_columns_find(reader.csv, NULL, 0, &reader.columns));
    TRY_OUT(workload_open_layers(&reader, text, workload));
    TRY_OUT(workload_read_layers(&reader, workload));
    if (!workload_number_kinds(workload, NULL))
        TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its layers", file));
    assert(workload->distinct_n >= 1 && workload->distinct_n <= workload->layers_n);
out:
    tdestroy(reader.names, workload_keep);
    csv_close(reader.csv);
    if (status.code != CONFX_STATUS_OK) confx_workload_close(workload);
    return status;
}

confx_status_t confx_workload_open(const char *path, confx_workload_t *workload)
{
    char *text;
    *workload = (confx_workload_t){.layers_n = 0};
    TRY(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    const confx_status_t status = confx_workload_parse(text, path, workload);
    free(text);
    return status;
}

void confx_workload_close(confx_workload_t *workload)
{
    free(workload->networks);
    free(workload->layers);
    free(workload->distinct_of);
    free(workload->first_of);
    *workload = (confx_workload_t){.layers_n = 0};
}
