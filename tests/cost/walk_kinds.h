/* How many mappings of which kind were compared. */
#ifndef TESTS_COST_WALK_KINDS_H
#define TESTS_COST_WALK_KINDS_H

#include "walk.h"
#include "walk_cases.h"

enum { WALK_KINDS_MAX = 64 };

/* Of one kind. */
typedef struct {
    int64_t all, legal, full, illegal,
        refused; /* full: legal, with two steps or more at every level */
} walk_count_t;

typedef struct {
    walk_count_t kinds[WALK_KINDS_MAX];
    int64_t too_large;   /* not compared, and not counted otherwise */
    int64_t macs, steps; /* walked, of legal ones */
} walk_tally_t;

void walk_tally_add(walk_tally_t *tally, const walk_case_t *one, const walk_t *walk);
void walk_tally_print(const walk_tally_t *tally);

/* Of all kinds together; and the least of `full` over the kinds, so that none goes untested. */
walk_count_t walk_tally_total(const walk_tally_t *tally);
int64_t walk_tally_least(const walk_tally_t *tally);

#endif
