/* Rows of the logical table from one file into another, a few dozen MB at a time. */
#ifndef STORE_GATHER_H
#define STORE_GATHER_H

#include "confx/master.h"
#include "store/image.h"

/* Make the columns of the table in `image`, each as TO and its name, and fill them with the first
   `rows` rows of the columns FROM and their names of `store`. A failure of reading is that of
   store_read_rows. */
confx_status_t gather_rows(store_t *store, const char *from, const image_t *image, const char *to,
                           size_t rows, const samples_shape_t *shape);

#endif
