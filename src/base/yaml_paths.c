/* Trees whose keys are not known beforehand: keys written as paths, walking, parts of a tree. */
#include "confx/text.h"
#include "confx/try.h"
#include "yaml_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys written as paths ------------------------------------------------------------------------------------------
 */

static void append(node_t *map, node_t *child)
{
    node_t **end = &map->first;
    while (*end) end = &(*end)->next;
    *end = child;
}

static confx_status_t refuse_twin(const node_t *child, const char *name, const node_t *twin)
{
    return status_input(child->source, child->line, name, "this key is given twice, first in line %d", twin->line);
}

static node_t *take_first(node_t *node)
{
    node_t *child = node->first;
    node->first = child->next;
    child->next = NULL;
    return child;
}

static confx_status_t hang(node_t *map, node_t *child);

/* Below the mapping of a path's first key, which is made where there is none. */
static confx_status_t hang_below(node_t *map, const char *dot, node_t *child)
{
    char first[NODE_PATH_MAX];
    const size_t length = (size_t)(dot - child->key);
    if (length >= sizeof first) return status_input(child->source, child->line, NULL, "expected a shorter key");
    memcpy(first, child->key, length);
    first[length] = 0;
    node_t *inner = (node_t *)node_child(map, first);
    if (inner && inner->kind != NODE_MAP) return refuse_twin(child, first, inner);
    if (!inner) {
        inner = node_open(NODE_MAP, child->source, child->line, first, NULL);
        if (!inner) return status_fail(CONFX_STATUS_MEMORY, "no memory for a YAML tree");
        append(map, inner);
    }
    memmove(child->key, dot + 1, strlen(dot));
    return hang(inner, child);
}

/* Two mappings of one name, of which at least one was written as a path. */
static confx_status_t hang_all(node_t *map, node_t *children)
{
    while (children->first) {
        node_t *child = take_first(children);
        const confx_status_t status = hang(map, child);
        if (status.code == CONFX_STATUS_OK) continue;
        node_close(child);
        return status;
    }
    node_close(children);
    return status_ok();
}

/* The child at the place its key names. The map owns it unless this fails. */
static confx_status_t hang(node_t *map, node_t *child)
{
    const char *dot = strchr(child->key, '.');
    if (dot) return hang_below(map, dot, child);
    node_t *twin = (node_t *)node_child(map, child->key);
    if (twin && twin->kind == NODE_MAP && child->kind == NODE_MAP) return hang_all(twin, child);
    if (twin) return refuse_twin(child, child->key, twin);
    append(map, child);
    return status_ok();
}

/* Every mapping of the tree, innermost first. */
static confx_status_t unfold(node_t *node)
{
    for (node_t *child = node->first; child; child = child->next) TRY(unfold(child));
    if (node->kind != NODE_MAP) return status_ok();
    node_t folded = {.first = node->first};
    node->first = NULL;
    while (folded.first) {
        node_t *child = take_first(&folded);
        const confx_status_t status = hang(node, child);
        if (status.code == CONFX_STATUS_OK) continue;
        child->next = folded.first; /* all of it belongs to the tree again */
        append(node, child);
        return status;
    }
    return status_ok();
}

confx_status_t yaml_open_paths(const char *text, const char *file, yaml_t **yaml)
{
    node_t *root;
    *yaml = NULL;
    TRY(node_parse_paths(text, file, &root));
    confx_status_t status;
    TRY_OUT(node_check_map(root));
    TRY_OUT(unfold(root));
    return node_wrap(root, yaml);
out:
    node_close(root);
    return status;
}

/* ---- walking ------------------------------------------------------------------------------------------------------
 */

static bool is_kind(const yaml_t *yaml, const char *path, node_kind_t kind)
{
    const node_t *node = node_find(yaml->root, path);
    return node && node->kind == kind;
}

bool yaml_is_map(const yaml_t *yaml, const char *path)
{
    return is_kind(yaml, path, NODE_MAP);
}

bool yaml_is_list(const yaml_t *yaml, const char *path)
{
    return is_kind(yaml, path, NODE_LIST);
}

size_t yaml_size(const yaml_t *yaml, const char *path)
{
    const node_t *node = node_find(yaml->root, path);
    return node ? node_children(node) : 0;
}

const char *yaml_key(const yaml_t *yaml, const char *path, size_t index)
{
    const node_t *node = node_find(yaml->root, path);
    const node_t *child = node && node->kind == NODE_MAP ? node->first : NULL;
    while (child && index-- > 0) child = child->next;
    return child ? child->key : NULL;
}

