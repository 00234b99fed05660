/* What other rooms do with trees: opening, walking, taking parts, comparing. */
#include "confx/text.h"
#include "confx/try.h"
#include "yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

confx_status_t yaml_open(const char *text, const char *file, yaml_t **yaml)
{
    return tree_parse(text, file, PARSE_FILE, yaml);
}

confx_status_t yaml_open_set(const char *option, const char *assignment, yaml_t **yaml)
{
    char source[CONFX_STATUS_MESSAGE_MAX / 2];
    *yaml = NULL;
    (void)snprintf(source, sizeof source, "%s %s", option, assignment);
    const char *equals = strchr(assignment, '=');
    if (!equals) return status_input(source, 0, NULL, "expected KEY=VALUE");
    char *path = strndup(assignment, (size_t)(equals - assignment));
    if (!path) return tree_no_memory(source);
    confx_status_t status;
    if (tree_has_empty_key(path))
        TRY_OUT(status_input(source, 0, NULL, "expected KEY=VALUE with a key such as search.seed"));
    TRY_OUT(tree_parse(equals + 1, source, PARSE_ASSIGNMENT, yaml));
    /* The value is owned by tree_nest, which has closed it where it gives NULL. */
    *yaml = tree_nest(path, *yaml);
    if (!*yaml) status = tree_no_memory(source);
out:
    free(path);
    return status;
}

/* ---- asking ---------------------------------------------------------------------------------- */

bool yaml_has(const yaml_t *yaml, const char *path)
{
    return tree_find(yaml, path) != NULL;
}

const char *yaml_file(const yaml_t *yaml)
{
    return yaml->source;
}

bool yaml_is_map(const yaml_t *yaml, const char *path)
{
    const yaml_t *node = tree_find(yaml, path);
    return node && node->kind == TREE_MAP;
}

bool yaml_is_list(const yaml_t *yaml, const char *path)
{
    const yaml_t *node = tree_find(yaml, path);
    return node && node->kind == TREE_LIST;
}

size_t yaml_size(const yaml_t *yaml, const char *path)
{
    const yaml_t *node = tree_find(yaml, path);
    return node ? tree_children(node) : 0;
}

const char *yaml_key(const yaml_t *yaml, const char *path, size_t index)
{
    const yaml_t *node = tree_find(yaml, path);
    const yaml_t *child = node && node->kind == TREE_MAP ? node->first : NULL;
    while (child && index-- > 0) child = child->next;
    return child ? child->key : NULL;
}

const char *yaml_scalar(const yaml_t *yaml, const char *path)
{
    const yaml_t *node = tree_find(yaml, path);
    return node && node->kind == TREE_VALUE ? node->text : NULL;
}

/* ---- parts ----------------------------------------------------------------------------------- */

confx_status_t yaml_add(yaml_t *yaml, const char *key, const char *text)
{
    yaml_t *value = tree_open(TREE_VALUE, yaml_file(yaml), 0, key, text);
    if (!value) return tree_no_memory(yaml_file(yaml));
    yaml_t **end = &yaml->first;
    while (*end) end = &(*end)->next;
    *end = value;
    return status_ok();
}

/* The root of a part has no place of its own, so that merging it moves nobody else's. */
static yaml_t *yaml_nest_part(yaml_t *part, const char *key)
{
    char path[TREE_PATH_MAX];
    if (*key) {
        (void)snprintf(path, sizeof path, "%s", key);
        return tree_nest(path, part);
    }
    free(part->source);
    part->source = NULL;
    part->line = 0;
    return part;
}

