/* Tables on their way into HDF5 (confx/table_store.h). */
#include "confx/table_store.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

static array_type_t columns_type(table_type_t type)
{
    switch (type) {
    case TABLE_TRUTH:
        return ARRAY_U8;
    case TABLE_WHOLE:
        return ARRAY_I64;
    case TABLE_FIELD: /* until a cell turns up that is no number */
    case TABLE_REAL:
        return ARRAY_F64;
    case TABLE_TEXT:
        break;
    }
    return ARRAY_TEXT;
}

static const char *columns_words(const table_row_t *row, size_t column)
{
    return row->cells[column].kind == TABLE_CELL_TEXT ? table_row_text(row, column) : "";
}

/* What one row says of a column: a word among its fields makes texts of them, and the longest text
   is its width. */
static void columns_meet(array_t *array, const table_column_t *column, const table_row_t *row,
                         size_t c)
{
    double number;
    if (column->type != TABLE_TEXT && column->type != TABLE_FIELD) return;
    const char *words = columns_words(row, c);
    const size_t width = strlen(words) + 1;
    if (*words && !text_to_real(words, &number)) array->type = ARRAY_TEXT;
    if (width > array->dims[1]) array->dims[1] = width;
}

/* ---- values ---------------------------------------------------------------------------------- */

static double columns_real(const table_row_t *row, size_t column)
{
    const table_cell_t *cell = &row->cells[column];
    double value;
    if (cell->kind == TABLE_CELL_REAL) return cell->real;
    if (cell->kind == TABLE_CELL_WHOLE) return (double)cell->whole;
    return text_to_real(columns_words(row, column), &value) ? value : NAN;
}

static int64_t columns_whole(const table_row_t *row, size_t column)
{
    /* No whole number stands for one that is not known: such a column is one of reals. */
    assert(row->cells[column].kind == TABLE_CELL_WHOLE);
    return row->cells[column].whole;
}

static void columns_put(const array_t *array, size_t i, const table_row_t *row, size_t column)
{
    const size_t width = array->dims[1];
    switch (array->type) {
    case ARRAY_U8:
        ((uint8_t *)array->data)[i] = columns_whole(row, column) != 0;
        return;
    case ARRAY_I64:
        ((int64_t *)array->data)[i] = columns_whole(row, column);
        return;
    case ARRAY_TEXT:
        assert(strlen(columns_words(row, column)) < width);
        (void)snprintf((char *)array->data + i * width, width, "%s", columns_words(row, column));
        return;
    default:
        ((double *)array->data)[i] = columns_real(row, column);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool columns_name(array_t *array, const char *group, const char *name)
{
    const size_t room = strlen(group) + strlen(name) + 2;
    char *full = malloc(room);
    if (full) (void)snprintf(full, room, "%s/%s", group, name);
    array->name = full;
    return full != NULL;
}

/* The arrays without their data. A column that is not stored has one without a name, so that
   columns and arrays go side by side until all are filled. */
static bool columns_begin(const table_t *table, const char *group, array_t *arrays,
                          table_row_t *row)
{
    for (size_t c = 0; c < table->columns_n; c++) {
        const table_column_t *column = &table->columns[c];
        arrays[c] = (array_t){
            .type = columns_type(column->type), .units = column->unit, .dims = {table->rows_n, 1}};
        if (column->without & TABLE_NOT_STORED) continue;
        if (!columns_name(&arrays[c], column->group ? column->group : group, column->name))
            return false;
    }
    for (size_t i = 0; i < table->rows_n; i++) {
        if (!table_make(table, i, row)) return false;
        for (size_t c = 0; c < table->columns_n; c++)
            columns_meet(&arrays[c], &table->columns[c], row, c);
    }
    return true;
}

/* Now that types and widths are known, the rows are made once more. */
static bool columns_fill(const table_t *table, array_t *arrays, table_row_t *row)
{
    for (size_t c = 0; c < table->columns_n; c++) {
        array_t *array = &arrays[c];
        const size_t width = array->type == ARRAY_TEXT ? array->dims[1] : 1;
        if (!array->name) continue;
        array->data = calloc(table->rows_n * width + 1, array_type_bytes(array->type));
        if (!array->data) return false;
    }
    for (size_t i = 0; i < table->rows_n; i++) {
        if (!table_make(table, i, row)) return false;
        for (size_t c = 0; c < table->columns_n; c++)
            if (arrays[c].name) columns_put(&arrays[c], i, row, c);
    }
    return true;
}

/* From the rows' number and the width of texts, which stand in the first two dimensions so far. */
static void columns_shape(array_t *array, size_t inner)
{
    const size_t rows = array->dims[0];
    const size_t width = array->dims[1];
    array->rank = 0;
    array->dims[array->rank++] = inner ? rows / inner : rows;
    if (inner) array->dims[array->rank++] = inner;
    if (array->type == ARRAY_TEXT) array->dims[array->rank++] = width;
}

static bool columns_make(const table_t *table, const char *group, array_t *arrays)
{
    table_row_t row = {.cells = NULL};
    const bool whole =
        columns_begin(table, group, arrays, &row) && columns_fill(table, arrays, &row);
    table_row_end(&row);
    return whole;
}

static array_t *columns_room(table_arrays_t *arrays, size_t n)
{
    array_t *grown = realloc(arrays->arrays, (arrays->n + n) * sizeof *grown);
    if (!grown) return NULL;
    memset(grown + arrays->n, 0, n * sizeof *grown);
    arrays->arrays = grown;
    return grown + arrays->n;
}

confx_status_t table_store(const table_t *table, const char *group, size_t inner,
                           table_arrays_t *arrays)
{
    assert(inner == 0 || table->rows_n % inner == 0);
    array_t *fresh = columns_room(arrays, table->columns_n);
    if (!fresh) return status_fail(CONFX_STATUS_MEMORY, "no memory for the columns of a table");
    const bool whole = columns_make(table, group, fresh);
    /* Whatever happened, what has a name is one of the arrays from here on, and is freed with
       them. */
    for (size_t c = 0; c < table->columns_n; c++) {
        if (!fresh[c].name) continue;
        columns_shape(&fresh[c], inner);
        arrays->arrays[arrays->n++] = fresh[c];
    }
    return whole ? status_ok()
                 : status_fail(CONFX_STATUS_MEMORY, "no memory for the columns of a table");
}

void *table_store_array(table_arrays_t *arrays, array_t shape)
{
    array_t *array = columns_room(arrays, 1);
    if (!array) return NULL;
    *array = shape;
    array->name = strdup(shape.name);
    array->data = calloc(array_items(&shape) + 1, array_type_bytes(shape.type));
    arrays->n++;
    return array->name ? array->data : NULL;
}

void table_store_end(table_arrays_t *arrays)
{
    for (size_t i = 0; i < arrays->n; i++) {
        free(arrays->arrays[i].data);
        free((void *)arrays->arrays[i].name); /* its own copy */
    }
    free(arrays->arrays);
    *arrays = (table_arrays_t){.arrays = NULL};
}
