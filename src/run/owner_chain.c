#include "run/owner_chain.h"
#include "confx/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OWNER_LINKS_MAX = 64 };

void owner_chain_close(owner_link_t *last)
{
    if (last->file >= 0) (void)close(last->file);
    last->file = -1;
}

confx_status_t owner_chain_next(const char *directory, const char *id, char *path)
{
    char name[OWNER_ID_MAX + 16];
    (void)snprintf(name, sizeof name, OWNER_FILE ".%s.next", id);
    return file_join(directory, name, path);
}

/* One link; *there is false where none is. Opening it asks a network file system for the file as it
   is by now. */
static confx_status_t owner_chain_open(const char *path, owner_link_t *link, bool *there)
{
    *there = false;
    link->file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (link->file < 0 && errno == ENOENT) return status_ok();
    if (link->file < 0 && errno == ELOOP)
        return status_input(path, 0, NULL, "is a link, expected a plain file");
    if (link->file < 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be opened: %s", path, strerror(errno));
    *there = true;
    if (fstat(link->file, &link->facts) != 0)
        return status_fail(CONFX_STATUS_IO, "%s: cannot be looked at: %s", path, strerror(errno));
    return owner_record_read(link->file, path, &link->facts, &link->record);
}

/* A link may become the first one by a rename while this goes along the chain. Then the end that is
   found is one that has been left behind; whoever takes it for the end and makes a next one looks
   once more before he counts on it. */
confx_status_t owner_chain_find(const char *directory, owner_link_t *last)
{
    char path[FILE_PATH_MAX];
    *last = (owner_link_t){.file = -1};
    TRY(file_join(directory, OWNER_FILE, path));
    for (int i = 0; i < OWNER_LINKS_MAX; i++) {
        owner_link_t link = {.file = -1};
        bool there;
        const confx_status_t status = owner_chain_open(path, &link, &there);
        if (status.code != CONFX_STATUS_OK) {
            owner_chain_close(&link);
            owner_chain_close(last);
            return status_frame(status, __func__, __LINE__);
        }
        /* The link before was the end. Its file stays open, as the caller judges by its lock and
           times. */
        if (!there) return status_ok();
        owner_chain_close(last);
        *last = link;
        TRY(owner_chain_next(directory, link.record.id, path));
    }
    owner_chain_close(last);
    return status_fail(CONFX_STATUS_IO,
                       "%s: has been taken over too many times; remove the files owner* in it",
                       directory);
}

static bool owner_chain_is_stray(const char *name, const char *id)
{
    static const char *const ends[] = {".next", ".tmp"};
    const size_t length = strlen(name);
    if (strncmp(name, OWNER_FILE ".", strlen(OWNER_FILE ".")) != 0) return false;
    if (id && strstr(name, id))
        return false; /* who takes over from this owner, or his own temporary */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (length > strlen(ends[i]) && !strcmp(name + length - strlen(ends[i]), ends[i]))
            return true;
    return false;
}

static confx_status_t owner_chain_tidy_one(void *id, const char *path, const char *name)
{
    return owner_chain_is_stray(name, id) ? file_remove(path) : status_ok();
}

confx_status_t owner_chain_tidy(const char *directory, const char *id)
{
    char own[OWNER_ID_MAX];
    if (id) (void)snprintf(own, sizeof own, "%s", id);
    return file_each(directory, owner_chain_tidy_one, id ? own : NULL);
}
