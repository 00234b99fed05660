/* The types of arrays as HDF5 knows them: little-endian on disk, native in memory. */
#ifndef STORE_TYPES_H
#define STORE_TYPES_H

#include "confx/array.h"

#include <hdf5.h>
#include <stdbool.h>

/* Shape of a dataset, of no dimensions for a single number; a text array loses its last dimension,
   the width of its texts. */
typedef struct {
    int rank;
    hsize_t dims[ARRAY_RANK_MAX];
    size_t width; /* bytes of a text; 0 for numbers */
} shape_t;

shape_t shape_of(const array_t *array);

/* New handles, the caller closes. */
hid_t type_on_disk(array_type_t type);
hid_t type_in_memory(array_type_t type); /* of numbers; texts.h has the way of texts */

/* The array type that is stored as `on_disk`, and the width of its texts where that is fixed, else
   0; false when there is none. */
bool type_find(hid_t on_disk, array_type_t *type, size_t *width);

#endif
