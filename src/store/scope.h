/* The HDF5 handles of one function: kept as they are made, closed together, newest first. The first
   failure is kept. HDF5 refuses the invalid handles that follow from it, so that a function may go
   straight on and ask once at its end. */
#ifndef STORE_SCOPE_H
#define STORE_SCOPE_H

#include "confx/status.h"

#include <hdf5.h>
#include <stdbool.h>

enum { SCOPE_HANDLES_MAX = 12 };

typedef struct {
    const char *path;   /* the file, for messages */
    const char *object; /* what is worked on in it: a dataset, an attribute, or "" */
    confx_status_code_t
        code; /* what a failure of HDF5 means here: CONFX_STATUS_IO or CONFX_STATUS_DAMAGED */
    confx_status_t status; /* the first failure */
    hid_t handles[SCOPE_HANDLES_MAX];
    size_t handles_n;
} scope_t;

scope_t scope_begin(const char *path, const char *object, confx_status_code_t code);

/* The new handle, which scope_end closes; a negative one is a failure and is passed on as it is. */
hid_t scope_keep(scope_t *scope, hid_t handle);

/* A negative result is a failure. */
void scope_check(scope_t *scope, herr_t result);

/* A failure of our own, in printf's manner behind "PATH: OBJECT: ". */
__attribute__((format(printf, 2, 3))) void scope_fail(scope_t *scope, const char *format, ...);

/* Before so many files are opened or created: HDF5 (1.10.8) crashes where it has no memory for the
   cache that each of them gets. CONFX_STATUS_MEMORY. */
void scope_expect_memory(scope_t *scope, size_t files);

bool scope_is_well(const scope_t *scope);

/* Close what was kept; the first failure, that of closing included. */
confx_status_t scope_end(scope_t *scope);

#endif
