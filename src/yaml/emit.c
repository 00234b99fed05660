/* A tree to YAML text, by libyaml's emitter: mappings as blocks, lists in brackets on one line. */
#include "confx/compose.h"
#include "confx/text.h"
#include "confx/try.h"
#include "yaml/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static int emit_scalar(yaml_document_t *document, const char *text, bool quoted)
{
    return yaml_document_add_scalar(document, NULL, (const yaml_char_t *)text, (int)strlen(text),
                                    quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                           : YAML_ANY_SCALAR_STYLE);
}

/* The number of the node in the document; 0: no memory. */
static int emit_node(yaml_document_t *document, const yaml_t *node)
{
    if (node->kind == TREE_VALUE) return emit_scalar(document, node->text, node->quoted);
    const bool is_map = node->kind == TREE_MAP;
    const int id = is_map ? yaml_document_add_mapping(document, NULL, YAML_BLOCK_MAPPING_STYLE)
                          : yaml_document_add_sequence(document, NULL, YAML_FLOW_SEQUENCE_STYLE);
    for (const yaml_t *child = node->first; child && id; child = child->next) {
        /* Key and value belong to the document once they are made: after a failure it frees
           them. */
        const int key = is_map ? emit_scalar(document, child->key, false) : 0;
        const int value = emit_node(document, child);
        if (!value || (is_map && !key)) return 0;
        if (!(is_map ? yaml_document_append_mapping_pair(document, id, key, value)
                     : yaml_document_append_sequence_item(document, id, value)))
            return 0;
    }
    return id;
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

/* The emitter owns the document once it has been asked to dump it, whatever comes of that. */
static bool emit_document(yaml_emitter_t *emitter, const yaml_t *root)
{
    yaml_document_t document;
    if (!yaml_document_initialize(&document, NULL, NULL, NULL, 1, 1)) return false;
    if (emit_node(&document, root))
        return yaml_emitter_dump(emitter, &document) && yaml_emitter_close(emitter);
    yaml_document_delete(&document);
    return false;
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
        /* Without a limit on the width a list stays on the line of its key, which manual.c counts
           on. */
        yaml_emitter_set_width(&emitter, -1);
        yaml_emitter_set_output(&emitter, emit_part, compose.out);
        written = emit_document(&emitter, yaml);
        yaml_emitter_delete(&emitter);
    }
    /* The stream is closed also after a failed dump; what was composed by then is freed below. */
    TRY(compose_end(&compose, "a job"));
    *text = compose.text;
    if (written) return status_ok();
    free(*text);
    *text = NULL;
    return status_fail(CONFX_STATUS_MEMORY, "no memory for YAML text");
}
