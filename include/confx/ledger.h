/* The memory as callers see it that remember one number of each point. */
#ifndef CONFX_LEDGER_H
#define CONFX_LEDGER_H

#include "confx/memory.h"

typedef memory_t ledger_t;

typedef struct {
    uint64_t key; /* distinct x points + point */
    double cost;  /* NaN: invalid */
} ledger_entry_t;

static inline confx_status_t ledger_open(const problem_t *problem, ledger_t **ledger)
{
    return memory_open(problem, ledger);
}

static inline void ledger_close(ledger_t *ledger)
{
    memory_close(ledger);
}

static inline bool ledger_seen(const ledger_t *ledger, size_t distinct, size_t point)
{
    return memory_seen(ledger, distinct, point);
}

static inline double ledger_cost(const ledger_t *ledger, size_t distinct, size_t point)
{
    return memory_cost(ledger, distinct, point);
}

static inline bool ledger_invalid(const ledger_t *ledger, size_t distinct, size_t point)
{
    return memory_invalid(ledger, distinct, point);
}

static inline size_t ledger_size(const ledger_t *ledger)
{
    return memory_size(ledger);
}

confx_status_t ledger_reveal(ledger_t *ledger, const batch_t *batch, problem_t *problem);

static inline const ledger_entry_t *ledger_news(const ledger_t *ledger, size_t *n)
{
    return memory_news(ledger, n);
}

static inline void ledger_settle(ledger_t *ledger)
{
    memory_settle(ledger);
}

static inline confx_status_t ledger_enter(ledger_t *ledger, const ledger_entry_t *entries, size_t n)
{
    return memory_enter(ledger, entries, n);
}

static inline const ledger_entry_t *ledger_entries(const ledger_t *ledger, size_t *n)
{
    return memory_records(ledger, n);
}

static inline void ledger_list(const ledger_t *ledger, ledger_entry_t *entries)
{
    memory_list(ledger, entries);
}

#endif
