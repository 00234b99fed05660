/* HDF5's way to a file on disk that is too large to be composed in memory. HDF5 is shown a disk
   that never fails: the first failure is kept, nothing is written from then on, and HDF5 closes its
   file in peace (of a full disk it would leave handles that it fails to close again and again). Who
   publishes the file asks for the failure. */
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
