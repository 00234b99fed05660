/* What sweep and compare share: the directory they take, and the line that shows how far they are. */
#ifndef APP_MANY_SCREEN_H
#define APP_MANY_SCREEN_H

#include "app/app.h"
#include "app/directory.h"
#include "app/live.h"
#include "confx/owner.h"
#include "confx/scheduler.h"

typedef struct {
    const char *what; /* "sweep" */
    live_t *live;
    many_facts_t facts; /* the latest */
} many_screen_t;

many_screen_t many_screen_begin(const app_t *app, const char *what);
void many_screen_show(many_screen_t *screen, size_t searches_n, const many_facts_t *facts);
void many_screen_end(many_screen_t *screen); /* finish the live line */
size_t many_screen_done(const many_facts_t *facts);

#define MANY_PLAN_FILE "plan.yaml"

typedef struct many_place {
    directory_kind_t kind;
    const char *what, *file; /* "sweep"; that tells what is to be done */
    const char *directory;
    const char *text; /* all that decides what is done there: kept in DIRECTORY/plan.yaml */
    bool resume;
    const void *context;
    /* Does it go on with another plan, that of the directory until now? CONFX_STATUS_INPUT says why not. */
    confx_status_t (*grows)(const struct many_place *place, const char *before);
} many_place_t;

/* A directory that is theirs. */
typedef struct {
    owner_t *owner;       /* root */
    owner_watch_t *watch; /* the other ranks */
    const guard_t *guard; /* of one or the other */
} many_owned_t;

/* From the first moment the directory is theirs, until many_leave_directory, which the caller owes even after a
   failure. One that is used is CONFX_STATUS_INPUT, unless to resume the same or what has grown from it, which is its
   plan then; so is one that another process has. Collective: the root takes it, and the others sleep while it waits for
   an owner whom it cannot see. */
confx_status_t many_take_directory(app_t *app, const many_place_t *place, many_owned_t *owned);
void many_leave_directory(many_owned_t *owned); /* local */

#endif
