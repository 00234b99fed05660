/* Being told to stop, in time to leave a checkpoint. Who tells (measured with Open MPI 4.1.4 and
   SLURM 22.05): mpirun passes SIGUSR1 on at once and lives on; its exit code is then that of the
   ranks. On SIGTERM, SIGINT or Ctrl-C (ranks have process groups of their own) it ends the job:
   after odls_base_sigkill_timeout, 1 s by default, the ranks get SIGCONT and SIGTERM, after as long
   again SIGKILL; its exit code is 1 whatever theirs. So that timeout is the time a checkpoint may
   take, and SIGUSR1 is the way to stop a job of mpirun without a hurry. SLURM sends SIGTERM to the
   ranks directly and SIGKILL after KillWait or the partition's GraceTime. */
#include "confx/cluster.h"

#include <signal.h>

/* A variable that is not on a stack or the heap (the other one is in policy/matrix.c): a signal
   handler gets no argument, and a lock-free flag of this type is all that C11 (7.14.1.1) lets it
   write. It only ever goes from 0 to 1. */
static volatile sig_atomic_t told;

static void signals_listen_hear(int signal_number)
{
    (void)signal_number;
    told = 1;
}

/* As it was started: a program under nohup is to outlive its terminal. */
static bool signals_listen_is_ignored(int signal_number)
{
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
           action.sa_handler == SIG_IGN;
}

/* Told twice is told once (no SA_RESETHAND): SLURM sends SIGTERM, SIGCONT, SIGTERM, and the second
   must not kill the checkpoint; SIGXCPU comes once a second from the soft limit of processor time
   on, until SIGKILL at the hard one. SA_RESTART: nobody has to expect EINTR from a write. */
void cluster_listen(void)
{
    struct sigaction action = {.sa_handler = signals_listen_hear, .sa_flags = SA_RESTART};
    (void)sigemptyset(&action.sa_mask);
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i] != SIGHUP || !signals_listen_is_ignored(SIGHUP))
            (void)sigaction(signals[i], &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

void cluster_end_with_readers(void)
{
    (void)signal(SIGPIPE, SIG_DFL);
}

void cluster_ignore(void)
{
    (void)signal(SIGXFSZ, SIG_IGN);
}

bool cluster_told(void)
{
    return told != 0;
}
