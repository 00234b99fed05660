/* A new file of the log: composed by HDF5 in memory, sealed, written and published in one go. So
   HDF5 never sees a full disk, no lock is ever taken, and what is on the disk is whole or absent.
   One that may outgrow the memory is composed in its temporary file instead, by a driver that
   promises the same (disk.h). */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include "confx/file.h"
#include "confx/status.h"
#include "store/disk.h"

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *path;     /* what it will be published as; must stay alive */
    hid_t file;           /* put datasets and attributes here; invalid once published */
    unsigned char *bytes; /* in memory */
    size_t length;
    uint32_t checksum; /* that of its seal, once published */
    disk_t disk;       /* on disk, in the file `temporary`; there is none yet where that is empty */
    bool is_on_disk;
    char temporary[FILE_PATH_MAX];
} image_t;

/* `image` must not move until image_end, which the caller owes even after a failure. */
confx_status_t image_begin(const char *path, image_t *image);
confx_status_t image_begin_on_disk(const char *path, image_t *image);
/* CONFX_STATUS_IO with what was at `path` untouched, or all of it is there. */
confx_status_t image_publish(image_t *image, const guard_t *guard);
/* The same; what was there stays as `previous` (file_publish_keeping). */
confx_status_t image_publish_keeping(image_t *image, const char *previous, const guard_t *guard);
void image_end(image_t *image);

#endif
