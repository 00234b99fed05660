/* A line that tells how far something is, for as long as it runs.

   Where it goes is decided once. Standard error is a terminal: the line is painted there, over and
   over. Started by mpirun, standard error is a pipe whatever the user has done with mpirun's own:
   the line is painted on the controlling terminal, unless it can be seen that mpirun's standard
   error is another file. Otherwise it is written to standard error as plain lines, every second at
   first and ever more seldom: 1 s apart for the first 10 s, then 2 (to 30 s), 5 (to 2 min), 10 (to
   5 min), 30 (to 30 min) and 60; so it is on a terminal that cannot paint (TERM is "dumb" or not
   set). In a job of SLURM without a terminal there is none at all.

   A painted line is cut to the terminal's width, and painted anew when that changes. It is not
   painted while this program, or the mpirun that started it, is in the background, and a write to
   the terminal never stops the program (SIGTTOU) nor waits for a terminal that is held (Ctrl-S).
   All text is ASCII: a letter is a column. */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct live live_t;

enum { LIVE_PARTS_MAX = 8, LIVE_PART_MAX = 48 };

/* What is told, in parts: when they do not all fit, those of least weight are left out. */
typedef struct {
    char parts[LIVE_PARTS_MAX][LIVE_PART_MAX];
    int weights[LIVE_PARTS_MAX];
    size_t n;
} live_line_t;

/* One more part, cut when it is too long. */
__attribute__((format(printf, 3, 4))) void live_add(live_line_t *line, int weight,
                                                    const char *format, ...);

/* For one rank, that of the root. NULL: no memory, and no line; all functions below take that. The
   caller closes. */
live_t *live_open(void);

/* Is it time for the next one? `last`: there will be no other, so now at the latest. */
bool live_is_due(const live_t *live, bool last);
void live_show(live_t *live, const live_line_t *line);

/* Take the painted line off the screen: something else is about to be printed. It comes back when
   it is due. */
void live_clear(live_t *live);

/* The painted line stays where it is, and what follows begins on the next one. */
void live_close(live_t *live);

#endif
