/* In what two jobs differ. */
#include "confx/job_words.h"
#include "confx/text.h"
#include "job/schema.h"

#include <stdio.h>
#include <string.h>

enum { DIFFER_PLACE_MAX = 2 * JOB_KEY_MAX };

/* Where and how often it writes, how far it goes, and what a profile may say in its place. */
static bool differ_is_free(const char *path)
{
    static const char *const keys[] = {"output", "log.commit_seconds", "search.samples",
                                       "accounting"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(path, keys[i])) return true;
    return false;
}

/* A mapping in a list: what its key `name` says alone, other keys as KEY=VALUE. */
static void differ_add_element(const yaml_t *tree, const char *element, char between,
                               char out[JOB_VALUE_MAX])
{
    const char separator[2] = {between, 0};
    const char *name;
    for (size_t i = 0; (name = yaml_key(tree, element, i)); i++) {
        char place[DIFFER_PLACE_MAX];
        (void)snprintf(place, sizeof place, "%.*s.%s", JOB_KEY_MAX, element, name);
        const char *text = yaml_scalar(tree, place);
        if (i > 0) text_append(out, JOB_VALUE_MAX, "%s", separator);
        if (strcmp(name, "name") != 0) text_append(out, JOB_VALUE_MAX, "%s=", name);
        text_append(out, JOB_VALUE_MAX, "%s", text ? text : "?");
    }
}

/* A value's text, or a list's elements one after another. */
static void differ_add_value(const yaml_t *tree, const char *key, char between,
                             char out[JOB_VALUE_MAX])
{
    char place[DIFFER_PLACE_MAX];
    const char separator[2] = {between, 0};
    const char *text = yaml_scalar(tree, key);
    if (text) text_append(out, JOB_VALUE_MAX, "%s", text);
    for (size_t i = 0; yaml_is_list(tree, key) && i < yaml_size(tree, key); i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", key, i);
        text = yaml_scalar(tree, place);
        if (i) text_append(out, JOB_VALUE_MAX, "%s", separator);
        if (yaml_is_map(tree, place))
            differ_add_element(tree, place, between, out);
        else
            text_append(out, JOB_VALUE_MAX, "%s", text ? text : "?");
    }
}

/* The keys of a mapping as KEY=VALUE, those of mappings within it by their paths from `skip` on. */
static void differ_add_map(const yaml_t *tree, const char *map, size_t skip,
                           char out[JOB_VALUE_MAX])
{
    const char *name;
    for (size_t i = 0; (name = yaml_key(tree, map, i)); i++) {
        char inner[DIFFER_PLACE_MAX];
        (void)snprintf(inner, sizeof inner, "%.*s.%s", JOB_KEY_MAX, map, name);
        if (strlen(map) + 1 == skip && !strcmp(name, "base")) continue;
        /* A profile has one level of mappings within it; there is no going deeper. */
        if (yaml_is_map(tree, inner) && strlen(map) + 1 == skip) {
            differ_add_map(tree, inner, skip, out);
            continue;
        }
        text_append(out, JOB_VALUE_MAX, "%s%s=", *out ? " " : "", inner + skip);
        differ_add_value(tree, inner, '/', out);
    }
}

void job_value_words(const yaml_t *tree, const char *key, char between, char out[JOB_VALUE_MAX])
{
    char base[DIFFER_PLACE_MAX];
    const size_t length = strlen(key);
    out[0] = 0;
    differ_add_value(tree, key, between, out);
    if (yaml_is_map(tree, key)) {
        (void)snprintf(base, sizeof base, "%.*s.base", JOB_KEY_MAX, key);
        differ_add_value(tree, base, between, out);
        differ_add_map(tree, key, length + 1, out);
    }
    /* A name by itself is the base of a mapping with nothing else. */
    if (!yaml_has(tree, key) && length > 5 && !strcmp(key + length - 5, ".base")) {
        (void)snprintf(base, sizeof base, "%.*s", (int)(length - 5), key);
        differ_add_value(tree, base, between, out);
    }
}

static void differ_say(const yaml_t *tree, const char *path, char words[JOB_WORDS_MAX])
{
    char said[JOB_VALUE_MAX] = "not given";
    if (yaml_has(tree, path)) job_value_words(tree, path, ' ', said);
    (void)snprintf(words, JOB_WORDS_MAX, "%s", said);
}

static bool differ_at(const job_t *one, const job_t *other, const char *path,
                      job_difference_t *difference)
{
    if (yaml_same(one->tree, other->tree, path)) return false;
    (void)snprintf(difference->key, sizeof difference->key, "%s", path);
    differ_say(one->tree, path, difference->one);
    differ_say(other->tree, path, difference->other);
    return true;
}

/* By the parameters of a space. */
static bool differ_in_parameters(const job_space_t *lister, const job_t *one, const job_t *other,
                                 job_difference_t *difference)
{
    for (unsigned i = 0; i < lister->parameters_n; i++) {
        char path[JOB_KEY_MAX];
        (void)snprintf(path, sizeof path, "space.%s", lister->parameters[i].name);
        if (differ_at(one, other, path, difference)) return true;
    }
    return false;
}

/* Keys that the first job gives come first: of two that stand for each other ("budget.name" and
   "budget.limit") it is the one of that job. */
bool job_differ(const job_t *one, const job_t *other, job_difference_t *difference)
{
    for (int mine = 1; mine >= 0; mine--) {
        for (const yaml_key_t *key = job_keys; key->path; key++) {
            /* Keys of any name (the space's parameters) have no row in the table; they are compared
               below. */
            if (key->any || differ_is_free(key->path) || yaml_has(one->tree, key->path) != mine)
                continue;
            if (differ_at(one, other, key->path, difference)) return true;
        }
    }
    return differ_in_parameters(&one->space, one, other, difference) ||
           differ_in_parameters(&other->space, one, other, difference);
}
