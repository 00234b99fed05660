/* Claims of a spool: in order, once, and with few looks at the queue however many wait. */
#include "confx/spool.h"

#include "confx/file.h"
#include "suite.h"

#include <dirent.h>
#include <dlfcn.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64]; /* Check hands tests no argument */

static void begin(void)
{
    (void)snprintf(directory, sizeof directory, "%s/confx-spool-XXXXXX",
                   access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_ok(spool_make(directory));
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static void end(void)
{
    (void)nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/queue/%s", directory, name);
    ck_assert_ok(file_make_directory(path));
}

/* Stands before the C library's own, and counts. */
static size_t listings;

int scandir(const char *restrict where, struct dirent ***restrict entries, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    int (*own)(const char *, struct dirent ***, int (*)(const struct dirent *),
               int (*)(const struct dirent **, const struct dirent **));
    void *const symbol = dlsym(RTLD_NEXT, "scandir");
    memcpy(&own, &symbol, sizeof own);
    listings++;
    return own(where, entries, select, compare);
}

START_TEST(ten_thousand_are_claimed_in_order_and_the_queue_is_seldom_listed)
{
    enum { JOBS = 10000 };
    char name[SPOOL_NAME_MAX];
    char expected[SPOOL_NAME_MAX];
    spool_t *spool;
    for (int i = JOBS - 1; i >= 0; i--) {
        (void)snprintf(name, sizeof name, "49_%05d", i);
        put(name);
    }
    ck_assert_ok(spool_open(directory, 60, &spool));
    listings = 0;
    for (int i = 0; i < JOBS; i++) {
        (void)snprintf(expected, sizeof expected, "49_%05d", i);
        ck_assert(spool_claim(spool, name));
        ck_assert_str_eq(name, expected);
    }
    /* Not for each claim, which would take minutes. It is listed anew after half a second or longer, so that a slow
       machine has some more of them. */
    ck_assert_uint_ge(listings, 1);
    ck_assert_uint_lt(listings, JOBS / 10);
    ck_assert(!spool_claim(spool, name));
    spool_close(spool);
}
END_TEST

START_TEST(two_services_never_claim_the_same)
{
    enum { JOBS = 200 };
    char name[SPOOL_NAME_MAX];
    bool taken[JOBS] = {false};
    spool_t *spools[2];
    for (int i = 0; i < JOBS; i++) {
        (void)snprintf(name, sizeof name, "49_%05d", i);
        put(name);
    }
    for (int i = 0; i < 2; i++) ck_assert_ok(spool_open(directory, 60, &spools[i]));
    int claimed = 0;
    for (int i = 0; spool_claim(spools[i % 3 == 0], name); i++) {
        const int number = atoi(name + 3);
        ck_assert(!taken[number]);
        taken[number] = true;
        claimed++;
    }
    ck_assert_int_eq(claimed, JOBS);
    for (int i = 0; i < 2; i++) spool_close(spools[i]);
}
END_TEST

START_TEST(names_tell_priorities_and_stay_inside)
{
    bool running;
    ck_assert_int_eq(spool_priority("49_x"), 50);
    ck_assert_int_eq(spool_priority("00_x"), 99);
    ck_assert_int_eq(spool_priority("by_hand"), 0);
    ck_assert_fails(spool_cancel(directory, "../queue", &running), CONFX_STATUS_INPUT, "expected the name of a job");
    ck_assert_fails(spool_cancel(directory, ".x", &running), CONFX_STATUS_INPUT, "expected the name of a job");
    ck_assert_fails(spool_cancel(directory, "x", &running), CONFX_STATUS_INPUT, "no job of this name");
}
END_TEST

START_TEST(a_bad_job_that_was_claimed_is_told_and_moved)
{
    char name[SPOOL_NAME_MAX];
    job_t *job;
    spool_t *spool;
    spool_entry_t *entries;
    size_t n;
    put("00_empty");
    ck_assert_ok(spool_open(directory, 60, &spool));
    ck_assert(spool_claim(spool, name));
    const confx_status_t status = spool_job(spool, name, &job);
    ck_assert_int_eq(status.code, CONFX_STATUS_INPUT);
    ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
    ck_assert_ok(spool_list(directory, SPOOL_FAILED, 1, &entries, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(entries[0].name, "00_empty");
    ck_assert_str_eq(entries[0].message, status.message);
    free(entries);
    spool_close(spool);
    ck_assert_ok(spool_list(directory, SPOOL_RUNNING, 1, &entries, &n));
    ck_assert_uint_eq(n, 0);
    free(entries);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spool");
    TCase *tests = tcase_create("spool");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, ten_thousand_are_claimed_in_order_and_the_queue_is_seldom_listed);
    tcase_add_test(tests, two_services_never_claim_the_same);
    tcase_add_test(tests, names_tell_priorities_and_stay_inside);
    tcase_add_test(tests, a_bad_job_that_was_claimed_is_told_and_moved);
    return suite_run(suite);
}
