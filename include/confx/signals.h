/* Signals of users, schedulers and limits: they are noted, not obeyed at once, so that a program
   can leave a checkpoint. Functions are local. */
#ifndef CONFX_SIGNALS_H
#define CONFX_SIGNALS_H

#include <stdbool.h>

/* First thing in a program: a file that grows beyond a limit (ulimit -f) is an error of that write,
   EFBIG, and no signal. */
void cluster_ignore(void);

/* First thing in a program that leaves checkpoints, before cluster_open, as that takes a while: ask
   to be told of the signals of users, schedulers and limits, SIGTERM, SIGINT, SIGUSR1, SIGUSR2,
   SIGXCPU and SIGHUP (unless that was ignored when the program was started, as nohup does). They no
   longer end the program then. Nor does SIGPIPE: writing to a pipe that nobody reads any more fails
   with EPIPE, and what is searched for is in files. */
void cluster_listen(void);
bool cluster_told(void);

/* For a program that listens, but has nothing to lose when nobody reads what it prints: SIGPIPE
   ends it as usual. */
void cluster_end_with_readers(void);

#endif