confx_status_t yaml_pick(const yaml_t *yaml, const char *path, const char *key, const char *text,
                         yaml_t **part)
{
    *part = NULL;
    const yaml_t *node = tree_find(yaml, path);
    if (!node || (!*key && node->kind != TREE_MAP))
        return yaml_refuse(yaml, path, node ? "expected a mapping" : "expected such a key");
    yaml_t *copy =
        text ? tree_open(TREE_VALUE, node->source, node->line, NULL, text) : tree_copy(node);
    if (copy) {
        free(copy->key);
        copy->key = NULL;
        *part = yaml_nest_part(copy, key);
    }
    return *part ? status_ok() : tree_no_memory(yaml_file(yaml));
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool yaml_same_text(const char *one, const char *other)
{
    double a;
    double b;
    if (text_to_real(one, &a) && text_to_real(other, &b)) return !(a < b) && !(a > b);
    return strcmp(one, other) == 0;
}

static bool yaml_holds_elements(const yaml_t *list, const yaml_t *part)
{
    const yaml_t *mine = list->first;
    const yaml_t *other = part->first;
    while (mine && other && yaml_holds(mine, other)) {
        mine = mine->next;
        other = other->next;
    }
    return !mine && !other;
}

bool yaml_holds(const yaml_t *yaml, const yaml_t *part)
{
    if (yaml->kind != part->kind) return false;
    if (yaml->kind == TREE_VALUE) return yaml_same_text(yaml->text, part->text);
    if (yaml->kind == TREE_LIST) return yaml_holds_elements(yaml, part);
    for (const yaml_t *child = part->first; child; child = child->next) {
        const yaml_t *mine = tree_child(yaml, child->key);
        if (!mine || !yaml_holds(mine, child)) return false;
    }
    return true;
}

bool yaml_same(const yaml_t *one, const yaml_t *other, const char *path)
{
    const yaml_t *mine = tree_find(one, path);
    const yaml_t *theirs = tree_find(other, path);
    if (!mine || !theirs) return mine == theirs;
    return yaml_holds(mine, theirs) && yaml_holds(theirs, mine);
}

/* ---- given twice ----------------------------------------------------------------------------- */

/* What stands where two trees give the same key, in the first of them, and its path; NULL: they
   share none. */
static const yaml_t *yaml_shared(const yaml_t *one, const yaml_t *other, const char *parent,
                                 char path[TREE_PATH_MAX])
{
    for (const yaml_t *child = other->first; child; child = child->next) {
        char inner[TREE_PATH_MAX];
        const yaml_t *mine = tree_child(one, child->key);
        if (!mine) continue;
        tree_path_key(inner, parent, child->key);
        /* Two mappings may share keys or not; anything else of one name is given twice. */
        const bool both = mine->kind == TREE_MAP && child->kind == TREE_MAP;
        const yaml_t *found = both ? yaml_shared(mine, child, inner, path) : mine;
        if (!both) (void)snprintf(path, TREE_PATH_MAX, "%s", inner);
        if (found) return found;
    }
    return NULL;
}

/* Lay the keys of `one`, which is owned (NULL: there was no memory for it), upon the others given
   so far. */
static confx_status_t yaml_take(yaml_t *given, yaml_t *one)
{
    char path[TREE_PATH_MAX];
    confx_status_t status;
    if (!one) return tree_no_memory(given->source);
    const yaml_t *first = yaml_shared(given, one, "", path);
    if (!first)
        status = yaml_merge(given, one);
    else if (first->line)
        status = yaml_refuse(one, path, "this key is given twice, first in line %d", first->line);
    else
        status = yaml_refuse(one, path, "this key is given twice, first by %.200s",
                             first->source ? first->source : "");
    yaml_close(one);
    return status;
}

confx_status_t yaml_check_sets(const char *option, const char *const *assignments, size_t n)
{
    yaml_t *given;
    TRY(yaml_open("{}", option, &given));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) {
        yaml_t *one;
        status = yaml_open_set(option, assignments[i], &one);
        /* An assignment that cannot be parsed is passed over here: it is refused where it is used.
           Without memory nobody knows what it says. */
        if (status.code == CONFX_STATUS_OK)
            status = yaml_take(given, one);
        else if (status.code == CONFX_STATUS_INPUT)
            status = status_ok();
    }
    yaml_close(given);
    return status;
}

/* Keys written as paths, in every mapping of the tree, innermost first: each is nested, and laid
   upon those before it. Whatever the outcome, the tree owns all that is left. */
static confx_status_t yaml_unfold(yaml_t *node)
{
    bool paths = false;
    for (yaml_t *child = node->first; child; child = child->next) {
        TRY(yaml_unfold(child));
        paths = paths || (child->key && strchr(child->key, '.'));
    }
    /* The children leave the mapping and come back one by one. After a failure the others are
       closed: the whole tree is about to be. */
    confx_status_t status = status_ok();
    yaml_t *rest = paths ? node->first : NULL;
    if (paths) node->first = NULL;
    while (rest) {
        yaml_t *child = rest;
        rest = child->next;
        child->next = NULL;
        char *path = child->key;
        child->key = NULL;
        yaml_t *one = tree_nest(path, child);
        free(path);
        if (status.code == CONFX_STATUS_OK)
            status = yaml_take(node, one);
        else
            yaml_close(one);
    }
    return status;
}

confx_status_t yaml_open_paths(const char *text, const char *file, yaml_t **yaml)
{
    TRY(tree_parse(text, file, PARSE_FILE_PATHS, yaml));
    const confx_status_t status = yaml_unfold(*yaml);
    if (status.code == CONFX_STATUS_OK) return status;
    yaml_close(*yaml);
    *yaml = NULL;
    return status;
}
