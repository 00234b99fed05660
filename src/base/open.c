/* What lies at a path, and plain files opened and read. */
#include "base/system.h"
#include "confx/file.h"
#include "confx/try.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

confx_status_t system_fail(confx_status_code_t code, const char *path, const char *what)
{
    return status_fail(errno == ENOMEM ? CONFX_STATUS_MEMORY : code, "%s: %s: %s", path, what,
                       strerror(errno));
}

/* ---- what is there --------------------------------------------------------------------------- */

static file_kind_t open_kind_of(const struct stat *facts)
{
    if (S_ISREG(facts->st_mode)) return FILE_PLAIN;
    if (S_ISDIR(facts->st_mode)) return FILE_DIRECTORY;
    if (S_ISLNK(facts->st_mode)) return FILE_LINK;
    if (S_ISFIFO(facts->st_mode)) return FILE_PIPE;
    return S_ISSOCK(facts->st_mode) ? FILE_SOCKET : FILE_DEVICE;
}

/* Did the call that has just failed find nothing? A name too long for the file system is that of no
   file. */
static bool open_is_absent(void)
{
    return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG;
}

/* What is there: 0, or the errno of a call that could not tell. A circle of links is a link. */
static int open_look(const char *path, bool follow, file_kind_t *kind)
{
    struct stat facts;
    *kind = FILE_ABSENT;
    if ((follow ? stat(path, &facts) : lstat(path, &facts)) == 0)
        *kind = open_kind_of(&facts);
    else if (errno == ELOOP)
        *kind = FILE_LINK;
    else if (!open_is_absent())
        return errno;
    else if (follow)
        return open_look(path, false, kind); /* a link may be there that leads nowhere */
    return 0;
}

/* How an open_look that could not tell ends. */
static confx_status_t open_look_fail(const char *path, file_owner_t owner, int why)
{
    if (why == 0) return status_ok();
    errno = why;
    const bool users = owner == FILE_USERS && why == EACCES;
    return system_fail(users ? CONFX_STATUS_INPUT : CONFX_STATUS_IO, path, "cannot be looked at");
}

confx_status_t file_look(const char *path, file_kind_t *kind)
{
    return open_look_fail(path, FILE_USERS, open_look(path, true, kind));
}

confx_status_t file_look_at(const char *path, file_kind_t *kind)
{
    return open_look_fail(path, FILE_OURS, open_look(path, false, kind));
}

confx_status_t file_has(const char *path, bool *has)
{
    file_kind_t kind;
    *has = false;
    TRY(file_look_at(path, &kind));
    *has = kind != FILE_ABSENT;
    return status_ok();
}

confx_status_t file_reach(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) == 0) return status_ok();
    const bool users = open_is_absent() || errno == ELOOP || errno == EACCES;
    return system_fail(users ? CONFX_STATUS_INPUT : CONFX_STATUS_IO, path, "cannot be reached");
}

/* ---- opening --------------------------------------------------------------------------------- */

static confx_status_t open_refuse(const char *path, file_owner_t owner, file_kind_t kind,
                                  const char *expected)
{
    static const char *const names[] = {
        [FILE_ABSENT] = "absent",        [FILE_PLAIN] = "a file", [FILE_DIRECTORY] = "a directory",
        [FILE_LINK] = "a symbolic link", [FILE_PIPE] = "a pipe",  [FILE_SOCKET] = "a socket",
        [FILE_DEVICE] = "a device"};
    const char *hint = "";
    if (owner == FILE_USERS && kind == FILE_PIPE) hint = "; write it to a file first";
    if (owner == FILE_USERS && kind == FILE_LINK) hint = "; the link leads to none";
    if (owner == FILE_OURS && kind == FILE_LINK) hint = "; no links are followed in here";
    return status_fail(owner == FILE_USERS ? CONFX_STATUS_INPUT : CONFX_STATUS_DAMAGED,
                       "%s: is %s, expected %s%s", path, names[kind], expected, hint);
}

/* Of a call that has just failed. */
static confx_status_t open_fail(const char *path, file_owner_t owner)
{
    const bool users = open_is_absent() || (owner == FILE_USERS && errno == EACCES);
    return system_fail(users ? CONFX_STATUS_INPUT : CONFX_STATUS_IO, path, "cannot be opened");
}

