/* Many searches: a group of ranks at work, and the whole. */
#include "confx/clock.h"
#include "confx/run.h"
#include "confx/try.h"
#include "sweep/scheduler_parts.h"

#include <assert.h>
#include <string.h>

/* A group. Its first rank talks to the root; in the root's own group that is the root itself, which
   deals as well. */
typedef struct {
    cluster_t *all, *group;
    dealer_t *dealer; /* on the root, NULL elsewhere */
    const guard_t *guard;
    char *order; /* MESSAGE_BYTES_MAX: the last TASK or LEAVE, on every rank */
    char *next;  /* MESSAGE_BYTES_MAX: one that has arrived while a search is at work; used while
                    `ahead` */
    bool ahead;
    bool drop;    /* what is ahead is not to be begun */
    char *inbox;  /* MESSAGE_BYTES_MAX */
    uint64_t id;  /* of the search at work */
    bool stop;    /* it is to stop */
    bool told;    /* the root knows of a signal */
    double wrote; /* clock of the last PROGRESS */
    arena_t arena;
} worker_t;

static const double progress_seconds = 0.2;
static const double longest_sleep = 0.01;

static void scheduler_send(worker_t *worker, const dealer_message_t *message)
{
    if (worker->dealer)
        dealer_receive(worker->dealer, 0, message);
    else
        cluster_post(worker->all, 0, message, sizeof *message);
}

/* STOP is for the search at work or the one ahead; for one that is over by now it counts for
   nothing. */
static void scheduler_take_stop(worker_t *worker, uint64_t id)
{
    dealer_message_t ahead;
    memcpy(&ahead, worker->next, sizeof ahead);
    if (worker->id == id) worker->stop = true;
    if (worker->ahead && ahead.id == id) worker->drop = true;
}

/* TASK and LEAVE wait until the search at work is over; there is never more than one. */
static void scheduler_read_messages(worker_t *worker)
{
    size_t bytes;
    int from;
    dealer_message_t message;
    while (cluster_fetch(worker->all, worker->inbox, MESSAGE_BYTES_MAX, &bytes, &from)) {
        memcpy(&message, worker->inbox, sizeof message);
        if (message.kind == MESSAGE_STOP) {
            scheduler_take_stop(worker, message.id);
            continue;
        }
        assert(bytes >= sizeof message && !worker->ahead);
        memcpy(worker->next, worker->inbox, bytes);
        worker->ahead = true;
        worker->drop = false;
    }
}

/* ---- while searching ------------------------------------------------------------------------- */

static void scheduler_send_progress(void *context, const run_progress_t *progress)
{
    worker_t *worker = context;
    const double now = clock_seconds();
    const bool due = now - worker->wrote >= progress_seconds;
    const dealer_message_t message = {.kind = MESSAGE_PROGRESS,
                                      .id = worker->id,
                                      .progress = {progress->samples, progress->samples_total,
                                                   progress->best, progress->gap,
                                                   progress->seconds_left}};
    if (due) scheduler_send(worker, &message);
    if (due) worker->wrote = now;
    /* The root's group searches like the others; between its updates it serves them. */
    if (worker->dealer) dealer_serve(worker->dealer);
}

static bool scheduler_must_stop(void *context)
{
    worker_t *worker = context;
    if (worker->dealer)
        dealer_serve(worker->dealer); /* the root may be asked while it waits for a directory */
    if (worker->dealer) return worker->dealer->stop_own;
    scheduler_read_messages(worker);
    return worker->stop;
}

static confx_status_t scheduler_search(worker_t *worker, const dealer_message_t *order,
                                       const char *text, const char *file)
{
    job_t *job = NULL;
    const bool first = cluster_is_root(worker->group);
    const run_listener_t listener = {
        .context = worker, .progress = scheduler_send_progress, .stop = scheduler_must_stop};
    /* Else a search would make anew, with its own, a directory that was taken away. */
    TRY(cluster_agree(worker->group, first ? guard_ask(worker->guard) : status_ok()));
    TRY(cluster_agree(worker->group, job_parse(text, file, NULL, 0, &job)));
    const confx_status_t status =
        run_search(worker->group, job, order->task.resume, first ? &listener : NULL);
    job_close(job);
    return status;
}

static void scheduler_report(worker_t *worker, const char *text, const char *file,
                             const confx_status_t *status, double begun)
{
    dealer_message_t message = {.kind = MESSAGE_ENDED, .id = worker->id};
    job_t *job = NULL;
    message.ended.status = *status;
    if (job_parse(text, file, NULL, 0, &job).code == CONFX_STATUS_OK) {
        const confx_status_t read = run_result_read(job->output, &message.ended.result);
        message.ended.readable = read.code == CONFX_STATUS_OK;
        if (status->code == CONFX_STATUS_OK)
            message.ended.status = read; /* complete, but its figures are not known */
    }
    job_close(job);
    message.ended.seconds = clock_seconds() - begun;
    scheduler_send(worker, &message);
}

static void scheduler_run_task(worker_t *worker, const dealer_message_t *order)
{
    const char *text = worker->order + sizeof *order;
    const char *file = text + order->task.text_bytes;
    const double begun = clock_seconds();
    /* From here on a STOP with this number is for the search at work. */
    worker->id = order->id;
    worker->stop = false;
    worker->wrote = 0;
    if (worker->dealer) worker->dealer->stop_own = false;
    const confx_status_t status = scheduler_search(worker, order, text, file);
    if (cluster_is_root(worker->group)) scheduler_report(worker, text, file, &status, begun);
}

