/* Directories of one kind where another is expected: a sweep's for a run's, and so on. */
#ifndef APP_DIRECTORY_H
#define APP_DIRECTORY_H

#include "confx/status.h"

/* What searches leave: a run, or many of them with a plan. DIRECTORY_OTHER: nothing of it, or it is
   not there. */
typedef enum {
    DIRECTORY_OTHER,
    DIRECTORY_RUN,
    DIRECTORY_SWEEP,
    DIRECTORY_COMPARISON
} directory_kind_t;

/* Before a run is read there: CONFX_STATUS_INPUT for a sweep's or a comparison's, with where its
   runs are. All else is left to who reads. */
confx_status_t directory_expect_run(const char *path);

/* Before something of that kind is written there: CONFX_STATUS_INPUT where something of another
   kind is. */
confx_status_t directory_expect_room(const char *path, directory_kind_t kind);

/* Before anything is written into it: CONFX_STATUS_INPUT where something else than a directory is
   in its place. */
confx_status_t directory_expect_no_file(const char *path);

/* Before a run is written there that cannot go on with another one: CONFX_STATUS_INPUT where there
   is one already, or something of another kind. */
confx_status_t directory_expect_no_run(const char *path);

#endif
