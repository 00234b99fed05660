/* Tables for people and for programs: text for a terminal, HTML, JSON. They show what the table
   says and compute nothing. */
#ifndef CONFX_TABLE_SHOW_H
#define CONFX_TABLE_SHOW_H

#include "confx/status.h"
#include "confx/table.h"

#include <jansson.h>

/* ---- text ------------------------------------------------------------------------------------ */

typedef struct {
    size_t
        width; /* characters of a line: columns that give way are cut; 0: as wide as the table is */
    bool units_below; /* on a line of their own, and not behind the heads */
} table_look_t;

/* A line of heads and one per row, laid out by libsmartcols: two blanks between columns, one where
   two do not fit. CONFX_STATUS_MEMORY; failures of `out` stay with the stream. */
confx_status_t table_print(const table_t *table, table_look_t look, FILE *out);

/* ---- HTML ------------------------------------------------------------------------------------ */

/* thead, tbody and, where the table has feet, tfoot. Cells of words have the class `word`; the
   first cell of a row is its head. Any failure, of memory as well, stays with the stream. */
void table_html(const table_t *table, FILE *out);
void html_escape(const char *text, FILE *out);

/* ---- JSON ------------------------------------------------------------------------------------ */

/* An array with an object per row; and such an object. NULL: no memory. In texts that are not UTF-8
   each foreign byte becomes "?". */
json_t *table_json(const table_t *table);
json_t *table_json_row(const table_column_t *columns, size_t n, const table_row_t *row);

json_t *json_known(double value); /* null where it is no finite number */

/* Take the object, which is freed, print it with `indent` blanks a level and 17 digits. NULL, as
   json_pack gives without memory, is CONFX_STATUS_MEMORY; CONFX_STATUS_IO when `out` takes no more;
   messages say `what` it is. */
confx_status_t json_print(json_t *object, const char *what, size_t indent, FILE *out);

#endif
