/* A tree held against a libcyaml schema, before libcyaml reads it: libcyaml's own complaints are a backtrace on a log,
   and it takes "010" as eight and any word as true. What passes here libcyaml can read. */
#include "confx/guess.h"
#include "confx/text.h"
#include "confx/try.h"
#include "yaml_node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FOUND_MAX = 80 };

/* A schema, and the one that it is a part of: a key that is unknown here may be one of another place. */
typedef struct {
    const cyaml_schema_value_t *here, *whole;
} schema_t;

static confx_status_t check_value(const node_t *node, schema_t schema, const char *path);

static confx_status_t refuse_found(const node_t *node, const char *path, const char *expected)
{
    char found[FOUND_MAX];
    return node_refuse(node, path, "expected %s, found %s", expected, node_found(node, found, sizeof found));
}

static bool is_plain(const node_t *node)
{
    return node->kind == NODE_VALUE && !node->quoted;
}

/* ---- single values --------------------------------------------------------------------------------------------------
 */

static bool node_integer(const node_t *node, int64_t least, int64_t most, int64_t *value)
{
    if (!is_plain(node)) return false;
    const char *digits = node->text + (node->text[0] == '-');
    const bool octal = digits[0] == '0' && digits[1];
    return !octal && text_to_integer(node->text, least, most, value);
}

static confx_status_t check_integer(const node_t *node, const cyaml_schema_value_t *schema, const char *path)
{
    const bool is_signed = schema->type == CYAML_INT;
    const unsigned bits = 8 * schema->data_size;
    const int64_t most = bits == 64 ? INT64_MAX : (INT64_C(1) << (is_signed ? bits - 1 : bits)) - 1;
    const int64_t least = is_signed ? -most - 1 : 0;
    int64_t value;
    if (node_integer(node, least, most, &value)) return status_ok();
    char expected[FOUND_MAX];
    (void)snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64, least, most);
    return refuse_found(node, path, expected);
}

static confx_status_t check_real(const node_t *node, const char *path)
{
    double value;
    if (is_plain(node) && text_to_real(node->text, &value)) return status_ok();
    return refuse_found(node, path, "a number");
}

static confx_status_t check_bool(const node_t *node, const char *path)
{
    static const char *const words[] = {"true", "false", "yes", "no"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_plain(node) && strcmp(node->text, words[i]) == 0) return status_ok();
    return refuse_found(node, path, "true or false");
}

static confx_status_t check_string(const node_t *node, const cyaml_schema_value_t *schema, const char *path)
{
    if (node->kind != NODE_VALUE || !*node->text) return refuse_found(node, path, "a text");
    const size_t length = strlen(node->text);
    if (length >= schema->string.min && length <= schema->string.max) return status_ok();
    return node_refuse(node, path, "expected a text of %u to %u bytes, found %zu", schema->string.min,
                       schema->string.max, length);
}

static void append_word(char *text, size_t room, const char *word)
{
    const size_t used = strlen(text);
    (void)snprintf(text + used, room - used, "%s%s", used ? ", " : "", word);
}

static confx_status_t check_word(const node_t *node, const cyaml_schema_value_t *schema, const char *path)
{
    char words[CONFX_STATUS_MESSAGE_MAX / 2] = "";
    guess_t guess = guess_begin(node->kind == NODE_VALUE ? node->text : "");
    for (uint32_t i = 0; i < schema->enumeration.count; i++) {
        const char *word = schema->enumeration.strings[i].str;
        if (node->kind == NODE_VALUE && strcmp(node->text, word) == 0) return status_ok();
        append_word(words, sizeof words, word);
        guess_offer(&guess, word);
    }
    char found[FOUND_MAX];
    char meant[GUESS_SAID_MAX];
    return node_refuse(node, path, "expected %s%s, found %s%s", schema->enumeration.count > 1 ? "one of " : "", words,
                       node_found(node, found, sizeof found), guess_say(&guess, meant));
}

/* ---- lists and mappings ---------------------------------------------------------------------------------------------
 */

