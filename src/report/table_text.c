/* Tables as text, by libsmartcols. */
#include "confx/compose.h"
#include "confx/table_show.h"
#include "confx/try.h"
#include "report/sanitise.h"
#include "report/table_cell.h"

#include <errno.h>
#include <libsmartcols.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- cells ----------------------------------------------------------------------------------- */

static figure_t table_text_number(const table_column_t *column, double value)
{
    figure_t figure = {"-"};
    if (isnan(value)) return figure;
    /* Files take the digits by which a number can be read back as the same bits; people get the
       figures that they can compare. */
    switch (column->format) {
    case TABLE_FIXED:
        return figure_fixed(value, column->digits);
    case TABLE_NUMBER:
        return figure_number(value);
    case TABLE_ESTIMATE:
        return figure_number(figure_round(value));
    case TABLE_PERCENT:
        return figure_percent(value);
    case TABLE_DIGITS:
        break;
    }
    (void)snprintf(figure.text, sizeof figure.text, "%.*g", column->digits ? column->digits : 17,
                   value);
    return figure;
}

const char *table_cell_shown(const table_column_t *column, const table_row_t *row, size_t i,
                             figure_t *room)
{
    const table_cell_t *cell = &row->cells[i];
    *room = (figure_t){""};
    /* A text stays where the row keeps it; a number is written into the room of the caller, which
       lasts for as long as the row is looked at. */
    switch (cell->kind) {
    case CELL_TEXT:
        return table_row_text(row, i);
    case CELL_REAL:
        *room = table_text_number(column, cell->real);
        break;
    case CELL_WHOLE:
        if (column->format == TABLE_DIGITS)
            (void)snprintf(room->text, sizeof room->text, "%lld", (long long)cell->whole);
        else
            *room = table_text_number(column, (double)cell->whole);
        break;
    case CELL_UNKNOWN:
        *room = table_text_number(column, NAN);
        break;
    case CELL_ABSENT:
        break;
    }
    return room->text;
}

figure_t table_head_shown(const table_column_t *column, bool with_unit)
{
    figure_t head;
    const bool unit = with_unit && column->unit;
    (void)snprintf(head.text, sizeof head.text, "%s%s%s",
                   column->head ? column->head : column->name, unit ? " " : "",
                   unit ? column->unit : "");
    return head;
}

