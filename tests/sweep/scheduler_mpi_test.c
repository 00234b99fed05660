/* Who is dealt what, and that all that is dealt is accounted for, on however many ranks this is
   started. */
#include "cluster/mpi_suite.h"
#include "confx/file.h"
#include "confx/try.h"
#include "sweep/scheduler_parts.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static cluster_t *cluster; /* Check hands tests no argument */

/* ---- a source of equal tasks ----------------------------------------------------------------- */

enum { TASKS = 12, FEW = 4 };

typedef struct {
    char text[TASKS][512]; /* the jobs */
    size_t n, given, began;
    int ended[TASKS]; /* how often */
    confx_status_code_t outcome[TASKS];
    size_t last; /* when more are given, no others are and everything stops; 0: never */
} tasks_t;

static scheduler_next_t give(void *context, scheduler_task_t *task)
{
    tasks_t *tasks = context;
    if (tasks->last && tasks->given > tasks->last) return SCHEDULER_LATER;
    if (tasks->given == tasks->n) return SCHEDULER_END;
    *task = (scheduler_task_t){tasks->given, tasks->text[tasks->given], "job.yaml", true};
    tasks->given++;
    return SCHEDULER_TASK;
}

static void begin(void *context, uint64_t id)
{
    tasks_t *tasks = context;
    (void)id;
    tasks->began++;
}

static void hear_end(void *context, uint64_t id, const confx_status_t *status,
                     const run_result_t *result, double seconds)
{
    tasks_t *tasks = context;
    (void)result, (void)seconds;
    tasks->ended[id]++;
    tasks->outcome[id] = status->code;
}

static bool go_on(void *context)
{
    const tasks_t *tasks = context;
    return tasks->last == 0 || tasks->given <= tasks->last;
}

static scheduler_source_t source_of(tasks_t *tasks)
{
    return (scheduler_source_t){
        .context = tasks, .next = give, .began = begin, .ended = hear_end, .tick = go_on};
}

/* ---- the dealer ------------------------------------------------------------------------------ */

static void hear(dealer_t *dealer, size_t group, message_kind_t kind, uint64_t id,
                 double seconds_left)
{
    dealer_message_t message = {.kind = kind, .id = id};
    if (kind == MESSAGE_PROGRESS) message.progress.seconds_left = seconds_left;
    if (kind == MESSAGE_ENDED) message.ended.status = status_ok();
    dealer_receive(dealer, group, &message);
    dealer_serve(dealer);
}

/* The last group says where it stands; the root deals. A rank of its own each. */
static void check_dealt_ahead(dealer_t *dealer, tasks_t *tasks, size_t last)
{
    hear(dealer, last, MESSAGE_READY, 0, NAN);
    ck_assert_uint_eq(tasks->given, 1);
    hear(dealer, last, MESSAGE_PROGRESS, 0, NAN);
    hear(dealer, last, MESSAGE_PROGRESS, 0, 100);
    ck_assert_uint_eq(tasks->given, 1);
    hear(dealer, last, MESSAGE_PROGRESS, 0, 0.1);
    const size_t ahead = last > 0; /* the root's own group deals for itself */
    ck_assert_uint_eq(tasks->given, 1 + ahead);
    ck_assert_uint_eq(tasks->began, 1);
    hear(dealer, last, MESSAGE_PROGRESS, 0, 0.05);
    ck_assert_uint_eq(tasks->given, 1 + ahead);
    hear(dealer, last, MESSAGE_ENDED, 0, NAN);
    ck_assert_int_eq(tasks->ended[0], 1);
    ck_assert_uint_eq(tasks->began, 2);
    ck_assert_uint_eq(tasks->given, 2);
    hear(dealer, last, MESSAGE_PROGRESS, 1, 0.1);
    ck_assert_uint_eq(tasks->given, 2 + ahead);
    tasks->last = 1;
    usleep(200000); /* ticks are some time apart */
    dealer_serve(dealer);
    hear(dealer, last, MESSAGE_ENDED, 1, NAN);
    if (ahead) hear(dealer, last, MESSAGE_ENDED, 2, NAN);
    ck_assert_uint_eq(tasks->given, 2 + ahead);
    ck_assert(dealer->slots[last].left);
}

/* What the last group is sent meanwhile: (kinds[n], ids[n]). */
static void check_messages(const message_kind_t *kinds, const uint64_t *ids, size_t n)
{
    char *inbox = calloc(1, MESSAGE_BYTES_MAX);
    dealer_message_t message;
    size_t bytes;
    int from;
    for (size_t i = 0; i < n; i++) {
        while (!cluster_fetch(cluster, inbox, MESSAGE_BYTES_MAX, &bytes, &from)) cluster_nap(0.001);
        memcpy(&message, inbox, sizeof message);
        ck_assert_msg(message.kind == kinds[i] && message.id == ids[i],
                      "message %zu: kind %d of task %d", i, (int)message.kind, (int)message.id);
    }
    free(inbox);
}

