/* The order in which files and directories reach the disk: each call that changes something is
   written down, and may be made to fail. */
#include "confx/file.h"
#include "suite.h"
#include "there.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char here[FILE_PATH_MAX]; /* a directory of this process's own, made afresh for each test */

/* ---- calls that are written down ------------------------------------------------------------- */

static char calls[4096];
static const char *failing; /* the call that fails, as it is written down; NULL: none */
static int failure;
static const char *always; /* a file that is there before each call and after it */

static bool call_fails(const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    /* The random digits of temporaries are left out. */
    for (char *end = text; (end = strstr(end, ".tmp")) != NULL; end += 4)
        if (end - text > 9 && end[-9] == '.') {
            memmove(end - 9, end, strlen(end) + 1);
            end -= 9;
        }
    if (always) ck_assert_msg(access(always, F_OK) == 0, "%s is gone before %s", always, text);
    (void)snprintf(calls + strlen(calls), sizeof calls - strlen(calls), "%s\n", text);
    if (!failing || strcmp(failing, text) != 0) return false;
    errno = failure;
    return true;
}

int mkdir(const char *path, mode_t mode)
{
    if (call_fails("mkdir %s", path)) return -1;
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to)
{
    if (call_fails("rename %s %s", from, to)) return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to)
{
    if (call_fails("link %s %s", from, to)) return -1;
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Its path as seen from the test's directory, which is "." itself. */
int fsync(int descriptor)
{
    char name[64];
    char path[FILE_PATH_MAX];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(name, path, sizeof path - 1);
    ck_assert_int_gt(length, 0);
    path[length] = 0;
    const size_t above = strlen(here);
    const char *seen = strncmp(path, here, above) != 0 ? path
                       : path[above]                   ? path + above + 1
                                                       : ".";
    if (call_fails("sync %s", seen)) return -1;
    return (int)syscall(SYS_fsync, descriptor);
}

/* ---- the directory --------------------------------------------------------------------------- */

static void begin_calls(void)
{
    calls[0] = 0;
    failing = NULL;
    always = NULL;
}

static void enter_directory(void)
{
    char made[] = "/tmp/confx-order-XXXXXX";
    begin_calls();
    ck_assert_ptr_nonnull(mkdtemp(made));
    ck_assert_ptr_nonnull(realpath(made, here));
    ck_assert_int_eq(chdir(here), 0);
}

static void leave_directory(void)
{
    char command[FILE_PATH_MAX + 16];
    always = NULL;
    ck_assert_int_eq(chdir("/"), 0);
    (void)snprintf(command, sizeof command, "rm -rf %s", here);
    ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    ck_assert_ok(file_write(path, text, strlen(text), NULL));
}

static void expect(const char *path, const char *expected)
{
    char *text;
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_str_eq(text, expected);
    free(text);
}

static size_t temporaries(void)
{
    char **names;
    size_t n;
    size_t found = 0;
    ck_assert_ok(file_list(".", &names, &n));
    for (size_t i = 0; i < n; i++) found += file_is_temporary(names[i]);
    file_names_close(names, n);
    return found;
}

/* ---- directories ----------------------------------------------------------------------------- */

START_TEST(each_directory_made_is_on_disk_before_the_next)
{
    ck_assert_ok(file_make_directory("a/b/c"));
    ck_assert_str_eq(calls, "mkdir a\nsync .\nmkdir a/b\nsync a\nmkdir a/b/c\nsync a/b\n");
    begin_calls();
    ck_assert_ok(file_make_directory("a/b/c/"));
    ck_assert_ok(file_make_directory("a/b"));
    ck_assert_ptr_null(strstr(calls, "sync")); /* nothing was made */
    begin_calls();
    ck_assert_ok(file_make_directory("a/b/d"));
    ck_assert_ptr_nonnull(strstr(calls, "mkdir a/b/d\nsync a/b\n"));
}
END_TEST

START_TEST(a_parent_that_cannot_be_synced_is_a_failure)
{
    failing = "sync a";
    failure = EIO;
    ck_assert_fails(file_make_directory("a/b"), CONFX_STATUS_IO,
                    "a: cannot be synced: Input/output error");
}
END_TEST

/* ---- files ----------------------------------------------------------------------------------- */

START_TEST(a_file_is_on_disk_before_it_is_in_place)
{
    put("new", "new");
    begin_calls();
    ck_assert_ok(file_publish("new", "old", NULL));
    ck_assert_str_eq(calls, "sync new\nrename new old\nsync .\n");
}
END_TEST

START_TEST(the_file_before_is_kept_and_its_name_is_never_missing)
{
    put("new", "1");
    begin_calls();
    ck_assert_ok(file_publish_keeping("new", "f", "before", NULL)); /* there is none to be kept */
    ck_assert(!is_there("before"));
    always = "f";
    for (int i = 2; i < 5; i++) {
        char text[2] = {(char)('0' + i), 0};
        char before[2] = {(char)('0' + i - 1), 0};
        put("new", text);
        ck_assert_ok(file_publish_keeping("new", "f", "before", NULL));
        expect("f", text);
        expect("before", before);
    }
    ck_assert_uint_eq(temporaries(), 0);
}
END_TEST

/* A process that was killed between the two renames leaves one file by both names, or by three. */
START_TEST(names_of_one_file_are_told_apart_again)
{
    put("f", "1");
    ck_assert_int_eq(link("f", "before"), 0);
    ck_assert_int_eq(link("f", "before.12345678.tmp"), 0);
    put("new", "2");
    always = "f";
    ck_assert_ok(file_publish_keeping("new", "f", "before", NULL));
    expect("f", "2");
    expect("before", "1");
    ck_assert_uint_eq(temporaries(), 1); /* that of the killed one, which the owner tidies */
}
END_TEST

START_TEST(without_hard_links_the_file_before_is_moved)
{
    put("f", "1");
    put("new", "2");
    failing = "link f before.tmp";
    failure = EPERM;
    ck_assert_ok(file_publish_keeping("new", "f", "before", NULL));
    expect("f", "2");
    expect("before", "1");
}
END_TEST

/* Each call fails once: told, and neither file is lost. */
START_TEST(a_failure_leaves_both_files)
{
    static const char *const each[] = {"sync new", "link f before.tmp", "rename before.tmp before",
                                       "rename new f", "sync ."};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        failing = NULL;
        put("f", "2");
        put("before", "1");
        put("new", "3");
        failing = each[i];
        failure = EIO;
        always = "f";
        ck_assert_fails(file_publish_keeping("new", "f", "before", NULL), CONFX_STATUS_IO,
                        "Input/output error");
        expect("f", i < 4 ? "2" : "3");
        expect("before", i < 3 ? "1" : "2");
        ck_assert_uint_eq(temporaries(), 0);
        always = NULL;
    }
}
END_TEST

