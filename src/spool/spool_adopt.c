/* Taking a job into a service's own keeping. What lies in the queue was put there by somebody: a
   program, a person, an archive unpacked. The service walks it once, by descriptors and without
   following links, copies what is plain into a directory that only services have made, and works
   there: what becomes of the original afterwards has no effect. */
#include "confx/try.h"
#include "spool/spool_place.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 4, BLOCK = 1 << 20 };

typedef struct {
    const char *name; /* of the job, for messages */
    size_t files, bytes;
    char *block; /* BLOCK */
} adopt_t;

static confx_status_t spool_adopt_refuse(const adopt_t *adopt, const char *what, const char *why)
{
    return status_input(adopt->name, 0, NULL, "%s: %s", what, why);
}

static const char *spool_adopt_plain_only(void)
{
    return "expected plain files and directories alone, that can be read";
}

static const char *spool_adopt_too_large(void)
{
    return "expected a job of at most 1 GiB with all it brings";
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A failure to read is the job's, one to write the spool's. */
static confx_status_t spool_adopt_bytes(adopt_t *adopt, const char *what, int from, int to)
{
    for (;;) {
        const ssize_t found = read(from, adopt->block, BLOCK);
        if (found < 0 && errno == EINTR) continue;
        if (found < 0) return spool_adopt_refuse(adopt, what, strerror(errno));
        if (found == 0) return status_ok();
        /* Counted as they come: the file may have grown since its length was looked at. */
        adopt->bytes += (size_t)found;
        if (adopt->bytes > SPOOL_JOB_BYTES_MAX)
            return spool_adopt_refuse(adopt, what, spool_adopt_too_large());
        TRY(file_write_bytes(to, what, adopt->block, (size_t)found));
    }
}

static confx_status_t spool_adopt_file(adopt_t *adopt, int from, int to, const char *name,
                                       const struct stat *facts)
{
    if ((uint64_t)facts->st_size > SPOOL_JOB_BYTES_MAX - adopt->bytes)
        return spool_adopt_refuse(adopt, name, spool_adopt_too_large());
    if (++adopt->files > SPOOL_JOB_FILES_MAX)
        return spool_adopt_refuse(adopt, name, "expected a job of at most 64 files");
    const int copy =
        openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (copy < 0)
        return status_fail(CONFX_STATUS_IO, "%s: %s cannot be copied: %s", adopt->name, name,
                           strerror(errno));
    confx_status_t status = spool_adopt_bytes(adopt, name, from, copy);
    /* The copy is on the disk before it takes the original's place. */
    const bool synced = fsync(copy) == 0 || errno == EINVAL;
    if (close(copy) == 0 && synced) return status;
    if (status.code == CONFX_STATUS_OK)
        status = status_fail(CONFX_STATUS_IO, "%s: %s cannot be copied: %s", adopt->name, name,
                             strerror(errno));
    return status;
}

/* ---- directories ----------------------------------------------------------------------------- */

static confx_status_t spool_adopt_directory(adopt_t *adopt, int from, int to, int depth);

static confx_status_t spool_adopt_below(adopt_t *adopt, int from, int to, const char *name,
                                        int depth)
{
    if (depth == DEPTH_MAX)
        return spool_adopt_refuse(adopt, name, "expected a nesting of at most 4 directories");
    if (mkdirat(to, name, S_IRWXU) != 0)
        return status_fail(CONFX_STATUS_IO, "%s: %s cannot be copied: %s", adopt->name, name,
                           strerror(errno));
    assert(depth < DEPTH_MAX);
    /* By descriptors all the way down: names may lead elsewhere meanwhile, descriptors do not. */
    const int copy = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (copy < 0)
        return status_fail(CONFX_STATUS_IO, "%s: %s cannot be copied: %s", adopt->name, name,
                           strerror(errno));
    const confx_status_t status = spool_adopt_directory(adopt, from, copy, depth + 1);
    (void)close(copy);
    return status;
}

/* What is opened may be another thing than what was seen a moment before, so it is looked at once
   more. Opening waits for nobody. */
static confx_status_t spool_adopt_open(const adopt_t *adopt, int from, const char *name,
                                       struct stat *facts, int *opened)
{
    if (fstatat(from, name, facts, AT_SYMLINK_NOFOLLOW) != 0)
        return spool_adopt_refuse(adopt, name, strerror(errno));
    if (!S_ISREG(facts->st_mode) && !S_ISDIR(facts->st_mode))
        return spool_adopt_refuse(adopt, name, spool_adopt_plain_only());
    /* A link that came into its place meanwhile is refused by O_NOFOLLOW with ELOOP, and a pipe or
       a terminal is opened without waiting for its other end. */
    *opened = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*opened < 0)
        return spool_adopt_refuse(adopt, name,
                                  errno == ELOOP ? spool_adopt_plain_only() : strerror(errno));
    /* From here on the descriptor holds one thing, whatever the name comes to mean: what is seen of
       it now is what is copied. */
    const bool seen = fstat(*opened, facts) == 0;
    if (seen && (S_ISREG(facts->st_mode) || S_ISDIR(facts->st_mode)) && facts->st_uid == geteuid())
        return status_ok();
    (void)close(*opened);
    *opened = -1;
    return spool_adopt_refuse(adopt, name,
                              seen && facts->st_uid != geteuid() ? "belongs to another user"
                                                                 : spool_adopt_plain_only());
}

