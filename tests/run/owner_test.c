/* Owners are made by this process, by its children, and as texts that say what another host's
   would. Their age is set, and looks are counted: nothing is waited for. */
#include "confx/file.h"
#include "confx/owner.h"
#include "confx/try.h"
#include "run/owner_record.h"
#include "suite.h"
#include "there.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char home[64];
static char place[128]; /* the directory that is owned */

static void begin(void)
{
    (void)snprintf(home, sizeof home, "/tmp/confx-owner-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(home));
    (void)snprintf(place, sizeof place, "%s/run", home);
    ck_assert_int_eq(mkdir(place, 0777), 0);
}

static void end(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", home);
    ck_assert_int_eq(system(command), 0);
}

/* Good until the next call. */
static const char *in_place(const char *name)
{
    static char path[FILE_PATH_MAX];
    ck_assert_ok(file_join(place, name, path));
    return path;
}

static size_t count_names(void)
{
    char **names;
    size_t n;
    ck_assert_ok(file_list(place, &names, &n));
    file_names_close(names, n);
    return n;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_place(name), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Let the last sign of life be `seconds` ago; below 0: to come. */
static void set_age(const char *name, long seconds)
{
    const struct timespec when = {.tv_sec = time(NULL) - seconds};
    const struct timespec times[2] = {when, when};
    ck_assert_int_eq(utimensat(AT_FDCWD, in_place(name), times, 0), 0);
}

/* The record of this process, alive and fresh, for a test to change. */
static owner_record_t make_record(void)
{
    struct stat facts;
    owner_record_t record;
    ck_assert_int_eq(stat(place, &facts), 0);
    ck_assert_ok(owner_record_make(facts.st_ino, 120, &record));
    return record;
}

static void put_record(const char *name, const owner_record_t *record)
{
    char text[OWNER_TEXT_MAX];
    owner_record_write(record, text);
    put(name, text);
}

/* Of a process on another host. */
static owner_record_t make_distant(void)
{
    owner_record_t record = make_record();
    (void)snprintf(record.host, sizeof record.host, "far.away");
    (void)snprintf(record.boot, sizeof record.boot, "11111111-2222-3333-4444-555555555555");
    record.process = 4711;
    return record;
}

/* Taken, asked, and given back without a trace. */
static void take_and_close(const owner_options_t *options)
{
    owner_t *owner;
    ck_assert_ok(owner_take(place, options, &owner));
    ck_assert_ok(guard_ask(owner_guard(owner)));
    ck_assert_uint_eq(count_names(), 1);
    owner_close(owner);
    ck_assert_uint_eq(count_names(), 0);
}

static void take_in_vain(const owner_options_t *options, confx_status_code_t code, const char *says)
{
    owner_t *owner = (owner_t *)home;
    ck_assert_fails(owner_take(place, options, &owner), code, says);
    ck_assert_ptr_null(owner);
}

/* Each way of the file system: with links and locks, without links, without locks. */
enum { WAYS = 3 };
static const owner_options_t ways[WAYS] = {{.lease = 0}, {.unlinked = true}, {.unlocked = true}};

/* ---- one owner ------------------------------------------------------------------------------- */

START_TEST(a_directory_has_one_owner_at_a_time)
{
    char says[256];
    owner_t *owner;
    for (int i = 0; i < 2; i++) {
        ck_assert_ok(owner_take(place, &ways[_i], &owner));
        ck_assert_uint_eq(count_names(), 1);
        (void)snprintf(says, sizeof says, "%s: is in use by process %ld on ", place,
                       (long)getpid());
        take_in_vain(NULL, CONFX_STATUS_INPUT, says);
        take_in_vain(&ways[_i], CONFX_STATUS_INPUT,
                     ", last sign of life 0 s ago; wait for its end, stop it (kill ");
        take_in_vain(&(owner_options_t){.patient = true}, CONFX_STATUS_INPUT,
                     says); /* it can be seen */
        ck_assert_uint_eq(count_names(), 1);
        ck_assert_ok(guard_ask(owner_guard(owner)));
        owner_close(owner);
        ck_assert_uint_eq(count_names(), 0);
    }
}
END_TEST

/* A child that takes the directory and is killed, with or without anybody waiting for it. */
static pid_t leave_dead_owner(const owner_options_t *options)
{
    owner_t *owner;
    const pid_t child = fork();
    if (child == 0) {
        if (owner_take(place, options, &owner).code == CONFX_STATUS_OK) (void)raise(SIGKILL);
        _exit(1);
    }
    siginfo_t ended;
    ck_assert_int_eq(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(ended.si_code, CLD_KILLED);
    return child;
}

START_TEST(an_owner_that_was_killed_is_succeeded_at_once)
{
    for (int waited = 0; waited < 2; waited++) {
        const pid_t child = leave_dead_owner(&ways[_i]);
        if (waited) ck_assert_int_eq(waitpid(child, NULL, 0), child);
        ck_assert(is_there(in_place(OWNER_FILE)));
        take_and_close(&ways[_i]);
        if (!waited) ck_assert_int_eq(waitpid(child, NULL, 0), child);
    }
}
END_TEST

START_TEST(a_number_that_is_used_again_is_another_process)
{
    owner_record_t record = make_record();
    put_record(OWNER_FILE, &record);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "is in use by process");
    record.started++;
    put_record(OWNER_FILE, &record);
    take_and_close(NULL);
}
END_TEST

START_TEST(in_another_container_the_lock_tells)
{
    owner_record_t record = make_record();
    record.space++;
    put_record(OWNER_FILE, &record);
    take_in_vain(NULL, CONFX_STATUS_INPUT,
                 "(it counts as gone after 120 s of silence)"); /* which knew no lock */
    record.locked = true;
    put_record(OWNER_FILE, &record);
    const int file = open(in_place(OWNER_FILE), O_RDWR | O_CLOEXEC);
    ck_assert(owner_lock(file));
    take_in_vain(NULL, CONFX_STATUS_INPUT, "(it counts as gone after 120 s of silence)");
    ck_assert_int_eq(close(file), 0);
    take_and_close(NULL);
}
END_TEST

START_TEST(a_copy_of_an_owned_directory_is_free)
{
    owner_record_t record = make_record();
    record.directory++;
    put_record(OWNER_FILE, &record);
    take_and_close(NULL);
}
END_TEST

/* ---- silence --------------------------------------------------------------------------------- */

START_TEST(an_owner_elsewhere_is_gone_after_its_lease)
{
    owner_record_t record = make_distant();
    put_record(OWNER_FILE, &record);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "is in use by process 4711 on far.away since ");
    set_age(OWNER_FILE, 60);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "(it counts as gone after 120 s of silence)");
    set_age(OWNER_FILE, 121);
    take_and_close(NULL);
    record.lease = 1000; /* its own, not that of who looks */
    put_record(OWNER_FILE, &record);
    set_age(OWNER_FILE, 500);
    take_in_vain(&(owner_options_t){.lease = 1}, CONFX_STATUS_INPUT, "far.away");
    set_age(OWNER_FILE, 1001);
    take_and_close(&ways[_i]);
}
END_TEST

