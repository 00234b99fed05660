/* Between the files of the spool: where things lie in it, and how they move. */
#ifndef RUN_SPOOL_PLACE_H
#define RUN_SPOOL_PLACE_H

#include "confx/file.h"
#include "confx/spool.h"

#include <sys/types.h>

#define SPOOL_MARKS    "cancel"
#define SPOOL_SERVICES "services"
#define SPOOL_TMP      "tmp"

/* In a job's directory. */
#define SPOOL_MARK    "mark"
#define SPOOL_OUTCOME "outcome.json"

/* Before a job's name, in a service's directory: its copy and the original while it is taken into
   the service's keeping; and a directory that holds a failed job, as NAME, where the job itself has
   no room for the reason. */
#define SPOOL_COPY     ".copy-"
#define SPOOL_ORIGINAL ".original-"
#define SPOOL_WRAPPED  ".failed-"

/* What a job may bring; a token's hexadecimal digits and NUL. */
enum { SPOOL_JOB_FILES_MAX = 64, SPOOL_JOB_BYTES_MAX = 1 << 30, SPOOL_TOKEN_MAX = 33 };

typedef struct {
    char path[FILE_PATH_MAX];
} place_t;

const char *spool_state_directory(spool_state_t state);

/* directory/one/two/three, up to a NULL. CONFX_STATUS_IO when it is too long. */
confx_status_t place_of(place_t *place, const char *directory, const char *one, const char *two,
                        const char *three);

/* May be a name in the spool: letters, digits and "._+-", the first a letter or digit. */
bool spool_name_is_good(const char *name);

/* Rename; *moved false when `from` is not there (any more). A server may have done it and its
   answer been lost: then the second try finds nothing, and the goal is there. */
confx_status_t place_move(const place_t *from, const place_t *to, bool *moved);

/* The same to directory/state/NAME, or NAME.2, NAME.3, ... when that is taken. */
confx_status_t place_put(const char *directory, const char *state, const char *name,
                         const place_t *from, bool *moved);

/* Remove with all below it; what is gone already is fine. Links are not followed, also when they
   take the place of directories meanwhile. */
void place_clear(const place_t *place);

/* A directory that is nobody else's to read or write, whatever the umask; one that is there is
   fine. */
confx_status_t place_make(const place_t *place);

/* Good names in a directory, in order; the caller frees with file_names_close. */
confx_status_t place_names(const place_t *place, char ***names, size_t *n);

/* Away with what killed processes left in the spool and nobody else takes away (spool_tidy.c), when
   it is an hour old. A failure leaves things as they are: the next service tries again. */
void spool_tidy(const char *directory);

/* Is the job NAME in a service's directory, maybe under the name that it has for a moment while it
   is adopted? */
confx_status_t spool_find_running(const char *directory, const char *name, bool *found);

/* ---- whose it is ----------------------------------------------------------------------------- */

/* Why no service takes what lies at a place in the queue of a spool of `owner`: it is another
   user's, or cannot be moved. NULL: it may be taken, or is not there. */
const char *place_refused(const place_t *place, uid_t owner);

/* Random digits that are the same for all services of a spool, and made by the first; who cannot
   read the spool does not know them. */
confx_status_t spool_token(const char *directory, char token[SPOOL_TOKEN_MAX]);

/* DIR/mark of a job: the token, by which a job that a service has made its own is known, wherever
   in the spool it is moved, copied, or put back; and its tries. */
typedef struct {
    bool known;
    unsigned tries;   /* begun without an end, one after the other, */
    uint64_t samples; /* while this many were committed */
} mark_t;

/* known is false where there is none, or one of another making. */
confx_status_t mark_read(const place_t *entry, const char *token, mark_t *mark);
confx_status_t mark_write(const place_t *entry, const char *token,
                          const mark_t *mark); /* by rename */

/* Make the job NAME in a service's directory the service's own: a copy with a mark takes its place.
   CONFX_STATUS_INPUT: it is not of plain files of this user alone, too large, or brings a run
   directory; CONFX_STATUS_IO: it cannot be copied, or is gone. The original is still there then. */
confx_status_t spool_adopt(const place_t *service, const char *name, const char *token);

#endif