const char *yaml_scalar(const yaml_t *yaml, const char *path)
{
    const node_t *node = node_find(yaml->root, path);
    return node && node->kind == NODE_VALUE ? node->text : NULL;
}

/* ---- parts --------------------------------------------------------------------------------------------------------
 */

/* A copy without a key; its root without a place, so that merging it moves nobody else's. */
static node_t *copy_part(const node_t *node, const char *text)
{
    node_t *copy = text ? node_open(NODE_VALUE, node->source, node->line, NULL, text) : node_copy(node);
    if (!copy) return NULL;
    free(copy->key);
    copy->key = NULL;
    return copy;
}

static node_t *nest_part(node_t *part, const char *key)
{
    char path[NODE_PATH_MAX];
    if (*key) {
        (void)strncpy(path, key, sizeof path - 1);
        path[sizeof path - 1] = 0;
        return node_nest(path, part, part->source);
    }
    free(part->source);
    part->source = NULL;
    part->line = 0;
    return part;
}

confx_status_t yaml_pick(const yaml_t *yaml, const char *path, const char *key, const char *text, yaml_t **part)
{
    *part = NULL;
    const node_t *node = node_find(yaml->root, path);
    if (!node || (!*key && node->kind != NODE_MAP))
        return yaml_refuse(yaml, path, node ? "expected a mapping" : "expected such a key");
    node_t *copy = copy_part(node, text);
    node_t *root = copy ? nest_part(copy, key) : NULL;
    if (!root) return status_fail(CONFX_STATUS_MEMORY, "no memory for a YAML tree");
    return node_wrap(root, part);
}

static bool same_text(const char *one, const char *other)
{
    double a;
    double b;
    if (text_to_real(one, &a) && text_to_real(other, &b)) return !(a < b) && !(a > b);
    return strcmp(one, other) == 0;
}

static bool holds(const node_t *node, const node_t *part);

static bool holds_keys(const node_t *node, const node_t *part)
{
    for (const node_t *child = part->first; child; child = child->next) {
        const node_t *mine = node_child(node, child->key);
        if (!mine || !holds(mine, child)) return false;
    }
    return true;
}

static bool holds_elements(const node_t *node, const node_t *part)
{
    const node_t *mine = node->first;
    const node_t *other = part->first;
    while (mine && other && holds(mine, other)) {
        mine = mine->next;
        other = other->next;
    }
    return !mine && !other;
}

static bool holds(const node_t *node, const node_t *part)
{
    if (node->kind != part->kind) return false;
    if (node->kind == NODE_MAP) return holds_keys(node, part);
    if (node->kind == NODE_LIST) return holds_elements(node, part);
    return same_text(node->text, part->text);
}

bool yaml_holds(const yaml_t *yaml, const yaml_t *part)
{
    return holds(yaml->root, part->root);
}

/* ---- given twice ----------------------------------------------------------------------------------------------------
 */

/* What stands where two trees give the same key, in the first of them, and its path; NULL: they share none. */
static const node_t *find_shared(const node_t *one, const node_t *other, const char *parent, char path[NODE_PATH_MAX])
{
    for (const node_t *child = other->first; child; child = child->next) {
        char inner[NODE_PATH_MAX];
        const node_t *mine = node_child(one, child->key);
        if (!mine) continue;
        node_path_key(inner, parent, child->key);
        const bool both = mine->kind == NODE_MAP && child->kind == NODE_MAP;
        const node_t *found = both ? find_shared(mine, child, inner, path) : mine;
        if (!both) (void)snprintf(path, NODE_PATH_MAX, "%s", inner);
        if (found) return found;
    }
    return NULL;
}

static confx_status_t take_set(yaml_t *given, const yaml_t *one)
{
    char path[NODE_PATH_MAX];
    const node_t *first = find_shared(given->root, one->root, "", path);
    if (!first) return yaml_merge(given, one);
    return yaml_refuse(one, path, "this key is given twice, first by %.200s", first->source ? first->source : "");
}

confx_status_t yaml_check_sets(const char *option, const char *const *assignments, size_t n)
{
    yaml_t *given;
    TRY(yaml_open("{}", option, &given));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) {
        yaml_t *one;
        if (yaml_open_set(option, assignments[i], &one).code != CONFX_STATUS_OK) continue;
        status = take_set(given, one);
        yaml_close(one);
    }
    yaml_close(given);
    return status;
}
