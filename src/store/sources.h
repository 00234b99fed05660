/* What a virtual dataset stands on. HDF5 gives fill values for a file it cannot open, and says nothing. */
#ifndef STORE_SOURCES_H
#define STORE_SOURCES_H

#include "confx/status.h"

#include <hdf5.h>
#include <stdbool.h>

/* Check the seal of every file behind the dataset `set` of the file `path`, and that they can all be open at once.
   `*is_virtual` is false when there is none. A missing one is CONFX_STATUS_DAMAGED. */
confx_status_t sources_check(const char *path, hid_t set, bool *is_virtual);

/* Names of these files, as the data set has them: the caller frees with file_names_close. */
confx_status_t sources_list(const char *path, hid_t set, char ***names, size_t *names_n);

#endif
