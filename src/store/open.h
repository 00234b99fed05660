/* A file that is open for reading, for the files of this room that look into it. */
#ifndef STORE_OPEN_H
#define STORE_OPEN_H

#include "confx/file.h"
#include "confx/master.h"
#include "store/reader.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

struct store {
    hid_t file;
    reader_t reader; /* by which HDF5 reads it */
    bool sources_are_checked;
    bool has_old_names; /* it is of a schema before 4 (old_names.h) */
    uint32_t checksum;  /* that of the seal it bears */
    char path[FILE_PATH_MAX];
};

/* The segments that a run.h5 lists; none, and *listed false, in one of schema 1 or 2, which lists
   none. */
confx_status_t open_read_list(store_t *store, segment_t **segments, size_t *n, bool *listed);

#endif
