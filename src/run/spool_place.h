/* Between the files of the spool: where things lie in it, and how they move. */
#ifndef RUN_SPOOL_PLACE_H
#define RUN_SPOOL_PLACE_H

#include "confx/file.h"
#include "confx/spool.h"

#define SPOOL_MARKS    "cancel"
#define SPOOL_SERVICES "services"
#define SPOOL_TMP      "tmp"

typedef struct {
    char path[FILE_PATH_MAX];
} place_t;

const char *spool_state_directory(spool_state_t state);

/* directory/one/two/three, up to a NULL. CONFX_STATUS_IO when it is too long. */
confx_status_t place_of(place_t *place, const char *directory, const char *one, const char *two, const char *three);

/* May be a name in the spool: letters, digits and "._+-", the first a letter or digit. */
bool spool_name_is_good(const char *name);

/* Rename; *moved false when `from` is not there (any more). A server may have done it and its answer been lost: then
   the second try finds nothing, and the goal is there. */
confx_status_t place_move(const place_t *from, const place_t *to, bool *moved);

/* The same to directory/state/NAME, or NAME.2, NAME.3, ... when that is taken. */
confx_status_t place_put(const char *directory, const char *state, const char *name, const place_t *from, bool *moved);

/* Remove with all below it; what is gone already is fine. Links are not followed. */
void place_clear(const place_t *place);

/* CONFX_STATUS_INPUT unless all below are plain files and directories. */
confx_status_t place_check(const place_t *place);

/* Good names in a directory, in order; the caller frees with file_names_close. */
confx_status_t place_names(const place_t *place, char ***names, size_t *n);

#endif
