/* Tables as JSON, and JSON in general. */
#include "confx/table_show.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *json_known(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *table_json_text(const char *text)
{
    /* Jansson takes nothing but UTF-8. Paths may have any bytes, so each one beyond ASCII becomes a
       question mark rather than make the whole table fail. */
    if (text_is_utf8(text)) return json_string(text);
    char *plain = strdup(text);
    if (!plain) return NULL;
    for (char *c = plain; *c; c++)
        if (!isascii((unsigned char)*c)) *c = '?';
    json_t *value = json_string(plain);
    free(plain);
    return value;
}

static json_t *table_json_cell(table_type_t type, const table_row_t *row, size_t i)
{
    const table_cell_t *cell = &row->cells[i];
    int64_t whole;
    switch (cell->kind) {
    case CELL_WHOLE:
        return type == TABLE_TRUTH ? json_boolean(cell->whole) : json_integer(cell->whole);
    case CELL_REAL:
        return json_known(cell->real);
    case CELL_TEXT:
        if (type == TABLE_FIELD &&
            text_to_integer(table_row_text(row, i), INT64_MIN, INT64_MAX, &whole))
            return json_integer(whole);
        return table_json_text(table_row_text(row, i));
    case CELL_ABSENT: /* never asked for */
    case CELL_UNKNOWN:
        break;
    }
    return json_null();
}

json_t *table_json_row(const table_column_t *columns, size_t n, const table_row_t *row)
{
    json_t *object = json_object();
    int failed = object == NULL;
    assert(row->cells_n == n);
    /* A cell that could not be made is NULL, which Jansson refuses to set: one flag covers both
       ways in which memory may be short. */
    for (size_t i = 0; !failed && i < n; i++)
        if (!(columns[i].without & TABLE_NOT_JSON) && row->cells[i].kind != CELL_ABSENT)
            failed = json_object_set_new(object, columns[i].name,
                                         table_json_cell(columns[i].type, row, i));
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

json_t *table_json(const table_t *table)
{
    json_t *list = json_array();
    table_row_t row = {.cells = NULL};
    bool whole = list != NULL;
    for (size_t i = 0; whole && i < table->rows_n; i++)
        whole = table_make(table, i, &row) &&
                json_array_append_new(list,
                                      table_json_row(table->columns, table->columns_n, &row)) == 0;
    table_row_end(&row);
    if (whole) return list;
    json_decref(list);
    return NULL;
}

confx_status_t json_print(json_t *object, const char *what, size_t indent, FILE *out)
{
    if (!object) return status_fail(CONFX_STATUS_MEMORY, "no memory for %s as JSON", what);
    const int failed = json_dumpf(object, out, JSON_INDENT(indent) | JSON_REAL_PRECISION(17));
    json_decref(object);
    /* A full disk and a want of memory both end the dump: the stream knows which it was. */
    if (fputc('\n', out) == EOF || fflush(out) || ferror(out))
        return status_fail(CONFX_STATUS_IO, "%s cannot be written", what);
    return failed ? status_fail(CONFX_STATUS_MEMORY, "no memory for %s as JSON", what)
                  : status_ok();
}
