/* YAML files: a tree that remembers lines (libyaml), read into C structs by a schema (libcyaml). Used by job files and
   hardware profiles. Keys are named by their path, "search.seed". */
#ifndef CONFX_YAML_H
#define CONFX_YAML_H

#include "confx/status.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct yaml yaml_t;

/* The tree of a text; `file` names it in messages and is copied. Bad YAML is CONFX_STATUS_INPUT with file and line; so
   is an empty text, a top level that is no mapping, an anchor, a tag, and a key given twice. The caller closes. */
confx_status_t yaml_open(const char *text, const char *file, yaml_t **yaml);

/* The tree of one key, "search.seed=3", given to an option such as "--set"; the value is YAML itself ("[1, 2]", "0.5",
   "iot"). Messages name "--set search.seed=3" in place of file and line. The caller closes. */
confx_status_t yaml_open_set(const char *option, const char *assignment, yaml_t **yaml);

/* CONFX_STATUS_INPUT when two of these assignments give the same key, with both; one that is none is left for
   yaml_open_set to refuse. */
confx_status_t yaml_check_sets(const char *option, const char *const *assignments, size_t n);

/* As yaml_open, with keys that may be paths: "budget.fraction: 1" stands for "budget: {fraction: 1}". */
confx_status_t yaml_open_paths(const char *text, const char *file, yaml_t **yaml);

void yaml_close(yaml_t *yaml);

bool yaml_has(const yaml_t *yaml, const char *path);
const char *yaml_file(const yaml_t *yaml);

/* CONFX_STATUS_INPUT "FILE:LINE: PATH: message" at that key (or element, "actions.pe[2]"), or at the nearest key above
 * it. */
__attribute__((format(printf, 3, 4))) confx_status_t yaml_refuse(const yaml_t *yaml, const char *path,
                                                                 const char *format, ...);

/* CONFX_STATUS_INPUT unless the key is a whole number within [least, most] or is not there. */
confx_status_t yaml_check_integer(const yaml_t *yaml, const char *path, int64_t least, int64_t most);

/* Walking a tree whose keys are not known beforehand: what is at a path ("" is the top), how many keys or elements it
   has, the name of a mapping's key (NULL behind the last), the text of a value that is neither mapping nor list (NULL
   otherwise). */
bool yaml_is_map(const yaml_t *yaml, const char *path);
bool yaml_is_list(const yaml_t *yaml, const char *path);
size_t yaml_size(const yaml_t *yaml, const char *path);
const char *yaml_key(const yaml_t *yaml, const char *path, size_t index);
const char *yaml_scalar(const yaml_t *yaml, const char *path);

/* A copy of what is at `path` as a tree of its own, below the key path `key` ("": at the top, if it is a mapping),
   every value with its place. text: instead of the value's own; NULL: as it is. The caller closes. */
confx_status_t yaml_pick(const yaml_t *yaml, const char *path, const char *key, const char *text, yaml_t **part);

/* Has the tree every key of `part`, with the same values: numbers as numbers, anything else as written? */
bool yaml_holds(const yaml_t *yaml, const yaml_t *part);

/* Lay `over` upon `yaml`: mappings merge key by key, anything else is replaced. What is taken over keeps its place. */
confx_status_t yaml_merge(yaml_t *yaml, const yaml_t *over);

/* Take a key away; nothing happens when there is none. */
void yaml_drop(yaml_t *yaml, const char *path);

/* Give a key that is not there, of the top level, a text as it is. */
confx_status_t yaml_add(yaml_t *yaml, const char *key, const char *text);

/* The tree as YAML text; the caller frees *text. */
confx_status_t yaml_text(const yaml_t *yaml, char **text);

/* Read the tree by `schema` into *data (freed by yaml_release with the same schema). An unknown key, a wrong type or a
   missing key is CONFX_STATUS_INPUT "FILE:LINE: KEY: ...", with what was expected. Whole numbers are decimal, reals
   finite. *data is NULL when every key of the schema is optional and the tree has none. (libyaml has a yaml_free of its
   own.)
 */
confx_status_t yaml_load(const yaml_t *yaml, const cyaml_schema_value_t *schema, void **data);
void yaml_release(const cyaml_schema_value_t *schema, void *data);

#endif
