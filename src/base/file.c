#include "confx/file.h"
#include "base/system.h"
#include "confx/text.h"
#include "confx/try.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static confx_status_t file_too_long(const char *path)
{
    return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", path);
}

/* ---- writing --------------------------------------------------------------------------------- */

confx_status_t file_write_bytes(int descriptor, const char *path, const void *bytes, size_t n)
{
    const char *rest = bytes;
    while (n > 0) {
        const ssize_t written = write(descriptor, rest, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_fail(CONFX_STATUS_IO, path, "cannot be written");
        rest += written;
        n -= (size_t)written;
    }
    return status_ok();
}

static const char temporary_digits[] = "0123456789abcdef";
static const char temporary_end[] = ".tmp";
enum { TEMPORARY_DIGITS = 8, TEMPORARY_TRIES = 64, DISCARD_TRIES = 3 };

bool file_is_temporary(const char *name)
{
    const size_t tail = 1 + TEMPORARY_DIGITS + sizeof temporary_end - 1;
    const size_t length = strlen(name);
    if (length <= tail) return false;
    const char *dot = name + length - tail;
    return *dot == '.' && strspn(dot + 1, temporary_digits) == TEMPORARY_DIGITS &&
           strcmp(dot + 1 + TEMPORARY_DIGITS, temporary_end) == 0;
}

static confx_status_t file_name_temporary(const char *path, char *temporary)
{
    uint32_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return system_fail(CONFX_STATUS_IO, path, "no random name for a temporary");
    if (snprintf(temporary, FILE_PATH_MAX, "%s.%08" PRIx32 "%s", path, number, temporary_end) <
        FILE_PATH_MAX)
        return status_ok();
    return file_too_long(path);
}

confx_status_t file_make_temporary(const char *path, char *temporary, int *descriptor)
{
    *descriptor = -1;
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        TRY(file_name_temporary(path, temporary));
        *descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (*descriptor >= 0) return status_ok();
        if (errno != EEXIST) break;
    }
    return system_fail(CONFX_STATUS_IO, temporary, "cannot be created");
}

static confx_status_t file_sync_path(const char *path)
{
    /* Without waiting, should a pipe have come into its place: fsync then fails of it. */
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return system_fail(CONFX_STATUS_IO, path, "cannot be opened");
    /* EINVAL: some network file systems know no fsync of a directory, and need none. */
    const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
    const confx_status_t status =
        synced ? status_ok() : system_fail(CONFX_STATUS_IO, path, "cannot be synced");
    (void)close(descriptor);
    return status;
}

/* A parent that may be written but not read cannot be synced, which is no failure of the disk. */
confx_status_t file_sync_parent(const char *path)
{
    char parent[FILE_PATH_MAX];
    TRY(file_parent(path, parent));
    return access(parent, R_OK) != 0 && errno == EACCES ? status_ok() : file_sync_path(parent);
}

confx_status_t guard_ask(const guard_t *guard)
{
    return guard && guard->ask ? guard->ask(guard->context) : status_ok();
}

confx_status_t file_publish(const char *temporary, const char *path, const guard_t *guard)
{
    char directory[FILE_PATH_MAX];
    TRY(file_parent(path, directory));
    TRY(file_sync_path(temporary));
    TRY(guard_ask(guard));
    if (rename(temporary, path) != 0)
        return system_fail(CONFX_STATUS_IO, path, "cannot be put in place");
    return file_sync_path(directory);
}

/* Some file systems have no second names for a file, and one may have too many. */
static bool file_has_no_links(int why)
{
    return why == EPERM || why == EOPNOTSUPP || why == ENOSYS || why == EMLINK;
}

/* A second name for the file at `path`, of the pattern of temporaries, into `second`; errno 0 where
   that is done, else that of link. */
static confx_status_t file_link_beside(const char *path, const char *previous, char *second)
{
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        TRY(file_name_temporary(previous, second));
        errno = 0;
        if (link(path, second) == 0 || errno != EEXIST) break;
    }
    return status_ok();
}

/* The file at `path` gets `previous` as a second name, in place of what had that one, so that
   neither name is ever missing. Where there are no second names it is moved: `path` is missing then
   until the next rename, and who looks for it meanwhile finds `previous`. */
