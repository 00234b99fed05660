/* The seal in front of every file of the log: a block of text with the file's length and the CRC-32 of all that
   follows. HDF5's own checksums are not enough: Fletcher-32 takes 16-bit words of 0000 and ffff for the same, and a
   file cannot be told from another one's remains. HDF5 is shown no byte that was not checked first. The block is HDF5's
   user block, which stock tools skip. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "confx/status.h"

#include <stddef.h>

enum { SEAL_BYTES = 512 }; /* the least HDF5 allows */

/* Seal a whole file in memory: fills its first SEAL_BYTES. */
void seal_stamp(unsigned char *bytes, size_t length);

/* Seal a finished file in place, which goes by its temporary name still. STATUS_IO. */
status_t seal_stamp_file(const char *path);

/* STATUS_OK when the file is as it was sealed. Missing: STATUS_INPUT; it cannot be opened: STATUS_IO; else
   STATUS_DAMAGED. */
status_t seal_check(const char *path);

#endif