START_TEST(a_suspended_owner_loses_the_directory_and_is_told)
{
    owner_watch_t *watch;
    owner_t *asleep;
    owner_t *next;
    const owner_options_t slow = {
        .lease = 12e6, .unlinked = ways[_i].unlinked, .unlocked = ways[_i].unlocked};
    ck_assert_ok(owner_take(place, &slow, &asleep));
    ck_assert_ok(owner_watch_open(place, owner_id(asleep), &watch));
    set_age(OWNER_FILE, 11000000);
    take_in_vain(&slow, CONFX_STATUS_INPUT, "is in use");
    set_age(OWNER_FILE, 13000000);
    ck_assert_ok(owner_take(place, &slow, &next));
    ck_assert_ok(guard_ask(owner_guard(next)));
    ck_assert_str_ne(owner_id(next), owner_id(asleep));
    ck_assert_fails(guard_ask(owner_guard(asleep)), CONFX_STATUS_IO, "was taken over by process ");
    ck_assert_fails(guard_ask(owner_watch_guard(watch)), CONFX_STATUS_IO,
                    "was taken over by process ");
    ck_assert_fails(file_write(in_place("x"), "x", 1, owner_guard(asleep)), CONFX_STATUS_IO,
                    "was taken over");
    owner_watch_close(watch);
    ck_assert_fails(owner_watch_open(place, owner_id(asleep), &watch), CONFX_STATUS_IO,
                    "was taken over");
    ck_assert_ptr_null(watch);
    owner_close(asleep);
    ck_assert_uint_eq(count_names(), 1);
    ck_assert_ok(guard_ask(owner_guard(next)));
    owner_close(next);
    ck_assert_uint_eq(count_names(), 0);
}
END_TEST

/* ---- patience -------------------------------------------------------------------------------- */

typedef enum { SPEAKS, IS_SILENT, LEAVES, IS_CALLED_OFF } event_t;

