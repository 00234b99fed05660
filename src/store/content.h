/* What a file of the log says, whatever way HDF5 lays it out: names of groups and datasets, types,
   shapes, values, and attributes, of a virtual dataset which rows lie in which file. Not covered:
   where things lie in the file, chunks, filters, free space, the superblock. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include "confx/status.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CRC-32 of the content of an open file; `path` is for messages. A file with types or nestings that
   are not of the log is CONFX_STATUS_DAMAGED. */
confx_status_t content_checksum(hid_t file, const char *path, uint32_t *checksum);

/* The checksum that a seal bears: of the content, and of the length of the file that was sealed,
   which decides whether anybody asks for it. */
uint32_t content_bind(uint32_t content, size_t length);

/* Is that of the open file, which the rest of its seal does not vouch for, `bound`, for that
   length? Asked in a process of its own with limits: HDF5 may die of damaged bytes, or never come
   back. CONFX_STATUS_IO when the file cannot be read, or there can be no such process. The path is
   for messages. */
confx_status_t content_is(int descriptor, const char *path, size_t length, uint32_t bound,
                          bool *is);

#endif
