/* A command line of sbatch: composed word by word, shown, run. */
#ifndef APP_SBATCH_H
#define APP_SBATCH_H

#include "confx/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SBATCH_WORDS_MAX = 1024, SBATCH_NUMBER_MAX = 64 };

typedef struct {
    char *words[SBATCH_WORDS_MAX + 1]; /* NULL behind the last */
    size_t n;
} sbatch_t;

/* One more word, in printf's manner; false when there is no room for it. */
__attribute__((format(printf, 2, 3))) bool sbatch_add(sbatch_t *command, const char *format, ...);
void sbatch_clear(sbatch_t *command);

/* As one would type it into a shell, in the environment that sbatch_submit gives. */
void sbatch_print(const sbatch_t *command, FILE *out);

/* Run it; the number of the job that `sbatch --parsable` tells. The script finds this program as
   $CONFX, unless that is set already. CONFX_STATUS_IO when sbatch is not there or refuses, with
   what it says. */
confx_status_t sbatch_submit(const sbatch_t *command, char number[SBATCH_NUMBER_MAX]);

#endif
