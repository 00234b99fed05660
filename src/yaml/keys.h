/* Between the files that read and that print tables of keys. */
#ifndef YAML_KEYS_H
#define YAML_KEYS_H

#include "confx/yaml_table.h"

/* Within what limits a real number is expected, "above 0, up to 1"; "" where it has none. */
enum { KEYS_RANGE_MAX = 64 };
void keys_say_range(const yaml_key_t *key, char out[KEYS_RANGE_MAX]);

/* The key by which a mapping names what its other keys are laid upon (YAML_BASED). */
#define KEYS_BASE "base"

/* The key of that path; NULL: none. */
const yaml_key_t *keys_find(const yaml_key_t *keys, const char *path);

#endif
