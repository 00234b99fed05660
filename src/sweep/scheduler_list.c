/* Many searches from a list: the most work first. */
#include "confx/arena.h"
#include "confx/array.h"
#include "confx/clock.h"
#include "confx/file.h"
#include "confx/owner.h"
#include "confx/run.h"
#include "confx/scheduler.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *scheduler_state_name(scheduler_state_t state)
{
    static const char *const names[] = {"waiting",    "running", "complete",
                                        "infeasible", "failed",  "stopped"};
    return names[state];
}

/* ---- beforehand ------------------------------------------------------------------------------ */

static confx_status_t scheduler_list_check_share(const scheduler_search_t *searches, size_t n,
                                                 double *works)
{
    for (size_t i = 0; i < n; i++) TRY(run_work(searches[i].job, &works[i]));
    return status_ok();
}

confx_status_t scheduler_check(cluster_t *cluster, scheduler_search_t *searches, size_t n)
{
    /* Each rank opens the problems of its share; a failure of any of them is everybody's. */
    const share_t share = cluster_share(cluster, n);
    arena_t arena = {.last = NULL};
    double *works, *mine;
    ARENA_TAKE(&arena, works, n);
    ARENA_TAKE(&arena, mine, share.n);
    confx_status_t status = arena_status(&arena, "%zu searches", n);
    if (status.code == CONFX_STATUS_OK)
        status = scheduler_list_check_share(searches + share.first, share.n, mine);
    TRY_OUT(cluster_agree(cluster, status));
    cluster_gather(cluster, n, sizeof *works, mine, works);
    cluster_broadcast(cluster, works, n * sizeof *works);
    for (size_t i = 0; i < n; i++) searches[i].work = works[i];
out:
    arena_close(&arena);
    return status;
}

/* ---- the source ------------------------------------------------------------------------------ */

typedef struct {
    scheduler_search_t *searches;
    size_t n, next;
    size_t *order; /* (n) indices, the most work first */
    bool resume;
    const scheduler_listener_t *listener;
    confx_status_t status; /* of the listener */
    double begun, work_before;
    size_t groups;
    double busy, ended; /* seconds of searches; clock when the last one ended */
} scheduler_list_t;

static scheduler_next_t scheduler_list_give(void *context, scheduler_task_t *task)
{
    scheduler_list_t *list = context;
    /* Those that an earlier session has finished are passed over. */
    while (list->next < list->n &&
           list->searches[list->order[list->next]].state != SCHEDULER_WAITING)
        list->next++;
    if (list->next == list->n || list->status.code != CONFX_STATUS_OK) return SCHEDULER_END;
    if (list->listener) list->status = guard_ask(list->listener->guard);
    if (list->status.code != CONFX_STATUS_OK) return SCHEDULER_END;
    assert(list->next < list->n);
    const size_t i = list->order[list->next++];
    const scheduler_search_t *search = &list->searches[i];
    *task = (scheduler_task_t){i, search->job->text, search->job->file, list->resume};
    return SCHEDULER_TASK;
}

static void scheduler_list_begin(void *context, uint64_t id)
{
    scheduler_list_t *list = context;
    list->searches[id].state = SCHEDULER_RUNNING;
}

static void scheduler_list_take_progress(void *context, uint64_t id,
                                         const scheduler_progress_t *progress)
{
    scheduler_list_t *list = context;
    list->searches[id].share = (double)progress->samples / (double)progress->samples_total;
}

static scheduler_state_t scheduler_list_state_after(confx_status_code_t code)
{
    switch (code) {
    case CONFX_STATUS_OK:
        return SCHEDULER_COMPLETE;
    case CONFX_STATUS_INFEASIBLE:
        return SCHEDULER_INFEASIBLE;
    case CONFX_STATUS_STOPPED:
        return SCHEDULER_STOPPED;
    default:
        return SCHEDULER_FAILED;
    }
}