static confx_status_t file_keep_as(const char *path, const char *previous, const guard_t *guard)
{
    char second[FILE_PATH_MAX];
    TRY(file_link_beside(path, previous, second));
    if (errno == ENOENT) return status_ok(); /* nothing to keep: the first file of this name */
    const bool is_linked = errno == 0;
    if (!is_linked && !file_has_no_links(errno))
        return system_fail(CONFX_STATUS_IO, previous, "cannot be put in place");
    confx_status_t status = guard_ask(guard);
    if (status.code == CONFX_STATUS_OK && rename(is_linked ? second : path, previous) != 0)
        status = system_fail(CONFX_STATUS_IO, previous, "cannot be put in place");
    /* rename leaves it where both names were of one file already: a process was killed behind it */
    if (is_linked) file_discard(second);
    return status;
}

confx_status_t file_publish_keeping(const char *temporary, const char *path, const char *previous,
                                    const guard_t *guard)
{
    /* On disk before anything moves: a failure up to here leaves both files as they were. */
    TRY(file_sync_path(temporary));
    TRY(file_keep_as(path, previous, guard));
    /* One sync of the directory for both renames. Whichever of them a loss of power undoes, `path`
       is the new file or the one before it, and `previous` a whole one as well. */
    return file_publish(temporary, path, guard);
}

/* The text in a new temporary beside `path`, closed. After a failure there is none. The mode counts
   before a byte stands in the file; 0 leaves it to the user's umask. */
static confx_status_t file_write_temporary(const char *path, mode_t mode, const char *text,
                                           size_t length, char *temporary)
{
    int descriptor;
    TRY(file_make_temporary(path, temporary, &descriptor));
    if (mode) (void)fchmod(descriptor, mode);
    confx_status_t status = file_write_bytes(descriptor, temporary, text, length);
    if (close(descriptor) != 0 && status.code == CONFX_STATUS_OK)
        status = system_fail(CONFX_STATUS_IO, temporary, "cannot be closed");
    if (status.code != CONFX_STATUS_OK) file_discard(temporary);
    return status;
}

confx_status_t file_write(const char *path, const char *text, size_t length, const guard_t *guard)
{
    char temporary[FILE_PATH_MAX];
    TRY(file_write_temporary(path, 0, text, length, temporary));
    const confx_status_t status = file_publish(temporary, path, guard);
    if (status.code != CONFX_STATUS_OK) file_discard(temporary);
    return status;
}

/* A link fails where there is a file already, which a rename would replace. */
static confx_status_t file_publish_first(const char *temporary, const char *path)
{
    TRY(file_sync_path(temporary));
    if (link(temporary, path) == 0) return file_sync_parent(path);
    if (errno == EEXIST) return status_ok();
    if (file_has_no_links(errno)) return file_publish(temporary, path, NULL);
    return system_fail(CONFX_STATUS_IO, path, "cannot be put in place");
}

confx_status_t file_write_first(const char *path, const char *text, size_t length)
{
    char temporary[FILE_PATH_MAX];
    TRY(file_write_temporary(path, S_IRUSR | S_IWUSR, text, length, temporary));
    const confx_status_t status = file_publish_first(temporary, path);
    file_discard(temporary);
    return status;
}

/* ---- directories ----------------------------------------------------------------------------- */

static confx_status_t file_make_one_directory(const char *path)
{
    if (mkdir(path, 0777) == 0) return file_sync_parent(path);
    const int why = errno; /* of mkdir, whatever the look below fails of */
    file_kind_t kind;
    if (why == EEXIST) TRY(file_look(path, &kind));
    if (why == EEXIST && kind == FILE_DIRECTORY) return status_ok();
    errno = why;
    return system_fail(CONFX_STATUS_IO, path, "cannot be made a directory");
}

