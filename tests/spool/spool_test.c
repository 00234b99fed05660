/* Claims of a spool: in order, once, and with few looks at the queue however many wait. */
#include "confx/spool_list.h"

#include "confx/file.h"
#include "suite.h"
#include "there.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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

int scandir(const char *restrict where, struct dirent ***restrict entries,
            int (*select)(const struct dirent *),
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
    /* Not for each claim, which would take minutes. It is listed anew after half a second or
       longer, so that a slow machine has some more of them. */
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
    ck_assert_fails(spool_cancel(directory, "../queue", &running), CONFX_STATUS_INPUT,
                    "expected the name of a job");
    ck_assert_fails(spool_cancel(directory, ".x", &running), CONFX_STATUS_INPUT,
                    "expected the name of a job");
    ck_assert_fails(spool_cancel(directory, "x", &running), CONFX_STATUS_INPUT,
                    "no job of this name");
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

/* ---- whose it is ----------------------------------------------------------------------------- */

static void path_of(char path[FILE_PATH_MAX], const char *below)
{
    ck_assert_int_lt(snprintf(path, FILE_PATH_MAX, "%s%s%s", directory, *below ? "/" : "", below),
                     FILE_PATH_MAX);
}

static mode_t mode_of(const char *below)
{
    char path[FILE_PATH_MAX];
    struct stat facts;
    path_of(path, below);
    ck_assert_int_eq(lstat(path, &facts), 0);
    return facts.st_mode & 07777U;
}

static void give_mode(const char *below, mode_t mode)
{
    char path[FILE_PATH_MAX];
    path_of(path, below);
    ck_assert_int_eq(chmod(path, mode), 0);
}

/* Who has no other user at hand finds that the system's own directories are root's. */
static void assert_refused_of_another(const char *below)
{
    char path[FILE_PATH_MAX];
    path_of(path, below);
    if (geteuid() != 0) {
        ck_assert_fails(spool_check("/usr"), CONFX_STATUS_INPUT,
                        "/usr: belongs to another user (uid 0; this is uid ");
        return;
    }
    ck_assert_int_eq(lchown(path, 65534, 65534), 0);
    ck_assert_fails(spool_check(directory), CONFX_STATUS_INPUT,
                    "belongs to another user (uid 65534; this is uid 0)");
    ck_assert_int_eq(lchown(path, 0, 0), 0);
}

static const char *const parts[] = {"",       "tmp",       "queue",  "running", "done",
                                    "failed", "cancelled", "cancel", "services"};
enum { PARTS = sizeof parts / sizeof *parts };

START_TEST(a_spool_is_made_for_its_user_alone_and_refused_where_others_may_write)
{
    static const mode_t bad[] = {0720, 0702, 0777, 0770, 01777};
    char name[SPOOL_NAME_MAX] = "49_x";
    bool running;
    spool_t *spool;
    (void)umask(0);
    end();
    ck_assert_ok(spool_make(directory));
    for (size_t i = 0; i < PARTS; i++) ck_assert_uint_eq(mode_of(parts[i]), 0700);
    for (size_t i = 0; i < PARTS; i++) {
        for (size_t j = 0; j < sizeof bad / sizeof *bad; j++) {
            give_mode(parts[i], bad[j]);
            ck_assert_fails(spool_check(directory), CONFX_STATUS_INPUT,
                            "others can write to it (mode ");
            ck_assert_fails(spool_open(directory, 60, &spool), CONFX_STATUS_INPUT,
                            "chmod -R go-w ");
            ck_assert_fails(spool_make(directory), CONFX_STATUS_INPUT, "a spool is one user's");
            ck_assert_fails(spool_cancel(directory, name, &running), CONFX_STATUS_INPUT,
                            "a spool is one user's");
        }
        give_mode(parts[i], 0755); /* others may look */
        ck_assert_ok(spool_check(directory));
        assert_refused_of_another(parts[i]);
    }
    /* A link in place of a part of it, wherever it leads. */
    char path[FILE_PATH_MAX];
    path_of(path, "done");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink(directory, path), 0);
    ck_assert_fails(spool_make(directory), CONFX_STATUS_INPUT,
                    "done: expected a directory of a spool");
}
END_TEST

START_TEST(a_service_leaves_a_spool_that_others_may_write_to)
{
    spool_t *spool;
    ck_assert_ok(spool_open(directory, 0.01, &spool));
    ck_assert_ok(spool_beat(spool));
    give_mode("queue", 0777);
    (void)usleep(20000); /* until the next beat is due */
    ck_assert_fails(spool_beat(spool), CONFX_STATUS_INPUT, "others can write to it");
    give_mode("queue", 0700);
    ck_assert_ok(spool_beat(spool));
    spool_close(spool);
}
END_TEST

