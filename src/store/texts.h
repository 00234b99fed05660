/* Texts as HDF5 stores them here: variable-length UTF-8, which h5py gives as str. Those of one
   fixed width, NUL-padded, are read as well: files of schema 1 hold them. */
#ifndef STORE_TEXTS_H
#define STORE_TEXTS_H

#include "confx/array.h"
#include "store/scope.h"

#include <hdf5.h>

/* A new handle, the caller closes. */
hid_t texts_type(void);

/* How n texts are moved between memory and file, kept in the scope: through a buffer that holds so
   many, or 65,536 of more. HDF5's own takes 2 MB from the system, and clears them, for every
   dataset of one text. */
hid_t texts_transfer(scope_t *scope, size_t n);

/* All texts of `array` (its last dimension is their width in memory) into the whole dataset
   `set`. */
void texts_write(scope_t *scope, hid_t set, const array_t *array);

/* n texts of the dataset, those that `from` selects, into `out`, each in `width` bytes, NUL-padded.
   A longer one is a failure: no text is cut. */
void texts_read(scope_t *scope, hid_t set, hid_t from, size_t n, size_t width, char *out);

/* Bytes of the longest of the n texts of the dataset, of variable length, and one for its NUL. */
size_t texts_width(scope_t *scope, hid_t set, size_t n);

#endif
