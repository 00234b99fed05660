/* Long options that no command has. */
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "confx/guess.h"

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

/* When the words hold a long option that `argp` and its children do not know, nor as an
   abbreviation, but have one near to it: says so in argp's form, with the near one, and gives true.
   argv[0] is the command's name. out NULL: says nothing. All else that is wrong is left to argp. */
bool option_guess(const struct argp *argp, int argc, char **argv, FILE *out);

/* For the message on an option's argument that is none of these words (ended by a NULL): what
   guess_say has of them. */
const char *option_meant(const char *found, const char *const *words, char out[GUESS_SAID_MAX]);

#endif
