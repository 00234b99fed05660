/* The root's side of many searches: who does what. */
#include "confx/clock.h"
#include "confx/try.h"
#include "sweep/scheduler_parts.h"

#include <assert.h>
#include <string.h>

static const double tick_seconds = 0.1;
static const double nearly_seconds = 1; /* left to a search when its group gets the next one */

confx_status_t dealer_open(cluster_t *cluster, size_t groups, const scheduler_source_t *source,
                           dealer_t *dealer)
{
    *dealer = (dealer_t){.cluster = cluster, .source = source, .groups = groups};
    ARENA_TAKE(&dealer->arena, dealer->slots, groups);
    ARENA_TAKE(&dealer->arena, dealer->incoming, MESSAGE_BYTES_MAX);
    ARENA_TAKE(&dealer->arena, dealer->outgoing, MESSAGE_BYTES_MAX);
    ARENA_TAKE(&dealer->arena, dealer->answer, MESSAGE_BYTES_MAX);
    return arena_status(&dealer->arena, "%zu groups", groups);
}

void dealer_close(dealer_t *dealer)
{
    arena_close(&dealer->arena);
}

static void dealer_answer(dealer_t *dealer, size_t group, const void *message, size_t bytes)
{
    if (group > 0) {
        /* Groups are ranks in a row; the first of them reads the messages. */
        const int ranks = cluster_size(dealer->cluster);
        const share_t share = share_deal((size_t)ranks, (int)dealer->groups, (int)group);
        cluster_post(dealer->cluster, (int)share.first, message, bytes);
        return;
    }
    assert(bytes <= MESSAGE_BYTES_MAX);
    memcpy(dealer->answer, message, bytes);
    dealer->answered = true;
}

/* ---- stopping -------------------------------------------------------------------------------- */

static void dealer_stop_task(dealer_t *dealer, size_t group, dealt_t *task)
{
    if (task->stopped) return;
    task->stopped = true;
    const dealer_message_t message = {.kind = MESSAGE_STOP, .id = task->id};
    if (group > 0)
        dealer_answer(dealer, group, &message, sizeof message);
    else
        dealer->stop_own = true;
}

static void dealer_stop_all(dealer_t *dealer)
{
    if (dealer->stopping) return;
    dealer->stopping = true;
    for (size_t i = 0; i < dealer->groups; i++) {
        worker_slot_t *slot = &dealer->slots[i];
        for (size_t k = 0; k < slot->out; k++) dealer_stop_task(dealer, i, &slot->tasks[k]);
    }
}

/* ---- receiving ------------------------------------------------------------------------------- */

static void dealer_take_progress(dealer_t *dealer, size_t group, const dealer_message_t *message)
{
    const scheduler_source_t *source = dealer->source;
    worker_slot_t *slot = &dealer->slots[group];
    assert(slot->out > 0 && slot->tasks[0].id == message->id);
    slot->nearly = message->progress.seconds_left < nearly_seconds;
    if (source->progress) source->progress(source->context, message->id, &message->progress);
    if (source->unwanted && source->unwanted(source->context, message->id))
        dealer_stop_task(dealer, group, &slot->tasks[0]);
}

/* The first of those dealt to a group is at work. */
static void dealer_report_begin(const dealer_t *dealer, const worker_slot_t *slot)
{
    if (dealer->source->began) dealer->source->began(dealer->source->context, slot->tasks[0].id);
}

/* One that stopped without being told to has had a signal. */
static void dealer_take_end(dealer_t *dealer, size_t group, const dealer_message_t *message)
{
    worker_slot_t *slot = &dealer->slots[group];
    const bool told = message->ended.status.code == CONFX_STATUS_STOPPED && !slot->tasks[0].stopped;
    /* Searches of a group end in the order they were dealt: the one ahead is at work now. */
    assert(slot->out > 0 && slot->out <= TASKS_OUT && slot->tasks[0].id == message->id);
    slot->tasks[0] = slot->tasks[1];
    slot->out--;
    slot->nearly = false;
    if (slot->out > 0) dealer_report_begin(dealer, slot);
    /* The source hears of the beginning of the next one before the end of this one, so that it
       never takes a busy group for an idle one. */
    dealer->source->ended(dealer->source->context, message->id, &message->ended.status,
                          message->ended.readable ? &message->ended.result : NULL,
                          message->ended.seconds);
    if (told) dealer_stop_all(dealer);
}

void dealer_receive(dealer_t *dealer, size_t group, const dealer_message_t *message)
{
    assert(group < dealer->groups);
    switch (message->kind) {
    case MESSAGE_READY:
        dealer->slots[group].ready = true;
        break;
    case MESSAGE_PROGRESS:
        dealer_take_progress(dealer, group, message);
        break;
    case MESSAGE_ENDED:
        dealer_take_end(dealer, group, message);
        break;
    case MESSAGE_TOLD:
        dealer_stop_all(dealer);
        break;
    case MESSAGE_TASK:
    case MESSAGE_STOP:
    case MESSAGE_LEAVE:
        break;
    }
}

