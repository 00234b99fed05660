#include "confx/file.h"
#include "confx/find.h"
#include "confx/try.h"
#include "suite.h"
#include "there.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- a system that fails
   ------------------------------------------------------------------------------------------ These
   stand before the C library's own. */

static struct {
    int look, open, read; /* the errno with which such calls fail; 0: they do not */
    size_t most;          /* bytes that one call reads; 0: as many as were asked for */
} failing;

static int fail_with(int why)
{
    errno = why;
    return -1;
}

int stat(const char *restrict path, struct stat *restrict facts)
{
    return failing.look ? fail_with(failing.look) : fstatat(AT_FDCWD, path, facts, 0);
}

int lstat(const char *restrict path, struct stat *restrict facts)
{
    return failing.look ? fail_with(failing.look)
                        : fstatat(AT_FDCWD, path, facts, AT_SYMLINK_NOFOLLOW);
}

int open(const char *path, int flags, ...)
{
    return failing.open ? fail_with(failing.open) : openat(AT_FDCWD, path, flags, 0666);
}

ssize_t pread(int descriptor, void *bytes, size_t n, off_t position)
{
    if (failing.read) return fail_with(failing.read);
    if (lseek(descriptor, position, SEEK_SET) != position) return -1;
    return read(descriptor, bytes, failing.most && failing.most < n ? failing.most : n);
}

/* ---- files of a test ------------------------------------------------------------------------- */

static char here[FILE_PATH_MAX]; /* a directory of this process's own, made afresh for each test */

static void enter_directory(void)
{
    char made[] = "/tmp/confx-file-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(made));
    (void)snprintf(here, sizeof here, "%s", made);
    ck_assert_int_eq(chdir(here), 0);
}

static void remove_tree(const char *directory)
{
    char **names;
    size_t names_n;
    ck_assert_ok(file_list(directory, &names, &names_n));
    for (size_t i = 0; i < names_n; i++) {
        char path[FILE_PATH_MAX];
        file_kind_t kind;
        ck_assert_ok(file_join(directory, names[i], path));
        ck_assert_ok(file_look_at(path, &kind));
        if (kind == FILE_DIRECTORY)
            remove_tree(path);
        else
            ck_assert_ok(file_remove(path));
    }
    file_names_close(names, names_n);
    ck_assert_ok(file_remove(directory));
}

static void leave_directory(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    remove_tree(here);
}

static void put(const char *path, const char *text)
{
    ck_assert_ok(file_write(path, text, strlen(text), NULL));
}

static void expect_found(const char *name, const char *beside, const char *expected)
{
    char found[FILE_PATH_MAX];
    char *text;
    ck_assert_ok(file_find("models", name, ".csv", beside, found));
    ck_assert_ok(file_load(found, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_str_eq(text, expected);
    free(text);
}

static size_t entries_of(const char *directory)
{
    char **names;
    size_t n;
    ck_assert_ok(file_list(directory, &names, &n));
    file_names_close(names, n);
    return n;
}

/* ---- reading and writing --------------------------------------------------------------------- */

START_TEST(what_was_written_is_read_again)
{
    const size_t sizes[] = {0, 1, 65534, 65535, 65536, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *text;
        size_t length;
        char *written = malloc(sizes[i] + 1);
        ck_assert_ptr_nonnull(written);
        for (size_t k = 0; k < sizes[i]; k++) written[k] = (char)('a' + k % 23);
        ck_assert_ok(file_write("f", written, sizes[i], NULL));
        ck_assert_ok(file_load("f", FILE_USERS, FILE_TABLE_MOST, &text, &length));
        ck_assert_uint_eq(length, sizes[i]);
        ck_assert_int_eq(memcmp(text, written, length), 0);
        ck_assert_int_eq(text[length], 0);
        free(text);
        free(written);
    }
    ck_assert_uint_eq(entries_of("."), 1);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
    char *text;
    size_t length;
    ck_assert_fails(file_load("none", FILE_USERS, FILE_TABLE_MOST, &text, &length),
                    CONFX_STATUS_INPUT, "none: cannot be opened: No such file");
    ck_assert_fails(file_load(here, FILE_USERS, FILE_TABLE_MOST, &text, &length),
                    CONFX_STATUS_INPUT, "is a directory, expected a plain file");
    ck_assert_ok(file_write("binary", "a\0b", 3, NULL));
    ck_assert_fails(file_load("binary", FILE_USERS, FILE_TABLE_MOST, &text, NULL),
                    CONFX_STATUS_INPUT, "binary: expected a text file, found NUL bytes");
    ck_assert_ptr_null(text);
    ck_assert_ok(file_load("binary", FILE_USERS, FILE_TABLE_MOST, &text, &length));
    ck_assert_uint_eq(length, 3);
    free(text);
}
END_TEST

START_TEST(a_failed_write_leaves_the_old_file_and_no_other)
{
    char **names;
    size_t names_n;
    ck_assert_fails(file_write("no/such/f", "x", 1, NULL), CONFX_STATUS_IO,
                    ".tmp: cannot be created: No such file");
    ck_assert_ok(file_make_directory("taken"));
    ck_assert_fails(file_write("taken", "x", 1, NULL), CONFX_STATUS_IO,
                    "taken: cannot be put in place");
    ck_assert_ok(file_list(".", &names, &names_n));
    ck_assert_uint_eq(names_n, 1);
    ck_assert_str_eq(names[0], "taken");
    file_names_close(names, names_n);
    /* A disk that is full after one byte. */
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit one_byte = {1, before.rlim_max};
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &one_byte), 0);
    const confx_status_t status = file_write("kept", "xyz", 3, NULL);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_fails(status, CONFX_STATUS_IO, "cannot be written: File too large");
    ck_assert_uint_eq(entries_of("."), 1);
}
END_TEST

