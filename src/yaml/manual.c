/* A table of keys for people: as help, and as comments behind the lines of a file. */
#include "confx/compose.h"
#include "confx/text.h"
#include "confx/try.h"
#include "yaml/keys.h"
#include "yaml/tree.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MANUAL_WIDTH = 78, MANUAL_INDENT = 6, MANUAL_COMMENT = 36, MANUAL_TEXT_MAX = 512 };

/* What a value may be: "rising whole numbers from 1 to 1024, at most 256 of them". */
static void manual_add_values(const yaml_key_t *key, char text[MANUAL_TEXT_MAX])
{
    char range[KEYS_RANGE_MAX];
    const bool list = key->type == YAML_LEVELS;
    switch (key->type) {
    case YAML_WORD:
    case YAML_TEXT:
    case YAML_NAME:
    case YAML_LISTED:
    case YAML_BASED:
        for (size_t i = 0; key->words && key->words[i]; i++)
            text_append(text, MANUAL_TEXT_MAX, "%s%s", i ? ", " : ": ", key->words[i]);
        break;
    case YAML_BOOL:
        text_append(text, MANUAL_TEXT_MAX, ": true or false");
        break;
    case YAML_WHOLE:
    case YAML_LEVELS:
        text_append(text, MANUAL_TEXT_MAX, ": %s from %" PRId64 " to %" PRId64,
                    list ? "rising whole numbers" : "a whole number", key->whole.least,
                    key->whole.most);
        if (list) text_append(text, MANUAL_TEXT_MAX, ", at most %zu of them, or A..B", key->n);
        break;
    case YAML_NAMES:
        text_append(text, MANUAL_TEXT_MAX, ": a list of at most %zu different ones", key->n);
        break;
    case YAML_REAL:
    case YAML_GIVEN:
        keys_say_range(key, range);
        text_append(text, MANUAL_TEXT_MAX, ": a number%s%s", *range ? " " : "", range);
        break;
    case YAML_REALS:
        text_append(text, MANUAL_TEXT_MAX, ": a list of %zu numbers", key->n);
        break;
    case YAML_EITHER:
    case YAML_ANY:
        break;
    }
}

static void manual_say(const yaml_key_t *key, char text[MANUAL_TEXT_MAX])
{
    text[0] = 0;
    text_append(text, MANUAL_TEXT_MAX, "%s", key->help);
    manual_add_values(key, text);
}

/* Words in lines of at most MANUAL_WIDTH, each with a blank margin. */
static void manual_fill(const char *text, FILE *out)
{
    int column = 0;
    while (*text) {
        const int length = (int)strcspn(text, " ");
        const bool fresh = column == 0 || column + 1 + length > MANUAL_WIDTH;
        if (fresh) out_print(out, "%s%*s", column ? "\n" : "", MANUAL_INDENT - 1, "");
        if (fresh) column = MANUAL_INDENT - 1;
        out_print(out, " %.*s", length, text);
        column += 1 + length;
        text += length + (text[length] == ' ');
    }
    out_print(out, "\n");
}

void yaml_print_keys(const yaml_key_t *keys, FILE *out)
{
    char text[MANUAL_TEXT_MAX];
    for (; keys->path; keys++) {
        const bool has_default = keys->standard && *keys->standard;
        manual_say(keys, text);
        out_print(out, "  %s%s%s\n", keys->path, has_default ? ": " : "",
                  has_default ? keys->standard : "");
        manual_fill(text, out);
    }
}

/* ---- comments -------------------------------------------------------------------------------- */

/* A line of YAML with what the table says of its key, if anything, and the default where the line
   has another value. */
static void manual_explain_line(const char *line, size_t length, const yaml_key_t *key, FILE *out)
{
    char text[MANUAL_TEXT_MAX];
    if (!key) {
        out_print(out, "%.*s\n", (int)length, line);
        return;
    }
    manual_say(key, text);
    const char *standard = key->standard ? key->standard : "";
    const char *value = memchr(line, ':', length);
    const bool same = value && strlen(standard) + 2 == length - (size_t)(value - line) &&
                      strncmp(value + 2, standard, strlen(standard)) == 0;
    if (*standard && !same) text_append(text, MANUAL_TEXT_MAX, " (default %s)", standard);
    out_print(out, "%-*.*s # %s\n", MANUAL_COMMENT, (int)length, line, text);
}

/* The keys of a mapping that the tree has not, each as a comment. */
static void manual_explain_absent(const yaml_t *yaml, const yaml_key_t *keys, const char *map,
                                  FILE *out)
{
    const size_t length = strlen(map);
    for (; keys->path && length > 0; keys++) {
        char line[TREE_PATH_MAX];
        if (strncmp(keys->path, map, length) != 0 || keys->path[length] != '.' ||
            yaml_has(yaml, keys->path))
            continue;
        (void)snprintf(line, sizeof line, "  # %s:", keys->path + length + 1);
        manual_explain_line(line, strlen(line), keys, out);
    }
}

/* A table has mappings within the top level alone, and the emitter writes a line for each of their
   keys. */
static void manual_explain(const yaml_t *yaml, const yaml_key_t *keys, const char *text, FILE *out)
{
    char map[TREE_PATH_MAX] = "";
    while (*text) {
        char path[TREE_PATH_MAX];
        const size_t length = strcspn(text, "\n");
        const size_t indent = strspn(text, " ");
        (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(text + indent, ":"), text + indent);
        /* A key of the top level ends the mapping before it: what that has not follows first. */
        if (indent == 0) {
            manual_explain_absent(yaml, keys, map, out);
            (void)snprintf(map, sizeof map, "%s", path);
        } else {
            char key[TREE_PATH_MAX];
            (void)snprintf(key, sizeof key, "%s", path);
            tree_path_key(path, map, key);
        }
        manual_explain_line(text, length, keys_find(keys, path), out);
        text += length + (text[length] != 0);
    }
    manual_explain_absent(yaml, keys, map, out);
}

confx_status_t yaml_explain(const yaml_t *yaml, const yaml_key_t *keys, char **text)
{
    compose_t compose;
    char *plain;
    *text = NULL;
    TRY(yaml_text(yaml, &plain));
    confx_status_t status;
    TRY_OUT(compose_begin(&compose));
    manual_explain(yaml, keys, plain, compose.out);
    TRY_OUT(compose_end(&compose, "a job"));
    *text = compose.text;
out:
    free(plain);
    return status;
}
