/* Files: what lies at a path, whole files in, and whole files out. paths.h has directories and
   paths, find.h where data files are looked up. Failures are CONFX_STATUS_IO with the system's
   reason (CONFX_STATUS_MEMORY where that is memory) unless said otherwise. Every message names the
   path. */
#ifndef CONFX_FILE_H
#define CONFX_FILE_H

#include "confx/guard.h"
#include "confx/paths.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- what is there
   ------------------------------------------------------------------------------------------------
   An error is not an absence: only where the system says that there is no such file is something
   absent. Any other failure (input/output error, no memory, no permission to look) is one, and no
   answer. */

typedef enum {
    FILE_ABSENT,
    FILE_PLAIN,
    FILE_DIRECTORY,
    FILE_LINK,
    FILE_PIPE,
    FILE_SOCKET,
    FILE_DEVICE
} file_kind_t;

/* What a path that a user named leads to, through links: one that leads nowhere, or round in a
   circle, is FILE_LINK. No permission to look is CONFX_STATUS_INPUT. */
confx_status_t file_look(const char *path, file_kind_t *kind);

/* What lies at a path within a directory of the program's: a link is FILE_LINK, wherever it
   leads. */
confx_status_t file_look_at(const char *path, file_kind_t *kind);
confx_status_t file_has(const char *path, bool *has); /* anything at all */
/* A directory there? Anything else in its place, a link as well, is CONFX_STATUS_DAMAGED; an absent
   one is not. */
confx_status_t file_has_directory(const char *path, bool *has);

/* CONFX_STATUS_INPUT with the system's reason unless it is there */
confx_status_t file_reach(const char *path);

/* ---- opening and reading --------------------------------------------------------------------- */

/* Whose a file is decides what may lie there, and what it is called when it does not. FILE_USERS: a
   user named it. A link to a plain file will do; one that is missing, may not be read, is no plain
   file or too long is CONFX_STATUS_INPUT. FILE_OURS: the program put it into a directory of its
   own. Links are not followed; a missing one is CONFX_STATUS_INPUT, one that may not be read
   CONFX_STATUS_IO, anything else in its place, or one too long, CONFX_STATUS_DAMAGED. */
typedef enum { FILE_USERS, FILE_OURS } file_owner_t;

/* Most bytes of a file that is read whole. */
enum { FILE_TEXT_MOST = 1 << 20, FILE_TABLE_MOST = 64 << 20 };
#define FILE_ANY_LENGTH ((size_t)-1)

/* Open a plain file for reading; the caller closes the descriptor. It never waits for anybody: a
   pipe, socket, device or directory is refused, and none of them is opened. The position of the
   descriptor is 0. */
confx_status_t file_open(const char *path, file_owner_t owner, size_t most, int *descriptor);

/* Up to n bytes from `position` on, fewer only at the end of the file. */
confx_status_t file_read_at(int descriptor, const char *path, void *bytes, size_t n,
                            size_t position, size_t *found);

/* The whole file as file_open has it, NUL-terminated; the caller frees *text. length NULL: the file
   is to be text, and one that holds NUL bytes is CONFX_STATUS_INPUT too. */
confx_status_t file_load(const char *path, file_owner_t owner, size_t most, char **text,
                         size_t *length);

/* ---- writing --------------------------------------------------------------------------------- */

/* A new file beside `path` for what is to become it, open for reading and writing: its name,
   PATH.XXXXXXXX.tmp with eight random hexadecimal digits, into `temporary` (FILE_PATH_MAX). It is
   made and never found, so that neither a file nor a link of anybody's is written to. Who owns the
   directory may remove all of this pattern that are left. */
confx_status_t file_make_temporary(const char *path, char *temporary, int *descriptor);
bool file_is_temporary(const char *name);

/* Away with the temporaries that killed processes left in a directory, of files whose names have
   one of these endings (a list that NULL ends), when they were not written for `age` seconds: 0 for
   those whose only writer owns the directory, FILE_TIDY_AGE for those that other living processes
   may be writing. NAME.PID.tmp of earlier versions go as well. */
enum { FILE_TIDY_AGE = 3600 };
confx_status_t file_tidy(const char *directory, const char *const *endings, double age,
                         const guard_t *guard);

/* All bytes, from where the descriptor stands. */
confx_status_t file_write_bytes(int descriptor, const char *path, const void *bytes, size_t n);

/* Written under a temporary name beside it, synced, renamed over `path`, directory synced: all of
   it or nothing. The guard (NULL: none) is asked immediately before the rename; when it says no,
   nothing is put in place. */
confx_status_t file_write(const char *path, const char *text, size_t length, const guard_t *guard);

/* A file that is made once, by the first of many processes, and for its user alone (mode 600): the
   same, but where a file is there already that one stays, and this is no failure. Where the file
   system knows no hard links the last one wins. */
confx_status_t file_write_first(const char *path, const char *text, size_t length);

/* Publish a file already written and closed: sync `temporary`, ask the guard, rename it to `path`,
   sync the directory. */
confx_status_t file_publish(const char *temporary, const char *path, const guard_t *guard);

/* The same, and the file that was at `path` stays as `previous`, beside it, in place of the one
   that was there. Where the file system has hard links, a `path` that was there is there at every
   moment. Nothing has moved when the new file cannot be synced. */
confx_status_t file_publish_keeping(const char *temporary, const char *path, const char *previous,
                                    const guard_t *guard);

#endif
