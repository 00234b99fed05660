/* Datasets of run.h5 into memory of the caller's. */
#include "report/fetch.h"
#include "confx/try.h"
#include "report/sanitise.h"

#include <stdlib.h>

/* A dataset into memory of its own; columns 0: one dimension. */
confx_status_t fetch_array(store_t *store, const char *name, array_type_t type, size_t rows,
                           size_t columns, void **data)
{
    /* One row more than needed is allocated, so that a dataset without rows is not mistaken for a
       want of memory. */
    *data = calloc(rows + 1, (columns ? columns : 1) * array_type_bytes(type));
    if (!*data)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the %zu rows of %s", rows, name);
    const array_t array = {.name = name,
                           .type = type,
                           .rank = columns ? 2 : 1,
                           .dims = {rows, columns},
                           .data = *data};
    return store_read(store, &array);
}

/* Readers make room for the rows that another column has. */
confx_status_t fetch_check_rows(store_t *store, const char *name, size_t rows)
{
    size_t found = 0;
    TRY(store_rows(store, name, &found));
    if (found == rows) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED, "%s: has %zu rows, expected %zu", name, found, rows);
}

/* A column of `rows` numbers of any type as float64. */
confx_status_t fetch_reals(store_t *store, const char *name, size_t rows, double **data)
{
    /* Owned by the report even when reading failed. */
    *data = calloc(rows + 1, sizeof **data);
    if (!*data)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for the %zu rows of %s", rows, name);
    TRY(fetch_check_rows(store, name, rows));
    return store_read_rows(store, name, ARRAY_F64, 0, rows, *data);
}

/* Texts were written by whoever made the files: an end is set and control characters are replaced
   before they reach a terminal or a page. */
void fetch_clean(char *texts, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++) {
        texts[i * width + width - 1] = 0;
        sanitise_clean(texts + i * width);
    }
}
