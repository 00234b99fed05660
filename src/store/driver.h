/* What our two drivers of HDF5 have in common: disk.c writes one file that HDF5 takes for a disk
   that never fails, and reader.c reads files and keeps why one could not be read. HDF5 asks a
   driver for bytes at addresses; each opened file has an address up to which HDF5 wants it
   (`allocated`) and one up to which it goes (`end`). */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/scope.h"

#include <H5FDpublic.h>
#include <hdf5.h>

/* An open file, which a driver's own struct begins with: HDF5 knows the first member of it, and
   nothing else. */
typedef struct {
    H5FD_t known;
    haddr_t allocated, end;
    void *owner; /* the disk_t or reader_t that the access list carries */
} driver_file_t;

/* The class of a driver: `number` is one of those that HDF5 leaves to applications. The driver
   itself adds how files are opened, closed, read and written. */
H5FD_class_t driver_class(const char *name, int number);

/* Register the class and have files of the access list opened by it on behalf of `owner`. The
   driver is 0 or less after a failure, which is the scope's; driver_end takes any. */
hid_t driver_begin(scope_t *scope, hid_t access, const H5FD_class_t *class, void *owner);
void driver_end(hid_t *driver);

/* The owner that the access list carries, for the callback that opens a file; NULL: it carries
   none. */
void *driver_owner(hid_t access);

#endif