/* What happens at the third look. */
typedef struct {
    event_t event;
    int looks, notices;
} story_t;

static bool look(void *context)
{
    story_t *story = context;
    if (++story->looks != 3) return false;
    if (story->event == SPEAKS) set_age(OWNER_FILE, -2000);
    if (story->event == IS_SILENT) set_age(OWNER_FILE, 1000);
    if (story->event == LEAVES) ck_assert_int_eq(unlink(in_place(OWNER_FILE)), 0);
    return story->event == IS_CALLED_OFF;
}

static void hear(void *context, const char *text)
{
    ck_assert_ptr_nonnull(strstr(text, "was left by process 4711 on far.away, silent for 0 s"));
    ((story_t *)context)->notices++;
}

/* The last sign of life is to come, so that no slowness of the machine makes it old. */
START_TEST(who_goes_on_waits_for_an_owner_that_cannot_be_seen)
{
    story_t story = {.event = (event_t)_i};
    const owner_options_t options = {
        .patient = true, .context = &story, .notice = hear, .stop = look};
    owner_record_t record = make_distant();
    record.lease = 1.2;
    put_record(OWNER_FILE, &record);
    set_age(OWNER_FILE, -1000);
    if (story.event == SPEAKS)
        take_in_vain(&options, CONFX_STATUS_INPUT, "is in use by process 4711 on far.away");
    if (story.event == IS_CALLED_OFF)
        take_in_vain(&options, CONFX_STATUS_STOPPED, "stopped while waiting for ");
    if (story.event == IS_SILENT) {
        owner_t *owner;
        ck_assert_ok(owner_take(place, &options, &owner));
        owner_close(owner);
    }
    if (story.event == LEAVES) take_and_close(&options);
    ck_assert_int_eq(story.looks, 3);
    ck_assert_int_eq(story.notices, 1);
}
END_TEST

/* ---- signs of life --------------------------------------------------------------------------- */

/* All signals that end the program are the caller's: the thread has them blocked. */
static void check_threads(void)
{
    char path[300];
    char line[256];
    DIR *tasks = opendir("/proc/self/task");
    size_t n = 0;
    ck_assert_ptr_nonnull(tasks);
    for (struct dirent *task = readdir(tasks); task; task = readdir(tasks)) {
        unsigned long long blocked = 0;
        if (task->d_name[0] == '.' || atol(task->d_name) == (long)getpid()) continue;
        (void)snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        FILE *file = fopen(path, "r");
        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof line, file)) (void)sscanf(line, "SigBlk: %llx", &blocked);
        ck_assert_int_eq(fclose(file), 0);
        const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGXCPU};
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            ck_assert(blocked >> (signals[i] - 1) & 1);
        n++;
    }
    ck_assert_int_eq(closedir(tasks), 0);
    ck_assert_uint_eq(n, 1);
}

START_TEST(an_owner_gives_signs_of_life_whatever_its_process_does)
{
    owner_t *owner;
    struct stat facts = {.st_mtim = {.tv_sec = 0}};
    ck_assert_ok(owner_take(place, &(owner_options_t){.lease = 0.12}, &owner));
    check_threads();
    set_age(OWNER_FILE, 100000);
    /* However seldom the thread gets a turn; five minutes are a hang. */
    for (int i = 0; i < 300000 && facts.st_mtim.tv_sec < time(NULL) - 90000; i++) {
        (void)usleep(1000);
        ck_assert_int_eq(stat(in_place(OWNER_FILE), &facts), 0);
    }
    ck_assert_int_ge(facts.st_mtim.tv_sec, time(NULL) - 90000);
    owner_close(owner);
}
END_TEST

/* ---- the directory itself -------------------------------------------------------------------- */

START_TEST(a_directory_that_is_removed_or_moved_away_is_lost)
{
    char moved[160];
    owner_t *owner;
    owner_watch_t *watch;
    (void)snprintf(moved, sizeof moved, "%s.moved", place);
    ck_assert_ok(owner_take(place, NULL, &owner));
    ck_assert_ok(owner_watch_open(place, owner_id(owner), &watch));
    ck_assert_int_eq(rename(place, moved), 0);
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO,
                    "can no longer be reached (No such file");
    ck_assert_int_eq(mkdir(place, 0777), 0);
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO, "is another directory by now");
    ck_assert_fails(guard_ask(owner_watch_guard(watch)), CONFX_STATUS_IO,
                    "is another directory by now");
    put(OWNER_FILE, "");
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO, "is another directory by now");
    owner_close(owner); /* its file goes where it was moved to, and no other */
    owner_watch_close(watch);
    ck_assert_uint_eq(count_names(), 1);
    ck_assert_int_eq(rmdir(moved), 0);
    ck_assert_int_eq(unlink(in_place(OWNER_FILE)), 0);

    ck_assert_ok(owner_take(place, NULL, &owner));
    ck_assert_int_eq(unlink(in_place(OWNER_FILE)), 0);
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO, "its file owner is gone");
    ck_assert_int_eq(rmdir(place), 0);
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO, "can no longer be reached");
    owner_close(owner);
    take_in_vain(NULL, CONFX_STATUS_IO, "run: cannot be opened: No such file");
}
END_TEST

