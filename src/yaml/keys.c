/* A tree read into a structure by a table of keys. */
#include "yaml/keys.h"
#include "confx/compose.h"
#include "confx/guess.h"
#include "confx/text.h"
#include "confx/try.h"
#include "yaml/tree.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_TEXT_MAX = 4095, KEYS_EXPECTED_MAX = 96, KEYS_RANGE_TEXT_MAX = 48 };

/* A value of the tree on its way into the structure. */
typedef struct {
    const yaml_t *node;
    const yaml_key_t *key;
    const char *path; /* of the value: an element's own where it is in a list */
} keys_value_t;

static confx_status_t keys_refuse(keys_value_t value, const char *expected)
{
    char found[TREE_FOUND_MAX];
    return tree_refuse(value.node, value.path, "expected %s, found %s", expected,
                       tree_found(value.node, found));
}

static bool keys_is_plain(const yaml_t *node)
{
    return node->kind == TREE_VALUE && !node->quoted;
}

/* ---- single values --------------------------------------------------------------------------- */

/* Decimal: a zero in front means eight to some readers of YAML, and ten to others. */
static confx_status_t keys_read_whole(keys_value_t value, int64_t *whole)
{
    const yaml_key_t *key = value.key;
    char expected[KEYS_EXPECTED_MAX];
    const char *digits = value.node->text;
    if (keys_is_plain(value.node)) {
        /* The sign is passed over, so that -07 is refused as 07 is. */
        digits += *digits == '-';
        const bool octal = digits[0] == '0' && digits[1];
        if (!octal && text_to_integer(value.node->text, key->whole.least, key->whole.most, whole))
            return status_ok();
    }
    (void)snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64,
                   key->whole.least, key->whole.most);
    return keys_refuse(value, expected);
}

void keys_say_range(const yaml_key_t *key, char out[KEYS_RANGE_MAX])
{
    const char *article = key->real.above ? "above " : "";
    if (isinf(key->real.least))
        out[0] = 0;
    else if (isinf(key->real.most))
        (void)snprintf(out, KEYS_RANGE_MAX, "%s%g%s", article, key->real.least,
                       key->real.above ? "" : " or more");
    else
        (void)snprintf(out, KEYS_RANGE_MAX, "%s%g, up to %g", article, key->real.least,
                       key->real.most);
}

static confx_status_t keys_read_real(keys_value_t value, double *real)
{
    const yaml_key_t *key = value.key;
    char range[KEYS_RANGE_MAX];
    if (!keys_is_plain(value.node) || !text_to_real(value.node->text, real))
        return keys_refuse(value, "a number");
    const bool enough = key->real.above ? *real > key->real.least : *real >= key->real.least;
    if (enough && *real <= key->real.most) return status_ok();
    keys_say_range(key, range);
    return tree_refuse(value.node, value.path, "expected %s%s, found %g",
                       key->real.above ? "a number " : "", range, *real);
}

static confx_status_t keys_read_bool(keys_value_t value, bool *truth)
{
    static const char *const words[] = {"false", "true", "no", "yes"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!keys_is_plain(value.node) || strcmp(value.node->text, words[i]) != 0) continue;
        *truth = i % 2;
        return status_ok();
    }
    return keys_refuse(value, "true or false");
}

static confx_status_t keys_read_word(keys_value_t value, int *index)
{
    char words[CONFX_STATUS_MESSAGE_MAX / 2] = "";
    char found[TREE_FOUND_MAX];
    char meant[GUESS_SAID_MAX];
    const bool is_value = value.node->kind == TREE_VALUE;
    guess_t guess = guess_begin(is_value ? value.node->text : "");
    /* Where no word matches *index ends at their number, by which the message tells one word from
       several. */
    for (*index = 0; value.key->words[*index]; ++*index) {
        const char *word = value.key->words[*index];
        if (is_value && strcmp(value.node->text, word) == 0) return status_ok();
        text_append(words, sizeof words, "%s%s", *words ? ", " : "", word);
        guess_offer(&guess, word);
    }
    return tree_refuse(value.node, value.path, "expected %s%s, found %s%s",
                       *index > 1 ? "one of " : "", words, tree_found(value.node, found),
                       guess_say(&guess, meant));
}

