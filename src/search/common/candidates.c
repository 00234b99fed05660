#include "search/common/candidates.h"
#include "confx/try.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

confx_status_t candidates_open(size_t layers, candidates_t *candidates)
{
    *candidates = (candidates_t){.capacity = layers, .at = malloc(layers * sizeof *candidates->at)};
    if (candidates->at) return status_ok();
    return status_fail(CONFX_STATUS_MEMORY, "no memory for the steps of %zu layers", layers);
}

void candidates_close(candidates_t *candidates)
{
    free(candidates->at);
    *candidates = (candidates_t){0};
}

static bool candidates_precedes(candidates_t *self, size_t one, size_t other)
{
    const candidate_t *a = &self->at[one];
    const candidate_t *b = &self->at[other];
    self->compared++;
    if (a->score < b->score) return true;
    return a->score <= b->score && a->layer < b->layer;
}

/* Both subtrees below `i` are in order, and only the candidate at `i` may come behind one of them:
   it changes places with the earlier of its children until it precedes both. */
static void candidates_sink(candidates_t *self, size_t i)
{
    for (size_t child = 2 * i + 1; child < self->n; child = 2 * i + 1) {
        if (child + 1 < self->n && candidates_precedes(self, child + 1, child)) child++;
        if (candidates_precedes(self, i, child)) return;
        const candidate_t sinking = self->at[i];
        self->at[i] = self->at[child];
        self->at[child] = sinking;
        i = child;
    }
}

void candidates_clear(candidates_t *candidates)
{
    candidates->n = 0;
}

void candidates_add(candidates_t *candidates, candidate_t candidate)
{
    if (!candidate.vertex) return;
    assert(candidates->n < candidates->capacity && !isnan(candidate.score));
    candidates->at[candidates->n++] = candidate;
}

/* From the last parent to the root, so that whatever lies below is in order already: about 2 n
   comparisons in all (Floyd 1964, Algorithm 245, Treesort 3). */
void candidates_order(candidates_t *candidates)
{
    for (size_t i = candidates->n / 2; i-- > 0;) candidates_sink(candidates, i);
}

const candidate_t *candidates_first(const candidates_t *candidates)
{
    return candidates->n ? &candidates->at[0] : NULL;
}

void candidates_renew_first(candidates_t *candidates, candidate_t candidate)
{
    assert(candidates->n > 0 && candidates->at[0].layer == candidate.layer &&
           !isnan(candidate.score));
    candidates->at[0] = candidate.vertex ? candidate : candidates->at[--candidates->n];
    candidates_sink(candidates, 0);
}
