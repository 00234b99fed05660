#include "app/again.h"
#include "confx/file.h"

#include "app/shell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AGAIN_BYTES_MAX = 1 << 16, AGAIN_PATH_MAX = 64, AGAIN_WORDS_MAX = 4096 };

/* The command line of the process that started this one, each word ended by a NUL; its length, 0
   when it is not shown or is too long. */
static size_t again_read_parent(char bytes[AGAIN_BYTES_MAX])
{
    char path[AGAIN_PATH_MAX];
    (void)snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)getppid());
    int file;
    size_t length;
    if (file_open(path, FILE_USERS, FILE_ANY_LENGTH, &file).code != CONFX_STATUS_OK) return 0;
    /* A line that fills the whole room may be cut in the middle of a word, and one that does not
       end with a NUL is no list of words: a wrong command to copy is worse than none. */
    const bool read =
        file_read_at(file, path, bytes, AGAIN_BYTES_MAX, 0, &length).code == CONFX_STATUS_OK;
    (void)close(file);
    return read && length < AGAIN_BYTES_MAX && length > 0 && bytes[length - 1] == 0 ? length : 0;
}

static size_t again_split(char *bytes, size_t length, char *words[AGAIN_WORDS_MAX])
{
    size_t n = 0;
    for (size_t at = 0; at < length && n < AGAIN_WORDS_MAX; at += strlen(bytes + at) + 1)
        words[n++] = bytes + at;
    return n;
}

/* Do they end with these? */
static bool again_ends_with(char *const *theirs, size_t theirs_n, char *const *words, size_t n)
{
    if (theirs_n <= n) return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(theirs[theirs_n - n + i], words[i]) != 0) return false;
    return true;
}

/* What stands before the program's own words in mpirun's command line, which ends with them: mpirun
   -n 4. */
static void again_print_launcher(char *const *words, size_t n, FILE *out)
{
    char *bytes = malloc(AGAIN_BYTES_MAX);
    char **theirs = calloc(AGAIN_WORDS_MAX, sizeof *theirs);
    if (bytes && theirs) {
        const size_t theirs_n = again_split(bytes, again_read_parent(bytes), theirs);
        const size_t before = again_ends_with(theirs, theirs_n, words, n) ? theirs_n - n : 0;
        for (size_t i = 0; i < before && theirs[i]; i++) {
            shell_word(theirs[i], out);
            fputc(' ', out);
        }
    }
    free(theirs);
    free(bytes);
}

void again_print(char *const *words, int n, FILE *out)
{
    bool given = false;
    for (int i = 1; i < n; i++)
        given = given || !strcmp(words[i], "--resume") || !strcmp(words[i], "-r");
    /* By a shell, a script or a debugger it was not started in the way it would be typed. */
    if (getenv("OMPI_COMM_WORLD_SIZE")) again_print_launcher(words, (size_t)n, out);
    /* The option goes directly behind the subcommand: at the end it might stand behind a `--',
       where argp would take it for an argument. */
    for (int i = 0; i < n; i++) {
        if (i) fputc(' ', out);
        shell_word(words[i], out);
        if (i == 1 && !given) fputs(" --resume", out);
    }
    fputc('\n', out);
}
