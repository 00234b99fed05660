/* How a command that was stopped goes on. */
#ifndef APP_AGAIN_H
#define APP_AGAIN_H

#include <stdio.h>

/* The command line, with --resume behind the subcommand unless it is there, as one would type it
   into a shell, and the end of the line. words (n): this program's own, "confx", "run", ...; what
   started it, mpirun and its options, stands before them where the system shows that. */
void again_print(char *const *words, int n, FILE *out);

#endif
