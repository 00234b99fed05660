/* YAML text to a tree, from libyaml's events: its document interface would lose anchors and repeated keys. */
#include "confx/try.h"
#include "yaml_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* The tree is walked by recursion, and each key of a mapping is compared with those before it. */
enum { DEPTH_MAX = 32, KEYS_MAX = 1024 };

typedef struct {
    yaml_parser_t parser;
    yaml_event_t event; /* the one being looked at */
    const char *text, *source;
    bool numbered;
    bool paths; /* keys may be paths */
} reader_t;

static int line_of(const reader_t *reader, yaml_mark_t mark)
{
    return reader->numbered ? (int)mark.line + 1 : 0;
}

static int event_line(const reader_t *reader)
{
    return line_of(reader, reader->event.start_mark);
}

static confx_status_t no_memory(const reader_t *reader)
{
    return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to read it", reader->source);
}

/* A reader's error (bad UTF-8) has an offset and no mark. */
static int line_of_offset(const char *text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset && text[i]; i++) line += text[i] == '\n';
    return line;
}

static confx_status_t say_syntax(const reader_t *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";
    int line = line_of(reader, parser->problem_mark);
    if (parser->error == YAML_MEMORY_ERROR) return no_memory(reader);
    if (parser->error == YAML_READER_ERROR && reader->numbered)
        line = line_of_offset(reader->text, parser->problem_offset);
    const bool tab = strnlen(reader->text, parser->problem_mark.index + 1) > parser->problem_mark.index &&
                     reader->text[parser->problem_mark.index] == '\t';
    return status_input(reader->source, line, NULL, "expected YAML; %s%s%s%s", problem, parser->context ? ", " : "",
                        parser->context ? parser->context : "", tab ? " (YAML indents with blanks, not tabs)" : "");
}

static confx_status_t next_event(reader_t *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event)) return say_syntax(reader);
    return status_ok();
}

/* ---- the tree -------------------------------------------------------------------------------------------------------
 */

static confx_status_t refuse_decoration(const reader_t *reader)
{
    const yaml_event_t *event = &reader->event;
    const bool scalar = event->type == YAML_SCALAR_EVENT;
    const bool list = event->type == YAML_SEQUENCE_START_EVENT;
    const bool map = event->type == YAML_MAPPING_START_EVENT;
    const bool anchor = (scalar && event->data.scalar.anchor) || (list && event->data.sequence_start.anchor) ||
                        (map && event->data.mapping_start.anchor);
    const bool tag = (scalar && event->data.scalar.tag) || (list && event->data.sequence_start.tag) ||
                     (map && event->data.mapping_start.tag);
    if (!anchor && !tag && event->type != YAML_ALIAS_EVENT) return status_ok();
    return status_input(reader->source, event_line(reader), NULL, "expected plain YAML, found %s",
                        tag      ? "a tag (\"!\")"
                        : anchor ? "an anchor (\"&\")"
                                 : "an alias (\"*\")");
}

static confx_status_t build(reader_t *reader, int depth, const char *key, int line, node_t **node);

static confx_status_t build_list(reader_t *reader, int depth, node_t *list)
{
    for (node_t **end = &list->first;; end = &(*end)->next) {
        TRY(next_event(reader));
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) return status_ok();
        TRY(build(reader, depth, NULL, event_line(reader), end));
    }
}

/* The current event as a key, copied to *key. */
static confx_status_t take_key(const reader_t *reader, const node_t *map, char **key)
{
    const yaml_event_t *event = &reader->event;
    TRY(refuse_decoration(reader));
    const char *name = event->type == YAML_SCALAR_EVENT ? (const char *)event->data.scalar.value : "";
    if (!*name || strpbrk(name, reader->paths ? "[" : ".[") || node_has_empty_key(name))
        return status_input(reader->source, event_line(reader), *name ? name : NULL, "expected a plain word as key");
    const node_t *twin = node_child(map, name);
    if (twin && reader->numbered)
        return status_input(reader->source, event_line(reader), name, "this key is given twice, first in line %d",
                            twin->line);
    if (twin) return status_input(reader->source, 0, name, "this key is given twice");
    *key = strdup(name);
    return *key ? status_ok() : no_memory(reader);
}

