/* Datasets and attributes put into a file that is being composed. A failure names `path`, the file
   to be. */
#ifndef STORE_PUT_H
#define STORE_PUT_H

#include "confx/store.h"

#include <hdf5.h>
#include <stdbool.h>

/* The groups above `name`, "/group/group/name", where they are not there yet. */
confx_status_t put_groups(hid_t file, const char *path, const char *name);

/* A dataset in chunks of up to 1 MB, each with a Fletcher-32, and its units. deflate: shuffled and
   deflated too. */
confx_status_t put_array(hid_t file, const char *path, const array_t *array, bool deflate);

/* The same dataset without its values, and then n rows of them from row `first` on. Rows that begin
   and end with chunks (of put_chunk_rows rows each) are compressed once only. */
confx_status_t put_space(hid_t file, const char *path, const array_t *array, bool deflate);
confx_status_t put_rows(hid_t file, const char *path, const array_t *array, size_t first, size_t n,
                        const void *rows);
size_t put_chunk_rows(const array_t *array);

/* On an open dataset: its text attributes `units` and `long_name`; NULL: it gets none. */
confx_status_t put_words(hid_t set, const char *path, const char *units, const char *long_name);

/* On a dataset or group; a group that is not there is made. */
confx_status_t put_attribute(hid_t file, const char *path, const attribute_t *attribute);

#endif
