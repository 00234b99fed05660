/* What is left in a spool by processes that were killed, or could not remove it, and that no
   service meets in its work. The jobs and the signs of life of dead services are spool.c's; here is
   what has no service: half of a file, half of a submission, and a mark whose job is over. Living
   processes may be at work on any of these for a moment, so only what is an hour old goes. */
#include "confx/try.h"
#include "spool/spool_place.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

static bool spool_tidy_is_old(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0 && difftime(time(NULL), facts.st_mtime) >= FILE_TIDY_AGE;
}

/* A job that a submission was killed on lies in tmp/ under the name that it was to have in the
   queue: its priority, "_", and the time. Its submitter was told nothing, and will submit it again;
   one that is only asleep finds it gone, and says so. */
static confx_status_t spool_tidy_submission(void *directory, const char *path, const char *name)
{
    place_t place;
    const bool named =
        isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && name[2] == '_';
    if (!named || !spool_tidy_is_old(path)) return status_ok();
    TRY(place_of(&place, directory, SPOOL_TMP, name, NULL));
    place_clear(&place);
    return status_ok();
}

/* A mark says that a job is to be cancelled. Once that is neither queued nor running the mark would
   only cancel it when somebody puts it back into the queue by hand. */
static confx_status_t spool_tidy_mark(void *directory, const char *path, const char *name)
{
    place_t queued;
    bool has;
    if (!spool_name_is_good(name) || !spool_tidy_is_old(path)) return status_ok();
    TRY(place_of(&queued, directory, spool_state_directory(SPOOL_QUEUED), name, NULL));
    TRY(file_has(queued.path, &has));
    if (!has) TRY(spool_find_running(directory, name, &has));
    return has ? status_ok() : file_remove(path);
}

/* Temporaries of the token, of signs of life, and of marks; those of signs and marks are called
   like services and jobs, so any of the pattern is one. */
void spool_tidy(const char *directory)
{
    static const char *const token[] = {"token", NULL};
    static const char *const any[] = {"", NULL};
    static const char *const where[] = {SPOOL_SERVICES, SPOOL_MARKS};
    place_t place;
    place_t top;
    (void)snprintf(top.path, sizeof top.path, "%s",
                   directory); /* the walks' context, which is not const */
    (void)file_tidy(directory, token, FILE_TIDY_AGE, NULL);
    for (size_t i = 0; i < sizeof where / sizeof *where; i++)
        if (place_of(&place, directory, where[i], NULL, NULL).code == CONFX_STATUS_OK)
            (void)file_tidy(place.path, any, FILE_TIDY_AGE, NULL);
    if (place_of(&place, directory, SPOOL_TMP, NULL, NULL).code == CONFX_STATUS_OK)
        (void)file_each(place.path, spool_tidy_submission, top.path);
    if (place_of(&place, directory, SPOOL_MARKS, NULL, NULL).code == CONFX_STATUS_OK)
        (void)file_each(place.path, spool_tidy_mark, top.path);
}
