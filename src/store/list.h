/* The segments of a logical table: read from a file that lists them, and held against each
   other. */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include "confx/master.h"

/* A failure of that code, in the name of the file `path`, unless the segments hold rows 0 ..
   rows-1, each of them once. The segments have been checked one by one (segment_check); they may
   come from a file. */
confx_status_t list_check_cover(confx_status_code_t code, const char *path,
                                const segment_t *segments, size_t n, uint64_t rows);

#endif
