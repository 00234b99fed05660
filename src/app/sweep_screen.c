#include "app/sweep_screen.h"
#include "confx/compose.h"
#include "confx/try.h"

#include "confx/file.h"
#include "confx/master.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the line -------------------------------------------------------------------------------- */

sweep_screen_t sweep_screen_begin(const app_t *app, const char *what)
{
    return (sweep_screen_t){.what = what, .live = app->root ? live_open() : NULL};
}

size_t sweep_screen_done(const scheduler_facts_t *facts)
{
    return facts->counts[SCHEDULER_COMPLETE] + facts->counts[SCHEDULER_INFEASIBLE] +
           facts->counts[SCHEDULER_FAILED];
}

void sweep_screen_show(sweep_screen_t *screen, size_t searches_n, const scheduler_facts_t *facts)
{
    live_line_t line = {.n = 0};
    const size_t done = sweep_screen_done(facts);
    screen->facts = *facts;
    if (!live_is_due(screen->live, done == searches_n)) return;
    live_add(&line, 2, "%s", screen->what);
    live_add(&line, 5, "%zu of %zu done", done, searches_n);
    live_add(&line, 1, "%zu running", facts->counts[SCHEDULER_RUNNING]);
    live_add(&line, 3, "%zu failed", facts->counts[SCHEDULER_FAILED]);
    if (facts->counts[SCHEDULER_INFEASIBLE])
        live_add(&line, 3, "%zu infeasible", facts->counts[SCHEDULER_INFEASIBLE]);
    if (!isnan(facts->seconds_left)) live_add(&line, 4, "%.0f s left", facts->seconds_left);
    live_show(screen->live, &line);
}

void sweep_screen_end(sweep_screen_t *screen)
{
    live_close(screen->live);
    screen->live = NULL;
}

void sweep_screen_print_macs(const scheduler_search_t *searches, size_t n)
{
    departing_t departing = {.layers = 0};
    for (size_t i = 0; i < n; i++) departing_add(&departing, &searches[i].result);
    departing_print(&departing);
}

void sweep_screen_print_others(const scheduler_search_t *searches, size_t n)
{
    enum { SHOWN = 10 };
    size_t others = 0;
    for (size_t i = 0; i < n; i++) {
        const scheduler_state_t state = searches[i].state;
        if (state != SCHEDULER_FAILED && state != SCHEDULER_INFEASIBLE) continue;
        if (others++ < SHOWN)
            out_print(stdout, "%-10s %s: %s\n", scheduler_state_name(state),
                      file_basename(searches[i].job->output), searches[i].status.message);
    }
    if (others > SHOWN) out_print(stdout, "           and %zu more\n", others - SHOWN);
}

/* ---- the directory --------------------------------------------------------------------------- */

static confx_status_t sweep_screen_check_plan(const scheduler_place_t *place, const char *path,
                                              const guard_t *guard)
{
    char *before;
    if (!place->resume)
        return status_input(NULL, 0, "--output",
                            "%s already holds a %s; go on with it by --resume, or choose another",
                            place->directory, place->what);
    TRY(file_load(path, FILE_OURS, FILE_TABLE_MOST, &before, NULL));
    /* An equal plan stays as it is. A different one replaces it only if it has grown from it, and
       before any search begins: a kill after that finds the plan that the searches belong to. */
    const bool same = strcmp(before, place->text) == 0;
    confx_status_t status = same ? status_ok() : place->grows(place, before);
    free(before);
    if (!same && status.code == CONFX_STATUS_OK)
        status = file_write(path, place->text, strlen(place->text), guard);
    return status;
}

static void sweep_screen_tell_wait(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "confx: %s\n", text);
}

static bool sweep_screen_is_told(void *context)
{
    (void)context;
    return cluster_told();
}

/* What is in the directory counts once it is owned: until then another process may be about to fill
   it. */
static confx_status_t sweep_screen_take_directory(const scheduler_place_t *place, owner_t **owner)
{
    char path[FILE_PATH_MAX];
    const owner_options_t options = {
        .patient = place->resume, .notice = sweep_screen_tell_wait, .stop = sweep_screen_is_told};
    TRY(directory_expect_room(place->directory, place->kind));
    TRY(file_join(place->directory, SCHEDULER_PLAN_FILE, path));
    bool has;
    TRY(directory_expect_no_file(place->directory));
    /* The kind is checked twice: before, so that a directory of another kind is not touched, and
       again once it is owned, when nobody else can change it. Leftovers are removed only then, as
       until then they might be another process's work. */
    TRY(file_make_directory(place->directory));
    TRY(owner_take(place->directory, &options, owner));
    TRY(directory_expect_room(place->directory, place->kind));
    TRY(store_tidy(place->directory, owner_guard(*owner)));
    TRY(file_has(path, &has));
    if (has) return sweep_screen_check_plan(place, path, owner_guard(*owner));
    return file_write(path, place->text, strlen(place->text), owner_guard(*owner));
}

/* The other ranks ask for themselves, before they begin a search in it. */
static confx_status_t sweep_screen_watch_directory(app_t *app, const char *directory,
                                                   scheduler_owned_t *owned)
{
    char id[OWNER_ID_MAX] = "";
    confx_status_t status = status_ok();
    /* The id of the owner is all that the others need to ask whether the directory is still this
       program's: they read it from the directory through the file system of their own node. */
    if (app->root) (void)snprintf(id, sizeof id, "%s", owner_id(owned->owner));
    cluster_broadcast(app->cluster, id, sizeof id);
    if (!app->root) status = owner_watch_open(directory, id, &owned->watch);
    owned->guard = app->root ? owner_guard(owned->owner) : owner_watch_guard(owned->watch);
    return cluster_agree(app->cluster, status);
}

confx_status_t scheduler_take_directory(app_t *app, const scheduler_place_t *place,
                                        scheduler_owned_t *owned)
{
    *owned = (scheduler_owned_t){.owner = NULL};
    const confx_status_t status =
        app->root ? sweep_screen_take_directory(place, &owned->owner) : status_ok();
    /* The root may wait here for a lease of minutes. The other ranks sleep until it has arrived,
       instead of spinning in the agreement below. */
    cluster_rest(app->cluster);
    TRY(app_root_only(app, status));
    return sweep_screen_watch_directory(app, place->directory, owned);
}

void scheduler_leave_directory(scheduler_owned_t *owned)
{
    owner_watch_close(owned->watch);
    owner_close(owned->owner);
    *owned = (scheduler_owned_t){.owner = NULL};
}
