/* The seal in front of every file of the log: a block of text with the file's length, the CRC-32 of
   all bytes that follow, and the CRC-32 of what they say (content.h). HDF5's own checksums are not
   enough: Fletcher-32 takes 16-bit words of 0000 and ffff for the same, texts have none, and a file
   cannot be told from another one's remains. The block is HDF5's user block, which stock tools
   skip. A file whose bytes are those that were sealed is shown to HDF5. A viewer that opens it for
   writing and closes it leaves them: the file ends where HDF5 says that it does. Where HDF5 has
   written it since, and made it longer or shorter, what counts is the content, read once by a
   process that may die of it; so attributes set to what they were do no harm, and changed data or
   attributes are damage. Any other difference is damage, and HDF5 never sees it: a flipped bit
   wherever it is, a file cut off, and a change that HDF5 made in place without a change of
   length. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "confx/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SEAL_BYTES = 512,
    SEAL_SUPERBLOCK_BYTES = 48
}; /* the least HDF5 allows; what follows, of version 3 */

/* Seal a whole file in memory: fills its first SEAL_BYTES. content: its content_checksum. The
   CRC-32 of the seal: it tells the file from every other one, also once a viewer has rewritten it,
   which leaves the seal. */
uint32_t seal_stamp(unsigned char *bytes, size_t length, uint32_t content);

/* Seal a finished file in place, which goes by its temporary name still and is open for reading and
   writing. CONFX_STATUS_IO. */
confx_status_t seal_stamp_file(int descriptor, const char *path, uint32_t content,
                               uint32_t *checksum);

/* Where a file ends, as its superblock has it. */
size_t seal_end_of_file(const unsigned char superblock[SEAL_SUPERBLOCK_BYTES]);

/* CONFX_STATUS_OK when the file is as it was sealed, or says the same still; the CRC-32 of that
   seal. Missing: CONFX_STATUS_INPUT; it cannot be opened or read: CONFX_STATUS_IO; else, for a
   link, a pipe and the like as well: CONFX_STATUS_DAMAGED. Of an open file the path is for
   messages. */
confx_status_t seal_check(const char *path, uint32_t *checksum);
confx_status_t seal_check_open(int descriptor, const char *path, uint32_t *checksum);

#endif
