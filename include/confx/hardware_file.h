/* Hardware files that stand on others, for those who keep the texts, and the keys of a profile. */
#ifndef CONFX_HARDWARE_FILE_H
#define CONFX_HARDWARE_FILE_H

#include "confx/cost.h"
#include "confx/file.h"
#include "confx/yaml.h"

#include <stdio.h>

/* So many files at most stand on each other, the uppermost one counted. */
enum { HARDWARE_FILES_MAX = 6 };

/* What a hardware file with that text stands on: a profile on its `base`, a hardware file of
   MAESTRO (a path that ends in ".m") on the profile maestro; "": on nothing. CONFX_STATUS_INPUT
   names file, line and key. */
confx_status_t hardware_find_base(const char *text, const char *file, char base[FILE_PATH_MAX]);

/* The text by itself, upon the hardware that it stands on (NULL: nothing, and then a profile must
   have every key that has no default). No other file is read. */
confx_status_t hardware_parse_upon(const char *text, const char *file, const confx_hardware_t *base,
                                   confx_hardware_t *hardware);

/* Does the text of a profile stand on a user's file, rather than on nothing or a shipped profile?
 */
confx_status_t hardware_leads_away(const char *text, const char *file, bool *away);

/* The text of a hardware file, with what it takes from a user's files written into it: it stands on
   a shipped profile or on nothing. The caller frees *text. CONFX_STATUS_INPUT also where one of
   these is a hardware file of MAESTRO, which no profile can hold. */
confx_status_t hardware_flatten(const char *path, char **text);

/* Lay upon `hardware` the keys that stand in the mapping at the path `map` beside its `base`, as a
   job has them; nothing where there is no mapping. CONFX_STATUS_INPUT names the file of the tree,
   line and key, and changes nothing. */
confx_status_t hardware_read_below(const yaml_t *yaml, const char *map, confx_hardware_t *hardware);

/* The keys of a hardware profile for people: what each is and what it may be. */
void hardware_print_keys(FILE *out);

#endif
