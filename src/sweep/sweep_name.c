/* Names of searches, made of their own settings: dla_latency_area_fraction0.1_seed3. */
#include "confx/text.h"
#include "sweep/sweep_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *sweep_name_after_last(const char *text, char message)
{
    const char *last = strrchr(text, message);
    return last && last[1] ? last + 1 : text;
}

/* "dla" says what it is; 0.1 and true do not. */
static bool sweep_name_speaks_for_itself(const char *words)
{
    static const char *const truths[] = {"true", "false", "yes", "no", "on", "off"};
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (!strcasecmp(words, truths[i])) return false;
    return isalpha((unsigned char)words[0]) != 0;
}

static bool sweep_name_is_plain(char message)
{
    return isalnum((unsigned char)message) || (message && strchr("+-._", message));
}

void sweep_name(const sweep_t *sweep, const yaml_t *own, char out[SWEEP_NAME_MAX])
{
    char words[SWEEP_WORDS_MAX];
    out[0] = 0;
    for (size_t i = 0; i < sweep->keys_n; i++) {
        /* A search that was included may lack keys of the grid: these are left out of its name. */
        if (!yaml_has(own, sweep->keys[i])) continue;
        job_value_words(own, sweep->keys[i], '-', words);
        /* Only the last part of a path goes into a name, and a value such as 0.1 gets the last part
           of its key before it, because alone it would not say what it is. */
        const char *word = sweep_name_after_last(words, '/');
        const char *key = sweep_name_after_last(sweep->keys[i], '.');
        text_append(out, SWEEP_NAME_MAX, "%s%s%s", *out ? "_" : "",
                    sweep_name_speaks_for_itself(word) ? "" : key, word);
    }
    /* The name becomes that of a directory: it has no slash, and it does not begin with a dot or a
       dash, which a shell or an option parser would take for something else. */
    for (char *c = out; *c; c++)
        if (!sweep_name_is_plain(*c)) *c = '-';
    if (!isalnum((unsigned char)out[0])) out[0] = 'x';
}
