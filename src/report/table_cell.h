/* A cell as people read it, which text and HTML share. */
#ifndef REPORT_CELL_H
#define REPORT_CELL_H

#include "confx/table.h"
#include "report/figure.h"

/* By the format of its column; room: where a number is written. */
const char *table_cell_shown(const table_column_t *column, const table_row_t *row, size_t i,
                             figure_t *room);
/* "energy nJ"; without its unit where units stand elsewhere. */
figure_t table_head_shown(const table_column_t *column, bool with_unit);
bool table_is_words(const table_column_t *column); /* flush left */

#endif
