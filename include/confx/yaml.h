/* YAML files: a tree that knows where each key was written, and tables that read it into C
   structures. Job files, sweep files and hardware profiles are read by it. Keys are named by their
   path, "search.seed". */
#ifndef CONFX_YAML_H
#define CONFX_YAML_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct yaml yaml_t;

/* The tree of a text; `file` names it in messages and is copied. Bad YAML is CONFX_STATUS_INPUT
   with file and line; so is an empty text, a top level that is no mapping, an anchor, a tag, and a
   key given twice. The caller closes. */
confx_status_t yaml_open(const char *text, const char *file, yaml_t **yaml);

/* The tree of one key, "search.seed=3", given to an option such as "--set"; the value is YAML
   itself ("[1, 2]", "0.5", "iot"). Messages name "--set search.seed=3" in place of file and line.
   The caller closes. */
confx_status_t yaml_open_set(const char *option, const char *assignment, yaml_t **yaml);

/* CONFX_STATUS_INPUT when two of these assignments give the same key, with both. One that is no
   assignment is left for yaml_open_set to refuse. */
confx_status_t yaml_check_sets(const char *option, const char *const *assignments, size_t n);

/* As yaml_open, with keys that may be paths: "budget.fraction: 1" stands for "budget: {fraction:
   1}". */
confx_status_t yaml_open_paths(const char *text, const char *file, yaml_t **yaml);

void yaml_close(yaml_t *yaml);

bool yaml_has(const yaml_t *yaml, const char *path);
const char *yaml_file(const yaml_t *yaml);

/* CONFX_STATUS_INPUT "FILE:LINE: PATH: message" at that key (or element, "actions.pe[2]"), or at
   the nearest key above it. */
__attribute__((format(printf, 3, 4))) confx_status_t
yaml_refuse(const yaml_t *yaml, const char *path, const char *format, ...);

/* Walking a tree whose keys are not known beforehand: what is at a path ("" is the top), how many
   keys or elements it has, the name of a mapping's key (NULL behind the last), the text of a value
   that is neither mapping nor list (NULL otherwise). */
bool yaml_is_map(const yaml_t *yaml, const char *path);
bool yaml_is_list(const yaml_t *yaml, const char *path);
size_t yaml_size(const yaml_t *yaml, const char *path);
const char *yaml_key(const yaml_t *yaml, const char *path, size_t index);
const char *yaml_scalar(const yaml_t *yaml, const char *path);

/* A copy of what is at `path` as a tree of its own, below the key path `key` ("": at the top, if it
   is a mapping), every value with its place. text: instead of the value's own; NULL: as it is. The
   caller closes. */
confx_status_t yaml_pick(const yaml_t *yaml, const char *path, const char *key, const char *text,
                         yaml_t **part);

/* Does the tree have every key of `part`, with the same values? Numbers are compared as numbers,
   anything else as it is written. yaml_same: do both trees say the same at `path`, or both
   nothing? */
bool yaml_holds(const yaml_t *yaml, const yaml_t *part);
bool yaml_same(const yaml_t *one, const yaml_t *other, const char *path);

/* Lay `over` upon `yaml`: mappings merge key by key, anything else is replaced. What is taken over
   keeps its place. */
confx_status_t yaml_merge(yaml_t *yaml, const yaml_t *over);

/* Take a key away; nothing happens when there is none. */
void yaml_drop(yaml_t *yaml, const char *path);

/* Give a key that is not there, of the top level, a text as it is. */
confx_status_t yaml_add(yaml_t *yaml, const char *key, const char *text);

/* The tree as YAML text; the caller frees *text. */
confx_status_t yaml_text(const yaml_t *yaml, char **text);

#endif
