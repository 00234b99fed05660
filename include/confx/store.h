/* The log: HDF5 files that are composed in memory, written under a temporary name, synced and
   renamed, never changed in place. The only room that knows HDF5. The same content makes the same
   bytes.

   Every file begins with a block of text, the seal (src/store/seal.h), which stock tools skip. It
   holds the file's length and the CRC-32 of all bytes that follow, which are checked before HDF5
   parses any of them, and a CRC-32 of the content, which decides if a viewer has written the file
   since. For readers that do not know the seal, the file format has checksums of the metadata, and
   Fletcher-32 those of the numbers.

   Errors of writing: CONFX_STATUS_IO, and what was there before is untouched; CONFX_STATUS_INPUT
   for what cannot be stored. Errors of reading: CONFX_STATUS_INPUT, there is no such file;
   CONFX_STATUS_IO with the system's reason, it may not be opened, or some read fails;
   CONFX_STATUS_DAMAGED, anything else, also a dataset or attribute that is missing or of another
   type. A link, a pipe or the like in the place of a file or of segments/ is damage, and is neither
   followed nor waited for. CONFX_STATUS_MEMORY where HDF5 or this room has none. Messages name the
   file. */
#ifndef CONFX_STORE_H
#define CONFX_STORE_H

#include "confx/array.h"
#include "confx/guard.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once in a program, before cluster_open: HDF5 begins and is never ended (see src/store/scope.c:
   ending after a failed close crashes). CONFX_STATUS_MEMORY. Programs that leave it out work, and
   end as HDF5 has it. */
confx_status_t store_begin(void);

/* ---- files of named arrays ------------------------------------------------------------------- */

typedef struct {
    const char *path; /* object it hangs on: "/", "/trajectories/stage" */
    const char *name;
    const char *text; /* a text attribute, or NULL for: */
    double real;      /* a float64 attribute */
    bool whole;       /* ... or an int64 one */
    bool truth;       /* ... or a boolean one, of the integer 0 or 1 */
    int64_t integer;
    const int64_t *integers; /* ... or an int64 one of several values, integers_n of them */
    size_t integers_n;
} attribute_t;

/* Write a whole new file `path`: arrays, then attributes (groups on the way are made); atomically,
   by the temporary name PATH.PID.tmp. The guard of this and of all that writes here is asked
   immediately before the rename (guard.h; NULL: none). An array of rank 0 is a single number and
   becomes a scalar, as does one of texts that has no dimension but its width, which is above 0.
   Texts, attributes as well, become variable-length UTF-8, which h5py gives as str; booleans
   h5py's own enum. */
confx_status_t store_write(const char *path, const array_t *arrays, size_t arrays_n,
                           const attribute_t *attributes, size_t attributes_n,
                           const guard_t *guard);

/* The same, and the file that was at `path` stays as `previous`, beside it: nothing has moved until
   the new one is whole on the disk, and `path` is there at every moment (file_publish_keeping).
   previous NULL: store_write. */
confx_status_t store_replace(const char *path, const char *previous, const array_t *arrays,
                             size_t arrays_n, const attribute_t *attributes, size_t attributes_n,
                             const guard_t *guard);

typedef struct store store_t; /* a file open for reading */

/* Does a user's file begin as those of the log do, damaged or not? */
confx_status_t store_is_log(const char *path, bool *is_log);
/* A file that the program put there; and one that a user named, which may be a link to such a
   file. */
confx_status_t store_open(const char *path, store_t **store);
confx_status_t store_open_users(const char *path, store_t **store);
void store_close(store_t *store);
/* Is there an object of that name, an attribute of that name on an object? What cannot be read is a
   failure, and no absence. */
confx_status_t store_has(store_t *store, const char *name, bool *has);
confx_status_t store_has_attribute(store_t *store, const char *path, const char *name, bool *has);
/* Type, rank and dimensions of a dataset; data and units are NULL, the name is `name`. A scalar has
   rank 0 and, for those who count rows, dims[0] 1. The width of texts is that of the longest and
   its NUL. */
confx_status_t store_describe(store_t *store, const char *name, array_t *array);
confx_status_t store_rows(store_t *store, const char *name, size_t *rows); /* dims[0] of those */
/* Read a dataset into array->data, whose type and dimensions must be those of the file; a scalar
   may be read as one row, texts into any width that takes them. Of a virtual dataset (those of
   /trajectories in run.h5) all segments are checked before the first read, and that they are the
   files that run.h5 lists: no fill value passes for a row, and no row of another run. */
confx_status_t store_read(store_t *store, const array_t *array);
/* Rows first .. first+n-1 of a dataset's first dimension into data, converted to `type`, which must
   hold them. */
confx_status_t store_read_rows(store_t *store, const char *name, array_type_t type, size_t first,
                               size_t n, void *data);
/* The first number of a dataset; NaN where there is none of that name. */
confx_status_t store_read_number(store_t *store, const char *name, double *number);
confx_status_t store_read_text(store_t *store, const char *path, const char *name,
                               char **text); /* the caller frees */
confx_status_t store_read_integer(store_t *store, const char *path, const char *name,
                                  int64_t *value);

/* CRC-32 of some bytes, as in Python zlib.crc32(dataset[:].tobytes()). */
uint32_t store_checksum(const void *bytes, size_t n);

#endif
