/* One segment: is it one that can be, and is its file the one that is meant? */
#ifndef STORE_SEGMENT_H
#define STORE_SEGMENT_H

#include "confx/segments.h"

#include <stdbool.h>

/* CONFX_STATUS_INPUT unless the segment's name is a plain file name, it has rows, these lie apart,
   and no number is so large that a sum or product of them overflows. */
confx_status_t segment_check(const segment_t *segment);
bool segment_same_rows(const segment_t *one,
                       const segment_t *other); /* of the table, whatever their names */

/* RUN_DIR/segments/NAME of a checked segment, into path (FILE_PATH_MAX). */
confx_status_t segment_path(const char *run_dir, const segment_t *segment, char *path);

/* CONFX_STATUS_DAMAGED unless the file at `path` is whole, of that run, and the very segment: by
   its checksum, or, where that is not known, by the place it says its rows have. *foreign: it is of
   another run. */
confx_status_t segment_check_file(const char *path, const char *run_id, const segment_t *segment,
                                  bool *foreign);

#endif
