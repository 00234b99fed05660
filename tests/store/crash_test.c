#include "support.h"
#include "there.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

enum { COMMITS = 30, COMMIT_ROWS = 12 };

/* ---- a writer that publishes without end ----------------------------------------------------- */

static void plan_commits(segment_t segments[2 * COMMITS])
{
    for (size_t k = 0; k < COMMITS; k++) {
        for (size_t node = 0; node < 2; node++) {
            segment_t *segment = &segments[2 * k + node];
            const size_t start = k * COMMIT_ROWS + node * 4;
            *segment = (segment_t){.start = start, .stride = 6, .count = 2, .block = node ? 2 : 4};
            (void)snprintf(segment->name, sizeof segment->name, "n%zu-c%03zu.h5", node, k);
        }
    }
}

/* Commit after commit: two segments, then run.h5 over all of them; from the start again behind the
   last. */
static void publish_for_ever(const segment_t *segments)
{
    for (size_t k = 0;; k = (k + 1) % COMMITS) {
        confx_status_t status = write_segment(directory, &segments[2 * k]);
        if (status.code == CONFX_STATUS_OK) status = write_segment(directory, &segments[2 * k + 1]);
        if (status.code == CONFX_STATUS_OK)
            status = write_master(directory, segments, 2 * (k + 1), COMMIT_ROWS * (k + 1));
        if (status.code != CONFX_STATUS_OK) _exit(1);
    }
}

static pid_t start_writer(const segment_t *segments)
{
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) publish_for_ever(segments);
    ck_assert_int_gt(child, 0);
    /* However slow the disk is; five minutes are a hang. */
    for (int i = 0; i < 300000 && !is_there(in_directory("run.h5")); i++) (void)usleep(1000);
    ck_assert(is_there(in_directory("run.h5")));
    return child;
}

/* It was alive until now. */
static void kill_writer(pid_t child)
{
    int result = 0;
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
}

/* ---- what is left ---------------------------------------------------------------------------- */

static void check_run(void)
{
    array_t found = {0};
    store_t *store = NULL;
    ck_assert_ok(store_open(in_directory("run.h5"), &store));
    ck_assert_ok(store_describe(store, "/trajectories/objective", &found));
    ck_assert_uint_gt(found.dims[0], 0);
    ck_assert_str_eq(check_rows(store, 0, found.dims[0]), "");
    store_close(store);
}

static void check_segments(const segment_t *segments)
{
    for (size_t i = 0; i < 2 * COMMITS; i++) {
        char path[FILE_PATH_MAX];
        ck_assert_ok(file_join(in_directory("segments"), segments[i].name, path));
        if (is_there(path)) ck_assert_ok(verify_segment(directory, &segments[i], &SHAPE));
    }
}

static size_t count_temporaries(const char *where)
{
    char **names = NULL;
    size_t names_n = 0;
    size_t temporaries = 0;
    ck_assert_ok(file_list(where, &names, &names_n));
    for (size_t i = 0; i < names_n; i++) temporaries += strstr(names[i], ".tmp") != NULL;
    file_names_close(names, names_n);
    return temporaries;
}

START_TEST(all_that_is_published_survives_kills_at_any_moment)
{
    static segment_t segments[2 * COMMITS];
    srand(7);
    plan_commits(segments);
    for (int i = 0; i < 25; i++) {
        const pid_t writer = start_writer(segments);
        (void)usleep((useconds_t)(rand() % 40000));
        kill_writer(writer);
        check_run();
        check_segments(segments);
    }
    write_bytes(in_directory("run.h5.0123abcd.tmp"), "torn", 4);
    write_bytes(in_directory("segments/n0-c000.h5.0123abcd.tmp"), "torn", 4);
    write_bytes(in_directory("of-a-user"), "kept", 4);
    ck_assert_ok(store_tidy(directory, NULL));
    ck_assert(!access(in_directory("of-a-user"), R_OK));
    ck_assert_uint_eq(count_temporaries(directory) + count_temporaries(in_directory("segments")),
                      0);
    check_run();
    check_segments(segments);
}
END_TEST

START_TEST(stock_readers_read_while_a_writer_publishes)
{
    /* Until three states were seen, however rarely the writer gets a turn; five minutes are a
       hang. */
    static const char script[] =
        PYTHON_TABLE "import time\n"
                     "seen, i, began = set(), 0, time.monotonic()\n"
                     "while i < 12 or len(seen) < 3 and time.monotonic() < began + 300:\n"
                     "    seen.add(check(h5py.File(sys.argv[1], 'r')))\n"
                     "    i += 1\n"
                     "assert len(seen) > 2 and min(seen) > 0, seen\n";
    static segment_t segments[2 * COMMITS];
    char command[256];
    plan_commits(segments);
    const pid_t writer = start_writer(segments);
    need_h5py();
    ck_assert_int_eq(run_python("/", script, in_directory("run.h5")), 0);
    (void)snprintf(command, sizeof command,
                   "for i in 1 2 3; do h5dump %s >/dev/null || exit 1; done",
                   in_directory("run.h5"));
    need_h5dump();
    ck_assert_int_eq(system(command), 0);
    for (int i = 0; i < 10; i++) check_run();
    kill_writer(writer);
}
END_TEST