START_TEST(publishing_replaces_a_file_at_once)
{
    char *text;
    put("new", "new");
    put("old", "old");
    ck_assert_ok(file_publish("new", "old", NULL));
    ck_assert(!is_there("new"));
    ck_assert_ok(file_load("old", FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_str_eq(text, "new");
    free(text);
    ck_assert_fails(file_publish("new", "old", NULL), CONFX_STATUS_IO, "new: cannot be opened");
}
END_TEST

/* Says no once as many questions as `context` counts down are answered. */
static confx_status_t say_no(void *context)
{
    int *left = context;
    if ((*left)-- > 0) return status_ok();
    return status_fail(CONFX_STATUS_IO, "not yours");
}

START_TEST(a_guard_is_asked_before_a_file_is_put_in_place)
{
    char **names;
    size_t names_n;
    char *text;
    int left = 1;
    const guard_t guard = {say_no, &left};
    ck_assert_ok(guard_ask(NULL));
    ck_assert_ok(file_write("f", "mine", 4, &guard));
    ck_assert_int_eq(left, 0);
    ck_assert_fails(file_write("f", "late", 4, &guard), CONFX_STATUS_IO, "not yours");
    put("new", "new");
    ck_assert_fails(file_publish("new", "f", &guard), CONFX_STATUS_IO, "not yours");
    ck_assert_ok(file_remove("new"));
    ck_assert_ok(file_load("f", FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_str_eq(text, "mine");
    free(text);
    ck_assert_ok(file_list(".", &names, &names_n));
    ck_assert_uint_eq(names_n, 1);
    file_names_close(names, names_n);
}
END_TEST

/* ---- what is no plain file ------------------------------------------------------------------- */

static void make_odd_files(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
    const int made = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(made, 0);
    ck_assert_int_eq(bind(made, (const struct sockaddr *)&name, sizeof name), 0);
    ck_assert_int_eq(close(made), 0);
    put("plain", "text");
    ck_assert_int_eq(mkfifo("pipe", 0666), 0);
    ck_assert_int_eq(mkdir("directory", 0777), 0);
    ck_assert_int_eq(symlink("plain", "link"), 0);
    ck_assert_int_eq(symlink("pipe", "to-pipe"), 0);
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ck_assert_int_eq(symlink("circle", "circle"), 0);
    ck_assert_int_eq(symlink("/dev/null", "to-device"), 0);
    ck_assert_int_eq(symlink("directory", "to-directory"), 0);
}

static const struct {
    const char *name;
    file_kind_t at, to;       /* what it is, and what it leads to */
    const char *users, *ours; /* what is said when it is opened; NULL: it is a plain file */
} odd[] = {
    {"plain", FILE_PLAIN, FILE_PLAIN, NULL, NULL},
    {"pipe", FILE_PIPE, FILE_PIPE, "is a pipe, expected a plain file; write it to a file first",
     "is a pipe, expected"},
    {"socket", FILE_SOCKET, FILE_SOCKET, "is a socket, expected", "is a socket, expected"},
    {"directory", FILE_DIRECTORY, FILE_DIRECTORY, "is a directory, expected",
     "is a directory, expected"},
    {"/dev/null", FILE_DEVICE, FILE_DEVICE, "is a device, expected", "is a device, expected"},
    {"link", FILE_LINK, FILE_PLAIN, NULL,
     "is a symbolic link, expected a plain file; no links are followed"},
    {"to-pipe", FILE_LINK, FILE_PIPE, "is a pipe, expected", "is a symbolic link"},
    {"to-device", FILE_LINK, FILE_DEVICE, "is a device, expected", "is a symbolic link"},
    {"dangling", FILE_LINK, FILE_LINK, "is a symbolic link, expected a plain file; the link leads",
     "is a symbolic link"},
    {"circle", FILE_LINK, FILE_LINK, "is a symbolic link, expected a plain file; the link leads",
     "is a symbolic link"},
    {"none", FILE_ABSENT, FILE_ABSENT, "cannot be opened: No such file", NULL},
    {"plain/below", FILE_ABSENT, FILE_ABSENT, "cannot be opened: Not a directory", NULL},
};

START_TEST(what_lies_at_a_path_is_told)
{
    make_odd_files();
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        file_kind_t kind;
        bool has;
        ck_assert_ok(file_look(odd[i].name, &kind));
        ck_assert_int_eq(kind, odd[i].to);
        ck_assert_ok(file_look_at(odd[i].name, &kind));
        ck_assert_int_eq(kind, odd[i].at);
        ck_assert_ok(file_has(odd[i].name, &has));
        ck_assert_int_eq(has, odd[i].at != FILE_ABSENT);
    }
}
END_TEST

START_TEST(nothing_but_a_plain_file_is_opened)
{
    make_odd_files();
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char *text = NULL;
        confx_status_t status = file_load(odd[i].name, FILE_USERS, 4, &text, NULL);
        ck_assert_int_eq(status.code, odd[i].users ? CONFX_STATUS_INPUT : CONFX_STATUS_OK);
        if (odd[i].users) ck_assert_ptr_nonnull(strstr(status.message, odd[i].users));
        if (!odd[i].users) ck_assert_str_eq(text, "text");
        free(text);
        text = NULL;
        status = file_load(odd[i].name, FILE_OURS, 4, &text, NULL);
        if (odd[i].at == FILE_ABSENT)
            ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
        else
            ck_assert_int_eq(status.code,
                             odd[i].at == FILE_PLAIN ? CONFX_STATUS_OK : CONFX_STATUS_DAMAGED);
        if (odd[i].ours) ck_assert_ptr_nonnull(strstr(status.message, odd[i].ours));
        free(text);
    }
}
END_TEST

START_TEST(a_file_longer_than_its_limit_is_refused)
{
    char *text;
    put("five", "12345");
    ck_assert_fails(file_load("five", FILE_USERS, 4, &text, NULL), CONFX_STATUS_INPUT,
                    "five: holds 5 bytes, expected 4 at most");
    ck_assert_fails(file_load("five", FILE_OURS, 4, &text, NULL), CONFX_STATUS_DAMAGED,
                    "holds 5 bytes");
    ck_assert_ok(file_load("five", FILE_OURS, 5, &text, NULL));
    free(text);
    /* Of one whose length is not told beforehand. */
    ck_assert_fails(file_load("/proc/self/environ", FILE_USERS, 0, &text, NULL), CONFX_STATUS_INPUT,
                    "holds more than 0 bytes");
}
END_TEST

START_TEST(a_directory_of_the_programs_is_no_link)
{
    bool has;
    make_odd_files();
    ck_assert_ok(file_has_directory("directory", &has));
    ck_assert(has);
    ck_assert_ok(file_has_directory("none", &has));
    ck_assert(!has);
    ck_assert_fails(file_has_directory("to-directory", &has), CONFX_STATUS_DAMAGED,
                    "to-directory: is a symbolic link, expected a directory");
    ck_assert_fails(file_has_directory("plain", &has), CONFX_STATUS_DAMAGED,
                    "is a file, expected a directory");
    ck_assert_ok(file_make_own_directory("directory"));
    ck_assert_ok(file_make_own_directory("fresh"));
    ck_assert_ok(file_has_directory("fresh", &has));
    ck_assert(has);
    ck_assert_fails(file_make_own_directory("to-directory"), CONFX_STATUS_DAMAGED,
                    "is a symbolic link");
    ck_assert_fails(file_make_own_directory("dangling"), CONFX_STATUS_DAMAGED,
                    "is a symbolic link");
    ck_assert_fails(file_make_own_directory("none/below"), CONFX_STATUS_IO,
                    "none/below: cannot be made a directory");
}
END_TEST

/* ---- an error is not an absence -------------------------------------------------------------- */

START_TEST(an_error_is_not_an_absence)
{
    static const struct {
        int why;
        confx_status_code_t users, ours;
        const char *says;
    } cases[] = {{EIO, CONFX_STATUS_IO, CONFX_STATUS_IO, "Input/output error"},
                 {EACCES, CONFX_STATUS_INPUT, CONFX_STATUS_IO, "Permission denied"},
                 {ESTALE, CONFX_STATUS_IO, CONFX_STATUS_IO, "Stale file handle"},
                 {EMFILE, CONFX_STATUS_IO, CONFX_STATUS_IO, "Too many open files"},
                 {ENOMEM, CONFX_STATUS_MEMORY, CONFX_STATUS_MEMORY, "Cannot allocate memory"}};
    put("f", "text");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file_kind_t kind;
        bool has;
        char *text;
        failing.look = cases[i].why;
        ck_assert_fails(file_look("f", &kind), cases[i].users, cases[i].says);
        ck_assert_fails(file_look_at("f", &kind), cases[i].ours, cases[i].says);
        ck_assert_fails(file_has("f", &has), cases[i].ours, cases[i].says);
        ck_assert_fails(file_has_directory("f", &has), cases[i].ours, cases[i].says);
        ck_assert_fails(file_reach("f"), cases[i].users, cases[i].says);
        ck_assert_fails(file_load("f", FILE_USERS, 4, &text, NULL), cases[i].users, cases[i].says);
        ck_assert_fails(file_find("models", "./f", ".csv", NULL, (char[FILE_PATH_MAX]){0}),
                        cases[i].users, cases[i].says);
        failing.look = 0;
        failing.open = cases[i].why;
        ck_assert_fails(file_load("f", FILE_USERS, 4, &text, NULL), cases[i].users, cases[i].says);
        ck_assert_fails(file_load("f", FILE_OURS, 4, &text, NULL), cases[i].ours, cases[i].says);
        failing.open = 0;
    }
    /* Reading goes wrong for reasons of the system's only, whoever named the file. */
    char *text;
    failing.read = EIO;
    ck_assert_fails(file_load("f", FILE_USERS, 4, &text, NULL), CONFX_STATUS_IO,
                    "f: cannot be read: Input/output");
    failing.read = 0;
    failing.most = 1; /* few bytes at a time are no end */
    ck_assert_ok(file_load("f", FILE_OURS, 4, &text, NULL));
    ck_assert_str_eq(text, "text");
    free(text);
    failing.most = 0;
}
END_TEST

/* ---- temporaries ----------------------------------------------------------------------------- */

START_TEST(a_temporary_is_made_and_never_found)
{
    char one[FILE_PATH_MAX];
    char other[FILE_PATH_MAX];
    int descriptor;
    ck_assert_ok(file_make_temporary("run.h5", one, &descriptor));
    ck_assert_ok(file_write_bytes(descriptor, one, "abc", 3));
    ck_assert_int_eq(close(descriptor), 0);
    ck_assert_ok(file_make_temporary("run.h5", other, &descriptor));
    ck_assert_int_eq(close(descriptor), 0);
    ck_assert_str_ne(one, other);
    ck_assert_int_eq(strncmp(one, "run.h5.", 7), 0);
    ck_assert_uint_eq(strlen(one), strlen("run.h5.01234567.tmp"));
    ck_assert(file_is_temporary(one) && file_is_temporary(other));
    ck_assert(!access(one, R_OK) && !access(other, R_OK));
    ck_assert_fails(file_make_temporary("none/f", one, &descriptor), CONFX_STATUS_IO,
                    "cannot be created: No such file");
}
END_TEST

START_TEST(other_names_are_no_temporaries)
{
    static const char *const names[] = {"notes.tmp",      "f.1234567.tmp",  "f.123456789.tmp",
                                        ".01234567.tmp",  "f.0123456g.tmp", "f.01234567.tmpx",
                                        "f.01234567.TMP", "f.0123ABCD.tmp", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert(!file_is_temporary(names[i]));
    ck_assert(file_is_temporary("f.0123abcd.tmp"));
}
END_TEST

/* ---- directories ----------------------------------------------------------------------------- */

START_TEST(directories_are_made_with_their_parents)
{
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_make_directory("a/b/c"));
    ck_assert_ok(file_make_directory("a/b/c/"));
    ck_assert(is_directory("a/b/c"));
    ck_assert_ok(file_join(here, "d/e", path));
    ck_assert_ok(file_make_directory(path));
    ck_assert(is_directory("d/e"));
    put("file", "");
    ck_assert_fails(file_make_directory("file/below"), CONFX_STATUS_IO,
                    "file: cannot be made a directory");
    ck_assert_fails(file_make_directory(""), CONFX_STATUS_IO, "cannot be made a directory");
}
END_TEST

/* Each fails of one thing, and what is asked next of another: the reason told is the first. */
START_TEST(a_failure_tells_its_own_reason)
{
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ck_assert_fails(file_make_directory("dangling"), CONFX_STATUS_IO,
                    "dangling: cannot be made a directory: File exists");
    ck_assert_fails(file_make_directory("dangling/below"), CONFX_STATUS_IO,
                    "dangling: cannot be made a directory: File exists");
    put("file", "");
    ck_assert_fails(file_make_directory("file"), CONFX_STATUS_IO,
                    "file: cannot be made a directory: File exists");
    ck_assert_fails(file_reach("none"), CONFX_STATUS_INPUT,
                    "none: cannot be reached: No such file");
    ck_assert_fails(file_reach("file/below"), CONFX_STATUS_INPUT,
                    "file/below: cannot be reached: Not a directory");
    ck_assert_ok(file_reach("file"));
    ck_assert_ok(file_remove("dangling"));
}
END_TEST

START_TEST(a_directory_is_listed_in_the_order_of_its_bytes)
{
    static const char *const expected[] = {".hidden", "B", "a", "b"};
    char **names;
    size_t names_n;
    for (size_t i = 4; i-- > 0;) put(expected[i], "");
    ck_assert_ok(file_list(".", &names, &names_n));
    ck_assert_uint_eq(names_n, 4);
    for (size_t i = 0; i < 4; i++) ck_assert_str_eq(names[i], expected[i]);
    file_names_close(names, names_n);
    ck_assert_fails(file_list("none", &names, &names_n), CONFX_STATUS_IO, "none: cannot be listed");
}
END_TEST

START_TEST(removing_what_is_not_there_is_fine)
{
    put("f", "");
    ck_assert_ok(file_remove("f"));
    ck_assert(!is_there("f"));
    ck_assert_ok(file_remove("f"));
    ck_assert_ok(file_make_directory("full/of"));
    ck_assert_fails(file_remove("full"), CONFX_STATUS_IO, "full: cannot be removed");
}
END_TEST

START_TEST(paths_are_joined_by_one_slash)
{
    static char endless[2 * FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    ck_assert_ok(file_join("a", "b", path));
    ck_assert_str_eq(path, "a/b");
    ck_assert_ok(file_join("a/", "b", path));
    ck_assert_str_eq(path, "a/b");
    ck_assert_ok(file_join("a", "/b", path));
    ck_assert_str_eq(path, "/b");
    ck_assert_ok(file_join("", "b", path));
    ck_assert_str_eq(path, "b");
    ck_assert_ok(file_beside("a/run.h5", "b", path));
    ck_assert_str_eq(path, "a/b");
    ck_assert_ok(file_beside("run.h5", "b", path));
    ck_assert_str_eq(path, "b");
    ck_assert_ok(file_beside("/run.h5", "b", path));
    ck_assert_str_eq(path, "/b");
    memset(endless, 'x', sizeof endless - 1);
    ck_assert_fails(file_join("a", endless, path), CONFX_STATUS_IO, "the path is too long");
    ck_assert_fails(file_beside("a/c", endless, path), CONFX_STATUS_IO, "the path is too long");
    ck_assert_fails(file_make_directory(endless), CONFX_STATUS_IO, "the path is too long");
    ck_assert_fails(file_write(endless, "", 0, NULL), CONFX_STATUS_IO, "the path is too long");
}
END_TEST

/* Every name that a file's path gives to what it leaves comes from here. */
START_TEST(a_path_has_parts)
{
    static const struct {
        const char *path, *name, *stem, *parent;
    } cases[] = {{"a.yaml", "a.yaml", "a", "."},
                 {"d/a.yaml", "a.yaml", "a", "d"},
                 {"/a.yaml", "a.yaml", "a", "/"},
                 {"d.e/a", "a", "a", "d.e"},
                 {"d/.yaml", ".yaml", ".yaml", "d"},
                 {"/d/e/a.b.m", "a.b.m", "a.b", "/d/e"},
                 {"a.", "a.", "a", "."},
                 {"d/", "", "", "d"},
                 {"", "", "", "."},
                 {"../..a.m", "..a.m", "..a", ".."},
                 {"d//a.csv", "a.csv", "a", "d/"},
                 {"/", "", "", "/"}};
    static char endless[2 * FILE_PATH_MAX];
    char out[FILE_PATH_MAX], small[4];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_str_eq(file_basename(cases[i].path), cases[i].name);
        file_stem(cases[i].path, out, sizeof out);
        ck_assert_str_eq(out, cases[i].stem);
        ck_assert_ok(file_parent(cases[i].path, out));
        ck_assert_str_eq(out, cases[i].parent);
    }
    file_stem("models/alexnet.csv", small, sizeof small);
    ck_assert_str_eq(small, "ale");
    memset(endless, 'x', sizeof endless - 2);
    endless[FILE_PATH_MAX] = '/';
    ck_assert_fails(file_parent(endless, out), CONFX_STATUS_IO, "the path is too long");
    endless[FILE_PATH_MAX] = 'x';
    endless[FILE_PATH_MAX - 1] = '/';
    ck_assert_ok(file_parent(endless, out));
    ck_assert_uint_eq(strlen(out), FILE_PATH_MAX - 1);
    ck_assert_ok(file_check_name("d\x01/a.yaml"));
    ck_assert_fails(file_check_name("d/a\x01.yaml"), CONFX_STATUS_INPUT, "control characters");
}
END_TEST

/* ---- looking up ------------------------------------------------------------------------------ */

static void lay_out_data(void)
{
    ck_assert_ok(file_make_directory("jobs/models"));
    ck_assert_ok(file_make_directory("data/models"));
    ck_assert_ok(file_make_directory("elsewhere"));
    put("jobs/near.csv", "beside");
    put("jobs/models/kind.csv", "kind beside");
    put("data/models/near.csv", "data");
    put("data/models/kind.csv", "data");
    put("data/models/far.csv", "data");
    put("data/models/v1.0.csv", "dotted");
    put("data/models/note.txt", "no model");
    put("elsewhere/mine.csv", "by path");
    put("far", "a stray file named like a model");
    char data[FILE_PATH_MAX];
    ck_assert_ok(file_join(here, "data", data));
    ck_assert_int_eq(setenv("CONFX_DATA", data, 1), 0);
}

START_TEST(a_name_is_that_of_a_shipped_file_whatever_lies_beside_the_job)
{
    static const char *const names[][2] = {
        {"near", "data"}, {"kind", "data"}, {"far", "data"}, {"v1.0", "dotted"}};
    lay_out_data();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        expect_found(names[i][0], "jobs/job.yaml", names[i][1]);
        expect_found(names[i][0], NULL, names[i][1]);
    }
    ck_assert_int_eq(chdir("jobs"), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_found(names[i][0], NULL, names[i][1]);
}
END_TEST

START_TEST(a_path_has_a_slash_or_a_suffix)
{
    static const char *const paths[] = {"a/b", "./a", "/a", "a.csv", "a.b.m", "a.yaml"};
    static const char *const names[] = {"a", "v1.0", ".csv", "a.txt", "m", "a.csv.old"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) ck_assert(file_is_path(paths[i]));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) ck_assert(!file_is_path(names[i]));
}
END_TEST

