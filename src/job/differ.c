/* In what two jobs differ. */
#include "confx/text.h"
#include "job/schema.h"

#include <stdio.h>
#include <string.h>

/* Where and how often it writes, how far it goes, and what a profile may say in its place. */
static bool differ_is_free(const char *path)
{
    static const char *const keys[] = {"output", "log.commit_seconds", "search.samples",
                                       "accounting"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(path, keys[i])) return true;
    return false;
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
        text_append(out, JOB_VALUE_MAX, "%s%s", i ? separator : "", text ? text : "?");
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
            if (key->any || differ_is_free(key->path) || yaml_has(one->tree, key->path) != mine)
                continue;
            if (differ_at(one, other, key->path, difference)) return true;
        }
    }
    return differ_in_parameters(&one->space, one, other, difference) ||
           differ_in_parameters(&other->space, one, other, difference);
}