/* ---- between searches ------------------------------------------------------------------------ */

/* The root's own group is answered by the dealer. */
static bool scheduler_take_answer(worker_t *worker)
{
    dealer_t *dealer = worker->dealer;
    dealer_serve(dealer);
    if (!dealer->answered) return false;
    dealer->answered = false;
    memcpy(worker->order, dealer->answer, MESSAGE_BYTES_MAX);
    return true;
}

/* After a signal, or when it was told to stop, a search is over before it has begun. */
static bool scheduler_is_dropped(const worker_t *worker, const dealer_message_t *order)
{
    return order->kind == MESSAGE_TASK && (worker->drop || cluster_told());
}

static void scheduler_give_back(worker_t *worker, uint64_t id)
{
    const dealer_message_t message = {
        .kind = MESSAGE_ENDED,
        .id = id,
        .ended = {.status = status_fail(CONFX_STATUS_STOPPED, "stopped")}};
    scheduler_send(worker, &message);
}

/* A TASK or LEAVE that has arrived, into worker->order. */
static bool scheduler_take_order(worker_t *worker)
{
    dealer_message_t order;
    if (worker->dealer) return scheduler_take_answer(worker);
    scheduler_read_messages(worker);
    if (!worker->ahead) return false;
    worker->ahead = false;
    memcpy(&order, worker->next, sizeof order);
    if (scheduler_is_dropped(worker, &order)) {
        scheduler_give_back(worker, order.id);
        return false;
    }
    memcpy(worker->order, worker->next, MESSAGE_BYTES_MAX);
    return true;
}

static void scheduler_send_signal(worker_t *worker)
{
    const dealer_message_t message = {.kind = MESSAGE_TOLD};
    if (worker->told || !cluster_told()) return;
    worker->told = true;
    scheduler_send(worker, &message);
}

static void scheduler_await_order(worker_t *worker)
{
    for (double pause = 1e-5; !scheduler_take_order(worker);
         pause *= pause < longest_sleep ? 1.2 : 1) {
        scheduler_send_signal(worker);
        cluster_nap(pause);
    }
}

static void scheduler_work(worker_t *worker)
{
    dealer_message_t order = {.kind = MESSAGE_READY};
    if (cluster_is_root(worker->group)) scheduler_send(worker, &order);
    for (;;) {
        if (cluster_is_root(worker->group)) scheduler_await_order(worker);
        /* The other ranks of the group wait here without using the processor, for minutes perhaps;
           then all of them have the same order, and go on alike. */
        cluster_rest(worker->group);
        cluster_broadcast(worker->group, worker->order, MESSAGE_BYTES_MAX);
        memcpy(&order, worker->order, sizeof order);
        if (order.kind == MESSAGE_LEAVE) return;
        scheduler_run_task(worker, &order);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The root serves until all groups have left, and reads what they wrote meanwhile. */
static void scheduler_serve_to_the_end(dealer_t *dealer)
{
    while (!dealer_is_done(dealer)) {
        dealer_serve(dealer);
        cluster_nap(longest_sleep / 10);
    }
}

size_t scheduler_groups(const cluster_t *cluster, size_t ranks_per_search)
{
    const size_t ranks = (size_t)cluster_size(cluster);
    return ranks_per_search < ranks ? ranks / ranks_per_search : 1;
}

static confx_status_t scheduler_open_worker(worker_t *worker)
{
    ARENA_TAKE(&worker->arena, worker->order, MESSAGE_BYTES_MAX);
    ARENA_TAKE(&worker->arena, worker->next, MESSAGE_BYTES_MAX);
    ARENA_TAKE(&worker->arena, worker->inbox, MESSAGE_BYTES_MAX);
    return arena_status(&worker->arena, "messages");
}

static confx_status_t scheduler_open_all(cluster_t *cluster, size_t groups,
                                         const scheduler_source_t *source, worker_t *worker,
                                         dealer_t *dealer)
{
    TRY(scheduler_open_worker(worker));
    if (!cluster_is_root(cluster)) return status_ok();
    worker->dealer = dealer;
    return dealer_open(cluster, groups, source, dealer);
}

confx_status_t scheduler_run(cluster_t *cluster, size_t ranks_per_search,
                             const scheduler_source_t *source)
{
    dealer_t dealer = {.cluster = cluster};
    worker_t worker = {.all = cluster, .guard = source->guard};
    const size_t groups = scheduler_groups(cluster, ranks_per_search);
    bool stopped = false;
    confx_status_t status;
    TRY_OUT(cluster_agree(cluster, scheduler_open_all(cluster, groups, source, &worker, &dealer)));
    TRY_OUT(cluster_split(cluster, groups, &worker.group));
    /* Collective calls of the groups stay within the groups; between them and the root there are
       messages only, so that no group ever waits for another. */
    scheduler_work(&worker);
    if (worker.dealer) scheduler_serve_to_the_end(&dealer);
    /* All groups have left: nothing is under way but what they sent as their last. */
    cluster_rest(cluster);
    if (worker.dealer) dealer_serve(&dealer); /* a last word of a signal */
    stopped = dealer.stopping;
    cluster_broadcast(cluster, &stopped, sizeof stopped);
    if (stopped) status = status_fail(CONFX_STATUS_STOPPED, "stopped by a signal");
out:
    cluster_close(worker.group);
    dealer_close(&dealer);
    arena_close(&worker.arena);
    return status;
}
