/* Tables in the text of an explanation, which is part of the library and so does without the
   program's libraries. */
#ifndef COST_TEXT_TABLE_H
#define COST_TEXT_TABLE_H

#include "confx/table.h"

/* Two blanks before each column, which is as wide as its widest cell: the first flush left, the
   others flush right. Units stand below the heads; where the first column has no name there are no
   heads. Any failure, of memory as well, stays with the stream (out_fail). */
void text_table(const table_t *table, FILE *out);

#endif
