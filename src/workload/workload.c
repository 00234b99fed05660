#include "confx/file.h"
#include "confx/text.h"
#include "layer.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    dim_t dim;
} dim_columns[] = {{"K", DIM_K}, {"C", DIM_C}, {"Y", DIM_Y}, {"X", DIM_X}, {"R", DIM_R}, {"S", DIM_S}};

enum { DIM_COLUMNS_N = sizeof dim_columns / sizeof *dim_columns, LAYERS_MAX = UINT16_MAX };

typedef struct {
    csv_t *csv;
    const char *file;
    size_t dims[DIM_COLUMNS_N], type; /* column numbers */
    size_t name, stride_y, stride_x;  /* SIZE_MAX: not there */
    void *names;                      /* tsearch tree of the layers read, by name */
} reader_t;

/* ---- the header ---------------------------------------------------------------------------------------------------
 */

static status_t find_column(const reader_t *reader, const char *name, size_t *column)
{
    *column = csv_find(reader->csv, name);
    if (*column != SIZE_MAX) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), NULL, "expected a column \"%s\", found none", name);
}

static bool is_known(const reader_t *reader, size_t column)
{
    for (size_t i = 0; i < DIM_COLUMNS_N; i++)
        if (reader->dims[i] == column) return true;
    return column == reader->type || column == reader->name || column == reader->stride_y || column == reader->stride_x;
}

static status_t read_header(reader_t *reader)
{
    for (size_t i = 0; i < DIM_COLUMNS_N; i++) TRY(find_column(reader, dim_columns[i].name, &reader->dims[i]));
    TRY(find_column(reader, "T", &reader->type));
    reader->name = csv_find(reader->csv, "name");
    reader->stride_y = csv_find(reader->csv, "stride_y");
    reader->stride_x = csv_find(reader->csv, "stride_x");
    for (size_t i = 0; i < csv_columns(reader->csv); i++)
        if (!is_known(reader, i))
            return status_input(reader->file, csv_line(reader->csv), csv_header(reader->csv, i),
                                "unknown column (known: K, C, Y, X, R, S, T, name, stride_y, stride_x)");
    return status_ok();
}

/* ---- a row ---------------------------------------------------------------------------------------------------------
 */

static status_t read_type(const reader_t *reader, layer_t *layer)
{
    const char *text = csv_field(reader->csv, reader->type);
    int64_t code;
    if (text_to_integer(text, 1, INT64_MAX, &code) && layer_type_of_code(code, &layer->type)) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), "T",
                        "expected 1 (convolution) or 2 (depthwise convolution), found \"%s\"", text);
}

static status_t read_stride(const reader_t *reader, size_t column, int64_t *stride)
{
    *stride = 1;
    if (column == SIZE_MAX) return status_ok();
    return csv_integer(reader->csv, column, 1, LAYER_DIM_MAX, stride);
}

/* The kernel's extent, along R or S, within the input's, along Y or X. */
static status_t check_kernel(const reader_t *reader, const char *kernel, int64_t extent, const char *input,
                             int64_t most)
{
    if (extent <= most) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), kernel, "expected at most %s = %lld, found %lld", input,
                        (long long)most, (long long)extent);
}

static status_t read_name(reader_t *reader, size_t number, layer_t *layer)
{
    const char *name = reader->name == SIZE_MAX ? "" : csv_field(reader->csv, reader->name);
    const int line = csv_line(reader->csv);
    if (strlen(name) >= LAYER_NAME_MAX)
        return status_input(reader->file, line, "name", "expected at most %d bytes, found %zu", LAYER_NAME_MAX - 1,
                            strlen(name));
    (void)snprintf(layer->name, sizeof layer->name, "%s", name);
    if (!*name) (void)snprintf(layer->name, sizeof layer->name, "%zu", number);
    const layer_t *const *found = tsearch(layer, &reader->names, layer_compare_names);
    if (!found) return status_fail(STATUS_MEMORY, "%s: no memory for its names", reader->file);
    if (*found == layer) return status_ok();
    return status_input(reader->file, line, "name", "\"%s\" is the name of an earlier layer", layer->name);
}