START_TEST(what_no_confx_has_written_is_not_taken)
{
    put(OWNER_FILE, "the accelerator team\n");
    take_in_vain(NULL, CONFX_STATUS_INPUT, "run/owner: is not of confx");
    set_age(OWNER_FILE, 1000000);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "run/owner: is not of confx");
    ck_assert_uint_eq(count_names(), 1);
    ck_assert_int_eq(unlink(in_place(OWNER_FILE)), 0);
    ck_assert_int_eq(symlink("/etc/passwd", in_place(OWNER_FILE)), 0);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "run/owner: is a link, expected a plain file");
    ck_assert_int_eq(unlink(in_place(OWNER_FILE)), 0);
    ck_assert_int_eq(mkfifo(in_place(OWNER_FILE), 0666), 0);
    take_in_vain(NULL, CONFX_STATUS_INPUT, "run/owner: expected a plain file");
    ck_assert_uint_eq(count_names(), 1);
}
END_TEST

START_TEST(a_record_that_is_not_whole_counts_by_its_age)
{
    char text[OWNER_TEXT_MAX];
    const owner_record_t record = make_record();
    owner_record_write(&record, text);
    for (size_t cut = 0; cut < strlen(text); cut += 7) {
        char part[OWNER_TEXT_MAX];
        (void)snprintf(part, sizeof part, "%.*s", (int)cut, text);
        put(OWNER_FILE, part);
        take_in_vain(NULL, CONFX_STATUS_INPUT,
                     "is being taken by another process, which is not known yet");
        set_age(OWNER_FILE, 121);
        take_and_close(NULL);
    }
}
END_TEST

/* Who is about to give room needs none: tried with a limit on the length of files. */
START_TEST(a_full_disk_can_be_tidied)
{
    struct rlimit before;
    owner_t *owner = NULL;
    const owner_options_t bare = {
        .bare = true, .unlinked = ways[_i].unlinked, .unlocked = ways[_i].unlocked};
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    const confx_status_t full = owner_take(place, &ways[_i], &owner);
    const confx_status_t taken = owner_take(place, &bare, &owner);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(full.code, CONFX_STATUS_IO);
    ck_assert_ok(taken);
    ck_assert_uint_eq(count_names(), 1);
    ck_assert_ok(guard_ask(owner_guard(owner)));
    take_in_vain(NULL, CONFX_STATUS_INPUT,
                 "is being taken by another process, which is not known yet");
    ck_assert_ok(guard_ask(owner_guard(owner)));
    owner_close(owner);
    ck_assert_uint_eq(count_names(), 0);
}
END_TEST

/* Who takes over may be killed at any point of it. */
START_TEST(a_chain_of_the_dead_is_followed_to_its_end)
{
    char next[OWNER_ID_MAX + 16];
    const char *name = OWNER_FILE;
    owner_record_t record = make_record();
    record.started++;
    for (int i = 0; i < 3; i++) {
        put_record(name, &record);
        (void)snprintf(next, sizeof next, OWNER_FILE ".%s.next", record.id);
        name = next;
        record.id[0] = record.id[0] == '9' ? '8' : '9'; /* the next one's */
        record.id[i + 1] = record.id[i + 1] == 'a' ? 'b' : 'a';
    }
    put(OWNER_FILE ".0123abcd.tmp", "torn");
    take_and_close(&ways[_i]);
    owner_record_t last = make_record(); /* alive, and at the end of the chain */
    put_record(OWNER_FILE, &record);
    (void)snprintf(next, sizeof next, OWNER_FILE ".%s.next", record.id);
    put_record(next, &last);
    take_in_vain(&ways[_i], CONFX_STATUS_INPUT, "is in use by process");
}
END_TEST

