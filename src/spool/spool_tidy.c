/* What is left in a spool by processes that were killed, or could not remove it, and that no
   service meets in its work. The jobs and the signs of life of dead services are spool.c's; here is
   what has no service: half of a file, half of a submission, and a mark whose job is over. Living
   processes may be at work on any of these for a moment, so only what is an hour old goes. */
#include "confx/try.h"
#include "spool/spool_place.h"

#include <ctype.h>
#include <sys/stat.h>
#include <time.h>

static bool spool_tidy_is_old(const place_t *place)
{
    struct stat facts;
    return lstat(place->path, &facts) == 0 && difftime(time(NULL), facts.st_mtime) >= FILE_TIDY_AGE;
}

/* A job that a submission was killed on lies in tmp/ under the name that it was to have in the
   queue: its priority, "_", and the time. Its submitter was told nothing, and will submit it again;
   one that is only asleep finds it gone, and says so. */
static confx_status_t spool_tidy_submission(const char *directory, const char *name,
                                            const place_t *place)
{
    (void)directory;
    if (isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && name[2] == '_')
        place_clear(place);
    return status_ok();
}

/* A mark says that a job is to be cancelled. Once that is neither queued nor running the mark would
   only cancel it when somebody puts it back into the queue by hand. */
static confx_status_t spool_tidy_mark(const char *directory, const char *name, const place_t *place)
{
    place_t queued;
    bool has;
    TRY(place_of(&queued, directory, spool_state_directory(SPOOL_QUEUED), name, NULL));
    TRY(file_has(queued.path, &has));
    if (!has) TRY(spool_find_running(directory, name, &has));
    return has ? status_ok() : file_remove(place->path);
}

static confx_status_t spool_tidy_each(const char *directory, const char *where,
                                      confx_status_t (*one)(const char *directory, const char *name,
                                                            const place_t *place))
{
    place_t place;
    place_t entry;
    char **names;
    size_t n;
    TRY(place_of(&place, directory, where, NULL, NULL));
    TRY(place_names(&place, &names, &n));
    confx_status_t status = status_ok();
    for (size_t i = 0; i < n && status.code == CONFX_STATUS_OK; i++) {
        status = place_of(&entry, place.path, names[i], NULL, NULL);
        if (status.code == CONFX_STATUS_OK && spool_tidy_is_old(&entry))
            status = one(directory, names[i], &entry);
    }
    file_names_close(names, n);
    return status;
}

/* Temporaries of the token, of signs of life, and of marks, which are called like jobs. */
static confx_status_t spool_tidy_temporaries(const char *directory)
{
    static const char *const token[] = {"token", NULL};
    static const char *const all[] = {"", NULL};
    place_t place;
    TRY(file_tidy(directory, token, FILE_TIDY_AGE, NULL));
    TRY(place_of(&place, directory, SPOOL_SERVICES, NULL, NULL));
    TRY(file_tidy(place.path, all, FILE_TIDY_AGE, NULL));
    TRY(place_of(&place, directory, SPOOL_MARKS, NULL, NULL));
    return file_tidy(place.path, all, FILE_TIDY_AGE, NULL);
}

void spool_tidy(const char *directory)
{
    (void)spool_tidy_temporaries(directory);
    (void)spool_tidy_each(directory, SPOOL_TMP, spool_tidy_submission);
    (void)spool_tidy_each(directory, SPOOL_MARKS, spool_tidy_mark);
}
