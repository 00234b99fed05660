/* What samples have revealed so far, by all ranks. What scored batches reveal goes in; each rank
   tells the others what was new. */
#ifndef CONFX_LEDGER_H
#define CONFX_LEDGER_H

#include "confx/problem.h"

/* The layer's own objective at every point that some scored sample of any rank has used. */
typedef struct ledger ledger_t;

typedef struct {
    uint32_t key; /* distinct x points + point */
    uint32_t pad;
    double cost; /* NaN: invalid */
} ledger_entry_t;

confx_status_t ledger_open(const problem_t *problem, ledger_t **ledger);
void ledger_close(ledger_t *ledger);
bool ledger_seen(const ledger_t *ledger, size_t distinct, size_t point);
/* Cost of a seen valid point, infinity otherwise. */
double ledger_cost(const ledger_t *ledger, size_t distinct, size_t point);
bool ledger_invalid(const ledger_t *ledger, size_t distinct,
                    size_t point);          /* seen, and found invalid */
size_t ledger_size(const ledger_t *ledger); /* distinct cost evaluations */

/* Enter what a scored batch reveals; what was new stays listed until ledger_settle. */
void ledger_reveal(ledger_t *ledger, const batch_t *batch, const problem_t *problem);
const ledger_entry_t *ledger_news(const ledger_t *ledger, size_t *n);
void ledger_settle(ledger_t *ledger);
/* Enter entries of other ranks, or of a checkpoint. */
void ledger_enter(ledger_t *ledger, const ledger_entry_t *entries, size_t n);
/* All entries in order of arrival, alive until more are entered: those already listed stay in their
   places. */
const ledger_entry_t *ledger_entries(const ledger_t *ledger, size_t *n);
/* All entries in order of their keys, into the caller's array of ledger_size. */
void ledger_list(const ledger_t *ledger, ledger_entry_t *entries);

#endif
