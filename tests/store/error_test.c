/* What cannot be read is a failure with the system's reason, whichever call it is: never damage,
   never an absence, never a fill value. And what is no plain file is refused, at once. */
#include "support.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* ---- a system that fails: these stand before the C library's own ----------------------------- */

static struct {
    long at;   /* the call that fails, counted from 1; 0: none */
    long seen; /* calls so far */
    int why;
} failing;

static bool fails_now(void)
{
    if (!failing.why || ++failing.seen != failing.at) return false;
    errno = failing.why;
    return true;
}

int open(const char *path, int flags, ...)
{
    return fails_now() ? -1 : openat(AT_FDCWD, path, flags, 0666);
}

ssize_t pread(int descriptor, void *bytes, size_t n, off_t position)
{
    if (fails_now()) return -1;
    if (lseek(descriptor, position, SEEK_SET) != position) return -1;
    return read(descriptor, bytes, n);
}

int lstat(const char *restrict path, struct stat *restrict facts)
{
    return fails_now() ? -1 : fstatat(AT_FDCWD, path, facts, AT_SYMLINK_NOFOLLOW);
}

/* ---- a run of two segments ------------------------------------------------------------------- */

static const segment_t segments[] = {
    {.name = "a.h5", .start = 0, .stride = 6, .count = 2, .block = 6},
    {.name = "b.h5", .start = 12, .stride = 6, .count = 1, .block = 6}};
enum { SEGMENTS = sizeof segments / sizeof *segments, ROWS = 18 };

static void write_all(bool self_contained)
{
    for (size_t i = 0; i < SEGMENTS; i++) ck_assert_ok(write_segment(directory, &segments[i]));
    ck_assert_ok(write_run(directory, segments, SEGMENTS, ROWS, self_contained));
}

/* Everything that is asked of a run.h5, the first failure; what was read is right or not at all. */
static confx_status_t read_all(bool self_contained)
{
    store_t *store = NULL;
    bool is = true;
    double objective[ROWS];
    uint16_t actions[ROWS * CELLS];
    char *units = NULL;
    confx_status_t status = store_open(in_directory("run.h5"), &store);
    if (status.code == CONFX_STATUS_OK) status = store_has(store, "/trajectories/objective", &is);
    if (status.code == CONFX_STATUS_OK) ck_assert(is);
    if (status.code == CONFX_STATUS_OK) status = store_has(store, "/certificate/gap", &is);
    if (status.code == CONFX_STATUS_OK) ck_assert(!is);
    if (status.code == CONFX_STATUS_OK) status = store_is_self_contained(store, &is);
    if (status.code == CONFX_STATUS_OK) ck_assert_int_eq(is, self_contained);
    if (status.code == CONFX_STATUS_OK)
        status = store_read_text(store, "/trajectories/objective", "units", &units);
    free(units);
    if (status.code == CONFX_STATUS_OK)
        status = store_read_rows(store, "/trajectories/objective", ARRAY_F64, 0, ROWS, objective);
    if (status.code == CONFX_STATUS_OK)
        for (size_t i = 0; i < ROWS; i++)
            ck_assert_double_eq(objective[i], (double)i * 0.375 + 1.0);
    if (status.code == CONFX_STATUS_OK)
        status = store_read_rows(store, "/trajectories/assignment", ARRAY_U16, 0, ROWS, actions);
    if (status.code == CONFX_STATUS_OK)
        for (size_t i = 0; i < ROWS; i++) ck_assert_uint_eq(actions[i * CELLS], i * 131);
    store_close(store);
    return status;
}

static confx_status_t verify_all(bool self_contained)
{
    (void)self_contained;
    for (size_t i = 0; i < SEGMENTS; i++) {
        const confx_status_t status = verify_segment(directory, &segments[i], &SHAPE);
        if (status.code != CONFX_STATUS_OK) return status;
    }
    return (confx_status_t){.code = CONFX_STATUS_OK};
}

/* Each call fails once, in turn, and the next try is well. The number of calls. */
static long expect_failures(confx_status_t (*work)(bool), bool self_contained, int why,
                            confx_status_code_t code)
{
    long at = 1;
    for (;; at++) {
        failing.at = at;
        failing.seen = 0;
        failing.why = why;
        const confx_status_t status = work(self_contained);
        const bool failed = failing.seen >= at;
        failing.why = 0;
        if (!failed) {
            ck_assert_ok(status);
            return at - 1;
        }
        ck_assert_msg(status.code == code && strstr(status.message, strerror(why)),
                      "call %ld: code %d, %s", at, (int)status.code, status.message);
        ck_assert_msg(strstr(status.message, directory) != NULL, "call %ld: %s", at,
                      status.message);
    }
}

START_TEST(whichever_read_fails_it_is_said_why)
{
    for (int self_contained = 0; self_contained < 2; self_contained++) {
        write_all(self_contained);
        ck_assert_int_gt(expect_failures(read_all, self_contained, EIO, CONFX_STATUS_IO), 10);
        (void)expect_failures(read_all, self_contained, ESTALE, CONFX_STATUS_IO);
        (void)expect_failures(read_all, self_contained, ENOMEM, CONFX_STATUS_MEMORY);
    }
    ck_assert_int_gt(expect_failures(verify_all, false, EIO, CONFX_STATUS_IO), 10);
    (void)expect_failures(verify_all, false, EMFILE, CONFX_STATUS_IO);
}
END_TEST

