#include "confx/table.h"
#include "confx/array.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- cells ----------------------------------------------------------------------------------- */

static void table_add(table_row_t *row, table_cell_t cell)
{
    table_cell_t *grown =
        array_grown(row->cells, &row->cells_room, row->cells_n + 1, sizeof *grown);
    if (!grown) {
        row->failed = true;
        return;
    }
    row->cells = grown;
    row->cells[row->cells_n++] = cell;
}

void table_absent(table_row_t *row)
{
    table_add(row, (table_cell_t){.kind = CELL_ABSENT});
}

void table_whole(table_row_t *row, int64_t value)
{
    table_add(row, (table_cell_t){.kind = CELL_WHOLE, .whole = value});
}

void table_real(table_row_t *row, double value)
{
    table_add(row, (table_cell_t){.kind = CELL_REAL, .real = value});
}

void table_known(table_row_t *row, double value)
{
    const table_cell_t unknown = {.kind = CELL_UNKNOWN};
    if (isnan(value))
        table_add(row, unknown);
    else
        table_real(row, value);
}

/* Room for `length` more characters and a NUL. */
static bool table_make_room(table_row_t *row, size_t length)
{
    char *grown = array_grown(row->text, &row->text_room, row->text_n + length + 1, 1);
    if (grown)
        row->text = grown;
    else
        row->failed = true;
    return grown != NULL;
}

void table_text(table_row_t *row, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    const int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if (length < 0) row->failed = true;
    if (length >= 0 && table_make_room(row, (size_t)length)) {
        /* Where the text begins and not a pointer to it: the buffer moves when it grows. */
        const table_cell_t cell = {.kind = CELL_TEXT, .text = row->text_n};
        (void)vsnprintf(row->text + row->text_n, (size_t)length + 1, format, again);
        row->text_n += (size_t)length + 1;
        table_add(row, cell);
    }
    va_end(again);
}

const char *table_row_text(const table_row_t *row, size_t column)
{
    assert(column < row->cells_n && row->cells[column].kind == CELL_TEXT);
    return row->text + row->cells[column].text;
}

void table_row_end(table_row_t *row)
{
    free(row->cells);
    free(row->text);
    *row = (table_row_t){.cells = NULL};
}

/* ---- rows ------------------------------------------------------------------------------------ */

void table_row_begin(table_row_t *row)
{
    row->cells_n = 0;
    row->text_n = 0;
}

bool table_make(const table_t *table, size_t i, table_row_t *row)
{
    assert(i < table->rows_n);
    table_row_begin(row);
    table->row(table->of, i, row);
    /* A row that lacks cells for want of memory is never written: cells would stand below other
       columns' names. */
    assert(row->failed || row->cells_n == table->columns_n);
    return !row->failed;
}
