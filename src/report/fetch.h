/* Datasets of run.h5 into memory of the caller's, who frees it, read or not. */
#ifndef REPORT_FETCH_H
#define REPORT_FETCH_H

#include "confx/store.h"

/* A dataset of these rows; columns 0: of one dimension. */
confx_status_t fetch_array(store_t *store, const char *name, array_type_t type, size_t rows,
                           size_t columns, void **data);
/* A column of `rows` numbers of any type as float64. */
confx_status_t fetch_reals(store_t *store, const char *name, size_t rows, double **data);
/* CONFX_STATUS_DAMAGED unless it has that many rows. */
confx_status_t fetch_check_rows(store_t *store, const char *name, size_t rows);

/* Texts (n, width): each gets an end, and is harmless to print. */
void fetch_clean(char *texts, size_t n, size_t width);

#endif