static void dealer_read_messages(dealer_t *dealer)
{
    size_t bytes;
    int from;
    const int ranks = cluster_size(dealer->cluster);
    while (cluster_fetch(dealer->cluster, dealer->incoming, MESSAGE_BYTES_MAX, &bytes, &from)) {
        dealer_message_t message;
        memcpy(&message, dealer->incoming, sizeof message);
        dealer_receive(dealer,
                       (size_t)share_owner((size_t)ranks, (int)dealer->groups, (size_t)from),
                       &message);
    }
}

/* ---- dealing --------------------------------------------------------------------------------- */

static void dealer_dismiss(dealer_t *dealer, size_t group)
{
    const dealer_message_t message = {.kind = MESSAGE_LEAVE};
    dealer->slots[group].left = true;
    dealer_answer(dealer, group, &message, sizeof message);
}

static void dealer_refuse(dealer_t *dealer, const scheduler_task_t *task)
{
    const confx_status_t status = status_input(
        task->file, 0, NULL, "expected a job of less than %d bytes", MESSAGE_BYTES_MAX);
    dealer->source->ended(dealer->source->context, task->id, &status, NULL, 0);
}

static void dealer_send_task(dealer_t *dealer, size_t group, const scheduler_task_t *task)
{
    const dealer_message_t message = {
        .kind = MESSAGE_TASK,
        .id = task->id,
        .task = {task->resume, strlen(task->text) + 1, strlen(task->file) + 1}};
    const size_t bytes = sizeof message + message.task.text_bytes + message.task.file_bytes;
    if (bytes > MESSAGE_BYTES_MAX) {
        dealer_refuse(dealer, task);
        return;
    }
    memcpy(dealer->outgoing, &message, sizeof message);
    memcpy(dealer->outgoing + sizeof message, task->text, message.task.text_bytes);
    memcpy(dealer->outgoing + sizeof message + message.task.text_bytes, task->file,
           message.task.file_bytes);
    /* A message holds the head, then both texts with their NULs. */
    worker_slot_t *slot = &dealer->slots[group];
    slot->tasks[slot->out++] = (dealt_t){.id = task->id};
    if (slot->out == 1) dealer_report_begin(dealer, slot);
    dealer_answer(dealer, group, dealer->outgoing, bytes);
}

/* Serve one that has nothing to do, or soon will: false when the source has nothing at the
   moment. */
static bool dealer_deal(dealer_t *dealer, size_t group)
{
    const bool idle = dealer->slots[group].out == 0;
    scheduler_task_t task;
    /* A group that has a search at work is not dismissed before that is over. */
    if (dealer->stopping) {
        if (idle) dealer_dismiss(dealer, group);
        return idle;
    }
    switch (dealer->source->next(dealer->source->context, &task)) {
    case SCHEDULER_TASK:
        dealer_send_task(dealer, group, &task);
        return true;
    case SCHEDULER_END:
        if (idle) dealer_dismiss(dealer, group);
        return idle;
    case SCHEDULER_LATER:
        break;
    }
    return false;
}

/* The root's own group needs nothing ahead: it deals as soon as it is free. */
static bool dealer_wants_task(const dealer_t *dealer, size_t group, size_t out)
{
    const worker_slot_t *slot = &dealer->slots[group];
    if (!slot->ready || slot->left || slot->out != out) return false;
    return out == 0 || (group > 0 && slot->nearly);
}

/* The idle first, then those that soon will be. Once more to one whose task could not be sent. */
static void dealer_deal_all(dealer_t *dealer)
{
    for (size_t out = 0; out < TASKS_OUT; out++)
        for (size_t i = 0; i < dealer->groups; i++)
            while (dealer_wants_task(dealer, i, out))
                if (!dealer_deal(dealer, i)) return;
}

static void dealer_tick(dealer_t *dealer)
{
    const double now = clock_seconds();
    if (now - dealer->ticked < tick_seconds) return;
    dealer->ticked = now;
    if (dealer->source->tick && !dealer->source->tick(dealer->source->context))
        dealer_stop_all(dealer);
}

void dealer_serve(dealer_t *dealer)
{
    dealer_read_messages(dealer);
    if (cluster_told()) dealer_stop_all(dealer);
    dealer_deal_all(dealer);
    dealer_tick(dealer);
}

bool dealer_is_done(const dealer_t *dealer)
{
    for (size_t i = 0; i < dealer->groups; i++)
        if (!dealer->slots[i].left) return false;
    return true;
}
