/* Whose a spool is. It is one user's: what services do in it they do with that user's rights, so
   whoever could write there could have files read, written and removed in his name. */
#include "confx/try.h"
#include "spool/spool_place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static confx_status_t spool_guard_refuse(const char *spool, const char *path,
                                         const struct stat *facts)
{
    if (!S_ISDIR(facts->st_mode))
        return status_input(path, 0, NULL, "expected a directory of a spool, found something else");
    if (facts->st_uid != geteuid())
        return status_input(path, 0, NULL,
                            "belongs to another user (uid %ld; this is uid %ld): a spool is one "
                            "user's, and served and "
                            "filled by that user alone",
                            (long)facts->st_uid, (long)geteuid());
    return status_input(
        path, 0, NULL,
        "others can write to it (mode %03o): a spool is one user's; chmod -R go-w %.150s mends it",
        (unsigned)facts->st_mode & 07777U, spool);
}

/* A link to a spool will do, within one there are none. What is not there yet is fine. */
static confx_status_t spool_guard_look(const char *spool, const char *path, bool is_top)
{
    struct stat facts;
    if ((is_top ? stat(path, &facts) : lstat(path, &facts)) != 0) {
        if (errno == ENOENT) return status_ok();
        return status_fail(CONFX_STATUS_IO, "%s: cannot be looked at: %s", path, strerror(errno));
    }
    /* An access list counts, too: what it grants at most stands where the rights of the group
       do. */
    if (S_ISDIR(facts.st_mode) && facts.st_uid == geteuid() &&
        !(facts.st_mode & (S_IWGRP | S_IWOTH)))
        return status_ok();
    return spool_guard_refuse(spool, path, &facts);
}

confx_status_t spool_check(const char *directory)
{
    static const char *const others[] = {SPOOL_TMP, SPOOL_MARKS, SPOOL_SERVICES};
    place_t place;
    TRY(spool_guard_look(directory, directory, true));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        TRY(place_of(&place, directory, others[i], NULL, NULL));
        TRY(spool_guard_look(directory, place.path, false));
    }
    for (int state = 0; state < SPOOL_STATES; state++) {
        TRY(place_of(&place, directory, spool_state_directory((spool_state_t)state), NULL, NULL));
        TRY(spool_guard_look(directory, place.path, false));
    }
    return status_ok();
}

const char *place_refused(const place_t *place, uid_t owner)
{
    struct stat facts;
    if (lstat(place->path, &facts) != 0) return NULL;
    if (facts.st_uid != owner) return "belongs to another user";
    if (S_ISDIR(facts.st_mode) && (facts.st_mode & (S_IWUSR | S_IXUSR)) != (S_IWUSR | S_IXUSR))
        return "its owner may not write to it (chmod u+rwx)";
    return NULL;
}

/* Whatever the user's umask: on many systems it lets the group write. */
confx_status_t place_make(const place_t *place)
{
    struct stat facts;
    if (mkdir(place->path, S_IRWXU) == 0) return file_sync_parent(place->path);
    const int why = errno;
    if (why == EEXIST && lstat(place->path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return status_ok();
    return status_fail(CONFX_STATUS_IO, "%s: cannot be made a directory: %s", place->path,
                       strerror(why));
}

/* ---- the token ------------------------------------------------------------------------------- */

static void spool_guard_draw(char token[SPOOL_TOKEN_MAX])
{
    unsigned char noise[(SPOOL_TOKEN_MAX - 1) / 2] = {0};
    (void)getrandom(noise, sizeof noise, 0);
    for (size_t i = 0; i < sizeof noise; i++) (void)snprintf(token + 2 * i, 3, "%02x", noise[i]);
}

confx_status_t spool_token(const char *directory, char token[SPOOL_TOKEN_MAX])
{
    place_t place;
    bool has;
    char *text;
    TRY(place_of(&place, directory, "token", NULL, NULL));
    TRY(file_has(place.path, &has));
    /* Several services may begin at once, and all must have the same token: that of the first. */
    if (!has) {
        spool_guard_draw(token);
        TRY(file_write_first(place.path, token, strlen(token)));
    }
    TRY(file_load(place.path, FILE_OURS, SPOOL_TOKEN_MAX, &text, NULL));
    const bool whole = strlen(text) == SPOOL_TOKEN_MAX - 1;
    (void)snprintf(token, SPOOL_TOKEN_MAX, "%s", text);
    free(text);
    if (whole) return status_ok();
    return status_fail(CONFX_STATUS_DAMAGED,
                       "%s: expected %d digits, found other things; remove it, and jobs that are "
                       "half done begin anew",
                       place.path, SPOOL_TOKEN_MAX - 1);
}
