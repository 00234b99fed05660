/* The owner of a directory at work: its guard, its signs of life, its end. How it became the owner:
   owner_take.c. */
#include "run/owner_parts.h"

#include "confx/try.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEATS_A_LEASE = 12, STACK_BYTES = 128 * 1024, REMOVE_TRIES = 3 };

/* ---- the guard ------------------------------------------------------------------------------- */

/* Does the path still lead to the directory that was opened? */
static confx_status_t owner_ask_directory(const owner_watch_t *watch)
{
    struct stat facts;
    if (stat(watch->directory, &facts) != 0)
        return status_fail(
            CONFX_STATUS_IO,
            "%s: the directory can no longer be reached (%s): was it removed or moved?",
            watch->directory, strerror(errno));
    if (facts.st_dev == watch->device && facts.st_ino == watch->inode) return status_ok();
    return status_fail(
        CONFX_STATUS_IO,
        "%s: is another directory by now: the one that was begun in has been removed or moved away",
        watch->directory);
}

/* Why the directory is no longer his. `last`: who has it now. */
static confx_status_t owner_tell_loss(const owner_watch_t *watch, const owner_link_t *last)
{
    if (last->file < 0)
        return status_fail(CONFX_STATUS_IO,
                           "%s: its file " OWNER_FILE " is gone, so this process owns it no longer",
                           watch->directory);
    return status_fail(CONFX_STATUS_IO,
                       "%s: was taken over by process %lld on %s, %s, as this one had given no "
                       "sign of life; it changes "
                       "nothing there any more",
                       watch->directory, (long long)last->record.process, last->record.host,
                       last->record.since);
}

static confx_status_t owner_ask(void *context)
{
    const owner_watch_t *watch = context;
    owner_link_t last;
    TRY(owner_ask_directory(watch));
    confx_status_t status = owner_chain_find(watch->directory, &last);
    /* Whoever is at the end of the chain owns the directory. The id is drawn anew by every owner,
       so that no later one can be taken for this one. */
    if (status.code == CONFX_STATUS_OK && (last.file < 0 || strcmp(last.record.id, watch->id) != 0))
        status = owner_tell_loss(watch, &last);
    owner_chain_close(&last);
    if (status.code == CONFX_STATUS_INPUT)
        status.code = CONFX_STATUS_IO; /* no user named that file */
    return status;
}

static confx_status_t owner_watch_begin(owner_watch_t *watch, const char *directory, const char *id)
{
    struct stat facts;
    *watch = (owner_watch_t){.held = -1};
    watch->guard = (guard_t){owner_ask, watch};
    TRY(file_join(directory, "", watch->directory));
    (void)snprintf(watch->id, sizeof watch->id, "%s", id);
    /* The directory stays open. So its inode is not given to another one meanwhile, and the
       comparison with what the path leads to means something. */
    watch->held = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (watch->held < 0 || fstat(watch->held, &facts) != 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be opened: %s", directory, strerror(errno));
    watch->device = facts.st_dev;
    watch->inode = facts.st_ino;
    return status_ok();
}

static void owner_watch_end(owner_watch_t *watch)
{
    if (watch->held >= 0) (void)close(watch->held);
    watch->held = -1;
}

confx_status_t owner_watch_open(const char *directory, const char *id, owner_watch_t **opened)
{
    *opened = NULL;
    owner_watch_t *watch = malloc(sizeof *watch);
    if (!watch) return status_fail(CONFX_STATUS_MEMORY, "no memory for a directory's owner");
    confx_status_t status = owner_watch_begin(watch, directory, id);
    if (status.code == CONFX_STATUS_OK) status = owner_ask(watch);
    if (status.code != CONFX_STATUS_OK) {
        owner_watch_close(watch);
        return status;
    }
    *opened = watch;
    return status;
}

void owner_watch_close(owner_watch_t *watch)
{
    if (!watch) return;
    owner_watch_end(watch);
    free(watch);
}

const guard_t *owner_watch_guard(const owner_watch_t *watch)
{
    return watch ? &watch->guard : NULL;
}

/* ---- signs of life --------------------------------------------------------------------------- */

/* By the file that was opened, not by its name: when another owner has his there by now, this
   touches nothing of it. A touch that fails is one that was not given: nothing else can be done of
   it. */
static void *owner_beat(void *context)
{
    owner_t *owner = context;
    (void)pthread_mutex_lock(&owner->lock);
    while (!owner->over) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        /* The wait ends at a time of the monotonic clock, so that setting the date does not change
           it. The mutex is free meanwhile, so that the end can be told. */
        const double pause = owner->record.lease / BEATS_A_LEASE;
        const long nanoseconds = until.tv_nsec + (long)(1e9 * (pause - (double)(time_t)pause));
        until.tv_sec += (time_t)pause + nanoseconds / 1000000000;
        until.tv_nsec = nanoseconds % 1000000000;
        if (pthread_cond_timedwait(&owner->end, &owner->lock, &until) != ETIMEDOUT) continue;
        (void)futimens(owner->file, NULL);
    }
    (void)pthread_mutex_unlock(&owner->lock);
    return NULL;
}

