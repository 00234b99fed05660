/* What a running search shows: facts at the start, a line as it goes. */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "confx/run.h"

typedef struct {
    bool live;         /* standard error is a terminal: one line is rewritten; otherwise a line now and then */
    bool line;         /* a live line stands unfinished */
    double shown;      /* clock of the last line */
    const char *stage; /* of the last line */
    int ranks;
    const char *units;
} screen_t;

screen_t screen_begin(int ranks);
run_listener_t screen_listener(screen_t *screen);
void screen_end(screen_t *screen); /* finish the live line */

#endif
