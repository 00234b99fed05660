/* Columns of a table as arrays for store_write. */
#ifndef CONFX_TABLE_STORE_H
#define CONFX_TABLE_STORE_H

#include "confx/array.h"
#include "confx/status.h"
#include "confx/table.h"

typedef struct {
    array_t *arrays; /* each owns its name and its data */
    size_t n;
} table_arrays_t;

/* Put the columns of a table behind the arrays there are (at first none: {0}). A column NAME
   becomes the dataset GROUP/NAME, in the group of the table or in its own, with its unit: texts,
   int64 (whole numbers), boolean (truths) or float64. The rows may stand for pairs: where inner is
   not 0, each `inner` of them are one row of a dataset of two dimensions (rows_n / inner, inner).
   CONFX_STATUS_MEMORY. The caller owes table_store_end in any case. */
confx_status_t table_store(const table_t *table, const char *group, size_t inner,
                           table_arrays_t *arrays);
/* Put an array that is no column of a table behind them: of that name (copied, without its first
   "/"), type, rank, dimensions and units. Its data, zeroed, to be filled by the caller; NULL: no
   memory. */
void *table_store_array(table_arrays_t *arrays, array_t shape);
void table_store_end(table_arrays_t *arrays);

#endif