/* All signals are blocked in the thread, which takes them over from who starts it: so they are the
   main thread's. It needs little memory, and is not to be the reason why a search does not fit. */
static int owner_start_thread(owner_t *owner)
{
    sigset_t all;
    sigset_t before;
    pthread_attr_t attributes;
    pthread_condattr_t clock;
    (void)pthread_condattr_init(&clock);
    /* Signs of life must not depend on somebody setting the time of day. */
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&owner->end, &clock);
    (void)pthread_condattr_destroy(&clock);
    (void)pthread_mutex_init(&owner->lock, NULL);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)sigfillset(&all);
    /* Blocked before the thread exists, as it would otherwise take signals until it could block
       them. */
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    const int failure = pthread_create(&owner->thread, &attributes, owner_beat, owner);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    owner->beats = failure == 0;
    return failure;
}

static void owner_stop_thread(owner_t *owner)
{
    (void)pthread_mutex_lock(&owner->lock);
    /* Told under the lock: the thread either has not looked yet, or waits, and then is woken. */
    owner->over = true;
    (void)pthread_cond_signal(&owner->end);
    (void)pthread_mutex_unlock(&owner->lock);
    if (owner->beats) (void)pthread_join(owner->thread, NULL);
    (void)pthread_cond_destroy(&owner->end);
    (void)pthread_mutex_destroy(&owner->lock);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t owner_begin(owner_t *owner, const char *directory,
                                  const owner_options_t *options)
{
    static const owner_options_t usual = {.lease = 0};
    TRY(owner_watch_begin(&owner->watch, directory, ""));
    /* The watch learns its id only now: there is none before the record is in place. */
    TRY(owner_acquire(owner, options ? options : &usual));
    (void)snprintf(owner->watch.id, sizeof owner->watch.id, "%s", owner->record.id);
    return status_ok();
}

confx_status_t owner_take(const char *directory, const owner_options_t *options, owner_t **taken)
{
    *taken = NULL;
    owner_t *owner = calloc(1, sizeof *owner);
    if (!owner) return status_fail(CONFX_STATUS_MEMORY, "no memory for a directory's owner");
    owner->file = -1;
    owner->watch.held = -1;
    confx_status_t status = owner_begin(owner, directory, options);
    if (status.code != CONFX_STATUS_OK) {
        owner_watch_end(&owner->watch);
        free(owner);
        return status;
    }
    /* The directory is owned by now, so that a failure from here on gives it back by
       owner_close. */
    const int failure = owner_start_thread(owner);
    if (failure)
        status =
            status_fail(CONFX_STATUS_MEMORY, "no thread for signs of life: %s", strerror(failure));
    if (status.code == CONFX_STATUS_OK) status = owner_ask(&owner->watch);
    if (status.code != CONFX_STATUS_OK) {
        owner_close(owner);
        return status;
    }
    *taken = owner;
    return status;
}

/* By the directory that is held, wherever it has been moved to. Somebody who takes over between the
   look and the removal, from an owner that was silent until then, loses his file, and by it the
   directory; nobody else gains it. */
static void owner_remove_file(const owner_t *owner)
{
    struct stat facts;
    owner_record_t found;
    const int file = openat(owner->watch.held, OWNER_FILE,
                            O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return;
    const bool mine = fstat(file, &facts) == 0 &&
                      owner_record_read(file, OWNER_FILE, &facts, &found).code == CONFX_STATUS_OK &&
                      !strcmp(found.id, owner->record.id);
    /* A removal that fails may do so in passing, and nobody else may ever come to a run that is
       complete. */
    for (int tries = 0; mine && tries < REMOVE_TRIES; tries++)
        if (unlinkat(owner->watch.held, OWNER_FILE, 0) == 0 || errno == ENOENT) break;
    (void)close(file);
}

void owner_close(owner_t *owner)
{
    if (!owner) return;
    /* The file is removed before its lock goes: so nobody finds a record without an owner
       meanwhile. */
    owner_stop_thread(owner);
    owner_remove_file(owner);
    (void)close(owner->file); /* and with it the lock goes */
    owner_watch_end(&owner->watch);
    free(owner);
}

const char *owner_id(const owner_t *owner)
{
    return owner->record.id;
}

const guard_t *owner_guard(const owner_t *owner)
{
    return owner ? &owner->watch.guard : NULL;
}

confx_status_t owner_forget(const char *directory)
{
    char path[FILE_PATH_MAX];
    bool there;
    TRY(file_has_directory(directory, &there));
    if (!there) return status_ok();
    TRY(file_join(directory, OWNER_FILE, path));
    TRY(file_remove(path));
    return owner_chain_tidy(directory, NULL);
}
