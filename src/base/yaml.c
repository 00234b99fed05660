#include "confx/try.h"
#include "yaml_node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

confx_status_t node_wrap(node_t *root, yaml_t **yaml)
{
    *yaml = malloc(sizeof **yaml);
    if (*yaml) {
        (*yaml)->root = root;
        return status_ok();
    }
    node_close(root);
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a YAML tree");
}

confx_status_t node_check_map(const node_t *root)
{
    char found[80];
    if (root->kind == NODE_MAP) return status_ok();
    return node_refuse(root, "", "expected \"key: value\" lines, found %s", node_found(root, found, sizeof found));
}

confx_status_t yaml_open(const char *text, const char *file, yaml_t **yaml)
{
    node_t *root;
    *yaml = NULL;
    TRY(node_parse(text, file, true, &root));
    const confx_status_t status = node_check_map(root);
    if (status.code == CONFX_STATUS_OK) return node_wrap(root, yaml);
    node_close(root);
    return status;
}

void yaml_close(yaml_t *yaml)
{
    if (!yaml) return;
    node_close(yaml->root);
    free(yaml);
}

/* ---- asking ---------------------------------------------------------------------------------------------------------
 */

bool yaml_has(const yaml_t *yaml, const char *path)
{
    return node_find(yaml->root, path) != NULL;
}

const char *yaml_file(const yaml_t *yaml)
{
    return yaml->root->source;
}

confx_status_t yaml_refuse(const yaml_t *yaml, const char *path, const char *format, ...)
{
    char what[CONFX_STATUS_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return node_refuse(node_nearest(yaml->root, path), path, "%s", what);
}

/* ---- changing -------------------------------------------------------------------------------------------------------
 */

confx_status_t yaml_merge(yaml_t *yaml, const yaml_t *over)
{
    if (node_merge(yaml->root, over->root)) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for a YAML tree");
}

void yaml_drop(yaml_t *yaml, const char *path)
{
    node_drop(yaml->root, path);
}

bool node_has_empty_key(const char *path)
{
    const size_t length = strlen(path);
    return length == 0 || path[0] == '.' || path[length - 1] == '.' || strstr(path, "..");
}

/* The mapping {key: value}; owns value, also when there is no memory. */
static node_t *map_of(const char *key, node_t *value, const char *source)
{
    node_t *map = node_open(NODE_MAP, source, 0, NULL, NULL);
    value->key = strdup(key);
    if (!map || !value->key) {
        node_close(map);
        node_close(value);
        return NULL;
    }
    map->first = value;
    return map;
}

node_t *node_nest(char *path, node_t *value, const char *source)
{
    char *dot;
    while (value && (dot = strrchr(path, '.'))) {
        value = map_of(dot + 1, value, source);
        *dot = 0;
    }
    return value ? map_of(path, value, NULL) : NULL;
}

static confx_status_t parse_assignment(const char *source, const char *assignment, node_t **root)
{
    const char *equals = strchr(assignment, '=');
    if (!equals) return status_input(source, 0, NULL, "expected KEY=VALUE");
    char *path = strndup(assignment, (size_t)(equals - assignment));
    if (!path) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a path", source);
    confx_status_t status;
    if (node_has_empty_key(path))
        TRY_OUT(status_input(source, 0, NULL, "expected KEY=VALUE with a key such as search.seed"));
    TRY_OUT(node_parse(equals + 1, source, false, root));
    *root = node_nest(path, *root, source);
    if (!*root) TRY_OUT(status_fail(CONFX_STATUS_MEMORY, "%s: no memory for a YAML tree", source));
out:
    free(path);
    return status;
}

confx_status_t yaml_open_set(const char *option, const char *assignment, yaml_t **yaml)
{
    char source[CONFX_STATUS_MESSAGE_MAX / 2];
    node_t *root = NULL;
    *yaml = NULL;
    (void)snprintf(source, sizeof source, "%s %s", option, assignment);
    TRY(parse_assignment(source, assignment, &root));
    return node_wrap(root, yaml);
}

confx_status_t yaml_add(yaml_t *yaml, const char *key, const char *text)
{
    node_t *value = node_open(NODE_VALUE, yaml_file(yaml), 0, key, text);
    if (!value) return status_fail(CONFX_STATUS_MEMORY, "no memory for a YAML tree");
    node_t **end = &yaml->root->first;
    while (*end) end = &(*end)->next;
    *end = value;
    return status_ok();
}
