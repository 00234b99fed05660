/* Tables on their way into HDF5 (confx/table_store.h). */
#include "confx/table_store.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a column -------------------------------------------------------------------------------- */

static const char *columns_words(const table_row_t *row, size_t c)
{
    return row->cells[c].kind == CELL_TEXT ? table_row_text(row, c) : "";
}

/* All rows of a table, whose types and widths are known only when the last one is made. */
typedef struct {
    table_row_t *rows;
    size_t n;
} columns_rows_t;

/* Fields are numbers until one of them is a word. */
static array_type_t columns_type(table_type_t type, columns_rows_t made, size_t c)
{
    double number;
    if (type == TABLE_TRUTH) return ARRAY_BOOL;
    if (type == TABLE_WHOLE) return ARRAY_I64;
    /* Empty fields decide nothing: they are numbers that are not known. */
    for (size_t i = 0; type == TABLE_FIELD && i < made.n; i++) {
        const char *words = columns_words(&made.rows[i], c);
        if (*words && !text_to_real(words, &number)) type = TABLE_TEXT;
    }
    return type == TABLE_TEXT ? ARRAY_TEXT : ARRAY_F64;
}

static size_t columns_width(columns_rows_t made, size_t c)
{
    size_t width = 1;
    for (size_t i = 0; i < made.n; i++) {
        const size_t own = strlen(columns_words(&made.rows[i], c)) + 1;
        if (own > width) width = own;
    }
    return width;
}

static double columns_real(const table_row_t *row, size_t c)
{
    const table_cell_t *cell = &row->cells[c];
    double value;
    if (cell->kind == CELL_REAL) return cell->real;
    if (cell->kind == CELL_WHOLE) return (double)cell->whole;
    return text_to_real(columns_words(row, c), &value) ? value : NAN;
}

static void columns_put(const array_t *array, size_t width, size_t i, const table_row_t *row,
                        size_t c)
{
    /* No whole number stands for one that is not known: such a column is one of reals. */
    const bool whole = array->type == ARRAY_BOOL || array->type == ARRAY_I64;
    assert(!whole || row->cells[c].kind == CELL_WHOLE);
    if (array->type == ARRAY_BOOL) ((uint8_t *)array->data)[i] = row->cells[c].whole != 0;
    if (array->type == ARRAY_I64) ((int64_t *)array->data)[i] = row->cells[c].whole;
    if (array->type == ARRAY_F64) ((double *)array->data)[i] = columns_real(row, c);
    if (array->type == ARRAY_TEXT)
        (void)snprintf((char *)array->data + i * width, width, "%s", columns_words(row, c));
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* An array of its own memory, GROUP/NAME. Whole or not, it is freed with the others from here
   on. */
static void *columns_array(table_arrays_t *arrays, const char *group, array_t shape)
{
    const size_t room = strlen(group) + strlen(shape.name) + 2;
    array_t *grown = realloc(arrays->arrays, (arrays->n + 1) * sizeof *grown);
    if (!grown) return NULL;
    arrays->arrays = grown;
    char *name = malloc(room);
    if (name) (void)snprintf(name, room, "%s/%s", group, shape.name);
    shape.name = name;
    shape.data = calloc(array_items(&shape) + 1, array_type_bytes(shape.type));
    /* It is entered also without its name or data, so that table_store_end frees what there is. */
    grown[arrays->n++] = shape;
    return name ? shape.data : NULL;
}

/* plain: the group, and the shape that columns have without the width of texts. */
static bool columns_store(const table_column_t *column, size_t c, columns_rows_t made,
                          const array_t *plain, table_arrays_t *arrays)
{
    const size_t width = columns_width(made, c);
    array_t array = *plain;
    array.name = column->name;
    array.units = column->unit;
    array.type = columns_type(column->type, made, c);
    /* Texts have one width in a column, that of the longest with its NUL. */
    if (array.type == ARRAY_TEXT) array.dims[array.rank++] = width;
    if (!columns_array(arrays, column->group ? column->group : plain->name, array)) return false;
    for (size_t i = 0; i < made.n; i++)
        columns_put(&arrays->arrays[arrays->n - 1], width, i, &made.rows[i], c);
    return true;
}

confx_status_t table_store(const table_t *table, const char *group, size_t inner,
                           table_arrays_t *arrays)
{
    const size_t n = table->rows_n;
    const array_t plain = {
        .name = group, .rank = inner ? 2 : 1, .dims = {inner ? n / inner : n, inner}};
    const columns_rows_t made = {calloc(n + 1, sizeof *made.rows), n};
    bool whole = made.rows != NULL;
    assert(inner == 0 || n % inner == 0);
    /* Columns are stored one by one but rows are made one by one, so that all rows are held
       meanwhile. */
    for (size_t i = 0; whole && i < n; i++) whole = table_make(table, i, &made.rows[i]);
    for (size_t c = 0; whole && c < table->columns_n; c++)
        if (!(table->columns[c].without & TABLE_NOT_STORED))
            whole = columns_store(&table->columns[c], c, made, &plain, arrays);
    for (size_t i = 0; made.rows && i < n; i++) table_row_end(&made.rows[i]);
    free(made.rows);
    return whole ? status_ok()
                 : status_fail(CONFX_STATUS_MEMORY, "no memory for the columns of a table");
}

void *table_store_array(table_arrays_t *arrays, array_t shape)
{
    return columns_array(arrays, "", shape);
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