START_TEST(paths_are_found_beside_the_job_and_from_the_working_directory)
{
    char path[FILE_PATH_MAX];
    lay_out_data();
    expect_found("../elsewhere/mine.csv", "jobs/job.yaml", "by path");
    expect_found("elsewhere/mine.csv", "jobs/job.yaml", "by path");
    expect_found("elsewhere/mine", NULL, "by path");
    ck_assert_ok(file_join(here, "elsewhere/mine.csv", path));
    expect_found(path, "jobs/job.yaml", "by path");
    expect_found("near.csv", "jobs/job.yaml", "beside");
    expect_found("./near.csv", "jobs/job.yaml", "beside");
    expect_found("models/kind.csv", "jobs/job.yaml", "kind beside");
    ck_assert_int_eq(chdir("elsewhere"), 0);
    expect_found("mine.csv", NULL, "by path");
    expect_found("mine.csv", "../jobs/job.yaml", "by path");
}
END_TEST

static void expect_refused(const char *name, const char *says)
{
    char path[FILE_PATH_MAX];
    ck_assert_fails(file_find("models", name, ".csv", "jobs/job.yaml", path), CONFX_STATUS_INPUT,
                    says);
}

START_TEST(a_name_that_is_nowhere_is_answered_with_the_names_at_hand)
{
    char path[FILE_PATH_MAX];
    lay_out_data();
    expect_refused("fra", "no file \"fra\", did you mean \"far\"? expected a path or a name in "
                          "models: far, kind, near, v1.0");
    expect_refused("zzz",
                   "no file \"zzz\"; expected a path or a name in models: far, kind, near, v1.0");
    expect_refused("/no/such.csv", "no file \"/no/such.csv\"");
    expect_refused(here, "no file");
    ck_assert_fails(file_find("wombats", "x", ".csv", NULL, path), CONFX_STATUS_INPUT,
                    "CONFX_DATA=/tmp/confx-file-");
}
END_TEST

