/* Preloaded into confx by tests that are to find it at work: after so many files were put in place it stops itself, as
   by SIGSTOP from outside, but at the same point however slow or fast the machine is. CONFX_TEST_HOLD names a file of
   one line, "N TEXT": hold after the Nth rename of this process to a path that has TEXT in it, and after each one
   behind that. No such file: no hold. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const variable = "CONFX_TEST_HOLD";

static int is_to_hold(const char *path)
{
    static long seen; /* one TEXT a process */
    char text[64];
    long n = 0;
    const char *control = getenv(variable);
    FILE *file = control ? fopen(control, "r") : NULL;
    if (!file) return 0;
    const int words = fscanf(file, "%ld %63s", &n, text);
    (void)fclose(file);
    if (words != 2 || !strstr(path, text)) return 0;
    return ++seen >= n;
}

/* Stands before the C library's own. */
int rename(const char *from, const char *to)
{
    const int result = renameat(AT_FDCWD, from, AT_FDCWD, to);
    if (result == 0 && is_to_hold(to)) (void)raise(SIGSTOP);
    return result;
}