/* ---- a disk that takes no more --------------------------------------------------------------- */

enum { SMALL = 100, LARGE = 20000 };
static double numbers[LARGE];

static confx_status_t write_numbers(const char *path, size_t n)
{
    const array_t array = {
        .name = "/x", .type = ARRAY_F64, .rank = 1, .dims = {n}, .data = numbers};
    return store_write(path, &array, 1, NULL, 0, NULL);
}

/* The larger file does not fit: what was there stays, nothing is left beside it, and a smaller one
   can be written. */
static int try_too_much(const char *where, const char *says)
{
    char path[FILE_PATH_MAX];
    store_t *store = NULL;
    if (file_join(where, "x.h5", path).code != CONFX_STATUS_OK) return 1;
    if (write_numbers(path, SMALL).code != CONFX_STATUS_OK) return 2;
    for (int i = 0; i < 3; i++) {
        const confx_status_t status = write_numbers(path, LARGE);
        if (status.code != CONFX_STATUS_IO || !strstr(status.message, says) ||
            !strstr(status.message, path))
            return 3;
        if (count_temporaries(where) > 0) return 4;
    }
    array_t found = {0};
    if (store_open(path, &store).code != CONFX_STATUS_OK) return 5;
    if (store_describe(store, "/x", &found).code != CONFX_STATUS_OK || found.dims[0] != SMALL)
        return 6;
    store_close(store);
    return write_numbers(path, SMALL + 1).code == CONFX_STATUS_OK ? 0 : 7;
}

/* The same of a run.h5 that holds its rows itself, and is composed on disk; each of its segments
   fits. */
static int try_too_many_rows(const char *where, const char *says)
{
    enum { PARTS = 8, EACH = 500 };
    segment_t segments[PARTS];
    store_t *store = NULL;
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < PARTS; i++) {
        segments[i] = (segment_t){.start = i * EACH, .count = 1, .block = EACH};
        (void)snprintf(segments[i].name, sizeof segments[i].name, "s%zu.h5", i);
    }
    if (file_join(where, "run.h5", path).code != CONFX_STATUS_OK) return 1;
    if (write_segment(where, &segments[0]).code != CONFX_STATUS_OK) return 2;
    if (write_run(where, segments, 1, EACH, true).code != CONFX_STATUS_OK) return 3;
    size_t parts = 1;
    while (parts < PARTS && write_segment(where, &segments[parts]).code == CONFX_STATUS_OK) parts++;
    if (parts < 2) return 4;
    for (int i = 0; i < 3; i++) {
        const confx_status_t status = write_run(where, segments, parts, parts * EACH, true);
        if (status.code != CONFX_STATUS_IO || !strstr(status.message, says) ||
            !strstr(status.message, path))
            return 5;
        if (count_temporaries(where) > 0) return 6;
    }
    if (store_open(path, &store).code != CONFX_STATUS_OK) return 7;
    if (*check_rows(store, 0, EACH)) return 8;
    store_close(store);
    return write_run(where, segments, 1, EACH, true).code == CONFX_STATUS_OK ? 0 : 9;
}

static int result_of(pid_t child)
{
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

START_TEST(a_file_that_may_not_grow_leaves_the_old_one)
{
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {.rlim_cur = 20000, .rlim_max = 20000};
        (void)signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &limit) == 0 ? try_too_much(directory, "File too large")
                                                   : 99);
    }
    ck_assert_int_eq(result_of(child), 0);
}
END_TEST

START_TEST(rows_that_may_not_be_copied_leave_the_old_run_h5)
{
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {.rlim_cur = 28000, .rlim_max = 28000};
        (void)signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &limit) == 0 ? try_too_many_rows(directory, "File too large")
                                                   : 99);
    }
    ck_assert_int_eq(result_of(child), 0);
}
END_TEST

/* Where the system allows a file system of our own. */
START_TEST(a_full_disk_leaves_the_old_file)
{
    enum { NOT_ALLOWED = 98 };
    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        const bool mounted = unshare(CLONE_NEWNS) == 0 &&
                             mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                             mount("none", directory, "tmpfs", 0, "size=64k") == 0;
        _exit(mounted ? try_too_much(directory, "No space left") : NOT_ALLOWED);
    }
    const int result = result_of(child);
    if (result == NOT_ALLOWED) (void)printf("skipped: no mount of a small disk\n");
    ck_assert(result == 0 || result == NOT_ALLOWED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crash");
    TCase *tests = tcase_create("crash");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin_directory, end_directory);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, all_that_is_published_survives_kills_at_any_moment);
    tcase_add_test(tests, stock_readers_read_while_a_writer_publishes);
    tcase_add_test(tests, a_file_that_may_not_grow_leaves_the_old_one);
    tcase_add_test(tests, rows_that_may_not_be_copied_leave_the_old_run_h5);
    tcase_add_test(tests, a_full_disk_leaves_the_old_file);
    return suite_run(suite);
}