static confx_status_t check_list(const node_t *node, schema_t schema, const char *path)
{
    const cyaml_schema_value_t *list = schema.here;
    if (node->kind != NODE_LIST) return refuse_found(node, path, "a list, as in [1, 2]");
    const size_t n = node_children(node);
    if (n < list->sequence.min)
        return node_refuse(node, path, "expected at least %u in the list, found %zu", list->sequence.min, n);
    if (n > list->sequence.max)
        return node_refuse(node, path, "expected at most %u in the list, found %zu", list->sequence.max, n);
    size_t index = 0;
    for (const node_t *child = node->first; child; child = child->next) {
        char below[NODE_PATH_MAX];
        node_path_index(below, path, index++);
        TRY(check_value(child, (schema_t){list->sequence.entry, schema.whole}, below));
    }
    return status_ok();
}

static const cyaml_schema_field_t *field_of(const cyaml_schema_field_t *fields, const char *key)
{
    for (; fields->key; fields++)
        if (strcmp(fields->key, key) == 0) return fields;
    return NULL;
}

/* Every key of a mapping and of the mappings below it, whose own path is `path`. */
static void offer_keys(guess_t *guess, const cyaml_schema_value_t *schema, const char *path, bool below)
{
    if (schema->type != CYAML_MAPPING) return;
    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key; field++) {
        char inner[NODE_PATH_MAX];
        node_path_key(inner, path, field->key);
        guess_offer_as(guess, field->key, inner);
        if (below) offer_keys(guess, &field->value, inner, true);
    }
}

static confx_status_t refuse_unknown(const node_t *node, schema_t schema, const char *parent, const char *path)
{
    char known[CONFX_STATUS_MESSAGE_MAX / 2] = "";
    char meant[GUESS_SAID_MAX];
    guess_t guess = guess_begin(node->key);
    /* Those of this place first: of equally near ones the first is guessed. */
    offer_keys(&guess, schema.here, parent, false);
    offer_keys(&guess, schema.whole, "", true);
    for (const cyaml_schema_field_t *field = schema.here->mapping.fields; field->key; field++)
        append_word(known, sizeof known, field->key);
    return node_refuse(node, path, "unknown key%s (known here: %s)", guess_say(&guess, meant), known);
}

static confx_status_t check_map(const node_t *node, schema_t schema, const char *path)
{
    const cyaml_schema_field_t *fields = schema.here->mapping.fields;
    char below[NODE_PATH_MAX];
    if (node->kind != NODE_MAP) return refuse_found(node, path, "keys and values");
    for (const node_t *child = node->first; child; child = child->next) {
        const cyaml_schema_field_t *field = field_of(fields, child->key);
        node_path_key(below, path, child->key);
        if (!field) return refuse_unknown(child, schema, path, below);
        TRY(check_value(child, (schema_t){&field->value, schema.whole}, below));
    }
    for (const cyaml_schema_field_t *field = fields; field->key; field++) {
        node_path_key(below, path, field->key);
        if (!(field->value.flags & CYAML_FLAG_OPTIONAL) && !node_child(node, field->key))
            return node_refuse(node, path, "expected a key \"%s\", found none", below);
    }
    return status_ok();
}

static confx_status_t check_value(const node_t *node, schema_t schema, const char *path)
{
    switch (schema.here->type) {
    case CYAML_INT:
    case CYAML_UINT:
        return check_integer(node, schema.here, path);
    case CYAML_FLOAT:
        return check_real(node, path);
    case CYAML_BOOL:
        return check_bool(node, path);
    case CYAML_STRING:
        return check_string(node, schema.here, path);
    case CYAML_ENUM:
        return check_word(node, schema.here, path);
    case CYAML_MAPPING:
        return check_map(node, schema, path);
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED:
        return check_list(node, schema, path);
    default:
        return status_ok(); /* flags and bit fields are left to libcyaml */
    }
}

confx_status_t node_check(const node_t *root, const cyaml_schema_value_t *schema)
{
    return check_value(root, (schema_t){schema, schema}, "");
}

confx_status_t yaml_check_integer(const yaml_t *yaml, const char *path, int64_t least, int64_t most)
{
    const node_t *node = node_find(yaml->root, path);
    int64_t value;
    if (!node || node_integer(node, least, most, &value)) return status_ok();
    char expected[FOUND_MAX];
    (void)snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64, least, most);
    return refuse_found(node, path, expected);
}
