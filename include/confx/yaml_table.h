/* A table of keys says what a YAML file may hold, once: it reads a tree into a structure, and
   writes the help. */
#ifndef CONFX_YAML_TABLE_H
#define CONFX_YAML_TABLE_H

#include "confx/yaml.h"

#include <stdint.h>
#include <stdio.h>

typedef enum {
    YAML_TEXT, /* char *, allocated: up to 4095 bytes of UTF-8 without control characters; `words`:
                  one of these */
    YAML_NAME, /* the same, and nothing that a sheet takes for a formula */
    YAML_LISTED, /* the same, or a list in its place, of which nothing is read */
    YAML_BASED,  /* the same, or a mapping with such a name as its `base`; the other keys of that
                    mapping are another table's (yaml_read_below) */
    YAML_WORD,   /* an enumeration: the index of one of `words` */
    YAML_BOOL,   /* bool */
    YAML_WHOLE,  /* uint32_t or uint64_t within `whole` */
    YAML_REAL,   /* double within `real` */
    YAML_GIVEN,  /* double *, allocated: the same, of a key that may be left out */
    YAML_REALS,  /* double[n]: a list of exactly n numbers within `real` */
    YAML_LEVELS, /* uint32_t *, allocated, and an unsigned that counts them: 1 to n rising numbers
                    within `whole`, as a list or all from A to B as A..B */
    YAML_NAMES,  /* char **, allocated, and an unsigned that counts them: a list of 1 to n different
                    ones of YAML_NAME */
    YAML_EITHER, /* of a mapping that has keys in the table: a list in its place, of which nothing
                    is read */
    YAML_ANY     /* whatever stands there; nothing is read */
} yaml_type_t;

typedef struct {
    const char *path; /* "search.seed" */
    bool any;         /* any other key of that mapping: the last word of the path stands for them */
    yaml_type_t type;
    size_t offset, size;      /* of the member of the structure */
    size_t n, count_offset;   /* of lists */
    const char *const *words; /* ended by a NULL */
    union {
        struct {
            int64_t least, most;
        } whole;
        struct {
            double least, most;
            bool above; /* `least` itself is not allowed */
        } real;
    };
    const char *standard; /* the default as YAML; "": the key has its place, and no default; NULL:
                             it may be left out */
    const char *help;     /* what it is, in a few words */
} yaml_key_t;

/* A table is an array of yaml_key_t whose keys of one mapping stand together, ended by one without
   a path. The place of a key is the member of the structure that has its path. */
#define YAML_PLACE(structure, member)                                                              \
    .path = #member, .offset = offsetof(structure, member),                                        \
    .size = sizeof(((structure *)NULL)->member)
#define YAML_KEYS_END                                                                              \
    {                                                                                              \
        .path = NULL                                                                               \
    }

/* The tree of all defaults, in the table's order. The caller closes. */
confx_status_t yaml_defaults(const yaml_key_t *keys, yaml_t **yaml);

/* Read the keys that the tree has into *data; members of other keys stay as they are. Pointers must
   be NULL before, and yaml_release frees what they point to and makes them NULL again; a failure
   has done so already. An unknown key, a value of the wrong type or beyond its limits is
   CONFX_STATUS_INPUT "FILE:LINE: KEY: ...", with what was expected. */
confx_status_t yaml_read(const yaml_t *yaml, const yaml_key_t *keys, void *data);
void yaml_release(const yaml_key_t *keys, void *data);

/* The value at `path` alone, which `key` describes but for where it is kept: of YAML_LEVELS. */
confx_status_t yaml_read_levels(const yaml_t *yaml, const char *path, const yaml_key_t *key,
                                uint32_t **levels, unsigned *count);

/* As yaml_read, of what the mapping at the path `map` holds beside its `base`, by a table whose
   paths begin below it. Messages name whole paths. Nothing is read where there is no mapping. */
confx_status_t yaml_read_below(const yaml_t *yaml, const char *map, const yaml_key_t *keys,
                               void *data);

/* CONFX_STATUS_INPUT unless the tree has every key of the table whose `standard` is NULL. */
confx_status_t yaml_require(const yaml_t *yaml, const yaml_key_t *keys);

/* Is `path` a key of the table, or a mapping that holds some? */
bool yaml_knows(const yaml_key_t *keys, const char *path);

/* The table for people: each key with its default, what it is, and what it may be. */
void yaml_print_keys(const yaml_key_t *keys, FILE *out);

/* The tree as yaml_text has it, each line with what the table says of its key, and a line of
   comment for each key that is not there. The caller frees *text. */
confx_status_t yaml_explain(const yaml_t *yaml, const yaml_key_t *keys, char **text);

#endif
