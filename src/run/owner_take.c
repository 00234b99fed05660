/* Becoming the owner of a directory. */
#include "run/owner_parts.h"

#include "confx/text.h"
#include "confx/try.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double owner_lease = 120; /* seconds */
static const double owner_longest_nap = 0.5;

enum { TRIES_MAX = 100, LOOKS_A_LEASE = 240 };

/* An attempt. */
typedef struct {
    owner_t *owner;
    const char *directory;
    const owner_options_t *options;
    char temporary[FILE_PATH_MAX]; /* DIR/owner.XXXXXXXX.tmp: the record, whole and locked */
    bool made;                     /* it is there */
    int file;                      /* open for writing, or -1 */
    confx_status_t writable;       /* why it could not be made */
    char awaited[OWNER_ID_MAX];    /* the owner that was silent at the last look */
    struct timespec heard;         /* its last sign of life then */
} owner_attempt_t;

/* ---- the record, beside its place ------------------------------------------------------------ */

static confx_status_t owner_take_leave_bare(owner_attempt_t *attempt, int file, const char *path)
{
    struct stat facts;
    if (ftruncate(file, 0) != 0 || fstat(file, &facts) != 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be written: %s", path, strerror(errno));
    owner_record_bare(&facts, &attempt->owner->record);
    return status_ok();
}

static confx_status_t owner_take_fill(owner_attempt_t *attempt, int file, const char *path)
{
    char text[OWNER_TEXT_MAX];
    owner_record_t *record = &attempt->owner->record;
    /* The lock comes before the text, so that a record which speaks of a lock always has had it. */
    record->locked = !attempt->options->unlocked && owner_lock(file);
    owner_record_write(record, text);
    const size_t length = strlen(text);
    const confx_status_t status = file_write_bytes(file, path, text, length);
    if (status.code != CONFX_STATUS_OK)
        return attempt->options->bare ? owner_take_leave_bare(attempt, file, path)
                                      : status_frame(status, __func__, __LINE__);
    if (fsync(file) == 0 || errno == EINVAL)
        return status_ok(); /* EINVAL: a file system that needs none */
    return status_fail(CONFX_STATUS_IO, "%s: cannot be synced: %s", path, strerror(errno));
}

static void owner_take_drop_temporary(owner_attempt_t *attempt)
{
    if (attempt->file >= 0) (void)close(attempt->file);
    attempt->file = -1;
    if (attempt->made) file_discard(attempt->temporary);
    attempt->made = false;
}

/* Its inode may be another one from the first file on that is made in it (an overlay copies it
   then). */
static void owner_take_note_directory(owner_t *owner)
{
    struct stat facts;
    if (fstat(owner->watch.held, &facts) != 0) return;
    owner->watch.device = facts.st_dev;
    owner->watch.inode = facts.st_ino;
    owner->record.directory = facts.st_ino;
}

static confx_status_t owner_take_make_temporary(owner_attempt_t *attempt)
{
    char path[FILE_PATH_MAX];
    owner_take_drop_temporary(attempt);
    TRY(file_join(attempt->directory, OWNER_FILE, path));
    const confx_status_t status = file_make_temporary(path, attempt->temporary, &attempt->file);
    if (status.code != CONFX_STATUS_OK)
        return status_fail(status.code, "%.150s cannot be owned: %.300s", attempt->directory,
                           status.message);
    attempt->made = true;
    owner_take_note_directory(attempt->owner);
    return owner_take_fill(attempt, attempt->file, attempt->temporary);
}

/* ---- exclusively ----------------------------------------------------------------------------- */

/* A link puts the record there whole. A server may have made it and its answer been lost: then the
   file has two names. */
static bool owner_take_link(const owner_attempt_t *attempt, const char *path)
{
    struct stat facts;
    if (link(attempt->temporary, path) == 0) return true;
    const int why = errno;
    const bool made = why == EEXIST && fstat(attempt->file, &facts) == 0 && facts.st_nlink > 1;
    errno = why;
    return made;
}

static bool owner_take_has_no_links(const owner_attempt_t *attempt, int why)
{
    return attempt->options->unlinked || why == EPERM || why == EOPNOTSUPP || why == ENOSYS ||
           why == EMLINK;
}

/* Without links: made exclusively, then written. Who reads it meanwhile finds an owner that is not
   known, and fresh. */
static confx_status_t owner_take_create(owner_attempt_t *attempt, const char *path, bool *put)
{
    const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    *put = file >= 0;
    if (file < 0 && errno == EEXIST) return status_ok();
    if (file < 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be created: %s", path, strerror(errno));
    const confx_status_t status = owner_take_fill(attempt, file, path);
    /* The record is this file from here on, and not the temporary, whose lock goes with its
       descriptor. */
    (void)close(attempt->file);
    attempt->file = file;
    if (status.code != CONFX_STATUS_OK) file_discard(path);
    return status;
}

/* The record at `path`, where nothing is yet: *put is false when somebody was first. */
static confx_status_t owner_take_put(owner_attempt_t *attempt, const char *path, bool *put)
{
    *put = !attempt->options->unlinked && owner_take_link(attempt, path);
    if (*put) return status_ok();
    /* Links are tried first, as only they put a record there that is whole at once. */
    if (owner_take_has_no_links(attempt, errno)) return owner_take_create(attempt, path, put);
    if (errno == EEXIST) return status_ok();
    /* The owner that was there until now may have tidied it away. */
    const int why = errno;
    file_kind_t kind = FILE_ABSENT;
    if (why == ENOENT) TRY(file_look(attempt->directory, &kind));
    if (kind == FILE_DIRECTORY) return owner_take_make_temporary(attempt);
    return status_fail(CONFX_STATUS_IO, "%s: cannot be put in place: %s", path, strerror(why));
}

/* Is the end of the chain this one? */
static confx_status_t owner_take_is_last(const owner_attempt_t *attempt, bool *mine)
{
    owner_link_t last;
    TRY(owner_chain_find(attempt->directory, &last));
    *mine = last.file >= 0 && !strcmp(last.record.id, attempt->owner->record.id);
    owner_chain_close(&last);
    return status_ok();
}

/* From the owner `id`, who is gone. Of many that try, one makes the next link. It may be one behind
   a link that has been left meanwhile, since others have taken over, so the chain is followed once
   more. From then on nobody else can be its end while this process is alive; the rename makes the
   link the first one, and leaves those before behind. */
static confx_status_t owner_take_succeed(owner_attempt_t *attempt, const char *id, bool *won)
{
    char next[FILE_PATH_MAX];
    char first[FILE_PATH_MAX];
    TRY(owner_chain_next(attempt->directory, id, next));
    TRY(file_join(attempt->directory, OWNER_FILE, first));
    TRY(owner_take_put(attempt, next, won));
    if (!*won) return status_ok();
    confx_status_t status = owner_take_is_last(attempt, won);
    if (status.code != CONFX_STATUS_OK || !*won) {
        file_discard(next);
        return status;
    }
    /* ENOENT: others have taken over from this process meanwhile and tidied its link away; whether
       it is still the last is asked once more. */
    const int why = rename(next, first) == 0 ? 0 : errno;
    if (why && why != ENOENT) {
        file_discard(next);
        return status_fail(CONFX_STATUS_IO, "%s: cannot be put in place: %s", first, strerror(why));
    }
    return owner_take_is_last(attempt, won);
}

/* ---- is it free ------------------------------------------------------------------------------ */

/* Seconds since the owner's last sign of life, by the file system's clock: NaN where no file can be
   made to ask it. */
static double owner_take_age(const owner_attempt_t *attempt, const owner_link_t *last)
{
    struct stat now;
    if (attempt->file < 0 || futimens(attempt->file, NULL) != 0 || fstat(attempt->file, &now) != 0)
        return NAN;
    return difftime(now.st_mtim.tv_sec, last->facts.st_mtim.tv_sec) +
           1e-9 * (double)(now.st_mtim.tv_nsec - last->facts.st_mtim.tv_nsec);
}

static double owner_take_lease_of(const owner_attempt_t *attempt, const owner_link_t *last)
{
    return last->record.known ? last->record.lease : attempt->owner->record.lease;
}

/* "3 s ago" */
static void owner_take_tell_age(double age, char text[64])
{
    if (isnan(age))
        (void)snprintf(text, 64, "at a time that cannot be told");
    else
        (void)snprintf(text, 64, "%.0f s ago", fmax(age, 0));
}

static confx_status_t owner_take_refuse(const owner_attempt_t *attempt, const owner_link_t *last,
                                        owner_verdict_t verdict, double age)
{
    const owner_record_t *record = &last->record;
    char ago[64];
    char silence[96] = "";
    owner_take_tell_age(age, ago);
    if (verdict == OWNER_UNSEEN)
        (void)snprintf(silence, sizeof silence, " (it counts as gone after %.0f s of silence)",
                       owner_take_lease_of(attempt, last));
    if (!record->known)
        return status_input(attempt->directory, 0, NULL,
                            "is being taken by another process, which is not known yet, last sign "
                            "of life %s%s; try "
                            "again, or choose another directory",
                            ago, silence);
    return status_input(attempt->directory, 0, NULL,
                        "is in use by process %lld on %s since %s, last sign of life %s%s; wait "
                        "for its end, stop it "
                        "(kill -USR1 %lld there), or choose another directory",
                        (long long)record->process, record->host, record->since, ago, silence,
                        (long long)record->process);
}

/* Has it given a sign of life since the last look? */
static bool owner_take_has_spoken(owner_attempt_t *attempt, const owner_link_t *last)
{
    const struct timespec heard = last->facts.st_mtim;
    const bool same = !strcmp(attempt->awaited, last->record.id);
    const bool spoke =
        same && (heard.tv_sec != attempt->heard.tv_sec || heard.tv_nsec != attempt->heard.tv_nsec);
    (void)snprintf(attempt->awaited, sizeof attempt->awaited, "%s", last->record.id);
    attempt->heard = heard;
    return spoke;
}

static void owner_take_tell_wait(const owner_attempt_t *attempt, const owner_link_t *last,
                                 double age)
{
    char text[512 + FILE_PATH_MAX];
    if (!attempt->options->notice) return;
    (void)snprintf(text, sizeof text,
                   "%s was left by process %lld on %s, silent for %.0f s, which cannot be seen "
                   "from here: waiting for a "
                   "sign of life, %.0f s at most",
                   attempt->directory, (long long)last->record.process, last->record.host,
                   fmax(age, 0), fmax(owner_take_lease_of(attempt, last) - age, 0));
    attempt->options->notice(attempt->options->context, text);
}

/* A moment, then another look. */
static confx_status_t owner_take_wait(owner_attempt_t *attempt, const owner_link_t *last,
                                      double age)
{
    const double nap = fmin(owner_take_lease_of(attempt, last) / LOOKS_A_LEASE, owner_longest_nap);
    const struct timespec pause = {.tv_nsec = (long)(1e9 * nap)};
    const bool first = !attempt->awaited[0] || strcmp(attempt->awaited, last->record.id) != 0;
    const owner_options_t *options = attempt->options;
    /* A sign of life between two looks says that it is alive, however old the one before it was. */
    if (owner_take_has_spoken(attempt, last))
        return owner_take_refuse(attempt, last, OWNER_PRESENT, age);
    if (first) owner_take_tell_wait(attempt, last, age);
    if (options->stop && options->stop(options->context))
        return status_fail(CONFX_STATUS_STOPPED,
                           "stopped while waiting for %s, which another process has",
                           attempt->directory);
    (void)nanosleep(&pause, NULL);
    return status_ok();
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* One look, and what follows from it. */
static confx_status_t owner_take_try(owner_attempt_t *attempt, const owner_link_t *last, bool *won,
                                     bool *waited)
{
    char first[FILE_PATH_MAX];
    TRY(file_join(attempt->directory, OWNER_FILE, first));
    /* Nobody has the directory: the first record that gets into the place has it. */
    if (last->file < 0) {
        TRY(attempt->writable);
        return owner_take_put(attempt, first, won);
    }
    /* What the kernel can tell comes before the clock: an owner that it shows to be there is
       refused at once, and one that it shows to be gone need not be waited for. */
    const double age = owner_take_age(attempt, last);
    owner_verdict_t verdict =
        owner_record_judge(&last->record, &attempt->owner->record, last->file);
    if (age >= owner_take_lease_of(attempt, last))
        verdict = OWNER_GONE; /* asleep, if it is there: its guard will tell it */
    /* The owner is dead for certain, or has been silent for its whole lease. */
    if (verdict == OWNER_GONE) {
        TRY(attempt->writable);
        return owner_take_succeed(attempt, last->record.id, won);
    }
    if (verdict == OWNER_PRESENT || !attempt->options->patient || isnan(age))
        return owner_take_refuse(attempt, last, verdict, age);
    *waited = true;
    return owner_take_wait(attempt, last, age);
}

/* A try that neither wins nor waits has met somebody else's; so few of them follow each other. */
static confx_status_t owner_take_try_all(owner_attempt_t *attempt)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        owner_link_t last;
        bool won = false;
        bool waited = false;
        TRY(owner_chain_find(attempt->directory, &last));
        const confx_status_t status = owner_take_try(attempt, &last, &won, &waited);
        owner_chain_close(&last);
        TRY(status);
        if (won) return status_ok();
        if (waited) tries = 0;
    }
    return status_fail(CONFX_STATUS_IO,
                       "%s: cannot be taken: its file " OWNER_FILE " changes all the time",
                       attempt->directory);
}

/* The lease of tests, so that none of them has to wait for long (src/DECISIONS.md). */
static double owner_take_usual_lease(void)
{
    const char *text = getenv("CONFX_OWNER_LEASE");
    double seconds;
    return text && text_to_real(text, &seconds) && seconds > 0 ? seconds : owner_lease;
}

confx_status_t owner_acquire(owner_t *owner, const owner_options_t *options)
{
    owner_attempt_t attempt = {.owner = owner,
                               .directory = owner->watch.directory,
                               .options = options,
                               .file = -1,
                               .writable = status_ok()};
    const double lease = options->lease > 0 ? options->lease : owner_take_usual_lease();
    TRY(owner_record_make(owner->watch.inode, lease, &owner->record));
    /* That nothing can be written counts only where the directory is free: if somebody has it, he
       is told instead. */
    attempt.writable = owner_take_make_temporary(&attempt);
    confx_status_t status = owner_take_try_all(&attempt);
    if (status.code == CONFX_STATUS_OK) {
        owner->file = attempt.file; /* the same file as DIR/owner, with its lock */
        attempt.file = -1;
    }
    owner_take_drop_temporary(&attempt);
    if (status.code == CONFX_STATUS_OK)
        (void)owner_chain_tidy(attempt.directory, owner->record.id); /* for looks */
    return status;
}
