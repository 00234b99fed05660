#include "report/plot/gnuplot.h"
#include "confx/text.h"
#include "confx/try.h"

#include "report/plot/scratch.h"

#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

enum {
    SCRIPT,
    PICTURE,
    COMPLAINTS,
    STREAMS
}; /* its standard input, output and error, by their numbers */

void gnuplot_quote(const char *text, FILE *script)
{
    /* Within single quotes gnuplot takes all literally, but a line's end closes the command. */
    fputc('\'', script);
    while (*text) {
        bool hidden;
        const size_t length = text_character(text, &hidden);
        if (*text == '\'') fputc('\'', script);
        if (hidden)
            fputc('?', script);
        else
            (void)fwrite(text, 1, length, script);
        text += length;
    }
    fputc('\'', script);
}

static confx_status_t gnuplot_spawn_failure(int failure)
{
    switch (failure) {
    case ENOMEM:
        return status_fail(CONFX_STATUS_MEMORY, "no memory to start gnuplot");
    case ENOENT:
        return status_fail(
            CONFX_STATUS_IO,
            "gnuplot, which draws the plots, is not installed (Debian: apt-get install"
            " gnuplot-nox)");
    default:
        return status_fail(CONFX_STATUS_IO, "gnuplot cannot be started: %s", strerror(failure));
    }
}

static confx_status_t gnuplot_spawn(FILE *const streams[STREAMS], pid_t *child)
{
    /* -d: no start-up files, so that the picture is the same for everybody */
    char *arguments[] = {"gnuplot", "-d", "-", NULL};
    int descriptors[STREAMS];
    posix_spawn_file_actions_t actions;
    for (int i = 0; i < STREAMS; i++) TRY(memory_file_rewind(streams[i], &descriptors[i]));
    /* The files in memory close on exec, but the copies that dup2 makes do not: the child has its
       three standard streams and none of the originals. */
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure) return gnuplot_spawn_failure(failure);
    for (int i = 0; i < STREAMS && !failure; i++)
        failure = posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    if (!failure) failure = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return failure ? gnuplot_spawn_failure(failure) : status_ok();
}

static confx_status_t gnuplot_await(pid_t child, bool *well)
{
    int outcome = 0;
    while (waitpid(child, &outcome, 0) < 0)
        if (errno != EINTR)
            return status_fail(CONFX_STATUS_IO, "gnuplot is lost: %s", strerror(errno));
    *well = WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
    return status_ok();
}

static confx_status_t gnuplot_complain(FILE *complaints)
{
    char *text = NULL;
    size_t length = 0;
    confx_status_t status = memory_file_text(complaints, &text, &length);
    if (status.code == CONFX_STATUS_OK) {
        for (char *end = strchr(text, '\n'); end; end = strchr(end, '\n')) *end = ' ';
        status =
            status_fail(CONFX_STATUS_IO, "gnuplot failed: %.*s", 300, text + strspn(text, " ^"));
    }
    free(text);
    return status;
}

confx_status_t gnuplot_draw(FILE *script, char **picture, size_t *length)
{
    pid_t child = 0;
    bool well = false;
    FILE *streams[STREAMS] = {[SCRIPT] = script};
    confx_status_t status;
    *picture = NULL;
    *length = 0;
    TRY_OUT(memory_file_open(&streams[PICTURE]));
    TRY_OUT(memory_file_open(&streams[COMPLAINTS]));
    /* Files in memory need no reader at their other end, unlike pipes: the child cannot block on a
       picture or a complaint that nobody takes while this process waits for it. */
    TRY_OUT(gnuplot_spawn(streams, &child));
    TRY_OUT(gnuplot_await(child, &well));
    TRY_OUT(well ? memory_file_text(streams[PICTURE], picture, length)
                 : gnuplot_complain(streams[COMPLAINTS]));
out:
    for (int i = PICTURE; i < STREAMS; i++)
        if (streams[i]) (void)fclose(streams[i]);
    return status;
}