/* These end up on terminals, in pictures and in sheets. */
static confx_status_t keys_check_text(keys_value_t value)
{
    const char *text = value.node->text;
    if (value.node->kind != TREE_VALUE || !*text) return keys_refuse(value, "a text");
    if (!text_is_utf8(text)) return tree_refuse(value.node, value.path, "expected text in UTF-8");
    if (strlen(text) > KEYS_TEXT_MAX)
        return tree_refuse(value.node, value.path, "expected a text of at most %d bytes, found %zu",
                           KEYS_TEXT_MAX, strlen(text));
    if (!text_is_plain(text))
        return tree_refuse(value.node, value.path,
                           "expected a name without control characters, found \"%.80s\"", text);
    if (value.key->type != YAML_TEXT && !text_is_name(text))
        return tree_refuse(value.node, value.path,
                           "expected a name that does not begin with =, +, - or @ (a formula in a "
                           "sheet; such a file "
                           "is to be had by ./NAME), found \"%.80s\"",
                           text);
    return status_ok();
}

static confx_status_t keys_read_text(keys_value_t value, char **text)
{
    int index;
    TRY(value.key->words ? keys_read_word(value, &index) : keys_check_text(value));
    *text = strdup(value.node->text);
    return *text ? status_ok() : tree_no_memory(value.node->source);
}