bool table_is_words(const table_column_t *column)
{
    return (column->type == TABLE_TEXT || column->type == TABLE_FIELD) && !column->right;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* A want of memory is the only failure of these calls. */
typedef struct {
    struct libscols_table *lines;
    size_t letters; /* of all cells: bytes that are no blanks */
    bool failed;
} table_text_t;

static void table_text_add_columns(const table_t *table, table_text_t *text)
{
    for (size_t i = 0; i < table->columns_n; i++) {
        const table_column_t *column = &table->columns[i];
        const int flags = (table_is_words(column) ? 0 : SCOLS_FL_RIGHT) |
                          (column->gives_way ? SCOLS_FL_TRUNC : 0);
        text->failed |= !scols_table_new_column(text->lines, NULL, 0, flags);
    }
}

static size_t table_text_letters(const char *words)
{
    size_t n = 0;
    for (; *words; words++) n += *words != ' ' && *words != '\n';
    return n;
}

static void table_text_set(struct libscols_line *line, size_t i, const char *shown, size_t most,
                           table_text_t *text)
{
    char *cut = strdup(shown);
    if (cut && most) sanitise_cut(cut, most);
    if (cut) text->letters += table_text_letters(cut);
    text->failed |= !cut || scols_line_refer_data(line, i, cut) != 0; /* from here on the line's */
}

/* Heads are lines like others: the library loses those it knows as such where it has no memory. */
static void table_text_add_heads(const table_t *table, table_look_t look, table_text_t *text)
{
    const int lines = look.units_below ? 2 : 1;
    for (int units = 0; units < lines; units++) {
        struct libscols_line *line = scols_table_new_line(text->lines, NULL);
        text->failed |= !line;
        for (size_t i = 0; !text->failed && i < table->columns_n; i++) {
            const table_column_t *column = &table->columns[i];
            const figure_t head = table_head_shown(column, !look.units_below);
            const char *unit = column->unit ? column->unit : "";
            table_text_set(line, i, units ? unit : head.text, 0, text);
        }
    }
}

static void table_text_add_rows(const table_t *table, table_text_t *text)
{
    table_row_t row = {.cells = NULL};
    figure_t room;
    for (size_t r = 0; !text->failed && r < table->rows_n; r++) {
        /* The row is used again for every line; libsmartcols gets a copy of each cell and frees it
           with the table. */
        struct libscols_line *line = scols_table_new_line(text->lines, NULL);
        text->failed |= !line || !table_make(table, r, &row);
        for (size_t i = 0; !text->failed && i < table->columns_n; i++) {
            const table_column_t *column = &table->columns[i];
            table_text_set(line, i, table_cell_shown(column, &row, i, &room), column->most, text);
        }
    }
    table_row_end(&row);
}

static size_t table_text_widest(const char *lines)
{
    size_t widest = 0;
    size_t width = 0;
    for (; *lines; lines++) {
        const bool starts = ((unsigned char)*lines & 0xc0) != 0x80; /* a character of UTF-8 */
        width = *lines == '\n' ? 0 : width + starts;
        if (width > widest) widest = width;
    }
    return widest;
}

static char *table_text_lay_out(table_text_t *text, const char *between, size_t width)
{
    char *lines = NULL;
    text->failed |= scols_table_set_column_separator(text->lines, between) != 0;
    text->failed |= scols_table_set_termwidth(text->lines, width) != 0;
    text->failed = text->failed || scols_print_table_to_string(text->lines, &lines) != 0 || !lines;
    return lines;
}

/* An empty cell at the end of a line is padded: no line ends in blanks. */
static void table_text_put_lines(const char *lines, FILE *out)
{
    while (*lines) {
        const size_t length = strcspn(lines, "\n");
        size_t used = length;
        while (used && lines[used - 1] == ' ') used--;
        out_print(out, "%.*s\n", (int)used, lines);
        lines += length + (lines[length] != 0);
    }
}

/* Whatever the terminal is, the table is the same: names in it are UTF-8, and its width is the one
   asked for. */
static void table_text_print_lines(table_text_t *text, size_t width, FILE *out)
{
    enum { ANY = 1 << 16 };
    text->failed |= scols_table_set_termforce(text->lines, SCOLS_TERMFORCE_ALWAYS) != 0;
    char *lines = table_text_lay_out(text, "  ", ANY);
    /* The library leaves out a cell that it has no memory for, without a word. */
    text->failed = text->failed || table_text_letters(lines) != text->letters;
    /* The table is laid out without a limit first. Only one that turns out too wide is laid out
       again in the width asked for, with narrower gaps between its columns. */
    if (!text->failed && width && table_text_widest(lines) > width) {
        free(lines);
        lines = table_text_lay_out(text, " ", width);
    }
    if (!text->failed) table_text_put_lines(lines, out);
    free(lines);
}

static void table_text_make_text(const table_t *table, table_look_t look, table_text_t *text,
                                 FILE *out)
{
    text->lines = scols_new_table();
    text->letters = 0;
    text->failed = !text->lines;
    if (text->failed) return;
    text->failed |= scols_table_enable_noheadings(text->lines, 1) != 0;
    text->failed |= scols_table_enable_noencoding(text->lines, 1) != 0; /* words are safe by now */
    table_text_add_columns(table, text);
    if (!text->failed) table_text_add_heads(table, look, text);
    table_text_add_rows(table, text);
    if (!text->failed) table_text_print_lines(text, look.width, out);
    /* The table owns its lines and their cells, and all of it is released whether or not a step
       failed; the caller reads only the flag. */
    scols_unref_table(text->lines);
}

confx_status_t table_print(const table_t *table, table_look_t look, FILE *out)
{
    /* libsmartcols counts characters by the locale of the thread, which is "C" here, where letters
       beyond ASCII would be shown as \xNN. */
    table_text_t text;
    errno = 0;
    const locale_t letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!letters && errno == ENOMEM)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a table");
    const locale_t before = letters ? uselocale(letters) : (locale_t)0;
    table_text_make_text(table, look, &text, out);
    if (letters) {
        (void)uselocale(before);
        freelocale(letters);
    }
    return text.failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for a table") : status_ok();
}
