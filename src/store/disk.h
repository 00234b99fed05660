/* HDF5's way to a file on disk that is too large to be composed in memory. HDF5 sees a disk that
   never fails: the first failure is kept, nothing is written from then on, and HDF5 can close its
   file without an error (after an error of a full disk it would keep handles which it then fails to
   close). Whoever publishes the file asks for the failure. */
#ifndef STORE_DISK_H
#define STORE_DISK_H

#include "store/scope.h"

#include <hdf5.h>

typedef struct {
    hid_t driver; /* registered while the file is open */
    int file;     /* the descriptor of the file; -1: none, or closed */
    int trouble;  /* errno of the first failure; 0: none */
} disk_t;

/* Have the file that is created by the access list `access`, under whatever name, written to the
   descriptor, which is the disk's from now on; `disk` must not move and must outlive the file.
   disk_close: close the descriptor once HDF5 has closed the file. disk_end: when that is done, also
   after a failure. */
void disk_begin(scope_t *scope, hid_t access, int descriptor, disk_t *disk);
void disk_close(disk_t *disk);
void disk_end(disk_t *disk);

#endif