static void scheduler_list_take_end(void *context, uint64_t id, const confx_status_t *status,
                                    const run_result_t *result, double seconds)
{
    scheduler_list_t *list = context;
    scheduler_search_t *search = &list->searches[id];
    assert(id < list->n &&
           (search->state == SCHEDULER_RUNNING || search->state == SCHEDULER_WAITING));
    search->state = scheduler_list_state_after(status->code);
    search->status = *status;
    list->busy += seconds;
    list->ended = clock_seconds();
    if (result) search->result = *result;
    if (search->state != SCHEDULER_STOPPED) search->share = 1;
}

/* ---- how far --------------------------------------------------------------------------------- */

static double scheduler_list_work_done(const scheduler_list_t *list, double *whole)
{
    double done = 0;
    *whole = 0;
    for (size_t i = 0; i < list->n; i++) {
        done += list->searches[i].share * list->searches[i].work;
        *whole += list->searches[i].work;
    }
    return done;
}

static scheduler_facts_t scheduler_list_facts_of(const scheduler_list_t *list)
{
    const double span = list->ended - list->begun;
    scheduler_facts_t facts = {.begun = list->begun, .seconds_left = NAN, .busy_share = NAN};
    double whole;
    const double done = scheduler_list_work_done(list, &whole);
    /* Time left goes by the work done in this session: what earlier ones did took none of it. */
    const double fresh = done - list->work_before;
    for (size_t i = 0; i < list->n; i++) facts.counts[list->searches[i].state]++;
    if (span > 0) facts.busy_share = list->busy / ((double)list->groups * span);
    if (fresh > 0) facts.seconds_left = (clock_seconds() - list->begun) * (whole - done) / fresh;
    return facts;
}