static confx_status_t build_pair(reader_t *reader, int depth, const node_t *map, node_t **value)
{
    char *key = NULL;
    const int line = event_line(reader);
    confx_status_t status;
    TRY_OUT(take_key(reader, map, &key));
    TRY_OUT(next_event(reader));
    TRY_OUT(build(reader, depth, key, line, value));
out:
    free(key);
    return status;
}

static confx_status_t build_map(reader_t *reader, int depth, node_t *map)
{
    int keys = 0;
    for (node_t **end = &map->first;; end = &(*end)->next) {
        TRY(next_event(reader));
        if (reader->event.type == YAML_MAPPING_END_EVENT) return status_ok();
        if (keys++ == KEYS_MAX)
            return status_input(reader->source, event_line(reader), NULL, "expected at most %d keys in a mapping",
                                KEYS_MAX);
        TRY(build_pair(reader, depth, map, end));
    }
}

static confx_status_t build_value(const reader_t *reader, const char *key, int line, node_t **node)
{
    const char *text = (const char *)reader->event.data.scalar.value;
    if (strlen(text) != reader->event.data.scalar.length)
        return status_input(reader->source, line, key, "expected text, found a NUL byte");
    *node = node_open(NODE_VALUE, reader->source, line, key, text);
    if (!*node) return no_memory(reader);
    (*node)->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return status_ok();
}

/* The node that the current event begins; the event is its last one afterwards. */
static confx_status_t build(reader_t *reader, int depth, const char *key, int line, node_t **node)
{
    TRY(refuse_decoration(reader));
    if (reader->event.type == YAML_SCALAR_EVENT) return build_value(reader, key, line, node);
    if (depth == DEPTH_MAX)
        return status_input(reader->source, line, key, "expected a nesting of at most %d", DEPTH_MAX);
    const bool is_map = reader->event.type == YAML_MAPPING_START_EVENT;
    node_t *fresh = node_open(is_map ? NODE_MAP : NODE_LIST, reader->source, line, key, NULL);
    if (!fresh) return no_memory(reader);
    const confx_status_t status = is_map ? build_map(reader, depth + 1, fresh) : build_list(reader, depth + 1, fresh);
    if (status.code != CONFX_STATUS_OK) {
        node_close(fresh);
        return status;
    }
    *node = fresh;
    return status_ok();
}

/* ---- the document ---------------------------------------------------------------------------------------------------
 */

static confx_status_t build_document(reader_t *reader, node_t **root)
{
    TRY(next_event(reader)); /* the stream's start */
    TRY(next_event(reader));
    if (reader->event.type == YAML_STREAM_END_EVENT) return status_input(reader->source, 0, NULL, "is empty");
    TRY(next_event(reader));
    TRY(build(reader, 0, NULL, event_line(reader), root));
    TRY(next_event(reader)); /* the document's end */
    TRY(next_event(reader));
    if (reader->event.type == YAML_STREAM_END_EVENT) return status_ok();
    return status_input(reader->source, event_line(reader), NULL, "expected one document, found a second");
}

static confx_status_t parse(reader_t reader, const char *text, node_t **root)
{
    *root = NULL;
    if (!yaml_parser_initialize(&reader.parser)) return no_memory(&reader);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, strlen(text));
    const confx_status_t status = build_document(&reader, root);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    if (status.code != CONFX_STATUS_OK) {
        node_close(*root);
        *root = NULL;
    }
    return status;
}

confx_status_t node_parse(const char *text, const char *source, bool numbered, node_t **root)
{
    return parse((reader_t){.text = text, .source = source, .numbered = numbered}, text, root);
}

confx_status_t node_parse_paths(const char *text, const char *source, node_t **root)
{
    return parse((reader_t){.text = text, .source = source, .numbered = true, .paths = true}, text, root);
}