/* Names that no job can name (hidden ones among them) stay behind, but must be plain, too. */
static confx_status_t spool_adopt_one(adopt_t *adopt, int from, int to, const char *name, int depth)
{
    struct stat facts;
    int opened = -1;
    if (depth == 0 && !strcmp(name, "run"))
        return spool_adopt_refuse(
            adopt, name,
            "expected none: a job begins in a run directory that a service of this spool has made; "
            "without it the job begins anew");
    TRY(spool_adopt_open(adopt, from, name, &facts, &opened));
    confx_status_t status = status_ok();
    /* Mark and outcome are the service's own: those of another spool would speak for losses that
       this one has not seen. */
    const bool left = !spool_name_is_good(name) ||
                      (depth == 0 && (!strcmp(name, SPOOL_MARK) || !strcmp(name, SPOOL_OUTCOME)));
    if (!left)
        status = S_ISDIR(facts.st_mode) ? spool_adopt_below(adopt, opened, to, name, depth)
                                        : spool_adopt_file(adopt, opened, to, name, &facts);
    (void)close(opened);
    return status;
}

static confx_status_t spool_adopt_list(adopt_t *adopt, DIR *list, int from, int to, int depth)
{
    size_t seen = 0;
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(list);
        if (!found)
            return errno ? spool_adopt_refuse(adopt, "the job", strerror(errno)) : status_ok();
        if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, "..")) continue;
        if (seen++ == SPOOL_JOB_FILES_MAX)
            return spool_adopt_refuse(adopt, "the job", "expected one of at most 64 files");
        TRY(spool_adopt_one(adopt, from, to, found->d_name, depth));
    }
}

/* All in the directory `from`, whose name no longer matters, to `to`. */
static confx_status_t spool_adopt_directory(adopt_t *adopt, int from, int to, int depth)
{
    const int own = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = own < 0 ? NULL : fdopendir(own);
    if (!list) {
        const confx_status_t status = spool_adopt_refuse(adopt, "the job", strerror(errno));
        if (own >= 0) (void)close(own);
        return status;
    }
    const confx_status_t status = spool_adopt_list(adopt, list, from, to, depth);
    (void)closedir(list);
    if (status.code == CONFX_STATUS_OK && fsync(to) != 0 && errno != EINVAL)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be synced: %s", adopt->name,
                           strerror(errno));
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static confx_status_t spool_adopt_copy(const char *name, int from, const place_t *copy)
{
    adopt_t adopt = {.name = name, .block = malloc(BLOCK)};
    if (!adopt.block) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to copy it", name);
    /* Half a copy of an earlier attempt may lie there. Nobody knows how far it came, so it is made
       anew as a whole. */
    place_clear(copy);
    confx_status_t status = place_make(copy);
    const int to = status.code == CONFX_STATUS_OK
                       ? open(copy->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                       : -1;
    if (status.code == CONFX_STATUS_OK && to < 0)
        status =
            status_fail(CONFX_STATUS_IO, "%s: cannot be opened: %s", copy->path, strerror(errno));
    if (status.code == CONFX_STATUS_OK) status = spool_adopt_directory(&adopt, from, to, 0);
    if (to >= 0) (void)close(to);
    free(adopt.block);
    return status;
}

static confx_status_t spool_adopt_gone(const char *name)
{
    return status_fail(CONFX_STATUS_IO, "%s: is gone", name);
}

/* The copy in the original's place. Killed between the first two renames, the original is found
   under its other name by who buries the service (spool.c); killed behind them, the copy is. The
   third gives the original, of no use by now, the name of half a copy: where it cannot be removed
   it is not taken for a job that is still to be done. */
static confx_status_t spool_adopt_swap(const char *name, const place_t *entry, const place_t *copy,
                                       const place_t *original)
{
    bool moved;
    TRY(place_move(entry, original, &moved));
    if (!moved) return spool_adopt_gone(name);
    TRY(place_move(copy, entry, &moved));
    if (!moved) return spool_adopt_gone(name);
    if (place_move(original, copy, &moved).code == CONFX_STATUS_OK && moved)
        place_clear(copy);
    else
        place_clear(original);
    return status_ok();
}

confx_status_t spool_adopt(const place_t *service, const char *name, const char *token)
{
    static const mark_t fresh = {.known = true};
    char hidden[SPOOL_NAME_MAX + 16];
    place_t entry;
    place_t copy;
    place_t original;
    struct stat facts;
    TRY(place_of(&entry, service->path, name, NULL, NULL));
    (void)snprintf(hidden, sizeof hidden, SPOOL_COPY "%s", name);
    TRY(place_of(&copy, service->path, hidden, NULL, NULL));
    (void)snprintf(hidden, sizeof hidden, SPOOL_ORIGINAL "%s", name);
    TRY(place_of(&original, service->path, hidden, NULL, NULL));
    /* The three places lie side by side in the service's directory, so that each rename between
       them is atomic. */
    const int from = open(entry.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0) return status_input(name, 0, NULL, "cannot be opened: %s", strerror(errno));
    confx_status_t status;
    if (fstat(from, &facts) != 0 || facts.st_uid != geteuid())
        status = status_input(name, 0, NULL, "belongs to another user");
    else
        status = spool_adopt_copy(name, from, &copy);
    (void)close(from);
    /* The mark goes into the copy before the copy takes the job's name: whatever bears that name
       with a mark of this spool has been made by a service. */
    if (status.code == CONFX_STATUS_OK) status = mark_write(&copy, token, &fresh);
    if (status.code == CONFX_STATUS_OK) status = spool_adopt_swap(name, &entry, &copy, &original);
    if (status.code != CONFX_STATUS_OK) place_clear(&copy);
    return status;
}
