#include "spool/spool_place.h"
#include "confx/try.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TWINS_MAX = 1000, DEPTH_MAX = 32 };

const char *spool_state_directory(spool_state_t state)
{
#define SPOOL_WORD(state, directory) directory,
    static const char *const words[] = {SPOOL_STATE_LIST(SPOOL_WORD)};
#undef SPOOL_WORD
    return words[state];
}

confx_status_t place_of(place_t *place, const char *directory, const char *one, const char *two,
                        const char *three)
{
    const char *before_two = two ? "/" : "";
    const char *before_three = three ? "/" : "";
    /* cppcheck-suppress ctuuninitvar ; it is written here */
    const int length = snprintf(place->path, sizeof place->path, "%s/%s%s%s%s%s", directory, one,
                                before_two, two ? two : "", before_three, three ? three : "");
    if (length < (int)sizeof place->path) return status_ok();
    return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", directory);
}

bool spool_name_is_good(const char *name)
{
    if (!isalnum((unsigned char)name[0]) || strlen(name) >= SPOOL_NAME_MAX) return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._+-", *c)) return false;
    return true;
}

/* ---- moving ---------------------------------------------------------------------------------- */

confx_status_t place_move(const place_t *from, const place_t *to, bool *moved)
{
    *moved = rename(from->path, to->path) == 0;
    if (*moved) return status_ok();
    /* The first of two reasons for an absent source: somebody else has moved it. On some network
       file systems the move was made and its answer lost: then it is where it should be. */
    if (errno != ENOENT)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be moved to %s: %s", from->path, to->path,
                           strerror(errno));
    return file_has(to->path, moved);
}

static bool spool_place_is_taken(void)
{
    return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR || errno == EISDIR;
}

/* Where it is now before where it was: a loss of power may leave a job in both places, in neither
   never. */
static confx_status_t spool_place_sync(const place_t *from, const place_t *to)
{
    TRY(file_sync_parent(to->path));
    return file_sync_parent(from->path);
}

confx_status_t place_put(const char *directory, const char *state, const char *name,
                         const place_t *from, bool *moved)
{
    place_t to;
    char twin[SPOOL_NAME_MAX + 16];
    for (int i = 1; i < TWINS_MAX; i++) {
        (void)snprintf(twin, sizeof twin, i > 1 ? "%s.%d" : "%s", name, i);
        TRY(place_of(&to, directory, state, twin, NULL));
        *moved = rename(from->path, to.path) == 0;
        /* Gone: another service has taken it over. A name that is taken gets a number behind it. */
        if (!*moved && errno == ENOENT) return status_ok();
        if (*moved) return spool_place_sync(from, &to);
        if (!spool_place_is_taken()) break;
    }
    return status_fail(CONFX_STATUS_IO, "%s: cannot be moved to %s: %s", from->path, to.path,
                       strerror(errno));
}

/* ---- walking --------------------------------------------------------------------------------- */

/* By descriptors: a path could lead elsewhere by the time it is followed. */
static void spool_place_clear_at(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT || depth == DEPTH_MAX) return;
    const int held = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = held < 0 ? NULL : fdopendir(held);
    if (!list && held >= 0) (void)close(held);
    if (!list) return;
    for (const struct dirent *found = readdir(list); found; found = readdir(list))
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            spool_place_clear_at(dirfd(list), found->d_name, depth + 1);
    (void)closedir(list);
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}

void place_clear(const place_t *place)
{
    spool_place_clear_at(AT_FDCWD, place->path, 0);
}

/* Good names first, in order; the others are dropped. */
confx_status_t place_names(const place_t *place, char ***names, size_t *n)
{
    size_t good = 0;
    TRY(file_list(place->path, names, n));
    for (size_t i = 0; i < *n; i++) {
        if (spool_name_is_good((*names)[i]))
            (*names)[good++] = (*names)[i];
        else
            free((*names)[i]);
    }
    *n = good;
    return status_ok();
}
