/* The root's side of many searches: who does what. */
#include "confx/clock.h"
#include "confx/try.h"
#include "sweep/scheduler_parts.h"

#include <stdlib.h>
#include <string.h>

static const double tick_seconds = 0.1;
static const double nearly_seconds = 1; /* left to a search when its group gets the next one */

confx_status_t dealer_open(cluster_t *cluster, size_t groups, const many_source_t *source, dealer_t *dealer)
{
    *dealer = (dealer_t){.cluster = cluster, .source = source, .groups = groups};
    dealer->seats = calloc(groups, sizeof *dealer->seats);
    dealer->incoming = calloc(1, LETTER_MAX);
    dealer->outgoing = calloc(1, LETTER_MAX);
    dealer->answer = calloc(1, LETTER_MAX);
    if (dealer->seats && dealer->incoming && dealer->outgoing && dealer->answer) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu groups", groups);
}

void dealer_close(dealer_t *dealer)
{
    free(dealer->seats);
    free(dealer->incoming);
    free(dealer->outgoing);
    free(dealer->answer);
}

static void dealer_answer(dealer_t *dealer, size_t group, const void *letter, size_t bytes)
{
    if (group > 0) {
        const int ranks = cluster_size(dealer->cluster);
        const share_t share = share_deal((size_t)ranks, (int)dealer->groups, (int)group);
        cluster_post(dealer->cluster, (int)share.first, letter, bytes);
        return;
    }
    memcpy(dealer->answer, letter, bytes);
    dealer->answered = true;
}

/* ---- stopping -----------------------------------------------------------------------------------------------------
 */

static void dealer_stop_task(dealer_t *dealer, size_t group, dealt_t *task)
{
    if (task->stopped) return;
    task->stopped = true;
    const letter_t letter = {.kind = LETTER_STOP, .id = task->id};
    if (group > 0)
        dealer_answer(dealer, group, &letter, sizeof letter);
    else
        dealer->stop_own = true;
}

static void dealer_stop_all(dealer_t *dealer)
{
    if (dealer->stopping) return;
    dealer->stopping = true;
    for (size_t i = 0; i < dealer->groups; i++) {
        seat_t *seat = &dealer->seats[i];
        for (size_t k = 0; k < seat->out; k++) dealer_stop_task(dealer, i, &seat->tasks[k]);
    }
}

/* ---- hearing ------------------------------------------------------------------------------------------------------
 */

static void dealer_hear_progress(dealer_t *dealer, size_t group, const letter_t *letter)
{
    const many_source_t *source = dealer->source;
    seat_t *seat = &dealer->seats[group];
    seat->nearly = letter->progress.seconds_left < nearly_seconds;
    if (source->progress) source->progress(source->context, letter->id, &letter->progress);
    if (source->unwanted && source->unwanted(source->context, letter->id))
        dealer_stop_task(dealer, group, &seat->tasks[0]);
}

/* The first of those dealt to a group is at work. */
static void dealer_tell_began(const dealer_t *dealer, const seat_t *seat)
{
    if (dealer->source->began) dealer->source->began(dealer->source->context, seat->tasks[0].id);
}

/* One that stopped without being told to has had a signal. */
static void dealer_hear_end(dealer_t *dealer, size_t group, const letter_t *letter)
{
    seat_t *seat = &dealer->seats[group];
    const bool told = letter->ended.status.code == CONFX_STATUS_STOPPED && !seat->tasks[0].stopped;
    seat->tasks[0] = seat->tasks[1];
    seat->out--;
    seat->nearly = false;
    if (seat->out > 0) dealer_tell_began(dealer, seat);
    dealer->source->ended(dealer->source->context, letter->id, &letter->ended.status,
                          letter->ended.readable ? &letter->ended.result : NULL, letter->ended.seconds);
    if (told) dealer_stop_all(dealer);
}

