/* Preloaded into confx by tests that are to find it at work: after so many files were put in place
   it stops itself, as by SIGSTOP from outside, but at the same point however slow or fast the
   machine is. CONFX_TEST_HOLD names a file of one line, "N TEXT": hold after the Nth rename of this
   process to a path that has TEXT in it, and after each one behind that; "N TEXT open": the same of
   files that are opened. No such file: no hold. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const variable = "CONFX_TEST_HOLD";

typedef FILE *fopen_t(const char *path, const char *mode);
typedef int open_t(const char *path, int flags, ...);

/* The C library's own. ISO C knows no way from a pointer to data to one to a function but this. */
static void *theirs(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

static FILE *their_fopen(const char *path, const char *mode)
{
    void *found = theirs("fopen");
    fopen_t *function;
    memcpy(&function, &found, sizeof function);
    return function(path, mode);
}

static int their_open(const char *path, int flags, mode_t mode)
{
    void *found = theirs("open");
    open_t *function;
    memcpy(&function, &found, sizeof function);
    return function(path, flags, mode);
}

/* what: "rename" or "open". */
static void hold(const char *path, const char *what)
{
    static long seen; /* one TEXT a process */
    char text[64];
    char wanted[16] = "rename";
    long n = 0;
    const char *control = getenv(variable);
    FILE *file = control ? their_fopen(control, "r") : NULL;
    if (!file) return;
    const int words = fscanf(file, "%ld %63s %15s", &n, text, wanted);
    (void)fclose(file);
    if (words < 2 || strcmp(wanted, what) != 0 || !strstr(path, text)) return;
    if (++seen >= n) (void)raise(SIGSTOP);
}

/* These stand before the C library's own. */
int rename(const char *from, const char *to)
{
    const int result = renameat(AT_FDCWD, from, AT_FDCWD, to);
    if (result == 0) hold(to, "rename");
    return result;
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *file = their_fopen(path, mode);
    if (file) hold(path, "open");
    return file;
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list more;
    va_start(more, flags);
    if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(more, mode_t);
    va_end(more);
    const int file = their_open(path, flags, mode);
    if (file >= 0) hold(path, "open");
    return file;
}
