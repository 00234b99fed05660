#include "app/slurm/sbatch.h"
#include "app/shell.h"
#include "confx/file.h"
#include "confx/try.h"

#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

bool sbatch_add(sbatch_t *command, const char *format, ...)
{
    va_list arguments;
    if (command->n == SBATCH_WORDS_MAX) return false;
    va_start(arguments, format);
    const int length = vasprintf(&command->words[command->n], format, arguments);
    va_end(arguments);
    /* After a failure vasprintf leaves the pointer undefined, but the list must still end with a
       NULL, as posix_spawnp expects it. */
    if (length < 0) command->words[command->n] = NULL;
    command->n += length >= 0;
    return length >= 0;
}

void sbatch_clear(sbatch_t *command)
{
    for (size_t i = 0; i < command->n; i++) free(command->words[i]);
    memset(command, 0, sizeof *command);
}

/* The program that runs now; the one that PATH has, where the system does not tell. */
static void sbatch_name_program(char path[FILE_PATH_MAX])
{
    const ssize_t length = readlink("/proc/self/exe", path, FILE_PATH_MAX - 1);
    if (length > 0)
        path[length] = 0;
    else
        (void)snprintf(path, FILE_PATH_MAX, "confx");
}

/* ---- showing it ------------------------------------------------------------------------------ */

void sbatch_print(const sbatch_t *command, FILE *out)
{
    char program[FILE_PATH_MAX];
    if (!getenv("CONFX")) {
        sbatch_name_program(program);
        fputs("CONFX=", out);
        shell_word(program, out);
        fputc(' ', out);
    }
    for (size_t i = 0; i < command->n; i++) {
        if (i) fputc(' ', out);
        shell_word(command->words[i], out);
    }
    fputc('\n', out);
}

/* ---- running it ------------------------------------------------------------------------------ */

/* Run it with standard output and standard error going into these files; *code: as a shell would
   tell it. */
static confx_status_t sbatch_run(const sbatch_t *command, FILE *said, FILE *complained, int *code)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int wait_status;
    /* The child gets files and not pipes for its output: a pipe that nobody reads while the parent
       waits could fill up and block both. */
    (void)posix_spawn_file_actions_init(&actions);
    int error = posix_spawn_file_actions_adddup2(&actions, fileno(said), STDOUT_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, fileno(complained), STDERR_FILENO);
    if (!error)
        error = posix_spawnp(&pid, command->words[0], &actions, NULL, command->words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT)
        return status_fail(CONFX_STATUS_IO,
                           "%s: not found in PATH; is this a login node of a cluster with SLURM?",
                           command->words[0]);
    if (error)
        return status_fail(CONFX_STATUS_IO, "%s: cannot start: %s", command->words[0],
                           strerror(error));
    while (waitpid(pid, &wait_status, 0) < 0)
        if (errno != EINTR)
            return status_fail(CONFX_STATUS_IO, "%s: lost: %s", command->words[0], strerror(errno));
    *code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
    return status_ok();
}

/* What was written into the file, at most so much. */
static void sbatch_read_back(FILE *file, char *text, size_t room)
{
    rewind(file);
    const size_t length = fread(text, 1, room - 1, file);
    text[length] = 0;
    for (size_t last = length; last && strchr("\n ", text[last - 1]); last--) text[last - 1] = 0;
}

static confx_status_t sbatch_run_and_read(const sbatch_t *command, FILE *said, FILE *complained,
                                          char number[SBATCH_NUMBER_MAX])
{
    char words[CONFX_STATUS_MESSAGE_MAX / 2];
    int code = 0;
    TRY(sbatch_run(command, said, complained, &code));
    sbatch_read_back(complained, words, sizeof words);
    sbatch_read_back(said, number, SBATCH_NUMBER_MAX);
    /* With --parsable, sbatch prints the number alone, followed by a semicolon and the cluster's
       name where there are several. Anything else may come from a wrapper of the site and is no
       number to watch. */
    if (code) return status_fail(CONFX_STATUS_IO, "sbatch refuses (exit code %d): %s", code, words);
    number[strcspn(number, ";")] = 0; /* NUMBER;CLUSTER */
    if (!*number || strspn(number, "0123456789") != strlen(number))
        return status_fail(CONFX_STATUS_IO, "sbatch does not tell the number of the job: \"%s\"",
                           number);
    return status_ok();
}

confx_status_t sbatch_submit(const sbatch_t *command, char number[SBATCH_NUMBER_MAX])
{
    char program[FILE_PATH_MAX];
    sbatch_name_program(program);
    (void)setenv("CONFX", program, false);
    FILE *said = tmpfile();
    FILE *complained =
        said ? tmpfile() : NULL; /* after a failure no other call, so that errno is its own */
    const confx_status_t status =
        complained ? sbatch_run_and_read(command, said, complained, number)
                   : status_fail(CONFX_STATUS_IO, "no temporary file: %s", strerror(errno));
    if (said) (void)fclose(said);
    if (complained) (void)fclose(complained);
    return status;
}
