/* A new file of the log: composed by HDF5 in memory, sealed, written and published in one go. So HDF5 never sees a full
   disk, no lock is ever taken, and what is on the disk is whole or absent. */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include "confx/status.h"

#include <hdf5.h>
#include <stddef.h>

typedef struct {
    const char *path; /* what it will be published as; must stay alive */
    hid_t file;       /* put datasets and attributes here; invalid once published */
    unsigned char *bytes;
    size_t length;
} image_t;

/* `image` must not move until image_end, which the caller owes even after a failure. */
status_t image_begin(const char *path, image_t *image);
/* STATUS_IO with what was at `path` untouched, or all of it is there. */
status_t image_publish(image_t *image);
void image_end(image_t *image);

#endif
