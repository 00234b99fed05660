/* What the parsers of commands share: long options that no command has, the single argument,
   help. */
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "confx/guess.h"
#include "confx/status.h"

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* When the words hold a long option that `argp` and its children do not know, nor as an
   abbreviation, but have one near to it: says so in argp's form, with the near one, and gives true.
   argv[0] is the command's name. out NULL: says nothing. All else that is wrong is left to argp. */
bool option_guess(const struct argp *argp, int argc, char **argv, FILE *out);

/* The single argument of a command, which is a WHAT ("job file"), by argp's keys: ARGP_KEY_ARG
   gives it to *value and refuses a second, ARGP_KEY_END refuses that there was none.
   ARGP_ERR_UNKNOWN for any other key: it is the last that a parser asks. */
error_t option_argument(int key, char *argument, struct argp_state *state, const char *what,
                        const char **value);

/* The whole number that an option's argument is, within a range; otherwise an error of argp's, and
 *value is untouched. */
typedef struct {
    const char *option; /* "--seeds" */
    int64_t least, most;
} option_whole_t;
error_t option_whole(struct argp_state *state, option_whole_t whole, const char *text,
                     int64_t *value);

/* Where something is left: the directory that was `given`, or else BELOW/NAME for a file NAME.yaml,
   into out (FILE_PATH_MAX). CONFX_STATUS_IO: a path is too long. */
confx_status_t option_directory(const char *given, const char *below, const char *file, char *out);

/* For a help filter of argp: what it shows behind the options begins with `title` and what `print`
   prints. argp frees what is not its own text. */
char *option_help(int key, const char *text, const char *title, void (*print)(FILE *out));

/* For the message on an option's argument that is none of these words (ended by a NULL): what
   guess_say has of them. */
const char *option_meant(const char *found, const char *const *words, char out[GUESS_SAID_MAX]);

#endif
