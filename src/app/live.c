#include "app/live.h"

#include "app/live_place.h"
#include "confx/clock.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_BYTES = LIVE_PARTS_MAX * (LIVE_PART_MAX + 2) };

static const double live_pause = 0.1; /* between two paintings */
static const long live_look_ns = 250000000;

struct live {
    live_place_t place;
    double begun, shown; /* clock */
    /* of a painted line alone: */
    pthread_mutex_t lock; /* the watcher paints as well */
    pthread_t watcher;
    bool watched, over;
    sigset_t mask; /* of the caller's signals before */
    bool standing; /* a painted line is on the screen */
    size_t columns;
    live_line_t line; /* the latest */
};

/* ---- the line -------------------------------------------------------------------------------- */

void live_add(live_line_t *line, int weight, const char *format, ...)
{
    va_list arguments;
    assert(line->n < LIVE_PARTS_MAX);
    va_start(arguments, format);
    (void)vsnprintf(line->parts[line->n], LIVE_PART_MAX, format, arguments);
    va_end(arguments);
    line->weights[line->n++] = weight;
}

/* What is written between two parts. */
static const char live_between[] = "  ";

static size_t live_length(const live_line_t *line, const bool kept[LIVE_PARTS_MAX])
{
    size_t length = 0;
    for (size_t i = 0; i < line->n; i++)
        if (kept[i]) length += strlen(line->parts[i]) + (length ? sizeof live_between - 1 : 0);
    return length;
}

/* Leave out the lightest part, the last of equal ones; false when only one is left. */
static bool live_lighten(const live_line_t *line, bool kept[LIVE_PARTS_MAX])
{
    size_t lightest = line->n;
    size_t left = 0;
    for (size_t i = 0; i < line->n; i++) {
        if (!kept[i]) continue;
        left++;
        if (lightest == line->n || line->weights[i] <= line->weights[lightest]) lightest = i;
    }
    if (left < 2) return false;
    kept[lightest] = false;
    return true;
}

/* The parts that fit into so many columns, or the beginning of the weightiest. */
static void live_fit(const live_line_t *line, size_t columns, char out[LINE_MAX_BYTES])
{
    bool kept[LIVE_PARTS_MAX];
    size_t used = 0;
    for (size_t i = 0; i < LIVE_PARTS_MAX; i++) kept[i] = true;
    while (live_length(line, kept) > columns && live_lighten(line, kept)) continue;
    out[0] = 0;
    for (size_t i = 0; i < line->n; i++)
        if (kept[i])
            used += (size_t)snprintf(out + used, LINE_MAX_BYTES - used, "%s%s",
                                     used ? live_between : "", line->parts[i]);
    if (used > columns) out[columns] = 0;
}

/* ---- painting -------------------------------------------------------------------------------- */

/* The cursor is left at the line's beginning, and all below is erased: when a terminal that has
   become narrower folds the line, its beginning is still where the next one is painted, and nothing
   of the old one stays. The last column is left free, as some terminals go on to the next row with
   the letter in it. */
static void live_paint(live_t *live)
{
    char text[LINE_MAX_BYTES];
    char bytes[LINE_MAX_BYTES + 16];
    live->columns = live_place_columns(&live->place);
    live_fit(&live->line, live->columns > 1 ? live->columns - 1 : 1, text);
    const int length = snprintf(bytes, sizeof bytes, "\r%s\033[J\r", text);
    if (live_place_write(&live->place, bytes, (size_t)length)) live->standing = true;
}

/* A resize is told by SIGWINCH to the foreground's processes. Ranks of mpirun are none, so the
   width is looked at now and then as well. */
static void *live_watch(void *context)
{
    live_t *live = context;
    const struct timespec pause = {.tv_nsec = live_look_ns};
    sigset_t resized;
    (void)sigemptyset(&resized);
    (void)sigaddset(&resized, SIGWINCH);
    for (bool over = false; !over;) {
        /* The wait ends by a resize or by the pause, and in both cases the width is compared. A
           line that was cleared is not painted again here: something else is being printed in its
           place. */
        (void)sigtimedwait(&resized, NULL, &pause);
        (void)pthread_mutex_lock(&live->lock);
        over = live->over;
        if (!over && live->standing && live_place_columns(&live->place) != live->columns)
            live_paint(live);
        (void)pthread_mutex_unlock(&live->lock);
    }
    return NULL;
}

