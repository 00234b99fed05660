#include "cost/explain/text_table.h"
#include "confx/compose.h"

#include <assert.h>
#include <string.h>

enum { TEXT_TABLE_COLUMNS_MAX = 16, TEXT_TABLE_NUMBER_MAX = 32 };

typedef struct {
    const table_t *table;
    size_t width[TEXT_TABLE_COLUMNS_MAX];
    table_row_t row;
} text_table_t;

static const char *text_table_cell(const text_table_t *text, size_t i,
                                   char number[TEXT_TABLE_NUMBER_MAX])
{
    const table_cell_t *cell = &text->row.cells[i];
    number[0] = 0;
    if (cell->kind == CELL_TEXT) return table_row_text(&text->row, i);
    if (cell->kind == CELL_WHOLE)
        (void)snprintf(number, TEXT_TABLE_NUMBER_MAX, "%lld", (long long)cell->whole);
    if (cell->kind == CELL_REAL)
        (void)snprintf(number, TEXT_TABLE_NUMBER_MAX, "%.*g", text->table->columns[i].digits,
                       cell->real);
    return number;
}

/* Without a stream the cell is only measured. */
static void text_table_put(text_table_t *text, size_t i, const char *words, FILE *out)
{
    size_t *width = &text->width[i];
    if (!out) {
        if (strlen(words) > *width) *width = strlen(words);
        return;
    }
    assert(strlen(words) <= *width);
    out_print(out, "  %*s", i ? (int)*width : -(int)*width, words);
    if (i + 1 == text->table->columns_n) fputc('\n', out);
}

static void text_table_heads(text_table_t *text, FILE *out)
{
    const table_t *table = text->table;
    bool units = false;
    for (size_t i = 0; i < table->columns_n; i++)
        text_table_put(text, i, table->columns[i].name, out);
    for (size_t i = 0; i < table->columns_n; i++) units |= table->columns[i].unit != NULL;
    for (size_t i = 0; units && i < table->columns_n; i++)
        text_table_put(text, i, table->columns[i].unit ? table->columns[i].unit : "", out);
}

static void text_table_all(text_table_t *text, FILE *out)
{
    const table_t *table = text->table;
    char number[TEXT_TABLE_NUMBER_MAX];
    if (table->columns[0].name) text_table_heads(text, out);
    for (size_t r = 0; r < table->rows_n && table_make(table, r, &text->row); r++)
        for (size_t i = 0; i < table->columns_n; i++)
            text_table_put(text, i, text_table_cell(text, i, number), out);
}

void text_table(const table_t *table, FILE *out)
{
    text_table_t text = {.table = table};
    assert(table->columns_n > 0 && table->columns_n <= TEXT_TABLE_COLUMNS_MAX);
    text_table_all(&text, NULL); /* the widths: rows are made once more now that these are known */
    if (!text.row.failed) text_table_all(&text, out);
    if (text.row.failed) out_fail(out);
    table_row_end(&text.row);
}
