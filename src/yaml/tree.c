#include "yaml/tree.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

confx_status_t tree_no_memory(const char *source)
{
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a YAML tree",
                       source ? source : "YAML");
}

static bool tree_copy_text(const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return !text || *copy;
}

yaml_t *tree_open(tree_kind_t kind, const char *source, int line, const char *key, const char *text)
{
    yaml_t *node = calloc(1, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    node->line = line;
    if (tree_copy_text(source, &node->source) && tree_copy_text(key, &node->key) &&
        tree_copy_text(text, &node->text))
        return node;
    yaml_close(node);
    return NULL;
}

void yaml_close(yaml_t *node)
{
    if (!node) return;
    while (node->first) {
        yaml_t *child = node->first;
        node->first = child->next;
        yaml_close(child);
    }
    free(node->source);
    free(node->key);
    free(node->text);
    free(node);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* Where in its parent's list the child of that key hangs; the list's end when there is none. */
static yaml_t **tree_slot(yaml_t *map, const char *key, size_t length)
{
    yaml_t **slot = &map->first;
    while (*slot && (strlen((*slot)->key) != length || memcmp((*slot)->key, key, length) != 0))
        slot = &(*slot)->next;
    return slot;
}

static const yaml_t *tree_named(const yaml_t *map, const char *key, size_t length)
{
    return map->kind == TREE_MAP ? *tree_slot((yaml_t *)map, key, length) : NULL;
}

const yaml_t *tree_child(const yaml_t *map, const char *key)
{
    return tree_named(map, key, strlen(key));
}

static const yaml_t *tree_element(const yaml_t *list, unsigned long index)
{
    const yaml_t *child = list->kind == TREE_LIST ? list->first : NULL;
    while (child && index-- > 0) child = child->next;
    return child;
}

/* One key or index of a path, which is moved on to the rest of it. */
static const yaml_t *tree_step(const yaml_t *node, const char **path)
{
    const yaml_t *child;
    if (**path == '[') {
        char *end;
        child = tree_element(node, strtoul(*path + 1, &end, 10));
        *path = end + (*end == ']');
    } else {
        const size_t length = strcspn(*path, ".[");
        child = tree_named(node, *path, length);
        *path += length;
    }
    *path += **path == '.';
    return child;
}

const yaml_t *tree_find(const yaml_t *node, const char *path)
{
    while (node && *path) node = tree_step(node, &path);
    return node;
}

/* The nearest node that exists on the way to path. */
static const yaml_t *tree_nearest(const yaml_t *node, const char *path)
{
    const yaml_t *nearest = node;
    while (*path && (node = tree_step(nearest, &path))) nearest = node;
    return nearest;
}

size_t tree_children(const yaml_t *node)
{
    size_t n = 0;
    for (const yaml_t *child = node->first; child; child = child->next) n++;
    return n;
}

/* ---- changing -------------------------------------------------------------------------------- */

void yaml_drop(yaml_t *yaml, const char *path)
{
    yaml_t **slot = &yaml;
    /* A slot is the pointer that leads to a node, so that the node can be taken out without a look
       at the one before it. */
    do {
        const size_t length = strcspn(path, ".");
        if ((*slot)->kind != TREE_MAP) return;
        slot = tree_slot(*slot, path, length);
        if (!*slot) return;
        path += length;
    } while (*path++);
    yaml_t *gone = *slot;
    *slot = gone->next;
    yaml_close(gone);
}

yaml_t *tree_copy(const yaml_t *node)
{
    yaml_t *copy = tree_open(node->kind, node->source, node->line, node->key, node->text);
    if (!copy) return NULL;
    copy->quoted = node->quoted;
    yaml_t **end = &copy->first;
    for (const yaml_t *child = node->first; child; child = child->next) {
        *end = tree_copy(child);
        if (!*end) {
            yaml_close(copy);
            return NULL;
        }
        end = &(*end)->next;
    }
    return copy;
}

static bool tree_replace(yaml_t **slot, const yaml_t *over)
{
    yaml_t *copy = tree_copy(over);
    if (!copy) return false;
    /* The copy takes the place of what was there in the list, or ends the list. */
    yaml_t *gone = *slot;
    copy->next = gone ? gone->next : NULL;
    *slot = copy;
    yaml_close(gone);
    return true;
}

static bool tree_take_place(yaml_t *node, const yaml_t *over)
{
    char *source;
    if (!over->source) return true;
    if (!tree_copy_text(over->source, &source)) return false;
    free(node->source);
    node->source = source;
    node->line = over->line;
    return true;
}

static bool tree_merge(yaml_t *base, const yaml_t *over)
{
    if (!tree_take_place(base, over)) return false;
    for (const yaml_t *child = over->first; child; child = child->next) {
        yaml_t **slot = tree_slot(base, child->key, strlen(child->key));
        /* Only two mappings are merged: a list that is given replaces one of before as a whole. */
        const bool both = *slot && (*slot)->kind == TREE_MAP && child->kind == TREE_MAP;
        if (!(both ? tree_merge(*slot, child) : tree_replace(slot, child))) return false;
    }
    return true;
}

confx_status_t yaml_merge(yaml_t *yaml, const yaml_t *over)
{
    return tree_merge(yaml, over) ? status_ok() : tree_no_memory(over->source);
}

bool tree_has_empty_key(const char *path)
{
    const size_t length = strlen(path);
    return length == 0 || path[0] == '.' || path[length - 1] == '.' || strstr(path, "..");
}

/* The mapping {key: value}; owns value, also when there is no memory. */
static yaml_t *tree_map_of(const char *key, yaml_t *value, const char *source)
{
    yaml_t *map = tree_open(TREE_MAP, source, source ? value->line : 0, NULL, NULL);
    value->key = strdup(key);
    if (map) map->first = value;
    if (map && value->key) return map;
    yaml_close(map ? map : value);
    return NULL;
}

yaml_t *tree_nest(char *path, yaml_t *value)
{
    char *dot;
    /* From the last word of the path to the first, each mapping goes around the one before.
       tree_map_of owns the value at once, and closes it where it fails. */
    while (value && (dot = strrchr(path, '.'))) {
        value = tree_map_of(dot + 1, value, value->source);
        *dot = 0;
    }
    return value ? tree_map_of(path, value, NULL) : NULL;
}

/* ---- saying ---------------------------------------------------------------------------------- */

void tree_path_key(char out[TREE_PATH_MAX], const char *parent, const char *key)
{
    (void)snprintf(out, TREE_PATH_MAX, "%s%s%s", parent, *parent ? "." : "", key);
}

void tree_path_index(char out[TREE_PATH_MAX], const char *parent, size_t index)
{
    (void)snprintf(out, TREE_PATH_MAX, "%s[%zu]", parent, index);
}

/* "--set search.seed=x" names its key already. */
static bool tree_names_key(const char *source, const char *path)
{
    const char *assignment = source ? strchr(source, ' ') : NULL;
    const size_t length = strlen(path);
    return assignment && strncmp(source, "--", 2) == 0 &&
           strncmp(assignment + 1, path, length) == 0 && assignment[1 + length] == '=';
}

__attribute__((format(printf, 3, 0))) static confx_status_t
tree_refuse_list(const yaml_t *node, const char *path, const char *format, va_list arguments)
{
    char what[CONFX_STATUS_MESSAGE_MAX];
    (void)vsnprintf(what, sizeof what, format, arguments);
    /* The source of an assignment says its key, which is not said a second time. */
    const bool silent = !*path || (node->line == 0 && tree_names_key(node->source, path));
    return status_input(node->source, node->line, silent ? NULL : path, "%s", what);
}

confx_status_t tree_refuse(const yaml_t *node, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const confx_status_t status = tree_refuse_list(node, path, format, arguments);
    va_end(arguments);
    return status;
}

confx_status_t yaml_refuse(const yaml_t *yaml, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const confx_status_t status =
        tree_refuse_list(tree_nearest(yaml, path), path, format, arguments);
    va_end(arguments);
    return status;
}

const char *tree_found(const yaml_t *node, char out[TREE_FOUND_MAX])
{
    if (node->kind == TREE_LIST) return "a list";
    if (node->kind == TREE_MAP) return "a mapping";
    if (!*node->text && !node->quoted) return "nothing";
    (void)snprintf(out, TREE_FOUND_MAX, "\"%.60s%s\"", node->text,
                   strlen(node->text) > 60 ? "..." : "");
    return out;
}
