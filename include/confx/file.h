/* Files and directories: whole files in, whole files out, and where names are looked up. Failures are STATUS_IO unless
   said otherwise; a missing file that a user named is STATUS_INPUT. Every message names the path. */
#ifndef CONFX_FILE_H
#define CONFX_FILE_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { FILE_PATH_MAX = 4096 };

/* The whole file, NUL-terminated; the caller frees *text. A missing or unreadable file is STATUS_INPUT. */
status_t file_read(const char *path, char **text, size_t *length);

/* Written under a temporary name beside it, synced, renamed over `path`, directory synced: all of it or nothing. */
status_t file_write(const char *path, const char *text, size_t length);

/* Publish a file already written and closed: sync `temporary`, rename it to `path`, sync the directory. */
status_t file_publish(const char *temporary, const char *path);

bool file_exists(const char *path);
bool file_is_directory(const char *path);
status_t file_make_directory(const char *path);   /* with its parents; an existing one is fine */
status_t file_remove(const char *path);           /* a missing file is fine */

/* Names of the entries of a directory, sorted; the caller frees with file_names_close. */
status_t file_list(const char *directory, char ***names, size_t *names_n);
void file_names_close(char **names, size_t names_n);

/* directory "/" name into out (FILE_PATH_MAX); an absolute name stays as it is. */
status_t file_join(const char *directory, const char *name, char *out);

/* Where the data file `name` lies: as a path, or kind/NAME.suffix in turn beside the file `beside` (may be NULL; also
   without kind/), in the installed data directory, in the source tree. Both are found from the program's own place.
   kind: "models", "dataflows", "hw". STATUS_INPUT with the names at hand when there is none. */
status_t file_find(const char *kind, const char *name, const char *suffix, const char *beside, char *out);

#endif
