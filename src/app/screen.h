/* What a running search shows: facts at the start, a line as it goes. */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "app/app.h"
#include "app/live.h"
#include "confx/run.h"

typedef struct {
    live_t *live;
    int ranks;
    const char *units;
} screen_t;

screen_t screen_begin(const app_t *app);
run_listener_t screen_listener(screen_t *screen);
void screen_end(screen_t *screen); /* finish the live line */

#endif
