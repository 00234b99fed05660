/* Text on its way into a file or a child process: a stream upon an unnamed file in memory. Unlike
   open_memstream, whose stream forgets what it had no memory for, it remembers that a write failed,
   and any other failure of out_print. */
#ifndef REPORT_SCRATCH_H
#define REPORT_SCRATCH_H

#include "confx/status.h"

#include <stddef.h>
#include <stdio.h>

confx_status_t memory_file_open(FILE **scratch); /* the caller closes by fclose */
/* All that was written, NUL-terminated; the caller frees. CONFX_STATUS_MEMORY if any of it was
   lost. */
confx_status_t memory_file_text(FILE *scratch, char **text, size_t *length);
/* Its descriptor, at the start again, with all that was written: what a child reads. */
confx_status_t memory_file_rewind(FILE *scratch, int *descriptor);

/* Away with pictures and pages that killed reports have left half written in a directory that is
   not theirs: others may be writing some at this moment, so only those an hour old. */
confx_status_t memory_file_tidy(const char *directory);

#endif
