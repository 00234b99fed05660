/* What samples have revealed: each point's objective, entered once, wherever it was sampled. */
#include "confx/ledger.h"
#include "confx/try.h"

#include <math.h>
#include <stdlib.h>

/* In `cost`: 0 unseen (so that calloc's zeros stay out of memory where nothing is seen), NaN seen
   and invalid, finite seen, -0 being a cost of nothing. `entries` lists what was seen in order of
   arrival; those from `news` on have not been passed on to other ranks. */
struct ledger {
    size_t distinct, points, n, news;
    double *cost;            /* (D, points) */
    ledger_entry_t *entries; /* (D x points), n used */
};

confx_status_t ledger_open(const problem_t *problem, ledger_t **out)
{
    ledger_t *ledger = calloc(1, sizeof *ledger);
    if (!ledger) return status_fail(CONFX_STATUS_MEMORY, "no memory for a ledger");
    ledger->distinct = problem_distinct(problem);
    ledger->points = problem_points(problem);
    const size_t n = ledger->distinct * ledger->points;
    ledger->cost = calloc(n, sizeof *ledger->cost);
    ledger->entries = malloc(n * sizeof *ledger->entries);
    if (!ledger->cost || !ledger->entries) {
        ledger_close(ledger);
        return status_fail(CONFX_STATUS_MEMORY, "no memory for a ledger of %zu points", n);
    }
    *out = ledger;
    return status_ok();
}

void ledger_close(ledger_t *ledger)
{
    if (!ledger) return;
    free(ledger->cost);
    free(ledger->entries);
    free(ledger);
}

static bool ledger_is_seen(double cost)
{
    return isnan(cost) || cost < 0 || cost > 0 || signbit(cost);
}

static double ledger_at(const ledger_t *ledger, size_t distinct, size_t point)
{
    return ledger->cost[distinct * ledger->points + point];
}

bool ledger_seen(const ledger_t *ledger, size_t distinct, size_t point)
{
    return ledger_is_seen(ledger_at(ledger, distinct, point));
}

bool ledger_invalid(const ledger_t *ledger, size_t distinct, size_t point)
{
    return isnan(ledger_at(ledger, distinct, point));
}

double ledger_cost(const ledger_t *ledger, size_t distinct, size_t point)
{
    const double cost = ledger_at(ledger, distinct, point);
    return isnan(cost) || !ledger_is_seen(cost) ? INFINITY : cost;
}

size_t ledger_size(const ledger_t *ledger)
{
    return ledger->n;
}

static void ledger_enter_one(ledger_t *ledger, size_t key, double cost)
{
    if (ledger_is_seen(ledger->cost[key])) return;
    ledger->cost[key] = isnan(cost) || cost < 0 || cost > 0 ? cost : -0.0;
    ledger->entries[ledger->n++] = (ledger_entry_t){.key = (uint32_t)key, .cost = cost};
}

void ledger_reveal(ledger_t *ledger, const batch_t *batch, const problem_t *problem)
{
    for (size_t cell = 0; cell < batch->n * batch->layers; cell++) {
        const size_t distinct = problem_distinct_of(problem, cell % batch->layers);
        const size_t point = problem_point(problem, batch->pes[cell], batch->buffer[cell]);
        ledger_enter_one(ledger, distinct * ledger->points + point, batch->cost[cell]);
    }
}

const ledger_entry_t *ledger_news(const ledger_t *ledger, size_t *n)
{
    *n = ledger->n - ledger->news;
    return ledger->entries + ledger->news;
}

void ledger_settle(ledger_t *ledger)
{
    ledger->news = ledger->n;
}

void ledger_enter(ledger_t *ledger, const ledger_entry_t *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) ledger_enter_one(ledger, entries[i].key, entries[i].cost);
}

const ledger_entry_t *ledger_entries(const ledger_t *ledger, size_t *n)
{
    *n = ledger->n;
    return ledger->entries;
}

static int ledger_by_key(const void *a, const void *b)
{
    const ledger_entry_t *one = a;
    const ledger_entry_t *other = b;
    return one->key < other->key ? -1 : one->key > other->key;
}

/* From the entries and not from the table: of many points only few are ever seen. */
void ledger_list(const ledger_t *ledger, ledger_entry_t *entries)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const uint32_t key = ledger->entries[i].key;
        entries[i] = (ledger_entry_t){.key = key, .cost = ledger->cost[key]};
    }
    qsort(entries, ledger->n, sizeof *entries, ledger_by_key);
}
