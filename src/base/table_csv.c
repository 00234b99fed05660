/* Comma-separated text, out. */
#include "confx/compose.h"
#include "confx/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void table_csv_head(const table_column_t *columns, size_t n, FILE *out)
{
    const char *comma = "";
    for (size_t i = 0; i < n; i++) {
        if (columns[i].without & TABLE_NOT_CSV) continue;
        out_print(out, "%s%s", comma, columns[i].name);
        comma = ",";
    }
    fputc('\n', out);
}

static void table_csv_cell(const table_row_t *row, size_t i, FILE *out)
{
    const table_cell_t *cell = &row->cells[i];
    switch (cell->kind) {
    case CELL_WHOLE:
        out_print(out, "%lld", (long long)cell->whole);
        return;
    case CELL_REAL:
        if (isnan(cell->real))
            fputs("nan", out); /* without the sign that some of them have */
        else
            out_print(out, "%.17g", cell->real);
        return;
    case CELL_TEXT:
        for (const char *c = table_row_text(row, i); *c; c++)
            fputc(strchr(",\"\n\r", *c) ? ' ' : *c, out);
        return;
    case CELL_ABSENT:
    case CELL_UNKNOWN:
        return;
    }
}

void table_csv_row(const table_column_t *columns, size_t n, const table_row_t *row, FILE *out)
{
    const char *comma = "";
    assert(row->cells_n == n);
    for (size_t i = 0; i < n; i++) {
        if (columns[i].without & TABLE_NOT_CSV) continue;
        fputs(comma, out);
        table_csv_cell(row, i, out);
        comma = ",";
    }
    fputc('\n', out);
}

void table_csv(const table_t *table, FILE *out)
{
    table_row_t row = {.cells = NULL};
    table_csv_head(table->columns, table->columns_n, out);
    for (size_t i = 0; i < table->rows_n && table_make(table, i, &row); i++)
        table_csv_row(table->columns, table->columns_n, &row, out);
    if (row.failed) out_fail(out);
    table_row_end(&row);
}
