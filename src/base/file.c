#include "confx/file.h"
#include "confx/try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For a call that has just failed: errno must still be that call's. */
static confx_status_t fail(confx_status_code_t code, const char *path, const char *what)
{
    return status_fail(errno == ENOMEM ? CONFX_STATUS_MEMORY : code, "%s: %s: %s", path, what, strerror(errno));
}

static confx_status_t too_long(const char *path)
{
    return status_fail(CONFX_STATUS_IO, "the path is too long: %.100s...", path);
}

/* ---- reading --------------------------------------------------------------------------------------------------------
 */

/* All of the stream, with a NUL behind it; NULL when memory is out. Not by the file's size: a pipe has none. */
static char *read_all(FILE *stream, size_t *length)
{
    size_t room = 1 << 16;
    size_t used = 0;
    char *text = NULL;
    for (;; room *= 2) {
        char *larger = realloc(text, room);
        if (!larger) break;
        text = larger;
        used += fread(text + used, 1, room - used - 1, stream);
        if (used == room - 1) continue;
        text[used] = 0;
        *length = used;
        return text;
    }
    free(text);
    return NULL;
}

static confx_status_t check_read(FILE *stream, const char *path, const char *text, size_t length, bool is_text)
{
    if (!text) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory to read it", path);
    if (ferror(stream)) return fail(CONFX_STATUS_INPUT, path, "cannot be read");
    if (!is_text || strlen(text) == length) return status_ok();
    return status_input(path, 0, NULL, "expected a text file, found NUL bytes");
}

confx_status_t file_read(const char *path, char **text, size_t *length)
{
    size_t bytes = 0;
    *text = NULL;
    if (file_is_directory(path)) return status_input(path, 0, NULL, "is a directory, expected a file");
    FILE *stream = fopen(path, "rb");
    if (!stream) return fail(CONFX_STATUS_INPUT, path, "cannot be opened");
    char *all = read_all(stream, &bytes);
    const confx_status_t status = check_read(stream, path, all, bytes, length == NULL);
    (void)fclose(stream);
    if (status.code != CONFX_STATUS_OK) {
        free(all);
        return status;
    }
    *text = all;
    if (length) *length = bytes;
    return status;
}

/* ---- writing --------------------------------------------------------------------------------------------------------
 */

static confx_status_t write_all(int descriptor, const char *path, const char *text, size_t length)
{
    while (length > 0) {
        const ssize_t written = write(descriptor, text, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(CONFX_STATUS_IO, path, "cannot be written");
        text += written;
        length -= (size_t)written;
    }
    return status_ok();
}

static confx_status_t write_plainly(const char *path, const char *text, size_t length)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return fail(CONFX_STATUS_IO, path, "cannot be created");
    confx_status_t status = write_all(descriptor, path, text, length);
    if (close(descriptor) != 0 && status.code == CONFX_STATUS_OK)
        status = fail(CONFX_STATUS_IO, path, "cannot be closed");
    return status;
}

static confx_status_t sync_path(const char *path)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(CONFX_STATUS_IO, path, "cannot be opened");
    /* EINVAL: some network file systems know no fsync of a directory, and need none. */
    const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
    const confx_status_t status = synced ? status_ok() : fail(CONFX_STATUS_IO, path, "cannot be synced");
    (void)close(descriptor);
    return status;
}

/* The directory that holds `path`, into out (FILE_PATH_MAX). */
static confx_status_t parent_of(const char *path, char *out)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return file_join(".", "", out);
    if (slash == path) return file_join("/", "", out);
    if (slash - path >= FILE_PATH_MAX) return too_long(path);
    (void)snprintf(out, FILE_PATH_MAX, "%.*s", (int)(slash - path), path);
    return status_ok();
}

confx_status_t guard_ask(const guard_t *guard)
{
    return guard && guard->ask ? guard->ask(guard->context) : status_ok();
}

confx_status_t file_publish(const char *temporary, const char *path, const guard_t *guard)
{
    char directory[FILE_PATH_MAX];
    TRY(parent_of(path, directory));
    TRY(sync_path(temporary));
    TRY(guard_ask(guard));
    if (rename(temporary, path) != 0) return fail(CONFX_STATUS_IO, path, "cannot be put in place");
    return sync_path(directory);
}

/* Some file systems have no second names for a file, and one may have too many. */
static bool has_no_links(int why)
{
    return why == EPERM || why == EOPNOTSUPP || why == ENOSYS || why == EMLINK;
}

/* The file at `path` gets `previous` as a second name, in place of what had that one, so that neither name is ever
   missing. Where there are no second names it is moved: `path` is missing then until the next rename, and who looks for
   it meanwhile finds `previous`. */