/* The file that was opened is what it was when it was looked at, and not too long. */
static confx_status_t open_check(int descriptor, const char *path, file_owner_t owner, size_t most)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0)
        return system_fail(CONFX_STATUS_IO, path, "cannot be looked at");
    if (!S_ISREG(facts.st_mode))
        return open_refuse(path, owner, open_kind_of(&facts), "a plain file");
    if (facts.st_size < 0 || (size_t)facts.st_size <= most) return status_ok();
    return status_fail(owner == FILE_USERS ? CONFX_STATUS_INPUT : CONFX_STATUS_DAMAGED,
                       "%s: holds %lld bytes, expected %zu at most", path, (long long)facts.st_size,
                       most);
}

confx_status_t file_open(const char *path, file_owner_t owner, size_t most, int *descriptor)
{
    file_kind_t kind;
    *descriptor = -1;
    /* Looked at first: to open a pipe, a terminal or another device may have effects. */
    TRY(open_look_fail(path, owner, open_look(path, owner == FILE_USERS, &kind)));
    if (kind != FILE_ABSENT && kind != FILE_PLAIN)
        return open_refuse(path, owner, kind, "a plain file");
    /* And should it have become a pipe by now: without waiting for its other end. */
    const int follow = owner == FILE_OURS ? O_NOFOLLOW : 0;
    const int opened = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | follow);
    if (opened < 0) return open_fail(path, owner);
    const confx_status_t status = open_check(opened, path, owner, most);
    if (status.code == CONFX_STATUS_OK)
        *descriptor = opened;
    else
        (void)close(opened);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

confx_status_t file_read_at(int descriptor, const char *path, void *bytes, size_t n,
                            size_t position, size_t *found)
{
    *found = 0;
    while (*found < n) {
        const ssize_t got =
            pread(descriptor, (char *)bytes + *found, n - *found, (off_t)(position + *found));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_fail(CONFX_STATUS_IO, path, "cannot be read");
        if (got == 0) break;
        *found += (size_t)got;
    }
    return status_ok();
}

/* All of it, with a NUL behind it, or more than `most`. Not by the file's size: those of /proc say
   0, and one may be growing. */
static confx_status_t open_read_all(int descriptor, const char *path, size_t most, char **text,
                                    size_t *length)
{
    size_t found = 0;
    *length = 0;
    for (size_t room = 1 << 16;; room *= 2) {
        char *larger = realloc(*text, room);
        if (!larger) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to read it", path);
        *text = larger;
        TRY(file_read_at(descriptor, path, larger + *length, room - *length - 1, *length, &found));
        *length += found;
        larger[*length] = 0;
        if (*length < room - 1 || *length > most) return status_ok();
    }
}

static confx_status_t open_check_text(const char *path, file_owner_t owner, size_t most,
                                      const char *text, size_t length, bool is_text)
{
    const confx_status_code_t code =
        owner == FILE_USERS ? CONFX_STATUS_INPUT : CONFX_STATUS_DAMAGED;
    if (length > most) return status_fail(code, "%s: holds more than %zu bytes", path, most);
    if (!is_text || strlen(text) == length) return status_ok();
    return status_fail(code, "%s: expected a text file, found NUL bytes", path);
}

confx_status_t file_load(const char *path, file_owner_t owner, size_t most, char **text,
                         size_t *length)
{
    int descriptor;
    size_t bytes = 0;
    *text = NULL;
    TRY(file_open(path, owner, most, &descriptor));
    char *all = NULL;
    confx_status_t status = open_read_all(descriptor, path, most, &all, &bytes);
    if (status.code == CONFX_STATUS_OK)
        /* Who asks for the length takes any bytes; who does not takes a text, which no NUL may cut
           short. */
        status = open_check_text(path, owner, most, all ? all : "", bytes, length == NULL);
    (void)close(descriptor);
    if (status.code != CONFX_STATUS_OK) {
        free(all);
        return status;
    }
    *text = all;
    if (length) *length = bytes;
    return status;
}

/* ---- directories of the program's ------------------------------------------------------------ */

confx_status_t file_has_directory(const char *path, bool *has)
{
    file_kind_t kind;
    *has = false;
    TRY(file_look_at(path, &kind));
    *has = kind == FILE_DIRECTORY;
    return *has || kind == FILE_ABSENT ? status_ok()
                                       : open_refuse(path, FILE_OURS, kind, "a directory");
}

confx_status_t file_make_own_directory(const char *path)
{
    bool has;
    if (mkdir(path, 0777) == 0) return file_sync_parent(path);
    if (errno != EEXIST) return system_fail(CONFX_STATUS_IO, path, "cannot be made a directory");
    TRY(file_has_directory(path, &has));
    return has ? status_ok()
               : status_fail(CONFX_STATUS_IO, "%s: was there a moment ago, and is gone", path);
}
