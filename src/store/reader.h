/* HDF5's way to the files that are read: plain files alone, without waiting, and no links; and why
   one could not be read, which HDF5 does not tell: of a failed read it says that the data are not
   as they should be, and of a source of a virtual dataset that it cannot open it says nothing and
   gives fill values. */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "confx/status.h"
#include "store/scope.h"

#include <hdf5.h>

typedef struct {
    hid_t driver; /* registered while the file is open */
    int ready; /* a descriptor, already open, for the first file that HDF5 opens; -1: taken, or none
                */
    int trouble;           /* errno of the first failure; 0: none */
    confx_status_t status; /* the same in words. No absence is one: HDF5 looks for sources in
                              several places. */
} reader_t;

/* Have the file that is opened by the access list `access` read from `descriptor`, which is the
   reader's from now on, and the sources of its virtual datasets from wherever they lie. The reader
   must not move and must outlive the file. reader_end: when the file is closed, also after a
   failure. */
void reader_begin(scope_t *scope, hid_t access, int descriptor, reader_t *reader);
void reader_end(reader_t *reader);

/* How something that HDF5 did ends: a failure of reading goes before what HDF5 made of it. */
confx_status_t reader_judge(const reader_t *reader, confx_status_t status);

#endif