static confx_status_t keep_as(const char *path, const char *previous, const guard_t *guard)
{
    char second[FILE_PATH_MAX];
    if (snprintf(second, sizeof second, "%s.tmp", previous) >= FILE_PATH_MAX) return too_long(previous);
    TRY(guard_ask(guard));
    (void)unlink(second); /* of a process that was killed here */
    if (link(path, second) != 0) {
        if (errno == ENOENT) return status_ok(); /* nothing to keep: the first file of this name */
        if (!has_no_links(errno)) return fail(CONFX_STATUS_IO, previous, "cannot be put in place");
        if (rename(path, previous) == 0) return status_ok();
        return fail(CONFX_STATUS_IO, previous, "cannot be put in place");
    }
    const bool moved = rename(second, previous) == 0;
    const confx_status_t status = moved ? status_ok() : fail(CONFX_STATUS_IO, previous, "cannot be put in place");
    (void)unlink(second); /* rename leaves it where both names were of one file already */
    return status;
}

confx_status_t file_publish_keeping(const char *temporary, const char *path, const char *previous, const guard_t *guard)
{
    /* On disk before anything moves: a failure up to here leaves both files as they were. */
    TRY(sync_path(temporary));
    TRY(keep_as(path, previous, guard));
    /* One sync of the directory for both renames. Whichever of them a loss of power undoes, `path` is the new file or
       the one before it, and `previous` a whole one as well. */
    return file_publish(temporary, path, guard);
}

confx_status_t file_write(const char *path, const char *text, size_t length, const guard_t *guard)
{
    char temporary[FILE_PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.tmp", path) >= FILE_PATH_MAX) return too_long(path);
    confx_status_t status = write_plainly(temporary, text, length);
    if (status.code == CONFX_STATUS_OK) status = file_publish(temporary, path, guard);
    if (status.code != CONFX_STATUS_OK) (void)unlink(temporary);
    return status;
}

/* ---- directories ----------------------------------------------------------------------------------------------------
 */

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

confx_status_t file_reach(const char *path)
{
    return file_exists(path) ? status_ok() : fail(CONFX_STATUS_INPUT, path, "cannot be reached");
}

bool file_is_directory(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* A new entry is on disk when its parent is. A parent that may be written but not read cannot be synced, which is no
   failure of the disk. */
static confx_status_t sync_parent(const char *path)
{
    char parent[FILE_PATH_MAX];
    TRY(parent_of(path, parent));
    return access(parent, R_OK) != 0 && errno == EACCES ? status_ok() : sync_path(parent);
}

static confx_status_t make_one_directory(const char *path)
{
    if (mkdir(path, 0777) == 0) return sync_parent(path);
    const int why = errno; /* of mkdir, whatever the look below fails of */
    if (file_is_directory(path)) return status_ok();
    errno = why;
    return fail(CONFX_STATUS_IO, path, "cannot be made a directory");
}

confx_status_t file_make_directory(const char *path)
{
    char part[FILE_PATH_MAX];
    TRY(file_join("", path, part));
    for (char *slash = strchr(part + (part[0] == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        TRY(make_one_directory(part));
        *slash = '/';
    }
    return make_one_directory(part);
}

confx_status_t file_remove(const char *path)
{
    if (remove(path) == 0 || errno == ENOENT) return status_ok();
    return fail(CONFX_STATUS_IO, path, "cannot be removed");
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

/* The names of the entries, which are freed; NULL when memory is out. */
static char **take_names(struct dirent **entries, size_t n)
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
    const int found = scandir(directory, &entries, is_entry, by_bytes);
    if (found < 0) return fail(CONFX_STATUS_IO, directory, "cannot be listed");
    *names = take_names(entries, (size_t)found);
    if (!*names) return status_fail(CONFX_STATUS_MEMORY, "%s: no memory for its names", directory);
    *names_n = (size_t)found;
    return status_ok();
}

void file_names_close(char **names, size_t names_n)
{
    for (size_t i = 0; i < names_n; i++) free(names[i]);
    free(names);
}

confx_status_t file_join(const char *directory, const char *name, char *out)
{
    const bool alone = name[0] == '/' || !directory[0];
    const bool slash = !alone && name[0] && directory[strlen(directory) - 1] != '/';
    const int length = snprintf(out, FILE_PATH_MAX, "%s%s%s", alone ? "" : directory, slash ? "/" : "", name);
    if (length < FILE_PATH_MAX) return status_ok();
    return too_long(*directory ? directory : name);
}

confx_status_t file_directory(const char *path, char *out)
{
    char directory[FILE_PATH_MAX], whole[PATH_MAX];
    TRY(parent_of(path, directory));
    if (!realpath(directory, whole)) return fail(CONFX_STATUS_IO, directory, "cannot be followed");
    return file_join(whole, "", out);
}

/* Length of the directory that both lie in, or are. */
static size_t shared(const char *one, const char *other)
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
    const size_t same = shared(from, to);
    const char *down = to + same + (to[same] == '/');
    size_t up = 0;
    for (const char *c = from + same; *c; c++) up += c[0] == '/' && c[1];
    if (3 * up + strlen(down) + 2 > FILE_PATH_MAX) return too_long(to);
    for (size_t i = 0; i < up; i++) (void)snprintf(out + 3 * i, FILE_PATH_MAX - 3 * i, "../");
    (void)snprintf(out + 3 * up, FILE_PATH_MAX - 3 * up, "%s", up || *down ? down : ".");
    return status_ok();
}
