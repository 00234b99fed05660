/* YAML text to a tree, from libyaml's events: its document interface would lose anchors and
   repeated keys. */
#include "confx/try.h"
#include "yaml/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* The tree is walked by recursion, and each key of a mapping is compared with those before it. */
enum { PARSE_DEPTH_MAX = 32, PARSE_KEYS_MAX = 1024 };

typedef struct {
    yaml_parser_t parser;
    yaml_event_t event; /* the one being looked at */
    const char *text, *source;
    bool numbered;
    bool paths; /* keys may be paths */
} parse_parse_t;

static int parse_line_of(const parse_parse_t *reader, yaml_mark_t mark)
{
    return reader->numbered ? (int)mark.line + 1 : 0;
}

static int parse_event_line(const parse_parse_t *reader)
{
    return parse_line_of(reader, reader->event.start_mark);
}

/* A reader's error (bad UTF-8) has an offset and no mark. */
static int parse_line_of_offset(const char *text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset && text[i]; i++) line += text[i] == '\n';
    return line;
}

static confx_status_t parse_say_syntax(const parse_parse_t *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";
    int line = parse_line_of(reader, parser->problem_mark);
    if (parser->error == YAML_MEMORY_ERROR) return tree_no_memory(reader->source);
    if (parser->error == YAML_READER_ERROR && reader->numbered)
        line = parse_line_of_offset(reader->text, parser->problem_offset);
    /* libyaml says that a character cannot start a token: of a tab it is better to say why. */
    const bool tab =
        strnlen(reader->text, parser->problem_mark.index + 1) > parser->problem_mark.index &&
        reader->text[parser->problem_mark.index] == '\t';
    return status_input(reader->source, line, NULL, "expected YAML; %s%s%s%s", problem,
                        parser->context ? ", " : "", parser->context ? parser->context : "",
                        tab ? " (YAML indents with blanks, not tabs)" : "");
}

static confx_status_t parse_next_event(parse_parse_t *reader)
{
    yaml_event_delete(&reader->event);
    if (!yaml_parser_parse(&reader->parser, &reader->event)) return parse_say_syntax(reader);
    return status_ok();
}

/* ---- the tree -------------------------------------------------------------------------------- */

static confx_status_t parse_refuse_decoration(const parse_parse_t *reader)
{
    const yaml_event_t *event = &reader->event;
    const bool scalar = event->type == YAML_SCALAR_EVENT;
    const bool list = event->type == YAML_SEQUENCE_START_EVENT;
    const bool map = event->type == YAML_MAPPING_START_EVENT;
    const bool anchor = (scalar && event->data.scalar.anchor) ||
                        (list && event->data.sequence_start.anchor) ||
                        (map && event->data.mapping_start.anchor);
    const bool tag = (scalar && event->data.scalar.tag) ||
                     (list && event->data.sequence_start.tag) ||
                     (map && event->data.mapping_start.tag);
    if (!anchor && !tag && event->type != YAML_ALIAS_EVENT) return status_ok();
    return status_input(reader->source, parse_event_line(reader), NULL,
                        "expected plain YAML, found %s",
                        tag      ? "a tag (\"!\")"
                        : anchor ? "an anchor (\"&\")"
                                 : "an alias (\"*\")");
}

static confx_status_t parse_build(parse_parse_t *reader, int depth, const char *key, int line,
                                  yaml_t **node);

static confx_status_t parse_build_list(parse_parse_t *reader, int depth, yaml_t *list)
{
    for (yaml_t **end = &list->first;; end = &(*end)->next) {
        TRY(parse_next_event(reader));
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) return status_ok();
        TRY(parse_build(reader, depth, NULL, parse_event_line(reader), end));
        assert(*end);
    }
}

/* The current event as a key, copied to *key. */
static confx_status_t parse_take_key(const parse_parse_t *reader, const yaml_t *map, char **key)
{
    const yaml_event_t *event = &reader->event;
    TRY(parse_refuse_decoration(reader));
    const char *name =
        event->type == YAML_SCALAR_EVENT ? (const char *)event->data.scalar.value : "";
    /* A bracket in a key, or a dot where keys are no paths, would make it the path of something
       else. */
    if (!*name || strpbrk(name, reader->paths ? "[" : ".[") || tree_has_empty_key(name))
        return status_input(reader->source, parse_event_line(reader), *name ? name : NULL,
                            "expected a plain word as key");
    const yaml_t *twin = tree_child(map, name);
    if (twin && reader->numbered)
        return status_input(reader->source, parse_event_line(reader), name,
                            "this key is given twice, first in line %d", twin->line);
    if (twin) return status_input(reader->source, 0, name, "this key is given twice");
    *key = strdup(name);
    return *key ? status_ok() : tree_no_memory(reader->source);
}

