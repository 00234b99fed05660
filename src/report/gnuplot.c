#include "gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- the script
 * ------------------------------------------------------------------------------------------------------------ */

status_t script_open(script_t *script)
{
    *script = (script_t){.out = NULL};
    script->out = open_memstream(&script->text, &script->length);
    return script->out ? status_ok() : status_fail(STATUS_MEMORY, "no memory for a plot");
}

void script_close(script_t *script)
{
    if (script->out) (void)fclose(script->out);
    free(script->text);
}

void script_quote(script_t *script, const char *text)
{
    fputc('\'', script->out);
    for (; *text; text++) {
        if (*text == '\'') fputc('\'', script->out);
        fputc(*text, script->out);
    }
    fputc('\'', script->out);
}

/* ---- the process
 * ----------------------------------------------------------------------------------------------------------- */

enum { SCRIPT, PICTURE, COMPLAINTS, STREAMS }; /* its standard input, output and error, by their numbers */

static status_t io_failure(const char *what)
{
    return status_fail(STATUS_IO, "%s: %s", what, strerror(errno));
}

static status_t write_all(int descriptor, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t written = write(descriptor, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return io_failure("the plot script cannot be written");
        bytes += written;
        n -= (size_t)written;
    }
    return lseek(descriptor, 0, SEEK_SET) == 0 ? status_ok() : io_failure("the plot script cannot be rewound");
}

/* All of a file in memory, NUL-terminated. */
static status_t read_all(int descriptor, char **text)
{
    const off_t length = lseek(descriptor, 0, SEEK_END);
    if (length < 0) return io_failure("the plot cannot be read");
    *text = malloc((size_t)length + 1);
    if (!*text) return status_fail(STATUS_MEMORY, "no memory for a plot of %lld bytes", (long long)length);
    const ssize_t got = pread(descriptor, *text, (size_t)length, 0);
    (*text)[got < 0 ? 0 : got] = 0;
    return got == length ? status_ok() : io_failure("the plot cannot be read");
}

static status_t spawn(const int streams[STREAMS], pid_t *child)
{
    /* -d: no start-up files, so that the picture is the same for everybody */
    char *arguments[] = {"gnuplot", "-d", "-", NULL};
    posix_spawn_file_actions_t actions;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure) return status_fail(STATUS_MEMORY, "no memory to start gnuplot");
    for (int i = 0; i < STREAMS && !failure; i++) failure = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
    if (!failure) failure = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (!failure) return status_ok();
    if (failure == ENOMEM) return status_fail(STATUS_MEMORY, "no memory to start gnuplot");
    if (failure == ENOENT)
        return status_fail(STATUS_IO, "gnuplot, which draws the plots, is not installed (Debian: apt-get install"
                                      " gnuplot-nox)");
    return status_fail(STATUS_IO, "gnuplot cannot be started: %s", strerror(failure));
}

static status_t await(pid_t child, bool *well)
{
    int outcome = 0;
    while (waitpid(child, &outcome, 0) < 0)
        if (errno != EINTR) return io_failure("gnuplot is lost");
    *well = WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
    return status_ok();
}

static status_t complain(int complaints)
{
    char *text = NULL;
    status_t status = read_all(complaints, &text);
    if (status.code == STATUS_OK)
        status = status_fail(STATUS_IO, "gnuplot failed: %.*s", 300, text + strspn(text, "\n ^"));
    free(text);
    return status;
}

static status_t draw(const int streams[STREAMS], const script_t *script, char **svg)
{
    pid_t child;
    bool well = false;
    TRY(write_all(streams[SCRIPT], script->text, script->length));
    TRY(spawn(streams, &child));
    TRY(await(child, &well));
    return well ? read_all(streams[PICTURE], svg) : complain(streams[COMPLAINTS]);
}

status_t script_draw(script_t *script, char **svg)
{
    int streams[STREAMS] = {-1, -1, -1};
    status_t status = status_ok();
    *svg = NULL;
    const bool whole = !ferror(script->out) & !fclose(script->out);
    script->out = NULL;
    if (!whole) return status_fail(STATUS_MEMORY, "no memory for a plot");
    for (int i = 0; i < STREAMS && status.code == STATUS_OK; i++) {
        streams[i] = memfd_create("confx plot", MFD_CLOEXEC);
        if (streams[i] < 0) status = io_failure("no room for a plot");
    }
    if (status.code == STATUS_OK) status = draw(streams, script, svg);
    for (int i = 0; i < STREAMS; i++)
        if (streams[i] >= 0) (void)close(streams[i]);
    if (status.code != STATUS_OK) {
        free(*svg);
        *svg = NULL;
    }
    return status;
}