/* A name, or a mapping with one as its base. What else the mapping holds is not this table's. */
static confx_status_t keys_read_based(keys_value_t value, char **name)
{
    char path[TREE_PATH_MAX];
    if (value.node->kind != TREE_MAP) return keys_read_text(value, name);
    tree_path_key(path, value.path, KEYS_BASE);
    const yaml_t *base = tree_child(value.node, KEYS_BASE);
    if (!base)
        return tree_refuse(value.node, path, "expected the name that the other keys are laid upon");
    return keys_read_text((keys_value_t){base, value.key, path}, name);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static confx_status_t keys_check_list(keys_value_t value, size_t least)
{
    if (value.node->kind != TREE_LIST) return keys_refuse(value, "a list, as in [1, 2]");
    const size_t n = tree_children(value.node);
    if (n < least)
        return tree_refuse(value.node, value.path, "expected at least %zu in the list, found %zu",
                           least, n);
    if (n > value.key->n)
        return tree_refuse(value.node, value.path, "expected at most %zu in the list, found %zu",
                           value.key->n, n);
    return status_ok();
}

static confx_status_t keys_read_reals(keys_value_t value, double *reals)
{
    size_t index = 0;
    TRY(keys_check_list(value, value.key->n));
    /* As many as the key wants are there, so that no element of the structure keeps its old
       value. */
    for (const yaml_t *child = value.node->first; child; child = child->next, index++) {
        char path[TREE_PATH_MAX];
        tree_path_index(path, value.path, index);
        TRY(keys_read_real((keys_value_t){child, value.key, path}, &reals[index]));
    }
    return status_ok();
}

/* Is it A..B, with both within the limits of the key? */
static bool keys_is_range(keys_value_t value, int64_t *first, int64_t *last)
{
    const yaml_key_t *key = value.key;
    char text[KEYS_RANGE_TEXT_MAX];
    if (strlen(value.node->text) >= sizeof text) return false;
    (void)snprintf(text, sizeof text, "%s", value.node->text);
    char *dots = strstr(text, "..");
    assert(dots);
    *dots = 0;
    return text_to_integer(text, key->whole.least, key->whole.most, first) &&
           text_to_integer(dots + 2, key->whole.least, key->whole.most, last);
}

/* All whole numbers from A to B. */
static confx_status_t keys_read_range(keys_value_t value, uint32_t **levels, unsigned *count)
{
    const yaml_key_t *key = value.key;
    char expected[KEYS_EXPECTED_MAX];
    int64_t first = 0;
    int64_t last = 0;
    (void)snprintf(expected, sizeof expected,
                   "a list or A..B, of whole numbers from %" PRId64 " to %" PRId64,
                   key->whole.least, key->whole.most);
    if (!keys_is_range(value, &first, &last)) return keys_refuse(value, expected);
    if (first > last)
        return tree_refuse(value.node, value.path, "expected A..B from less to more, found %s",
                           value.node->text);
    if ((uint64_t)(last - first) >= key->n)
        return tree_refuse(value.node, value.path, "expected at most %zu values, found %" PRId64,
                           key->n, last - first + 1);
    *count = (unsigned)(last - first) + 1;
    *levels = calloc(*count, sizeof **levels);
    if (!*levels) return tree_no_memory(value.node->source);
    for (unsigned i = 0; i < *count; i++) (*levels)[i] = (uint32_t)first + i;
    return status_ok();
}

static confx_status_t keys_read_levels(keys_value_t value, uint32_t **levels, unsigned *count)
{
    int64_t before = INT64_MIN;
    size_t index = 0;
    if (keys_is_plain(value.node) && strstr(value.node->text, ".."))
        return keys_read_range(value, levels, count);
    TRY(keys_check_list(value, 1));
    /* From here on the structure owns the list, and yaml_release frees it whatever follows. */
    *count = (unsigned)tree_children(value.node);
    *levels = calloc(*count, sizeof **levels);
    if (!*levels) return tree_no_memory(value.node->source);
    for (const yaml_t *child = value.node->first; child; child = child->next, index++) {
        char path[TREE_PATH_MAX];
        int64_t level = 0;
        tree_path_index(path, value.path, index);
        TRY(keys_read_whole((keys_value_t){child, value.key, path}, &level));
        if (level <= before)
            return tree_refuse(
                child, path, "expected more than the level before it (%" PRId64 "), found %" PRId64,
                before, level);
        (*levels)[index] = (uint32_t)level;
        before = level;
    }
    return status_ok();
}

confx_status_t yaml_read_levels(const yaml_t *yaml, const char *path, const yaml_key_t *key,
                                uint32_t **levels, unsigned *count)
{
    const yaml_t *node = tree_find(yaml, path);
    assert(node);
    return keys_read_levels((keys_value_t){node, key, path}, levels, count);
}

/* Names are one piece of memory: pointers to them, and behind these their texts. */
static confx_status_t keys_read_names(keys_value_t value, char ***names, unsigned *count)
{
    size_t index = 0;
    size_t bytes = 0;
    char path[TREE_PATH_MAX];
    TRY(keys_check_list(value, 1));
    for (const yaml_t *child = value.node->first; child; child = child->next, index++) {
        tree_path_index(path, value.path, index);
        TRY(keys_check_text((keys_value_t){child, value.key, path}));
        bytes += sizeof **names + strlen(child->text) + 1;
    }
    assert(index > 0 && bytes > 0); /* keys_check_list wants one at least */
    *names = malloc(bytes);
    if (!*names) return tree_no_memory(value.node->source);
    *count = (unsigned)index;
    char *text = (char *)(*names + index);
    index = 0;
    for (const yaml_t *child = value.node->first; child; child = child->next, index++) {
        const size_t length = strlen(child->text) + 1;
        tree_path_index(path, value.path, index);
        for (size_t i = 0; i < index; i++)
            if (!strcmp((*names)[i], child->text))
                return tree_refuse(child, path, "expected different names, found %s twice",
                                   child->text);
        (*names)[index] = memcpy(text, child->text, length);
        text += length;
    }
    return status_ok();
}

/* ---- one key --------------------------------------------------------------------------------- */

static void keys_store_whole(const yaml_key_t *key, int64_t whole, void *at)
{
    assert(key->whole.least >= 0 &&
           (key->size == sizeof(uint64_t) || key->whole.most <= UINT32_MAX));
    if (key->size == sizeof(uint64_t))
        *(uint64_t *)at = (uint64_t)whole;
    else
        *(uint32_t *)at = (uint32_t)whole;
}

static confx_status_t keys_read_given(keys_value_t value, double **given)
{
    double real = 0;
    TRY(keys_read_real(value, &real));
    *given = malloc(sizeof **given);
    if (!*given) return tree_no_memory(value.node->source);
    **given = real;
    return status_ok();
}

static confx_status_t keys_read_value(keys_value_t value, void *data)
{
    char *base = data;
    void *at = base + value.key->offset;
    int64_t whole = 0;
    switch (value.key->type) {
    case YAML_TEXT:
    case YAML_NAME:
        return keys_read_text(value, at);
    case YAML_LISTED:
        return value.node->kind == TREE_LIST ? status_ok() : keys_read_text(value, at);
    case YAML_BASED:
        return keys_read_based(value, at);
    case YAML_WORD:
        assert(value.key->size == sizeof(int));
        return keys_read_word(value, at);
    case YAML_BOOL:
        return keys_read_bool(value, at);
    case YAML_WHOLE:
        TRY(keys_read_whole(value, &whole));
        keys_store_whole(value.key, whole, at);
        break;
    case YAML_REAL:
        return keys_read_real(value, at);
    case YAML_GIVEN:
        return keys_read_given(value, at);
    case YAML_REALS:
        return keys_read_reals(value, at);
    case YAML_LEVELS:
        return keys_read_levels(value, at, (unsigned *)(void *)(base + value.key->count_offset));
    case YAML_NAMES:
        return keys_read_names(value, at, (unsigned *)(void *)(base + value.key->count_offset));
    case YAML_EITHER:
    case YAML_ANY:
        break;
    }
    return status_ok();
}

void yaml_release(const yaml_key_t *keys, void *data)
{
    for (const yaml_key_t *key = keys; key->path; key++) {
        const bool allocated = key->type == YAML_TEXT || key->type == YAML_NAME ||
                               key->type == YAML_LISTED || key->type == YAML_BASED ||
                               key->type == YAML_GIVEN || key->type == YAML_LEVELS ||
                               key->type == YAML_NAMES;
        if (!allocated) continue;
        void **pointer = (void **)(void *)((char *)data + key->offset);
        free(*pointer);
        *pointer = NULL;
    }
}

/* ---- the whole tree -------------------------------------------------------------------------- */

/* Is it a key below the mapping of that path? */
static bool keys_is_below(const yaml_key_t *key, const char *map)
{
    const size_t length = strlen(map);
    return strncmp(key->path, map, length) == 0 && (length == 0 || key->path[length] == '.');
}

/* Is the path one within a mapping whose keys are another table's? */
static bool keys_is_open(const yaml_key_t *key, const char *path)
{
    const size_t length = strlen(key->path);
    return key->type == YAML_BASED && strncmp(path, key->path, length) == 0 && path[length] == '.';
}

/* Does the key stand for any in its mapping, and is `path` in that? */
static bool keys_is_any(const yaml_key_t *key, const char *path)
{
    const char *dot = key->any ? strrchr(key->path, '.') : NULL;
    if (!dot) return false;
    const size_t length = (size_t)(dot - key->path) + 1;
    return strncmp(key->path, path, length) == 0 && path[length] && !strchr(path + length, '.');
}

/* A key of its own comes before the one that stands for any. */
const yaml_key_t *keys_find(const yaml_key_t *keys, const char *path)
{
    const yaml_key_t *any = NULL;
    for (; keys->path; keys++) {
        if (strcmp(keys->path, path) == 0) return keys;
        if (!any && keys_is_any(keys, path)) any = keys;
    }
    return any;
}

bool yaml_knows(const yaml_key_t *keys, const char *path)
{
    for (; keys->path; keys++)
        if (strcmp(keys->path, path) == 0 || keys_is_below(keys, path) ||
            keys_is_open(keys, path) || keys_is_any(keys, path))
            return true;
    return false;
}

/* Offer the first `length` letters of a path by their last word. Gives that word, in `path`. */
static const char *keys_offer(guess_t *guess, const char *from, size_t length,
                              char path[TREE_PATH_MAX])
{
    (void)snprintf(path, TREE_PATH_MAX, "%.*s", (int)length, from);
    const char *dot = strrchr(path, '.');
    const char *word = dot ? dot + 1 : path;
    guess_offer_as(guess, word, path);
    return word;
}

/* Those of this place are offered first: of equally near ones the first is guessed. */
static confx_status_t keys_refuse_unknown(const yaml_t *node, const yaml_key_t *keys,
                                          const char *map, const char *path)
{
    char known[CONFX_STATUS_MESSAGE_MAX * 3 / 4] = "";
    char meant[GUESS_SAID_MAX];
    char inner[TREE_PATH_MAX];
    const size_t above = strlen(map) + (*map != 0);
    size_t length;
    guess_t guess = guess_begin(node->key);
    for (const yaml_key_t *key = keys; key->path; key++) {
        if (!keys_is_below(key, map)) continue;
        length = above + strcspn(key->path + above, ".");
        /* The keys of a mapping stand together in the table, so that it is named with the first
           of them and passed over with the others. */
        const bool again = key > keys && strncmp(key[-1].path, key->path, length) == 0 &&
                           (key[-1].path[length] == '.' || key[-1].path[length] == 0);
        if (!again)
            text_append(known, sizeof known, "%s%s", *known ? ", " : "",
                        keys_offer(&guess, key->path, length, inner));
    }
    /* Then come all keys of the table, with the mappings on the way to them: a known key may stand
       in the wrong place. */
    for (const yaml_key_t *key = keys; key->path; key++) {
        for (length = strcspn(key->path, "."); key->path[length];
             length += 1 + strcspn(key->path + length + 1, "."))
            (void)keys_offer(&guess, key->path, length, inner);
        (void)keys_offer(&guess, key->path, length, inner);
    }
    return tree_refuse(node, path, "unknown key%s (known here: %s)", guess_say(&guess, meant),
                       known);
}

/* What a tree is read by, and into what. */
typedef struct {
    const yaml_key_t *keys;
    size_t skip; /* letters that the paths of the tree have before those of the table begin */
    void *data;
} keys_reading_t;

static confx_status_t keys_read_map(const yaml_t *map, const keys_reading_t *reading,
                                    const char *parent)
{
    const yaml_key_t *keys = reading->keys;
    for (const yaml_t *child = map->first; child; child = child->next) {
        char path[TREE_PATH_MAX];
        const size_t above = strlen(parent);
        tree_path_key(path, parent, child->key);
        const char *known = path + reading->skip;
        /* The base of the outermost mapping is read by who reads that mapping's name. */
        if (reading->skip == above + 1 && strcmp(child->key, KEYS_BASE) == 0) continue;
        /* A path is a key of the table, or a mapping on the way to some, or unknown. */
        const keys_value_t value = {child, keys_find(keys, known), path};
        const bool either = value.key && value.key->type == YAML_EITHER;
        if (value.key && (!either || child->kind == TREE_LIST))
            TRY(keys_read_value(value, reading->data));
        else if (!yaml_knows(keys, known))
            return keys_refuse_unknown(child, keys,
                                       above > reading->skip ? parent + reading->skip : "", path);
        else if (child->kind != TREE_MAP)
            return keys_refuse(value, "keys and values");
        else
            TRY(keys_read_map(child, reading, path));
    }
    return status_ok();
}

confx_status_t yaml_read(const yaml_t *yaml, const yaml_key_t *keys, void *data)
{
    const keys_reading_t reading = {keys, 0, data};
    const confx_status_t status = keys_read_map(yaml, &reading, "");
    if (status.code == CONFX_STATUS_OK) return status;
    /* What was read before the failure is freed here. Its pointers become NULL, so that the owner
       of the structure may release it once more. */
    yaml_release(keys, data);
    return status_frame(status, __func__, __LINE__);
}

confx_status_t yaml_read_below(const yaml_t *yaml, const char *map, const yaml_key_t *keys,
                               void *data)
{
    const keys_reading_t reading = {keys, strlen(map) + 1, data};
    const yaml_t *node = tree_find(yaml, map);
    if (!node || node->kind != TREE_MAP) return status_ok();
    const confx_status_t status = keys_read_map(node, &reading, map);
    if (status.code != CONFX_STATUS_OK) yaml_release(keys, data);
    return status;
}

confx_status_t yaml_require(const yaml_t *yaml, const yaml_key_t *keys)
{
    for (; keys->path; keys++)
        if (!keys->standard && !yaml_has(yaml, keys->path))
            return yaml_refuse(yaml, keys->path, "expected this key, found none");
    return status_ok();
}

confx_status_t yaml_defaults(const yaml_key_t *keys, yaml_t **yaml)
{
    compose_t compose;
    *yaml = NULL;
    TRY(compose_begin(&compose));
    /* A key of the table is a path: the defaults are written as paths, which yaml_open_paths
       nests. */
    for (; keys->path; keys++)
        if (keys->standard) out_print(compose.out, "%s: %s\n", keys->path, keys->standard);
    TRY(compose_end(&compose, "defaults"));
    const confx_status_t status = yaml_open_paths(compose.text, "defaults", yaml);
    free(compose.text);
    return status;
}