static status_t read_layer(reader_t *reader, size_t number, layer_t *layer)
{
    for (size_t i = 0; i < DIM_COLUMNS_N; i++)
        TRY(csv_integer(reader->csv, reader->dims[i], 1, LAYER_DIM_MAX, &layer->dim[dim_columns[i].dim]));
    TRY(check_kernel(reader, "R", layer->dim[DIM_R], "Y", layer->dim[DIM_Y]));
    TRY(check_kernel(reader, "S", layer->dim[DIM_S], "X", layer->dim[DIM_X]));
    TRY(read_type(reader, layer));
    TRY(read_stride(reader, reader->stride_y, &layer->stride_y));
    TRY(read_stride(reader, reader->stride_x, &layer->stride_x));
    return read_name(reader, number, layer);
}

/* ---- the network ---------------------------------------------------------------------------------------------------
 */

static size_t count_lines(const char *text)
{
    size_t n = 1;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* Layers never move once read: the trees of tsearch point at them. */
static status_t open_layers(const reader_t *reader, const char *text, workload_t *workload)
{
    const size_t lines = count_lines(text);
    const size_t room = lines < LAYERS_MAX ? lines : LAYERS_MAX;
    workload->layers = calloc(room, sizeof *workload->layers);
    workload->distinct_of = calloc(room, sizeof *workload->distinct_of);
    workload->first_of = calloc(room, sizeof *workload->first_of);
    if (workload->layers && workload->distinct_of && workload->first_of) return status_ok();
    return status_fail(STATUS_MEMORY, "%s: no memory for %zu layers", reader->file, room);
}

static status_t read_layers(reader_t *reader, workload_t *workload)
{
    for (;;) {
        bool more;
        TRY(csv_next(reader->csv, &more));
        if (!more) break;
        if (workload->layers_n == LAYERS_MAX)
            return status_input(reader->file, csv_line(reader->csv), NULL, "expected at most %d layers", LAYERS_MAX);
        TRY(read_layer(reader, workload->layers_n + 1, &workload->layers[workload->layers_n]));
        workload->layers_n++;
    }
    if (workload->layers_n > 0) return status_ok();
    return status_input(reader->file, csv_line(reader->csv), NULL, "expected a row for each layer, found none");
}

static void keep(void *layer)
{
    (void)layer; /* the workload's own */
}

/* False: no memory. */
static bool number_distinct(workload_t *workload)
{
    void *shapes = NULL;
    size_t i;
    for (i = 0; i < workload->layers_n; i++) {
        const layer_t *const *found = tsearch(&workload->layers[i], &shapes, layer_compare);
        if (!found) break;
        const size_t first = (size_t)(*found - workload->layers);
        const bool is_new = first == i;
        if (is_new) workload->first_of[workload->distinct_n] = (uint16_t)i;
        workload->distinct_of[i] = is_new ? (uint16_t)workload->distinct_n++ : workload->distinct_of[first];
    }
    tdestroy(shapes, keep);
    return i == workload->layers_n;
}

/* The file's name without directory and suffix. */
static void take_name(const char *file, char name[LAYER_NAME_MAX])
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    const size_t length = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    (void)snprintf(name, LAYER_NAME_MAX, "%.*s", length < LAYER_NAME_MAX ? (int)length : LAYER_NAME_MAX - 1, base);
}

status_t workload_parse(const char *text, const char *file, workload_t *workload)
{
    reader_t reader = {.file = file};
    status_t status;
    *workload = (workload_t){.layers_n = 0};
    take_name(file, workload->name);
    TRY_OUT(csv_open(text, file, &reader.csv));
    TRY_OUT(read_header(&reader));
    TRY_OUT(open_layers(&reader, text, workload));
    TRY_OUT(read_layers(&reader, workload));
    if (!number_distinct(workload)) TRY_OUT(status_fail(STATUS_MEMORY, "%s: no memory for its layers", file));
out:
    tdestroy(reader.names, keep);
    csv_close(reader.csv);
    if (status.code != STATUS_OK) workload_close(workload);
    return status;
}

status_t workload_open(const char *path, workload_t *workload)
{
    char *text;
    *workload = (workload_t){.layers_n = 0};
    TRY(file_read(path, &text, NULL));
    const status_t status = workload_parse(text, path, workload);
    free(text);
    return status;
}

void workload_close(workload_t *workload)
{
    free(workload->layers);
    free(workload->distinct_of);
    free(workload->first_of);
    *workload = (workload_t){.layers_n = 0};
}
