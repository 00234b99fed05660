/* A tree to YAML text, by libyaml's emitter: mappings as blocks, lists in brackets on one line. */
#include "confx/compose.h"
#include "confx/text.h"
#include "confx/try.h"
#include "yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static bool emit_value(yaml_emitter_t *emitter, const char *text, bool quoted)
{
    yaml_event_t event;
    const yaml_scalar_style_t style =
        quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE;
    return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                        (int)strlen(text), 1, 1, style) &&
           yaml_emitter_emit(emitter, &event);
}

static bool emit_start(yaml_emitter_t *emitter, bool is_map)
{
    yaml_event_t event;
    const int made =
        is_map
            ? yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE)
            : yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_FLOW_SEQUENCE_STYLE);
    return made && yaml_emitter_emit(emitter, &event);
}

static bool emit_end(yaml_emitter_t *emitter, bool is_map)
{
    yaml_event_t event;
    const int made = is_map ? yaml_mapping_end_event_initialize(&event)
                            : yaml_sequence_end_event_initialize(&event);
    return made && yaml_emitter_emit(emitter, &event);
}

static bool emit_tree(yaml_emitter_t *emitter, const yaml_t *node)
{
    if (node->kind == TREE_VALUE) return emit_value(emitter, node->text, node->quoted);
    const bool is_map = node->kind == TREE_MAP;
    if (!emit_start(emitter, is_map)) return false;
    for (const yaml_t *child = node->first; child; child = child->next) {
        if (is_map && !emit_value(emitter, child->key, false)) return false;
        if (!emit_tree(emitter, child)) return false;
    }
    return emit_end(emitter, is_map);
}

static bool emit_document(yaml_emitter_t *emitter, const yaml_t *root)
{
    yaml_event_t event;
    return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
           yaml_emitter_emit(emitter, &event) &&
           yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) &&
           yaml_emitter_emit(emitter, &event) && emit_tree(emitter, root) &&
           yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(emitter, &event) &&
           yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

static int emit_part(void *stream, unsigned char *part, size_t length)
{
    return fwrite(part, 1, length, stream) == length;
}

/* The first key or value that YAML cannot hold; NULL: none. libyaml fails on it without a word. */
static const yaml_t *emit_odd(const yaml_t *node)
{
    if ((node->key && !text_is_utf8(node->key)) || (node->text && !text_is_utf8(node->text)))
        return node;
    for (const yaml_t *child = node->first; child; child = child->next) {
        const yaml_t *odd = emit_odd(child);
        if (odd) return odd;
    }
    return NULL;
}

confx_status_t yaml_text(const yaml_t *yaml, char **text)
{
    yaml_emitter_t emitter;
    compose_t compose;
    *text = NULL;
    const yaml_t *odd = emit_odd(yaml);
    if (odd)
        return status_input(odd->source, odd->line,
                            odd->key && text_is_utf8(odd->key) ? odd->key : NULL,
                            "expected text in UTF-8: a job cannot name anything else");
    TRY(compose_begin(&compose));
    bool written = yaml_emitter_initialize(&emitter);
    if (written) {
        yaml_emitter_set_unicode(&emitter, 1);
        yaml_emitter_set_width(&emitter, -1);
        yaml_emitter_set_output(&emitter, emit_part, compose.out);
        written = emit_document(&emitter, yaml);
        yaml_emitter_delete(&emitter);
    }
    TRY(compose_end(&compose, "a job"));
    *text = compose.text;
    if (written) return status_ok();
    free(*text);
    *text = NULL;
    return status_fail(CONFX_STATUS_MEMORY, "no memory for YAML text");
}
