#include "live_place.h"

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

enum { PLACE_PATH_MAX = 64, PLACE_COLUMNS = 80 };

/* ---- finding it ---------------------------------------------------------------------------------------------------
 */

static bool place_is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool place_by_mpirun(void)
{
    return place_is_set("OMPI_COMM_WORLD_SIZE");
}

/* Does it know how to go back to a line's beginning and to erase? Colours are not used. */
static bool place_paints(void)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") != 0;
}

/* The device of the terminal behind /dev/tty, which is opened as `terminal`. */
static bool place_device(int terminal, dev_t *device)
{
    unsigned encoded; /* as the kernel's new_encode_dev packs it */
    if (ioctl(terminal, TIOCGDEV, &encoded) != 0) return false;
    *device = makedev((encoded & 0xfff00U) >> 8, (encoded & 0xffU) | ((encoded >> 12) & 0xfff00U));
    return true;
}

/* Has the user sent mpirun's standard error elsewhere than to this terminal, into a file or through another program?
   Then that is where he wants to read. Where the system does not show it, the terminal it is. */
static bool place_is_elsewhere(int terminal)
{
    char path[PLACE_PATH_MAX];
    struct stat facts;
    dev_t device;
    (void)snprintf(path, sizeof path, "/proc/%ld/fd/2", (long)getppid());
    if (stat(path, &facts) != 0 || !place_device(terminal, &device)) return false;
    return !S_ISCHR(facts.st_mode) || facts.st_rdev != device;
}

/* The controlling terminal, for a rank whose standard error is a pipe to mpirun; -1: none to paint on. */
static int place_open_terminal(void)
{
    if (!place_by_mpirun() || !place_paints()) return -1;
    const int terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || !place_is_elsewhere(terminal)) return terminal;
    (void)close(terminal);
    return -1;
}

live_place_t live_place_find(void)
{
    if (isatty(STDERR_FILENO))
        return (live_place_t){.kind = place_paints() ? LIVE_PAINTED : LIVE_PLAIN, .terminal = STDERR_FILENO};
    const int terminal = place_open_terminal();
    if (terminal >= 0) return (live_place_t){LIVE_PAINTED, terminal, true};
    return (live_place_t){.kind = place_is_set("SLURM_JOB_ID") ? LIVE_NONE : LIVE_PLAIN, .terminal = -1};
}

void live_place_close(live_place_t *place)
{
    if (place->own) (void)close(place->terminal);
    *place = (live_place_t){.kind = LIVE_NONE, .terminal = -1};
}

/* ---- writing there ------------------------------------------------------------------------------------------------
 */

size_t live_place_columns(const live_place_t *place)
{
    struct winsize size;
    if (ioctl(place->terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return PLACE_COLUMNS;
    return size.ws_col;
}

/* A terminal that is not the controlling one has no foreground. Ranks of mpirun have process groups of their own, so
   what counts for them is where mpirun is. */
static bool place_is_in_front(int terminal)
{
    const pid_t front = tcgetpgrp(terminal);
    return front < 0 || front == getpgrp() || (place_by_mpirun() && front == getpgid(getppid()));
}

/* Not while another job has the terminal, nor while it takes nothing. Blocked, SIGTTOU lets the write through where the
   terminal would stop a process of the background (stty tostop), as every rank of mpirun is one. */
bool live_place_write(const live_place_t *place, const char *bytes, size_t n)
{
    struct pollfd ready = {.fd = place->terminal, .events = POLLOUT};
    sigset_t stop;
    sigset_t before;
    if (!place_is_in_front(place->terminal)) return false;
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT)) return false;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTTOU);
    (void)pthread_sigmask(SIG_BLOCK, &stop, &before);
    const bool whole = write(place->terminal, bytes, n) == (ssize_t)n;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return whole;
}
