/* Strict reading of numbers and of comma-separated text, and what of foreign words may be shown.
   Pure: no files, no locale.

   Foreign words are those that came out of a file, a directory or the command line: names, keys,
   messages. They are shown in one of three ways, so that none can steer a terminal, forge a line,
   or run as a formula:
       messages                 status_fail and status_input show what is hidden as \xNN (text_show)
       lines of a command       text_shown, or in the report room sanitise_clean, which puts '?'
       tables, scripts, pages   names that could do harm there are refused where they are read
                                (text_is_name) */
#ifndef CONFX_TEXT_H
#define CONFX_TEXT_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the whole text is one number within [least, most]; *value is untouched otherwise. */
bool text_to_integer(const char *text, int64_t least, int64_t most, int64_t *value);
bool text_to_real(const char *text, double *value); /* finite only */

/* Well-formed UTF-8: no byte out of place, nothing longer than need be, no surrogates, nothing
   beyond U+10FFFF. */
bool text_is_utf8(const char *text);

/* Bytes of the character at `at`, which is not the end of the text, and whether it is *hidden: not
   to be shown as it is. Hidden are controls (U+0000 to U+001F, U+007F to U+009F), what reorders
   text or has no width (U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF and others of
   Unicode's class Cf), blanks other than that of ASCII, and bytes that are not UTF-8, one at a
   time. */
size_t text_character(const char *at, bool *hidden);

/* Copy `from` so that everything in it can be seen: what is hidden as \xNN, byte by byte; cut
   between characters where there is no more room. A tab is a control as well. */
void text_show(const char *from, char *to, size_t room);

/* The same by value, for the arguments of a printf. */
enum { TEXT_SHOWN_MAX = 4096 };
typedef struct {
    char text[TEXT_SHOWN_MAX];
} text_shown_t;
text_shown_t text_shown(const char *text);

/* UTF-8 without controls and without what reorders text or has no width: a text that looks like
   what it is. Blanks of other scripts are fine. */
bool text_is_plain(const char *text);

/* The same, and does not begin with "=", "+", "-" or "@", nor a blank, which make a formula in a
   sheet. An empty text is fine. */
bool text_is_name(const char *text);

/* Add to a text, as far as there is room. */
__attribute__((format(printf, 3, 4))) void text_append(char *text, size_t room, const char *format,
                                                       ...);

enum { CSV_COLUMNS_MAX = 1024 };

/* Rows of comma-separated text (RFC 4180), of at most CSV_COLUMNS_MAX columns. Lines end with LF,
   CRLF or CR. Blank lines are passed over, blanks round fields are taken off, a byte order mark is
   skipped. A field may stand within quotation marks, with commas and line ends in it, and quotation
   marks that are doubled. */
typedef struct csv csv_t;

/* `text` is copied; `file` names it in messages and must stay alive. The first row is the
   header. */
confx_status_t csv_open(const char *text, const char *file, csv_t **csv);
void csv_close(csv_t *csv);

const char *csv_file(const csv_t *csv);
size_t csv_columns(const csv_t *csv);
const char *csv_names(const csv_t *csv); /* the header as it stands in the file */
const char *csv_header(const csv_t *csv, size_t column);
/* The column of that name (exact), or SIZE_MAX. */
size_t csv_find(const csv_t *csv, const char *name);

/* The next row; *more is false at the end. A row of another width than the header is
   CONFX_STATUS_INPUT with file and line. */
confx_status_t csv_next(csv_t *csv, bool *more);
int csv_line(const csv_t *csv);                         /* that the current row begins in, from 1 */
const char *csv_field(const csv_t *csv, size_t column); /* of the current row */

/* The current row's field as a whole number within [least, most]; CONFX_STATUS_INPUT with file,
   line and column name. */
confx_status_t csv_integer(const csv_t *csv, size_t column, int64_t least, int64_t most,
                           int64_t *value);

#endif