START_TEST(a_task_is_dealt_ahead_when_the_one_at_work_is_nearly_over)
{
    static const message_kind_t kinds[] = {MESSAGE_TASK, MESSAGE_TASK, MESSAGE_TASK,
                                           MESSAGE_STOP, MESSAGE_STOP, MESSAGE_LEAVE};
    static const uint64_t ids[] = {0, 1, 2, 1, 2, 0};
    const int ranks = cluster_size(cluster);
    tasks_t tasks = {.n = TASKS};
    const scheduler_source_t source = source_of(&tasks);
    dealer_t dealer;
    if (cluster_is_root(cluster)) {
        ck_assert_ok(dealer_open(cluster, (size_t)ranks, &source, &dealer));
        check_dealt_ahead(&dealer, &tasks, (size_t)ranks - 1);
        dealer_close(&dealer);
    } else if (cluster_rank(cluster) == ranks - 1) {
        check_messages(kinds, ids, sizeof ids / sizeof *ids);
    }
    cluster_rest(cluster);
}
END_TEST

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_jobs(tasks_t *tasks, const char *directory)
{
    for (size_t i = 0; i < tasks->n; i++)
        (void)snprintf(tasks->text[i], sizeof tasks->text[i],
                       "workload: %s/net.csv\ndataflow: dla\nobjective: latency\nbudget: "
                       "{constraint: area, fraction: 0.2}\n"
                       "search: {samples: 60, seed: %zu}\noutput: %s/%zu\n",
                       directory, i + 1, directory, i);
}

static void open_directory(char directory[64])
{
    static const char net[] = "K,C,Y,X,R,S,T\n8,4,9,9,3,3,1\n4,8,9,9,1,1,1\n";
    char file[96];
    (void)snprintf(directory, 64, "/tmp/confx-many-XXXXXX");
    if (cluster_is_root(cluster)) {
        ck_assert_ptr_nonnull(mkdtemp(directory));
        (void)snprintf(file, sizeof file, "%s/net.csv", directory);
        ck_assert_ok(file_write(file, net, sizeof net - 1, NULL));
    }
    cluster_broadcast(cluster, directory, 64);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts, (void)kind, (void)where;
    return remove(path);
}

static size_t count(const tasks_t *tasks, confx_status_code_t outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < tasks->given; i++) n += tasks->outcome[i] == outcome;
    return n;
}

/* Stopped when a few more are given than there are ranks, wherever they are then; then to the
   end. */
START_TEST(all_that_is_dealt_ends_once_stopped_or_not)
{
    char directory[64];
    tasks_t tasks = {.n = TASKS, .last = (size_t)cluster_size(cluster) + FEW};
    const scheduler_source_t source = source_of(&tasks);
    open_directory(directory);
    write_jobs(&tasks, directory);
    ck_assert_everywhere(cluster, scheduler_run(cluster, 1, &source).code == CONFX_STATUS_STOPPED);
    for (size_t i = 0; i < tasks.given; i++) ck_assert_int_eq(tasks.ended[i], 1);
    ck_assert_uint_eq(count(&tasks, CONFX_STATUS_OK) + count(&tasks, CONFX_STATUS_STOPPED),
                      tasks.given);
    tasks = (tasks_t){.n = TASKS};
    write_jobs(&tasks, directory);
    ck_assert_everywhere(cluster, scheduler_run(cluster, 1, &source).code == CONFX_STATUS_OK);
    if (!cluster_is_root(cluster)) return;
    ck_assert_uint_eq(count(&tasks, CONFX_STATUS_OK), TASKS);
    for (size_t i = 0; i < TASKS; i++) ck_assert_int_eq(tasks.ended[i], 1);
    ck_assert_uint_eq(tasks.began, TASKS);
    ck_assert_int_eq(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}
END_TEST

int main(int argc, char **argv)
{
    cluster = mpi_suite_open(&argc, &argv);
    Suite *suite = suite_create("many");
    TCase *dealer = tcase_create("dealer");
    TCase *whole = tcase_create("whole");
    tcase_set_timeout(dealer, 60);
    tcase_set_timeout(whole, 60);
    tcase_add_test(dealer, a_task_is_dealt_ahead_when_the_one_at_work_is_nearly_over);
    tcase_add_test(whole, all_that_is_dealt_ends_once_stopped_or_not);
    suite_add_tcase(suite, dealer);
    suite_add_tcase(suite, whole);
    return mpi_suite_run(cluster, suite);
}