/* ---- what killed processes left -------------------------------------------------------------- */

static void put_aged(const char *path, time_t seconds)
{
    const time_t then = time(NULL) - seconds;
    put(path, "torn");
    ck_assert_int_eq(
        utimensat(AT_FDCWD, path, (const struct timespec[]){{.tv_sec = then}, {.tv_sec = then}}, 0),
        0);
}

START_TEST(temporaries_go_by_their_endings_and_their_age)
{
    static const char *const endings[] = {".h5", ".csv", NULL};
    static const char *const go[] = {"a.h5.0123abcd.tmp", "b.csv.77.tmp"};
    static const char *const stay[] = {
        "a.h5",          "a.svg.0123abcd.tmp", ".h5.tmp", "h5.0123abcd.tmp",
        "a.h5.0123abcd", "a.h5.0123abc.tmp",   "x.tmp",   "a.h5.0123abcx.tmp"};
    const size_t stay_n = sizeof stay / sizeof *stay;
    char **names;
    size_t n;
    for (size_t i = 0; i < stay_n; i++) put_aged(stay[i], 10000);
    for (size_t i = 0; i < 2; i++) put_aged(go[i], 3000);
    ck_assert_ok(file_make_directory("d.h5.0123abcd.tmp"));
    ck_assert_ok(file_tidy(".", endings, FILE_TIDY_AGE, NULL)); /* somebody may be writing them */
    for (size_t i = 0; i < 2; i++) ck_assert(is_there(go[i]));
    ck_assert_ok(file_tidy(".", endings, 2000, NULL));
    for (size_t i = 0; i < 2; i++) ck_assert(!is_there(go[i]));
    ck_assert_ok(file_list(".", &names, &n));
    ck_assert_uint_eq(n, stay_n + 1);
    file_names_close(names, n);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *tests = tcase_create("order");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, enter_directory, leave_directory);
    tcase_add_test(tests, each_directory_made_is_on_disk_before_the_next);
    tcase_add_test(tests, a_parent_that_cannot_be_synced_is_a_failure);
    tcase_add_test(tests, a_file_is_on_disk_before_it_is_in_place);
    tcase_add_test(tests, the_file_before_is_kept_and_its_name_is_never_missing);
    tcase_add_test(tests, names_of_one_file_are_told_apart_again);
    tcase_add_test(tests, without_hard_links_the_file_before_is_moved);
    tcase_add_test(tests, a_failure_leaves_both_files);
    tcase_add_test(tests, temporaries_go_by_their_endings_and_their_age);
    return suite_run(suite);
}
