#include "spool_place.h"
#include "confx/try.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TWINS_MAX = 1000, OPEN_MAX_AT_ONCE = 16 };

const char *spool_state_directory(spool_state_t state)
{
#define SPOOL_WORD(state, directory) directory,
    static const char *const words[] = {SPOOL_STATE_LIST(SPOOL_WORD)};
#undef SPOOL_WORD
    return words[state];
}

confx_status_t place_of(place_t *place, const char *directory, const char *one, const char *two, const char *three)
{
    /* cppcheck-suppress ctuuninitvar ; it is written here */
    const int length = snprintf(place->path, sizeof place->path, "%s/%s%s%s%s%s", directory, one, two ? "/" : "",
                                two ? two : "", three ? "/" : "", three ? three : "");
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

/* ---- moving -------------------------------------------------------------------------------------------------------
 */

confx_status_t place_move(const place_t *from, const place_t *to, bool *moved)
{
    *moved = rename(from->path, to->path) == 0;
    if (*moved) return status_ok();
    if (errno != ENOENT)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be moved to %s: %s", from->path, to->path, strerror(errno));
    *moved = file_exists(to->path);
    return status_ok();
}

static bool is_taken(void)
{
    return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR || errno == EISDIR;
}

confx_status_t place_put(const char *directory, const char *state, const char *name, const place_t *from, bool *moved)
{
    place_t to;
    char twin[SPOOL_NAME_MAX + 16];
    for (int i = 1; i < TWINS_MAX; i++) {
        (void)snprintf(twin, sizeof twin, i > 1 ? "%s.%d" : "%s", name, i);
        TRY(place_of(&to, directory, state, twin, NULL));
        *moved = rename(from->path, to.path) == 0;
        if (*moved || errno == ENOENT) return status_ok();
        if (!is_taken()) break;
    }
    return status_fail(CONFX_STATUS_IO, "%s: cannot be moved to %s: %s", from->path, to.path, strerror(errno));
}

/* ---- walking ------------------------------------------------------------------------------------------------------
 */

static int clear_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void place_clear(const place_t *place)
{
    (void)nftw(place->path, clear_one, OPEN_MAX_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}

static int check_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)path;
    (void)where;
    return kind == FTW_D || (kind == FTW_F && S_ISREG(facts->st_mode)) ? 0 : 1;
}

confx_status_t place_check(const place_t *place)
{
    if (nftw(place->path, check_one, OPEN_MAX_AT_ONCE, FTW_PHYS) == 0) return status_ok();
    return status_input(place->path, 0, NULL, "expected plain files and directories alone, that can be read");
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
