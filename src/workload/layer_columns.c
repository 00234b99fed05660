/* The layer that a row of a CSV describes: of networks, and of points of the cost model. */
#include "confx/layer_table.h"
#include "confx/text.h"
#include "confx/try.h"
#include "workload/layer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    confx_dim_t dim;
} dim_columns[LAYER_DIM_COLUMNS] = {{"K", CONFX_DIM_K}, {"C", CONFX_DIM_C}, {"Y", CONFX_DIM_Y},
                                    {"X", CONFX_DIM_X}, {"R", CONFX_DIM_R}, {"S", CONFX_DIM_S}};

/* ---- the header ------------------------------------------------------------------------------ */

static confx_status_t layer_columns_find_column(const csv_t *csv, const char *name, size_t *column)
{
    *column = csv_find(csv, name);
    if (*column != SIZE_MAX) return status_ok();
    return status_input(csv_file(csv), csv_line(csv), NULL,
                        "expected a column \"%s\", found none among \"%s\"", name, csv_names(csv));
}

static bool layer_columns_is_known(const layer_columns_t *columns, size_t column)
{
    for (size_t i = 0; i < LAYER_DIM_COLUMNS; i++)
        if (columns->dims[i] == column) return true;
    return column == columns->type || column == columns->name || column == columns->stride_y ||
           column == columns->stride_x;
}

static bool layer_columns_is_one_of(const char *name, const char *const *names, size_t names_n)
{
    for (size_t i = 0; i < names_n; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static confx_status_t layer_columns_refuse_column(const csv_t *csv, size_t column,
                                                  const char *const *others, size_t others_n)
{
    char more[128] = "";
    /* The caller's own columns are known ones, too, and belong into the message. */
    for (size_t i = 0; i < others_n; i++) text_append(more, sizeof more, ", %s", others[i]);
    return status_input(csv_file(csv), csv_line(csv), csv_header(csv, column),
                        "unknown column (known: K, C, Y, X, R, S, T, name, stride_y, stride_x%s)",
                        more);
}

confx_status_t layer_columns_find(const csv_t *csv, const char *const *others, size_t others_n,
                                  layer_columns_t *columns)
{
    assert(others || others_n == 0);
    /* Columns that have to be there first, so that a file of something else is told what it
       lacks. */
    for (size_t i = 0; i < LAYER_DIM_COLUMNS; i++)
        TRY(layer_columns_find_column(csv, dim_columns[i].name, &columns->dims[i]));
    TRY(layer_columns_find_column(csv, "T", &columns->type));
    columns->name = csv_find(csv, "name");
    columns->stride_y = csv_find(csv, "stride_y");
    columns->stride_x = csv_find(csv, "stride_x");
    for (size_t i = 0; i < csv_columns(csv); i++)
        if (!layer_columns_is_known(columns, i) &&
            !layer_columns_is_one_of(csv_header(csv, i), others, others_n))
            return layer_columns_refuse_column(csv, i, others, others_n);
    return status_ok();
}

/* ---- a row ----------------------------------------------------------------------------------- */

static confx_status_t layer_columns_read_type(const csv_t *csv, size_t column, confx_layer_t *layer)
{
    const char *text = csv_field(csv, column);
    int64_t code;
    if (text_to_integer(text, 1, INT64_MAX, &code) && layer_type_of_code(code, &layer->type))
        return status_ok();
    return status_input(csv_file(csv), csv_line(csv), "T",
                        "expected 1 (convolution) or 2 (depthwise convolution), found \"%s\"",
                        text);
}

static confx_status_t layer_columns_read_stride(const csv_t *csv, size_t column, int64_t *stride)
{
    *stride = 1;
    if (column == SIZE_MAX) return status_ok();
    return csv_integer(csv, column, 1, CONFX_LAYER_DIM_MAX, stride);
}

/* The kernel's extent, along R or S, within the input's, along Y or X. */
static confx_status_t layer_columns_check_kernel(const csv_t *csv, const char *kernel,
                                                 int64_t extent, const char *input, int64_t most)
{
    if (extent <= most) return status_ok();
    return status_input(csv_file(csv), csv_line(csv), kernel,
                        "expected at most %s = %lld, found %lld", input, (long long)most,
                        (long long)extent);
}

static confx_status_t layer_columns_read_name(const csv_t *csv, size_t column, confx_layer_t *layer)
{
    const char *name = column == SIZE_MAX ? "" : csv_field(csv, column);
    if (strlen(name) >= CONFX_LAYER_NAME_MAX)
        return status_input(csv_file(csv), csv_line(csv), "name",
                            "expected at most %d bytes, found %zu", CONFX_LAYER_NAME_MAX - 1,
                            strlen(name));
    if (!text_is_name(name))
        return status_input(csv_file(csv), csv_line(csv), "name",
                            "expected a name in UTF-8 without control characters that does not "
                            "begin with =, +, - or "
                            "@ (a formula in a sheet), found \"%s\"",
                            name);
    (void)snprintf(layer->name, sizeof layer->name, "%s", name);
    return status_ok();
}

confx_status_t layer_columns_read(const csv_t *csv, const layer_columns_t *columns,
                                  confx_layer_t *layer)
{
    *layer = (confx_layer_t){.type = CONFX_LAYER_CONV};
    /* Each field by itself, then those that depend on another: a message is about one cell at a
       time. */
    for (size_t i = 0; i < LAYER_DIM_COLUMNS; i++)
        TRY(csv_integer(csv, columns->dims[i], 1, CONFX_LAYER_DIM_MAX,
                        &layer->dim[dim_columns[i].dim]));
    TRY(layer_columns_check_kernel(csv, "R", layer->dim[CONFX_DIM_R], "Y",
                                   layer->dim[CONFX_DIM_Y]));
    TRY(layer_columns_check_kernel(csv, "S", layer->dim[CONFX_DIM_S], "X",
                                   layer->dim[CONFX_DIM_X]));
    TRY(layer_columns_read_type(csv, columns->type, layer));
    TRY(layer_columns_read_stride(csv, columns->stride_y, &layer->stride_y));
    TRY(layer_columns_read_stride(csv, columns->stride_x, &layer->stride_x));
    return layer_columns_read_name(csv, columns->name, layer);
}
