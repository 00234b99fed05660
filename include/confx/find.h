/* Where data files lie: a user's by its path, a shipped one by its name. */
#ifndef CONFX_FIND_H
#define CONFX_FIND_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Is that the path of a user's file (with a "/" in it, or the suffix .csv, .m or .yaml), rather
   than a shipped name? */
bool file_is_path(const char *name);

/* Where the data file `name` lies, into out (FILE_PATH_MAX). kind: "models", "dataflows", "hw". A
   path leads from the directory of the file `beside` (from the working directory if that is NULL),
   or else from the working directory, to NAME or NAMEsuffix. Anything else is the name of a shipped
   file, KIND/NAMEsuffix, in one of
       $CONFX_DATA, where it is set
       PREFIX/share/confx for a program at PREFIX/bin/confx
       data/ in the nearest directory above the program that has a data/KIND: the source tree it was
       built in
       the working directory, when there is none of these
   so that no other file can stand in for it. CONFX_STATUS_INPUT when there is no such file; for a
   name with the names at hand, and the file that may be meant. */
confx_status_t file_find(const char *kind, const char *name, const char *suffix, const char *beside,
                         char *out);

/* The shipped names of that kind, ", " between them, as far as there is room. */
void file_list_known(const char *kind, const char *suffix, char *names, size_t room);

#endif
