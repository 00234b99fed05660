/* The root's side of many searches: who does what. */
#include "confx/clock.h"
#include "many_parts.h"

#include <stdlib.h>
#include <string.h>

static const double tick_seconds = 0.1;

status_t dealer_open(cluster_t *cluster, size_t groups, const many_source_t *source, dealer_t *dealer)
{
    *dealer = (dealer_t){.cluster = cluster, .source = source, .groups = groups};
    dealer->seats = calloc(groups, sizeof *dealer->seats);
    dealer->incoming = calloc(1, LETTER_MAX);
    dealer->outgoing = calloc(1, LETTER_MAX);
    dealer->answer = calloc(1, LETTER_MAX);
    if (dealer->seats && dealer->incoming && dealer->outgoing && dealer->answer) return status_ok();
    return status_fail(STATUS_MEMORY, "no memory for %zu groups", groups);
}

void dealer_close(dealer_t *dealer)
{
    free(dealer->seats);
    free(dealer->incoming);
    free(dealer->outgoing);
    free(dealer->answer);
}

static void answer(dealer_t *dealer, size_t group, const void *letter, size_t bytes)
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

static void stop_search(dealer_t *dealer, size_t group)
{
    seat_t *seat = &dealer->seats[group];
    if (!seat->busy || seat->stopped) return;
    seat->stopped = true;
    const letter_t letter = {.kind = LETTER_STOP, .id = seat->id};
    if (group > 0)
        answer(dealer, group, &letter, sizeof letter);
    else
        dealer->stop_own = true;
}

static void stop_all(dealer_t *dealer)
{
    if (dealer->stopping) return;
    dealer->stopping = true;
    for (size_t i = 0; i < dealer->groups; i++) stop_search(dealer, i);
}

/* ---- hearing ------------------------------------------------------------------------------------------------------
 */

static void hear_progress(dealer_t *dealer, size_t group, const letter_t *letter)
{
    const many_source_t *source = dealer->source;
    if (source->progress) source->progress(source->context, letter->id, &letter->progress);
    if (source->unwanted && source->unwanted(source->context, letter->id)) stop_search(dealer, group);
}

/* One that stopped without being told to has had a signal. */
static void hear_end(dealer_t *dealer, size_t group, const letter_t *letter)
{
    seat_t *seat = &dealer->seats[group];
    const bool told = letter->ended.status.code == STATUS_STOPPED && !seat->stopped;
    seat->busy = false;
    seat->stopped = false;
    seat->waiting = true;
    dealer->source->ended(dealer->source->context, letter->id, &letter->ended.status,
                          letter->ended.readable ? &letter->ended.result : NULL, letter->ended.seconds);
    if (told) stop_all(dealer);
}

void dealer_hear(dealer_t *dealer, size_t group, const letter_t *letter)
{
    switch (letter->kind) {
    case LETTER_READY:
        dealer->seats[group].waiting = true;
        break;
    case LETTER_PROGRESS:
        hear_progress(dealer, group, letter);
        break;
    case LETTER_ENDED:
        hear_end(dealer, group, letter);
        break;
    case LETTER_TOLD:
        stop_all(dealer);
        break;
    case LETTER_TASK:
    case LETTER_STOP:
    case LETTER_LEAVE:
        break;
    }
}

static void read_mail(dealer_t *dealer)
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

static void send_home(dealer_t *dealer, size_t group)
{
    const letter_t letter = {.kind = LETTER_LEAVE};
    dealer->seats[group].waiting = false;
    dealer->seats[group].left = true;
    answer(dealer, group, &letter, sizeof letter);
}

static void refuse(dealer_t *dealer, const many_task_t *task)
{
    const status_t status = status_input(task->file, 0, NULL, "expected a job of less than %d bytes", LETTER_MAX);
    dealer->source->ended(dealer->source->context, task->id, &status, NULL, 0);
}

static void send_task(dealer_t *dealer, size_t group, const many_task_t *task)
{
    const letter_t letter = {
        .kind = LETTER_TASK, .id = task->id, .task = {task->resume, strlen(task->text) + 1, strlen(task->file) + 1}};
    const size_t bytes = sizeof letter + letter.task.text_bytes + letter.task.file_bytes;
    if (bytes > LETTER_MAX) {
        refuse(dealer, task);
        return;
    }
    memcpy(dealer->outgoing, &letter, sizeof letter);
    memcpy(dealer->outgoing + sizeof letter, task->text, letter.task.text_bytes);
    memcpy(dealer->outgoing + sizeof letter + letter.task.text_bytes, task->file, letter.task.file_bytes);
    dealer->seats[group] = (seat_t){.id = task->id, .busy = true};
    answer(dealer, group, dealer->outgoing, bytes);
}

/* Serve one that waits: false when the source has nothing at the moment. */
static bool deal(dealer_t *dealer, size_t group)
{
    many_task_t task;
    if (dealer->stopping) {
        send_home(dealer, group);
        return true;
    }
    switch (dealer->source->next(dealer->source->context, &task)) {
    case MANY_TASK:
        send_task(dealer, group, &task);
        return true;
    case MANY_END:
        send_home(dealer, group);
        return true;
    case MANY_LATER:
        break;
    }
    return false;
}

static void tick(dealer_t *dealer)
{
    const double now = clock_seconds();
    if (now - dealer->ticked < tick_seconds) return;
    dealer->ticked = now;
    if (dealer->source->tick && !dealer->source->tick(dealer->source->context)) stop_all(dealer);
}

void dealer_serve(dealer_t *dealer)
{
    read_mail(dealer);
    if (cluster_told()) stop_all(dealer);
    for (size_t i = 0; i < dealer->groups; i++) {
        bool dealt = true;
        while (dealt && dealer->seats[i].waiting) /* again after a task that cannot be sent */
            dealt = deal(dealer, i);
        if (!dealt) break;
    }
    tick(dealer);
}

bool dealer_is_done(const dealer_t *dealer)
{
    for (size_t i = 0; i < dealer->groups; i++)
        if (!dealer->seats[i].left) return false;
    return true;
}
