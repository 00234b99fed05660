/* Comma-separated text, row by row, by libcsv. The text is fed to it line by line until a row has
   ended, so that what is wrong is told with the line that its row begins in. */
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_ROOM_LEAST = 64 };

struct csv {
    struct csv_parser parser;
    const char *file;
    char *text;
    const char *rest; /* of the text, what is not yet fed */
    bool at_end;      /* which the parser has been told */
    int lines;        /* fed so far */
    /* The current row. The header's fields stay for good, and those of each row come behind
       them. */
    const char *row; /* in the text */
    int line;        /* that it begins in */
    bool ended;
    size_t found;               /* fields, of which the first CSV_COLUMNS_MAX are kept */
    char *cells, *first, *cell; /* of all fields; behind the header; behind the last one */
    char *fields[CSV_COLUMNS_MAX];
    size_t columns;
    char *names; /* the header as it stands */
    char *header[CSV_COLUMNS_MAX];
};

/* ---- rows ----------------------------------------------------------------------------------- */

static void csv_take_field(void *bytes, size_t length, void *data)
{
    csv_t *csv = data;
    memcpy(csv->cell, bytes, length);
    csv->cell[length] = 0;
    if (csv->found < CSV_COLUMNS_MAX) csv->fields[csv->found] = csv->cell;
    csv->found++;
    csv->cell += length + 1;
}

static void csv_take_row(int terminator, void *data)
{
    csv_t *csv = data;
    (void)terminator;
    csv->ended = true;
}

/* The length of a line with its end: LF, CRLF, or CR alone. */
static size_t csv_line_length(const char *line)
{
    const size_t length = strcspn(line, "\r\n");
    return length + (line[length] != 0) + (line[length] == '\r' && line[length + 1] == '\n');
}

static confx_status_t csv_refuse(csv_t *csv)
{
    if (csv_error(&csv->parser) != CSV_EPARSE)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a row", csv->file);
    return status_input(csv->file, csv->line, NULL,
                        "expected plain fields between commas, or whole ones in quotation marks as "
                        "in \"a \"\"b\"\"\", "
                        "found %s",
                        csv->at_end ? "one without an end" : "a quotation mark within one");
}

/* The next row that is not blank; *more is false when there is none. It is written from csv->cell
   on, where there is room for it: a field with its NUL is no longer than it was with its comma or
   line end. */
static confx_status_t csv_read_row(csv_t *csv, bool *more)
{
    bool begun = false;
    csv->ended = false;
    csv->found = 0;
    while (!csv->ended && *csv->rest) {
        const char *line = csv->rest;
        const size_t length = csv_line_length(line);
        csv->rest += length;
        csv->lines++;
        /* Lines within a row do not move the place that messages name. */
        if (!begun) {
            csv->row = line;
            csv->line = csv->lines;
        }
        if (csv_parse(&csv->parser, line, length, csv_take_field, csv_take_row, csv) != length)
            return csv_refuse(csv);
        /* A row that has begun and not ended has a line end within quotation marks. */
        begun = begun || strspn(line, " \t\r\n") < length;
    }
    /* The last row may have no line end: the parser learns that nothing follows. */
    if (!csv->ended && !csv->at_end) {
        csv->at_end = true;
        if (csv_fini(&csv->parser, csv_take_field, csv_take_row, csv) != 0) return csv_refuse(csv);
    }
    *more = csv->ended;
    assert(csv->ended || csv->found == 0);
    return status_ok();
}

/* ---- memory --------------------------------------------------------------------------------- */

/* libcsv asks for a byte more at a time: of a larger step that fails it would try the half, and not
   tell. There is room for a power of two, so more of it is needed when one is full. */
static void *csv_grow(void *old, size_t size)
{
    const size_t had = size - 1;
    if (old && (had < CSV_ROOM_LEAST || (had & (had - 1)))) return old;
    return realloc(old, had < CSV_ROOM_LEAST ? CSV_ROOM_LEAST : 2 * had);
}

/* ---- the header ----------------------------------------------------------------------------- */

/* What other tools write: no header at all, an unnamed column of row numbers, a comma behind the
   last field. */