static confx_status_t parse_build_pair(parse_parse_t *reader, int depth, const yaml_t *map,
                                       yaml_t **value)
{
    char *key = NULL;
    const int line = parse_event_line(reader);
    confx_status_t status;
    TRY_OUT(parse_take_key(reader, map, &key));
    TRY_OUT(parse_next_event(reader));
    TRY_OUT(parse_build(reader, depth, key, line, value));
out:
    free(key);
    return status;
}

static confx_status_t parse_build_map(parse_parse_t *reader, int depth, yaml_t *map)
{
    int keys = 0;
    for (yaml_t **end = &map->first;; end = &(*end)->next) {
        TRY(parse_next_event(reader));
        if (reader->event.type == YAML_MAPPING_END_EVENT) return status_ok();
        if (keys++ == PARSE_KEYS_MAX)
            return status_input(reader->source, parse_event_line(reader), NULL,
                                "expected at most %d keys in a mapping", PARSE_KEYS_MAX);
        TRY(parse_build_pair(reader, depth, map, end));
        assert(*end);
    }
}

static confx_status_t parse_build_value(const parse_parse_t *reader, const char *key, int line,
                                        yaml_t **node)
{
    const char *text = (const char *)reader->event.data.scalar.value;
    if (strlen(text) != reader->event.data.scalar.length)
        return status_input(reader->source, line, key, "expected text, found a NUL byte");
    *node = tree_open(TREE_VALUE, reader->source, line, key, text);
    if (!*node) return tree_no_memory(reader->source);
    (*node)->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return status_ok();
}

/* The node that the current event begins; the event is its last one afterwards. It hangs in the
   tree before what is below it is built, so that after a failure the tree owns all there is. */
static confx_status_t parse_build(parse_parse_t *reader, int depth, const char *key, int line,
                                  yaml_t **node)
{
    TRY(parse_refuse_decoration(reader));
    if (reader->event.type == YAML_SCALAR_EVENT) return parse_build_value(reader, key, line, node);
    if (depth == PARSE_DEPTH_MAX)
        return status_input(reader->source, line, key, "expected a nesting of at most %d",
                            PARSE_DEPTH_MAX);
    const bool is_map = reader->event.type == YAML_MAPPING_START_EVENT;
    *node = tree_open(is_map ? TREE_MAP : TREE_LIST, reader->source, line, key, NULL);
    if (!*node) return tree_no_memory(reader->source);
    return is_map ? parse_build_map(reader, depth + 1, *node)
                  : parse_build_list(reader, depth + 1, *node);
}

/* ---- the document ---------------------------------------------------------------------------- */

static confx_status_t parse_build_document(parse_parse_t *reader, yaml_t **root)
{
    TRY(parse_next_event(reader)); /* the stream's start */
    TRY(parse_next_event(reader));
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return status_input(reader->source, 0, NULL, "is empty");
    TRY(parse_next_event(reader)); /* behind the document's start is its root */
    TRY(parse_build(reader, 0, NULL, parse_event_line(reader), root));
    TRY(parse_next_event(reader)); /* the document's end */
    TRY(parse_next_event(reader));
    if (reader->event.type == YAML_STREAM_END_EVENT) return status_ok();
    return status_input(reader->source, parse_event_line(reader), NULL,
                        "expected one document, found a second");
}

static confx_status_t parse_check_map(const yaml_t *root)
{
    char found[TREE_FOUND_MAX];
    assert(root);
    if (root->kind == TREE_MAP) return status_ok();
    return tree_refuse(root, "", "expected \"key: value\" lines, found %s",
                       tree_found(root, found));
}

confx_status_t tree_parse(const char *text, const char *source, parse_kind_t kind, yaml_t **root)
{
    parse_parse_t reader = {.text = text,
                            .source = source,
                            .numbered = kind != PARSE_ASSIGNMENT,
                            .paths = kind == PARSE_FILE_PATHS};
    *root = NULL;
    if (!yaml_parser_initialize(&reader.parser)) return tree_no_memory(reader.source);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, strlen(text));
    confx_status_t status = parse_build_document(&reader, root);
    if (status.code == CONFX_STATUS_OK && kind != PARSE_ASSIGNMENT) status = parse_check_map(*root);
    /* The last event is still held, whatever the outcome. A tree that was begun is closed after a
       failure, and the caller gets none. */
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    if (status.code != CONFX_STATUS_OK) {
        yaml_close(*root);
        *root = NULL;
    }
    return status;
}