/* The watcher takes no signal from the caller, who keeps those that end the program; SIGWINCH waits
   for the watcher. A system without another thread only paints when there is something new. */
static void live_begin_watching(live_t *live)
{
    sigset_t all;
    sigset_t resized;
    (void)sigfillset(&all);
    (void)sigemptyset(&resized);
    (void)sigaddset(&resized, SIGWINCH);
    (void)pthread_mutex_init(&live->lock, NULL);
    (void)pthread_sigmask(SIG_BLOCK, &all, &live->mask);
    live->watched = pthread_create(&live->watcher, NULL, live_watch, live) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &live->mask, NULL);
    (void)pthread_sigmask(SIG_BLOCK, &resized, NULL);
}

static void live_end_watching(live_t *live)
{
    (void)pthread_mutex_lock(&live->lock);
    live->over = true;
    (void)pthread_mutex_unlock(&live->lock);
    /* The signal is blocked in the watcher and pending for it, so it ends the wait at once, and
       joining does not take the rest of a pause. `over` was set before, so that the watcher paints
       no more. */
    if (live->watched) {
        (void)pthread_kill(live->watcher, SIGWINCH);
        (void)pthread_join(live->watcher, NULL);
    }
    (void)pthread_sigmask(SIG_SETMASK, &live->mask, NULL);
    (void)pthread_mutex_destroy(&live->lock);
}

/* ---- plain lines ----------------------------------------------------------------------------- */

/* Seconds between two plain lines, so long after the beginning. */
static double live_plain_pause(double since)
{
    static const struct {
        double until, pause;
    } steps[] = {{10, 1}, {30, 2}, {120, 5}, {300, 10}, {1800, 30}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (since < steps[i].until) return steps[i].pause;
    return 60;
}

/* ---- the whole ------------------------------------------------------------------------------- */

live_t *live_open(void)
{
    live_t *live = calloc(1, sizeof *live);
    if (!live) return NULL;
    live->place = live_place_find();
    live->begun = live->shown = clock_seconds();
    if (live->place.kind == LIVE_PAINTED) live_begin_watching(live);
    return live;
}

bool live_is_due(const live_t *live, bool last)
{
    if (!live || live->place.kind == LIVE_NONE) return false;
    if (last) return true;
    const double now = clock_seconds();
    if (live->place.kind == LIVE_PAINTED) return now - live->shown >= live_pause;
    return now - live->shown >= live_plain_pause(live->shown - live->begun);
}

void live_show(live_t *live, const live_line_t *line)
{
    char text[LINE_MAX_BYTES];
    if (!live || live->place.kind == LIVE_NONE) return;
    live->shown = clock_seconds();
    if (live->place.kind == LIVE_PLAIN) {
        live_fit(line, sizeof text, text);
        fprintf(stderr, "%s\n", text);
        return;
    }
    (void)pthread_mutex_lock(&live->lock);
    live->line = *line;
    live_paint(live);
    (void)pthread_mutex_unlock(&live->lock);
}

void live_clear(live_t *live)
{
    static const char erase[] = "\r\033[J";
    if (!live || live->place.kind != LIVE_PAINTED) return;
    (void)pthread_mutex_lock(&live->lock);
    if (live->standing) (void)live_place_write(&live->place, erase, sizeof erase - 1);
    live->standing = false;
    (void)pthread_mutex_unlock(&live->lock);
}

void live_close(live_t *live)
{
    if (!live) return;
    if (live->place.kind == LIVE_PAINTED) {
        live_end_watching(live);
        if (live->standing)
            live_paint(live); /* anew: the terminal may have echoed keys into it, as of Ctrl-C */
        if (live->standing) (void)live_place_write(&live->place, "\r\n", 2);
    }
    live_place_close(&live->place);
    free(live);
}
