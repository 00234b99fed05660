/* The tree behind yaml_t. Children are linked lists: trees are small, and merging takes nodes out and puts them in. */
#ifndef BASE_YAML_NODE_H
#define BASE_YAML_NODE_H

#include "confx/yaml.h"

#include <stddef.h>

typedef enum { NODE_VALUE, NODE_LIST, NODE_MAP } node_kind_t;

typedef struct node node_t;
struct node {
    node_kind_t kind;
    bool quoted;  /* a value in quotation marks: text, never a number */
    int line;     /* of the key, or of a list's element; 0: from no file */
    char *source; /* file, or "--set KEY=VALUE"; NULL: a mapping that was only passed through */
    char *key;    /* NULL in lists and at the top */
    char *text;   /* of a value */
    node_t *first, *next;
};

struct yaml {
    node_t *root;
};

enum { NODE_PATH_MAX = 192 };

/* A node without children; NULL when memory is out. key, source and text (each may be NULL) are copied. */
node_t *node_open(node_kind_t kind, const char *source, int line, const char *key, const char *text);
void node_close(node_t *node); /* with all below it, not with what follows it */

/* "search.seed", "actions.pe[2]"; "" is the node itself. NULL: no such node. */
const node_t *node_find(const node_t *node, const char *path);
/* The nearest node that exists on the way to path. */
const node_t *node_nearest(const node_t *node, const char *path);
const node_t *node_child(const node_t *map, const char *key);

size_t node_children(const node_t *node);
node_t *node_copy(const node_t *node); /* with all below it; NULL: no memory */
void node_drop(node_t *root, const char *path);
bool node_merge(node_t *base, const node_t *over); /* false: no memory */

/* "", or a path that begins or ends with a dot or has two in a row. */
bool node_has_empty_key(const char *path);
/* Mappings round `value`, which is owned, for each key of `path`, which is cut to pieces. Only the outermost has no
   place of its own. NULL: no memory. */
node_t *node_nest(char *path, node_t *value, const char *source);

/* A tree of that root, which is owned, also when there is no memory. */
confx_status_t node_wrap(node_t *root, yaml_t **yaml);
/* CONFX_STATUS_INPUT unless the root is a mapping. */
confx_status_t node_check_map(const node_t *root);

/* The path of a child, cut when it is too long. */
void node_path_key(char out[NODE_PATH_MAX], const char *parent, const char *key);
void node_path_index(char out[NODE_PATH_MAX], const char *parent, size_t index);

/* The tree of a text (yaml_parse.c). numbered false: all of it is from `source`, without lines. */
confx_status_t node_parse(const char *text, const char *source, bool numbered, node_t **root);
/* The same with lines and keys such as "search.seed", left as they are for node_unfold (yaml_paths.c). */
confx_status_t node_parse_paths(const char *text, const char *source, node_t **root);

/* Whether libcyaml can read the tree by that schema (yaml_check.c). */
confx_status_t node_check(const node_t *root, const cyaml_schema_value_t *schema);

/* CONFX_STATUS_INPUT at that node's place. */
__attribute__((format(printf, 3, 4))) confx_status_t node_refuse(const node_t *node, const char *path,
                                                                 const char *format, ...);
/* What a message says was found: "mobilenet" in quotation marks, a list, a mapping, nothing. */
const char *node_found(const node_t *node, char *out, size_t room);

#endif
