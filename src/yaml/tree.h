/* The tree behind yaml_t: a node of it is a tree of its own. Children are linked lists: trees are
   small, and merging takes nodes out and puts them in. */
#ifndef YAML_TREE_H
#define YAML_TREE_H

#include "confx/yaml.h"

typedef enum { TREE_VALUE, TREE_LIST, TREE_MAP } tree_kind_t;

struct yaml {
    tree_kind_t kind;
    bool quoted;  /* a value in quotation marks: text, never a number */
    int line;     /* of the key, or of a list's element; 0: from no file */
    char *source; /* file, or "--set KEY=VALUE"; NULL: a mapping that was only passed through */
    char *key;    /* NULL in lists and at the top */
    char *text;   /* of a value */
    yaml_t *first, *next;
};

enum { TREE_PATH_MAX = 192 };

/* A node without children; NULL when memory is out. key, source and text (each may be NULL) are
   copied. yaml_close closes it with all below it, but not with what follows it. */
yaml_t *tree_open(tree_kind_t kind, const char *source, int line, const char *key,
                  const char *text);
confx_status_t tree_no_memory(const char *source);

/* "search.seed", "actions.pe[2]"; "" is the node itself. NULL: no such node. */
const yaml_t *tree_find(const yaml_t *node, const char *path);
const yaml_t *tree_child(const yaml_t *map, const char *key);
size_t tree_children(const yaml_t *node);

yaml_t *tree_copy(const yaml_t *node); /* with all below it; NULL: no memory */

/* "", or a path that begins or ends with a dot or has two in a row. */
bool tree_has_empty_key(const char *path);
/* Mappings round `value`, which is owned, for each key of `path`, which is cut to pieces; they have
   its place, but the outermost has none of its own, so that merging it moves nobody else's. NULL:
   no memory. */
yaml_t *tree_nest(char *path, yaml_t *value);

/* The path of a child, cut when it is too long. */
void tree_path_key(char out[TREE_PATH_MAX], const char *parent, const char *key);
void tree_path_index(char out[TREE_PATH_MAX], const char *parent, size_t index);

/* CONFX_STATUS_INPUT at that node's place. */
__attribute__((format(printf, 3, 4))) confx_status_t
tree_refuse(const yaml_t *node, const char *path, const char *format, ...);
/* What a message says was found: "mobilenet" in quotation marks, a list, a mapping, nothing. */
enum { TREE_FOUND_MAX = 80 };
const char *tree_found(const yaml_t *node, char out[TREE_FOUND_MAX]);

/* The tree of a text, whose top is a mapping. An assignment to an option may be any value, and its
   `source` says it all: lines are not counted. Keys that may be paths are left as they are, for
   yaml_open_paths to unfold (parse.c). */
typedef enum { PARSE_FILE, PARSE_FILE_PATHS, PARSE_ASSIGNMENT } parse_kind_t;
confx_status_t tree_parse(const char *text, const char *source, parse_kind_t kind, yaml_t **root);

#endif