START_TEST(a_file_that_a_viewer_wrote_is_not_damaged_by_a_failed_read)
{
    static const char script[] =
        "import h5py, sys\nwith h5py.File(sys.argv[1], 'r+') as f:\n"
        "    f['more'] = [1, 2, 3]; f['more'].attrs['x'] = 1; del f['more']\n";
    need_h5py();
    write_all(true);
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
    ck_assert_int_gt(expect_failures(read_all, true, EIO, CONFX_STATUS_IO), 10);
}
END_TEST

/* ---- what is no plain file ------------------------------------------------------------------- */

static const char *const kinds[] = {"pipe",     "socket", "directory", "link",
                                    "dangling", "circle", "device"};

static void put_odd(const char *kind, const char *name)
{
    const char *path = in_directory(name);
    char kept[FILE_PATH_MAX];
    (void)snprintf(kept, sizeof kept, "%s.kept", path);
    ck_assert_int_eq(rename(path, kept), 0);
    if (!strcmp(kind, "pipe")) ck_assert_int_eq(mkfifo(path, 0666), 0);
    if (!strcmp(kind, "directory")) ck_assert_int_eq(mkdir(path, 0777), 0);
    if (!strcmp(kind, "link")) ck_assert_int_eq(symlink(kept, path), 0);
    if (!strcmp(kind, "dangling")) ck_assert_int_eq(symlink("nowhere", path), 0);
    if (!strcmp(kind, "circle")) ck_assert_int_eq(symlink(path, path), 0);
    if (!strcmp(kind, "device")) ck_assert_int_eq(symlink("/dev/zero", path), 0);
    if (strcmp(kind, "socket") != 0) return;
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    (void)snprintf(place.sun_path, sizeof place.sun_path, "%s", path);
    const int made = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(made, 0);
    ck_assert_int_eq(bind(made, (const struct sockaddr *)&place, sizeof place), 0);
    ck_assert_int_eq(close(made), 0);
}

static void put_back(const char *name)
{
    const char *path = in_directory(name);
    char kept[FILE_PATH_MAX];
    (void)snprintf(kept, sizeof kept, "%s.kept", path);
    ck_assert_int_eq(remove(path), 0);
    ck_assert_int_eq(rename(kept, path), 0);
}

START_TEST(what_is_no_plain_file_is_damage_at_once)
{
    static const char *const names[] = {"run.h5", "segments/b.h5"};
    write_all(false);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            put_odd(kinds[k], names[i]);
            ck_assert_fails(read_all(false), CONFX_STATUS_DAMAGED, "expected a plain file");
            if (i)
                ck_assert_fails(verify_all(false), CONFX_STATUS_DAMAGED, "expected a plain file");
            put_back(names[i]);
        }
    ck_assert_ok(read_all(false));
}
END_TEST

START_TEST(no_link_is_followed_to_the_segments)
{
    write_all(false);
    put_odd("link", "segments");
    ck_assert_fails(read_all(false), CONFX_STATUS_DAMAGED,
                    "segments: is a symbolic link, expected a directory");
    ck_assert_fails(verify_all(false), CONFX_STATUS_DAMAGED, "segments: is a symbolic link");
    ck_assert_fails(store_segments_make(directory), CONFX_STATUS_DAMAGED,
                    "segments: is a symbolic link");
    ck_assert_fails(store_tidy(directory, NULL), CONFX_STATUS_DAMAGED,
                    "segments: is a symbolic link");
    put_back("segments");
    ck_assert_ok(read_all(false));
}
END_TEST

START_TEST(a_users_file_may_be_a_link)
{
    store_t *store = NULL;
    write_all(true);
    put_odd("link", "run.h5");
    ck_assert_ok(store_open_users(in_directory("run.h5"), &store));
    ck_assert(stands_alone(store));
    store_close(store);
    put_back("run.h5");
    put_odd("pipe", "run.h5");
    ck_assert_fails(store_open_users(in_directory("run.h5"), &store), CONFX_STATUS_INPUT,
                    "is a pipe");
}
END_TEST

START_TEST(no_temporary_is_left)
{
    char **names;
    size_t names_n;
    write_all(true);
    ck_assert_ok(file_list(directory, &names, &names_n));
    ck_assert_uint_eq(names_n, 2);
    file_names_close(names, names_n);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    tcase_add_test(tests, whichever_read_fails_it_is_said_why);
    tcase_add_test(tests, a_file_that_a_viewer_wrote_is_not_damaged_by_a_failed_read);
    tcase_add_test(tests, what_is_no_plain_file_is_damage_at_once);
    tcase_add_test(tests, no_link_is_followed_to_the_segments);
    tcase_add_test(tests, a_users_file_may_be_a_link);
    tcase_add_test(tests, no_temporary_is_left);
    return suite_run(suite);
}
