/* Tables as HTML. */
#include "confx/compose.h"
#include "confx/table_show.h"
#include "report/table_cell.h"

static const char *table_html_entity(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void html_escape(const char *text, FILE *out)
{
    for (; *text; text++)
        if (table_html_entity(*text))
            fputs(table_html_entity(*text), out);
        else
            fputc(*text, out);
}

/* scope: what the cell is the head of, "row" or "col"; NULL: none. */
static void table_html_cell(const table_column_t *column, const char *scope, const char *words,
                            FILE *out)
{
    out_print(out, "<%s", scope ? "th scope=\"" : "td");
    if (scope) out_print(out, "%s\"", scope);
    out_print(out, "%s>", table_is_words(column) ? " class=\"word\"" : "");
    html_escape(words, out);
    out_print(out, "</%s>", scope ? "th" : "td");
}

static void table_html_row(const table_t *table, size_t i, table_row_t *row, FILE *out)
{
    const bool foot = i + table->feet_n >= table->rows_n;
    figure_t room;
    if (!table_make(table, i, row)) return;
    fputs("<tr>", out);
    for (size_t c = 0; c < table->columns_n; c++)
        table_html_cell(&table->columns[c], c == 0 && !foot ? "row" : NULL,
                        table_cell_shown(&table->columns[c], row, c, &room), out);
    fputs("</tr>\n", out);
}

void table_html(const table_t *table, FILE *out)
{
    table_row_t row = {.cells = NULL};
    const size_t first_foot = table->rows_n - table->feet_n;
    fputs("<thead><tr>", out);
    for (size_t c = 0; c < table->columns_n; c++)
        table_html_cell(&table->columns[c], "col", table_head_shown(&table->columns[c], true).text,
                        out);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < first_foot; i++) table_html_row(table, i, &row, out);
    fputs("</tbody>\n", out);
    if (table->feet_n) fputs("<tfoot>\n", out);
    for (size_t i = first_foot; i < table->rows_n; i++) table_html_row(table, i, &row, out);
    if (table->feet_n) fputs("</tfoot>", out);
    /* A row without memory leaves a hole in the page: the stream fails, and with it the file. */
    if (row.failed) out_fail(out);
    table_row_end(&row);
}