static bool scheduler_list_show(void *context)
{
    scheduler_list_t *list = context;
    const scheduler_facts_t facts = scheduler_list_facts_of(list);
    if (list->status.code == CONFX_STATUS_OK && list->listener && list->listener->show)
        list->status =
            list->listener->show(list->listener->context, list->searches, list->n, &facts);
    return list->status.code == CONFX_STATUS_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A run whose table is missing, of an earlier version that wrote it last and was killed before, is
   not done with: its turn costs a look into the directory, and makes the table. */
static confx_status_t scheduler_list_has_table(const job_t *job, bool *has)
{
    char path[FILE_PATH_MAX];
    file_kind_t kind;
    TRY(file_join(job->output, "assignment.csv", path));
    TRY(file_look_at(path, &kind));
    *has = kind == FILE_PLAIN; /* in place of anything else it is made */
    return status_ok();
}

/* A finished run's owner that was killed before its end has left its record: take over from it, to
   take it away. One that is at work there (confx tidy, say) stays. */
static confx_status_t scheduler_list_clear_owner(const job_t *job)
{
    char path[FILE_PATH_MAX];
    bool left;
    owner_t *owner = NULL;
    const owner_options_t options = {.lease = 0};
    TRY(file_join(job->output, OWNER_FILE, path));
    TRY(file_has(path, &left));
    if (!left) return status_ok();
    const confx_status_t status = owner_take(job->output, &options, &owner);
    if (status.code == CONFX_STATUS_OK) owner_close(owner);
    return status.code == CONFX_STATUS_INPUT ? status_ok() : status;
}

/* What an earlier session has finished. A run that is not there, or damaged, is made or tells when
   its turn comes; one that cannot be read just now may be complete. */
static confx_status_t scheduler_list_recall(scheduler_list_t *list)
{
    for (size_t i = 0; list->resume && i < list->n; i++) {
        scheduler_search_t *search = &list->searches[i];
        run_result_t result;
        const confx_status_t status = run_result_read(search->job->output, &result);
        if (status.code == CONFX_STATUS_IO || status.code == CONFX_STATUS_MEMORY) return status;
        if (status.code != CONFX_STATUS_OK) continue;
        search->result = result;
        search->share = (double)result.samples / (double)search->job->search.samples;
        /* A run of fewer samples than the job now asks for goes on from its end. */
        if (result.samples_total < search->job->search.samples) continue; /* to be extended */
        bool tabled = false;
        if (!strcmp(result.status, "complete")) TRY(scheduler_list_has_table(search->job, &tabled));
        if (tabled) search->state = SCHEDULER_COMPLETE;
        const bool infeasible = !strcmp(result.status, "infeasible");
        if (infeasible) search->state = SCHEDULER_INFEASIBLE;
        if (tabled || infeasible) TRY(scheduler_list_clear_owner(search->job));
        if (!infeasible) continue;
        search->status = status_fail(CONFX_STATUS_INFEASIBLE,
                                     "none of %llu samples was feasible within the budget",
                                     (unsigned long long)result.samples);
    }
    return status_ok();
}

static int scheduler_list_by_work(const void *one, const void *other, void *searches)
{
    const size_t i = *(const size_t *)one;
    const size_t j = *(const size_t *)other;
    const double a = ((const scheduler_search_t *)searches)[i].work;
    const double b = ((const scheduler_search_t *)searches)[j].work;
    if (a < b || b < a) return a < b ? 1 : -1;
    return i < j ? -1 : 1;
}

static confx_status_t scheduler_list_open_list(scheduler_list_t *list)
{
    double whole;
    list->order = malloc((list->n + 1) * sizeof *list->order);
    if (!list->order)
        return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu searches", list->n);
    for (size_t i = 0; i < list->n; i++) list->order[i] = i;
    qsort_r(list->order, list->n, sizeof *list->order, scheduler_list_by_work, list->searches);
    TRY(scheduler_list_recall(list));
    list->begun = clock_seconds();
    list->work_before = scheduler_list_work_done(list, &whole);
    return status_ok();
}

confx_status_t scheduler_run_list(cluster_t *cluster, scheduler_search_t *searches, size_t n,
                                  size_t ranks_per_search, bool resume,
                                  const scheduler_listener_t *listener)
{
    const bool root = cluster_is_root(cluster);
    scheduler_list_t list = {.searches = searches,
                             .n = n,
                             .resume = resume,
                             .listener = listener,
                             .groups = scheduler_groups(cluster, ranks_per_search)};
    const scheduler_source_t source = {.context = &list,
                                       .next = scheduler_list_give,
                                       .began = scheduler_list_begin,
                                       .progress = scheduler_list_take_progress,
                                       .ended = scheduler_list_take_end,
                                       .tick = scheduler_list_show,
                                       .guard = listener ? listener->guard : NULL};
    confx_status_t status = root ? scheduler_list_open_list(&list) : status_ok();
    TRY_OUT(cluster_agree(cluster, status));
    status = scheduler_run(cluster, ranks_per_search, &source);
    if (root && scheduler_list_show(&list)) list.status = status;
    status = cluster_agree(cluster, root ? list.status : status);
out:
    free(list.order);
    return status;
}

/* ---- afterwards ------------------------------------------------------------------------------ */

confx_status_t scheduler_gaps(const scheduler_search_t *searches, size_t n, scheduler_gaps_t *gaps)
{
    double *known = malloc((n + 1) * sizeof *known);
    *gaps = (scheduler_gaps_t){.median = NAN};
    if (!known) return status_fail(CONFX_STATUS_MEMORY, "no memory for %zu gaps", n);
    /* A complete search without a yardstick has no gap, and takes no part: neither median nor worst
       could be told with it. */
    for (size_t i = 0; i < n; i++) {
        const double gap = searches[i].result.gap;
        if (searches[i].state != SCHEDULER_COMPLETE || isnan(gap)) continue;
        if (gaps->n == 0 || gap > searches[gaps->worst].result.gap) gaps->worst = i;
        known[gaps->n++] = gap;
    }
    gaps->median = array_median(known, gaps->n);
    free(known);
    return status_ok();
}

confx_status_t scheduler_verdict(const scheduler_search_t *searches, size_t n)
{
    const scheduler_search_t *first = NULL;
    size_t failed = 0;
    for (size_t i = 0; i < n; i++)
        if (searches[i].state == SCHEDULER_FAILED && failed++ == 0) first = &searches[i];
    if (!first) return status_ok();
    return status_fail(first->status.code, "%zu of %zu searches failed, the first is %s: %.300s",
                       failed, n, first->job->output, first->status.message);
}
