/* What a virtual dataset stands on. HDF5 gives fill values for a file it cannot open, and says
   nothing. */
#ifndef STORE_SOURCES_H
#define STORE_SOURCES_H

#include "confx/master.h"

#include <hdf5.h>
#include <stdbool.h>

/* Check every file behind the dataset `set`, and that they can all be open at once: its seal, that
   it lies in segments/, and that it is the segment that run.h5 lists; of a run.h5 that lists none,
   that it holds the rows that the dataset shows of it. All columns of the table must show the same
   rows of the same files. `*is_virtual` is false when there are no such files. What is missing or
   another is CONFX_STATUS_DAMAGED. */
confx_status_t sources_check(store_t *store, hid_t set, bool *is_virtual);

/* Names of these files, as the data set has them: the caller frees with file_names_close. */
confx_status_t sources_list(const char *path, hid_t set, char ***names, size_t *names_n);

#endif
