#include "app/option.h"
#include "confx/compose.h"
#include "confx/paths.h"
#include "confx/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* How a name stands to an option's: not at all, as an abbreviation, or whole. */
typedef enum { OPTION_OTHER, OPTION_BEGINS, OPTION_IS } option_match_t;

static option_match_t option_match(const struct argp_option *option, const char *name,
                                   size_t length)
{
    if (!option->name || strncmp(option->name, name, length) != 0) return OPTION_OTHER;
    return option->name[length] ? OPTION_BEGINS : OPTION_IS;
}

static bool option_is_end(const struct argp_option *option)
{
    return !option->key && !option->name && !option->doc && !option->group;
}

/* What the options of `argp` and its children know of a long option: *takes, whether it has an
   argument of its own. All their names are offered. */
static option_match_t option_find(const struct argp *argp, const char *name, size_t length,
                                  guess_t *guess, bool *takes)
{
    option_match_t best = OPTION_OTHER;
    for (const struct argp_option *option = argp->options; option && !option_is_end(option);
         option++) {
        const option_match_t match = option_match(option, name, length);
        if (option->name) guess_offer(guess, option->name);
        if (match > best) {
            best = match;
            *takes = option->arg != NULL;
        }
    }
    /* A whole name outranks an abbreviation wherever either stands, so all children are searched
       even after a match. An abbreviation of several options counts as known: argp itself tells
       that it is ambiguous. */
    for (const struct argp_child *child = argp->children; child && child->argp; child++) {
        bool inner = false;
        const option_match_t match = option_find(child->argp, name, length, guess, &inner);
        if (match > best) {
            best = match;
            *takes = inner;
        }
    }
    return best;
}

/* Has the short option of that letter an argument? */
static bool option_short_takes(const struct argp *argp, int letter)
{
    for (const struct argp_option *option = argp->options; option && !option_is_end(option);
         option++)
        if (option->key == letter) return option->arg != NULL;
    for (const struct argp_child *child = argp->children; child && child->argp; child++)
        if (option_short_takes(child->argp, letter)) return true;
    return false;
}

/* Is the word behind these short options their argument? That of the first which has one, if it
   ends the word. */
static bool option_cluster_takes(const struct argp *argp, const char *letters)
{
    for (; *letters; letters++)
        if (option_short_takes(argp, (unsigned char)*letters)) return letters[1] == 0;
    return false;
}

bool option_guess(const struct argp *argp, int argc, char **argv, FILE *out)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *word = argv[i];
        bool takes = false;
        if (word[0] != '-' || !word[1]) continue;
        /* Short options are left to argp, but the word behind them has to be passed over where it
           is their argument: it may begin with two dashes without being an option. */
        if (word[1] != '-') {
            i += option_cluster_takes(argp, word + 1);
            continue;
        }
        char name[GUESS_WORD_MAX];
        const size_t length = strcspn(word + 2, "=");
        if (length >= sizeof name) continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)length, word + 2);
        guess_t guess = guess_begin(name);
        if (option_find(argp, name, length, &guess, &takes) != OPTION_OTHER) {
            i += takes && !word[2 + length];
            continue;
        }
        if (!guess.best[0]) continue;
        if (out)
            out_print(out,
                      "%s: unrecognized option '--%s', did you mean '--%s'?\n"
                      "Try `%s --help' or `%s --usage' for more information.\n",
                      argv[0], name, guess.best, argv[0], argv[0]);
        return true;
    }
    return false;
}

const char *option_meant(const char *found, const char *const *words, char out[GUESS_SAID_MAX])
{
    guess_t guess = guess_begin(found);
    for (; *words; words++) guess_offer(&guess, *words);
    return guess_say(&guess, out);
}

error_t option_argument(int key, char *argument, struct argp_state *state, const char *what,
                        const char **value)
{
    if (key == ARGP_KEY_ARG && !*value) {
        *value = argument;
        return 0;
    }
    if (key == ARGP_KEY_END && *value) return 0;
    if (key != ARGP_KEY_ARG && key != ARGP_KEY_END) return ARGP_ERR_UNKNOWN;
    if (*value)
        argp_error(state, "one %s is expected, a second is `%s'", what, argument);
    else
        argp_error(state, "a %s is expected", what);
    return EINVAL;
}

error_t option_whole(struct argp_state *state, option_whole_t whole, const char *text,
                     int64_t *value)
{
    if (text_to_integer(text, whole.least, whole.most, value)) return 0;
    argp_error(state, "%s: expected a whole number from %" PRId64 " to %" PRId64 ", found `%s'",
               whole.option, whole.least, whole.most, text);
    return EINVAL;
}

confx_status_t option_directory(const char *given, const char *below, const char *file, char *out)
{
    char name[FILE_PATH_MAX];
    if (given) return file_join("", given, out);
    file_stem(file, name, sizeof name);
    return file_join(below, name, out);
}

char *option_help(int key, const char *text, const char *title, void (*print)(FILE *out))
{
    compose_t compose;
    if (key != ARGP_KEY_HELP_POST_DOC) return (char *)text;
    const confx_status_t begun = compose_begin(&compose);
    if (begun.code != CONFX_STATUS_OK) return (char *)text;
    out_print(compose.out, "%s\n\n", title);
    print(compose.out);
    out_print(compose.out, "\n%s", text);
    const confx_status_t ended = compose_end(&compose, "help");
    return ended.code == CONFX_STATUS_OK ? compose.text : (char *)text;
}