START_TEST(a_file_that_may_be_meant_is_named)
{
    lay_out_data();
    put("jobs/own.csv", "x");
    put("own2.csv", "x");
    put("jobs/plain", "x");
    expect_refused("own", "no file \"own\"; jobs/own.csv exists, write its path to use it; "
                          "expected a path or a name");
    expect_refused("own2", "no file \"own2\"; ./own2.csv exists, write its path to use it");
    expect_refused("plain", "jobs/plain exists, write its path");
    expect_refused("far.csv", "no file \"far.csv\" in jobs; the shipped one is called far");
    expect_refused("none.csv",
                   "no file \"none.csv\"; expected it in jobs, or in the working directory");
}
END_TEST

/* This program is copied to where an installed or a built one lies, and asked there. */
static int ask(const char *program, const char *name)
{
    char command[2 * FILE_PATH_MAX];
    (void)snprintf(command, sizeof command, "env -u CONFX_DATA %s --find %s", program, name);
    return system(command);
}

static void copy_self(const char *to)
{
    char *program;
    size_t length;
    ck_assert_ok(file_load("/proc/self/exe", FILE_USERS, FILE_TABLE_MOST, &program, &length));
    ck_assert_ok(file_write(to, program, length, NULL));
    ck_assert_int_eq(chmod(to, 0755), 0);
    free(program);
}