void dealer_hear(dealer_t *dealer, size_t group, const letter_t *letter)
{
    switch (letter->kind) {
    case LETTER_READY:
        dealer->seats[group].ready = true;
        break;
    case LETTER_PROGRESS:
        dealer_hear_progress(dealer, group, letter);
        break;
    case LETTER_ENDED:
        dealer_hear_end(dealer, group, letter);
        break;
    case LETTER_TOLD:
        dealer_stop_all(dealer);
        break;
    case LETTER_TASK:
    case LETTER_STOP:
    case LETTER_LEAVE:
        break;
    }
}

static void dealer_read_mail(dealer_t *dealer)
{
    size_t bytes;
    int from;
    const int ranks = cluster_size(dealer->cluster);
    while (cluster_fetch(dealer->cluster, dealer->incoming, LETTER_MAX, &bytes, &from)) {
        letter_t letter;
        memcpy(&letter, dealer->incoming, sizeof letter);
        dealer_hear(dealer, (size_t)share_owner((size_t)ranks, (int)dealer->groups, (size_t)from), &letter);
    }
}

/* ---- dealing ------------------------------------------------------------------------------------------------------
 */

static void dealer_send_home(dealer_t *dealer, size_t group)
{
    const letter_t letter = {.kind = LETTER_LEAVE};
    dealer->seats[group].left = true;
    dealer_answer(dealer, group, &letter, sizeof letter);
}

static void dealer_refuse(dealer_t *dealer, const many_task_t *task)
{
    const confx_status_t status = status_input(task->file, 0, NULL, "expected a job of less than %d bytes", LETTER_MAX);
    dealer->source->ended(dealer->source->context, task->id, &status, NULL, 0);
}

static void dealer_send_task(dealer_t *dealer, size_t group, const many_task_t *task)
{
    const letter_t letter = {
        .kind = LETTER_TASK, .id = task->id, .task = {task->resume, strlen(task->text) + 1, strlen(task->file) + 1}};
    const size_t bytes = sizeof letter + letter.task.text_bytes + letter.task.file_bytes;
    if (bytes > LETTER_MAX) {
        dealer_refuse(dealer, task);
        return;
    }
    memcpy(dealer->outgoing, &letter, sizeof letter);
    memcpy(dealer->outgoing + sizeof letter, task->text, letter.task.text_bytes);
    memcpy(dealer->outgoing + sizeof letter + letter.task.text_bytes, task->file, letter.task.file_bytes);
    seat_t *seat = &dealer->seats[group];
    seat->tasks[seat->out++] = (dealt_t){.id = task->id};
    if (seat->out == 1) dealer_tell_began(dealer, seat);
    dealer_answer(dealer, group, dealer->outgoing, bytes);
}

/* Serve one that has nothing to do, or soon will: false when the source has nothing at the moment. */
static bool dealer_deal(dealer_t *dealer, size_t group)
{
    const bool idle = dealer->seats[group].out == 0;
    many_task_t task;
    if (dealer->stopping) {
        if (idle) dealer_send_home(dealer, group);
        return idle;
    }
    switch (dealer->source->next(dealer->source->context, &task)) {
    case MANY_TASK:
        dealer_send_task(dealer, group, &task);
        return true;
    case MANY_END:
        if (idle) dealer_send_home(dealer, group);
        return idle;
    case MANY_LATER:
        break;
    }
    return false;
}

/* The root's own group needs nothing ahead: it deals as soon as it is free. */
static bool dealer_wants_task(const dealer_t *dealer, size_t group, size_t out)
{
    const seat_t *seat = &dealer->seats[group];
    if (!seat->ready || seat->left || seat->out != out) return false;
    return out == 0 || (group > 0 && seat->nearly);
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
    if (dealer->source->tick && !dealer->source->tick(dealer->source->context)) dealer_stop_all(dealer);
}

void dealer_serve(dealer_t *dealer)
{
    dealer_read_mail(dealer);
    if (cluster_told()) dealer_stop_all(dealer);
    dealer_deal_all(dealer);
    dealer_tick(dealer);
}

bool dealer_is_done(const dealer_t *dealer)
{
    for (size_t i = 0; i < dealer->groups; i++)
        if (!dealer->seats[i].left) return false;
    return true;
}
