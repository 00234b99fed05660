/* Files and directories: whole files in, whole files out, and where names are looked up. Failures are CONFX_STATUS_IO
   unless said otherwise; a missing file that a user named is CONFX_STATUS_INPUT. Every message names the path. */
#ifndef CONFX_FILE_H
#define CONFX_FILE_H

#include "confx/guard.h"
#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { FILE_PATH_MAX = 4096 };

/* The whole file, NUL-terminated; the caller frees *text. A missing or unreadable file is CONFX_STATUS_INPUT. length
   NULL: the file is to be text, and one that holds NUL bytes is CONFX_STATUS_INPUT too. */
confx_status_t file_read(const char *path, char **text, size_t *length);

/* Written under a temporary name beside it, synced, renamed over `path`, directory synced: all of it or nothing. The
   guard (NULL: none) is asked immediately before the rename; when it says no, nothing is put in place. */
confx_status_t file_write(const char *path, const char *text, size_t length, const guard_t *guard);

/* Publish a file already written and closed: sync `temporary`, ask the guard, rename it to `path`, sync the directory.
 */
confx_status_t file_publish(const char *temporary, const char *path, const guard_t *guard);

/* The same, and the file that was at `path` stays as `previous`, beside it, in place of the one that was there. Where
   the file system has hard links, a `path` that was there is there at every moment. Nothing has moved when the new file
   cannot be synced. */
confx_status_t file_publish_keeping(const char *temporary, const char *path, const char *previous,
                                    const guard_t *guard);

bool file_exists(const char *path);
bool file_is_directory(const char *path);
confx_status_t file_reach(const char *path); /* CONFX_STATUS_INPUT with the system's reason unless it is there */
/* With its parents, each one made on disk before the next; an existing one is fine. */
confx_status_t file_make_directory(const char *path);
confx_status_t file_remove(const char *path); /* a missing file is fine */

/* Names of the entries of a directory, sorted; the caller frees with file_names_close. */
confx_status_t file_list(const char *directory, char ***names, size_t *names_n);
void file_names_close(char **names, size_t names_n);

/* directory "/" name into out (FILE_PATH_MAX); an absolute name stays as it is. */
confx_status_t file_join(const char *directory, const char *name, char *out);

/* The directory that holds `path`: absolute, without links, into out (FILE_PATH_MAX). */
confx_status_t file_directory(const char *path, char *out);

/* The way from one directory to another, both as file_directory gives them: "../.." and the like, into out. */
confx_status_t file_way(const char *from, const char *to, char *out);

/* Is that the path of a user's file (with a "/" in it, or the suffix .csv, .m or .yaml), rather than a shipped name? */
bool file_is_path(const char *name);

/* Where the data file `name` lies, into out (FILE_PATH_MAX). kind: "models", "dataflows", "hw".
   A path leads from the directory of the file `beside` (from the working directory if that is NULL), or else from the
   working directory, to NAME or NAMEsuffix.
   Anything else is the name of a shipped file, KIND/NAMEsuffix, in one of
       $CONFX_DATA, where it is set
       PREFIX/share/confx for a program at PREFIX/bin/confx
       data/ in the nearest directory above the program that has a data/KIND: the source tree it was built in
       the working directory, when there is none of these
   so that no other file can stand in for it. CONFX_STATUS_INPUT when there is no such file; for a name with the names
   at hand, and the file that may be meant. */
confx_status_t file_find(const char *kind, const char *name, const char *suffix, const char *beside, char *out);

/* The shipped names of that kind, ", " between them, as far as there is room. */
void file_list_known(const char *kind, const char *suffix, char *names, size_t room);

#endif
