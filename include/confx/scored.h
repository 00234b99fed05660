/* Which assignments were scored, so that no sample goes to one of them while others are left within
   the budget. All ranks hold the same: what an update is about to score is agreed on before it is
   scored, and entered in its order. */
#ifndef CONFX_SCORED_H
#define CONFX_SCORED_H

#include "confx/memory.h"

typedef struct scored scored_t;

/* samples: as many as the search will take. The last SCORED_MOST / 2 assignments are remembered in
   any case, and all of them until there are SCORED_MOST: 24 bytes each. The problem must stay alive
   as long. The caller closes. */
enum { SCORED_MOST = 1 << 20 };
confx_status_t scored_open(problem_t *problem, uint64_t samples, scored_t **scored);
void scored_close(scored_t *scored);

/* assignment (L, A). An assignment that does not fit into 64 bits is known by a hash: one in 10^13
   new assignments is then taken for one that was scored, which only means that it is not sampled.
   */
bool scored_has(const scored_t *scored, const uint16_t *assignment);

/* For checkpoints: what stands for each assignment, in the order of entering; alive until the next
   change. */
const uint64_t *scored_list(const scored_t *scored, size_t *n);
void scored_enter(scored_t *scored, const uint64_t *keys, size_t n);

/* Where new assignments are looked for: over the whole ranges or the levels; without the points
   that the memory (NULL: none) or the search holds to be invalid, and rather without those that it
   doubts. seed and update key the random numbers. */
typedef struct {
    space_part_t part;
    const memory_t *memory;
    uint64_t seed, update;
    double (*doubt)(const void *of, size_t distinct, uint64_t point); /* search_doubt; NULL: none */
    const void *of;
} renewal_t;

/* n assignments (L, A) that are about to be scored. Those that were scored before, are there twice,
   do not fit the budget or are known to be invalid are replaced by others, by near ones where
   possible; then all are entered. Where nothing else is left they stay. */
void scored_renew(scored_t *scored, const renewal_t *renewal, size_t n, uint16_t *assignments);

/* Could renewals still find `wanted` assignments? Takes time in proportion to `wanted` and to the
   number of scored assignments. */
bool scored_leaves(scored_t *scored, const renewal_t *renewal, size_t wanted);

/* Has a renewal found nothing left over this space? */
bool scored_exhausted(const scored_t *scored, space_part_t part);

#endif
