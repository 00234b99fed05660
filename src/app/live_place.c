#include "app/live_place.h"
#include "confx/file.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { PLACE_PATH_MAX = 64, PLACE_COLUMNS = 80, PLACE_NAME_MAX = 32, PLACE_ANCESTORS_MAX = 16 };

/* ---- finding it ------------------------------------------------------------------------------ */

static bool live_place_is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

/* Of a process: the beginning of its program's name, and who started it. */
static bool live_place_read_process(pid_t process, char name[PLACE_NAME_MAX], pid_t *parent)
{
    char path[PLACE_PATH_MAX];
    long number = 0;
    char *text;
    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
    /* A picture on a terminal is no reason to fail: what cannot be read is no ancestor. */
    if (file_load(path, FILE_USERS, FILE_TEXT_MOST, &text, NULL).code != CONFX_STATUS_OK)
        return false;
    const char *line = strstr(text, "\nPPid:");
    const bool read =
        sscanf(text, "Name: %31s", name) == 1 && line && sscanf(line, " PPid: %ld", &number) == 1;
    free(text);
    *parent = (pid_t)number;
    return read;
}

/* mpirun is an ancestor, with shells or the like in between where it starts a script; 0: none, or
   on another node. */
static pid_t live_place_find_mpirun(void)
{
    static const char *const names[] = {"mpirun", "mpiexec", "orterun", "prterun"};
    char name[PLACE_NAME_MAX];
    pid_t process = getppid();
    if (!live_place_is_set("OMPI_COMM_WORLD_SIZE")) return 0;
    for (int i = 0; i < PLACE_ANCESTORS_MAX && process > 1; i++) {
        pid_t parent = 0;
        if (!live_place_read_process(process, name, &parent)) return 0;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (!strcmp(name, names[k])) return process;
        process = parent;
    }
    return 0;
}

/* Does it know how to go back to a line's beginning and to erase? Colours are not used. */
static bool live_place_paints(void)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0;
}

/* The device of the terminal behind /dev/tty, which is opened as `terminal`. */
static bool live_place_device(int terminal, dev_t *device)
{
    /* The status of /dev/tty itself would give the number of that alias, which is the same for
       every terminal. The major number has 12 bits from bit 8 on; the minor one is split into the
       lowest 8 bits and those from bit 20 on. */
    unsigned encoded; /* as the kernel's new_encode_dev packs it */
    if (ioctl(terminal, TIOCGDEV, &encoded) != 0) return false;
    *device = makedev((encoded & 0xfff00U) >> 8, (encoded & 0xffU) | ((encoded >> 12) & 0xfff00U));
    return true;
}

/* Has the user sent mpirun's standard error elsewhere than to this terminal, into a file or through
   another program? Then that is where he wants to read. Where the system does not show it, the
   terminal it is. */
static bool live_place_is_elsewhere(int terminal, pid_t mpirun)
{
    char path[PLACE_PATH_MAX];
    struct stat facts;
    dev_t device;
    (void)snprintf(path, sizeof path, "/proc/%ld/fd/2", (long)mpirun);
    if (stat(path, &facts) != 0 || !live_place_device(terminal, &device)) return false;
    return !S_ISCHR(facts.st_mode) || facts.st_rdev != device;
}

/* The controlling terminal, for a rank whose standard error is a pipe to mpirun; -1: none to paint
   on. */
static int live_place_open_terminal(pid_t mpirun)
{
    if (!mpirun || !live_place_paints()) return -1;
    const int terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || !live_place_is_elsewhere(terminal, mpirun)) return terminal;
    (void)close(terminal);
    return -1;
}

live_place_t live_place_find(void)
{
    const pid_t mpirun = live_place_find_mpirun();
    if (isatty(STDERR_FILENO))
        return (live_place_t){live_place_paints() ? LIVE_PAINTED : LIVE_PLAIN, STDERR_FILENO, false,
                              mpirun};
    const int terminal = live_place_open_terminal(mpirun);
    if (terminal >= 0) return (live_place_t){LIVE_PAINTED, terminal, true, mpirun};
    return (live_place_t){live_place_is_set("SLURM_JOB_ID") ? LIVE_NONE : LIVE_PLAIN, -1, false,
                          mpirun};
}

void live_place_close(live_place_t *place)
{
    if (place->own) (void)close(place->terminal);
    *place = (live_place_t){.kind = LIVE_NONE, .terminal = -1};
}

/* ---- writing there --------------------------------------------------------------------------- */

size_t live_place_columns(const live_place_t *place)
{
    struct winsize size;
    if (ioctl(place->terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return PLACE_COLUMNS;
    return size.ws_col;
}

/* A terminal that is not the controlling one has no foreground. Ranks of mpirun have process groups
   of their own, so what counts for them is where mpirun is. */
static bool live_place_is_in_front(const live_place_t *place)
{
    const pid_t front = tcgetpgrp(place->terminal);
    return front < 0 || front == getpgrp() || (place->mpirun && front == getpgid(place->mpirun));
}

/* Not while another job has the terminal, nor while it takes nothing. Blocked, SIGTTOU lets the
   write through where the terminal would stop a process of the background (stty tostop), as every
   rank of mpirun is one. */
bool live_place_write(const live_place_t *place, const char *bytes, size_t n)
{
    struct pollfd ready = {.fd = place->terminal, .events = POLLOUT};
    sigset_t stop;
    sigset_t before;
    /* The poll does not wait: a terminal that was stopped by Ctrl-S would otherwise hold up the
       search. A line that was not written is painted at the next opportunity. */
    if (!live_place_is_in_front(place)) return false;
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT)) return false;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTTOU);
    (void)pthread_sigmask(SIG_BLOCK, &stop, &before);
    const bool whole = write(place->terminal, bytes, n) == (ssize_t)n;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return whole;
}