START_TEST(an_installed_program_finds_its_share_and_a_built_one_its_source_tree)
{
    ck_assert_ok(file_make_directory("prefix/bin"));
    ck_assert_ok(file_make_directory("prefix/share/confx/models"));
    ck_assert_ok(file_make_directory("tree/build/tests/base"));
    ck_assert_ok(file_make_directory("tree/build/data")); /* a data/ without models is none */
    ck_assert_ok(file_make_directory("tree/data/models"));
    put("prefix/share/confx/models/shared.csv", "installed");
    put("tree/data/models/source.csv", "in the tree");
    copy_self("prefix/bin/confx");
    copy_self("tree/build/confx");
    copy_self("tree/build/tests/base/file_test");
    ck_assert_int_eq(ask("prefix/bin/confx", "shared"), 0);
    ck_assert_int_ne(ask("prefix/bin/confx", "source"), 0);
    ck_assert_int_eq(ask("tree/build/confx", "source"), 0);
    ck_assert_int_ne(ask("tree/build/confx", "shared"), 0);
    ck_assert_int_eq(ask("tree/build/tests/base/file_test", "source"), 0);
}
END_TEST

START_TEST(the_way_from_a_directory_to_another_is_the_shortest)
{
    static const struct {
        const char *from, *to, *way;
    } ways[] = {
        {"/a/b", "/a/b", "."},          {"/a/b", "/a", "../"},     {"/a", "/a/b/c", "b/c"},
        {"/a/b", "/a/c", "../c"},       {"/a/bc", "/a/b", "../b"}, {"/a/b", "/a/bc/d", "../bc/d"},
        {"/a/b/c", "/d", "../../../d"}, {"/", "/a", "a"},          {"/a", "/", "../"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char way[FILE_PATH_MAX];
        ck_assert_ok(file_way(ways[i].from, ways[i].to, way));
        ck_assert_str_eq(way, ways[i].way);
    }
}
END_TEST

START_TEST(the_directory_of_a_file_is_absolute_and_without_links)
{
    char real[FILE_PATH_MAX], found[FILE_PATH_MAX];
    ck_assert_ok(file_make_directory("one/two"));
    ck_assert_int_eq(symlink("one/two", "link"), 0);
    ck_assert_ok(file_directory("one/two/job.yaml", real));
    ck_assert_int_eq(real[0], '/');
    ck_assert_ok(file_directory("link/job.yaml", found));
    ck_assert_str_eq(found, real);
    ck_assert_fails(file_directory("none/job.yaml", found), CONFX_STATUS_INPUT,
                    "none: cannot be followed");
    ck_assert_ok(file_remove("link"));
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--find") == 0) {
        char path[FILE_PATH_MAX];
        return file_find("models", argv[2], ".csv", NULL, path).code == CONFX_STATUS_OK
                   ? EXIT_SUCCESS
                   : EXIT_FAILURE;
    }
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_add_test(tests, what_was_written_is_read_again);
    tcase_add_test(tests, a_file_that_cannot_be_read_is_named);
    tcase_add_test(tests, a_failed_write_leaves_the_old_file_and_no_other);
    tcase_add_test(tests, publishing_replaces_a_file_at_once);
    tcase_add_test(tests, a_guard_is_asked_before_a_file_is_put_in_place);
    tcase_add_test(tests, what_lies_at_a_path_is_told);
    tcase_add_test(tests, nothing_but_a_plain_file_is_opened);
    tcase_add_test(tests, a_file_longer_than_its_limit_is_refused);
    tcase_add_test(tests, a_directory_of_the_programs_is_no_link);
    tcase_add_test(tests, an_error_is_not_an_absence);
    tcase_add_test(tests, a_temporary_is_made_and_never_found);
    tcase_add_test(tests, other_names_are_no_temporaries);
    tcase_add_test(tests, directories_are_made_with_their_parents);
    tcase_add_test(tests, a_failure_tells_its_own_reason);
    tcase_add_test(tests, a_directory_is_listed_in_the_order_of_its_bytes);
    tcase_add_test(tests, removing_what_is_not_there_is_fine);
    tcase_add_test(tests, paths_are_joined_by_one_slash);
    tcase_add_test(tests, a_path_has_parts);
    tcase_add_test(tests, the_way_from_a_directory_to_another_is_the_shortest);
    tcase_add_test(tests, the_directory_of_a_file_is_absolute_and_without_links);
    tcase_add_test(tests, a_name_is_that_of_a_shipped_file_whatever_lies_beside_the_job);
    tcase_add_test(tests, a_path_has_a_slash_or_a_suffix);
    tcase_add_test(tests, a_file_that_may_be_meant_is_named);
    tcase_add_test(tests, paths_are_found_beside_the_job_and_from_the_working_directory);
    tcase_add_test(tests, a_name_that_is_nowhere_is_answered_with_the_names_at_hand);
    tcase_add_test(tests, an_installed_program_finds_its_share_and_a_built_one_its_source_tree);
    return suite_run(suite);
}
