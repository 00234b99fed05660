#include "yaml_node.h"
#include "confx/try.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool copy_text(const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return !text || *copy;
}

node_t *node_open(node_kind_t kind, const char *source, int line, const char *key, const char *text)
{
    node_t *node = calloc(1, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    node->line = line;
    if (copy_text(source, &node->source) && copy_text(key, &node->key) && copy_text(text, &node->text)) return node;
    node_close(node);
    return NULL;
}

void node_close(node_t *node)
{
    if (!node) return;
    while (node->first) {
        node_t *child = node->first;
        node->first = child->next;
        node_close(child);
    }
    free(node->source);
    free(node->key);
    free(node->text);
    free(node);
}

/* ---- looking ------------------------------------------------------------------------------------------------------
 */

static bool is_named(const node_t *node, const char *key, size_t length)
{
    return strlen(node->key) == length && memcmp(node->key, key, length) == 0;
}

static const node_t *named_child(const node_t *map, const char *key, size_t length)
{
    const node_t *child = map->kind == NODE_MAP ? map->first : NULL;
    while (child && !is_named(child, key, length)) child = child->next;
    return child;
}

const node_t *node_child(const node_t *map, const char *key)
{
    return named_child(map, key, strlen(key));
}

static const node_t *element(const node_t *list, unsigned long index)
{
    if (list->kind != NODE_LIST) return NULL;
    const node_t *child = list->first;
    while (child && index-- > 0) child = child->next;
    return child;
}

/* One key or index of a path, and the rest of it. */
static const node_t *step(const node_t *node, const char **path)
{
    if (**path == '[') {
        char *end;
        const node_t *child = element(node, strtoul(*path + 1, &end, 10));
        *path = end + (*end == ']');
        if (**path == '.') ++*path;
        return child;
    }
    const size_t length = strcspn(*path, ".[");
    const node_t *child = named_child(node, *path, length);
    *path += length;
    if (**path == '.') ++*path;
    return child;
}

const node_t *node_find(const node_t *node, const char *path)
{
    while (node && *path) node = step(node, &path);
    return node;
}

const node_t *node_nearest(const node_t *node, const char *path)
{
    const node_t *nearest = node;
    while (*path && (node = step(nearest, &path))) nearest = node;
    return nearest;
}

size_t node_children(const node_t *node)
{
    size_t n = 0;
    for (const node_t *child = node->first; child; child = child->next) n++;
    return n;
}

/* ---- changing -----------------------------------------------------------------------------------------------------
 */

/* Where in its parent's list the child of that key hangs; the list's end when there is none. */
static node_t **slot_of(node_t *map, const char *key, size_t length)
{
    node_t **slot = &map->first;
    while (*slot && !is_named(*slot, key, length)) slot = &(*slot)->next;
    return slot;
}

void node_drop(node_t *root, const char *path)
{
    node_t **slot = &root;
    do {
        const size_t length = strcspn(path, ".");
        if ((*slot)->kind != NODE_MAP) return;
        slot = slot_of(*slot, path, length);
        if (!*slot) return;
        path += length;
    } while (*path++);
    node_t *gone = *slot;
    *slot = gone->next;
    node_close(gone);
}

node_t *node_copy(const node_t *node)
{
    node_t *copy = node_open(node->kind, node->source, node->line, node->key, node->text);
    if (!copy) return NULL;
    copy->quoted = node->quoted;
    node_t **end = &copy->first;
    for (const node_t *child = node->first; child; child = child->next) {
        *end = node_copy(child);
        if (!*end) {
            node_close(copy);
            return NULL;
        }
        end = &(*end)->next;
    }
    return copy;
}

static bool replace(node_t **slot, const node_t *over)
{
    node_t *copy = node_copy(over);
    if (!copy) return false;
    node_t *gone = *slot;
    copy->next = gone ? gone->next : NULL;
    *slot = copy;
    node_close(gone);
    return true;
}

static bool take_place(node_t *node, const node_t *over)
{
    char *source;
    if (!over->source) return true;
    if (!copy_text(over->source, &source)) return false;
    free(node->source);
    node->source = source;
    node->line = over->line;
    return true;
}

bool node_merge(node_t *base, const node_t *over)
{
    if (!take_place(base, over)) return false;
    for (const node_t *child = over->first; child; child = child->next) {
        node_t **slot = slot_of(base, child->key, strlen(child->key));
        const bool both = *slot && (*slot)->kind == NODE_MAP && child->kind == NODE_MAP;
        if (!(both ? node_merge(*slot, child) : replace(slot, child))) return false;
    }
    return true;
}

/* ---- saying -------------------------------------------------------------------------------------------------------
 */

void node_path_key(char out[NODE_PATH_MAX], const char *parent, const char *key)
{
    (void)snprintf(out, NODE_PATH_MAX, "%s%s%s", parent, *parent ? "." : "", key);
}

void node_path_index(char out[NODE_PATH_MAX], const char *parent, size_t index)
{
    (void)snprintf(out, NODE_PATH_MAX, "%s[%zu]", parent, index);
}

/* "--set search.seed=x" names its key already. */
static bool names_key(const char *source, const char *path)
{
    const char *assignment = source ? strchr(source, ' ') : NULL;
    const size_t length = strlen(path);
    return assignment && strncmp(source, "--", 2) == 0 && strncmp(assignment + 1, path, length) == 0 &&
           assignment[1 + length] == '=';
}

confx_status_t node_refuse(const node_t *node, const char *path, const char *format, ...)
{
    char what[CONFX_STATUS_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const bool silent = !*path || (node->line == 0 && names_key(node->source, path));
    return status_input(node->source, node->line, silent ? NULL : path, "%s", what);
}

const char *node_found(const node_t *node, char *out, size_t room)
{
    if (node->kind == NODE_LIST) return "a list";
    if (node->kind == NODE_MAP) return "a mapping";
    if (!*node->text && !node->quoted) return "nothing";
    (void)snprintf(out, room, "\"%.60s%s\"", node->text, strlen(node->text) > 60 ? "..." : "");
    return out;
}