static confx_status_t csv_refuse_nameless(const csv_t *csv, size_t column)
{
    const bool last = column + 1 == csv->columns;
    return status_input(csv->file, csv->line, NULL, "column %zu has no name%s", column + 1,
                        column == 0 && !last ? " (expected no column of row numbers)"
                        : last               ? " (expected no comma behind the last one)"
                                             : "");
}

static confx_status_t csv_refuse_numbers(const csv_t *csv)
{
    int64_t number;
    for (size_t i = 0; i < csv->columns; i++)
        if (!text_to_integer(csv->header[i], INT64_MIN, INT64_MAX, &number)) return status_ok();
    return status_input(csv->file, csv->line, NULL,
                        "expected a row of column names, found numbers alone: \"%s\"", csv->names);
}

static confx_status_t csv_check_header(const csv_t *csv)
{
    TRY(csv_refuse_numbers(csv));
    for (size_t i = 0; i < csv->columns; i++) {
        if (!*csv->header[i]) return csv_refuse_nameless(csv, i);
        if (csv_find(csv, csv->header[i]) != i)
            return status_input(csv->file, csv->line, csv->header[i],
                                "this column is there twice, in the column names \"%s\"",
                                csv->names);
    }
    return status_ok();
}

static confx_status_t csv_read_header(csv_t *csv)
{
    bool more;
    TRY(csv_read_row(csv, &more));
    if (!more) return status_input(csv->file, 0, NULL, "is empty, expected a row of column names");
    /* Each name is compared with all the others. */
    if (csv->found > CSV_COLUMNS_MAX)
        return status_input(csv->file, csv->line, NULL, "expected at most %d columns, found %zu",
                            CSV_COLUMNS_MAX, csv->found);
    csv->columns = csv->found;
    memcpy(csv->header, csv->fields, sizeof csv->header);
    size_t length = (size_t)(csv->rest - csv->row);
    while (length > 0 && strchr("\r\n", csv->row[length - 1])) length--;
    csv->names = strndup(csv->row, length);
    if (!csv->names) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a row", csv->file);
    csv->first = csv->cell;
    return csv_check_header(csv);
}

confx_status_t csv_open(const char *text, const char *file, csv_t **opened)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    *opened = NULL;
    csv_t *csv = calloc(1, sizeof *csv);
    if (!csv) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its text", file);
    csv->file = file;
    (void)csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI); /* fails without a parser alone */
    csv_set_blk_size(&csv->parser, 1);
    csv_set_realloc_func(&csv->parser, csv_grow);
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    confx_status_t status;
    csv->text = strdup(text);
    csv->cells = malloc(strlen(text) + 1);
    if (!csv->text || !csv->cells)
        TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its text", file));
    csv->rest = csv->text;
    csv->cell = csv->cells;
    TRY_OUT(csv_read_header(csv));
    *opened = csv;
    return status;
out:
    csv_close(csv);
    return status;
}

void csv_close(csv_t *csv)
{
    if (!csv) return;
    csv_free(&csv->parser);
    free(csv->names);
    free(csv->cells);
    free(csv->text);
    free(csv);
}

const char *csv_file(const csv_t *csv)
{
    return csv->file;
}

const char *csv_names(const csv_t *csv)
{
    return csv->names;
}

size_t csv_columns(const csv_t *csv)
{
    return csv->columns;
}

const char *csv_header(const csv_t *csv, size_t column)
{
    return csv->header[column];
}

size_t csv_find(const csv_t *csv, const char *name)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->header[i], name) == 0) return i;
    return SIZE_MAX;
}

confx_status_t csv_next(csv_t *csv, bool *more)
{
    csv->cell = csv->first;
    TRY(csv_read_row(csv, more));
    if (!*more || csv->found == csv->columns) return status_ok();
    return status_input(csv->file, csv->line, NULL,
                        "expected %zu fields as in the header, found %zu", csv->columns,
                        csv->found);
}

int csv_line(const csv_t *csv)
{
    return csv->line;
}

const char *csv_field(const csv_t *csv, size_t column)
{
    return csv->fields[column];
}

confx_status_t csv_integer(const csv_t *csv, size_t column, int64_t least, int64_t most,
                           int64_t *value)
{
    if (text_to_integer(csv->fields[column], least, most, value)) return status_ok();
    return status_input(csv->file, csv->line, csv->header[column],
                        "expected a whole number from %" PRId64 " to %" PRId64 ", found \"%s\"",
                        least, most, csv->fields[column]);
}