START_TEST(what_belongs_to_others_stays_in_the_queue_and_is_told)
{
    char path[FILE_PATH_MAX];
    char name[SPOOL_NAME_MAX];
    spool_ignored_t *ignored;
    spool_entry_t *entries;
    spool_t *spool;
    size_t n;
    const bool root = geteuid() == 0;
    put("10_theirs");
    put("20_mine");
    path_of(path, "queue/10_theirs");
    if (root)
        ck_assert_int_eq(chown(path, 65534, 65534), 0);
    else
        give_mode("queue/10_theirs", 0500);
    ck_assert_ok(spool_open(directory, 60, &spool));
    ck_assert(spool_claim(spool, name));
    ck_assert_str_eq(name, "20_mine");
    ck_assert(!spool_claim(spool, name));
    ck_assert_ok(spool_unclaim(spool, "20_mine"));
    spool_close(spool);
    ck_assert_ok(spool_ignored(directory, &ignored, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(ignored[0].name, "10_theirs");
    ck_assert_str_eq(ignored[0].why, root ? "belongs to another user"
                                          : "its owner may not write to it (chmod u+rwx)");
    spool_ignored_close(ignored, n);
    ck_assert_ok(spool_list(directory, SPOOL_QUEUED, 0, &entries, &n));
    ck_assert_uint_eq(n, 1);
    free(entries);
    give_mode("queue/10_theirs", 0700);
}
END_TEST

/* ---- into a service's keeping ---------------------------------------------------------------- */

static void write_file(const char *below, const char *text)
{
    char path[FILE_PATH_MAX];
    path_of(path, below);
    ck_assert_ok(file_write(path, text, strlen(text), NULL));
}

static const char good_job[] = "workload: workload/net.csv\nsearch: {samples: 20}\n";

static void put_job(const char *name)
{
    char below[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    (void)snprintf(below, sizeof below, "queue/%s/workload", name);
    path_of(path, below);
    ck_assert_ok(file_make_directory(path));
    (void)snprintf(below, sizeof below, "queue/%s/workload/net.csv", name);
    write_file(below, "K,C,Y,X,R,S,T\n1,1,4,4,3,3,1\n");
    (void)snprintf(below, sizeof below, "queue/%s/job.yaml", name);
    write_file(below, good_job);
}

static spool_t *open_spool(void)
{
    spool_t *spool;
    ck_assert_ok(spool_open(directory, 60, &spool));
    return spool;
}

/* The only job there is, claimed and opened. */
static confx_status_t claim_job(spool_t *spool, job_t **job, char name[SPOOL_NAME_MAX])
{
    ck_assert(spool_claim(spool, name));
    return spool_job(spool, name, job);
}

START_TEST(a_job_is_copied_and_what_its_service_made_goes_on)
{
    char name[SPOOL_NAME_MAX];
    char held[FILE_PATH_MAX];
    char run[FILE_PATH_MAX];
    struct stat before;
    struct stat after;
    job_t *job;
    put_job("49_x");
    write_file("queue/49_x/.hidden", "no job can name it");
    write_file("queue/49_x/outcome.json", "{}");
    path_of(held, "queue/49_x");
    ck_assert_int_eq(stat(held, &before), 0);
    spool_t *spool = open_spool();
    ck_assert_ok(claim_job(spool, &job, name));
    ck_assert_str_eq(job->workload, "workload/net.csv");
    (void)snprintf(held, sizeof held, "%.*s", (int)(strrchr(job->file, '/') - job->file),
                   job->file);
    (void)snprintf(run, sizeof run, "%s", job->output);
    job_close(job);
    ck_assert_int_eq(stat(held, &after), 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    ck_assert_uint_eq(after.st_mode & 07777U, 0700);
    ck_assert_ok(file_make_directory(run));
    ck_assert_ok(spool_put(spool, name, SPOOL_QUEUED,
                           &(confx_status_t){.code = CONFX_STATUS_STOPPED}, NULL));
    /* Under another priority it is still known. */
    char other[FILE_PATH_MAX];
    path_of(held, "queue/49_x");
    path_of(other, "queue/10_x");
    ck_assert_int_eq(rename(held, other), 0);
    spool_close(spool);
    spool = open_spool();
    ck_assert_ok(claim_job(spool, &job, name));
    ck_assert(is_directory(job->output));
    job_close(job);
    path_of(held, "");
    const confx_status_t done = {.code = CONFX_STATUS_OK};
    ck_assert_ok(spool_put(spool, name, SPOOL_DONE, &done, NULL));
    path_of(held, "done/10_x/.hidden");
    ck_assert(!is_there(held));
    spool_close(spool);
}
END_TEST

START_TEST(a_run_that_no_service_has_made_is_refused)
{
    static const char *const marks[] = {NULL, "", "0", "00000000000000000000000000000000 0 0\n",
                                        " 0 0\n"};
    char name[SPOOL_NAME_MAX];
    char path[FILE_PATH_MAX];
    job_t *job;
    spool_t *spool = open_spool();
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        (void)snprintf(name, sizeof name, "%zu", i + 10);
        put_job(name);
        (void)snprintf(name, sizeof name, "queue/%zu/run", i + 10);
        path_of(path, name);
        ck_assert_ok(file_make_directory(path));
        (void)snprintf(name, sizeof name, "queue/%zu/mark", i + 10);
        if (marks[i]) write_file(name, marks[i]);
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        confx_status_t status = claim_job(spool, &job, name);
        ck_assert_fails(status, CONFX_STATUS_INPUT,
                        "run: expected none: a job begins in a run directory that a service");
        ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
        (void)snprintf(path, sizeof path, "%s/failed/%s/run", directory, name);
        ck_assert_msg(is_directory(path), "what is refused stays as it is");
    }
    spool_close(spool);
}
END_TEST

static void spoil_link(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/workload/net.csv", job);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
}

static void spoil_link_of_directory(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/dataflow", job);
    ck_assert_int_eq(symlink("/etc", path), 0);
}

static void spoil_hidden_link(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/.x", job);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
}

static void spoil_pipe(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/policies", job);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/policies/policy.h5", job);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void spoil_depth(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/a/b/c/d/e", job);
    ck_assert_ok(file_make_directory(path));
}

static void spoil_number(const char *job)
{
    char path[FILE_PATH_MAX];
    for (int i = 0; i < 70; i++) {
        (void)snprintf(path, sizeof path, "%s/f%d", job, i);
        ck_assert_ok(file_write(path, "x", 1, NULL));
    }
}

static void spoil_size(const char *job)
{
    char path[FILE_PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/big", job);
    ck_assert_ok(file_write(path, "x", 1, NULL));
    ck_assert_int_eq(truncate(path, (off_t)4 << 40), 0);
}

START_TEST(what_is_not_plain_or_too_much_is_refused_and_followed_nowhere)
{
    static const struct {
        void (*spoil)(const char *job);
        const char *says;
    } cases[] = {
        {spoil_link, "net.csv: expected plain files and directories alone"},
        {spoil_link_of_directory, "dataflow: expected plain files and directories alone"},
        {spoil_hidden_link, ".x: expected plain files and directories alone"},
        {spoil_pipe, "policy.h5: expected plain files and directories alone"},
        {spoil_depth, "e: expected a nesting of at most 4 directories"},
        {spoil_number, "of at most 64 files"},
        {spoil_size, "big: expected a job of at most 1 GiB"},
    };
    char name[SPOOL_NAME_MAX];
    char path[FILE_PATH_MAX];
    char **names;
    size_t n;
    job_t *job;
    spool_t *spool = open_spool();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(name, sizeof name, "%zu", i + 10);
        put_job(name);
        (void)snprintf(path, sizeof path, "%s/queue/%s", directory, name);
        cases[i].spoil(path);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const confx_status_t status = claim_job(spool, &job, name);
        ck_assert_fails(status, CONFX_STATUS_INPUT, cases[i].says);
        ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
    }
    path_of(path, "running");
    ck_assert_ok(file_list(path, &names, &n));
    ck_assert_uint_eq(n, 1);
    (void)snprintf(path, sizeof path, "%s/running/%s", directory, names[0]);
    file_names_close(names, n);
    ck_assert_ok(file_list(path, &names, &n));
    ck_assert_msg(n == 0, "no half copy stays behind");
    file_names_close(names, n);
    spool_close(spool);
}
END_TEST

/* The next service would fare like this one. */
START_TEST(a_job_without_room_for_the_reason_fails_all_the_same)
{
    char name[SPOOL_NAME_MAX];
    char path[FILE_PATH_MAX];
    job_t *job;
    spool_entry_t *entries;
    size_t n;
    put("10_x");
    path_of(path, "queue/10_x/outcome.json/in/its/place");
    ck_assert_ok(file_make_directory(path));
    spool_t *spool = open_spool();
    const confx_status_t status = claim_job(spool, &job, name);
    ck_assert_fails(status, CONFX_STATUS_INPUT, "holds no job.yaml");
    ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
    ck_assert_ok(spool_list(directory, SPOOL_FAILED, 1, &entries, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(entries[0].message, status.message);
    free(entries);
    spool_close(spool);
}
END_TEST

START_TEST(a_policy_comes_with_the_job_or_not_at_all)
{
    static const char *const inits[] = {"/etc/passwd", "../../../../etc/passwd",
                                        "policies/../job.yaml", "nothing.h5", "."};
    char name[SPOOL_NAME_MAX];
    char below[FILE_PATH_MAX];
    char text[256];
    job_t *job;
    spool_t *spool = open_spool();
    for (size_t i = 0; i < sizeof inits / sizeof *inits; i++) {
        (void)snprintf(name, sizeof name, "%zu", i + 10);
        put_job(name);
        (void)snprintf(below, sizeof below, "queue/%s/job.yaml", name);
        (void)snprintf(text, sizeof text, "workload: alexnet\nsearch: {init: %s}\n", inits[i]);
        write_file(below, text);
    }
    for (size_t i = 0; i < sizeof inits / sizeof *inits; i++) {
        const confx_status_t status = claim_job(spool, &job, name);
        ck_assert_fails(status, CONFX_STATUS_INPUT,
                        "search.init: expected the name of a file that came with the job");
        ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
    }
    spool_close(spool);
}
END_TEST

/* ---- tries ----------------------------------------------------------------------------------- */

/* As a service that was killed leaves it, taken up by the next one. */
static void lose(const spool_t *spool, const char *name)
{
    ck_assert_ok(spool_unclaim(spool, name));
}

START_TEST(a_job_with_which_three_services_were_lost_is_not_tried_again)
{
    char name[SPOOL_NAME_MAX];
    job_t *job;
    const confx_status_t stopped = {.code = CONFX_STATUS_STOPPED};
    put_job("49_x");
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < SPOOL_TRIES_MAX; i++) {
            spool_t *spool = open_spool();
            ck_assert_ok(claim_job(spool, &job, name));
            job_close(job);
            /* A stop in between is no loss, and forgives none. */
            ck_assert_ok(spool_put(spool, name, SPOOL_QUEUED, &stopped, NULL));
            spool_close(spool);
            spool = open_spool();
            ck_assert(spool_claim(spool, name));
            ck_assert_uint_eq(spool_losses(spool, name), i);
            ck_assert_ok(spool_job(spool, name, &job));
            job_close(job);
            lose(spool, name);
            spool_close(spool);
        }
        spool_t *spool = open_spool();
        const confx_status_t status = claim_job(spool, &job, name);
        ck_assert_fails(status, CONFX_STATUS_INPUT,
                        "49_x: was at work when 3 services were lost, one after the other, and "
                        "came no further than 0");
        ck_assert_ok(spool_put(spool, name, SPOOL_FAILED, &status, NULL));
        spool_close(spool);
        /* Put back by hand it has three more. */
        char from[FILE_PATH_MAX];
        char to[FILE_PATH_MAX];
        path_of(from, "failed/49_x");
        path_of(to, "queue/49_x");
        ck_assert_int_eq(rename(from, to), 0);
    }
}
END_TEST

/* ---- services killed while they take a job into their keeping -------------------------------- */

static void make(const char *below, const char *file)
{
    char path[FILE_PATH_MAX];
    char inside[FILE_PATH_MAX];
    path_of(path, below);
    ck_assert_ok(file_make_directory(path));
    (void)snprintf(inside, sizeof inside, "%s/%s", below, file);
    write_file(inside, below);
}

START_TEST(no_job_is_lost_or_doubled_with_a_service_that_was_killed)
{
    static const char *const expected[] = {"1_copying", "2_between", "3_swapped", "4_plain",
                                           "6_wrapped"};
    char path[FILE_PATH_MAX];
    char **names;
    char *text;
    size_t n = 0;
    spool_t *spool;
    make("running/dead-1/1_copying", "job.yaml");
    make("running/dead-1/.copy-1_copying", "half");
    make("running/dead-1/.original-2_between", "job.yaml");
    make("running/dead-1/.copy-2_between", "job.yaml");
    make("running/dead-1/.original-3_swapped", "job.yaml");
    make("running/dead-1/3_swapped", "job.yaml");
    make("running/dead-1/4_plain", "job.yaml");
    make("running/dead-1/5_shell/run", "junk"); /* what a service writes that was taken for dead */
    make("running/dead-1/.failed-6_wrapped/6_wrapped", "job.yaml");
    make("running/dead-1/.failed-6_wrapped", "outcome.json");
    ck_assert_ok(spool_open(directory, 0.01, &spool));
    path_of(path, "queue");
    while (n == 0) {
        (void)usleep(1000);
        ck_assert_ok(spool_beat(spool));
        ck_assert_ok(file_list(path, &names, &n));
        if (n == 0) file_names_close(names, n);
    }
    ck_assert_uint_eq(n, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < n; i++) ck_assert_str_eq(names[i], expected[i]);
    file_names_close(names, n);
    path_of(path, "queue/3_swapped/job.yaml");
    ck_assert_ok(file_load(path, FILE_USERS, FILE_TABLE_MOST, &text, NULL));
    ck_assert_str_eq(text, "running/dead-1/3_swapped");
    free(text);
    path_of(path, "running");
    ck_assert_ok(file_list(path, &names, &n));
    ck_assert_uint_eq(n, 1);
    file_names_close(names, n);
    spool_close(spool);
}
END_TEST

/* ---- what is left by processes that were killed, or could not remove it ---------------------- */

static void make_old(const char *below)
{
    char path[FILE_PATH_MAX];
    path_of(path, below);
    const time_t then = time(NULL) - 2 * (time_t)FILE_TIDY_AGE;
    const struct timespec times[2] = {{.tv_sec = then}, {.tv_sec = then}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(a_sign_of_life_without_a_service_goes_after_its_lease)
{
    char dead[FILE_PATH_MAX];
    char fresh[FILE_PATH_MAX];
    spool_t *spool;
    write_file("services/dead-1", "0.01 7\n");
    write_file("services/fresh-1", "3600 7\n");
    path_of(dead, "services/dead-1");
    path_of(fresh, "services/fresh-1");
    ck_assert_ok(spool_open(directory, 0.01, &spool));
    while (is_there(dead)) {
        (void)usleep(1000);
        ck_assert_ok(spool_beat(spool));
    }
    ck_assert(is_there(fresh)); /* by its own lease, not by that of who looks */
    spool_close(spool);
}
END_TEST

START_TEST(a_new_service_tidies_what_is_old_and_of_no_use)
{
    static const char *const gone[] = {"token.0123abcd.tmp", "services/host-1-0a0b0c.0123abcd.tmp",
                                       "cancel/49_over",
                                       "tmp/49_20260131T120000.123456_3fa9c1_net"};
    static const char *const kept[] = {"cancel/49_queued", "cancel/49_running",
                                       "cancel/49_young",  "tmp/other",
                                       "tmp/49_young",     "services/host-2-0a0b0c.0123abcd.tmp"};
    char path[FILE_PATH_MAX];
    spool_t *spool;
    put("49_queued");
    make("running/host-3/49_running", "job.yaml");
    make("tmp/49_20260131T120000.123456_3fa9c1_net", "job.yaml");
    make("tmp/other", "job.yaml");
    make("tmp/49_young", "job.yaml");
    for (size_t i = 0; i < 3; i++) write_file(gone[i], "");
    for (size_t i = 0; i < 3; i++) write_file(kept[i], "");
    write_file(kept[5], "");
    for (size_t i = 0; i < 4; i++) make_old(gone[i]);
    for (size_t i = 0; i < 4; i++)
        if (i != 2) make_old(kept[i]);
    ck_assert_ok(spool_open(directory, 3600, &spool));
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        path_of(path, gone[i]);
        ck_assert_msg(!is_there(path), "%s is still there", path);
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        path_of(path, kept[i]);
        ck_assert_msg(is_there(path), "%s is gone", path);
    }
    spool_close(spool);
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
    tcase_add_test(tests, a_spool_is_made_for_its_user_alone_and_refused_where_others_may_write);
    tcase_add_test(tests, a_service_leaves_a_spool_that_others_may_write_to);
    tcase_add_test(tests, what_belongs_to_others_stays_in_the_queue_and_is_told);
    tcase_add_test(tests, a_job_is_copied_and_what_its_service_made_goes_on);
    tcase_add_test(tests, a_run_that_no_service_has_made_is_refused);
    tcase_add_test(tests, what_is_not_plain_or_too_much_is_refused_and_followed_nowhere);
    tcase_add_test(tests, a_job_without_room_for_the_reason_fails_all_the_same);
    tcase_add_test(tests, a_policy_comes_with_the_job_or_not_at_all);
    tcase_add_test(tests, a_job_with_which_three_services_were_lost_is_not_tried_again);
    tcase_add_test(tests, no_job_is_lost_or_doubled_with_a_service_that_was_killed);
    tcase_add_test(tests, a_sign_of_life_without_a_service_goes_after_its_lease);
    tcase_add_test(tests, a_new_service_tidies_what_is_old_and_of_no_use);
    return suite_run(suite);
}
