/* Strict reading of numbers and of comma-separated text. Pure: no files, no locale. */
#ifndef CONFX_TEXT_H
#define CONFX_TEXT_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the whole text is one number within [least, most]; *value is untouched otherwise. */
bool text_to_integer(const char *text, int64_t least, int64_t most, int64_t *value);
bool text_to_real(const char *text, double *value); /* finite only */

/* Well-formed UTF-8: no byte out of place, nothing longer than need be, no surrogates, nothing beyond U+10FFFF. */
bool text_is_utf8(const char *text);

/* Rows of comma-separated text. Lines end with LF, CRLF or CR. Blank lines are passed over, blanks round fields are
   taken off, a byte order mark is skipped. Quoting is not part of the format and is refused. */
typedef struct csv csv_t;

/* `text` is copied; `file` names it in messages and must stay alive. The first row is the header. */
confx_status_t csv_open(const char *text, const char *file, csv_t **csv);
void csv_close(csv_t *csv);

const char *csv_file(const csv_t *csv);
size_t csv_columns(const csv_t *csv);
const char *csv_names(const csv_t *csv); /* the header as it stands in the file */
const char *csv_header(const csv_t *csv, size_t column);
/* The column of that name (exact), or SIZE_MAX. */
size_t csv_find(const csv_t *csv, const char *name);

/* The next row; *more is false at the end. A row of another width than the header is CONFX_STATUS_INPUT with file and
 * line.
 */
confx_status_t csv_next(csv_t *csv, bool *more);
int csv_line(const csv_t *csv);                         /* line number of the current row, from 1 */
const char *csv_field(const csv_t *csv, size_t column); /* of the current row */

/* The current row's field as a whole number within [least, most]; CONFX_STATUS_INPUT with file, line and column name.
 */
confx_status_t csv_integer(const csv_t *csv, size_t column, int64_t least, int64_t most, int64_t *value);

#endif
