/* Words as one would type them into a shell. */
#ifndef APP_SHELL_H
#define APP_SHELL_H

#include <stdio.h>

/* The word, within quotation marks where a shell would take it for anything else. */
void shell_word(const char *word, FILE *out);

#endif
