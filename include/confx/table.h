/* A table: columns with a name, a unit, a type and a format, and rows that a function makes one at
   a time. Writers compute nothing: CSV is here, table_store.h has HDF5, table_show.h has JSON, HTML
   and text for a terminal. A column has one name in all of them. */
#ifndef CONFX_TABLE_H
#define CONFX_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* TABLE_FIELD: words of somebody else's table, which are numbers where they can be: in JSON a cell
   that is a whole number, in HDF5 a column all of whose cells are numbers or empty. */
typedef enum { TABLE_TEXT, TABLE_FIELD, TABLE_TRUTH, TABLE_WHOLE, TABLE_REAL } table_type_t;

/* How people read a number, on a terminal and in HTML. Files have all 17 digits. DIGITS: `digits`
   significant ones; FIXED: `digits` decimals and separators between thousands; NUMBER: six
   significant digits or a whole number, with separators; ESTIMATE: three; PERCENT: of a
   fraction. */
typedef enum {
    TABLE_DIGITS,
    TABLE_FIXED,
    TABLE_NUMBER,
    TABLE_ESTIMATE,
    TABLE_PERCENT
} table_format_t;

/* Writers that leave a column out. */
enum { TABLE_NOT_CSV = 1, TABLE_NOT_JSON = 2, TABLE_NOT_STORED = 4 };

typedef struct {
    const char *name;
    const char *unit; /* NULL: a word or a plain number */
    table_type_t type;
    table_format_t format;
    int digits;
    const char *head;  /* for people; NULL: the name */
    const char *group; /* of the dataset: "", "/settings"; NULL: that of the table */
    unsigned without;  /* TABLE_NOT_... */
    bool right;        /* words that stand flush right, as numbers do */
    bool gives_way;    /* cut where a line has no room for all columns */
    size_t most;       /* characters of a cell that are shown to people; 0: all */
} table_column_t;

/* The most common ones. */
#define TABLE_WORDS(words)                                                                         \
    {                                                                                              \
        words, .type = TABLE_TEXT                                                                  \
    }
#define TABLE_COUNT(words)                                                                         \
    {                                                                                              \
        words, .type = TABLE_WHOLE                                                                 \
    }
#define TABLE_FIGURE(words, unit_)                                                                 \
    {                                                                                              \
        words, .unit = (unit_), .type = TABLE_REAL                                                 \
    }

/* ---- a row ----------------------------------------------------------------------------------- */

/* UNKNOWN: empty in CSV, null in JSON, NaN in HDF5, "-" for people. ABSENT: empty, left out, NaN,
   empty. */
typedef enum { CELL_ABSENT, CELL_UNKNOWN, CELL_WHOLE, CELL_REAL, CELL_TEXT } cell_kind_t;

typedef struct {
    cell_kind_t kind;
    union {
        int64_t whole;
        double real;
        size_t text; /* where in the row's text */
    };
} table_cell_t;

/* Cells from the left to the right, in the order of the columns. A row is empty at first ({0}), and
   used again. */
typedef struct {
    table_cell_t *cells;
    size_t cells_n, cells_room;
    char *text; /* of all its cells, each one's NUL included */
    size_t text_n, text_room;
    bool failed; /* no memory: what was added is not whole */
} table_row_t;

void table_row_begin(table_row_t *row); /* empty, its memory kept */
void table_absent(table_row_t *row);
void table_whole(table_row_t *row, int64_t value);
void table_real(table_row_t *row, double value);  /* NaN is a value: "nan" in CSV, null in JSON */
void table_known(table_row_t *row, double value); /* NaN: UNKNOWN */
__attribute__((format(printf, 2, 3))) void table_text(table_row_t *row, const char *format, ...);
const char *table_row_text(const table_row_t *row, size_t column); /* of a cell that is a text */
void table_row_end(table_row_t *row);                              /* free its memory */

/* ---- a table --------------------------------------------------------------------------------- */

typedef struct {
    const table_column_t *columns;
    size_t columns_n, rows_n;
    size_t feet_n;  /* the last so many rows are sums of those above */
    const void *of; /* given to `row` */
    void (*row)(const void *of, size_t i, table_row_t *row); /* add columns_n cells */
} table_t;

/* Of an array of columns; rows made by `make` of `data`. */
#define TABLE(list, rows, data, make)                                                              \
    ((table_t){.columns = (list),                                                                  \
               .columns_n = sizeof(list) / sizeof *(list),                                         \
               .rows_n = (rows),                                                                   \
               .of = (data),                                                                       \
               .row = (make)})

bool table_make(const table_t *table, size_t i, table_row_t *row); /* anew; false: no memory */

/* CSV: a header of names and a line per row. Commas, quotation marks and line ends in texts become
   blanks, as our tables have no quoting. Any failure, of memory as well, stays with the stream
   (out_fail). The parts are for rows that are not kept. */
void table_csv(const table_t *table, FILE *out);
void table_csv_head(const table_column_t *columns, size_t n, FILE *out);
void table_csv_row(const table_column_t *columns, size_t n, const table_row_t *row, FILE *out);

#endif
