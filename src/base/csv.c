/* Comma-separated text, row by row. The copy of the text is cut into NUL-terminated fields in
   place. */
#include "confx/text.h"
#include "confx/try.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct csv {
    const char *file;
    char *text;
    char *rest; /* what is not yet read */
    int line;   /* of the current row; of the last line read */
    size_t columns;
    char *names;   /* the header's line as it stands */
    char **header; /* (columns) into text */
    char **fields; /* (columns) of the current row, into text */
};

/* The next line that is not blank, without its end (LF, CRLF, or CR alone); NULL when there is
   none. */
static char *csv_next_line(csv_t *csv)
{
    while (*csv->rest) {
        char *line = csv->rest;
        const size_t length = strcspn(line, "\r\n");
        csv->rest = line + length + (line[length] != 0);
        if (line[length] == '\r' && *csv->rest == '\n') csv->rest++;
        line[length] = 0;
        csv->line++;
        if (line[strspn(line, " \t")]) return line;
    }
    return NULL;
}

static char *csv_trim(char *field)
{
    field += strspn(field, " \t");
    size_t length = strlen(field);
    while (length > 0 && strchr(" \t", field[length - 1])) length--;
    field[length] = 0;
    return field;
}

static size_t csv_count_fields(const char *line)
{
    size_t n = 1;
    for (; *line; line++) n += *line == ',';
    return n;
}

/* Cut a line at its commas. */
static void csv_split(char *line, char **fields)
{
    char *field;
    for (size_t i = 0; (field = strsep(&line, ",")); i++) fields[i] = csv_trim(field);
}

static confx_status_t csv_refuse_quotes(const csv_t *csv, const char *line)
{
    if (!strchr(line, '"')) return status_ok();
    return status_input(csv->file, csv->line, NULL,
                        "expected plain fields between commas, found a quotation mark");
}

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
    char *line = csv_next_line(csv);
    if (!line) return status_input(csv->file, 0, NULL, "is empty, expected a row of column names");
    TRY(csv_refuse_quotes(csv, line));
    csv->columns = csv_count_fields(line);
    /* Each name is compared with all the others. */
    if (csv->columns > CSV_COLUMNS_MAX)
        return status_input(csv->file, csv->line, NULL, "expected at most %d columns, found %zu",
                            CSV_COLUMNS_MAX, csv->columns);
    csv->names = strdup(line);
    csv->header = calloc(csv->columns, sizeof *csv->header);
    csv->fields = calloc(csv->columns, sizeof *csv->fields);
    if (!csv->names || !csv->header || !csv->fields)
        return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a row", csv->file);
    csv_split(line, csv->header);
    return csv_check_header(csv);
}

/* Lines may end with CR alone; that of CRLF is trimmed off as a blank. */
static void csv_unify_line_ends(char *text)
{
    for (; *text; text++)
        if (text[0] == '\r' && text[1] != '\n') *text = '\n';
}

static csv_t *csv_open_copy(const char *text, const char *file)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    csv_t *csv = calloc(1, sizeof *csv);
    if (!csv) return NULL;
    csv->file = file;
    csv->text = strdup(text);
    csv->rest = csv->text;
    if (csv->text) {
        csv_unify_line_ends(csv->text);
        return csv;
    }
    csv_close(csv);
    return NULL;
}

confx_status_t csv_open(const char *text, const char *file, csv_t **csv)
{
    *csv = csv_open_copy(text, file);
    if (!*csv) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its text", file);
    const confx_status_t status = csv_read_header(*csv);
    if (status.code == CONFX_STATUS_OK) return status;
    csv_close(*csv);
    *csv = NULL;
    return status_frame(status, __func__, __LINE__);
}

void csv_close(csv_t *csv)
{
    if (!csv) return;
    free(csv->fields);
    free(csv->header);
    free(csv->names);
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
    char *line = csv_next_line(csv);
    *more = line != NULL;
    if (!line) return status_ok();
    TRY(csv_refuse_quotes(csv, line));
    const size_t found = csv_count_fields(line);
    if (found != csv->columns)
        return status_input(csv->file, csv->line, NULL,
                            "expected %zu fields as in the header, found %zu", csv->columns, found);
    csv_split(line, csv->fields);
    return status_ok();
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
