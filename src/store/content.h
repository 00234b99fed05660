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

/* Is the content of the open file, whose bytes are not those that were sealed, still the one with
   the checksum `bound` for that length? Answered by a separate process with limits, because HDF5
   may crash on damaged bytes, or never return. CONFX_STATUS_IO when the file cannot be read, or
   such a process cannot be started. The path is for messages. */
confx_status_t content_is(int descriptor, const char *path, size_t length, uint32_t bound,
                          bool *is);

#endif
