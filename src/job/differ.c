/* In what two jobs differ. */
#include "confx/job.h"

#include "confx/text.h"
#include "confx/yaml.h"

#include <stdio.h>
#include <string.h>

/* Where and how often it writes, and how far it goes. */
static bool differ_is_free(const char *path)
{
    static const char *const keys[] = {"output", "log", "search.samples"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(path, keys[i])) return true;
    return false;
}

static bool differ_in_text(const char *one, const char *other)
{
    double a;
    double b;
    if (!one || !other) return one != other;
    if (text_to_real(one, &a) && text_to_real(other, &b)) return a < b || a > b;
    return strcmp(one, other) != 0;
}

/* Elements are values: no key of a job has lists of more. */
static bool differ_in_list(const yaml_t *one, const yaml_t *other, const char *path)
{
    char place[JOB_KEY_MAX + 32];
    const size_t n = yaml_size(one, path);
    if (n != yaml_size(other, path)) return true;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", path, i);
        if (differ_in_text(yaml_scalar(one, place), yaml_scalar(other, place))) return true;
    }
    return false;
}

static bool differ_in_value(const yaml_t *one, const yaml_t *other, const char *path)
{
    if (yaml_has(one, path) != yaml_has(other, path) || yaml_is_list(one, path) != yaml_is_list(other, path))
        return true;
    if (yaml_is_list(one, path)) return differ_in_list(one, other, path);
    return differ_in_text(yaml_scalar(one, path), yaml_scalar(other, path));
}

static void differ_add(char *out, size_t room, const char *text)
{
    const size_t length = strlen(out);
    (void)snprintf(out + length, room - length, "%s", text);
}

/* A value's text, a list's elements one after another; cut when it is too long. */
void job_value_words(const yaml_t *tree, const char *key, char between, char out[JOB_VALUE_MAX])
{
    char place[JOB_KEY_MAX + 32];
    const char separator[2] = {between, 0};
    const char *text = yaml_scalar(tree, key);
    (void)snprintf(out, JOB_VALUE_MAX, "%s", text ? text : "");
    for (size_t i = 0; yaml_is_list(tree, key) && i < yaml_size(tree, key); i++) {
        (void)snprintf(place, sizeof place, "%s[%zu]", key, i);
        text = yaml_scalar(tree, place);
        if (i > 0) differ_add(out, JOB_VALUE_MAX, separator);
        differ_add(out, JOB_VALUE_MAX, text ? text : "?");
    }
}

static void differ_say(const yaml_t *tree, const char *path, char words[JOB_WORDS_MAX])
{
    char said[JOB_VALUE_MAX] = "not given";
    if (yaml_has(tree, path)) job_value_words(tree, path, ' ', said);
    (void)snprintf(words, JOB_WORDS_MAX, "%s", said);
}

/* The first key below `above` that is in `walked` and not the same in both. */
static bool differ_below(const yaml_t *walked, const yaml_t *one, const yaml_t *other, const char *above,
                         job_difference_t *difference)
{
    char path[JOB_KEY_MAX];
    const char *key;
    for (size_t i = 0; (key = yaml_key(walked, above, i)); i++) {
        (void)snprintf(path, sizeof path, "%s%s%s", above, *above ? "." : "", key);
        if (differ_is_free(path)) continue;
        if (yaml_is_map(one, path) && yaml_is_map(other, path)) {
            if (differ_below(walked, one, other, path, difference)) return true;
            continue;
        }
        if (!differ_in_value(one, other, path)) continue;
        (void)snprintf(difference->key, sizeof difference->key, "%s", path);
        differ_say(one, path, difference->one);
        differ_say(other, path, difference->other);
        return true;
    }
    return false;
}

bool job_differ(const job_t *one, const job_t *other, job_difference_t *difference)
{
    return differ_below(one->tree, one->tree, other->tree, "", difference) ||
           differ_below(other->tree, one->tree, other->tree, "", difference);
}
