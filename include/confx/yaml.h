/* YAML files: a tree that remembers lines (libyaml), read into C structs by a schema (libcyaml). Used by job files and
   hardware profiles. Keys are named by their path, "search.seed". */
#ifndef CONFX_YAML_H
#define CONFX_YAML_H

#include "confx/status.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>

typedef struct yaml yaml_t;

/* The tree of a text; `file` names it in messages and is copied. Bad YAML is STATUS_INPUT with file and line; so is a
   top level that is no mapping, an anchor, and a key given twice. */
status_t yaml_open(const char *text, const char *file, yaml_t **yaml);
void yaml_close(yaml_t *yaml);

bool yaml_has(const yaml_t *yaml, const char *path);
int yaml_line(const yaml_t *yaml, const char *path); /* 0: no such key */
const char *yaml_file(const yaml_t *yaml);

/* Lay `over` upon `yaml`: mappings merge key by key, anything else is replaced. */
status_t yaml_merge(yaml_t *yaml, const yaml_t *over);

/* Take a key away; nothing happens when there is none. */
void yaml_drop(yaml_t *yaml, const char *path);

/* Set one key from "path=value", the value being YAML itself ("[1, 2]", "0.5", "iot"). STATUS_INPUT for a text
   without "=", or a path through something that is no mapping. */
status_t yaml_set(yaml_t *yaml, const char *assignment);

/* The tree as YAML text; the caller frees *text. */
status_t yaml_text(const yaml_t *yaml, char **text);

/* Read the tree by `schema` into *data (freed by yaml_free with the same schema). An unknown key, a wrong type or a
   missing key is STATUS_INPUT "FILE:LINE: KEY: ...", with what was expected. */
status_t yaml_load(const yaml_t *yaml, const cyaml_schema_value_t *schema, void **data);
void yaml_free(const cyaml_schema_value_t *schema, void *data);

/* The opposite: a struct as YAML text; the caller frees *text. */
status_t yaml_save(const cyaml_schema_value_t *schema, const void *data, char **text);

#endif