START_TEST(an_owner_is_forgotten_where_the_directory_was_taken_from_it)
{
    owner_t *owner;
    ck_assert_ok(owner_take(place, NULL, &owner));
    put(OWNER_FILE ".0123abcd.next", "torn");
    ck_assert_ok(owner_forget(place));
    ck_assert_uint_eq(count_names(), 0);
    ck_assert_fails(guard_ask(owner_guard(owner)), CONFX_STATUS_IO, "its file owner is gone");
    take_and_close(NULL);
    owner_close(owner);
    ck_assert_ok(owner_forget(in_place("nothing")));
}
END_TEST

/* ---- many at once ---------------------------------------------------------------------------- */

enum { RIVALS = 6, ROUNDS = 40 };

/* One of them: waits for the start, tells by a letter how it fared, and stays until all have, then
   dies as it is. */
static void compete(int start, int told, int finish, const owner_options_t *options)
{
    owner_t *owner;
    char letter;
    (void)!read(start, &letter, 1);
    const confx_status_t status = owner_take(place, options, &owner);
    letter = 'e';
    if (status.code == CONFX_STATUS_INPUT && strstr(status.message, "in use by process"))
        letter = 'l';
    if (status.code == CONFX_STATUS_INPUT && strstr(status.message, "is being taken")) letter = 'l';
    if (status.code == CONFX_STATUS_OK)
        letter = guard_ask(owner_guard(owner)).code == CONFX_STATUS_OK ? 'w' : 'g';
    if (letter == 'e') (void)fprintf(stderr, "%s\n", status.message);
    (void)!write(told, &letter, 1);
    (void)!read(finish, &letter, 1);
    if (status.code == CONFX_STATUS_OK && guard_ask(owner_guard(owner)).code != CONFX_STATUS_OK)
        _exit(2);
    _exit(0);
}

/* From the second round on they succeed the dead winner of the one before. */
START_TEST(of_many_at_once_one_wins)
{
    for (int round = 0; round < ROUNDS; round++) {
        int start[2], told[2], finish[2];
        char letters[RIVALS + 1] = "";
        int result;
        ck_assert_int_eq(pipe(start) | pipe(told) | pipe(finish), 0);
        for (int i = 0; i < RIVALS; i++) {
            if (fork() != 0) continue;
            (void)close(start[1]);
            (void)close(finish[1]);
            compete(start[0], told[1], finish[0], &ways[_i]);
        }
        (void)close(start[1]); /* to all of them at once */
        for (int i = 0; i < RIVALS; i++) ck_assert_int_eq(read(told[0], letters + i, 1), 1);
        (void)close(finish[1]);
        for (int i = 0; i < RIVALS; i++) {
            ck_assert_int_gt(wait(&result), 0);
            ck_assert_int_eq(result, 0);
        }
        ck_assert_msg(strspn(letters, "lw") == RIVALS &&
                          strchr(letters, 'w') == strrchr(letters, 'w') && strchr(letters, 'w'),
                      "round %d: %s", round, letters);
        (void)close(start[0]);
        (void)close(told[0]);
        (void)close(told[1]);
        (void)close(finish[0]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("owner");
    TCase *tests = tcase_create("owner");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, a_directory_has_one_owner_at_a_time, 0, WAYS);
    tcase_add_loop_test(tests, an_owner_that_was_killed_is_succeeded_at_once, 0, WAYS);
    tcase_add_test(tests, a_number_that_is_used_again_is_another_process);
    tcase_add_test(tests, in_another_container_the_lock_tells);
    tcase_add_test(tests, a_copy_of_an_owned_directory_is_free);
    tcase_add_loop_test(tests, an_owner_elsewhere_is_gone_after_its_lease, 0, WAYS);
    tcase_add_loop_test(tests, a_suspended_owner_loses_the_directory_and_is_told, 0, WAYS);
    tcase_add_loop_test(tests, who_goes_on_waits_for_an_owner_that_cannot_be_seen, SPEAKS,
                        IS_CALLED_OFF + 1);
    tcase_add_test(tests, an_owner_gives_signs_of_life_whatever_its_process_does);
    tcase_add_test(tests, a_directory_that_is_removed_or_moved_away_is_lost);
    tcase_add_test(tests, what_no_confx_has_written_is_not_taken);
    tcase_add_test(tests, a_record_that_is_not_whole_counts_by_its_age);
    tcase_add_loop_test(tests, a_full_disk_can_be_tidied, 0, WAYS);
    tcase_add_loop_test(tests, a_chain_of_the_dead_is_followed_to_its_end, 0, WAYS);
    tcase_add_test(tests, an_owner_is_forgotten_where_the_directory_was_taken_from_it);
    tcase_add_loop_test(tests, of_many_at_once_one_wins, 0, WAYS);
    return suite_run(suite);
}