confx_status_t file_make_directory(const char *path)
{
    char part[FILE_PATH_MAX];
    TRY(file_join("", path, part));
    for (char *slash = strchr(part + (part[0] == '/'), '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        TRY(file_make_one_directory(part));
        *slash = '/';
    }
    return file_make_one_directory(part);
}

confx_status_t file_remove(const char *path)
{
    if (remove(path) == 0 || errno == ENOENT) return status_ok();
    return system_fail(CONFX_STATUS_IO, path, "cannot be removed");
}

void file_discard(const char *path)
{
    for (int tries = 0; tries < DISCARD_TRIES; tries++)
        if (unlink(path) == 0 || errno == ENOENT) return;
}

static int file_is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int file_by_bytes(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

/* The names of the entries, which are freed; NULL when memory is out. */
static char **file_take_names(struct dirent **entries, size_t n)
{
    char **names = calloc(n + 1, sizeof *names);
    bool complete = names != NULL;
    for (size_t i = 0; i < n; i++) {
        if (names) names[i] = strdup(entries[i]->d_name);
        complete = complete && names[i];
        free(entries[i]);
    }
    free(entries);
    if (complete) return names;
    if (names) file_names_close(names, n);
    return NULL;
}

confx_status_t file_list(const char *directory, char ***names, size_t *names_n)
{
    struct dirent **entries = NULL;
    *names = NULL;
    *names_n = 0;
    const int found = scandir(directory, &entries, file_is_entry, file_by_bytes);
    if (found < 0) return system_fail(CONFX_STATUS_IO, directory, "cannot be listed");
    *names = file_take_names(entries, (size_t)found);
    if (!*names) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its names", directory);
    *names_n = (size_t)found;
    return status_ok();
}

void file_names_close(char **names, size_t names_n)
{
    for (size_t i = 0; i < names_n; i++) free(names[i]);
    free(names);
}

confx_status_t file_each(const char *directory, file_visit_t *visit, void *context)
{
    char path[FILE_PATH_MAX];
    char **names = NULL;
    size_t n = 0;
    confx_status_t status;
    TRY_OUT(file_list(directory, &names, &n));
    for (size_t i = 0; i < n; i++) {
        TRY_OUT(file_join(directory, names[i], path));
        TRY_OUT(visit(context, path, names[i]));
    }
out:
    file_names_close(names, n);
    return status;
}

const char *file_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void file_stem(const char *path, char *out, size_t room)
{
    const char *name = file_basename(path);
    const char *dot = strrchr(name, '.');
    assert(room > 0);
    (void)snprintf(out, room, "%.*s", dot && dot != name ? (int)(dot - name) : -1, name);
}

confx_status_t file_parent(const char *path, char *out)
{
    const char *name = file_basename(path);
    if (name == path) return file_join(".", "", out);
    if (name == path + 1) return file_join("/", "", out);
    if (name - path > FILE_PATH_MAX) return file_too_long(path);
    (void)snprintf(out, FILE_PATH_MAX, "%.*s", (int)(name - path) - 1, path);
    return status_ok();
}

confx_status_t file_check_name(const char *path)
{
    if (text_is_plain(file_basename(path))) return status_ok();
    return status_input(path, 0, NULL, "expected a file name in UTF-8 without control characters");
}

confx_status_t file_join(const char *directory, const char *name, char *out)
{
    const bool alone = name[0] == '/' || !directory[0];
    const bool slash = !alone && name[0] && directory[strlen(directory) - 1] != '/';
    const int length =
        snprintf(out, FILE_PATH_MAX, "%s%s%s", alone ? "" : directory, slash ? "/" : "", name);
    if (length < FILE_PATH_MAX) return status_ok();
    return file_too_long(*directory ? directory : name);
}

confx_status_t file_beside(const char *path, const char *name, char *out)
{
    char directory[FILE_PATH_MAX];
    const size_t length = (size_t)(file_basename(path) - path);
    if (length >= sizeof directory) return file_too_long(path);
    memcpy(directory, path, length);
    directory[length] = 0;
    return file_join(directory, name, out);
}

confx_status_t file_directory(const char *path, char *out)
{
    char directory[FILE_PATH_MAX], whole[PATH_MAX];
    TRY(file_parent(path, directory));
    if (!realpath(directory, whole)) {
        const bool gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EACCES;
        return system_fail(gone ? CONFX_STATUS_INPUT : CONFX_STATUS_IO, directory,
                           "cannot be followed");
    }
    return file_join(whole, "", out);
}

/* Length of the directory that both lie in, or are. */
static size_t file_shared(const char *one, const char *other)
{
    size_t whole = 0;
    size_t i = 0;
    for (; one[i] && one[i] == other[i]; i++)
        if (one[i] == '/') whole = i;
    const bool ends = (one[i] == 0 || one[i] == '/') && (other[i] == 0 || other[i] == '/');
    return ends ? i : whole;
}

confx_status_t file_way(const char *from, const char *to, char *out)
{
    const size_t same = file_shared(from, to);
    const char *down = to + same + (to[same] == '/');
    size_t up = 0;
    for (const char *c = from + same; *c; c++) up += c[0] == '/' && c[1];
    if (3 * up + strlen(down) + 2 > FILE_PATH_MAX) return file_too_long(to);
    for (size_t i = 0; i < up; i++) (void)snprintf(out + 3 * i, FILE_PATH_MAX - 3 * i, "../");
    (void)snprintf(out + 3 * up, FILE_PATH_MAX - 3 * up, "%s", up || *down ? down : ".");
    return status_ok();
}
