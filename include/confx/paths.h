/* Directories, and the paths of what is in them. Paths are texts of less than FILE_PATH_MAX bytes.
   Failures are CONFX_STATUS_IO with the system's reason unless said otherwise; every message names
   the path. */
#ifndef CONFX_PATHS_H
#define CONFX_PATHS_H

#include "confx/status.h"

#include <stddef.h>

enum { FILE_PATH_MAX = 4096 };

/* With its parents, each one on the disk before the next is made; an existing one is fine. */
confx_status_t file_make_directory(const char *path);
/* One directory below a directory of the program's: an existing one is fine, a link or anything
   else in its place is CONFX_STATUS_DAMAGED. On the disk, too. */
confx_status_t file_make_own_directory(const char *path);
/* The directory that holds `path`: an entry that was made there, or moved there, is on the disk
   then. */
confx_status_t file_sync_parent(const char *path);
confx_status_t file_remove(const char *path); /* a missing file is fine */
/* Away with a file that is of no use to anybody, where a failure has no one to tell it to. It is
   tried a few times, since a failure may be a passing one; where the file stays, whoever owns the
   directory next has to tidy it (file_tidy). */
void file_discard(const char *path);

/* Names of the entries of a directory, sorted; the caller frees with file_names_close. */
confx_status_t file_list(const char *directory, char ***names, size_t *names_n);
void file_names_close(char **names, size_t names_n);

/* Visit the entries of a directory, in the order of file_list, up to the first failure. */
typedef confx_status_t file_visit_t(void *context, const char *path, const char *name);
confx_status_t file_each(const char *directory, file_visit_t *visit, void *context);

/* ---- a path as it is written; nothing is looked at ------------------------------------------- */

const char *file_basename(const char *path); /* what is behind the last "/" */
/* file_basename without its suffix, cut where there is no more room: "alexnet" of
   models/alexnet.csv. A name that is all suffix (".csv") stays whole. */
void file_stem(const char *path, char *out, size_t room);
/* What is before the last "/", into out (FILE_PATH_MAX): "." where there is none. */
confx_status_t file_parent(const char *path, char *out);
/* CONFX_STATUS_INPUT for a user's file whose file_basename, which is also that of what it describes
   or leaves, has control characters in it. */
confx_status_t file_check_name(const char *path);

/* directory "/" name into out (FILE_PATH_MAX); an absolute name stays as it is. */
confx_status_t file_join(const char *directory, const char *name, char *out);
/* The same name in the directory where the last part of `path` is, as that is written. */
confx_status_t file_beside(const char *path, const char *name, char *out);

/* ---- paths that lead somewhere --------------------------------------------------------------- */

/* The directory that holds `path`: absolute, without links, into out (FILE_PATH_MAX). One that is
   not there, or may not be looked at, is CONFX_STATUS_INPUT. */
confx_status_t file_directory(const char *path, char *out);

/* The way from one directory to another, both as file_directory gives them: "../.." and the like,
   into out. */
confx_status_t file_way(const char *from, const char *to, char *out);

#endif
