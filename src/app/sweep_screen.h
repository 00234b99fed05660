/* What sweep and compare share: the directory they take, and the line that shows how far they
   are. */
#ifndef APP_SWEEP_SCREEN_H
#define APP_SWEEP_SCREEN_H

#include "app/app.h"
#include "app/directory.h"
#include "app/live.h"
#include "confx/owner.h"
#include "confx/scheduler.h"

typedef struct {
    const char *what; /* "sweep" */
    live_t *live;
    scheduler_facts_t facts; /* the latest */
} sweep_screen_t;

sweep_screen_t sweep_screen_begin(const app_t *app, const char *what);
void sweep_screen_show(sweep_screen_t *screen, size_t searches_n, const scheduler_facts_t *facts);
void sweep_screen_end(sweep_screen_t *screen); /* finish the live line */
size_t sweep_screen_done(const scheduler_facts_t *facts);

/* One line on the layers whose MACs are not counted as they are, in all designs found; nothing
   where there is none. */
void sweep_screen_print_macs(const scheduler_search_t *searches, size_t n);

/* A line for each of the searches that failed or found nothing feasible, the first ten of them. */
void sweep_screen_print_others(const scheduler_search_t *searches, size_t n);

#define SCHEDULER_PLAN_FILE "plan.yaml"

typedef struct scheduler_place {
    directory_kind_t kind;
    const char *what, *file; /* "sweep"; that tells what is to be done */
    const char *directory;
    const char *text; /* all that decides what is done there: kept in DIRECTORY/plan.yaml */
    bool resume;
    const void *context;
    /* Does it go on with another plan, that of the directory until now? CONFX_STATUS_INPUT says why
       not. */
    confx_status_t (*grows)(const struct scheduler_place *place, const char *before);
} scheduler_place_t;

/* A directory that is theirs. */
typedef struct {
    owner_t *owner;       /* root */
    owner_watch_t *watch; /* the other ranks */
    const guard_t *guard; /* of one or the other */
} scheduler_owned_t;

/* Take the directory for the searches, until scheduler_leave_directory, which the caller owes even
   after a failure. CONFX_STATUS_INPUT where another process has it, and where it is used already,
   unless the same is resumed, or more than that, which is the directory's plan from then on.
   Collective: the root takes it; the other ranks sleep meanwhile, which may be for as long as a
   lease. */
confx_status_t scheduler_take_directory(app_t *app, const scheduler_place_t *place,
                                        scheduler_owned_t *owned);
void scheduler_leave_directory(scheduler_owned_t *owned); /* local */

#endif
