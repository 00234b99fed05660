/* MAESTRO's hardware files and the profile below them, for those who keep the texts. */
#ifndef CONFX_HARDWARE_FILE_H
#define CONFX_HARDWARE_FILE_H

#include "confx/cost.h"
#include "confx/file.h"

#include <stdio.h>

/* One of MAESTRO's hardware files by itself: does a path name one, where is the profile that it
   stands on, and the text upon that profile. */
bool hardware_is_maestro(const char *path);
confx_status_t hardware_find_profile(const char *path, char profile[FILE_PATH_MAX]);
confx_status_t hardware_parse_upon(const char *text, const char *file,
                                   const confx_hardware_t *profile, confx_hardware_t *hardware);

/* The keys of a hardware profile for people: what each is and what it may be. */
void hardware_print_keys(FILE *out);

#endif
